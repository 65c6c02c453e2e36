import { bigintSize } from "../../work.ts";

/**
 * A Python exception, as an `Error`: it can be thrown, and written back.
 *
 * @example A ValueError
 * ```ts
 * import { PyException } from "@ferry/std/persist/types";
 * import { assertEquals, assertInstanceOf } from "@std/assert";
 *
 * const error = new PyException("ValueError", ["not a number", 7]);
 * assertInstanceOf(error, Error);
 * assertEquals(`${error}`, "ValueError: not a number, 7");
 * ```
 */
export class PyException extends Error {
  /** The module of the class, `"builtins"` for Python's own. */
  readonly module: string;
  /** The arguments of the exception. */
  args: unknown[];
  /** Attributes of the exception (`__notes__` and others), `undefined` if there are none. */
  attributes: unknown = undefined;

  /**
   * Makes an exception.
   *
   * @example Make one
   * ```ts
   * import { PyException } from "@ferry/std/persist/types";
   *
   * const error = new PyException("ValueError", ["not a number", 7]);
   * ```
   *
   * @param name The name of the class.
   * @param args The arguments.
   * @param module The module of the class, `"builtins"` unless given.
   */
  constructor(name: string, args: unknown[] = [], module = "builtins") {
    super(messageOf(args));
    this.name = name;
    this.args = args;
    this.module = module;
  }
}

/** Most arguments, and most characters of each, that a message of several arguments shows. */
const SHOWN = 8;
const LONGEST = 500;

/**
 * A single text is the message as it is. Of several arguments each is cut short: many exceptions may have the same large
 * arguments, and each would have a message of their size.
 */
function messageOf(args: readonly unknown[]): string {
  if (args.length === 1 && typeof args[0] === "string") return args[0];
  const shown = args.slice(0, SHOWN).map(show);
  if (args.length > SHOWN) shown.push("...");
  return shown.join(", ");
}

/** Arguments may hold anything, however deep: only plain ones are shown. */
function show(value: unknown): string {
  if (typeof value === "object" && value !== null) return "...";
  if (typeof value === "bigint" && bigintSize(value) > LONGEST) return "...";
  const text = String(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
