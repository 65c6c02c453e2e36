import { BOOLEAN, FUNCTION, LIMIT, NUMBER, type OptionRules, STRING } from "../options.ts";

/** A member of an object, as {@linkcode JsonParseOptions.objectPairsHook} receives it. */
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
export interface JsonParseOptions extends ParseLimits {
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

/** Options of {@linkcode stringify} and {@linkcode JsonLinesStringifyStream}. */
export interface JsonStringifyOptions {
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

/** What {@linkcode JsonParseOptions} may be. */
export const PARSE_RULES: OptionRules<JsonParseOptions> = {
  maxDepth: LIMIT,
  maxBytes: LIMIT,
  bigint: BOOLEAN,
  maxDigits: LIMIT,
  duplicateKeys: ["last", "error"],
  nan: BOOLEAN,
  objectHook: FUNCTION,
  objectPairsHook: FUNCTION,
  parseFloat: FUNCTION,
  parseInt: FUNCTION,
};

/** What {@linkcode JsonStringifyOptions} may be. */
export const STRINGIFY_RULES: OptionRules<JsonStringifyOptions> = {
  indent: NUMBER | STRING,
  sortKeys: BOOLEAN | FUNCTION,
  default: FUNCTION,
  nan: ["null", "error", "literal"],
  ensureAscii: BOOLEAN,
  canonical: BOOLEAN,
  maxDepth: LIMIT,
};
