/** Options of {@linkcode stringify} and {@linkcode JsonLinesStringifyStream}. */
export interface StringifyOptions {
  /**
   * Indentation of each level: a number of spaces, or the text itself. Left out, all is in one line.
   *
   * @default {0}
   */
  indent?: number | string;
  /**
   * Whether keys are sorted, by UTF-16 code units or by a function. Integer keys are sorted as text too.
   *
   * @default {false}
   */
  sortKeys?: boolean | ((a: string, b: string) => number);
  /**
   * Called with a value that JSON has no form for: a function, a symbol, or an object that is neither an array, nor
   * plain, nor has a `toJSON`: a `Map`, say. Its result is written instead. Left out, or where it returns `undefined`,
   * `JSON.stringify` sets the rules.
   *
   * @default {undefined}
   */
  default?: (value: unknown) => unknown;
  /**
   * What is done about `NaN` and infinities: they become `null`, or are an error, or are written as Python does,
   * which is not JSON.
   *
   * @default {"null"}
   */
  nan?: "null" | "error" | "literal";
  /**
   * Whether everything beyond ASCII is escaped.
   *
   * @default {false}
   */
  ensureAscii?: boolean;
  /**
   * Whether the canonical form of RFC 8785 is written, which any two programs write alike: sorted keys, no white
   * space, and errors for what has no such form (`NaN`, lone surrogates, integers that are no exact number). Excludes
   * `indent`, `sortKeys`, `nan` and `ensureAscii`.
   *
   * @default {false}
   */
  canonical?: boolean;
  /**
   * Deepest nesting of arrays and objects, where the platform's writer cannot be used.
   *
   * @default {1000}
   */
  maxDepth?: number;
}
