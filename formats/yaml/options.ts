import {
  BOOLEAN,
  checkOptions,
  FUNCTION,
  LIMIT,
  OBJECT,
  type OptionRules,
  STRING,
} from "../options.ts";
import type { YamlError } from "./yaml_error.ts";

/**
 * Which plain scalars are more than text.
 *
 * - `"core"`: YAML 1.2's core schema: null, booleans, integers (`0o17`, `0xff`), floats (`.inf`, `.nan`).
 * - `"json"`: only JSON's own spellings; other plain scalars are refused.
 * - `"failsafe"`: everything is text.
 * - `"yaml-1.1"`: PyYAML's view: `yes`, `017`, `1_000`, dates (`Date`), `!!binary` (`Uint8Array`), `!!set` (`Set`),
 *   `!!omap` (`Map`), `!!pairs` (arrays of pairs).
 */
export type YamlSchema = "core" | "json" | "failsafe" | "yaml-1.1";

/** What a tag may be written on. */
export type YamlKind = "scalar" | "sequence" | "mapping";

/**
 * A tag of one's own, for reading and writing.
 *
 * @typeParam T Class or type of the values.
 */
// deno-lint-ignore no-explicit-any
export interface YamlTag<T = any> {
  /** The tag as written, such as `"!point"`, or in full: `"tag:example.com,2026:point"`. */
  tag: string;
  /**
   * What the tag is written on.
   *
   * @default {"scalar"}
   */
  kind?: YamlKind;
  /**
   * Untagged plain scalars that match also belong to the tag (`kind: "scalar"` only).
   *
   * @default {undefined}
   */
  pattern?: RegExp;
  /** Makes a value of the text, array or object below the tag; what it throws becomes a `YamlError`. */
  parse(raw: never): T;
  /**
   * Whether a value is to be written with this tag.
   *
   * @default {undefined}
   */
  test?(value: unknown): boolean;
  /**
   * The text, array or object to write below the tag.
   *
   * @default {String for scalars, the value itself otherwise}
   */
  stringify?(value: T): unknown;
}

/** Options of `parse`, `parseAll` and `parseDocument`. */
export interface YamlParseOptions {
  /**
   * Which plain scalars are more than text.
   *
   * @default {"core"}
   */
  schema?: YamlSchema;
  /**
   * Integers beyond ±(2⁵³ - 1) become `bigint`; with false they are rounded to the nearest number.
   *
   * @default {true}
   */
  bigint?: boolean;
  /**
   * What a key written twice in one mapping means: an error, or that the last value stands.
   *
   * @default {"error"}
   */
  duplicateKeys?: "error" | "last";
  /**
   * Whether `<<: *defaults` copies the entries of another mapping, as in YAML 1.1 and PyYAML.
   *
   * @default {true}
   */
  merge?: boolean;
  /**
   * What a mapping becomes: an object, whose keys are all text, or a `Map`, whose keys keep their types.
   *
   * @default {"object"}
   */
  maps?: "object" | "map";
  /**
   * Tags of one's own. Unknown tags are otherwise ignored: the value below is read as if untagged text or collection.
   *
   * @default {[]}
   */
  tags?: readonly YamlTag[];
  /**
   * Makes errors of the departures from YAML 1.2 that are otherwise only reported to `onWarning`, such as a closing
   * bracket left of its block, and never takes the fast path.
   *
   * @default {false}
   */
  strict?: boolean;
  /**
   * Most aliases a document may hold, those within what an alias stands for counted again at each use. Merge keys may
   * copy at most a hundred times as many entries.
   *
   * @default {10_000}
   */
  maxAliases?: number;
  /**
   * Deepest nesting of sequences and mappings.
   *
   * @default {512}
   */
  maxDepth?: number;
  /**
   * Called with what is doubtful but not wrong: unknown tags, reserved directives. The fast path finds none.
   *
   * @default {undefined}
   */
  onWarning?: (warning: YamlError) => void;
}

/** Default of {@linkcode YamlParseOptions.maxDepth}: both readers recurse, and stay far from the end of the stack. */
export const MAX_DEPTH = 512;
/** Default of {@linkcode YamlParseOptions.maxAliases}. */
export const MAX_ALIASES = 10_000;

/** What {@linkcode YamlSchema} may be. */
export const SCHEMAS: readonly YamlSchema[] = ["core", "json", "failsafe", "yaml-1.1"];

const RULES: OptionRules<YamlParseOptions> = {
  schema: SCHEMAS,
  bigint: BOOLEAN,
  duplicateKeys: ["error", "last"],
  merge: BOOLEAN,
  maps: ["object", "map"],
  tags: OBJECT,
  strict: BOOLEAN,
  maxAliases: LIMIT,
  maxDepth: LIMIT,
  onWarning: FUNCTION,
};

const TAG_RULES: OptionRules<YamlTag> = {
  tag: STRING,
  kind: ["scalar", "sequence", "mapping"],
  pattern: OBJECT,
  parse: FUNCTION,
  test: FUNCTION,
  stringify: FUNCTION,
};

/** Checks the options of a reader. */
export function checkParse(options: YamlParseOptions | undefined): YamlParseOptions {
  return checkTags(checkOptions("Cannot read YAML", options, RULES));
}

/** Checks the tags among options. */
export function checkTags<T extends { tags?: readonly YamlTag[] }>(options: T): T {
  if (options.tags === undefined) return options;
  for (const tag of options.tags) checkOptions("Cannot use a YAML tag", tag, TAG_RULES);
  return options;
}
