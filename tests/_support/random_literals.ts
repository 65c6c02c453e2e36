import {
  Complex,
  Ellipsis,
  Float,
  FrozenSet,
  PyDict,
  PySet,
  StopIteration,
  tuple,
} from "@ferry/std/persist/types";
import type { Random } from "./random.ts";

/** A value, and the Python expression of the same value. */
export interface Literal {
  readonly value: unknown;
  readonly source: string;
  /** Whether it holds a set of more than one element, which Pythons before 3.11 write in any order. */
  readonly hasSet: boolean;
}

const WORDS = ["", "a", "id", "name", "some text", "x_1", "__proto__", "0", "12", "constructor"];

function quoted(text: string): string {
  let out = "'";
  for (const char of text) {
    const point = char.codePointAt(0)!;
    const hex = point.toString(16);
    if (char === "'" || char === "\\") out += "\\" + char;
    else if (point >= 0x20 && point < 0x7f) out += char;
    else if (point < 0x100) out += `\\x${hex.padStart(2, "0")}`;
    else if (point < 0x10000) out += `\\u${hex.padStart(4, "0")}`;
    else out += `\\U${hex.padStart(8, "0")}`;
  }
  return out + "'";
}

function leaf(value: unknown, source: string): Literal {
  return { value, source, hasSet: false };
}

function randomText(random: Random): string {
  const kind = random.below(8);
  if (kind < 3) return random.pick(WORDS);
  if (kind === 3) return "long ".repeat(random.below(80));
  const limit = [0x80, 0x100, 0x800, 0x10000, 0x110000][random.below(5)]!;
  let text = "";
  for (let i = random.below(12); i > 0; i--) {
    const point = random.below(limit);
    // Two surrogates in a row would be one character here and two in Python.
    text += point >= 0xd800 && point < 0xe000 ? "\ud83d." : String.fromCodePoint(point);
  }
  return text;
}

function randomInt(random: Random): bigint {
  const small = BigInt(random.below(600) - 300);
  switch (random.below(6)) {
    case 0:
    case 1:
      return small;
    case 2:
      return BigInt(random.below(2 ** 32) | 0);
    case 3:
      return (1n << BigInt(random.below(70))) + small;
    case 4:
      return -(1n << BigInt(random.below(70))) + small;
    default:
      return (BigInt(random.below(2 ** 32)) << BigInt(random.below(300))) *
        (random.below(2) ? 1n : -1n);
  }
}

function randomFloat(random: Random): number {
  switch (random.below(6)) {
    case 0:
      return random.below(2000) - 1000;
    case 1:
      return (random.below(2000) - 1000) / 8;
    case 2:
      return random.pick([0, -0, Infinity, -Infinity, 5e-324, 1e16, 1e17, 1e22, 0.1, 2 ** 53]);
    case 3:
      return random.below(2 ** 32) / 2 ** 18;
    case 4:
      return 10 ** (random.below(600) - 300) * random.below(2 ** 32);
    default:
      return random.below(2 ** 32) / 2 ** 32;
  }
}

function floatSource(value: number): string {
  if (value === Infinity) return "1e999";
  if (value === -Infinity) return "-1e999";
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A random scalar. */
export function randomScalar(random: Random): Literal {
  switch (random.below(12)) {
    case 0:
      return leaf(null, "None");
    case 1: {
      const value = random.below(2) === 1;
      return leaf(value, value ? "True" : "False");
    }
    case 2:
      return random.below(3) > 0 ? leaf(Ellipsis, "...") : leaf(StopIteration, "StopIteration");
    case 3:
    case 4:
    case 5: {
      const value = randomInt(random);
      const number = Number(value);
      return leaf(Number.isSafeInteger(number) ? number : value, String(value));
    }
    case 6:
    case 7: {
      const value = randomFloat(random);
      const integral = Number.isSafeInteger(value) && !Object.is(value, -0);
      return leaf(integral ? new Float(value) : value, floatSource(value));
    }
    case 8: {
      const re = random.below(200) / 8 - 10;
      const im = random.below(200) / 8 + 0.5;
      return leaf(new Complex(re, im), `(${floatSource(re)}+${floatSource(im)}j)`);
    }
    case 9: {
      const bytes = Uint8Array.from({ length: random.below(20) }, () => random.below(256));
      const hex = [...bytes].map((byte) => `\\x${byte.toString(16).padStart(2, "0")}`).join("");
      return leaf(bytes, `b'${hex}'`);
    }
    default: {
      const text = randomText(random);
      return leaf(text, quoted(text));
    }
  }
}

function several(random: Random, make: () => Literal): Literal[] {
  return Array.from({ length: random.below(5) }, make);
}

function join(items: readonly Literal[]): string {
  return items.map((item) => item.source).join(", ");
}

function anySet(items: readonly Literal[]): boolean {
  return items.some((item) => item.hasSet);
}

/** A random value that can be a key. */
export function randomKey(random: Random, depth: number): Literal {
  if (depth <= 0 || random.below(3) > 0) {
    const scalar = randomScalar(random);
    // Map and Set would make 0 of it.
    return Object.is(scalar.value, -0) ? { ...scalar, value: new Float(-0) } : scalar;
  }
  const items = several(random, () => randomKey(random, depth - 1));
  if (random.below(2) === 0) return tupleOf(items);
  const value = new FrozenSet(items.map((item) => item.value));
  return {
    value,
    source: `frozenset([${join(items)}])`,
    hasSet: anySet(items) || value.size > 1,
  };
}

function tupleOf(items: readonly Literal[]): Literal {
  return {
    value: tuple(...items.map((item) => item.value)),
    source: items.length === 1 ? `(${items[0]!.source},)` : `(${join(items)})`,
    hasSet: anySet(items),
  };
}

/** A random value of up to `depth` levels of containers. */
export function randomLiteral(random: Random, depth: number): Literal {
  if (depth <= 0 || random.below(4) === 0) return randomScalar(random);
  switch (random.below(5)) {
    case 0: {
      const items = several(random, () => randomLiteral(random, depth - 1));
      return {
        value: items.map((item) => item.value),
        source: `[${join(items)}]`,
        hasSet: anySet(items),
      };
    }
    case 1:
      return tupleOf(several(random, () => randomLiteral(random, depth - 1)));
    case 2: {
      const items = several(random, () => randomKey(random, depth - 1));
      const value = new PySet(items.map((item) => item.value));
      return {
        value,
        source: items.length === 0 ? "set()" : `{${join(items)}}`,
        hasSet: anySet(items) || value.size > 1,
      };
    }
    case 3:
      return randomKey(random, depth);
    default: {
      const names = random.below(2) === 0;
      const pairs = Array.from({ length: random.below(5) }, () => {
        const name = random.pick(WORDS);
        return {
          key: names ? leaf(name, quoted(name)) : randomKey(random, depth - 1),
          item: randomLiteral(random, depth - 1),
        };
      });
      const entries = pairs.map(({ key, item }): [unknown, unknown] => [key.value, item.value]);
      const plain = entries.every(([key]) =>
        typeof key === "string" && !/^\d+$/.test(key) && key !== "__proto__"
      );
      return {
        value: plain ? Object.fromEntries(entries) : new PyDict(entries),
        source: `{${pairs.map(({ key, item }) => `${key.source}: ${item.source}`).join(", ")}}`,
        hasSet: anySet(pairs.map(({ key }) => key)) || anySet(pairs.map(({ item }) => item)),
      };
    }
  }
}
