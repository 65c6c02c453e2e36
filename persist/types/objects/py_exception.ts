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
   * @param name The name of the class.
   * @param args The arguments.
   * @param module The module of the class, `"builtins"` unless given.
   */
  constructor(name: string, args: unknown[] = [], module = "builtins") {
    super(args.map(show).join(", "));
    this.name = name;
    this.args = args;
    this.module = module;
  }
}

/** Arguments may hold anything, however deep: only plain ones are shown. */
function show(value: unknown): string {
  return typeof value === "object" && value !== null ? "..." : String(value);
}
