import { edit, parse, stringify, YamlError } from "@ferry/std/formats/yaml";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";
import { fractions, seedFor } from "../../_support/random.ts";
import { YamlGenerator } from "./generator.ts";

type Path = (string | number | boolean | null)[];

/** Text, path, value, and what must come out. */
const CASES: [string, Path, unknown, string][] = [
  // Values in place of others.
  ["a:   1 # one\nb: 0644\nc: 1e400\n", ["a"], 2, "a:   2 # one\nb: 0644\nc: 1e400\n"],
  ["a: 1 # one\n", ["a"], { x: [1] }, "a: # one\n  x:\n    - 1\n"],
  ["a: 1 # one\nb: 2\n", ["a"], "x\ny\n", "a: | # one\n  x\n  y\nb: 2\n"],
  ["a: # c\n  b: 1 # x\n  # d\nc: 2\n", ["a"], 5, "a: 5 # c\n  # x\n  # d\nc: 2\n"],
  ["a:\n- x\n- y\n", ["a"], { k: 1 }, "a:\n  k: 1\n"],
  ["a: x\n  y\nb: 1\n", ["a"], "z", "a: z\nb: 1\n"],
  ["a:\n  x\n  y # c\nb: 1\n", ["a"], "z", "a:\n  z # c\nb: 1\n"],
  ["a: |  # h\n  t\n\n# after\nb: 1\n", ["a"], "one", "a: one # h\n\n# after\nb: 1\n"],
  ["? a\n: 1\n? b\n: 2\n", ["a"], 3, "? a\n: 3\n? b\n: 2\n"],
  ["- - 1\n  - 2\n- 3\n", [0], [5], "- - 5\n- 3\n"],
  // Quotes stay, where they can.
  ["a: 'x'\nb: \"y\"\n", ["a"], "it's", "a: 'it''s'\nb: \"y\"\n"],
  ["a: 'x'\nb: \"y\"\n", ["b"], "z", "a: 'x'\nb: \"z\"\n"],
  // Entries and items added, as the text is laid out.
  ["a:\n- x\n", ["a", 1], { k: [1] }, "a:\n- x\n- k:\n  - 1\n"],
  ["a:\n    b: 1\n", ["c", "d", "e"], 2, "a:\n    b: 1\nc:\n    d:\n        e: 2\n"],
  ["a: # c\n  b: 1 # x\n  # d\nc: 2\n", ["a", "z"], 3, "a: # c\n  b: 1 # x\n  z: 3\n  # d\nc: 2\n"],
  ["a: {}\nb: [ 1 ]\n", ["a", "k"], 1, "a: { k: 1 }\nb: [ 1 ]\n"],
  ["a: [1, 2] # c\n", ["a", -1], "x, y", 'a: [1, 2, "x, y"] # c\n'],
  ["a: [\n  1, # one\n  2 # two\n]\n", ["a", 2], 3, "a: [\n  1, # one\n  2, # two\n  3\n]\n"],
  ["a: [\n  1,\n  2,\n]\n", ["a", 2], 3, "a: [\n  1,\n  2,\n  3,\n]\n"],
  ['{\n  "a": "x"\n}\n', ["b"], "s", '{\n  "a": "x",\n  "b": "s"\n}\n'],
  ["a:\nb: 2\n", ["a", "c"], 1, "a:\n  c: 1\nb: 2\n"],
  ["", ["a", 0], 1, "a:\n  - 1\n"],
  ["# only\n", ["a"], 1, "# only\na: 1\n"],
  ["a: 1", ["b"], 2, "a: 1\nb: 2"],
  ["{ a, b: 1 }\n", ["a"], 2, "{ a: 2, b: 1 }\n"],
  // Entries and items removed; comments stay.
  ["a: 1\n# about b\nb: 2 # two\nc: 3\n", ["b"], undefined, "a: 1\n# about b\n# two\nc: 3\n"],
  ["a: 1\n# about b\nb: 2\nc: 3\n", ["a"], undefined, "# about b\nb: 2\nc: 3\n"],
  ["- a: 1 # one\n  # b\n  b: 2\n", [0, "a"], undefined, "- # one\n  # b\n  b: 2\n"],
  ["- a: 1\n  b: 2\n- c\n", [0, "a"], undefined, "- b: 2\n- c\n"],
  ["a:\n- x\n", ["a", 0], undefined, "a: []\n"],
  ["{a: 1, b: [1, 2]} # c\n", ["b", 0], undefined, "{a: 1, b: [2]} # c\n"],
  ["a: [1, 2, 3]\n", ["a", 2], undefined, "a: [1, 2]\n"],
  ["a: [\n  1, # one\n  2\n]\n", ["a", 0], undefined, "a: [\n  # one\n  2\n]\n"],
  ["a: 1\nb: 2", ["b"], undefined, "a: 1"],
  ["a: 1\n", ["x", "y"], undefined, "a: 1\n"],
  // Anchors stay, aliases lead to them, merged keys are overridden.
  ["a: &x 1 # k\nb: *x\n", ["a"], 2, "a: &x 2 # k\nb: *x\n"],
  ["a: &x {k: 1}\nb: *x\n", ["b", "k"], 2, "a: &x {k: 2}\nb: *x\n"],
  ["a: &x {k: 1}\nb: *x\n", ["b"], 2, "a: &x {k: 1}\nb: 2\n"],
  ["a: &x {k: 1}\nb: {<<: *x}\n", ["b", "k"], 2, "a: &x {k: 1}\nb: {<<: *x, k: 2}\n"],
  ["a: &x\n  k: {z: 1}\nb:\n  <<: *x\n", ["b", "k", "z"], 2, "a: &x\n  k: {z: 2}\nb:\n  <<: *x\n"],
  // Tags go with what they say, and stay where they still fit.
  ["a: !!str 1\n", ["a"], 2, "a: 2\n"],
  ["a: !local x\n", ["a"], "z", "a: !local z\n"],
  ["a: &x !t 1\nb: &y 2\n", ["b"], 3, "a: &x !t 1\nb: &y 3\n"],
  ["a: &x\n  b: 1\n  c: 2\nd: *x\n", ["a", "b"], undefined, "a: &x\n  c: 2\nd: *x\n"],
  [
    "a: 1 # x\nb: |\n  t\nc: {k: [1, 2], l: 3}\n",
    ["c", "k", 1],
    "z",
    "a: 1 # x\nb: |\n  t\nc: {k: [1, z], l: 3}\n",
  ],
  // Keys that are no text.
  ["1: a\ntrue: b\n~: c\n", ["1"], "x", "1: x\ntrue: b\n~: c\n"],
  ["1: a\ntrue: b\n~: c\n", [true], "x", "1: a\ntrue: x\n~: c\n"],
  ["1: a\ntrue: b\n~: c\n", [null], "x", "1: a\ntrue: b\n~: x\n"],
  ["\n\na: 1\n", ["a"], { b: 1 }, "\n\na:\n  b: 1\n"],
  // Line breaks, the byte order mark, and the root.
  ["a: 'x'\r\nb: 1\r\n", ["b"], [1, 2], "a: 'x'\r\nb:\r\n  - 1\r\n  - 2\r\n"],
  ["\ufeffa: 1\n", ["a"], 2, "\ufeffa: 2\n"],
  ["# h\n--- 5\n", [], { a: 1 }, "# h\n---\na: 1\n"],
  ["---\n# h\na: 1\n", [], [1], "---\n# h\n- 1\n"],
];

Deno.test("edit() changes one place and leaves the rest as it is", () => {
  for (const [text, path, value, expected] of CASES) {
    assertEquals(edit(text, path, value), expected, `${JSON.stringify(text)} at ${path}`);
  }
});

Deno.test("edit() names the document of a stream", () => {
  const text = "a: 1\n---\na: 2 # b\n...\n";
  assertEquals(edit(text, ["a"], 3, { document: 1 }), "a: 1\n---\na: 3 # b\n...\n");
  assertThrows(() => edit(text, ["a"], 3), YamlError, "several documents");
  assertThrows(() => edit(text, ["a"], 3, { document: 2 }), RangeError, "the text has 2");
});

Deno.test("edit() refuses paths that do not fit and changes that cannot stand alone", () => {
  for (const path of [["a", "k"], ["b", 5], ["b", "x"], ["b", -2], ["b", 0.5]]) {
    assertThrows(() => edit("a: x\nb: [1]\n", path, 1), TypeError, "does not fit there");
  }
  assertThrows(() => edit("a: 1\n", [], undefined), RangeError);
  assertThrows(() => edit("a: [1\n", ["a"], 1), YamlError);
  assertThrows(() => edit("a: 1\n", ["a"], Symbol()), TypeError, "symbol");
  const circle: unknown[] = [];
  circle.push([circle]);
  assertThrows(() => edit("a: 1\n", ["a"], circle), TypeError, "contains itself");
  const shared = [1];
  assertEquals(
    edit("a: 1\n", ["a"], { b: shared, c: shared }),
    "a:\n  b:\n    - 1\n  c:\n    - 1\n",
  );
  assertThrows(() => edit("b: 1\n", Array(600).fill("b"), 1), TypeError, "does not fit");
  assertThrows(() => edit("", Array(600).fill("b"), 1), RangeError, "deep");
  const error = assertThrows(() => edit("a: &x 1\nb: *x\n", ["a"], undefined), YamlError);
  assert(error.message.includes("an alias elsewhere needs an anchor"), error.message);
  assertEquals(error.code, "EDIT");
});

Deno.test("edit() writes for the readers of its schema", () => {
  const text = "a: 017\n";
  assertEquals(edit(text, ["b"], "yes", { schema: "yaml-1.1" }), 'a: 017\nb: "yes"\n');
  assertEquals(edit(text, ["b"], "yes", { compatible: false }), "a: 017\nb: yes\n");
});

function pathsOf(value: unknown, path: Path = [], found: Path[] = []): Path[] {
  if (path.length > 0) found.push(path);
  if (Array.isArray(value)) value.forEach((item, i) => pathsOf(item, [...path, i], found));
  else if (typeof value === "object" && value !== null) {
    for (const [key, item] of Object.entries(value)) pathsOf(item, [...path, key], found);
  }
  return found;
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce((inner, step) => (inner as Record<string, unknown>)[String(step)], value);
}

Deno.test("edit() of generated documents reads back, and leaves other lines byte for byte", () => {
  const seed = seedFor("yaml edit");
  const random = fractions(seed);
  const generator = new YamlGenerator(random);
  const suite = conformanceCases<{ yaml: string }>("yaml-test-suite")?.map(({ yaml }) => yaml) ??
    [];
  const values = [
    1,
    "x",
    "yes",
    "a: b",
    "l\nm\n",
    " lead",
    "",
    null,
    [1, [2]],
    { k: { z: 1 } },
    [],
  ];
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const rounds = Deno.env.get("FERRY_STRESS") === "1" ? 30_000 : 1500;
  let edited = 0;
  for (let i = 0; i < rounds; i++) {
    const text = generator.next(suite);
    const hint = `FERRY_SEED=${seed}, document ${i}: ${JSON.stringify(text)}`;
    let before: unknown;
    try {
      before = parse(text);
    } catch {
      continue;
    }
    // Keys that were left out may occur more than once.
    const paths = pathsOf(before).filter((path) => !path.includes(""));
    if (paths.length === 0) continue;
    const path = pick(paths);
    const value = random() < 0.3 ? undefined : pick(values);
    let changed: string;
    try {
      changed = edit(text, path, value);
    } catch (error) {
      // An anchor that is needed elsewhere, or a key that is a collection: said, not done wrong.
      assert(error instanceof YamlError || error instanceof TypeError, `${hint}\n${error}`);
      continue;
    }
    edited++;
    const after = parse(changed);
    if (value === undefined) {
      const rest = pathsOf(after).map((path) => JSON.stringify(path));
      if (typeof path.at(-1) === "string") assert(!rest.includes(JSON.stringify(path)), hint);
    } else assertEquals(valueAt(after, path), parse(stringify(value)), `${hint} at ${path}`);
    // Scalars on one line touch one line.
    const old = valueAt(before, path);
    if (typeof old === "number" && typeof value === "number") {
      const lines = text.split("\n");
      const now = changed.split("\n");
      const differ = lines.filter((line, n) => line !== now[n]).length;
      assert(lines.length === now.length && differ <= 1, `${hint} at ${path}`);
    }
  }
  assert(edited > rounds / 8, `${edited} of ${rounds} were edited`);
});
