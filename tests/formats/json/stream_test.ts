import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  ConcatenatedJsonParseStream,
  JsonError,
  JsonLinesParseStream,
  JsonLinesStringifyStream,
  type JsonParseOptions,
} from "@ferry/std/formats/json";
import { fractions, pick, seedFor } from "../../_support/random.ts";

type Stream = new (options?: JsonParseOptions) => TransformStream<string, unknown>;

async function read(
  type: Stream,
  chunks: string[],
  options: JsonParseOptions = {},
): Promise<unknown> {
  try {
    return await Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new type(options)));
  } catch (error) {
    assertInstanceOf(error, JsonError);
    const { message, line, column, offset } = error;
    return { message, line, column, offset };
  }
}

const LINES = [
  '{"a":[1,2]}\r\n\n  \t\n"é𝄞"\n1\ntrue',
  "\ufeff1\n2\n",
  '[1]\n{"a":\n1}\n',
  "1 2\n",
  '"\\ud834\\udd1e"\n"open\n',
  "\n\n[1,\n",
  "nul\n",
];

const VALUES = [
  '{"a":[1,{"b":"}]\\""}]}[2]"x\\\\""y"1 2\t-3.5e2 null{}true false\n',
  "\ufeff[1] [2]",
  '{"a":1}}',
  "[1,2",
  '"open',
  "1,2",
  "[1}",
  'é "é" \n\r\n ["\\x"]',
  "truefalse",
  '[9007199254740993]1"𝄞"\n\n?',
];

for (
  const [type, texts] of [[JsonLinesParseStream, LINES], [
    ConcatenatedJsonParseStream,
    VALUES,
  ]] as const
) {
  Deno.test(`${type.name} gives the same, or the same error, for every cut`, async () => {
    for (const text of texts) {
      for (
        const options of [{}, { bigint: true }, { objectHook: (o: unknown) => o }, { maxDepth: 1 }]
      ) {
        const expected = await read(type, [text], options);
        for (let cut = 0; cut <= text.length; cut++) {
          const context = `${JSON.stringify(text)} cut at ${cut}`;
          assertEquals(
            await read(type, [text.slice(0, cut), text.slice(cut)], options),
            expected,
            context,
          );
        }
        assertEquals(await read(type, text.split(""), options), expected, JSON.stringify(text));
      }
    }
  });

  Deno.test(`${type.name} gives the same for random text cut at random`, async () => {
    const next = fractions(seedFor(type.name));
    const alphabet = [
      "{",
      "}",
      "[",
      "]",
      '"',
      '"a"',
      ":",
      ",",
      "1",
      "-2.5",
      "true",
      " ",
      "\n",
      "\\",
      "é",
      "𝄞",
    ];
    for (let i = 0; i < 1500; i++) {
      let text = "";
      for (let n = Math.floor(next() * 16); n > 0; n--) {
        text += next() < 0.4
          ? pick(next, ['{"a":[1]}', "[]", "12 ", "null\n", '"\\""'])
          : pick(next, alphabet);
      }
      const chunks: string[] = [];
      for (let at = 0; at < text.length;) {
        chunks.push(text.slice(at, at += 1 + Math.floor(next() * 5)));
      }
      assertEquals(await read(type, chunks), await read(type, [text]), JSON.stringify(chunks));
    }
  });
}

Deno.test("JsonLinesParseStream reads a value for each line and skips blank ones", async () => {
  assertEquals(await read(JsonLinesParseStream, [LINES[0]!]), [{ a: [1, 2] }, "é𝄞", 1, true]);
  assertEquals(await read(JsonLinesParseStream, [LINES[1]!]), [1, 2]);
  assertEquals(await read(JsonLinesParseStream, []), []);
});

Deno.test("JsonLinesParseStream names the line of an error and keeps its snippet in the cause", async () => {
  const stream = ReadableStream.from(['{"a":1}\n\n[1', " x]\n2\n"]).pipeThrough(
    new JsonLinesParseStream(),
  );
  const error = await assertRejects(() => Array.fromAsync(stream), JsonError, "(line 3, column 4)");
  assertInstanceOf(error.cause, JsonError);
  assertEquals(error.cause.caret, "[1 x]\n   ^");
});

Deno.test("ConcatenatedJsonParseStream reads values with nothing between them", async () => {
  assertEquals(await read(ConcatenatedJsonParseStream, [VALUES[0]!]), [
    { a: [1, { b: '}]"' }] },
    [2],
    "x\\",
    "y",
    1,
    2,
    -350,
    null,
    {},
    true,
    false,
  ]);
});

Deno.test("ConcatenatedJsonParseStream places an error in the stream", async () => {
  const text = '{"a":1}\n[2] "é"\n [3 4]';
  for (const chunks of [[text], text.split("")]) {
    const stream = ReadableStream.from(chunks).pipeThrough(new ConcatenatedJsonParseStream());
    const error = await assertRejects(() => Array.fromAsync(stream), JsonError);
    assertEquals([error.line, error.column, error.offset], [3, 5, 20]);
  }
});

Deno.test("JSON streams refuse values longer than maxBytes before they are whole", async () => {
  const endless = (start: string) =>
    new ReadableStream<string>({
      start: (controller) => controller.enqueue(start),
      pull: (controller) => controller.enqueue("x".repeat(1000)),
    });
  for (const type of [JsonLinesParseStream, ConcatenatedJsonParseStream]) {
    const stream = endless('["').pipeThrough(new type({ maxBytes: 100_000 }));
    await assertRejects(() => Array.fromAsync(stream), JsonError, "maxBytes = 100000");
  }
  assertEquals(await read(JsonLinesParseStream, ['"é"\n"éé"\n'], { maxBytes: 4 }), {
    message: "Cannot parse JSON: the text is longer than maxBytes = 4 (line 2, column 1)",
    line: 2,
    column: 1,
    offset: undefined,
  });
});

Deno.test("ConcatenatedJsonParseStream refuses nesting beyond maxDepth while it is read", async () => {
  const endless = new ReadableStream<string>({
    pull: (controller) => controller.enqueue("[".repeat(1000)),
  });
  await assertRejects(
    () => Array.fromAsync(endless.pipeThrough(new ConcatenatedJsonParseStream())),
    JsonError,
    "maxDepth = 10000",
  );
});

Deno.test("JSON streams refuse chunks that are not strings", async () => {
  for (const type of [JsonLinesParseStream, ConcatenatedJsonParseStream]) {
    const bytes = ReadableStream.from([new Uint8Array([49])]) as unknown as ReadableStream<string>;
    await assertRejects(
      () => Array.fromAsync(bytes.pipeThrough(new type())),
      TypeError,
      "TextDecoderStream",
    );
  }
});

Deno.test("JsonLinesStringifyStream writes one line for each value, which JsonLinesParseStream reads", async () => {
  const values = [{ a: "x\ny" }, [1n], null, "é"];
  const lines = await Array.fromAsync(
    ReadableStream.from(values).pipeThrough(new JsonLinesStringifyStream()),
  );
  assertEquals(lines, ['{"a":"x\\ny"}\n', "[1]\n", "null\n", '"é"\n']);
  assertEquals(await read(JsonLinesParseStream, lines), [{ a: "x\ny" }, [1], null, "é"]);
  const nothing = ReadableStream.from([undefined]).pipeThrough(new JsonLinesStringifyStream());
  await assertRejects(() => Array.fromAsync(nothing), TypeError, "JSON form");
});

Deno.test("streams of JSON: maxBytes means the same wherever the text is cut", async () => {
  for (const Stream of [JsonLinesParseStream, ConcatenatedJsonParseStream]) {
    for (
      const text of [
        "\ufeff[]\n",
        "\ufeff[1]\n",
        "[]\n    \n[]\n",
        "[] [1]\n",
        '1\n"ab"',
        '"é"\n',
        "12\r\n",
      ]
    ) {
      const said = new Set<string>();
      for (let at = 0; at <= text.length; at++) {
        const pieces = [text.slice(0, at), text.slice(at)];
        const values = ReadableStream.from(pieces).pipeThrough(new Stream({ maxBytes: 2 }));
        try {
          said.add(JSON.stringify(await Array.fromAsync(values)));
        } catch (error) {
          said.add((error as Error).message);
        }
      }
      assertEquals(
        said.size,
        1,
        `${Stream.name}: ${JSON.stringify(text)}: ${[...said].join(" | ")}`,
      );
    }
  }
});
