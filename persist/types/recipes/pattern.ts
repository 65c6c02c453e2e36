import { PyObject } from "../objects/py_object.ts";

/**
 * A Python `re.Pattern` as it was read. It is not compiled: Python's regular expressions are not those of JavaScript.
 *
 * @example Its text
 * ```ts
 * import { Global, Pattern } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const pattern = new Pattern({ callable: new Global("re", "_compile"), args: ["a+", 34] });
 * assertEquals([pattern.source, pattern.flags & 2], ["a+", 2]);
 * ```
 */
export class Pattern extends PyObject {
  /** The regular expression, bytes if it is for bytes. */
  get source(): unknown {
    return this.args[0];
  }

  /** Python's flags: 2 ignores case, 8 is multi-line, 16 lets the dot match a newline, 32 is Unicode, 64 verbose. */
  get flags(): number {
    return typeof this.args[1] === "number" ? this.args[1] : 0;
  }

  /**
   * The regular expression, for `JSON.stringify` and `toPlain`.
   *
   * @returns Its text, or its bytes.
   */
  toJSON(): unknown {
    return this.source;
  }

  /**
   * What makes two patterns equal as keys.
   *
   * @returns The signature, `""` for one of bytes, which only equals itself.
   */
  keySignature(): string {
    return typeof this.source === "string" ? `r${this.flags}:${this.source}` : "";
  }
}
