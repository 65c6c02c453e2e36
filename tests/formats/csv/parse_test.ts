import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import * as std from "@std/csv";
import { CsvError, Dialect, FormatError, parse, resolveDialect } from "@ferry/std/formats/csv";

Deno.test("csv.parse() ends lines at LF, CRLF and CR, and keeps all three inside quotes", () => {
  const text = 'a,"1\r\n2"\r\nb,"3\n4"\nc,"5\r6"\rd,7';
  assertEquals(parse(text), [["a", "1\r\n2"], ["b", "3\n4"], ["c", "5\r6"], ["d", "7"]]);
});

Deno.test("csv.parse() drops a byte order mark at the start only", () => {
  assertEquals(parse("\ufeffa,\ufeffb\n"), [["a", "\ufeffb"]]);
  assertEquals(parse('\ufeff"a",b\n'), [["a", "b"]]);
  assertEquals(parse("\ufeff"), []);
});

Deno.test("csv.parse() skips empty lines unless skipEmptyLines is false", () => {
  assertEquals(parse("a\n\nb\r\n\r\n"), [["a"], ["b"]]);
  assertEquals(parse("a\n\nb\n", { skipEmptyLines: false }), [["a"], [], ["b"]]);
  assertEquals(parse(' \n""\n'), [[" "], [""]]);
});

Deno.test("csv.parse() agrees with @std/csv where @std/csv is right", () => {
  const texts = [
    "a,b\n1,2\n",
    'a,"b ""c"""\n',
    "",
    "é,𝄞\n",
    "a\tb\n",
    "#x\na,b\n",
    "  a, b\n",
    "a,,\n,,\n",
  ];
  const options = [
    {},
    { separator: "\t" },
    { comment: "#" },
    { trimLeadingSpace: true },
    { lazyQuotes: true },
    { fieldsPerRecord: -1 },
  ];
  for (const text of texts) {
    for (const option of options) {
      const context = `${JSON.stringify(text)} with ${JSON.stringify(option)}`;
      let expected: string[][];
      try {
        expected = std.parse(text, option);
      } catch {
        assertThrows(() => parse(text, { lazyQuotes: false, ...option }), CsvError, "", context);
        continue;
      }
      assertEquals(parse(text, { lazyQuotes: false, ...option }), expected, context);
    }
  }
  for (const text of ['a "word","1"2",a","b', '"a""b"c,d', 'a"b\n']) {
    assertEquals(parse(text, { lazyQuotes: true }), std.parse(text, { lazyQuotes: true }), text);
  }
});

Deno.test("csv.parse() refuses what @std/csv refuses with lazyQuotes: false", () => {
  for (const text of ['a"b,c\n', '"a"b,c\n', '"a\n', 'a,"b"\nc"d,e\n']) {
    assertThrows(() => std.parse(text), SyntaxError);
    assertThrows(() => parse(text, { lazyQuotes: false }), CsvError, "Cannot read", text);
  }
});

Deno.test("csv.parse() takes misplaced quotes as Python does unless strict", () => {
  assertEquals(parse('"a"b,c\n"d'), [["ab", "c"], ["d"]]);
  assertThrows(() => parse('"a"b,c\n', { strict: true }), CsvError);
  assertThrows(() => parse('"d', { strict: true }), CsvError);
  assertEquals(parse('a"b,c', { strict: true }), [['a"b', "c"]]);
});

Deno.test("csv.parse() tells row, field, line, column, offset and byte offset of a misplaced quote", () => {
  const text = '\ufeffü,"a\r\nb"\r\n\r\n# note\r\n𝄞,"c" d\r\n';
  const error = assertThrows(() => parse(text, { strict: true, comment: "#" }), CsvError);
  const offset = text.indexOf(" d");
  assertEquals(error.offset, offset);
  assertEquals(error.byteOffset, new TextEncoder().encode(text.slice(0, offset)).length);
  assertEquals([error.row, error.field, error.line, error.column], [2, 2, 5, 7]);
  assertEquals(error.caret, '𝄞,"c" d\n      ^');
  assertEquals(error.format, "csv");
  assertInstanceOf(error, FormatError);
  assertInstanceOf(error, SyntaxError);
  assertEquals(error.name, "CsvError");
});

Deno.test("csv.parse() makes objects of the first row, of columns, and of columns in its stead", () => {
  const text = "a,b\n1,2\n\n3,4\n";
  assertEquals(parse(text, { skipFirstRow: true }), [{ a: "1", b: "2" }, { a: "3", b: "4" }]);
  assertEquals(parse("1,2\n", { columns: ["x", "y"] }), [{ x: "1", y: "2" }]);
  assertEquals(parse("h\n1,2\n", { columns: ["x", "y"], skipFirstRow: true }), [
    { x: "1", y: "2" },
  ]);
  assertEquals(parse("", { skipFirstRow: true }), []);
});

Deno.test("csv.parse() refuses records that do not fit the columns unless a rest is allowed", () => {
  const long = assertThrows(() => parse("a,b\n1,2,3\n", { skipFirstRow: true }), CsvError);
  assertEquals([long.row, long.line, long.offset], [2, 2, 9]);
  assertThrows(() => parse("a,b\n1,2\n3", { skipFirstRow: true }), CsvError, "needed 2 fields");
  assertEquals(parse("a,b\n1,2,3,4\n", { skipFirstRow: true, restKey: "more" }), [
    { a: "1", b: "2", more: ["3", "4"] },
  ]);
  assertEquals(parse("a,b\n1\n", { skipFirstRow: true, restValue: null }), [{ a: "1", b: null }]);
  assertThrows(() => parse("1\n", { columns: ["a", "b"], restKey: "more" }), CsvError);
});

Deno.test("csv.parse() holds each record to fieldsPerRecord", () => {
  assertEquals(parse("a,b\n1,2\n", { fieldsPerRecord: 2 }), [["a", "b"], ["1", "2"]]);
  assertThrows(() => parse("a,b\n1\n", { fieldsPerRecord: 2 }), CsvError, "received 1");
  assertThrows(() => parse("a,b\n1\n", { fieldsPerRecord: 0 }), CsvError, "needed 2");
  assertEquals(parse("a\n1,2\n", { fieldsPerRecord: -1 }), [["a"], ["1", "2"]]);
});

Deno.test("csv.parse() makes __proto__ and its like own keys", () => {
  const [row] = parse("__proto__,constructor,1\na,b,c\n", { skipFirstRow: true });
  assertEquals(Object.keys(row!).sort(), ["1", "__proto__", "constructor"]);
  assertEquals(Object.getOwnPropertyDescriptor(row!, "__proto__")?.value, "a");
  assertStrictEquals(Object.getPrototypeOf(row!), Object.prototype);
  const [rest] = parse("1,2\n", { columns: ["a"], restKey: "__proto__" });
  assertEquals(Object.getOwnPropertyDescriptor(rest!, "__proto__")?.value, ["2"]);
  assertEquals(({} as Record<string, unknown>).a, undefined);
});

Deno.test("csv.parse() converts typed columns, by name and by position", () => {
  const text = "n,i,b,f,s,d\n1.5,-7,9007199254740993,TRUE,,2024-02-29\n,,,,x,2000-01-01\n";
  const rows = parse(text, {
    columns: ["n", "i", "b", "f", "s", "d"],
    skipFirstRow: true,
    types: {
      n: "number",
      i: "integer",
      b: "bigint",
      f: "boolean",
      d: (text) => new Date(`${text}T00:00:00Z`),
    },
  });
  assertEquals(rows, [
    { n: 1.5, i: -7, b: 9007199254740993n, f: true, s: "", d: new Date("2024-02-29T00:00:00Z") },
    { n: null, i: null, b: null, f: null, s: "x", d: new Date("2000-01-01T00:00:00Z") },
  ]);
  // The types follow from the options.
  const n: number | null = rows[0]!.n;
  const s: string = rows[0]!.s;
  const d: Date = rows[0]!.d;
  assertEquals([n, s, d.getUTCFullYear()], [1.5, "", 2024]);
  assertEquals(parse("1,x\n", { types: ["integer"] }), [[1, "x"]]);
});

Deno.test("csv.parse() names row, field and cause when a typed column does not fit", () => {
  const cases = [["number", "x"], ["number", "0x10"], ["integer", "1.5"], [
    "integer",
    "9007199254740993",
  ]] as const;
  for (const [type, cell] of [...cases, ["bigint", "1n"], ["boolean", "yes"]] as const) {
    const error = assertThrows(
      () => parse(`a,b\n1,1\n3,${cell}\n`, { skipFirstRow: true, types: { b: type } }),
      CsvError,
      'field 2 ("b")',
    );
    assertEquals([error.row, error.field, error.line], [3, 2, 3], `${type} ${cell}`);
    assertEquals(error.offset, 10 + cell.length);
  }
  const cause = new RangeError("no");
  const error = assertThrows(
    () =>
      parse("1\n", {
        types: [() => {
          throw cause;
        }],
      }),
    CsvError,
  );
  assertStrictEquals(error.cause, cause);
  assertThrows(
    () => parse("a\n1\n", { skipFirstRow: true, types: { z: "number" } }),
    CsvError,
    '"z"',
  );
  assertThrows(() => parse("a\n", { types: { a: "number" } }), TypeError);
});

Deno.test("csv.parse() makes numbers and nulls by the quoting mode", () => {
  const text = '"a",1.5,,""\n';
  assertEquals(parse(text, { quoting: "nonnumeric" }), [["a", 1.5, "", ""]]);
  assertEquals(parse(text, { quoting: "strings" }), [["a", 1.5, null, ""]]);
  assertEquals(parse(text, { quoting: "notnull" }), [["a", "1.5", null, ""]]);
  assertEquals(parse(text, { quoting: "none" }), [['"a"', "1.5", "", '""']]);
  const error = assertThrows(() => parse("1,two\n", { quoting: "nonnumeric" }), CsvError, '"two"');
  assertEquals([error.row, error.field], [1, 2]);
});

Deno.test("csv.parse() refuses a field longer than maxFieldSize at its first character too many", () => {
  assertEquals(parse("abc,def\n", { maxFieldSize: 3 }), [["abc", "def"]]);
  for (const text of ["a,bcde\n", 'a,"bcd\n', "a,b\\cde\n", 'a,"b""cd"\n']) {
    const error = assertThrows(
      () => parse(text, { maxFieldSize: 3, escapeChar: "\\" }),
      CsvError,
      "maxFieldSize = 3",
    );
    assertEquals(error.field, 2, text);
  }
  assertEquals(assertThrows(() => parse("a,bcde\n", { maxFieldSize: 3 }), CsvError).offset, 5);
});

Deno.test("csv.parse() refuses a record of more than maxColumns fields", () => {
  assertEquals(parse(",,\n", { maxColumns: 3 }), [["", "", ""]]);
  assertThrows(() => parse(",,,\n", { maxColumns: 3 }), CsvError, "maxColumns = 3");
  assertThrows(() => parse(`"",${",".repeat(2 ** 21)}\n`), CsvError, "maxColumns");
});

Deno.test("csv.parse() refuses options that contradict themselves", () => {
  assertThrows(() => parse("", { separator: ",," }), RangeError, "delimiter");
  assertThrows(() => parse("", { separator: "\n" }), RangeError, "delimiter");
  assertThrows(() => parse("", { separator: '"' }), RangeError, "must differ");
  assertThrows(() => parse("", { quoteChar: null }), RangeError, "needs a quoteChar");
  assertThrows(() => parse("", { comment: "," }), RangeError, "comment");
  assertThrows(() => parse("", { comment: "//" }), RangeError, "comment");
  assertThrows(() => parse("", { maxFieldSize: 0 }), RangeError, "maxFieldSize");
  assertThrows(() => parse("", { quoting: "some" as "all" }), RangeError, "quoting");
  assertThrows(() => parse("", { dialect: "tsv" as "unix" }), RangeError, "excel-tab");
  assertThrows(() => parse(1 as unknown as string), TypeError, "needed a string");
});

Deno.test("csv.resolveDialect() lets single options win over the dialect", () => {
  const dialect = resolveDialect({ dialect: Dialect.unix, quoteChar: "'", separator: ";" });
  assertEquals({ ...dialect }, { ...Dialect.unix, quoteChar: "'", delimiter: ";" });
  assertStrictEquals(resolveDialect({ dialect: Dialect.unix }), Dialect.unix);
  assertEquals(resolveDialect({ dialect: { delimiter: "|" } }).delimiter, "|");
});

Deno.test("csv.parse() takes linear time over long numbers", () => {
  const digits = "1".repeat(1_000_000);
  for (
    const text of [
      `${digits}x`,
      `${digits}_x`,
      `1.${digits}x`,
      `1e${digits}x`,
      `${"1_".repeat(500_000)}`,
    ]
  ) {
    assertThrows(() => parse(text, { quoting: "nonnumeric" }), CsvError, "needed a number");
    assertThrows(() => parse(text, { types: ["bigint"] }), CsvError, "bigint");
  }
  assertThrows(() => parse(digits, { types: ["bigint"] }), CsvError, "bigint");
});

Deno.test("csv.parse() takes linear time over lines that end with what it looks for", () => {
  // One search of the whole text for each line would take minutes here; the deadline is the test runner's.
  const lines = 300_000;
  assertEquals(parse("a\n".repeat(lines)).length, lines);
  assertEquals(parse("a\r".repeat(lines)).length, lines);
  assertEquals(parse('"a\nb"\n'.repeat(lines)).length, lines);
  assertEquals(parse("a,b\n".repeat(lines), { escapeChar: "\\" }).length, lines);
  assertEquals(parse('"' + "a\n".repeat(lines)).length, 1);
});

Deno.test({
  name: "csv needs no permissions",
  permissions: "none",
  fn() {
    assertEquals(parse("a,b\n", { columns: ["x", "y"] }), [{ x: "a", y: "b" }]);
  },
});

Deno.test("parse() refuses two columns of one name, or renames them, or lets the last stand", () => {
  const text = "a,b,a,a_2,a\n1,2,3,4,5\n";
  const error = assertThrows(() => parse(text, { skipFirstRow: true }), CsvError, 'named "a"');
  assert(error instanceof SyntaxError);
  assertEquals(parse(text, { skipFirstRow: true, duplicateColumns: "last" }), [
    { a: "5", b: "2", a_2: "4" },
  ]);
  const renamed = { a: "1", b: "2", a_3: "3", a_2: "4", a_4: "5" };
  assertEquals(parse(text, { skipFirstRow: true, duplicateColumns: "rename" }), [renamed]);
  assertEquals(
    parse(text, { skipFirstRow: true, duplicateColumns: "rename", types: { a_3: "number" } }),
    [{ ...renamed, a_3: 3 }],
  );
  assertThrows(() => parse("1,2\n", { columns: ["x", "x"] }), CsvError, 'named "x"');
  assertThrows(
    () => parse(text, { skipFirstRow: true, duplicateColumns: "no" as "last" }),
    RangeError,
    "duplicateColumns",
  );
  assertEquals(parse(text).length, 2);
});

Deno.test("parse() gives no more than maxRows records, and does not read on", () => {
  const text = "a,b\n" + "1,2\n".repeat(20_000) + '"';
  assertEquals(parse(text, { maxRows: 2 }), [["a", "b"], ["1", "2"]]);
  assertEquals(parse(text, { maxRows: 1, skipFirstRow: true }), [{ a: "1", b: "2" }]);
  assertEquals(parse(text, { maxRows: 0 }), []);
  assertEquals(parse("a,b", { maxRows: 5 }), [["a", "b"]]);
  assertEquals(parse(text, { maxRows: 30_000 }).length, 20_002);
  for (const maxRows of [-1, 0.5, NaN]) assertThrows(() => parse("a", { maxRows }), RangeError);
});

Deno.test("parse() reads numbers with a decimal comma", () => {
  const options = { delimiter: ";", decimalComma: true, types: ["number", "integer"] } as const;
  const rows = parse("1,5;2\n1.234.567,25;1.000\n-,5;\n 1e3 ;+7\n", options);
  assertEquals(rows, [[1.5, 2], [1234567.25, 1000], [-0.5, null], [1000, 7]]);
  for (const text of ["1.5", "1.23,4", "1,2,3", "1234.567", "x"]) {
    assertThrows(() => parse(`${text};1\n`, options), CsvError);
  }
});

Deno.test("csv.parse(): a field whose column types names has its type, whatever else is in the file", () => {
  const [row] = parse("ship,length,sunk\nEve,41,\n", {
    skipFirstRow: true,
    types: { length: "integer", sunk: "boolean" },
  });
  const length: number | null = row!.length;
  const sunk: boolean | null = row!.sunk;
  const ship: string | number | boolean | null | undefined = row!.ship;
  assertEquals([ship, length, sunk], ["Eve", 41, null]);
  // @ts-expect-error A number is no text.
  const wrong: string = row!.length;
  assertEquals(typeof wrong, "number");
});
