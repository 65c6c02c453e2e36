/** Seeded random values of every kind the codec carries. */

import type { Random } from "../../_support/random.ts";

const CHARACTERS = [
  "a",
  "Z",
  "7",
  " ",
  "\0",
  "\x7f",
  "é",
  "ÿ",
  "Ā",
  "€",
  "漢",
  "😀",
  "\ud83d",
  "\ude00",
  "\ufeff",
  "\ufffd",
];
const KEYS = [
  "id",
  "name",
  "x",
  "y",
  "",
  "__proto__",
  "constructor",
  "0",
  "17",
  "ключ",
  "a b",
  "toString",
];
const NUMBERS = [
  0,
  -0,
  1,
  63,
  64,
  127,
  128,
  -1,
  -128,
  -129,
  32767,
  32768,
  -32768,
  -32769,
  2147483647,
  -2147483648,
  2147483648,
  4294967295,
  2 ** 53,
  -(2 ** 53),
  0.5,
  1e300,
  5e-324,
  NaN,
  Infinity,
  -Infinity,
];
const VIEWS:
  readonly (new (buffer: ArrayBuffer, offset: number, length: number) => ArrayBufferView)[] = [
    Uint8Array,
    Int8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float16Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
    DataView,
  ];
const ERRORS = [
  Error,
  TypeError,
  RangeError,
  SyntaxError,
  ReferenceError,
  EvalError,
  URIError,
  Deno.errors.NotFound,
  Deno.errors.BrokenPipe,
];

/** Makes random values. */
export class ValueMaker {
  readonly #random: Random;
  /** Objects made so far, to be met again. */
  #made: object[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  /** A new value, not connected with earlier ones. */
  make(size = 40): unknown {
    this.#made = [];
    return this.#value(size);
  }

  #keep<T extends object>(object: T): T {
    this.#made.push(object);
    return object;
  }

  /** Text of any length class and width. */
  text(): string {
    const random = this.#random;
    const length = random.pick([
      0,
      1,
      2,
      7,
      12,
      13,
      31,
      32,
      48,
      49,
      60,
      random.below(200),
      random.below(3000),
    ]);
    const width = random.pick([5, 8, 12, CHARACTERS.length]);
    let text = "";
    while (text.length < length) text += CHARACTERS[random.below(width)];
    return text;
  }

  #primitive(): unknown {
    const random = this.#random;
    switch (random.below(8)) {
      case 0:
        return null;
      case 1:
        return undefined;
      case 2:
        return random.below(2) === 0;
      case 3:
      case 4:
        return random.below(2) === 0 ? random.pick(NUMBERS) : random.below(2 ** 32) - 2 ** 31;
      case 5: {
        const bits = BigInt(random.pick([1, 7, 31, 63, 64, 65, 200, 1000]));
        const value = (1n << bits) - BigInt(random.below(5));
        return random.below(2) === 0 ? value : -value;
      }
      default:
        return this.text();
    }
  }

  #value(size: number): unknown {
    const random = this.#random;
    if (size <= 1 || random.below(5) === 0) return this.#primitive();
    if (this.#made.length > 0 && random.below(6) === 0) return random.pick(this.#made);
    const parts = random.below(Math.min(size, random.pick([3, 8, 20])) + 1);
    const rest = () => this.#value(Math.floor((size - 1) / Math.max(parts, 1)));
    switch (random.below(15)) {
      case 0:
      case 1: {
        const array: unknown[] = this.#keep([]);
        for (let i = 0; i < parts; i++) array.push(rest());
        return array;
      }
      case 2: {
        const array: unknown[] = this.#keep([]);
        array.length = random.pick([1, 15, 16, 17, 100, 5000, 4_000_000_000]);
        for (let i = 0; i < parts; i++) array[random.below(array.length)] = rest();
        return array;
      }
      case 3: {
        const object = this.#keep(
          Object.create(random.below(4) === 0 ? null : Object.prototype) as object,
        );
        for (let i = 0; i < parts; i++) {
          const key = random.below(3) === 0 ? this.text().slice(0, 80) : random.pick(KEYS);
          const value = rest();
          Object.defineProperty(object, key, {
            value,
            enumerable: true,
            writable: true,
            configurable: true,
          });
        }
        return object;
      }
      case 4: {
        const rows: object[] = this.#keep([]);
        for (let i = 0; i < parts; i++) {
          rows.push(this.#keep({ id: this.#primitive(), name: this.#primitive(), more: rest() }));
        }
        return rows;
      }
      case 5: {
        const map: Map<unknown, unknown> = this.#keep(new Map());
        for (let i = 0; i < parts; i++) map.set(rest(), rest());
        return map;
      }
      case 6: {
        const set: Set<unknown> = this.#keep(new Set());
        for (let i = 0; i < parts; i++) set.add(rest());
        return set;
      }
      case 7:
        return this.#keep(new Date(random.pick([0, -1, 8.64e15, NaN, random.below(2 ** 31)])));
      case 8: {
        const expression = this.#keep(
          new RegExp(
            random.pick(["a+", "/", "", "\\n", "[é漢]"]),
            random.pick(["", "g", "gi", "y", "u"]),
          ),
        );
        expression.lastIndex = random.below(10);
        return expression;
      }
      case 9: {
        const maxByteLength = parts * 8 + 16;
        const options = random.below(3) === 0 ? { maxByteLength } : undefined;
        return this.#keep(
          this.#fill(options ? new ArrayBuffer(parts, options) : new ArrayBuffer(parts)),
        );
      }
      case 10:
      case 11: {
        const View = random.pick(VIEWS);
        const buffer = this.#fill(new ArrayBuffer(random.pick([64, 512, 4096])));
        const count = random.below(buffer.byteLength / 8 - 2);
        return this.#keep(new View(buffer, random.pick([0, 8, 16]), count));
      }
      case 12: {
        const error = this.#keep(
          random.below(5) === 0
            ? new AggregateError([rest()], this.text())
            : new (random.pick(ERRORS))(
              this.text(),
              random.below(2) ? { cause: rest() } : undefined,
            ),
        );
        if (random.below(2) === 0) Object.assign(error, { code: rest(), detail: rest() });
        return error;
      }
      case 13:
        return this.#keep(
          random.pick<() => object>([
            () => new URL(`https://ferry.example/${random.below(1000)}?q=é`),
            () => new URLSearchParams({ [`k${random.below(9)}`]: "é&=" }),
            () => new Temporal.ZonedDateTime(BigInt(random.below(2 ** 31)) ** 2n, "Europe/Berlin"),
            () => new Temporal.Duration(0, 0, 0, random.below(100), 0, 0, 0, random.below(1e6)),
          ])(),
        );
      default:
        return this.#keep(Object(random.pick<unknown>([1, -0, "text", true, 10n])) as object);
    }
  }

  #fill(buffer: ArrayBuffer): ArrayBuffer {
    const bytes = new Uint8Array(buffer);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#random.below(256);
    return buffer;
  }
}
