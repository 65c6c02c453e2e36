import { csv, json, msgpack, read, toml, write, yaml } from "@ferry/std/formats";
import * as json5 from "@ferry/std/formats/json5";
import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { refusal, testOptions, testPolluted } from "../../_support/refused_options.ts";
import { NESTED, ROWS } from "./rows.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

for (const row of ROWS) {
  Deno.test(`${row.name} refuses unknown options, and takes all of its own`, () =>
    testOptions(row));
}

Deno.test("what is added to Object.prototype is no option", async () => {
  for (const row of ROWS) await testPolluted(row);
});

Deno.test("objects within options refuse unknown names", async () => {
  for (const [name, call] of Object.entries(NESTED)) {
    assertStringIncludes(await refusal(call), "needed one of the options", name);
  }
});

Deno.test("an option that is named as in Python or papaparse is answered with the name here", async () => {
  const bytes = Uint8Array.of(1);
  const meant: [name: string, value: unknown, here: string, call: (o: Any) => unknown][] = [
    ["quote_char", "'", "quoteChar", (o) => csv.parse("", o)],
    ["lineterminator", "\n", "lineTerminator", (o) => csv.stringify([], o)],
    ["sep", ";", "delimiter", (o) => csv.parse("", o)],
    ["fieldnames", ["a"], "columns", (o) => csv.stringify([], o)],
    ["header", true, "skipFirstRow", (o) => csv.parse("", o)],
    ["header", true, "headers", (o) => csv.stringify([], o)],
    ["restval", 1, "restValue", (o) => csv.parse("", o)],
    ["sort_keys", true, "sortKeys", (o) => json.stringify(1, o)],
    ["ensure_ascii", true, "ensureAscii", (o) => json.stringify(1, o)],
    ["allow_nan", true, "nan", (o) => json.stringify(1, o)],
    ["object_pairs_hook", () => 1, "objectPairsHook", (o) => json.parse("1", o)],
    ["strict_map_key", false, "maps", (o) => msgpack.decode(bytes, o)],
    ["use_single_float", true, "float32", (o) => msgpack.encode(1, o)],
    ["default_flow_style", true, "style", (o) => yaml.stringify(1, o)],
    ["width", 1, "lineWidth", (o) => yaml.stringify(1, o)],
    ["max-depth", 1, "maxDepth", (o) => toml.parse("", o)],
  ];
  for (const [name, value, here, call] of meant) {
    const message = await refusal(() => call({ [name]: value }));
    assert(message.endsWith(`received "${name}"; did you mean ${here}?`), message);
  }
});

Deno.test("the message of an unknown option tells what was attempted, and all names", () => {
  const error = assertThrows(() => csv.sniff("a,b", { sep: ";" } as Any), TypeError);
  assertEquals(
    error.message,
    'Cannot guess the CSV dialect: needed one of the options delimiters, received "sep"',
  );
});

Deno.test("values of the wrong type are refused, not taken for something else", async () => {
  const bytes = Uint8Array.of(1);
  const wrong: [call: (o: Any) => unknown, options: object, message: string][] = [
    [(o) => csv.parse("", o), { skipFirstRow: 1 }, "skipFirstRow must be a boolean, received 1"],
    [(o) => csv.parse("", o), { maxRows: "3" }, 'maxRows must be a number, received "3"'],
    [(o) => csv.parse("", o), { columns: "a" }, 'columns must be an object, received "a"'],
    [(o) => csv.parse("", o), { dialect: 1 }, "dialect must be an object or string, received 1"],
    [(o) => csv.parse("", o), { quoteChar: 1 }, "quoteChar must be a string or null, received 1"],
    [(o) => csv.parse("", o), { strict: null }, "strict must be a boolean, received null"],
    [(o) => csv.stringify([], o), { headers: "no" }, 'headers must be a boolean, received "no"'],
    [
      (o) => csv.stringify([], o),
      { extrasAction: "drop" },
      'extrasAction must be "raise" or "ignore", received "drop"',
    ],
    [(o) => json.parse("1", o), { bigint: "no" }, 'bigint must be a boolean, received "no"'],
    [(o) => json.parse("1", o), { maxDepth: "10" }, 'maxDepth must be a number, received "10"'],
    [
      (o) => json.parse("1", o),
      { objectHook: {} },
      "objectHook must be a function, received an obj",
    ],
    [
      (o) => json.stringify(1, o),
      { sortKeys: "yes" },
      'sortKeys must be a boolean or function, received "yes"',
    ],
    [(o) => json.stringify(1, o), { indent: true }, "indent must be a number or string"],
    [
      (o) => json.jsonc.edit("{}", ["a"], 1, o),
      { indent: "  " },
      'indent must be a number or "\\t"',
    ],
    [(o) => json5.stringify(1, o), { quote: "`" }, 'quote must be "\'" or "\\"", received "`"'],
    [(o) => msgpack.encode(1, o), { pooled: 1 }, "pooled must be a boolean, received 1"],
    [(o) => msgpack.encode(1, o), { undefined: null }, 'undefined must be "nil" or "omit"'],
    [(o) => msgpack.decode(bytes, o), { maps: "Map" }, 'maps must be "object" or "map" or "auto"'],
    [(o) => msgpack.decode(bytes, o), { extensions: () => {} }, "received a function"],
    [(o) => toml.parse("", o), { version: 1.1 }, 'version must be "1.0" or "1.1", received 1.1'],
    [(o) => yaml.parse("", o), { schema: "yaml1.1" }, 'schema must be "core" or "json" or'],
    [(o) => yaml.parse("", o), { tags: [{ tag: 1, parse() {} }] }, "tag must be a string"],
    [(o) => yaml.stringify(1, o), { indent: "2" }, 'indent must be a number, received "2"'],
    [(o) => read("a.csv", o), { csv: ";" }, 'csv must be an object, received ";"'],
    [(o) => write("a.json", 1, o), { mode: "644" }, 'mode must be a number, received "644"'],
  ];
  for (const [call, options, message] of wrong) {
    assertStringIncludes(await refusal(() => call(options)), message);
  }
});

Deno.test("numbers that are no limit are refused", () => {
  for (const maxDepth of [NaN, -1]) {
    const message = `maxDepth must be a number from 0 on, received ${maxDepth}`;
    assertThrows(() => json.parse("1", { maxDepth }), RangeError, message);
    assertThrows(() => msgpack.decode(Uint8Array.of(1), { maxDepth }), RangeError, message);
    assertThrows(() => toml.parse("", { maxDepth }), RangeError, message);
    assertThrows(() => yaml.parse("", { maxDepth }), RangeError, message);
  }
  assertEquals(json.parse("[1]", { maxDepth: Infinity, maxBytes: Infinity }), [1]);
  for (const indent of [0, 1.5, 11, NaN]) {
    assertThrows(() => yaml.stringify(1, { indent }), RangeError, "from 1 to 10");
    assertThrows(() => yaml.parseDocument("a: 1").toString({ indent }), RangeError, "from 1 to 10");
    assertThrows(() => yaml.edit("a: 1", ["b"], 2, { indent }), RangeError, "from 1 to 10");
  }
  assertThrows(() => csv.parse("", { fieldsPerRecord: NaN }), RangeError, "fieldsPerRecord");
});

Deno.test("options of a class, and with inherited ones, work as others", async () => {
  class Semicolons {
    delimiter = ";";
  }
  assertEquals(csv.parse("a;b\n", new Semicolons()), [["a", "b"]]);
  const shared = { delimiter: ";", skipFirstRow: true } as const;
  assertEquals(csv.parse("a;b\n1;2", Object.create(shared) as typeof shared), [{ a: "1", b: "2" }]);
  assertEquals(csv.parse("a\tb\n", csv.Dialect.excelTab), [["a", "b"]]);
  const limited = Object.create({ maxDepth: 1 }) as { maxDepth: number };
  assertThrows(() => json.jsonc.parse("[[1]]", limited), json.JsonError, "maxDepth = 1");
  const values = ReadableStream.from(["[[1]]"])
    .pipeThrough(new json.ConcatenatedJsonParseStream(limited));
  await assertRejects(() => Array.fromAsync(values), json.JsonError, "maxDepth = 1");
  const path = await Deno.makeTempFile({ suffix: ".tsv" });
  try {
    const bare = Object.create({ headers: false }) as { headers: boolean };
    await write(path, [{ a: 1, b: 2 }], { csv: bare });
    assertEquals(await read(path), [["1", "2"]]);
    const objects = Object.create({ columns: ["c", "d"] }) as { columns: string[] };
    assertEquals(await read(path, { csv: objects }), [{ c: "1", d: "2" }]);
    const sorted = Object.create({ sortKeys: true }) as { sortKeys: boolean };
    await write(path, [{ b: 1, a: 2 }], { format: "jsonl", json: sorted });
    assertEquals(await Deno.readTextFile(path), '{"a":2,"b":1}\n');
  } finally {
    await Deno.remove(path);
  }
  class Hidden {
    get sortKeys() {
      return true;
    }
  }
  assertEquals(json.stringify({ b: 1, a: 2 }, new Hidden()), '{"a":2,"b":1}');
});
