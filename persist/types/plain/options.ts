/** How {@linkcode toPlain} shows what JSON has no form for. */
export interface ToPlainOptions {
  /**
   * Maps, and dicts that are read as maps: an object, whose keys are written as Python's `json` writes them (`1`, `1.5`,
   * `True`, `None` as `"1"`, `"1.5"`, `"true"`, `"null"`; other keys are an error), an array of pairs, or `"auto"`: an
   * object if all keys can be its names and no two of them become the same, else pairs.
   *
   * @default {"auto"}
   */
  maps?: "auto" | "object" | "pairs";
  /**
   * Sets: an array in the set's order, or an error.
   *
   * @default {"array"}
   */
  sets?: "array" | "error";
  /**
   * Bytes: text in base64 or hexadecimal, an array of numbers, or an error.
   *
   * @default {"base64"}
   */
  bytes?: "base64" | "hex" | "array" | "error";
  /**
   * Integers beyond the safe ones: decimal text, the nearest number, or an error. Safe ones are always numbers.
   *
   * @default {"string"}
   */
  bigint?: "string" | "number" | "error";
  /**
   * NaN and the infinities: `null`, as `JSON.stringify` has them, text (`"NaN"`, `"Infinity"`), or an error.
   *
   * @default {"null"}
   */
  nonFinite?: "null" | "string" | "error";
  /**
   * Deepest nesting.
   *
   * @default {1000}
   */
  maxDepth?: number;
  /**
   * Most values, where one that is referred to from several places counts each time: that is how often it would be
   * written. A few bytes of pickle can refer to a value 2^40 times.
   *
   * @default {10000000}
   */
  maxItems?: number;
}

/** Options with their defaults filled in. */
export type ToPlainSettings = Required<ToPlainOptions>;
