// Where one more, or one less, makes the difference.
import { assertEquals, assertThrows } from "@std/assert";
import { parse, parseAll, parseDocument, YamlError } from "@ferry/std/formats/yaml";

/** Texts of `depth` nested collections, of every kind, and read by every way into the reader. */
const NESTED: Record<string, (depth: number) => string> = {
  "flow sequences": (n) => `${"[".repeat(n)}1${"]".repeat(n)}`,
  "flow mappings": (n) => `${"{a: ".repeat(n)}1${"}".repeat(n)}`,
  "block mappings": (n) =>
    Array.from({ length: n }, (_, i) => `${" ".repeat(i)}a:\n`).join("") + `${" ".repeat(n)}1\n`,
  "block sequences": (n) => `${"- ".repeat(n)}1\n`,
  "an anchor": (n) => `&x ${"[".repeat(n)}1${"]".repeat(n)}`,
  "a tag": (n) => `!!seq ${"[".repeat(n)}1${"]".repeat(n)}`,
  "a second document": (n) => `1\n---\n${"- ".repeat(n)}1\n`,
};

Deno.test("YAML: maxDepth collections are read, one more is refused, whatever they are", () => {
  for (const [what, text] of Object.entries(NESTED)) {
    for (const depth of [1, 2, 7, 40]) {
      parseAll(text(depth), { maxDepth: depth });
      const error = assertThrows(
        () => parseAll(text(depth + 1), { maxDepth: depth }),
        YamlError,
        `more than ${depth} nested`,
      );
      assertEquals(error.code, "MAX_DEPTH", what);
      if (what === "a second document") continue;
      parse(text(depth), { maxDepth: depth });
      parseDocument(text(depth), { maxDepth: depth });
      assertThrows(() => parse(text(depth + 1), { maxDepth: depth }), YamlError, "nested");
      assertThrows(() => parseDocument(text(depth + 1), { maxDepth: depth }), YamlError, "nested");
    }
  }
});

Deno.test("YAML: what is not printable is found at every place, the first one too", () => {
  for (const text of ["\x01", "\x00a: 1", "a: \x1f", "a: b\x0b", "[\x0c]", "# \x07\na: 1"]) {
    const error = assertThrows(() => parse(text), YamlError, "U+00");
    // deno-lint-ignore no-control-regex
    assertEquals(error.offset, text.search(/[\0-\x08\x0b\x0c\x0e-\x1f]/), JSON.stringify(text));
  }
  for (const text of ["\x7fa: 1", "a: \x80", "a: [\ufffe]", "- |\n x\x9f", "- >\n \uffff"]) {
    assertThrows(() => parse(text), YamlError, "Cannot read the character");
  }
  assertEquals(parse('- "\x7f"\n- \'\x80 \ufffe\'\n- "é\x85"'), ["\x7f", "\x80 \ufffe", "é\x85"]);
});

Deno.test("YAML: a %YAML directive is given once for each document, and belongs to one", () => {
  const each = "%YAML 1.2\n---\na\n...\n%YAML 1.2\n---\nb\n...\n%YAML 1.1\n---\nc\n";
  assertEquals(parseAll(each), ["a", "b", "c"]);
  for (
    const text of [
      "%YAML 1.2\n%YAML 1.2\n---\na\n",
      "%YAML 1.2\n---\na\n...\n%YAML 1.2\n%YAML 1.1\n---\nb\n",
    ]
  ) {
    const error = assertThrows(() => parseAll(text), YamlError, "second %YAML");
    assertEquals(error.offset, text.lastIndexOf("%YAML"), text);
  }
  for (const text of ["%YAML 1.2\n", "%TAG ! x\n...\n", "a\n...\n%YAML 1.2\n"]) {
    const error = assertThrows(() => parseAll(text), YamlError, "without a document");
    assertEquals(error.offset, text.indexOf("%"), text);
  }
});

Deno.test("YAML: ends of documents count once, however many there are", () => {
  assertEquals(parseAll("a\n...\n...\n...\nb\n...\n"), ["a", "b"]);
  assertEquals(parseAll("...\n...\na\n"), ["a"]);
  assertEquals(parseAll("---\n...\n---\n...\n"), [null, null]);
  assertEquals(parse("a\n...\n...\n"), "a");
  assertThrows(() => parse("a\n...\n---\nb\n"), YamlError, "more than one document");
});

Deno.test("YAML: a block scalar that the text's end cuts off has no line break of its own", () => {
  for (const mark of ["|", ">", "|+", ">+"]) {
    assertEquals(parse(`${mark}\n a`), "a", mark);
    assertEquals(parse(`- x\n- k: ${mark}\n   a`), ["x", { k: "a" }], mark);
    assertEquals(parse(`k: ${mark}\n a\n`), { k: "a\n" }, mark);
    assertEquals(parse(`- ${mark}\n a\n- b`), ["a\n", "b"], mark);
  }
  assertEquals(parse("|+\n a\n\n b"), "a\n\nb");
  assertEquals(parse("|+\n a\n "), "a\n", "a last line of spaces is no content");
});
