import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import { FormatError, JsonError, parse, stringify } from "@ferry/std/formats/json5";
import { read, write } from "@ferry/std/formats";

const TEXT = `// a comment
{
  bare: 'single "quotes"',
  "lines": "one \\
two",
  hex: 0xDECAF, plus: +1, half: .5, whole: 5.,
  none: NaN, most: -Infinity, /* block */
  list: [1, 2,],
}
`;
const VALUE = {
  bare: 'single "quotes"',
  lines: "one two",
  hex: 0xdecaf,
  plus: 1,
  half: 0.5,
  whole: 5,
  none: NaN,
  most: -Infinity,
  list: [1, 2],
};

Deno.test("json5.parse() reads what JSON5 adds to JSON", () => {
  assertEquals(parse(TEXT), VALUE);
  assertEquals(parse(`\ufeff${TEXT}`), VALUE);
  assertEquals(parse(stringify(VALUE)), VALUE);
});

Deno.test("json5.parse() makes an own property of __proto__", () => {
  const value = parse<object>("{ __proto__: { polluted: 1 } }");
  assertEquals(Object.keys(value), ["__proto__"]);
  assertStrictEquals(Object.getPrototypeOf(value), Object.prototype);
});

Deno.test("json5.parse() says where a fault is", () => {
  for (
    const [text, line, column] of [["{\n a: ,}", 2, 5], ["[1 2]", 1, 4], ["\n'a", 2, 3]] as const
  ) {
    const error = assertThrows(() => parse(text), JsonError, "Cannot parse JSON5");
    assertInstanceOf(error, FormatError);
    assertEquals([error.line, error.column], [line, column], text);
  }
  assertThrows(() => parse(1 as unknown as string), TypeError, "received number");
});

Deno.test("json5.stringify() refuses what it would leave out, and takes indent and quote", () => {
  assertThrows(() => stringify({ a: [1n] }), TypeError, "bigint");
  assertThrows(() => stringify(undefined), TypeError, "undefined");
  const loop: unknown[] = [];
  loop.push(loop);
  assertThrows(() => stringify(loop), TypeError);
  assertThrows(() => stringify(1, { indent: 11 }), RangeError, "indent");
  assertEquals(stringify({ a: "x" }, { indent: 1, quote: '"' }), '{\n a: "x",\n}');
});

Deno.test("read() and write() know .json5, and read lock files by their names", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/a.json5`, TEXT);
    assertEquals(await read(`${folder}/a.json5`), VALUE);
    await write(`${folder}/b.json5`, VALUE);
    assertEquals(await read(`${folder}/b.json5`), VALUE);
    await Deno.writeTextFile(`${folder}/Cargo.lock`, "version = 4\n");
    assertEquals(await read(`${folder}/Cargo.lock`), { version: 4 });
    await Deno.writeTextFile(`${folder}/deno.lock`, '{"version": "5"}');
    assertEquals(await read(`${folder}/deno.lock`), { version: "5" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
