import { temporalText } from "../temporal_text.ts";
import type { JsonStringifyOptions } from "./options.ts";

/** A call of `JSON.rawJSON` gives such an object; older type libraries do not know it. */
const { isRawJSON } = JSON as unknown as { isRawJSON?: (value: unknown) => boolean };

const NOT_ASCII = /[\u007f-\uffff]/g;
/** What may have to be escaped: quotes, backslashes, controls and surrogates. */
const SPECIAL = /[^ !#-[\]-\ud7ff\ue000-\uffff]/;
/** Most keys whose text is kept: those of records repeat, those of a dictionary do not. */
const CACHED_KEYS = 256;

/** Replaces everything beyond ASCII by escapes. */
export function toAscii(json: string): string {
  return json.replace(
    NOT_ASCII,
    (unit) => "\\u" + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

function isPlain(value: object): boolean {
  if (Array.isArray(value)) return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A primitive in an object, as `Object(1n)` makes it; JSON writes what is inside. */
function isBoxed(value: unknown): value is object {
  return value instanceof Number || value instanceof String || value instanceof Boolean ||
    value instanceof BigInt;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A JSON writer with the options that `JSON.stringify` lacks, and with its rules in all else: `toJSON` is called,
 * `undefined` and functions are left out of objects and are `null` in arrays.
 */
export class Serializer {
  readonly #options: JsonStringifyOptions;
  readonly #indent: string;
  readonly #compare: ((a: string, b: string) => number) | undefined;
  readonly #maxDepth: number;
  readonly #canonical: boolean;
  readonly #colon: string;
  readonly #keys = new Map<string, string>();
  /** Keys in and out of order, by the first key. */
  readonly #orders = new Map<string, { keys: readonly string[]; sorted: readonly string[] }>();
  /** The arrays and objects around the value that is being written. */
  readonly #open: object[] = [];

  constructor(options: JsonStringifyOptions) {
    this.#options = options;
    const { indent = 0, sortKeys } = options;
    // The same ten characters at most that JSON.stringify takes.
    this.#indent = typeof indent === "number"
      ? " ".repeat(Math.max(0, Math.min(10, indent)))
      : indent.slice(0, 10);
    this.#canonical = options.canonical ?? false;
    this.#compare = typeof sortKeys === "function"
      ? sortKeys
      : sortKeys === true || this.#canonical
      ? byCodeUnits
      : undefined;
    this.#colon = this.#indent === "" ? ":" : ": ";
    this.#maxDepth = options.maxDepth ?? 1000;
  }

  /** The text of a value, or `undefined` for one that is left out of objects. */
  write(value: unknown, key: string | number = "", outer = ""): string | undefined {
    if (typeof value === "string") return this.#string(value);
    if (typeof value === "number") return this.#number(value);
    const held = value === null ? null : this.#represent(value, key);
    switch (typeof held) {
      case "string":
        return this.#string(held);
      case "number":
        return this.#number(held);
      case "boolean":
        return String(held);
      case "bigint":
        return this.#bigint(held);
      case "object":
        if (held === null) return "null";
        if (isRawJSON?.(held)) return JSON.stringify(held);
        return this.#container(held, outer);
      default:
        return undefined;
    }
  }

  /** What stands for a value: the results of `toJSON` and of the `default` hook, and boxed primitives unboxed. */
  #represent(value: unknown, key: string | number): unknown {
    let held = value;
    if ((typeof held === "object" && held !== null) || typeof held === "bigint") {
      const { toJSON } = held as { toJSON?: unknown };
      if (typeof toJSON === "function") {
        held = (typeof held === "object" ? temporalText(held) : undefined) ??
          toJSON.call(held, String(key));
      }
    }
    const hook = this.#options.default;
    if (hook !== undefined && this.#isForeign(held)) {
      const replaced = hook(held);
      if (replaced !== undefined) held = replaced;
    }
    return isBoxed(held) ? held.valueOf() : held;
  }

  #isForeign(value: unknown): boolean {
    if (typeof value === "function" || typeof value === "symbol") return true;
    return typeof value === "object" && value !== null && !isPlain(value) &&
      !isBoxed(value) &&
      isRawJSON?.(value) !== true;
  }

  #string(text: string): string {
    if (this.#canonical && !text.isWellFormed()) {
      throw new RangeError(
        `Cannot write canonical JSON: needed well-formed text, received a lone surrogate in ${
          JSON.stringify(text.slice(0, 40))
        }`,
      );
    }
    return SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
  }

  /** A key and its colon. */
  #key(key: string): string {
    let text = this.#keys.get(key);
    if (text === undefined) {
      text = this.#string(key) + this.#colon;
      if (this.#keys.size < CACHED_KEYS) this.#keys.set(key, text);
    }
    return text;
  }

  #number(value: number): string {
    if (Number.isFinite(value)) return String(value);
    const policy = this.#canonical ? "error" : this.#options.nan ?? "null";
    if (policy === "null") return "null";
    if (policy === "literal") return String(value);
    throw new RangeError(`Cannot write JSON: needed a finite number, received ${value}`);
  }

  #bigint(value: bigint): string {
    if (this.#canonical && BigInt(Number(value)) !== value) {
      throw new RangeError(
        `Cannot write canonical JSON: needed an integer that is an exact number, received ${value}`,
      );
    }
    return this.#canonical ? JSON.stringify(Number(value)) : String(value);
  }

  #container(held: object, outer: string): string {
    if (this.#open.length >= this.#maxDepth) {
      if (new Set(this.#open).size < this.#open.length) {
        throw new TypeError("Cannot write JSON: the value contains itself");
      }
      throw new RangeError(
        `Cannot write JSON: nesting is deeper than maxDepth = ${this.#maxDepth}`,
      );
    }
    this.#open.push(held);
    const inner = outer + this.#indent;
    const parts = Array.isArray(held) ? this.#items(held, inner) : this.#members(held, inner);
    this.#open.pop();
    const [start, end] = Array.isArray(held) ? "[]" : "{}";
    if (parts.length === 0) return `${start}${end}`;
    if (this.#indent === "") return `${start}${parts.join(",")}${end}`;
    return `${start}\n${inner}${parts.join(`,\n${inner}`)}\n${outer}${end}`;
  }

  #items(array: readonly unknown[], inner: string): string[] {
    const parts: string[] = [];
    for (let i = 0; i < array.length; i++) parts.push(this.write(array[i], i, inner) ?? "null");
    return parts;
  }

  /** The keys in order. Records of one kind have the same keys: they are sorted once for all. */
  #sorted(object: object): readonly string[] {
    const keys = Object.keys(object);
    if (keys.length < 2) return keys;
    const known = this.#orders.get(keys[0]!);
    if (known?.keys.length === keys.length && known.keys.every((key, i) => key === keys[i])) {
      return known.sorted;
    }
    const sorted = keys.toSorted(this.#compare);
    if (this.#orders.size < CACHED_KEYS || known !== undefined) {
      this.#orders.set(keys[0]!, { keys, sorted });
    }
    return sorted;
  }

  #members(object: object, inner: string): string[] {
    const keys = this.#compare === undefined ? Object.keys(object) : this.#sorted(object);
    const parts: string[] = [];
    for (const key of keys) {
      const text = this.write((object as Record<string, unknown>)[key], key, inner);
      if (text !== undefined) parts.push(this.#key(key) + text);
    }
    return parts;
  }
}
