import {
  BINGET,
  BINPUT,
  GET,
  LONG_BINGET,
  LONG_BINPUT,
  MEMOIZE,
  POP,
  PUT,
  STOP,
} from "../opcodes.ts";
import { checkOptions, type OptionRule, type OptionRules } from "../../options.ts";
import { reprBytes, reprFloat, reprString } from "./python_repr.ts";
import { UnpicklingError } from "../errors.ts";
import type { OpcodeArgument } from "./_arguments.ts";
import { instructions } from "./_instructions.ts";
import type { OpcodeInfo, StackItem } from "../opcode_info.ts";

/** Longest integer that is shown in decimal, in bytes. Python shows none of more than 4300 digits. */
const LONGEST = 1785;

/** What a disassembly knows of memo entries: their kind by index. */
export type DisMemo = Map<number | bigint, StackItem>;

/** Options of {@linkcode dis}. */
export interface DisOptions {
  /**
   * Column hint from which each instruction gets a short description; 0 leaves descriptions out.
   *
   * @default {0}
   */
  readonly annotate?: number;
  /**
   * Blanks per level of marks.
   *
   * @default {4}
   */
  readonly indentLevel?: number;
  /**
   * Memo to read and fill. Pass the same one for the pickles that one pickler wrote one after another, since later ones
   * may refer to entries of earlier ones.
   *
   * @default {new Map()}
   */
  readonly memo?: DisMemo;
  /**
   * Where in the bytes the pickle begins.
   *
   * @default {0}
   */
  readonly start?: number;
  /**
   * Longest text, in UTF-16 code units: each line is indented by its marks, so that nested marks give text of the square
   * of the pickle's length.
   *
   * @default {67108864}
   */
  readonly maxLength?: number;
  /**
   * Called with each line, without its newline, as soon as it is known. A malformed pickle gives all lines up to the
   * offending instruction before the error is thrown.
   */
  readonly onLine?: (line: string) => void;
}

const RULES: OptionRules = {
  annotate: "any",
  indentLevel: "any",
  memo: "object",
  start: "any",
  maxLength: "limit",
  onLine: "function",
} satisfies Record<keyof DisOptions, OptionRule>;

/**
 * Disassembles a pickle into the text that `python -m pickletools` prints: positions, opcodes, indented by marks, and
 * arguments.
 *
 * Nothing is built, so it is safe on any input. An integer of more than 4300 digits, which Python refuses to show, is shown
 * by its size. The stack and the memo are followed by kinds of items only, to find
 * instructions that take more than there is.
 *
 * @param pickle The pickle.
 * @param options Layout, memo and where to begin.
 * @returns The lines, each ended by a newline.
 * @throws {UnpicklingError} If the pickle is malformed, takes from an empty stack, lacks a mark, stores a memo entry
 * twice or reads one never stored, or leaves items behind at STOP; when the text gets longer than `maxLength`.
 * @throws {RangeError} If `annotate`, `indentLevel`, `start` or `maxLength` is out of range.
 * @throws {TypeError} If the pickle is no `Uint8Array`, or an option is unknown or of another type.
 *
 * @example Looking into a pickle before loading it
 * ```ts
 * import { dis } from "@ferry/std/persist/pickle";
 * import { assertEquals } from "@std/assert";
 *
 * const pickle = new TextEncoder().encode("(lp0\nI7\na.");
 * assertEquals(
 *   dis(pickle),
 *   `    0: (    MARK
 *     1: l        LIST       (MARK at 0)
 *     2: p    PUT        0
 *     5: I    INT        7
 *     8: a    APPEND
 *     9: .    STOP
 * highest protocol among opcodes = 0
 * `,
 * );
 * ```
 */
export function dis(pickle: Uint8Array, options: DisOptions = {}): string {
  checkOptions("Cannot disassemble a pickle", options, RULES);
  const { annotate = 0, indentLevel = 4, memo = new Map(), start = 0, onLine } = options;
  const { maxLength = 64 * 1024 * 1024 } = options;
  checkColumns("annotate", annotate);
  checkColumns("indentLevel", indentLevel);
  const machine = new Machine(memo);
  let text = "";
  let column = annotate;
  let protocol = -1;
  let last = start;
  const print = (line: string) => {
    text += line + "\n";
    onLine?.(line);
  };
  for (const { opcode, argument, position } of instructions(pickle, start, LONGEST)) {
    protocol = Math.max(protocol, opcode.protocol);
    last = position;
    if (text.length + indentLevel * machine.depth > maxLength) {
      fail(`needed a text of at most ${maxLength} characters, received a longer one`, position);
    }
    const indent = " ".repeat(indentLevel * machine.depth);
    const { note, problem } = machine.enter(opcode, argument, position);
    let line = `${reprCode(opcode.code).padEnd(4)} ${indent}${opcode.name}`;
    if (argument !== undefined || note !== undefined) {
      line += " ".repeat(Math.max(0, 10 - opcode.name.length));
      if (argument !== undefined) line += " " + reprArgument(opcode, argument);
      if (note !== undefined) line += " " + note;
    }
    if (annotate > 0) {
      // Descriptions stay aligned with the line before, until a long line has pushed them too far right.
      let width = [...line].length;
      line += " ".repeat(Math.max(0, column - width));
      width = Math.max(width, column);
      column = width > 50 ? annotate : width;
      line += " " + opcode.doc;
    }
    print(`${String(position).padStart(5)}: ${line}`);
    const fault = problem ?? machine.leave(opcode, position);
    if (fault !== undefined) fail(fault, position, opcode.code);
  }
  print(`highest protocol among opcodes = ${protocol}`);
  if (machine.stack.length > 0) {
    const items = machine.stack.slice(0, 8).join(", ") + (machine.stack.length > 8 ? ", ..." : "");
    fail(`needed an empty stack after STOP, received [${items}]`, last, STOP);
  }
  return text;
}

function fail(message: string, position: number, opcode?: number): never {
  throw new UnpicklingError(`Cannot disassemble a pickle: ${message}`, {
    position,
    ...(opcode === undefined ? {} : { opcode }),
  });
}

function checkColumns(name: string, value: number): void {
  if (Number.isInteger(value) && value >= 0 && value <= 1000) return;
  throw new RangeError(
    `Cannot disassemble a pickle: ${name} must be an integer from 0 to 1000, received ${value}`,
  );
}

/** Follows the kinds of items on the stack and in the memo. */
class Machine {
  stack: StackItem[] = [];
  /** Positions of the marks on the stack. */
  #marks: number[] = [];
  readonly #memo: DisMemo;
  /** What the instruction being looked at takes and leaves. */
  #take = 0;
  #leave: readonly StackItem[] = [];

  constructor(memo: DisMemo) {
    this.#memo = memo;
  }

  get depth(): number {
    return this.#marks.length;
  }

  /** Looks at an instruction's marks and memo use, before its line is printed. */
  enter(
    opcode: OpcodeInfo,
    argument: OpcodeArgument | undefined,
    position: number,
  ): { note: string | undefined; problem: string | undefined } {
    const { stack } = this;
    let note: string | undefined;
    let problem: string | undefined;
    this.#take = opcode.stackBefore.length;
    this.#leave = opcode.stackAfter;
    const marked = opcode.stackBefore.indexOf("mark");
    if (marked >= 0 || (opcode.code === POP && stack.at(-1) === "mark")) {
      const mark = this.#marks.pop();
      if (mark === undefined) {
        note = "no MARK exists on stack";
        problem = "needed a mark on the stack, received none";
      } else {
        note = `(MARK at ${mark})`;
        const at = stack.lastIndexOf("mark");
        // An instruction that takes single items has taken the mark for one.
        if (at < 0) fail("needed a mark on the stack, received other items", position, opcode.code);
        stack.length = at;
        this.#take = Math.max(0, marked);
      }
    }
    switch (opcode.code) {
      case PUT:
      case BINPUT:
      case LONG_BINPUT:
      case MEMOIZE: {
        const index = opcode.code === MEMOIZE ? this.#memo.size : memoKey(argument);
        if (opcode.code === MEMOIZE) note = `(as ${index})`;
        const top = stack.at(-1);
        if (this.#memo.has(index)) {
          problem = `needed a new memo index, received ${index}, which is already stored`;
        } else if (top === undefined) {
          problem = "needed an item to store in the memo, received an empty stack";
        } else if (top === "mark") {
          problem = "needed an item to store in the memo, received a mark";
        } else {
          this.#memo.set(index, top);
        }
        break;
      }
      case GET:
      case BINGET:
      case LONG_BINGET: {
        const item = this.#memo.get(memoKey(argument));
        if (item === undefined) {
          problem = `needed a stored memo index, received ${reprNumber(argument)}`;
        } else {
          this.#leave = [item];
        }
        break;
      }
    }
    return { note, problem };
  }

  /** Applies the instruction to the stack; returns what is wrong with it, if anything. */
  leave(opcode: OpcodeInfo, position: number): string | undefined {
    const { stack } = this;
    if (stack.length < this.#take) {
      return `needed ${this.#take} items on the stack for ${opcode.name}, received ${stack.length}`;
    }
    stack.length -= this.#take;
    if (this.#leave.includes("mark")) this.#marks.push(position);
    stack.push(...this.#leave);
    return undefined;
  }
}

/** The memo's keys: `01`, the spelling of True, is the index 1. */
function memoKey(argument: OpcodeArgument | undefined): number | bigint {
  return typeof argument === "bigint" ? argument : Number(argument);
}

function reprNumber(argument: OpcodeArgument | undefined): string {
  return typeof argument === "boolean" ? (argument ? "True" : "False") : String(argument);
}

function reprCode(code: number): string {
  return code < 0x7f ? String.fromCharCode(code) : "\\x" + code.toString(16);
}

function reprArgument(opcode: OpcodeInfo, argument: OpcodeArgument): string {
  if (typeof argument === "string") return reprString(argument);
  if (argument instanceof Uint8Array) {
    if (opcode.argument === "long1" || opcode.argument === "long4") {
      return `(an integer of ${argument.length} bytes)`;
    }
    const bytes = reprBytes(argument);
    return opcode.argument === "bytearray8" ? `bytearray(${bytes})` : bytes;
  }
  if (opcode.argument === "floatnl" || opcode.argument === "float8") {
    return reprFloat(argument as number);
  }
  return reprNumber(argument);
}
