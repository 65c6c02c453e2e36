import { assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { FormatError, position } from "@ferry/std/formats/json";

Deno.test("position() counts LF, CRLF and CR as one line end each", () => {
  const source = "a\nb\r\nc\rd";
  const lines = [...source].map((_, offset) => position(source, offset).line);
  assertEquals(lines, [1, 1, 2, 2, 2, 3, 3, 4]);
  assertEquals(position(source, 99), { line: 4, column: 2 });
  assertEquals(position("", 0), { line: 1, column: 1 });
});

Deno.test("FormatError computes line, column and caret from source and offset, and offset from line and column", () => {
  const source = "ab\r\n\tc?\r\nd";
  const byOffset = new FormatError("No", { format: "toml", source, offset: 6 });
  const byLine = new FormatError("No", { format: "toml", source, line: 2, column: 3 });
  for (const error of [byOffset, byLine]) {
    assertEquals([error.line, error.column, error.offset], [2, 3, 6]);
    assertEquals(error.caret, "\tc?\n\t ^");
    assertEquals(error.message, "No (line 2, column 3)");
    assertInstanceOf(error, SyntaxError);
  }
});

Deno.test("FormatError says what is known of a place, and keeps its cause", () => {
  const cause = new TypeError("inner");
  const error = new FormatError("No", { format: "msgpack", byteOffset: 7, cause });
  assertEquals(error.message, "No (byte 7)");
  assertStrictEquals(error.cause, cause);
  assertEquals([error.line, error.column, error.offset, error.caret], Array(4).fill(undefined));
  assertEquals(new FormatError("No", { format: "x", offset: 3 }).message, "No (offset 3)");
  assertEquals(
    new FormatError("No", { format: "x", row: 2, line: 5 }).message,
    "No (row 2, line 5)",
  );
  assertEquals(new FormatError("No", { format: "x" }).message, "No");
  assertEquals("cause" in new FormatError("No", { format: "x" }), false);
});

Deno.test("FormatError cuts a long line to a window around the fault, and never a pair in halves", () => {
  const source = `${"𝄞".repeat(50_000)}?${"y".repeat(100_000)}`;
  for (const offset of [100_000, 99_999, 0, 50, source.length]) {
    const { caret } = new FormatError("No", { format: "x", source, offset });
    const [line, marker] = caret!.split("\n");
    assertEquals(line!.length <= 74, true, `${line!.length}`);
    assertEquals(marker!.length - 1 <= line!.length, true);
    if (offset === 100_000) assertEquals(line!.charAt(marker!.length - 1), "?");
    if (offset % 2 === 0) assertEquals(line!.isWellFormed(), true, line);
  }
});
