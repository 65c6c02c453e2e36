import { assert, assertEquals, assertThrows } from "@std/assert";
import { jsonc, JsonError } from "@ferry/std/formats/json";
import { Random, rounds, seedFor } from "../../_support/random.ts";

const TEXT = `{
  // where we listen
  "port": 80, /* the usual */
  "hosts": [
    "a", // first
    "b",
  ],
}
`;

Deno.test("jsonc.parse() reads comments and trailing commas", () => {
  assertEquals(jsonc.parse(TEXT), { port: 80, hosts: ["a", "b"] });
  assertEquals(jsonc.parse("/**/1//"), 1);
  assertEquals(jsonc.parse('["//", "/*"]'), ["//", "/*"]);
  assertEquals(jsonc.parse("// a\r1"), 1);
  assertEquals(Object.keys(jsonc.parse('{"__proto__":1,}') as object), ["__proto__"]);
});

Deno.test("jsonc.parse() refuses what is neither JSON nor a comment", () => {
  for (
    const text of [
      "",
      "/",
      "/* open",
      "1 /x",
      "[,]",
      "{,}",
      "[1,,]",
      "// only a comment",
      "{'a':1}",
    ]
  ) {
    assertThrows(() => jsonc.parse(text), JsonError, "Cannot parse JSON", text);
  }
});

Deno.test("jsonc.edit() sets, adds and removes members and keeps every comment", () => {
  assertEquals(jsonc.edit(TEXT, ["port"], 8080), TEXT.replace("80", "8080"));
  const added = jsonc.edit(TEXT, ["tls", "on"], true);
  assertEquals(jsonc.parse(added), { port: 80, hosts: ["a", "b"], tls: { on: true } });
  for (const comment of ["// where we listen", "/* the usual */", "// first"]) {
    assertEquals(added.includes(comment), true, comment);
  }
});

Deno.test("jsonc.edit() removes a member or element with its comma and line, and no comment", () => {
  const removed = (path: (string | number)[]) => jsonc.edit(TEXT, path, undefined);
  assertEquals(removed(["port"]), TEXT.replace('"port": 80, ', ""));
  assertEquals(removed(["hosts", 1]), TEXT.replace('    "b",\n', ""));
  assertEquals(removed(["hosts", 0]), TEXT.replace('"a", ', ""));
  assertEquals(removed(["none", "such"]), TEXT);
  const cases: [text: string, path: (string | number)[], expected: string][] = [
    ["[1, 2, 3]", [0], "[2, 3]"],
    ["[1, 2, 3]", [1], "[1, 3]"],
    ["[1, 2, 3]", [2], "[1, 2]"],
    ["[1]", [0], "[]"],
    ['{"a":1,"b":2}', ["b"], '{"a":1}'],
    ["[\n  1, // one\n  2 // two\n]", [1], "[\n  1 // one\n // two\n]"],
    ["[\n  1 /* x */, // one\n  2\n]", [1], "[\n  1 /* x */ // one\n]"],
    ["[1 /* x */, 2]", [0], "[ /* x */ 2]"],
    ['{\r\n "a": 1,\r\n "b": 2\r\n}', ["a"], '{\r\n "b": 2\r\n}'],
  ];
  for (const [text, path, expected] of cases) {
    assertEquals(jsonc.edit(text, path, undefined), expected);
    jsonc.parse(expected);
  }
  assertThrows(() => jsonc.edit("[]", [], undefined), RangeError, "whole text");
});

Deno.test("jsonc.edit() appends to and inserts into arrays", () => {
  assertEquals(jsonc.parse(jsonc.edit("[1,2]", [-1], 3)), [1, 2, 3]);
  assertEquals(jsonc.parse(jsonc.edit("[1,2]", [0], 0, { insert: true })), [0, 1, 2]);
  assertEquals(jsonc.parse(jsonc.edit("[1,2]", [0], 0)), [0, 2]);
});

Deno.test("jsonc.edit() indents as the text does", () => {
  assertEquals(jsonc.edit('{\n\t"a": 1\n}', ["b"], [2]), '{\n\t"a": 1,\n\t"b": [\n\t\t2\n\t]\n}');
  assertEquals(jsonc.edit("{}", ["b"], 1, { indent: 4 }), '{\n    "b": 1\n}');
  assertEquals(jsonc.edit('{\r\n "a": 1\r\n}', ["b"], 1), '{\r\n "a": 1,\r\n "b": 1\r\n}');
});

Deno.test("jsonc.edit() refuses broken texts, impossible paths and values without JSON form", () => {
  assertThrows(() => jsonc.edit('{"a":', ["a"], 1), JsonError);
  assertThrows(() => jsonc.edit('{"a":1}', ["a", "b", "c"], 1), RangeError, "path");
  assertThrows(() => jsonc.edit("{}", ["a"], () => 1), TypeError, "JSON form");
});

Deno.test("jsonc.edit() adds and replaces in the manner of the neighbours, and touches no other character", () => {
  const cases: [text: string, path: (string | number)[], value: unknown, expected: string][] = [
    ['{"a":1,"b":[2]}', ["c"], { d: [3] }, '{"a":1,"b":[2],"c":{"d":[3]}}'],
    ['{"a":1,"b":[2]}', ["b", -1], 3, '{"a":1,"b":[2,3]}'],
    ['{"a": [1, 2]}', ["a", 0], [3, { b: "[x, y]" }], '{"a": [[3, {"b": "[x, y]"}], 2]}'],
    ['{ "a" :  1, /* x */ "b":[ ] }', ["b", 0], 5, '{ "a" :  1, /* x */ "b":[5] }'],
    ['{ "a" :  1, /* x */ "b":2, }', ["c"], 5, '{ "a" :  1, /* x */ "b":2, "c": 5, }'],
    ['{\n  "a": [1,2] // x\n}', ["b"], 5, '{\n  "a": [1,2], // x\n  "b": 5\n}'],
    ['{\n  "a": 1, // x\n  // y\n}', ["b"], 5, '{\n  "a": 1, // x\n  "b": 5,\n  // y\n}'],
    ["[\n 1 // x\n]", [0], { a: 2 }, '[\n {\n  "a": 2\n } // x\n]'],
    ["[\n 1, // x\n 2\n]", [2], 3, "[\n 1, // x\n 2,\n 3\n]"],
    ["{\n\t// none\n}", ["a"], 1, '{\n\t// none\n  "a": 1\n}'],
    [
      '/*\n * x\n */\n{\n    "a": {}\n}',
      ["a", "b"],
      1,
      '/*\n * x\n */\n{\n    "a": {\n        "b": 1\n    }\n}',
    ],
    ['{"a":1}', ["__proto__", "then", 0], 1, '{"a":1,"__proto__":{"then":[1]}}'],
    ["1 // x", [], [2], "[\n  2\n] // x"],
  ];
  for (const [text, path, value, expected] of cases) {
    assertEquals(jsonc.edit(text, path, value), expected, text);
  }
  assertEquals(jsonc.edit("[1, 2]", [1], 0, { insert: true }), "[1, 0, 2]");
  assertEquals(
    jsonc.edit("[\n 1, // x\n 2\n]", [1], 0, { insert: true }),
    "[\n 1, // x\n 0,\n 2\n]",
  );
  assertEquals(jsonc.edit('{"a":1}', ["a"], 2n ** 64n), '{"a":18446744073709551616}');
});

Deno.test("jsonc.edit() changes the last of two members of one key, and removes both", () => {
  const twice = '{"a": 1, /* x */ "b": 0, "a": {"c": 2}}';
  assertEquals(jsonc.edit(twice, ["a", "c"], 3), twice.replace("2", "3"));
  assertEquals(jsonc.edit(twice, ["a"], undefined), '{/* x */ "b": 0}');
  assertEquals(jsonc.edit('{"a":1,"b":0,"a":1,"a":2}', ["a"], undefined), '{"b":0}');
  assertEquals(jsonc.edit('{"a":1,"a":2,}', ["a"], undefined), "{}");
});

Deno.test("jsonc.edit() refuses indices beside an array and indentations that are none", () => {
  for (const path of [[2], [-2], [0.5], ["0"], ["length"]]) {
    assertThrows(() => jsonc.edit("[1]", path, 1), RangeError, "does not lead", String(path));
  }
  assertThrows(() => jsonc.edit("{}", [0], 1), RangeError, "does not lead");
  for (const indent of [-1, 11, 1.5, NaN]) {
    assertThrows(() => jsonc.edit("{}", ["a"], 1, { indent }), RangeError, "from 0 to 10");
  }
});

/** A text of random arrays and objects, with comments, in one line or in many. */
function randomText(random: Random, depth: number, indent: string): string {
  if (depth > 0 && (depth > 4 || random.below(3) === 0)) {
    return random.pick(["0", "-1.5e3", '"x"', '"[,"', '"// \\"}"', "null", "{}", "[]", "[ ]"]);
  }
  const isObject = random.below(2) === 0;
  const hasLines = random.below(2) === 0;
  const inner = `${indent}  `;
  const note = () =>
    random.pick(["", "", "", " ", "/* , */", ...(hasLines ? [` // ]\n${inner}`] : [])]);
  const items = Array.from({ length: random.below(4) }, (_, i) => {
    const key = isObject ? `${JSON.stringify(random.pick(["a", "b", "c"]) + i)}${note()}: ` : "";
    return key + note() + randomText(random, depth + 1, inner) + note();
  });
  const gap = hasLines ? `\n${inner}` : random.pick(["", " "]);
  const end = hasLines ? `\n${indent}` : "";
  const comma = items.length > 0 && random.below(4) === 0 ? "," : "";
  const [open, close] = isObject ? "{}" : "[]";
  return `${open}${gap}${items.join(`,${gap}`)}${comma}${note()}${end}${close}`;
}

Deno.test("jsonc.edit() of random texts: the value changes, and nothing else", () => {
  const random = new Random(seedFor("jsonc.edit"));
  for (let round = 0; round < rounds(1000, 30_000); round++) {
    const text = randomText(random, 0, "");
    const before = jsonc.parse(text);
    const expected = structuredClone(before);
    const path: (string | number)[] = [];
    // deno-lint-ignore no-explicit-any
    let place: any = expected;
    let isNew: boolean;
    for (;;) {
      const keys = Object.keys(place);
      isNew = keys.length === 0 || random.below(3) === 0;
      const key = isNew ? "new" : random.pick(keys);
      path.push(Array.isArray(place) ? isNew ? place.length : Number(key) : key);
      const next = place[path.at(-1)!];
      if (isNew || typeof next !== "object" || next === null || random.below(3) === 0) break;
      place = next;
    }
    const added = random.pick([7, "x", [1, { a: [] }], {}]);
    place[path.at(-1)!] = added;
    const edited = jsonc.edit(text, path, added);
    const about = `${text}\n${JSON.stringify(path)}\n${edited}`;
    assertEquals(jsonc.parse(edited), expected, about);
    if (!isNew) continue;
    // All that was there is there, in order.
    let at = 0;
    for (const character of text.replace(/\s/g, "")) {
      at = edited.indexOf(character, at) + 1;
      assert(at > 0, about);
    }
    assertEquals(jsonc.parse(jsonc.edit(edited, path, undefined)), before, about);
  }
});
