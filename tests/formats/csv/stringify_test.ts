import { assertEquals, assertThrows } from "@std/assert";
import * as std from "@std/csv";
import { parse, stringify } from "@ferry/std/formats/csv";

Deno.test("csv.stringify() quotes what would be misread, and nothing else", () => {
  const rows = [["a,b", 'say "x"', "line\nend", "cr\rend", "plain", ""], [""], []];
  assertEquals(
    stringify(rows),
    '"a,b","say ""x""","line\nend","cr\rend",plain,\r\n""\r\n\r\n',
  );
  assertEquals(parse(stringify(rows), { skipEmptyLines: false }), rows);
});

Deno.test("csv.stringify() agrees with @std/csv on its options", () => {
  const objects = [{ a: 1, b: { c: [2, "x,y"] } }, { a: 2, b: { c: [3, 4] } }];
  const cases: std.StringifyOptions[] = [
    { columns: ["a"] },
    { columns: ["a", ["b", "c", 1]] },
    { columns: [{ header: "H", prop: ["b", "c", 0] }], headers: false },
    { columns: ["a"], bom: true, separator: ";" },
    { columns: [{ prop: "a" }, "b"] },
  ];
  for (const options of cases) {
    assertEquals(stringify(objects, options), std.stringify(objects, options));
  }
  assertEquals(stringify([["a", 1, true]]), std.stringify([["a", 1, true]]));
});

Deno.test("csv.stringify() takes the first object's keys as columns and refuses keys beyond them", () => {
  assertEquals(stringify([{ a: 1, b: 2 }, { b: 3 }]), "a,b\r\n1,2\r\n,3\r\n");
  assertThrows(() => stringify([{ a: 1 }, { a: 1, z: 2 }]), RangeError, 'the key "z"');
  assertEquals(stringify([{ a: 1 }, { z: 2 }], { extrasAction: "ignore" }), 'a\r\n1\r\n""\r\n');
  assertEquals(stringify([]), "");
});

Deno.test("csv.stringify() leaves out keys that columns leave out, unless extrasAction is raise", () => {
  assertEquals(stringify([{ a: 1, b: 2 }], { columns: ["b"] }), "b\r\n2\r\n");
  assertThrows(
    () => stringify([{ a: 1, b: 2 }], { columns: ["b"], extrasAction: "raise" }),
    RangeError,
    'record 1 as CSV: it has the key "a"',
  );
  assertEquals(
    stringify([{ a: 1 }], { columns: ["a", "b"], restValue: "-" }),
    "a,b\r\n1,-\r\n",
  );
});

Deno.test("csv.stringify() writes a header above arrays", () => {
  assertEquals(stringify([[1, 2]], { columns: ["a", "b"] }), "a,b\r\n1,2\r\n");
});

Deno.test("csv.stringify() reads __proto__ as an own key only", () => {
  assertEquals(stringify([{}], { columns: ["__proto__", "a"] }), "__proto__,a\r\n,\r\n");
  assertEquals(stringify([JSON.parse('{"__proto__":"x"}')]), "__proto__\r\nx\r\n");
});

Deno.test("csv.stringify() reads what all objects inherit as own keys only", () => {
  const columns = ["constructor", ["a", "toString"]];
  const records: Record<string, unknown>[] = [{ constructor: "Blohm", a: { toString: 1 } }, {
    a: [],
  }, {}];
  assertEquals(stringify(records, { columns }), "constructor,toString\r\nBlohm,1\r\n,\r\n,\r\n");
  assertEquals(stringify([{ valueOf: 1, a: 2 }, { a: 3 }]), "valueOf,a\r\n1,2\r\n,3\r\n");
});

Deno.test("csv.stringify() writes dates as ISO text and other objects as JSON", () => {
  const date = new Date("2024-02-29T12:00:00Z");
  assertEquals(
    stringify([[date, { a: 1 }, [1], new URL("https://x.test/"), 5n]]),
    '2024-02-29T12:00:00.000Z,"{""a"":1}",[1],https://x.test/,5\r\n',
  );
  assertThrows(() => stringify([[Symbol("s")]]), TypeError, "symbol");
  assertThrows(() => stringify(["a" as unknown as string[]]), TypeError, "record 1");
  assertThrows(() => stringify([null as unknown as string[]]), TypeError, "null");
});

Deno.test("csv.stringify() quotes by the quoting mode", () => {
  const row = ["a", 1, null, true, ""];
  assertEquals(stringify([row], { quoting: "all" }), '"a","1","","true",""\r\n');
  assertEquals(stringify([row], { quoting: "nonnumeric" }), '"a",1,"",true,""\r\n');
  assertEquals(stringify([row], { quoting: "strings" }), '"a",1,,true,""\r\n');
  assertEquals(stringify([row], { quoting: "notnull" }), '"a","1",,"true",""\r\n');
  assertEquals(stringify([row], { quoting: "none" }), "a,1,,true,\r\n");
});

Deno.test("csv.stringify() refuses what it cannot write readably", () => {
  assertThrows(() => stringify([["a,b"]], { quoting: "none" }), RangeError, "escapeChar");
  assertEquals(stringify([["a,b"]], { quoting: "none", escapeChar: "\\" }), "a\\,b\r\n");
  assertThrows(() => stringify([['a"b']], { doubleQuote: false }), RangeError, "escapeChar");
  assertThrows(() => stringify([[""]], { quoting: "none" }), RangeError, "one empty field");
  assertThrows(() => stringify([[null]], { quoting: "notnull" }), RangeError, "one empty field");
});

Deno.test("stringify() writes Temporal values as RFC 3339, without a time zone's name or a calendar", () => {
  const zoned = Temporal.ZonedDateTime.from("2024-02-29T12:00:00-05:00[America/New_York]");
  const date = Temporal.PlainDate.from("2024-02-29[u-ca=hebrew]");
  assertEquals(
    stringify([[zoned, date, zoned.toInstant()]]),
    "2024-02-29T12:00:00-05:00,2024-02-29,2024-02-29T17:00:00Z\r\n",
  );
});

Deno.test("csv.stringify() says that it needs several records", () => {
  for (const records of [{ a: 1 }, undefined, 5]) {
    assertThrows(() => stringify(records as never), TypeError, "needed an iterable of records");
  }
});
