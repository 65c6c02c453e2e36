import { assert, assertEquals, assertThrows } from "@std/assert";
import * as std from "@std/json";
import { stringify } from "@ferry/std/formats/json";

const VALUES: unknown[] = [
  null,
  true,
  -0,
  1e21,
  NaN,
  'a\u2028\ud800"\\\n',
  [],
  {},
  [undefined, () => 1, Symbol("s"), 1],
  { a: undefined, b: () => 1, [Symbol("s")]: 1, c: [{}] },
  { toJSON: (key: string) => ({ key }) },
  { d: new Date(0), n: Object(1), s: Object("s"), b: Object(false) },
  [new Map([[1, 2]]), new Set([1]), /x/],
  { b: [1, { c: { d: [[]] } }], a: {} },
  Object.create({ inherited: 1 }),
];

Deno.test("json.stringify() writes what JSON.stringify writes, on both of its paths", () => {
  for (const value of VALUES) {
    for (const indent of [0, 2, "\t", 20, "more than ten characters"]) {
      const expected = JSON.stringify(value, null, indent);
      assertEquals(stringify(value, { indent }), expected);
      assertEquals(stringify(value, { indent, default: () => undefined }), expected);
      assertEquals(stringify(value, { indent, maxDepth: 50 }), expected);
    }
  }
});

Deno.test("json.stringify() refuses a value without any JSON form", () => {
  for (const value of [undefined, () => 1, Symbol("s")]) {
    assertThrows(() => stringify(value), TypeError, "JSON form");
    assertThrows(() => stringify(value, { sortKeys: true }), TypeError, "JSON form");
  }
});

Deno.test("json.stringify() writes bigints as integers", () => {
  assertEquals(stringify({ a: [12345678901234567890n, -1n] }), '{"a":[12345678901234567890,-1]}');
  assertEquals(stringify([1n], { indent: 1 }), "[\n 1\n]");
});

Deno.test("json.stringify() sorts keys as text, integers too, or by a function", () => {
  const value = { b: 1, "10": 2, "9": { z: 0, a: 0 }, "\ud83d\ude00": 3, "\uffff": 4 };
  assertEquals(
    stringify(value, { sortKeys: true }),
    '{"10":2,"9":{"a":0,"z":0},"b":1,"\ud83d\ude00":3,"\uffff":4}',
  );
  assertEquals(
    stringify({ a: 1, b: 2 }, { sortKeys: (a, b) => a < b ? 1 : -1 }),
    '{"b":2,"a":1}',
  );
});

Deno.test("json.stringify() calls the default hook with what JSON has no form for", () => {
  const seen: unknown[] = [];
  class Ship {
    name = "Eve";
  }
  const text = stringify(
    { map: new Map([["a", 1]]), f: Math.abs, ship: new Ship(), date: new Date(0), plain: {} },
    {
      default(value) {
        seen.push(value);
        if (value instanceof Map) return Object.fromEntries(value);
        if (value instanceof Ship) return `ship ${value.name}`;
        return undefined;
      },
    },
  );
  assertEquals(
    text,
    '{"map":{"a":1},"ship":"ship Eve","date":"1970-01-01T00:00:00.000Z","plain":{}}',
  );
  assertEquals(seen.length, 3);
});

Deno.test("json.stringify() writes, refuses or nulls numbers that are not finite", () => {
  const value = [NaN, Infinity, -Infinity];
  assertEquals(stringify(value), "[null,null,null]");
  assertEquals(stringify(value, { nan: "literal" }), "[NaN,Infinity,-Infinity]");
  assertThrows(() => stringify(value, { nan: "error" }), RangeError, "received NaN");
});

Deno.test("json.stringify() escapes what is beyond ASCII with ensureAscii", () => {
  const text = stringify({ é: "𝄞\u007f~" }, { ensureAscii: true });
  assertEquals(text, '{"\\u00e9":"\\ud834\\udd1e\\u007f~"}');
  assertEquals(JSON.parse(text), { é: "𝄞\u007f~" });
});

Deno.test("json.stringify() with canonical writes the examples of RFC 8785", () => {
  // Section 3.2.3: order of keys; appendix B: numbers; section 3.2.2: escapes.
  const keys = {
    "\u20ac": 1,
    "\r": 2,
    "\ufb33": 3,
    "1": 4,
    "\ud83d\ude00": 5,
    "\u0080": 6,
    "\u00f6": 7,
  };
  const order = [...stringify(keys, { canonical: true }).matchAll(/:(\d)/g)].map((m) => m[1]);
  assertEquals(order.join(""), "2467153");
  const numbers: [bits: bigint, text: string][] = [
    [0x8000000000000000n, "0"],
    [0x0000000000000001n, "5e-324"],
    [0x7fefffffffffffffn, "1.7976931348623157e+308"],
    [0x4340000000000000n, "9007199254740992"],
    [0x444b1ae4d6e2ef4en, "999999999999999700000"],
    [0x444b1ae4d6e2ef50n, "1e+21"],
    [0x3eb0c6f7a0b5ed8dn, "0.000001"],
    [0x3eb0c6f7a0b5ed8cn, "9.999999999999997e-7"],
    [0x41b3de4355555554n, "333333333.33333325"],
    [0xbecbf647612f3696n, "-0.0000033333333333333333"],
  ];
  for (const [bits, text] of numbers) {
    const [number] = new Float64Array(BigUint64Array.of(bits).buffer);
    assertEquals(stringify([number], { canonical: true }), `[${text}]`);
  }
  assertEquals(
    stringify({ string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/" }, { canonical: true }),
    '{"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
});

Deno.test("json.stringify() with canonical agrees with @std/json", () => {
  const value = { z: [1.5, -0, 1e300], a: { "2": null, "10": true, é: "x\u0000" } };
  assertEquals(stringify(value, { canonical: true }), std.canonicalize(value));
});

Deno.test("json.stringify() with canonical refuses what has no canonical form", () => {
  const canonical = true;
  assertThrows(() => stringify([NaN], { canonical }), RangeError, "NaN");
  assertThrows(() => stringify([-Infinity], { canonical }), RangeError, "Infinity");
  assertThrows(() => stringify(["a\ud800"], { canonical }), RangeError, "lone surrogate");
  assertThrows(() => stringify({ "\udc00": 1 }, { canonical }), RangeError, "lone surrogate");
  assertThrows(() => stringify([2n ** 53n + 1n], { canonical }), RangeError, "exact number");
  assertEquals(stringify([2n ** 53n], { canonical }), "[9007199254740992]");
  assertThrows(() => stringify([], { canonical, indent: 2 }), TypeError, "one form only");
  assertThrows(() => stringify([], { canonical, nan: "literal" }), TypeError, "one form only");
});

Deno.test("json.stringify() refuses cycles and nesting deeper than maxDepth", () => {
  const cycle: unknown[] = [];
  cycle.push({ cycle });
  assertThrows(() => stringify(cycle), TypeError);
  assertThrows(() => stringify(cycle, { sortKeys: true }), TypeError, "contains itself");
  let deep: unknown = 1;
  for (let i = 0; i < 1001; i++) deep = [deep];
  assertThrows(() => stringify(deep, { sortKeys: true }), RangeError, "maxDepth = 1000");
  assertThrows(() => stringify([[[]]], { maxDepth: 2 }), RangeError, "maxDepth = 2");
  assertEquals(stringify([[[]]], { maxDepth: 3 }), "[[[]]]");
  // The same object twice is no cycle.
  const twice = {};
  assertEquals(stringify([twice, twice], { maxDepth: 2 }), "[{},{}]");
});

Deno.test("json.stringify() writes __proto__ keys and raw JSON", () => {
  const value = JSON.parse('{"__proto__":{"a":1}}');
  assertEquals(stringify(value, { sortKeys: true }), '{"__proto__":{"a":1}}');
  const { rawJSON } = JSON as unknown as { rawJSON: (text: string) => unknown };
  assertEquals(stringify([rawJSON("1.50")], { sortKeys: true }), "[1.50]");
});

Deno.test("stringify() writes Temporal values as RFC 3339, without a time zone's name or a calendar", () => {
  const zoned = Temporal.ZonedDateTime.from("2024-02-29T12:00:00-05:00[America/New_York]");
  const date = Temporal.PlainDate.from("2024-02-29[u-ca=hebrew]");
  const value = { zoned, list: [date], text: "a 1[x]", instant: zoned.toInstant() };
  const expected =
    '{"zoned":"2024-02-29T12:00:00-05:00","list":["2024-02-29"],"text":"a 1[x]","instant":"2024-02-29T17:00:00Z"}';
  assertEquals(stringify(value), expected);
  assertEquals(stringify(value, { nan: "error" }), expected);
  assertEquals(stringify({ text: "1[x]" }), '{"text":"1[x]"}');
});

Deno.test("stringify() of nesting beyond the stack is a RangeError that says so", () => {
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  for (const options of [{}, { indent: 1 }, { sortKeys: true, maxDepth: Infinity }]) {
    const error = assertThrows(() => stringify(deep, options), RangeError);
    assertEquals(error.message, "Cannot write JSON: nesting is too deep for the stack");
    assert(error.cause instanceof RangeError);
  }
});

Deno.test("stringify() writes boxed values as what is in them, with every writer", () => {
  const value = {
    a: new Number(1.5),
    b: new String('"x"'),
    c: [new Boolean(false)],
    d: Object(NaN),
  };
  const expected = '{"a":1.5,"b":"\\"x\\"","c":[false],"d":null}';
  assertEquals(stringify(value), expected);
  assertEquals(stringify(value, { sortKeys: true, default: () => "foreign" }), expected);
  assertEquals(stringify([Object(12345678901234567890n)]), "[12345678901234567890]");
  assertEquals(stringify(new String("s"), { sortKeys: true }), '"s"');
});
