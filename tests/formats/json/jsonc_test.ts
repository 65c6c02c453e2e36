import { assertEquals, assertThrows } from "@std/assert";
import { jsonc, JsonError } from "@ferry/std/formats/json";

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
