/** Reads regular expressions: what JavaScript and Python have in common, without what needs more than linear time. */

/** A set of characters: pairs of first and last code points. */
export interface CharacterSet {
  readonly ranges: readonly (readonly [number, number])[];
  readonly negated: boolean;
}

/** A part of a pattern. */
export type Pattern =
  | { readonly type: "empty" }
  | { readonly type: "set"; readonly set: CharacterSet }
  /** Start and end of the text, `\b` and `\B`. */
  | { readonly type: "assert"; readonly what: "^" | "$" | "b" | "B" }
  | { readonly type: "group"; readonly index: number; readonly inner: Pattern }
  | { readonly type: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | {
    readonly type: "repeat";
    readonly inner: Pattern;
    readonly least: number;
    readonly most: number;
    readonly lazy: boolean;
  };

const DIGIT: CharacterSet["ranges"] = [[48, 57]];
const WORD: CharacterSet["ranges"] = [[48, 57], [65, 90], [95, 95], [97, 122]];
const SPACE: CharacterSet["ranges"] = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];
const LAST = 0x10ffff;
/** Most levels of brackets, and most copies that one quantifier makes. */
const MAX_DEPTH = 200;
const MAX_COPIES = 1000;

/** What ranges leave. */
function complement(ranges: CharacterSet["ranges"]): [number, number][] {
  const sorted = [...ranges].sort(([a], [b]) => a - b);
  const out: [number, number][] = [];
  let next = 0;
  for (const [first, last] of sorted) {
    if (first > next) out.push([next, first - 1]);
    next = Math.max(next, last + 1);
  }
  if (next <= LAST) out.push([next, LAST]);
  return out;
}

class Reader {
  readonly #signs: readonly string[];
  #at = 0;
  #depth = 0;
  groups = 0;

  constructor(text: string) {
    this.#signs = [...text];
  }

  fail(why: string): never {
    throw new SyntaxError(
      `The regular expression ${JSON.stringify(this.#signs.join(""))} ${why} at ${this.#at}`,
    );
  }

  get #next(): string | undefined {
    return this.#signs[this.#at];
  }

  #take(text: string): boolean {
    const signs = [...text];
    if (!signs.every((sign, index) => this.#signs[this.#at + index] === sign)) return false;
    this.#at += signs.length;
    return true;
  }

  read(): Pattern {
    const pattern = this.#choice();
    if (this.#at < this.#signs.length) this.fail("has a closing bracket that closes nothing");
    return pattern;
  }

  #choice(): Pattern {
    if (++this.#depth > MAX_DEPTH) this.fail(`has more than ${MAX_DEPTH} brackets in one another`);
    const parts = [this.#sequence()];
    while (this.#take("|")) parts.push(this.#sequence());
    this.#depth--;
    return parts.length === 1 ? parts[0]! : { type: "choice", parts };
  }

  #sequence(): Pattern {
    const parts: Pattern[] = [];
    while (this.#next !== undefined && this.#next !== "|" && this.#next !== ")") {
      parts.push(this.#quantified());
    }
    if (parts.length === 0) return { type: "empty" };
    return parts.length === 1 ? parts[0]! : { type: "sequence", parts };
  }

  #quantified(): Pattern {
    const bracket = this.#next === "(";
    const inner = this.#atom();
    const bounds = this.#bounds();
    if (bounds === undefined) return inner;
    if (inner.type === "assert" && !bracket) this.fail("repeats what cannot be repeated");
    const [least, most] = bounds;
    const lazy = this.#take("?");
    if (this.#bounds() !== undefined) this.fail("repeats what is repeated");
    return { type: "repeat", inner, least, most, lazy };
  }

  #bounds(): [number, number] | undefined {
    if (this.#take("*")) return [0, Infinity];
    if (this.#take("+")) return [1, Infinity];
    if (this.#take("?")) return [0, 1];
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(
      this.#signs.slice(this.#at, this.#at + 24).join(""),
    );
    if (match === null) return undefined;
    const least = Number(match[1]);
    const most = match[2] === undefined ? least : match[3] === "" ? Infinity : Number(match[3]);
    if (most < least) this.fail("has a quantifier whose bounds are out of order");
    if (least > MAX_COPIES || (most !== Infinity && most > MAX_COPIES)) {
      this.fail(`repeats more than ${MAX_COPIES} times`);
    }
    this.#at += match[0].length;
    return [least, most];
  }

  #atom(): Pattern {
    const sign = this.#next!;
    this.#at++;
    switch (sign) {
      case "^":
      case "$":
        return { type: "assert", what: sign };
      case ".":
        return one(complement([[10, 10]]));
      case "(":
        return this.#group();
      case "[":
        return { type: "set", set: this.#set() };
      case "*":
      case "+":
      case "?":
        this.#at--;
        return this.fail("repeats nothing");
      case "\\": {
        const escape = this.#next;
        if (escape === "b" || escape === "B") {
          this.#at++;
          return { type: "assert", what: escape };
        }
        if (escape !== undefined && /[1-9k]/.test(escape)) {
          this.fail("refers back to a group, which linear time does not allow,");
        }
        return one(this.#escape());
      }
    }
    return one([[sign.codePointAt(0)!, sign.codePointAt(0)!]]);
  }

  #group(): Pattern {
    let index = 0;
    if (this.#take("?:")) index = 0;
    else if (this.#take("?P<") || (this.#next === "?" && this.#takeName())) {
      while (this.#next !== undefined && this.#next !== ">") this.#at++;
      if (!this.#take(">")) this.fail("has a name without an end");
      index = ++this.groups;
    } else if (this.#next === "?") {
      this.fail("looks around or sets flags, which is not supported,");
    } else index = ++this.groups;
    const inner = this.#choice();
    if (!this.#take(")")) this.fail("lacks a closing bracket");
    return index === 0 ? inner : { type: "group", index, inner };
  }

  /** `(?<name>`, but not `(?<=` and `(?<!`. */
  #takeName(): boolean {
    const sign = this.#signs[this.#at + 2];
    return sign !== "=" && sign !== "!" && this.#take("?<");
  }

  /** What an escape stands for; its backslash was read. */
  #escape(): (readonly [number, number])[] {
    const sign = this.#next;
    if (sign === undefined) this.fail("ends with a backslash");
    this.#at++;
    switch (sign) {
      case "d":
        return [...DIGIT];
      case "D":
        return complement(DIGIT);
      case "w":
        return [...WORD];
      case "W":
        return complement(WORD);
      case "s":
        return [...SPACE];
      case "S":
        return complement(SPACE);
      case "n":
        return [[10, 10]];
      case "r":
        return [[13, 13]];
      case "t":
        return [[9, 9]];
      case "f":
        return [[12, 12]];
      case "v":
        return [[11, 11]];
      case "0":
        return [[0, 0]];
      case "x":
        return this.#code(2);
      case "u":
        return this.#code(4);
    }
    if (/[a-zA-Z]/.test(sign!)) this.fail(`has the escape \\${sign}, which is not known,`);
    return [[sign!.codePointAt(0)!, sign!.codePointAt(0)!]];
  }

  #code(digits: number): (readonly [number, number])[] {
    let text: string;
    if (digits === 4 && this.#take("{")) {
      const close = this.#signs.indexOf("}", this.#at);
      text = this.#signs.slice(this.#at, Math.max(close, this.#at)).join("");
      this.#at = close + 1;
    } else {
      text = this.#signs.slice(this.#at, this.#at + digits).join("");
      this.#at += digits;
      if (text.length < digits) this.fail("has a code that is too short");
    }
    const code = /^[0-9a-fA-F]{1,6}$/.test(text) ? parseInt(text, 16) : -1;
    if (code < 0 || code > LAST) this.fail("has a code that is none");
    return [[code, code]];
  }

  #set(): CharacterSet {
    const negated = this.#take("^");
    const ranges: (readonly [number, number])[] = [];
    let first = true;
    while (first || this.#next !== "]") {
      const sign = this.#next;
      if (sign === undefined) this.fail("lacks a closing ]");
      if (first && sign === "]") return { ranges, negated: this.#take("]") && negated };
      first = false;
      const low = this.#member();
      if (this.#next === "-" && this.#signs[this.#at + 1] !== "]" && low.length === 1) {
        this.#at++;
        if (this.#next === undefined) this.fail("lacks a closing ]");
        const high = this.#member();
        if (high.length !== 1 || high[0]![1] < low[0]![0]) this.fail("has a range out of order");
        ranges.push([low[0]![0], high[0]![1]]);
      } else ranges.push(...low);
    }
    this.#at++;
    return { ranges, negated };
  }

  #member(): (readonly [number, number])[] {
    const sign = this.#next!;
    this.#at++;
    if (sign !== "\\") return [[sign.codePointAt(0)!, sign.codePointAt(0)!]];
    if (this.#take("b")) return [[8, 8]];
    return this.#escape();
  }
}

function one(ranges: CharacterSet["ranges"]): Pattern {
  return { type: "set", set: { ranges, negated: false } };
}

/**
 * Reads a regular expression.
 *
 * @param text The expression.
 * @returns It, and how many groups it has.
 * @throws {SyntaxError} If it is none, or needs more than linear time.
 */
export function parsePattern(text: string): { pattern: Pattern; groups: number } {
  const reader = new Reader(text);
  const pattern = reader.read();
  return { pattern, groups: reader.groups };
}
