import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { CsvError, type CsvParseOptions, CsvParseStream, parse } from "@ferry/std/formats/csv";

function column(...fields: string[]): unknown[] {
  const text = fields.map((field) => `x,${field}\n`).join("");
  return parse(text, { types: "infer" }).map((row) => row[1]);
}

async function streamed(chunks: string[], options: CsvParseOptions): Promise<unknown[]> {
  return await Array.fromAsync(
    ReadableStream.from(chunks).pipeThrough(new CsvParseStream(options)),
  );
}

Deno.test('csv.parse() with types: "infer" gives a column the type that all its fields have', () => {
  assertEquals(column("1", "-20", "", "0"), [1, -20, null, 0]);
  assertEquals(column("1", "2.50", "1e3"), [1, 2.5, 1000]);
  assertEquals(column("true", "False", ""), [true, false, null]);
  assertEquals(column("1", "9007199254740993"), [1n, 9007199254740993n]);
  assertEquals(column(" 1", "2 "), [1, 2]);
  assertEquals(column("", ""), ["", ""]);
});

Deno.test('csv.parse() with types: "infer" leaves text where a conversion would lose something', () => {
  for (
    const fields of [
      ["1", "x"],
      ["007", "12"],
      ["+49", "1"],
      ["-0"],
      ["1e400"],
      ["0.12345678901234567890"],
      ["9007199254740993", "0.5"],
      ["true", "1"],
      ["0x10"],
      ["1_000"],
      ["inf", "nan"],
      ["2026-11-27"],
      ["1,5".replace(",", ";")],
    ]
  ) {
    assertEquals(column(...fields), fields);
  }
  assertEquals(column("0.0012345678901234567"), [0.0012345678901234567]);
});

Deno.test('csv.parse() with types: "infer" names columns, skips headers and leaves a rest as text', () => {
  const text = "zip,n,ok\n01234,5,true\n90210,6,false,7,8\n";
  assertEquals(parse(text, { types: "infer", skipFirstRow: true, restKey: "rest" }), [
    { zip: "01234", n: 5, ok: true },
    { zip: "90210", n: 6, ok: false, rest: ["7", "8"] },
  ]);
  assertEquals(parse("1,2\n3,4\n", { types: "infer", columns: ["a", "b"] }), [
    { a: 1, b: 2 },
    { a: 3, b: 4 },
  ]);
  assertEquals(parse('"1",2\n', { types: "infer", quoting: "nonnumeric" }), [[1, 2]]);
});

Deno.test('csv.parse() with types: "infer" reads decimal commas', () => {
  assertEquals(
    parse("a;1.234,5\nb;2\nc;\n", { types: "infer", delimiter: ";", decimalComma: true }),
    [["a", 1234.5], ["b", 2], ["c", null]],
  );
  assertEquals(parse("1.5;2\n", { types: "infer", delimiter: ";", decimalComma: true }), [[
    "1.5",
    2,
  ]]);
});

Deno.test("csv with inferRows judges by the first records and refuses what comes later", async () => {
  const text = "id,name\n1,a\n2,b\nx,c\n";
  const options = { types: "infer", skipFirstRow: true, inferRows: 2 } as const;
  const error = assertThrows(() => parse(text, options), CsvError, "as in the first 2 records");
  assertEquals([error.row, error.field, error.line], [4, 1, 4]);
  for (let cut = 0; cut <= text.length; cut++) {
    const late = await assertRejects(
      () => streamed([text.slice(0, cut), text.slice(cut)], options),
      CsvError,
      "integer",
    );
    assertEquals([late.row, late.field, late.line], [4, 1, 4]);
    assertEquals(
      await streamed([text.slice(0, cut), text.slice(cut)], { ...options, inferRows: 3 }),
      parse(text, { ...options, inferRows: 3 }),
    );
  }
  assertEquals(parse(text, { ...options, inferRows: 3 })[0], { id: "1", name: "a" });
  assertEquals(parse(text, { ...options, inferRows: 9, maxRows: 2 })[1], { id: 2, name: "b" });
});

Deno.test("A stream infers by 1000 records, and holds no more of them back", async () => {
  const rows = Array.from({ length: 1500 }, (_, i) => `${i}\n`);
  const stream = ReadableStream.from([...rows, "end\n"]).pipeThrough(
    new CsvParseStream({ types: "infer" }),
  );
  const seen: unknown[] = [];
  const error = await assertRejects(async () => {
    for await (const [value] of stream) seen.push(value);
  });
  assertInstanceOf(error, CsvError);
  assertEquals(error.row, 1501);
  assertEquals(seen, Array.from({ length: seen.length }, (_, i) => i));
  assertEquals(seen.length >= 1000, true);
});

Deno.test("csv refuses inferRows and types that are none", () => {
  for (const inferRows of [0, -1, 1.5, NaN]) {
    assertThrows(() => parse("1\n", { types: "infer", inferRows }), RangeError, "inferRows");
  }
  assertThrows(() => parse("1\n", { types: "auto" as "infer" }), TypeError, '"auto"');
});

Deno.test("csv.parse() with skipRows passes over lines, whatever is in them", async () => {
  const text = '\ufeffReport "of\r\n\rnot, a, table\na,b\r\n1,2\n';
  assertEquals(parse(text, { skipRows: 3 }), [["a", "b"], ["1", "2"]]);
  assertEquals(parse(text, { skipRows: 3, skipFirstRow: true }), [{ a: "1", b: "2" }]);
  assertEquals(parse(text, { skipRows: 99 }), []);
  for (let cut = 0; cut <= text.length; cut++) {
    const chunks = [text.slice(0, cut), text.slice(cut)];
    assertEquals(await streamed(chunks, { skipRows: 3 }), [["a", "b"], ["1", "2"]]);
  }
  const error = assertThrows(
    () => parse(text, { skipRows: 3, types: ["integer"], skipFirstRow: false }),
    CsvError,
  );
  assertEquals([error.row, error.line], [1, 4]);
  for (const skipRows of [-1, 0.5, Infinity]) {
    assertThrows(() => parse("", { skipRows }), RangeError, "skipRows");
  }
});

Deno.test("csv with maxRows does not judge the records behind", async () => {
  const text = 'a\n1\n2\nx\n"y"z\n';
  for (const types of [["integer"], "infer"] as const) {
    const options: CsvParseOptions = {
      types,
      skipFirstRow: true,
      columns: ["a"],
      maxRows: 2,
      strict: true,
    };
    assertEquals<unknown>(parse(text, options), [{ a: 1 }, { a: 2 }]);
    assertEquals(await streamed([text], options), [{ a: 1 }, { a: 2 }]);
    assertThrows(() => parse(text, { ...options, maxRows: 4 }), CsvError);
    await assertRejects(() => streamed([text], { ...options, maxRows: 4 }), CsvError);
  }
});
