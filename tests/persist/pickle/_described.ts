/**
 * Random values that exist twice: as a description in JSON, from which Python builds its value, and as the JavaScript value.
 *
 * Tags: `i` int, `f` float (hex digits of the 64 bits), `s` str, `b` bytes, `ba` bytearray, `l` list, `t` tuple, `d` dict,
 * `S` set, `F` frozenset, `r` an earlier container by number, and `x` a class of the standard library with its parts.
 */
import {
  ByteArray,
  Complex,
  Counter,
  Decimal,
  DefaultDict,
  Deque,
  Float,
  FrozenSet,
  Global,
  OrderedDict,
  PyDict,
  PySet,
  Range,
  Slice,
  tagTuple,
  TimeDelta,
  Uuid,
} from "@ferry/std/persist/types";
import type { Random } from "../../_support/random.ts";

export interface Described {
  readonly json: unknown;
  readonly value: unknown;
}

const TEXTS = [
  "",
  "a",
  "name",
  "id",
  "datetime",
  "latin1",
  "é",
  "ÿ",
  "Ā",
  "héllo",
  "日本語",
  "😀",
  "a\nb\\c\0\x1a\r",
  "\ud800",
  "x\udfffy",
  "1",
  "007",
  "__proto__",
  "constructor",
  "long " + "text ".repeat(60),
  "ü".repeat(150),
];

export interface DescriberOptions {
  /** Whether sets may have more than one element: Python's order is its own. */
  sets?: boolean;
  /** Whether Python is older than 3.12, where some names are shared strings that are not any more. */
  before312?: boolean;
}

/** Makes one random value after another. */
export class Describer {
  readonly #random: Random;
  /** Whether sets may have more than one element: Python's order is its own. */
  readonly #sets: boolean;
  #containers: unknown[] = [];
  #budget: number = 0;

  /** Whether Python is so old that the names of some C types are shared strings, which they are no longer. */
  readonly #shared: boolean;

  constructor(random: Random, options: DescriberOptions = {}) {
    this.#random = random;
    this.#shared = options.before312 ?? false;
    this.#sets = options.sets ?? false;
  }

  /** The next value. */
  next(): Described {
    this.#containers = [];
    this.#budget = 1 + this.#random.below(30);
    return this.#any(0);
  }

  #any(depth: number): Described {
    const random = this.#random;
    if (depth > 6 || this.#budget-- <= 0) return this.#atom();
    switch (random.below(14)) {
      case 0:
      case 1:
        return this.#list(depth);
      case 2:
        return this.#tuple(depth);
      case 3:
      case 4:
        return this.#dict(depth);
      case 5:
        return this.#set(random.below(2) === 0 ? "S" : "F");
      case 6:
        return this.#standard(depth);
      case 7:
        if (this.#containers.length === 0) return this.#atom();
        return this.#reference();
      default:
        return this.#atom();
    }
  }

  #reference(): Described {
    const n = this.#random.below(this.#containers.length);
    return { json: { r: n }, value: this.#containers[n] };
  }

  #number(): number {
    const random = this.#random;
    switch (random.below(6)) {
      case 0:
        return random.below(256);
      case 1:
        return random.below(65536);
      case 2:
        return random.below(2 ** 32) - 2 ** 31;
      case 3:
        return random.below(2 ** 53) * (random.below(2) * 2 - 1) + 0;
      case 4:
        return 2 ** random.below(53) * (random.below(2) * 2 - 1) + random.below(3) - 1;
      default:
        return 0 - random.below(300);
    }
  }

  #atom(): Described {
    const random = this.#random;
    switch (random.below(11)) {
      case 0:
        return { json: null, value: null };
      case 1: {
        const value = random.below(2) === 0;
        return { json: value, value };
      }
      case 2:
      case 3: {
        const value = this.#number();
        return { json: { i: String(value) }, value };
      }
      case 4: {
        const value = 1n << BigInt(53 + random.below(random.below(10) === 0 ? 2500 : 100));
        const signed = (value + BigInt(random.below(3) - 1)) * (random.below(2) === 0 ? 1n : -1n);
        const small = Number(signed);
        return {
          json: { i: String(signed) },
          value: Number.isSafeInteger(small) ? small : signed,
        };
      }
      case 5:
      case 6:
        return this.#float();
      case 7: {
        const bytes = randomBytes(random, random.below(random.below(5) === 0 ? 600 : 6));
        const value = random.below(4) === 0 ? new ByteArray(bytes) : bytes;
        const json = value instanceof ByteArray ? { ba: bytes.toHex() } : { b: bytes.toHex() };
        // Shared by identity: each is a container of its own.
        this.#containers.push(value);
        return { json: { ...json, n: 1 }, value };
      }
      default:
        return this.#text();
    }
  }

  #text(): Described {
    const random = this.#random;
    const value = random.below(3) > 0
      ? random.pick(TEXTS)
      : Array.from({ length: random.below(20) }, () =>
        String.fromCharCode(random.below(random.pick([128, 128, 256, 0x3000, 0xd800])))).join("");
    return { json: { s: value }, value };
  }

  #float(): Described {
    const random = this.#random;
    const value = random.pick([
      () => random.next() * 10 ** (random.below(40) - 20),
      () => random.below(1000) / 8,
      () => random.below(100),
      () => random.pick([0, -0, Infinity, -Infinity, 1e16, 1e22, 123456789012345680, 5e-324, 1e-5]),
      () => NaN,
    ])();
    const bits = new DataView(new ArrayBuffer(8));
    bits.setFloat64(0, value);
    const wrapped = Number.isSafeInteger(value) && !Object.is(value, -0) ? new Float(value) : value;
    return { json: { f: bits.getBigUint64(0).toString(16).padStart(16, "0") }, value: wrapped };
  }

  /** Something that can be a key. */
  #key(): Described {
    const random = this.#random;
    switch (random.below(8)) {
      case 0: {
        const value = this.#number();
        return { json: { i: String(value) }, value };
      }
      case 1: {
        const items = [this.#text(), this.#text()].slice(0, 1 + random.below(2));
        const value = tagTuple(items.map((item) => item.value));
        this.#containers.push(value);
        return { json: { t: items.map((item) => item.json), n: 1 }, value };
      }
      default:
        return this.#text();
    }
  }

  #list(depth: number): Described {
    const value: unknown[] = [];
    this.#containers.push(value);
    const json: unknown[] = [];
    const length = this.#random.pick([0, 1, 2, 3, 5]);
    for (let i = 0; i < length; i++) {
      const item = this.#any(depth + 1);
      json.push(item.json);
      value.push(item.value);
    }
    return { json: { l: json, n: 1 }, value };
  }

  #tuple(depth: number): Described {
    const items = Array.from({ length: this.#random.below(6) }, () => this.#any(depth + 1));
    const value = tagTuple(items.map((item) => item.value));
    const json = items.map((item) => item.json);
    if (items.length === 0) return { json: { t: json }, value };
    this.#containers.push(value);
    return { json: { t: json, n: 1 }, value };
  }

  #entries(depth: number): { json: unknown[]; entries: [unknown, unknown][] } {
    const json: unknown[] = [];
    const entries = new PyDict();
    const length = this.#random.pick([0, 1, 2, 4]);
    for (let i = 0; i < length; i++) {
      const before = this.#containers.length;
      const key = this.#key();
      if (entries.has(key.value)) {
        this.#containers.length = before;
        continue;
      }
      const item = this.#any(depth + 1);
      json.push([key.json, item.json]);
      entries.set(key.value, item.value);
    }
    return { json, entries: [...entries] };
  }

  #dict(depth: number): Described {
    const value = new PyDict();
    this.#containers.push(value);
    const { json, entries } = this.#entries(depth);
    for (const [key, item] of entries) value.set(key, item);
    return { json: { d: json, n: 1 }, value };
  }

  #set(kind: "S" | "F"): Described {
    const json: unknown[] = [];
    const items = new PySet();
    const length = this.#sets ? this.#random.below(8) : this.#random.below(2);
    for (let i = 0; i < length; i++) {
      const before = this.#containers.length;
      const key = this.#key();
      if (items.has(key.value)) {
        this.#containers.length = before;
        continue;
      }
      items.add(key.value);
      json.push(key.json);
    }
    const value = kind === "S" ? items : new FrozenSet(items);
    // CPython has the empty frozenset once.
    if (kind === "S" || items.size > 0) this.#containers.push(value);
    else return { json: null, value: null };
    return { json: { [kind]: json, n: 1 }, value };
  }

  #standard(depth: number): Described {
    const random = this.#random;
    const done = (name: string, args: unknown[], value: unknown): Described => {
      this.#containers.push(value);
      return { json: { x: name, a: args, n: 1 }, value };
    };
    switch (random.below(this.#shared ? 8 : 11)) {
      case 0: {
        const [re, im] = [random.below(100) / 4, random.below(10)];
        return done("complex", [re, im], new Complex(re, im));
      }
      case 1: {
        const [start, stop, step] = [this.#number(), this.#number(), 1 + random.below(9)];
        return done("range", [start, stop, step], new Range(start, stop, step));
      }
      case 2: {
        const step = random.below(9);
        return done("slice", [1, null, step], new Slice(1, null, step));
      }
      case 8: {
        const text = random.pick([
          "1.50",
          "-0",
          "NaN",
          "Infinity",
          "1E+3",
          "12345678901234567890.1",
        ]);
        return done("Decimal", [text], new Decimal(text));
      }
      case 4: {
        const int = BigInt(random.below(2 ** 53)) * BigInt(random.below(2 ** 53)) << 20n;
        return done("UUID", [String(int)], new Uuid(int));
      }
      case 5: {
        const parts = [random.below(9) - 4, random.below(86400), random.below(1e6)] as const;
        return done("timedelta", [...parts], new TimeDelta(...parts));
      }
      case 6: {
        const p = [
          1 + random.below(9999),
          1 + random.below(12),
          1 + random.below(28),
          random.below(24),
          random.below(60),
          random.below(60),
          random.below(1e6),
        ] as const;
        const [year, month, day, hour, minute, second, us] = p;
        return done(
          "datetime",
          [...p],
          new Temporal.PlainDateTime(
            year,
            month,
            day,
            hour,
            minute,
            second,
            Math.floor(us / 1000),
            us % 1000,
          ),
        );
      }
      case 7: {
        const { json, entries } = this.#entries(depth);
        return done("OrderedDict", json, new OrderedDict(entries));
      }
      case 9: {
        const { json, entries } = this.#entries(depth);
        return done("defaultdict", json, new DefaultDict(new Global("builtins", "list"), entries));
      }
      case 3: {
        const text = random.pick(TEXTS);
        const one = random.below(5);
        return done("Counter", [[text, one]], new Counter([[text, one]]));
      }
      default: {
        const items = Array.from({ length: random.below(4) }, () => this.#any(depth + 1));
        const limit = random.below(2) === 0 ? null : 5;
        return done(
          "deque",
          [items.map((item) => item.json), limit],
          new Deque(items.map((item) => item.value), limit),
        );
      }
    }
  }
}

function randomBytes(random: Random, length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, () => random.below(256));
}
