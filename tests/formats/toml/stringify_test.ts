import { parse, stringify } from "@ferry/std/formats/toml";
import { assertEquals, assertThrows } from "@std/assert";
import { fractions as randomOf, seedFor } from "../../_support/random.ts";

const TEXTS = [
  ...'|a|A-b_1|a b|a.b|"|\\|\'|#|=|[|]|1|true|é|日本 😀|"""|\\n|__proto__|constructor'.split("|"),
  "a\nb",
  "\n",
  '\n\na\\\n"""\n',
  "\r\n",
  "\t",
  "\u0000\b\f\u001b\u007f\u0085\u2028",
  "x".repeat(150),
];

function randomValue(random: () => number, depth: number): unknown {
  const below = (n: number) => Math.floor(random() * n);
  switch (below(depth > 0 ? 10 : 7)) {
    case 0:
      return below(2) === 0;
    case 1:
      return below(2000) - 1000;
    case 2:
      return (random() - 0.5) * 10 ** (below(60) - 30);
    case 3:
      return [0, -0, Infinity, -Infinity, NaN, 1e21, 2 ** 60, 5e-324, 1e-7, 1.5][below(10)];
    case 4:
      return BigInt(below(1000)) * 10n ** 15n + 9007199254740993n;
    case 5:
      return TEXTS[below(TEXTS.length)];
    case 6:
      return [
        Temporal.PlainDate.from("0001-01-01"),
        Temporal.PlainTime.from("23:59:59.000000001"),
        Temporal.PlainDateTime.from("9999-12-31T00:00:00"),
        Temporal.ZonedDateTime.from("2024-02-29T12:00:00.5-03:30[-03:30]"),
        Temporal.ZonedDateTime.from("2024-02-29T12:00:00+00:00[+00:00]"),
      ][below(5)];
    case 7:
      return Array.from({ length: below(4) }, () => randomValue(random, depth - 1));
    default:
      return randomTable(random, depth - 1);
  }
}

function randomTable(random: () => number, depth: number): Record<string, unknown> {
  const table: Record<string, unknown> = {};
  for (let i = Math.floor(random() * 5); i > 0; i--) {
    Object.defineProperty(table, TEXTS[Math.floor(random() * TEXTS.length)]!, {
      value: randomValue(random, depth),
      configurable: true,
      enumerable: true,
      writable: true,
    });
  }
  return table;
}

/** Dates as text, since they are compared by identity otherwise. */
function shown(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  const kind = Object.prototype.toString.call(value);
  if (kind !== "[object Object]") return `${kind} ${value}`;
  return Object.entries(value).map(([key, item]) => [key, shown(item)] as const)
    .sort(([a], [b]) => a < b ? -1 : 1);
}

Deno.test("stringify() writes what parse() reads as the same value, in TOML 1.0", () => {
  const seed = seedFor("toml stringify");
  const random = randomOf(seed);
  for (let i = 0; i < 3000; i++) {
    const value = randomTable(random, 4);
    const text = stringify(value, { lineWidth: [20, 100][i % 2]!, sortKeys: i % 3 === 0 });
    const again = parse(text, { version: "1.0" });
    assertEquals(shown(again), shown(value), `FERRY_SEED=${seed}, value ${i}:\n${text}`);
  }
});

Deno.test("stringify() writes values before tables, and headers only where needed", () => {
  const value = { t: { u: { a: 1 }, e: {} }, v: 1, list: [{ x: 1 }, { y: { z: 2 } }, {}] };
  const text =
    "v = 1\n\n[t.u]\na = 1\n\n[t.e]\n\n[[list]]\nx = 1\n\n[[list]]\n\n[list.y]\nz = 2\n\n[[list]]\n";
  assertEquals(stringify(value), text);
  assertEquals(parse(text), value);
  assertEquals(stringify({}), "");
});

Deno.test("stringify() writes numbers so that they keep value and sign", () => {
  assertEquals(
    stringify({ a: 1, b: -0, c: 1e21, d: 2 ** 60, e: 1.5, f: 10n, g: 1e-7 }),
    "a = 1\nb = -0.0\nc = 1e+21\nd = 1152921504606847000.0\ne = 1.5\nf = 10\ng = 1e-7\n",
  );
  assertEquals(stringify({ a: 1, b: 2n }, { numbers: "float" }), "a = 1.0\nb = 2\n");
});

Deno.test("stringify() breaks long arrays, but none in inline tables", () => {
  const list = ["a".repeat(60), "b".repeat(60)];
  assertEquals(
    stringify({ list, in: [1, { list }] }),
    `list = [\n  "${list[0]}",\n  "${list[1]}",\n]\nin = [\n  1,\n  { list = ["${list[0]}", "${
      list[1]
    }"] },\n]\n`,
  );
});

Deno.test("stringify() takes maps, sets, dates, instants and instances", () => {
  class Point {
    x = 1;
  }
  assertEquals(
    stringify(
      new Map<string, unknown>([
        ["s", new Set([1, 2])],
        ["d", new Date(0)],
        ["i", Temporal.Instant.from("2020-01-01T00:00:00Z")],
        ["z", Temporal.ZonedDateTime.from("2020-07-01T00:00:00[Europe/Berlin]")],
        ["p", new Point()],
        ["u", undefined],
      ]),
    ),
    "s = [1, 2]\nd = 1970-01-01T00:00:00.000Z\ni = 2020-01-01T00:00:00Z\n" +
      "z = 2020-07-01T00:00:00+02:00\n\n[p]\nx = 1\n",
  );
});

Deno.test("stringify() says what has no form, and where", () => {
  const bad: [value: object, message: string][] = [
    [{ a: { b: [1, null] } }, "null at a.b.1"],
    [{ a: null }, "null at a"],
    [{ a: () => 1 }, "function at a"],
    [{ a: Symbol() }, "symbol at a"],
    [{ a: [undefined] }, "undefined at a.0"],
    [{ a: new Uint8Array(1) }, "Uint8Array at a"],
    [{ a: new Date(NaN) }, "invalid date at a"],
    [{ a: "\ud800" }, "surrogate pair at a"],
    [{ "\ud800": 1 }, "surrogate pair"],
    [{ a: new Map([[1, 2]]) }, "key of type number in a"],
    [[1], "Array at the root"],
  ];
  for (const [value, message] of bad) assertThrows(() => stringify(value), TypeError, message);
  for (const year of ["+010000-01-01", "-000001-01-01"]) {
    assertThrows(() => stringify({ a: Temporal.PlainDate.from(year) }), RangeError, "at a");
  }
});

Deno.test("stringify() refuses deep nesting and rings before the stack ends", () => {
  const ring: Record<string, unknown> = {};
  ring.self = ring;
  assertThrows(() => stringify(ring), RangeError, "maxDepth");
  const list: unknown[] = [];
  list.push(list);
  assertThrows(() => stringify({ list }), RangeError, "maxDepth");
  assertThrows(() => stringify({ a: { b: { c: 1 } } }, { maxDepth: 1 }), RangeError);
  stringify({ a: { b: 1 } }, { maxDepth: 1 });
});

Deno.test("stringify() refuses what is no table by its own nature, and what has a hole", () => {
  class Own {
    x = 1;
  }
  class Json {
    toJSON() {
      return "text";
    }
  }
  assertEquals(stringify({ a: new Own(), b: Object.create(null) }), "[a]\nx = 1\n\n[b]\n");
  // deno-lint-ignore no-sparse-arrays
  const sparse = [1, , 2];
  for (
    const [value, what] of [
      [sparse, "undefined at a.1"],
      [[undefined], "undefined at a.0"],
      [new Array(2), "undefined at a.0"],
      [new URL("https://x.org/"), "URL"],
      [/x/, "RegExp"],
      [new Error("x"), "Error"],
      [new Number(1), "Number"],
      [new String("x"), "String"],
      [new Boolean(true), "Boolean"],
      [Object(1n), "BigInt"],
      [Promise.resolve(), "Promise"],
      [new WeakMap(), "WeakMap"],
      [new Json(), "an object with toJSON"],
      [{ toJSON: () => ({}) }, "an object with toJSON"],
      [Temporal.Duration.from("PT1H"), "Temporal.Duration"],
    ] as [unknown, string][]
  ) {
    assertThrows(() => stringify({ a: value }), TypeError, what);
    assertThrows(() => stringify({ a: [[value]] }), TypeError, "Cannot write");
  }
  assertThrows(() => stringify(new Error("x")), TypeError, "Cannot write Error");
});
