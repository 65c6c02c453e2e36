import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  CsvError,
  type CsvParseOptions,
  CsvParseStream,
  CsvStringifyStream,
  parse,
  stringify,
} from "@ferry/std/formats/csv";
import { fractions, pick, seedFor } from "../../_support/random.ts";

async function streamed(chunks: string[], options: CsvParseOptions): Promise<unknown> {
  try {
    return await Array.fromAsync(
      ReadableStream.from(chunks).pipeThrough(new CsvParseStream(options)),
    );
  } catch (error) {
    assertInstanceOf(error, CsvError);
    const { message, row, field, line, column, offset, byteOffset } = error;
    return { message, row, field, line, column, offset, byteOffset };
  }
}

function whole(text: string, options: CsvParseOptions): unknown {
  try {
    return parse(text, options);
  } catch (error) {
    assertInstanceOf(error, CsvError);
    const { message, row, field, line, column, offset, byteOffset } = error;
    return { message, row, field, line, column, offset, byteOffset };
  }
}

const TEXTS = [
  'a,b\r\n"1\r\n2","x ""y"" z"\r\n\r\n3,4\r\n',
  "a\rb\r\rc",
  '\ufeff"a" x,é\n𝄞,"b\n',
  "# c\na, b\n#d\r\n c,#\n",
  "a\\\nb,c\\\r\nd,\\\\\n\\",
  '"a\\"b",c\n"\\',
  "1,2.5,x\n,\n",
  "a,b\n1\n1,2,3\n",
  '"\ud834\udd1e\r\n𝄞","x"y\n',
];

const OPTIONS: CsvParseOptions[] = [
  {},
  { strict: true },
  { lazyQuotes: true },
  { lazyQuotes: false },
  { escapeChar: "\\" },
  { escapeChar: "\\", strict: true, doubleQuote: false },
  { comment: "#", trimLeadingSpace: true, skipEmptyLines: false },
  { skipFirstRow: true, restKey: "rest", restValue: null },
  { skipFirstRow: true },
  { quoting: "nonnumeric" },
  { quoting: "notnull", skipInitialSpace: true },
  { fieldsPerRecord: 0 },
  { maxFieldSize: 2 },
  { maxColumns: 2 },
  { types: ["integer", (text) => text.length] },
];

Deno.test("CsvParseStream gives what parse() gives, or its error, for every cut in two", async () => {
  for (const text of TEXTS) {
    for (const options of OPTIONS) {
      const expected = whole(text, options);
      for (let cut = 0; cut <= text.length; cut++) {
        assertEquals(
          await streamed([text.slice(0, cut), text.slice(cut)], options),
          expected,
          `${JSON.stringify(text)} cut at ${cut} with ${JSON.stringify(options)}`,
        );
      }
      // One code unit at a time.
      assertEquals(await streamed(text.split(""), options), expected, JSON.stringify(text));
    }
  }
});

Deno.test("CsvParseStream gives what parse() gives for random text cut at random", async () => {
  const next = fractions(seedFor("csv stream"));
  const alphabet = [",", '"', "\n", "\r", "\r\n", "a", "bc", "é", "𝄞", "\\", " ", "1", "#"];
  for (let i = 0; i < 1500; i++) {
    let text = "";
    const length = Math.floor(next() * 30);
    while (text.length < length) text += pick(next, alphabet);
    const options = pick(next, OPTIONS);
    const chunks: string[] = [];
    for (let at = 0; at < text.length;) {
      const size = 1 + Math.floor(next() * 6);
      chunks.push(text.slice(at, at += size));
    }
    assertEquals(
      await streamed(chunks, options),
      whole(text, options),
      `${JSON.stringify(chunks)} with ${JSON.stringify(options)}`,
    );
  }
});

Deno.test("CsvParseStream refuses chunks that are not strings", async () => {
  const bytes = ReadableStream.from([new Uint8Array([97])]) as unknown as ReadableStream<string>;
  await assertRejects(
    () => Array.fromAsync(bytes.pipeThrough(new CsvParseStream())),
    TypeError,
    "TextDecoderStream",
  );
});

Deno.test("CsvStringifyStream writes what stringify() writes, one chunk for each record", async () => {
  const cases = [
    { records: [["a", 1], ["b,", null]], options: {} },
    { records: [{ a: 1, b: 2 }, { a: 3 }], options: {} },
    { records: [{ a: 1, b: 2 }], options: { columns: ["b"], bom: true } },
    { records: [], options: { columns: ["b"] } },
    { records: [["x"]], options: { columns: ["b"], headers: false, dialect: "unix" } },
  ] as const;
  for (const { records, options } of cases) {
    const chunks = await Array.fromAsync(
      ReadableStream.from<readonly unknown[] | object>(records)
        .pipeThrough(new CsvStringifyStream(options)),
    );
    assertEquals(chunks.join(""), stringify(records, options));
  }
});

Deno.test("CsvParseStream ends after maxRows records", async () => {
  for (const maxRows of [0, 1, 3]) {
    const stream = ReadableStream.from(["a\nb", "\nc\n", "d\n", '"']).pipeThrough(
      new CsvParseStream({ maxRows }),
    );
    assertEquals(await Array.fromAsync(stream), [["a"], ["b"], ["c"]].slice(0, maxRows));
  }
});
