/** Regular expressions as programs for {@linkcode LinearRegExp}. */
import type { CharacterSet, Pattern } from "./syntax.ts";

/** An instruction. `next` is the one that follows. */
export type Instruction =
  | { op: "set"; set: CharacterSet; next: number }
  /** Goes on at `next`, and at `other` if that leads nowhere; each split has a number. */
  | { op: "split"; next: number; other: number; split: number }
  | { op: "save"; slot: number; next: number }
  | { op: "assert"; what: "^" | "$" | "b" | "B"; next: number }
  | { op: "match" };

/** Most instructions of a program. */
const MAX_PROGRAM = 50_000;

/** A program. */
export interface Program {
  readonly code: readonly Instruction[];
  readonly start: number;
  readonly splits: number;
  readonly groups: number;
}

class Compiler {
  readonly code: Instruction[] = [];
  splits = 0;

  add(instruction: Instruction): number {
    if (this.code.length >= MAX_PROGRAM) {
      throw new SyntaxError(
        `A regular expression has at most ${MAX_PROGRAM} instructions, needs more`,
      );
    }
    return this.code.push(instruction) - 1;
  }

  split(next: number, other: number, lazy: boolean): number {
    const [first, second] = lazy ? [other, next] : [next, other];
    return this.add({ op: "split", next: first, other: second, split: this.splits++ });
  }

  /** Compiles a pattern that goes on at an instruction, and says where it begins. */
  compile(pattern: Pattern, next: number): number {
    switch (pattern.type) {
      case "empty":
        return next;
      case "set":
        return this.add({ op: "set", set: pattern.set, next });
      case "assert":
        return this.add({ op: "assert", what: pattern.what, next });
      case "group": {
        const end = this.add({ op: "save", slot: 2 * pattern.index + 1, next });
        const inner = this.compile(pattern.inner, end);
        return this.add({ op: "save", slot: 2 * pattern.index, next: inner });
      }
      case "sequence": {
        let at = next;
        for (const part of pattern.parts.toReversed()) at = this.compile(part, at);
        return at;
      }
      case "choice": {
        let at = this.compile(pattern.parts.at(-1)!, next);
        for (const part of pattern.parts.slice(0, -1).toReversed()) {
          at = this.split(this.compile(part, next), at, false);
        }
        return at;
      }
      case "repeat": {
        const { inner, least, most, lazy } = pattern;
        let at = next;
        if (most === Infinity) {
          const loop = this.split(0, next, lazy);
          const body = this.compile(inner, loop);
          const instruction = this.code[loop] as Instruction & { op: "split" };
          if (lazy) instruction.other = body;
          else instruction.next = body;
          at = loop;
        } else {
          for (let i = least; i < most; i++) at = this.split(this.compile(inner, at), next, lazy);
        }
        for (let i = 0; i < least; i++) at = this.compile(inner, at);
        return at;
      }
    }
  }
}

/** Compiles a pattern. */
export function compilePattern(pattern: Pattern, groups: number): Program {
  const compiler = new Compiler();
  const end = compiler.add({ op: "match" });
  const start = compiler.compile(pattern, end);
  return { code: compiler.code, start, splits: compiler.splits, groups };
}
