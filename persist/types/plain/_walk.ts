import { Deque } from "../containers/deque.ts";
import { Float } from "../numbers/float.ts";
import { Ellipsis, NotImplemented, StopIteration } from "../objects/singletons.ts";
import { IntegerTexts } from "../../integer_texts.ts";
import { simplify } from "./_leaves.ts";
import type { ToPlainSettings } from "./options.ts";

type Plain = Record<string, unknown>;

const ATTEMPT = "Cannot make a value plain";

/** What the names of constants are. */
const NAMES: ReadonlyMap<unknown, string> = new Map([
  [Ellipsis, "Ellipsis"],
  [NotImplemented, "NotImplemented"],
  [StopIteration, "StopIteration"],
]);

/** What an object has become, and how many values it holds when all is written out. */
interface Known {
  readonly plain: unknown;
  readonly items: number;
}

/** One walk through a value. Objects that occur twice are walked through once, and occur twice in what is made. */
export class Walk {
  readonly #settings: ToPlainSettings;
  readonly #known: Map<object, Known> = new Map();
  readonly #open: Set<object> = new Set();
  readonly #texts: IntegerTexts = new IntegerTexts();
  /** Values of the objects that are being walked through. */
  #items = 0;

  constructor(settings: ToPlainSettings) {
    this.#settings = settings;
  }

  /** A value as JSON has it. */
  plain(value: unknown): unknown {
    this.#count(1);
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "undefined":
        return null;
      case "number":
        return this.#number(value);
      case "bigint":
        return this.#bigint(value);
      case "object":
        return value === null ? null : this.#object(value);
    }
    const name = NAMES.get(value) ?? (typeof value === "function" ? value.name : undefined);
    if (name !== undefined) return name;
    throw new TypeError(
      `${ATTEMPT}: needed a value with a form in JSON, received a ${typeof value}`,
    );
  }

  #count(items: number): void {
    this.#items += items;
    if (this.#items > this.#settings.maxItems) {
      throw new RangeError(
        `${ATTEMPT}: needed at most ${this.#settings.maxItems} values, received more`,
      );
    }
  }

  #number(value: number): unknown {
    if (Number.isFinite(value)) return value;
    const { nonFinite } = this.#settings;
    if (nonFinite === "error") {
      throw new RangeError(`${ATTEMPT}: needed a finite number, received ${value}`);
    }
    return nonFinite === "null" ? null : String(value);
  }

  #bigint(value: bigint): unknown {
    const number = Number(value);
    if (Number.isSafeInteger(number)) return number;
    const { bigint } = this.#settings;
    if (bigint === "error") {
      throw new RangeError(`${ATTEMPT}: needed a safe integer, received a larger one`);
    }
    return bigint === "number" ? this.#number(number) : this.#texts.of(value);
  }

  #object(value: object): unknown {
    if (value instanceof Float) return this.#number(value.value);
    const known = this.#known.get(value);
    if (known !== undefined) {
      this.#count(known.items);
      return known.plain;
    }
    if (this.#open.has(value)) throw new TypeError(`${ATTEMPT}: it contains itself`);
    if (this.#open.size >= this.#settings.maxDepth) {
      throw new RangeError(
        `${ATTEMPT}: needed a nesting of at most ${this.#settings.maxDepth}, received a deeper one`,
      );
    }
    const before = this.#items;
    this.#open.add(value);
    const plain = this.#walk(value);
    this.#open.delete(value);
    this.#known.set(value, { plain, items: this.#items - before });
    return plain;
  }

  #walk(value: object): unknown {
    if (Array.isArray(value)) return this.#array(value);
    const { bytes, sets } = this.#settings;
    if (value instanceof Map) return this.#map(value);
    if (value instanceof Set) {
      if (sets === "error") throw new TypeError(`${ATTEMPT}: needed a list, received a set`);
      return this.#array(value);
    }
    if (value instanceof ArrayBuffer) return this.#bytes(new Uint8Array(value), bytes);
    if (value instanceof Uint8Array) return this.#bytes(value, bytes);
    if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
      return this.#array(value as unknown as Iterable<unknown>);
    }
    if (value instanceof Deque) return this.#array(value);
    const simpler = simplify(value);
    if (simpler !== undefined) return this.#simpler(simpler.as);
    const { toJSON } = value as { toJSON?: () => unknown };
    if (typeof toJSON === "function") return this.#simpler(toJSON.call(value));
    const out: Plain = {};
    for (const key of Object.keys(value)) set(out, key, this.plain((value as Plain)[key]));
    return out;
  }

  /** The same value in another form counts once. */
  #simpler(value: unknown): unknown {
    this.#items--;
    return this.plain(value);
  }

  #array(items: Iterable<unknown>): unknown[] {
    const out: unknown[] = [];
    for (const item of items) out.push(this.plain(item));
    return out;
  }

  #map(map: Map<unknown, unknown>): unknown {
    const { maps } = this.#settings;
    const names = maps === "pairs" ? undefined : namesOf(map);
    if (names === undefined) {
      if (maps === "object") {
        throw new TypeError(
          `${ATTEMPT}: needed different texts or numbers as keys, received others`,
        );
      }
      return Array.from(map, ([key, value]) => [this.plain(key), this.plain(value)]);
    }
    const out: Plain = {};
    let i = 0;
    for (const value of map.values()) set(out, names[i++]!, this.plain(value));
    return out;
  }

  #bytes(value: Uint8Array, form: ToPlainSettings["bytes"]): unknown {
    if (form === "error") throw new TypeError(`${ATTEMPT}: needed text, received bytes`);
    if (form === "array") return this.#array(value);
    return form === "hex" ? value.toHex() : value.toBase64();
  }
}

/** The keys as names, as Python's `json` writes them; `undefined` if some are none, or two are the same. */
function namesOf(map: Map<unknown, unknown>): string[] | undefined {
  const names = new Set<string>();
  for (const key of map.keys()) {
    const name = nameOf(key);
    if (name === undefined || names.has(name)) return undefined;
    names.add(name);
  }
  return [...names];
}

function nameOf(key: unknown): string | undefined {
  if (typeof key === "string") return key;
  if (
    key === null || typeof key === "number" || typeof key === "boolean" || typeof key === "bigint"
  ) {
    return String(key);
  }
  return key instanceof Float ? String(key) : undefined;
}

/** Sets a property whatever its name. */
function set(record: Plain, key: string, value: unknown): void {
  if (key !== "__proto__") record[key] = value;
  else {Object.defineProperty(record, key, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    });}
}
