/** A member of an object, as {@linkcode ParseOptions.objectPairsHook} receives it. */
export type JsonPair = [key: string, value: unknown];

/** Limits on what is read. */
export interface ParseLimits {
  /**
   * Deepest nesting of arrays and objects. A plain `parse` without other options leaves it to the platform, whose
   * parser needs no stack.
   *
   * @default {10000}
   */
  maxDepth?: number;
  /**
   * Longest text of one value, in bytes of UTF-8.
   *
   * @default {Infinity for a whole text, 134217728 for a value in a stream}
   */
  maxBytes?: number;
}

/** Options of all that reads JSON. Without any of them the platform's own parser does the work. */
export interface ParseOptions extends ParseLimits {
  /**
   * Whether integers beyond ±(2^53 − 1) become bigints instead of being rounded.
   *
   * @default {false}
   */
  bigint?: boolean;
  /**
   * Most digits of an integer that becomes a bigint: reading them takes more than linear time.
   *
   * @default {4300}
   */
  maxDigits?: number;
  /**
   * What is done about a key that an object has already.
   *
   * @default {"last"}
   */
  duplicateKeys?: "last" | "error";
  /**
   * Whether `NaN`, `Infinity` and `-Infinity` are read, as Python writes them.
   *
   * @default {false}
   */
  nan?: boolean;
  /**
   * Called with each object, innermost first; its result takes the object's place.
   *
   * @default {undefined}
   */
  objectHook?: (object: Record<string, unknown>) => unknown;
  /**
   * Called with the members of each object, in their order and with duplicates; its result takes the object's place.
   * Wins over `objectHook`.
   *
   * @default {undefined}
   */
  objectPairsHook?: (pairs: JsonPair[]) => unknown;
  /**
   * Called with the text of each number that has a fraction or an exponent.
   *
   * @default {undefined}
   */
  parseFloat?: (text: string) => unknown;
  /**
   * Called with the text of each number that has neither. Wins over `bigint`.
   *
   * @default {undefined}
   */
  parseInt?: (text: string) => unknown;
}
