// Documents of npm yaml to JavaScript values, in one pass over the nodes: aliases are counted and shared, keys
// checked, merge keys applied, big integers kept. (npm yaml's own toJS is quadratic in the number of aliases, and
// converts a merged mapping anew at each use.)

import { defineOwn } from "../define_own.ts";
import { type Alias, isAlias, isMap, isPair, isScalar, isSeq, type Pair, type Scalar } from "yaml";
import type { YAMLMap, YAMLSeq } from "yaml";
import { isAbsent, isMergeKey } from "./_nodes.ts";
import { MAX_ALIASES, type YamlParseOptions, type YamlTag } from "./options.ts";
import { YamlError } from "./yaml_error.ts";

const YAML_TAG = "tag:yaml.org,2002:";
/** Merged entries per allowed alias: a merge copies, where an alias only refers. */
const MERGED_PER_ALIAS = 100;
/** Longest text made of a collection that is used as a key of an object. */
const MAX_KEY_TEXT = 4096;

interface Anchored {
  value: unknown;
  /** Aliases within the node, those below them counted again; 0 while the node is being built. */
  aliases: number;
}

/** Entries in order of appearance, or of keys that later entries may replace because they were merged in. */
type Target = Record<string, unknown> | Map<unknown, unknown>;

/** Converts the nodes of one document. */
export class Converter {
  readonly #source: string;
  readonly #objects: boolean;
  readonly #merge: boolean;
  readonly #unique: boolean;
  readonly #typed: boolean;
  readonly #maxAliases: number;
  readonly #tags: Map<string, YamlTag> | undefined;
  readonly #anchors = new Map<string, Anchored>();
  #aliases = 0;
  #merged = 0;

  constructor(source: string, options: YamlParseOptions) {
    this.#source = source;
    this.#objects = options.maps !== "map";
    this.#merge = options.merge ?? true;
    this.#unique = options.duplicateKeys !== "last";
    this.#typed = options.schema === "yaml-1.1";
    this.#maxAliases = options.maxAliases ?? MAX_ALIASES;
    const tags = (options.tags ?? []).filter((tag) => (tag.kind ?? "scalar") !== "scalar");
    this.#tags = tags.length > 0 ? new Map(tags.map((tag) => [tag.tag, tag])) : undefined;
  }

  /** The value of a node. */
  convert(node: unknown): unknown {
    if (isAlias(node)) return this.#alias(node);
    if (isScalar(node)) {
      const value = scalarValue(node);
      if (node.anchor) this.#anchors.set(node.anchor, { value, aliases: 0 });
      return value;
    }
    if (isMap(node)) return this.#collection(node, this.#objects ? {} : new Map(), this.#map);
    if (isSeq(node)) return this.#collection(node, [], this.#seq);
    if (isPair(node)) return this.#pair(node);
    // An absent node, or a bare key of a changed document.
    return node ?? null;
  }

  /** Registers the anchor before the children are converted, so that they may refer back to it. */
  #collection<N extends YAMLMap | YAMLSeq, T>(
    node: N,
    empty: T,
    fill: (this: Converter, node: N, value: T) => void,
  ): unknown {
    const anchored: Anchored = { value: empty, aliases: 0 };
    if (node.anchor) this.#anchors.set(node.anchor, anchored);
    const before = this.#aliases;
    fill.call(this, node, empty);
    anchored.aliases = this.#aliases - before;
    if (node.tag) anchored.value = this.#tagged(node, empty);
    return anchored.value;
  }

  #tagged(node: YAMLMap | YAMLSeq, value: unknown): unknown {
    const tag = this.#tags?.get(node.tag!);
    if (tag !== undefined) {
      try {
        return tag.parse(value as never);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw this.#error(`Cannot read ${node.tag}: ${why}`, "TAG_RESOLVE_FAILED", node, cause);
      }
    }
    if (!this.#typed || !node.tag!.startsWith(YAML_TAG)) return value;
    switch (node.tag!.slice(YAML_TAG.length)) {
      case "set":
        return new Set(value instanceof Map ? value.keys() : Object.keys(value as object));
      case "omap":
        return new Map(value as [unknown, unknown][]);
    }
    return value;
  }

  #seq(node: YAMLSeq, value: unknown[]): void {
    for (const item of node.items) value.push(this.convert(item));
  }

  #map(node: YAMLMap, value: Target): void {
    // Keys that came by merging and may be replaced once.
    let replaceable: Set<unknown> | undefined;
    for (const pair of node.items) {
      if (this.#merge && isMergeKey(pair.key)) {
        replaceable ??= new Set();
        this.#mergeInto(value, pair, replaceable);
        continue;
      }
      const raw = this.convert(pair.key);
      const key = this.#objects ? this.#keyText(raw, pair.key) : raw;
      if (
        this.#unique && has(value, key) && !replaceable?.has(key) && !isAbsent(pair.key)
      ) {
        throw this.#error(
          `Cannot read ${JSON.stringify(String(key))} twice in one mapping`,
          "DUPLICATE_KEY",
          pair.key,
        );
      }
      replaceable?.delete(key);
      store(value, key, this.convert(pair.value));
    }
  }

  #mergeInto(target: Target, pair: Pair, replaceable: Set<unknown>): void {
    const found = this.convert(pair.value);
    for (const source of Array.isArray(found) ? found : [found]) {
      if (typeof source !== "object" || source === null || Array.isArray(source)) {
        throw this.#error("Cannot merge anything but mappings", "BAD_MERGE", pair.key);
      }
      const entries = source instanceof Map ? source : Object.entries(source);
      for (const [key, value] of entries) {
        if (++this.#merged > this.#maxAliases * MERGED_PER_ALIAS) {
          throw this.#error(
            `Cannot merge more than ${
              this.#maxAliases * MERGED_PER_ALIAS
            } entries: raise maxAliases`,
            "MAX_ALIASES",
            pair.key,
          );
        }
        if (has(target, key)) continue;
        store(target, key, value);
        replaceable.add(key);
      }
    }
  }

  #alias(node: Alias): unknown {
    const anchored = this.#anchors.get(node.source);
    if (anchored === undefined) {
      throw this.#error(`Cannot find the anchor &${node.source}`, "UNKNOWN_ANCHOR", node);
    }
    this.#aliases += 1 + anchored.aliases;
    if (this.#aliases > this.#maxAliases) {
      throw this.#error(
        `Cannot read more than ${this.#maxAliases} aliases (expanded): raise maxAliases`,
        "MAX_ALIASES",
        node,
      );
    }
    return anchored.value;
  }

  /** An entry of `!!omap` or `!!pairs`, which npm yaml makes of one-entry mappings. */
  #pair(node: Pair): [unknown, unknown] {
    return [this.convert(node.key), this.convert(node.value)];
  }

  /** A key of an object: text; of collections their compact JSON, of a key that was left out nothing. */
  #keyText(key: unknown, node: unknown): string {
    if (typeof key === "string") return key;
    if (key === null) return isAbsent(node) ? "" : "null";
    if (typeof key !== "object") return String(key);
    const text = jsonText(key, MAX_KEY_TEXT);
    if (text === undefined) {
      throw this.#error(
        'Cannot make a key of an object from a long collection: use maps: "map"',
        "BAD_KEY",
        node,
      );
    }
    return text;
  }

  #error(message: string, code: string, node: unknown, cause?: unknown): YamlError {
    const range = (node as { range?: [number, number, number] | null } | null)?.range;
    return new YamlError(message, {
      code,
      source: this.#source,
      offset: range?.[0] ?? 0,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** The key of an object that is made of a collection; undefined for one that is too long or cannot be read. */
export function collectionKey(node: unknown): string | undefined {
  try {
    return jsonText(new Converter("", {}).convert(node), MAX_KEY_TEXT);
  } catch (error) {
    if (error instanceof YamlError) return undefined;
    throw error;
  }
}

function scalarValue(node: Scalar): unknown {
  const { value } = node;
  if (typeof value !== "bigint") {
    if (typeof value === "symbol") return "<<";
    // npm yaml decodes !!binary to Node's Buffer.
    return value instanceof Uint8Array ? new Uint8Array(value) : value ?? null;
  }
  const number = Number(value);
  if (!Number.isSafeInteger(number)) return value;
  // A bigint has no minus zero.
  return number === 0 && node.source?.startsWith("-") ? -0 : number;
}

function has(target: Target, key: unknown): boolean {
  return target instanceof Map ? target.has(key) : Object.hasOwn(target, key as string);
}

function store(target: Target, key: unknown, value: unknown): void {
  if (target instanceof Map) target.set(key, value);
  else if (key === "__proto__") defineOwn(target, key, value);
  else target[key as string] = value;
}

/** Compact JSON of a value, or undefined when it would be longer than the limit (or endless). */
function jsonText(value: unknown, limit: number): string | undefined {
  let out = "";
  const write = (v: unknown): boolean => {
    if (v instanceof Map) v = Object.fromEntries([...v].map(([k, x]) => [String(k), x]));
    if (Array.isArray(v)) {
      out += "[";
      for (let i = 0; i < v.length; i++) {
        if (i > 0) out += ",";
        if (!write(v[i])) return false;
      }
      out += "]";
    } else if (v !== null && typeof v === "object" && !(v instanceof Date)) {
      out += "{";
      for (const [i, [k, x]] of Object.entries(v).entries()) {
        out += (i > 0 ? "," : "") + JSON.stringify(k) + ":";
        if (!write(x)) return false;
      }
      out += "}";
    } else out += typeof v === "bigint" ? String(v) : JSON.stringify(v) ?? "null";
    return out.length <= limit;
  };
  return write(value) ? out : undefined;
}
