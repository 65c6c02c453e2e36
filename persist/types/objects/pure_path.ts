/** The classes of `pathlib`. */
export type PathClass =
  | "PurePath"
  | "PurePosixPath"
  | "PureWindowsPath"
  | "Path"
  | "PosixPath"
  | "WindowsPath";

/** Options of {@linkcode PurePath}. */
export interface PurePathOptions {
  /**
   * The class in Python.
   *
   * @default {"PurePosixPath"}
   */
  className?: PathClass;
  /**
   * Where Python 3.13 keeps the class, `pathlib` everywhere else.
   *
   * @default {"pathlib"}
   */
  module?: "pathlib" | "pathlib._local";
}

/**
 * A path of Python's `pathlib`, as the segments it is made of.
 *
 * @example Segments
 * ```ts
 * import { PurePath } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(`${new PurePath(["/", "etc", "hosts"])}`, "/etc/hosts");
 * ```
 */
export class PurePath {
  /** The segments; the first may be a root such as `"/"`. */
  readonly segments: readonly string[];
  /** The class in Python. */
  readonly className: PathClass;
  /** The module in Python. */
  readonly module: "pathlib" | "pathlib._local";

  /**
   * Makes a path.
   *
   * @example Make one
   * ```ts
   * import { PurePath } from "@ferry/std/persist/types";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(`${new PurePath(["/", "etc", "hosts"])}`, "/etc/hosts");
   * ```
   *
   * @param segments The segments; the first may be a root such as `"/"`.
   * @param options The class in Python.
   */
  constructor(segments: readonly string[], options: PurePathOptions = {}) {
    this.segments = segments;
    this.className = options.className ?? "PurePosixPath";
    this.module = options.module ?? "pathlib";
  }

  /**
   * The path as text.
   *
   * @returns The segments, joined by the separator of the class.
   */
  toString(): string {
    const separator = this.className.includes("Windows") ? "\\" : "/";
    const parts: string[] = [];
    let last = "";
    for (const segment of this.segments) {
      if (segment === "") {
        if (last !== "" && !last.endsWith(separator)) parts.push(last = separator);
        continue;
      }
      parts.push(last === "" || last.endsWith(separator) ? segment : separator + segment);
      last = segment;
    }
    return parts.join("") || ".";
  }

  /**
   * The path as text, for `JSON.stringify`.
   *
   * @returns The path.
   */
  toJSON(): string {
    return this.toString();
  }

  /**
   * What makes two paths equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `p${this.className.includes("Windows") ? "w" : "p"}${this}`;
  }
}
