import { type CollectionTag, Document, Scalar, type ScalarTag, YAMLMap, YAMLSeq } from "yaml";
import { MAX_DEPTH, type YamlSchema, type YamlTag } from "./options.ts";

/** Options of {@linkcode stringify}. */
export interface YamlStringifyOptions {
  /**
   * Spaces per level, 1 to 10.
   *
   * @default {2}
   */
  indent?: number;
  /**
   * Column at which long text is folded, or further right where the deepest level would leave it no room; 0 never folds.
   *
   * @default {80}
   */
  lineWidth?: number;
  /**
   * Write the keys of every mapping in order of their code units.
   *
   * @default {false}
   */
  sortKeys?: boolean;
  /**
   * `"block"`: one entry a line; `"flow"`: `{ a: [ 1, 2 ] }`.
   *
   * @default {"block"}
   */
  style?: "block" | "flow";
  /**
   * Quotes for text that needs some, where both serve.
   *
   * @default {"double"}
   */
  quotes?: "double" | "single";
  /**
   * Write an object that occurs more than once only once, with an anchor, and aliases elsewhere. Objects that hold
   * themselves need it.
   *
   * @default {true}
   */
  aliases?: boolean;
  /**
   * The schema of the reader. With `"yaml-1.1"` sets and maps are tagged `!!set` and `!!omap`.
   *
   * @default {"core"}
   */
  schema?: YamlSchema;
  /**
   * Also quote text that only a YAML 1.1 reader, such as PyYAML, would take for something else: `yes`, `1:30`, `010`.
   *
   * @default {true}
   */
  compatible?: boolean;
  /**
   * Tags of one's own; those with `test` are written.
   *
   * @default {[]}
   */
  tags?: readonly YamlTag[];
  /**
   * Deepest nesting of arrays and objects.
   *
   * @default {512}
   */
  maxDepth?: number;
}

/**
 * Writes a value as one YAML document.
 *
 * What `parse` reads back is the same value: `bigint`, `-0`, `NaN`, infinities and shared or circular objects too.
 * `undefined` entries of objects are left out, in arrays they are null. `Date` is written as a timestamp (text to a
 * core reader, a date to a YAML 1.1 one), bytes as `!!binary`, objects with `toJSON` as what it returns.
 *
 * @example Write a configuration
 * ```ts
 * import { stringify } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   stringify({ name: "ferry", port: 8080, tags: ["a", "yes"], note: "two\nlines\n" }),
 *   'name: ferry\nport: 8080\ntags:\n  - a\n  - "yes"\nnote: |\n  two\n  lines\n',
 * );
 * ```
 *
 * @example A class with a tag
 * ```ts
 * import { stringify, type YamlTag } from "@ferry/std/formats/yaml";
 * import { assertEquals } from "@std/assert";
 *
 * const url: YamlTag<URL> = {
 *   tag: "!url",
 *   parse: (text: string) => new URL(text),
 *   test: (value) => value instanceof URL,
 *   stringify: (value) => value.href,
 * };
 * assertEquals(stringify([new URL("https://x.org/")], { tags: [url] }), "- !url https://x.org/\n");
 * ```
 *
 * @param value The value.
 * @param options Style, tags and limits.
 * @returns The text, with a line break at its end.
 * @throws {TypeError} If the value is, or holds, a function or symbol, or is undefined.
 * @throws {RangeError} If the value is nested too deeply.
 */
export function stringify(value: unknown, options: YamlStringifyOptions = {}): string {
  if (value === undefined) throw new TypeError("Cannot write undefined as YAML");
  const { indent = 2, lineWidth = 80, maxDepth = MAX_DEPTH } = options;
  const checker = new Checker(options.tags ?? []);
  checker.check(value, maxDepth);
  const document = new Document(value, {
    schema: options.schema ?? "core",
    version: options.schema === "yaml-1.1" ? "1.1" : "1.2",
    compat: options.compatible === false || options.schema === "yaml-1.1" ? null : "yaml-1.1",
    aliasDuplicateObjects: options.aliases ?? true,
    sortMapEntries: options.sortKeys ? byKey : false,
    customTags: (tags) => [...(options.tags ?? []).flatMap(writingTag), ...OWN, ...tags],
    logLevel: "silent",
  });
  return document.toString({
    indent,
    // The library folds text wrongly where a line has no room for a few characters behind its indentation.
    lineWidth: lineWidth === 0
      ? 0
      : Math.max(lineWidth, checker.levels(maxDepth) * Math.max(indent, 2) + LEAST_ROOM),
    // A block scalar at the root would not be indented, which libyaml refuses.
    blockQuote: typeof value !== "string",
    // "block" would write empty collections on a line of their own.
    collectionStyle: options.style === "flow" ? "flow" : "any",
    singleQuote: options.quotes === "single" ? true : options.quotes === "double" ? false : null,
    // Without a `%YAML` line, also for version 1.1.
    directives: null,
  });
}

/** Columns that text has at least on a line that is folded. */
const LEAST_ROOM = 24;

/** Refuses what has no form in YAML, and nesting beyond the limit, before the writer recurses. */
class Checker {
  readonly #seen = new Set<object>();
  readonly #tags: readonly YamlTag[];
  /** Levels that were left at the deepest place. */
  #deepest = Infinity;

  constructor(tags: readonly YamlTag[]) {
    this.#tags = tags;
  }

  /** How many levels were found, of so many that are allowed. */
  levels(allowed: number): number {
    return this.#deepest === Infinity ? 1 : allowed - this.#deepest + 2;
  }

  check(value: unknown, depth: number): void {
    const tag = this.#tags.find((tag) => tag.test?.(value));
    if (tag !== undefined) {
      if (tag.stringify !== undefined) this.#inside(tag.stringify(value), depth);
      return;
    }
    this.#inside(value, depth);
  }

  #inside(value: unknown, depth: number): void {
    if (typeof value === "function" || typeof value === "symbol") {
      throw new TypeError(`Cannot write a ${typeof value} as YAML`);
    }
    if (typeof value !== "object" || value === null || this.#seen.has(value)) return;
    this.#seen.add(value);
    if (value instanceof Uint8Array || value instanceof Date) return;
    if (depth < this.#deepest) this.#deepest = depth;
    if (depth <= 0) throw new RangeError("Cannot write such deep nesting as YAML: raise maxDepth");
    if (value instanceof Map) {
      for (const [key, item] of value) {
        this.check(key, depth - 1);
        this.check(item, depth - 1);
      }
    } else if (Array.isArray(value) || value instanceof Set) {
      for (const item of value) this.check(item, depth - 1);
    } else if ("toJSON" in value && typeof value.toJSON === "function") {
      this.#inside(value.toJSON(), depth - 1);
    } else for (const item of Object.values(value)) this.check(item, depth - 1);
  }
}

function byKey(a: { key: unknown }, b: { key: unknown }): number {
  const x = String(a.key);
  const y = String(b.key);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Text that looks like what these tags write is for the schema to judge. */
const NEVER = /(?!)/;

/** Bytes, always with their tag: without it no reader could know them. */
const BYTES: ScalarTag = {
  tag: "tag:yaml.org,2002:binary",
  identify: (value) => value instanceof Uint8Array,
  createNode: (_schema, value) => text((value as Uint8Array).toBase64(), "QUOTE_DOUBLE"),
  resolve: (value) => value,
};

/**
 * Numbers that plain digits would make an integer of (beyond 2⁵³, or minus zero), or that YAML 1.1 would take for text
 * because they have an exponent but no point.
 */
const FLOAT: ScalarTag = {
  tag: "tag:yaml.org,2002:float",
  default: true,
  identify: (value) =>
    typeof value === "number" && Number.isFinite(value) &&
    (Math.abs(value) > Number.MAX_SAFE_INTEGER || Object.is(value, -0) ||
      (value !== 0 && Math.abs(value) < 1e-6)),
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) => {
    if (value === 0) return "-0.0";
    const exponential = (value as number).toExponential();
    return exponential.includes(".") ? exponential : exponential.replace("e", ".0e");
  },
};

/** Dates without tag, as PyYAML writes and reads them. */
const DATE: ScalarTag = {
  tag: "tag:yaml.org,2002:timestamp",
  default: true,
  identify: (value) => value instanceof Date,
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) => (value as Date).toISOString(),
};

/** Not printable in the sense of YAML 1.2.2, 5.1, or a line break to some reader. */
// deno-lint-ignore no-control-regex
const SPECIAL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/**
 * Text that needs quotes or escapes where the writer's own rules would give none: merge keys, characters that are not
 * printable, and block scalars that would start with white space.
 */
const QUOTED: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) =>
    typeof value === "string" &&
    (value === "<<" || value === "=" || /^\s[^]*\n/.test(value) || value.search(SPECIAL) >= 0 ||
      !value.isWellFormed()),
  test: NEVER,
  resolve: (value) => value,
  stringify: ({ value }) =>
    JSON.stringify(value).replace(
      SPECIAL,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
};

const OWN: readonly ScalarTag[] = [BYTES, FLOAT, DATE, QUOTED];

function text(value: string, type?: Scalar.Type): Scalar<string> {
  const scalar = new Scalar(value);
  if (type !== undefined) scalar.type = type;
  return scalar;
}

/** A tag of the caller's as npm yaml writes them. */
function writingTag(tag: YamlTag): (ScalarTag | CollectionTag)[] {
  const { test } = tag;
  if (test === undefined) return [];
  const raw = (value: unknown) => tag.stringify === undefined ? value : tag.stringify(value);
  const common = { tag: tag.tag, identify: (value: unknown) => test(value) };
  switch (tag.kind) {
    case "mapping":
      return [{
        ...common,
        collection: "map",
        createNode: (schema, value, ctx) => YAMLMap.from(schema, raw(value), ctx),
      }];
    case "sequence":
      return [{
        ...common,
        collection: "seq",
        createNode: (schema, value, ctx) => YAMLSeq.from(schema, raw(value), ctx),
      }];
    default:
      return [{
        ...common,
        createNode: (_schema, value) => text(String(raw(value))),
        resolve: (value) => value,
      }];
  }
}
