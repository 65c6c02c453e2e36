import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Comment,
  E,
  Element,
  type ElementFactory,
  elementFactory,
  ElementTree,
  ProcessingInstruction,
  subElement,
} from "@ferry/std/markup";

Deno.test("Element: the same node is the same object, in a document and in the next one", () => {
  const list = E.ul(E.li("one", E.b("bold")), E.li("two"));
  const item = list.at(0)!;
  const bold = item.at(0)!;
  assertStrictEquals(list.find("li"), item);
  const other = new Element("ol");
  // More elements than live in one store, so that the two lists are in different ones.
  for (let i = 0; i < 3000; i++) new Element("filler");
  const late = new Element("late");
  late.append(item);
  assertStrictEquals(late.at(0), item);
  assertStrictEquals(late.find("li/b"), bold);
  assertStrictEquals(bold.getParent(), item);
  other.append(item);
  assertEquals([late.length, list.length, other.length], [0, 1, 1]);
  assertEquals([...other.iterText()], ["one", "bold"]);
});

Deno.test("Element: an element is never put into itself or below itself", () => {
  const a = E.a(E.b(E("c")));
  const c = a.find("b/c")!;
  for (
    const put of [
      () => c.append(a),
      () => a.append(a),
      () => c.insert(0, a),
      () => c.addNext(a),
      () => c.addPrevious(a.at(0)!),
      () => a.at(0)!.replace(c, a),
    ]
  ) assertThrows(put, RangeError, "below itself");
  assertEquals(a.find("b/c"), c);
});

Deno.test("Element: comments and processing instructions have neither children nor attributes", () => {
  for (const node of [new Comment("c"), new ProcessingInstruction("t", "x='1' y=\"2\"")]) {
    assertThrows(() => node.append(new Element("a")), TypeError, "no children");
    assertThrows(() => subElement(node, "a"), TypeError, "no children");
    assertThrows(() => node.set("a", "b"), TypeError, "no attributes");
    assertThrows(() => node.attrib.set("a", "b"), TypeError, "no attributes");
    assertThrows(() => node.tag = "a", TypeError, "to set");
    assertEquals([node.length, node.attrib.size, node.find("*")], [0, 0, undefined]);
  }
  const pi = new ProcessingInstruction("t", "x='1' y=\"2\"");
  assertEquals([pi.get("x"), pi.get("y"), pi.get("z")], ["1", "2", undefined]);
  assertThrows(() => new ProcessingInstruction("XML"), RangeError, '"xml"');
});

Deno.test("Element: names and texts that XML cannot hold are refused, and nothing changes", () => {
  const a = new Element("a", { text: "t" });
  for (const tag of ["", "1", "a b", "p:a", "{u}", "{u}a:b", "<", "a\n"]) {
    assertThrows(() => new Element(tag), RangeError, "A name is");
    assertThrows(() => subElement(a, tag), RangeError, "A name is");
    assertThrows(() => a.tag = tag, RangeError, "A name is");
    assertThrows(() => a.set(tag, "v"), RangeError, "A name is");
  }
  for (const text of ["\0", "\x1f", "\ufffe", "\ud800", "a\udc00"]) {
    assertThrows(() => a.text = text, RangeError, "characters of XML");
    assertThrows(() => a.tail = text, RangeError, "characters of XML");
    assertThrows(() => a.set("b", text), RangeError, "characters of XML");
    assertThrows(() => subElement(a, "b", { attrib: { c: text } }), RangeError);
    assertThrows(() => new Comment(text), RangeError, "characters of XML");
  }
  assertThrows(() => a.text = 1 as unknown as string, TypeError, "received number");
  assertThrows(() => new Element("a", { nsmap: { "p:q": "u" } }), RangeError, "prefix");
  assertThrows(() => new Element("a", { nsmap: { p: "" } }), RangeError, "namespace");
  assertEquals([a.tag, a.text, a.tail, a.length, a.attrib.size], ["a", "t", undefined, 0, 0]);
});

Deno.test("Element.nsmap: prefixes in force, declared or in use", () => {
  const root = new Element("{u}root", { nsmap: { p: "u", "": "d" } });
  assertEquals([root.tag, root.prefix, root.localName, root.namespace], [
    "{u}root",
    "p",
    "root",
    "u",
  ]);
  const inner = subElement(root, "{d}inner", { nsmap: { q: "v" } });
  assertEquals([inner.prefix, inner.nsmap], ["", { q: "v", "": "d", p: "u" }]);
  inner.set("{d}attribute", "1");
  inner.set("{http://www.w3.org/XML/1998/namespace}lang", "de");
  // The default namespace is none for attributes, so that a prefix is made.
  assertEquals(inner.nsmap, { q: "v", ns0: "d", "": "d", p: "u" });
  assertEquals([...inner.attrib.keys()], [
    "{d}attribute",
    "{http://www.w3.org/XML/1998/namespace}lang",
  ]);
  root.remove(inner);
  assertEquals(inner.nsmap, { q: "v", ns0: "d", "": "d" });
  assertEquals(new Element("{w}x").nsmap, { ns0: "w" });
});

Deno.test("Element.attrib is live, in order, and without declarations", () => {
  const a = new Element("a", { nsmap: { p: "u" }, attrib: { one: "1", "{u}two": "2" } });
  const { attrib } = a;
  a.set("three", "3");
  assertEquals([...attrib], [["one", "1"], ["{u}two", "2"], ["three", "3"]]);
  assert(attrib.delete("one"));
  assert(!attrib.delete("one"));
  assertEquals([attrib.get("one"), attrib.has("{u}two"), attrib.size], [undefined, true, 2]);
  const seen: string[] = [];
  attrib.forEach((value, name, map) => seen.push(`${name}=${value}`, `${map === attrib}`));
  assertEquals(seen, ["{u}two=2", "true", "three=3", "true"]);
  assertEquals(attrib.toJSON(), { "{u}two": "2", three: "3" });
  attrib.clear();
  assertEquals([attrib.size, a.nsmap], [0, { p: "u" }]);
  attrib.set("__proto__", "p").set("constructor", "c");
  assertEquals([...attrib.values()], ["p", "c"]);
});

Deno.test("Element.copy() copies the tail, and what is copied does not change with the original", () => {
  const page = E.p({ class: "x" }, "One ", E.b("two"), " three");
  const bold = page.at(0)!;
  const copied = bold.copy();
  bold.text = "2";
  bold.tail = "";
  assertEquals([copied.text, copied.tail, copied.getParent()], ["two", " three", undefined]);
  const whole = page.copy();
  page.set("class", "y");
  assertEquals([whole.get("class"), [...whole.iterText()].join("")], ["x", "One 2"]);
  const comment: Comment = new Comment("c").copy();
  assertEquals([comment.tag, comment.text], ["#comment", "c"]);
});

Deno.test("Element.find(): comparisons that are not", () => {
  const root = E("r", E.a({ x: "1" }, E.b("t")), E.a({ x: "2" }), E.a());
  const texts = (path: string) => root.findAll(path).map((element) => root.index(element));
  assertEquals(texts("a[@x!='1']"), [1]);
  assertEquals(texts("a[b!='t']"), []);
  assertEquals(texts("a[.!='t']"), [1, 2]);
  assertEquals(root.find("a", { namespaces: { "": "u" } }), undefined);
  assertThrows(() => root.find("a[last()+1]"), SyntaxError, "subtracts no number");
  assertThrows(() => root.find("p:a"), SyntaxError, 'the prefix "p"');
});

Deno.test("Element.getPath() and cssPath() lead back", () => {
  const root = E(
    "r",
    E.a(),
    new Comment("c"),
    E.a(E.b(), new ProcessingInstruction("t", "x")),
    E.b(),
  );
  const paths = [...root.iter()].map((node) => node.getPath());
  assertEquals(paths, [
    "/r",
    "/r/a[1]",
    "/r/comment()",
    "/r/a[2]",
    "/r/a[2]/b",
    "/r/a[2]/processing-instruction('t')",
    "/r/b",
  ]);
  assertEquals(root.find("a[2]/b")!.cssPath(), "r > a:nth-child(2) > b");
  const named = new Element("{u}x", { nsmap: { "": "u" } });
  subElement(named, "{u}y");
  subElement(named, "{v}z.z", { nsmap: { p: "v" } });
  assertEquals([...named.iter()].map((node) => node.getPath()), ["/*", "/*/*[1]", "/*/p:z.z"]);
  assertEquals(named.at(1)!.cssPath(), "x > z\\.z");
});

Deno.test("ElementTree: the siblings of a root, and what a path begins with", () => {
  const root = E("root", E("item", "one"));
  const before = new Comment("before");
  before.tail = "lost";
  root.addPrevious(before);
  root.addNext(new ProcessingInstruction("after"));
  assertThrows(() => root.addNext(new Element("x")), TypeError, "siblings of a root");
  const tree = ElementTree.of(root.at(0)!);
  assertStrictEquals(tree.root, root);
  assertEquals([...tree].map((node) => node.tag), ["#comment", "root", "#processing-instruction"]);
  assertEquals([...tree.iter("item")].length, 1);
  assertEquals([before.tail, before.getParent(), before.getRoot()], [undefined, undefined, root]);
  assertEquals([tree.findText("/item"), tree.findText("item")], ["one", "one"]);
  assertEquals(tree.findAll("//item"), [root.at(0)!]);
  assertEquals([...tree.iterFind("none")], []);
  tree.info.encoding = "utf-8";
  assertEquals(tree.info, { encoding: "utf-8" });
  const part = new ElementTree(root.at(0)!);
  assertEquals([...part], [root.at(0)!]);
});

Deno.test("E: numbers, lists, nothing, and tags that are words of JavaScript", () => {
  const element = E.table([1, 2].map((n) => E.tr(E.td(n), undefined, E["x-y"]!())), "end");
  assertEquals([...element.iterText()], ["1", "2", "end"]);
  assertEquals(element.find("tr/x-y")!.tag, "x-y");
  assertEquals(E("var", "x").tag, "var");
  const M = elementFactory({ namespace: "u", nsmap: { m: "u" } });
  assertEquals(M.math!(M("{v}mi")).nsmap, { m: "u" });
});

Deno.test("elementFactory(): a factory can be awaited and written as JSON", async () => {
  const made: ElementFactory = await elementFactory();
  assertStrictEquals(await Promise.resolve(E), E);
  assertEquals(made.p("x").tag, "p");
  assertEquals(made("then", made("toJSON")).at(0)?.tag, "toJSON");
  assertEquals(JSON.stringify({ made }), "{}");
});

Deno.test("Element: a chain built from the inside out, and one of 100,000 levels", () => {
  let chain = new Element("leaf");
  for (let i = 0; i < 5000; i++) {
    const outer = new Element("n");
    outer.append(chain);
    chain = outer;
  }
  assertEquals([...chain.iter("leaf")].length, 1);
  let at = chain.find(".//leaf")!;
  for (let i = 0; i < 100_000; i++) at = subElement(at, "n");
  at.text = "deep";
  assertEquals([...chain.iterText()], ["deep"]);
  assertEquals([...chain.copy().iterText()], ["deep"]);
  assertEquals(at.getPath().length, 2 * 5000 + 5 + 2 * 100_000);
});
