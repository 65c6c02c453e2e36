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
  assertEquals(document.get(["jobs", 0, "retries"]), undefined);
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
  assertEquals(document.toString(), "a: 1\nb: [ 2 ]\n");
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
