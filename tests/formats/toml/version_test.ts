// Where a text leaves TOML 1.0, among all that may stand before it and look like it.
import { assertEquals, assertThrows } from "@std/assert";
import { parse, TomlError } from "@ferry/std/formats/toml";

/** Whole lines that say nothing new, though each has something in it that does elsewhere. */
const BEFORE = [
  "",
  "# 07:32 \\e { 1, }",
  "k1 = 1",
  '[a."b]\\"]"]',
  "[a.'c]\"]']",
  "[[a.d]]",
  '[[a."e]]"]]',
  '[ a . "f" ] # ]',
  "k2 = 'x\\e'",
  "k3 = '''\n\\e''''",
  "k4 = '''''\\x'''''",
  'k5 = """\n"" \\" \\\\"""',
  'k6 = """ "" \\"""""',
  "k7 = [1,\n 2, # }\n]",
  "k8 = [[1], [[2,],],]",
  "k9 = {}",
  'k10 = { "07:32" = 1, b = { c = [ 1,\n ] } }',
  "k11 = 07:32:00",
  "'07:32' = 1",
  'k12 = ""',
  "k13 = ''",
  'k14.\'[a\'."{"."c, #" = 1',
];

/** What came with 1.1, and how far in it begins. */
const NEWER: [text: string, at: number, what: string][] = [
  ["n = 07:32", 4, "seconds"],
  ["n = 2020-01-01T07:32Z", 4, "seconds"],
  ["n = 2020-01-01 07:32+01:00", 15, "seconds"],
  ["n = [1, 07:32]", 8, "seconds"],
  ["n = { a = 07:32 }", 10, "seconds"],
  ["n = { 'a' = 1, b = 07:32 }", 19, "seconds"],
  ["n = { a = 1, }", 13, "comma"],
  ["n = { a = { b = 1, } }", 19, "comma"],
  ["n = [{ a = 1, }]", 14, "comma"],
  ["n = { a = [1, ], b = 1 ,}", 24, "comma"],
  ["n = {\na = 1 }", 5, "line break"],
  ["n = { a = 1\n}", 11, "line break"],
  ["n = [1, { a = 1,\n b = 2 }]", 16, "line break"],
  ['n = "\\e"', 5, "\\e"],
  ['n = "a\\\\\\x41"', 8, "\\x"],
  ['n = """\n\\e"""', 8, "\\e"],
  ['n = """a"\\e"""', 9, "\\e"],
  ['"\\x41" = 1', 1, "\\x"],
  ["n.'q'.\"\\e\" = 1", 7, "\\e"],
  ['n."[" . "a \\e" = 1', 11, "\\e"],
  ["n = { 'a'.b.\"\\x41\" = 1 }", 13, "\\x"],
];

function headed(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

Deno.test("TOML 1.0: what came with 1.1 is found where it begins, whatever stands before it", () => {
  for (const before of BEFORE) {
    const head = headed(before === "" ? [] : [before]);
    for (const [text, at, what] of NEWER) {
      const source = head + text;
      parse(source);
      const error = assertThrows(() => parse(source, { version: "1.0" }), TomlError, "1.1");
      assertEquals([error.offset, error.message.includes(what)], [head.length + at, true], source);
    }
  }
});

Deno.test("TOML 1.0: what only looks like 1.1 is read, each after each", () => {
  for (const first of BEFORE) {
    for (const second of BEFORE) {
      if (first === second) continue;
      const source = headed([first, second, "last = 1"]);
      assertEquals(parse(source, { version: "1.0" }), parse(source), source);
    }
  }
});

Deno.test("TOML: more than nine digits of a second are cut wherever the time stands, and nothing else is", () => {
  const long = "07:32:00.123456789123456789";
  const short = "07:32:00.123456789";
  for (const before of BEFORE) {
    const head = headed([before, `text = "${long} # ${long}"`]);
    for (
      const text of ["t = @", "t = [1, @, @]", "t = { a = @, b = [@] }", "t = 2020-01-01T@Z\nu = @"]
    ) {
      const given = head + text.replaceAll("@", long);
      assertEquals(parse(given), parse(head + text.replaceAll("@", short)), given);
    }
    // The error behind a cut is told at its own place.
    const source = `${head}t = ${long}\nbad = ?`;
    const error = assertThrows(() => parse(source), TomlError);
    assertEquals(error.offset, source.length - 1, source);
  }
});
