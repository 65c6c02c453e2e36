import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  FormatError,
  jsonc,
  JsonError,
  type JsonPair,
  parse,
  rawDecode,
} from "@ferry/std/formats/json";

Deno.test("json.parse() with bigint makes bigints of integers beyond 2^53 and of nothing else", () => {
  const text =
    '[9007199254740991,9007199254740992,-9007199254740993,1e20,1.0,-0,"12345678901234567890"]';
  const value = parse<unknown[]>(text, { bigint: true });
  assertEquals(value, [
    9007199254740991,
    9007199254740992n,
    -9007199254740993n,
    1e20,
    1,
    -0,
    "12345678901234567890",
  ]);
  assert(Object.is(value[5], -0));
  assertEquals(parse("[1]", { bigint: true }), [1]);
});

Deno.test("json.parse() refuses a bigint of more than maxDigits digits", () => {
  const digits = "9".repeat(4301);
  assertThrows(() => parse(digits, { bigint: true }), JsonError, "maxDigits = 4300");
  assertEquals(parse(digits, { bigint: true, maxDigits: 4301 }), BigInt(digits));
  assertEquals(parse(digits), Infinity);
});

Deno.test("json.parse() takes the last of duplicate keys, or refuses them", () => {
  assertEquals(parse('{"a":1,"a":2}'), { a: 2 });
  assertEquals(parse('{"a":1,"a":2}', { duplicateKeys: "last", parseFloat: Number }), { a: 2 });
  const error = assertThrows(
    () => parse('{"a":1,\n "b":{"a":2},\n "\\u0061":3}', { duplicateKeys: "error" }),
    JsonError,
    'the key "a" stands twice',
  );
  assertEquals([error.line, error.column], [3, 2]);
  for (const key of ["__proto__", "constructor", "toString"]) {
    assertEquals(Object.keys(parse(`{"${key}":1}`, { duplicateKeys: "error" }) as object), [key]);
    assertThrows(() => parse(`{"${key}":1,"${key}":1}`, { duplicateKeys: "error" }), JsonError);
  }
  const objectPairsHook = (pairs: JsonPair[]) => pairs;
  assertThrows(
    () => parse('{"a":1,"a":2}', { duplicateKeys: "error", objectPairsHook }),
    JsonError,
    "twice",
  );
});

Deno.test("json.parse() calls objectHook innermost first and puts its results in place", () => {
  const seen: unknown[] = [];
  const value = parse('{"a":{"b":[{}]},"c":{}}', {
    objectHook(object) {
      seen.push(Object.keys(object).join());
      return seen.length;
    },
  });
  assertEquals(seen, ["", "b", "", "a,c"]);
  assertEquals(value, 4);
});

Deno.test("json.parse() gives objectPairsHook the members in order, with duplicates, over objectHook", () => {
  const calls: JsonPair[][] = [];
  parse('{"b":1,"1":{"x":[]},"b":2}', {
    objectHook: () => {
      throw new TypeError("not called");
    },
    objectPairsHook(pairs) {
      calls.push(pairs);
      return "object";
    },
  });
  assertEquals(calls, [[["x", []]], [["b", 1], ["1", "object"], ["b", 2]]]);
});

Deno.test("json.parse() gives parseFloat and parseInt the text of each number", () => {
  const value = parse('[1, -20, 1.50, 2E3, 0, {"a": 1e-5}]', {
    parseFloat: (text) => `f${text}`,
    parseInt: (text) => `i${text}`,
    bigint: true,
  });
  assertEquals(value, ["i1", "i-20", "f1.50", "f2E3", "i0", { a: "f1e-5" }]);
});

Deno.test("json.parse() reads Python's NaN and Infinity with nan only", () => {
  assertEquals(parse("[NaN, Infinity, -Infinity]", { nan: true }), [NaN, Infinity, -Infinity]);
  for (const text of ["NaN", "[Infinity]", "-Infinity"]) {
    assertThrows(() => parse(text), JsonError);
    assertThrows(() => parse(text, { objectHook: (o) => o }), JsonError);
  }
  assertThrows(() => parse("nan", { nan: true }), JsonError);
  assertThrows(() => parse("+Infinity", { nan: true }), JsonError);
});

Deno.test("json.parse() reads keys with escapes right after a key that is a backslash", () => {
  // V8 compares keys with those it has seen before decoding them: its own parser gives "\\" for each of these then.
  for (const [escape, key] of [['\\"', '"'], ["\\n", "\n"], ["\\u0000", "\0"], ["\\/", "/"]]) {
    JSON.parse('{"h":[],"\\\\":0}');
    assertEquals(Object.keys(parse(`{"h":1,"${escape}":2}`) as object), ["h", key]);
    JSON.parse('{"h":[],"\\\\":0}');
    assertEquals(Object.keys(parse(`{"v":"\\n","w":"","${escape}" \n:2}`) as object), [
      "v",
      "w",
      key,
    ]);
  }
  assertEquals(parse('{"a":"\\": ","b":"\\\\"}'), { a: '": ', b: "\\" });
  assertThrows(() => parse("\\"), JsonError);
  assertThrows(() => parse('{"a":"\\'), JsonError);
});

Deno.test("json.parse() makes __proto__ an own key on every path", () => {
  const text = '{"__proto__":{"polluted":true},"a":1}';
  for (
    const options of [{}, { bigint: true, parseInt: Number }, { objectHook: (o: unknown) => o }]
  ) {
    const value = parse<Record<string, unknown>>(text, options);
    assertEquals(Object.keys(value), ["__proto__", "a"]);
    assertStrictEquals(Object.getPrototypeOf(value), Object.prototype);
    assertEquals(value.polluted, undefined);
  }
});

Deno.test("json.parse() places each error, with and without options", () => {
  const cases: [text: string, offset: number, message: string][] = [
    ["", 0, "needed a value, received the end of the text"],
    ["[1,]", 2, "no comma before the end"],
    ['{"a" 1}', 5, 'needed ":"'],
    ["{a:1}", 1, "needed a key"],
    ['{"a":1,}', 6, "no comma"],
    ["[1 2]", 3, 'needed "," or "]"'],
    ['"a\nb"', 2, "control character"],
    ['"abc', 4, "closing quote"],
    ['"a\\', 3, "closing quote"],
    ['"\\x"', 1, "after \\"],
    ['"ab\\u12G4"', 3, "four hexadecimal digits"],
    ["01", 1, "leading 0"],
    ["-", 1, "digit after -"],
    ["1.", 2, "needed a digit"],
    ["1e+", 3, "needed a digit"],
    ["tru", 0, "needed a value"],
    ["1 x", 2, "needed the end of the text"],
    ["[𝄞]", 1, 'received "𝄞"'],
    ["\ufeff1", 0, "needed a value"],
  ];
  for (const [text, offset, message] of cases) {
    for (const options of [{}, { parseFloat: Number }]) {
      const error = assertThrows(() => parse(text, options), JsonError, message, text);
      assertEquals(error.offset, offset, text);
      assertEquals(error.format, "json");
      assertInstanceOf(error, FormatError);
    }
  }
  const error = assertThrows(() => parse('{\r\n\t"a": [1,\r\n\t\t?]\r\n}'), JsonError);
  assertEquals([error.line, error.column, error.caret], [3, 3, "\t\t?]\n\t\t^"]);
});

Deno.test("json.parse() refuses nesting deeper than maxDepth, and any depth of its own parser beyond 10000", () => {
  assertEquals(parse('[[{"a":[]}]]', { maxDepth: 4 }), [[{ a: [] }]]);
  assertThrows(() => parse('[[{"a":[]}]]', { maxDepth: 3 }), JsonError, "maxDepth = 3");
  const deep = "[".repeat(1_000_000);
  assertThrows(() => parse(deep), JsonError);
  assertThrows(
    () => parse(deep, { bigint: true, parseInt: Number }),
    JsonError,
    "maxDepth = 10000",
  );
  assertThrows(
    () => parse('{"a":'.repeat(500_000), { objectHook: (o) => o }),
    JsonError,
    "maxDepth",
  );
  const closed = "[".repeat(9_999) + "]".repeat(9_999);
  assert(Array.isArray(parse(closed, { objectHook: (o) => o })));
});

Deno.test("json.parse() refuses a text of more than maxBytes bytes", () => {
  assertEquals(parse('"é"', { maxBytes: 4 }), "é");
  assertThrows(() => parse('"é"', { maxBytes: 3 }), JsonError, "maxBytes = 3");
  assertThrows(() => parse(1 as unknown as string), TypeError);
});

Deno.test("json.parse() reads many keys with duplicateKeys in linear time, also for pairs", () => {
  const count = 200_000;
  const text = `{${Array.from({ length: count }, (_, i) => `"k${i}":0`).join()}}`;
  const options = { duplicateKeys: "error" } as const;
  assertEquals(Object.keys(parse(text, options) as object).length, count);
  assertEquals(parse(text, { ...options, objectPairsHook: (pairs) => pairs.length }), count);
});

Deno.test("json.rawDecode() reads one value at an offset and tells its end", () => {
  const text = '  {"a":1}[2] 3';
  assertEquals(rawDecode(text), { value: { a: 1 }, end: 9 });
  assertEquals(rawDecode(text, 9), { value: [2], end: 12 });
  assertEquals(rawDecode(text, 12), { value: 3, end: 14 });
  assertEquals(assertThrows(() => rawDecode(text, 14), JsonError).offset, 14);
  assertThrows(() => rawDecode(text, -1), RangeError);
  assertThrows(() => rawDecode(text, 15), RangeError);
  assertEquals(rawDecode("x12345678901234567890y", 1, { bigint: true }), {
    value: 12345678901234567890n,
    end: 21,
  });
  assertThrows(() => rawDecode('"éé"', 0, { maxBytes: 5 }), JsonError, "maxBytes");
});

Deno.test({
  name: "json needs no permissions",
  permissions: "none",
  fn() {
    assertEquals(parse('{"a":1}', { duplicateKeys: "error" }), { a: 1 });
    assertEquals(jsonc.edit('{"a":1}', ["a"], 2), '{"a":2}');
  },
});
