// The fast reader and the conforming one must be one reader to the caller. With a tag of one's own, the fast one is
// never asked.
import { parse, parseAll, YamlError, type YamlParseOptions } from "@ferry/std/formats/yaml";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";
import { fractions as randomOf, seedFor } from "../../_support/random.ts";
import { YamlGenerator } from "./generator.ts";

const cases = conformanceCases<{ id: string; yaml: string }>("yaml-test-suite");

type Outcome = { values: unknown[] } | { error: string };

const CONFORMING: YamlParseOptions = { tags: [{ tag: "!unused-tag", parse: () => undefined }] };

function outcome(text: string, options: YamlParseOptions): Outcome {
  try {
    return { values: parseAll(text, options) };
  } catch (error) {
    assert(error instanceof YamlError, `${JSON.stringify(text)}: ${error}`);
    return { error: error.message };
  }
}

/** Equal, with key order and the sign of zero. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  const others = Object.keys(b);
  return keys.length === others.length &&
    keys.every((key, i) =>
      key === others[i] &&
      same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])
    );
}

function assertSame(text: string, hint: string): void {
  const routed = outcome(text, {});
  const conforming = outcome(text, CONFORMING);
  assert(
    same(routed, conforming),
    `${hint}: readers differ on ${JSON.stringify(text)}\n  ${Deno.inspect(routed)}\n  ${
      Deno.inspect(conforming)
    }`,
  );
}

Deno.test({
  name: "parseAll() gives the same through both readers for all of the yaml-test-suite",
  ignore: cases === undefined,
  fn() {
    for (const { id, yaml } of cases!) assertSame(yaml, id);
  },
});

Deno.test("parseAll() gives the same through both readers for generated documents", () => {
  const seed = seedFor("yaml routing");
  const random = randomOf(seed);
  const generator = new YamlGenerator(random);
  const texts = cases?.map(({ yaml }) => yaml) ?? [];
  for (let i = 0; i < 8000; i++) {
    const text = generator.next(texts);
    assertSame(text, `FERRY_SEED=${seed}, document ${i}`);
  }
});

Deno.test("parseAll() refuses what is not printable, in comments too, whichever reader it takes", () => {
  for (const unit of ["\ud83d", "\u0001", "\u001f", "\ufffe", "\u0090"]) {
    for (const text of [`a: b # ${unit}\n`, `# ${unit}\na: b\n`, `a: ${unit}\n`, `${unit}: b\n`]) {
      assertSame(text, JSON.stringify(unit));
    }
  }
  assertThrows(() => parse("a: b # \ud83d\n"), YamlError, "U+D83D");
});

Deno.test("parse() reads what @std/yaml misreads", () => {
  // Each of these is a known fault of the fast reader.
  assertEquals(parse("- - # empty\n- b\n"), [[null], "b"]);
  assertEquals(parse("a: 014\nb: 0o14\n"), { a: 14, b: 12 });
  assertEquals(parse('a: "x  \n  y"\n'), { a: "x y" });
  assertEquals(parse("a: 1_000\nb: 0b11\n"), { a: "1_000", b: "0b11" });
  assertEquals(parse("~: a\n: b\n"), { "null": "a", "": "b" });
  assertEquals(parse("a: &x\nb: *x\n"), { a: null, b: null });
  assertEquals(parse("a: !!int 3\nb: !local x\n"), { a: 3, b: "x" });
  assertEquals(parse("? [1, 2]\n: x\n"), { "[1,2]": "x" });
  assertEquals(parse("{a: 1, b}"), { a: 1, b: null });
});

Deno.test("parse() reads every cut of a document alike through both readers", () => {
  const text =
    "# c\na: 1\nb:\n  - x: 'q' # d\n    y: [1, {k: v}]\n  -\n  - |\n    t\n\n    u\nc: p q\n  r\nd: >-\n  f\n  g\n";
  for (let end = 0; end <= text.length; end++) assertSame(text.slice(0, end), `cut at ${end}`);
});
