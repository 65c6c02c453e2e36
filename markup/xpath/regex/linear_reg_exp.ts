import { compilePattern, type Program } from "./program.ts";
import { type CharacterSet, parsePattern } from "./syntax.ts";

/** Most marks that one search may make: 64 MiB of them. */
const MAX_MARKS = 2 ** 29;

/** What of a text matches: `start, end` of the whole, and of each group; -1 for a group that took no part. */
export type Match = Int32Array;

function isWord(code: number | undefined): boolean {
  return code !== undefined &&
    ((code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 ||
      (code >= 97 && code <= 122));
}

function inRanges({ ranges }: CharacterSet, code: number): boolean {
  for (let i = 0; i < ranges.length; i++) {
    const range = ranges[i]!;
    if (code >= range[0] && code <= range[1]) return true;
  }
  return false;
}

/**
 * A regular expression whose searches take time in proportion to the text times the expression, whatever they are: no text makes
 * it try for ever. It prefers what JavaScript's and Python's prefer.
 *
 * It goes back and tries again as those do, but marks each choice at each place, and never tries one a second time: without
 * references back to groups, what has failed there once fails there always (Cox, "Regular Expression Matching: the Virtual
 * Machine Approach", 2009).
 */
export class LinearRegExp {
  readonly #program: Program;
  readonly #fold: boolean;

  /**
   * Compiles.
   *
   * @param pattern The expression.
   * @param ignoreCase Whether upper and lower case are alike.
   * @throws {SyntaxError} If it is none, or needs more than linear time.
   */
  constructor(pattern: string, ignoreCase: boolean) {
    const { pattern: parsed, groups } = parsePattern(pattern);
    this.#program = compilePattern(parsed, groups);
    this.#fold = ignoreCase;
  }

  /** How many groups there are. */
  get groups(): number {
    return this.#program.groups;
  }

  #has(set: CharacterSet, code: number): boolean {
    let found = inRanges(set, code);
    if (!found && this.#fold) {
      const sign = String.fromCodePoint(code);
      const [lower, upper] = [sign.toLowerCase(), sign.toUpperCase()];
      found = (lower !== sign && inRanges(set, lower.codePointAt(0)!)) ||
        (upper !== sign && inRanges(set, upper.codePointAt(0)!));
    }
    return found !== set.negated;
  }

  /**
   * All that matches, from left to right.
   *
   * @param text The text.
   * @param spend Is told of the work.
   * @param limit How many are enough, 0 for all.
   * @throws {RangeError} If text and expression are too long together.
   */
  matches(text: string, spend: (work: number) => void, limit: number): Match[] {
    const { splits } = this.#program;
    const bits = splits * (text.length + 1);
    if (bits > MAX_MARKS) {
      throw new RangeError(
        `A text of ${text.length} characters is too long for a regular expression of ${splits} choices`,
      );
    }
    const marks = new Int32Array((bits >>> 5) + 1);
    spend(marks.length + text.length + 1);
    const found: Match[] = [];
    for (let at = 0; at <= text.length;) {
      const match = this.#search(text, at, marks, spend);
      if (match === undefined) break;
      found.push(match);
      if (found.length === limit) break;
      // What has led to a match is not what has failed: the next search begins without marks.
      if (match[1]! > match[0]!) at = match[1]!;
      else at = match[1]! + (text.codePointAt(match[1]!)! > 0xffff ? 2 : 1);
      // Searches look at places from here on alone.
      marks.fill(0, splits * at >>> 5);
      spend((marks.length >>> 6) + 1);
    }
    return found;
  }

  #search(
    text: string,
    from: number,
    marks: Int32Array,
    spend: (work: number) => void,
  ): Match | undefined {
    for (let start = from; start <= text.length; start++) {
      const match = this.#run(text, start, marks, spend);
      if (match !== undefined) return match;
      if (text.codePointAt(start)! > 0xffff) start++;
    }
    return undefined;
  }

  /** Matches at one place. */
  #run(
    text: string,
    start: number,
    marks: Int32Array,
    spend: (work: number) => void,
  ): Match | undefined {
    const { code, splits, groups } = this.#program;
    const saved = new Int32Array(2 * groups + 2).fill(-1);
    /** Choices that are left: instruction and place; or, below 0, a slot and what it held. */
    const stack: number[] = [];
    let pc = this.#program.start;
    let at = start;
    let work = 0;
    while (true) {
      const instruction = code[pc]!;
      let failed = false;
      work++;
      switch (instruction.op) {
        case "set": {
          const sign = text.codePointAt(at);
          if (sign !== undefined && this.#has(instruction.set, sign)) {
            at += sign > 0xffff ? 2 : 1;
            pc = instruction.next;
          } else failed = true;
          break;
        }
        case "split": {
          const bit = at * splits + instruction.split;
          const mask = 1 << (bit & 31);
          if ((marks[bit >>> 5]! & mask) !== 0) failed = true;
          else {
            marks[bit >>> 5]! |= mask;
            stack.push(instruction.other, at);
            pc = instruction.next;
          }
          break;
        }
        case "save":
          stack.push(-1 - instruction.slot, saved[instruction.slot]!);
          saved[instruction.slot] = at;
          pc = instruction.next;
          break;
        case "assert":
          if (asserted(instruction.what, text, at)) pc = instruction.next;
          else failed = true;
          break;
        case "match":
          saved[0] = start;
          saved[1] = at;
          spend(work);
          return saved;
      }
      if (!failed) continue;
      while (true) {
        if (stack.length === 0) {
          spend(work);
          return undefined;
        }
        at = stack.pop()!;
        pc = stack.pop()!;
        if (pc >= 0) break;
        saved[-1 - pc] = at;
      }
    }
  }
}

function asserted(what: "^" | "$" | "b" | "B", text: string, at: number): boolean {
  switch (what) {
    case "^":
      return at === 0;
    case "$":
      return at === text.length;
    default: {
      const before = at > 0 && isWord(text.charCodeAt(at - 1));
      return (before !== (at < text.length && isWord(text.charCodeAt(at)))) === (what === "b");
    }
  }
}
