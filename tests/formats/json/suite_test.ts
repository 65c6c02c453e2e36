import { assert, assertEquals } from "@std/assert";
import {
  ConcatenatedJsonParseStream,
  FormatError,
  jsonc,
  JsonLinesParseStream,
  parse,
  rawDecode,
} from "@ferry/std/formats/json";
import { conformanceCases } from "../../_support/conformance_data.ts";

interface Case {
  id: string;
  expect: "y" | "n" | "i";
  json?: string;
  json_base64?: string;
}

const cases = conformanceCases<Case>("json-test-suite");

/** The text of a case; a refused one of bytes that are not UTF-8 is refused by the decoder. */
function textOf(test: Case): string {
  if (test.json !== undefined) return test.json;
  const bytes = Uint8Array.from(atob(test.json_base64!), (c) => c.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** The one value of a stream; none or several are as wrong as an error. */
async function single(stream: ReadableStream<unknown>): Promise<unknown> {
  const values = await Array.fromAsync(stream);
  if (values.length !== 1) throw new RangeError(`${values.length} values`);
  return values[0];
}

// A length above the text's asks the parser of our own for its work, see maxDepth.
const READERS: Record<string, (text: string) => unknown> = {
  "parse()": (text) => parse(text),
  "parse() with bigint": (text) => parse(text, { bigint: true, parseInt: Number }),
  "parse() with objectHook": (text) => parse(text, { objectHook: (object) => object }),
  "parse() with objectPairsHook": (text) =>
    parse(text, { objectPairsHook: (pairs) => Object.fromEntries(pairs) }),
  "parse() with parseFloat": (text) => parse(text, { parseFloat: Number }),
  "parse() with maxDepth": (text) => parse(text, { maxDepth: 600 }),
  "rawDecode()": (text) => {
    const { value, end } = rawDecode(text);
    if (/[^ \t\r\n]/.test(text.slice(end))) throw new RangeError("more than one value");
    return value;
  },
  "ConcatenatedJsonParseStream": (text) =>
    single(ReadableStream.from([text]).pipeThrough(new ConcatenatedJsonParseStream())),
  "ConcatenatedJsonParseStream by single characters": (text) =>
    single(ReadableStream.from(text.split("")).pipeThrough(new ConcatenatedJsonParseStream())),
  "JsonLinesParseStream": (text) =>
    single(ReadableStream.from([text]).pipeThrough(new JsonLinesParseStream())),
};

for (const [name, read] of Object.entries(READERS)) {
  Deno.test(`JSONTestSuite: ${name} accepts every y case and refuses every n case`, {
    ignore: cases === undefined,
  }, async () => {
    const wrong: string[] = [];
    let checked = 0;
    for (const test of cases ?? []) {
      // A value over several lines is none of JSON Lines.
      if (
        test.expect === "y" && name === "JsonLinesParseStream" && textOf(test).trim().includes("\n")
      ) {
        continue;
      }
      if (test.expect === "i") continue;
      // A hundred thousand promises say nothing more than one.
      if (name.endsWith("single characters") && (test.json?.length ?? 0) > 10_000) continue;
      let accepted = true;
      try {
        const value = await read(textOf(test));
        if (test.expect === "y") assertEquals(value, JSON.parse(textOf(test)), test.id);
      } catch (error) {
        if (
          !(error instanceof FormatError || error instanceof RangeError ||
            error instanceof TypeError)
        ) {
          throw error;
        }
        accepted = false;
      }
      if (accepted !== (test.expect === "y")) wrong.push(test.id);
      checked++;
    }
    assertEquals(wrong, []);
    assert(checked > 100, `${checked} cases`);
  });
}

Deno.test("JSONTestSuite: parse() reads the i cases as JSON.parse does", {
  ignore: cases === undefined,
}, () => {
  for (const test of cases ?? []) {
    if (test.expect !== "i") continue;
    let text: string;
    try {
      text = textOf(test);
    } catch {
      continue;
    }
    let expected: unknown;
    try {
      expected = JSON.parse(text);
    } catch {
      continue;
    }
    assertEquals(parse(text), expected, test.id);
    assertEquals(parse(text, { objectHook: (object) => object }), expected, test.id);
  }
});

Deno.test("JSONTestSuite: jsonc.parse() differs in comments and trailing commas only", {
  ignore: cases === undefined,
}, () => {
  const wrong: string[] = [];
  for (const test of cases ?? []) {
    if (test.expect === "i" || test.json === undefined) continue;
    let accepted = true;
    try {
      jsonc.parse(test.json);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      accepted = false;
    }
    if (accepted === (test.expect === "y")) continue;
    if (!/\/[/*]|,\s*[\]}]/.test(test.json)) wrong.push(test.id);
  }
  assertEquals(wrong, []);
});
