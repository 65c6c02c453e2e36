import { parseAllDocuments, parseDocument, YamlDocument, YamlError } from "@ferry/std/formats/yaml";
import { assertEquals, assertThrows } from "@std/assert";

const TEXT = `# head

defaults: &d
  retries: 3
  zones: [ eu, us ] # two
# jobs below
jobs:
  - <<: *d
    name: 'a' # quoted
    big: 9007199254740993

  - name: "b"
`;

Deno.test("parseDocument() writes an unchanged document as it was", () => {
  assertEquals(parseDocument(TEXT).toString(), TEXT);
});

Deno.test("parseDocument() keeps comments, anchors and styles through changes", () => {
  const document = parseDocument(TEXT);
  document.set(["defaults", "retries"], 5);
  document.set(["jobs", 0, "name"], "z");
  document.add(["jobs"], { name: "c" });
  assertEquals(
    document.toString(),
    TEXT.replace("retries: 3", "retries: 5").replace("'a'", "'z'") + "  - name: c\n",
  );
  assertEquals(document.get(["jobs", 0, "retries"]), 5);
  assertEquals(document.toValue(), {
    defaults: { retries: 5, zones: ["eu", "us"] },
    jobs: [
      { retries: 5, zones: ["eu", "us"], name: "z", big: 9007199254740993n },
      { name: "b" },
      { name: "c" },
    ],
  });
});

Deno.test("YamlDocument.get() resolves aliases to anchors outside the node", () => {
  const document = parseDocument("a: &x [1]\nb: { c: *x }\n");
  assertEquals(document.get(["b"]), { c: [1] });
  assertEquals(document.get(["b", "c"]), [1]);
  assertEquals(document.get(["nope"]), undefined);
});

Deno.test("YamlDocument.get() applies the limits the document was read with", () => {
  const document = parseDocument("a: &x [1]\nb: [*x, *x]\nc: 1\nc: 2\n", { maxAliases: 1 });
  assertThrows(() => document.get(["b"]), YamlError, "aliases");
  assertThrows(() => document.toValue(), YamlError);
});

Deno.test("YamlDocument.set() replaces scalars by collections and the root", () => {
  const document = parseDocument("a: 1 # one\n");
  document.set(["a"], { b: [1] });
  document.set(["c", "d"], true);
  assertEquals(document.toValue(), { a: { b: [1] }, c: { d: true } });
  assertThrows(() => document.set(["c", "d", "e"], 1), TypeError, 'Cannot set ["c","d","e"]');
  document.set([], [1]);
  assertEquals(document.toString(), "- 1\n");
});

Deno.test("YamlDocument.set() writes numbers anew, not in the old one's spelling", () => {
  const document = parseDocument("a: 0x10 # hex\nb: 1.50\n");
  document.set(["a"], 17);
  document.set(["b"], 2.25);
  assertEquals(document.toString(), "a: 17 # hex\nb: 2.25\n");
});

Deno.test("YamlDocument.add() and comments() refuse what is not there", () => {
  const document = parseDocument("a: { b: 1 }\n");
  assertThrows(() => document.add(["a"], 1), TypeError, "not a sequence");
  assertThrows(() => document.add(["x"], 1), TypeError, "not a sequence");
  assertThrows(() => document.comments(["x"]), RangeError);
  assertThrows(() => document.setAlias(["c"], ["x"]), RangeError);
});

Deno.test("YamlDocument.delete() says whether there was something", () => {
  const document = parseDocument("a: 1\nb: [1, 2]\n");
  assertEquals([document.delete(["b", 0]), document.delete(["x"]), document.delete(["x", "y"])], [
    true,
    false,
    false,
  ]);
  assertEquals(document.toString(), "a: 1\nb: [2]\n");
  assertEquals(document.delete([]), true);
  assertEquals(document.toValue(), null);
});

Deno.test("parseAllDocuments() reads several, parseDocument() refuses them", () => {
  const documents = parseAllDocuments("a: 1\n---\nb: 2 # c\n");
  assertEquals(documents.map((document) => document.toValue()), [{ a: 1 }, { b: 2 }]);
  assertThrows(() => parseDocument("a\n---\nb\n"), YamlError);
  assertEquals(parseDocument("").toValue(), null);
});

Deno.test("YamlDocument() is made from a value", () => {
  const document = new YamlDocument({ a: [1, { b: null }] });
  document.setComments([], { before: " head" });
  assertEquals(document.toString(), "# head\na:\n  - 1\n  - b: null\n");
});

Deno.test("YamlDocument.toString() gives back a text that was not changed, byte for byte", () => {
  const text = "a:   0644\r\n\r\n\r\nb: [1,2]\r\nc:\r\n- 'x'\r\n";
  const document = parseDocument(text);
  assertEquals(document.toString(), text);
  assertEquals(document.toString({ indent: 2 }), "a: 0644\r\n\r\nb: [1, 2]\r\nc:\r\n- 'x'\r\n");
});

Deno.test("YamlDocument.toString() spells what did not change as it was spelled", () => {
  const lines = [
    "a: 0644",
    "b: 1e400",
    "c: 0.1000000000000000055",
    "d: +5",
    "e: 0xFF",
    "f: TRUE",
    'g: "\\u00e9"',
    `h: ${"long ".repeat(40)}x`,
    "i:",
    "- {k: 1}",
    "j:",
    "  k: ~",
    "l: |",
    "  text",
  ];
  for (const eol of ["\n", "\r\n"]) {
    const document = parseDocument(lines.join(eol) + eol);
    document.set(["z"], { y: [1] });
    const added = ["z:", "  y:", "  - 1"];
    assertEquals(document.toString(), [...lines, ...added].join(eol) + eol);
  }
});

Deno.test("YamlDocument.toString() indents as the text does", () => {
  const document = parseDocument("a:\n    b:\n        - 1\n");
  document.set(["c", "d"], [{ e: 1 }]);
  assertEquals(
    document.toString(),
    "a:\n    b:\n        - 1\nc:\n    d:\n        - e: 1\n",
  );
});

Deno.test("YamlDocument() and set() write and refuse what stringify() does", () => {
  const value = {
    a: " lead\n x\n",
    b: -0,
    c: "\u0007",
    d: new Uint8Array([1]),
    e: new Date(0),
    f: "<<",
  };
  const document = new YamlDocument(value);
  for (const indent of [1, 2, 4, 8]) {
    const back = parseDocument(document.toString({ indent }), { schema: "yaml-1.1" });
    assertEquals(back.toValue(), value);
  }
  const flow = parseDocument("a: [x]\n");
  flow.add(["a"], "p:\nq");
  flow.add(["a"], "?z");
  assertEquals(parseDocument(flow.toString()).toValue(), { a: ["x", "p:\nq", "?z"] });
  for (const wrong of [() => 1, Symbol(), undefined, [() => 1]]) {
    assertThrows(() => new YamlDocument(wrong), TypeError, "Cannot write");
    assertThrows(() => document.set(["a"], wrong), TypeError, "Cannot write");
    assertThrows(() => flow.add(["a"], wrong), TypeError, "Cannot write");
  }
  let deep: unknown = 1;
  for (let i = 0; i < 600; i++) deep = [deep];
  assertThrows(() => new YamlDocument(deep), RangeError);
  assertThrows(() => document.set(["a"], deep), RangeError);
});

Deno.test("YamlDocument finds keys that are no text, and leads through aliases and merges", () => {
  const document = parseDocument(
    "1: one\n~: nil\ntrue: t\nd: &d {r: {x: 1}, s: 2}\nj:\n  <<: *d\nk: *d\n",
  );
  assertEquals(document.get(["1"]), "one");
  assertEquals(document.get([1]), "one");
  assertEquals(document.get(["null"]), "nil");
  assertEquals([document.has([null]), document.has(["true"]), document.has(["2"])], [
    true,
    true,
    false,
  ]);
  assertEquals([document.get(["j", "s"]), document.get(["k", "r", "x"])], [2, 1]);
  document.set(["1"], "eins");
  document.set(["j", "s"], 5);
  document.set(["j", "r", "x"], 7);
  document.set(["k", "s"], 9);
  assertEquals(
    document.toString(),
    "1: eins\n~: nil\ntrue: t\nd: &d {r: {x: 7}, s: 9}\nj:\n  <<: *d\n  s: 5\nk: *d\n",
  );
  assertEquals(document.delete(["j", "r"]), false);
  const plain = parseDocument("d: &d {s: 2}\nj:\n  <<: *d\n", { merge: false });
  assertEquals(plain.has(["j", "s"]), false);
});

Deno.test("YamlDocument.set() makes what is missing, refuses indices that leave a gap", () => {
  const document = parseDocument("a:\nb: [1]\n");
  document.set(["a", "c", 0], 1);
  document.set(["b", 1], 2);
  assertEquals(document.toValue(), { a: { c: [1] }, b: [1, 2] });
  for (const path of [["b", 5], ["b", "x"], ["b", -1]]) {
    assertThrows(() => document.set(path, 1), TypeError, "no such index");
  }
});

Deno.test("YamlDocument.set() keeps anchors, quotes and own tags, and drops tags that no longer fit", () => {
  const document = parseDocument("a: &x 'q' # c\nb: !!int 3\nc: !own t\nd: *x\n");
  document.set(["a"], "r");
  document.set(["b"], "text");
  document.set(["c"], "u");
  assertEquals(document.toString(), "a: &x 'r' # c\nb: text\nc: !own u\nd: *x\n");
  document.set(["a"], [1]);
  assertEquals(document.get(["d"]), [1]);
});

Deno.test("YamlDocument.delete() keeps the comments of what follows", () => {
  for (
    const [text, path, expected] of [
      ["a:\n# about b\nb: 1\n", ["a"], "# about b\nb: 1\n"],
      ["x:\n  a:\n  # about b\n  b: 1\n", ["x", "a"], "x:\n  # about b\n  b: 1\n"],
      ["a:\n  z: 1\n  # z\n# about b\nb: 1\n", ["a"], "# z\n# about b\nb: 1\n"],
      ["- \n# about b\n- b\n", [0], "# about b\n- b\n"],
      ["l:\n  - 1\n  -\n  # tail\nb: 1\n", ["l", 1], "l:\n  - 1\n  # tail\nb: 1\n"],
      ["# about a\na: 1 # one\n# about b\nb: 2\n", ["a"], "# about b\nb: 2\n"],
    ] as [string, (string | number)[], string][]
  ) {
    const document = parseDocument(text);
    assertEquals(document.delete(path), true);
    assertEquals(document.toString(), expected, JSON.stringify(text));
  }
});

Deno.test("YamlDocument.set() at the root, behind the end of a list, and where text becomes a number", () => {
  const root = parseDocument("# head\n&x 'old' # beside\n");
  root.set([], "new");
  assertEquals(root.toString(), "# head\n&x 'new' # beside\n");
  root.set([], 5);
  assertEquals([root.toValue(), root.toString()], [5, "# head\n&x 5 # beside\n"]);

  const list = parseDocument("- 1\n- [2]\n");
  list.set([2], 3);
  list.set([1, 1], "four");
  list.set([3], { a: 5 });
  assertEquals(list.toValue(), [1, [2, "four"], 3, { a: 5 }]);
  for (const path of [[5], [1, 3], [-1], ["0"]]) {
    assertThrows(() => list.set(path, 0), TypeError, undefined, JSON.stringify(path));
  }
  assertEquals(list.toString(), "- 1\n- [2, four]\n- 3\n- a: 5\n");

  const styles = parseDocument("a: 'text'\nb: \"text\"\nc: |\n  text\nd: 5\ne: ~\nf: !own text\n");
  for (const key of ["a", "b", "c", "d", "e", "f"]) styles.set([key], 1);
  assertEquals(styles.toString(), "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\n");
  for (const key of ["a", "d", "e"]) styles.set([key], "x");
  assertEquals(styles.toString(), "a: x\nb: 1\nc: 1\nd: x\ne: x\nf: 1\n");
});

Deno.test("YamlDocument.get() of an alias at the root and below, and set() through what was merged in", () => {
  const document = parseDocument("base: &b { x: { y: 1 } }\nuse:\n  <<: *b\nsame: *b\n");
  assertEquals(document.get(["same"]), { x: { y: 1 } });
  assertEquals(document.get(["same", "x", "y"]), 1);
  assertEquals(document.get([]), document.toValue());
  document.set(["use", "x", "y"], 2);
  assertEquals(document.get(["base", "x", "y"]), 2);
  document.set(["use", "x"], 3);
  assertEquals([document.get(["use", "x"]), document.get(["base", "x"])], [3, { y: 2 }]);
  document.set(["use", "new", "deep"], 4);
  assertEquals(document.get(["use", "new"]), { deep: 4 });
  assertThrows(() => document.set(["use", "x", "z"], 5), TypeError, "scalar on the way");
});
