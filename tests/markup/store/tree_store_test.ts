import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ATTR_ROW,
  ATTRS,
  FIRST,
  LAST,
  NameTable,
  NEXT,
  PARENT,
  PREV,
  reserveName,
  TAIL,
  TEXT,
  TreeStore,
} from "@ferry/std/markup/store";

/** The tree below a node as text: `name(text, children)tail`. */
function dump(store: TreeStore, node: number): string {
  const { words, names } = store;
  let inner = store.textAt(node + TEXT) ?? "";
  let prev = 0;
  for (let at = words[node + FIRST]!; at !== 0; at = words[at + NEXT]!) {
    assertEquals([words[at + PARENT], words[at + PREV]], [node, prev]);
    inner += dump(store, at) + (store.textAt(at + TAIL) ?? "");
    prev = at;
  }
  assertEquals(words[node + LAST], prev);
  return node === store.document ? inner : `${names.tag(store.name(node))}(${inner})`;
}

function build(...names: string[]): { store: TreeStore; nodes: number[] } {
  const store = new TreeStore("html", "0123456789");
  const root = store.appendElement(store.document, store.names.intern("root"));
  const nodes = names.map((name) => store.appendElement(root, store.names.intern(name)));
  return { store, nodes: [root, ...nodes] };
}

Deno.test("TreeStore: text goes to the parent before the first child and to the last child's tail after", () => {
  const { store, nodes: [root, a, b] } = build("a", "b");
  store.appendText(a!, "in a");
  store.addTextAt(store.placeBefore(a!), "first");
  store.addTextAt(store.placeBefore(b!), "between");
  store.appendText(root!, "end");
  store.appendText(root!, "ing");
  assertEquals(dump(store, store.document), "root(firsta(in a)betweenb()ending)");
});

Deno.test("TreeStore: a range that continues another extends it, any other joins it as a string", () => {
  const { store, nodes: [root] } = build();
  store.appendRange(root!, 2, 4);
  store.appendRange(root!, 4, 6);
  assertEquals(store.strings.length, 0);
  store.appendRange(root!, 9, 10);
  store.appendText(root!, "!");
  assertEquals(store.textAt(root! + TEXT), "23459!");
  store.setTextAt(root! + TEXT, undefined);
  assertEquals(store.textAt(root! + TEXT), undefined);
  store.setTextAt(root! + TEXT, "");
  assertEquals(store.textAt(root! + TEXT), "");
});

Deno.test("TreeStore: detach takes the tail along, extract leaves it", () => {
  for (const leave of [true, false]) {
    const { store, nodes: [, a, b, c] } = build("a", "b", "c");
    for (const [node, tail] of [[a, "1"], [b, "2"], [c, "3"]] as const) {
      store.setTextAt(node! + TAIL, tail);
    }
    if (leave) store.extract(b!);
    else store.detach(b!);
    assertEquals(dump(store, store.document), leave ? "root(a()12c()3)" : "root(a()1c()3)");
    store.insertBefore(store.words[a! + PARENT]!, b!, a!);
    assertEquals(
      dump(store, store.document),
      leave ? "root(b()a()12c()3)" : "root(b()2a()1c()3)",
    );
  }
});

Deno.test("TreeStore: moveContents moves texts and children behind what is there", () => {
  const { store, nodes: [root, a, b] } = build("a", "b");
  store.appendText(a!, "x");
  store.appendElement(a!, store.names.intern("i"));
  store.appendText(a!, "y");
  store.appendText(b!, "z");
  store.appendElement(b!, store.names.intern("j"));
  store.moveContents(a!, b!);
  assertEquals(dump(store, root!), "root(a()b(zj()xi()y))");
  store.moveContents(b!, a!);
  assertEquals(dump(store, root!), "root(a(zj()xi()y)b())");
});

Deno.test("TreeStore: attributes of several nodes grow in any order", () => {
  const { store, nodes } = build("a", "b", "c");
  const names = Array.from({ length: 20 }, (_, i) => store.names.intern(`n${i}`));
  const want = nodes.map(() => new Map<number, string>());
  let seed = 7;
  for (let step = 0; step < 4000; step++) {
    seed = Math.imul(seed, 1103515245) + 12345 >>> 0;
    const which = (seed >>> 8) % nodes.length;
    const name = names[(seed >>> 16) % names.length]!;
    const node = nodes[which]!;
    const at = store.findAttribute(node, name);
    assertEquals(at !== -1, want[which]!.has(name));
    if (at === -1) store.addAttribute(node, name, `${step}`);
    else if (seed & 0x4000000) store.removeAttribute(node, at);
    else store.setAttributeText(at, `${step}`);
    if (at !== -1 && seed & 0x4000000) want[which]!.delete(name);
    else want[which]!.set(name, `${step}`);
  }
  nodes.forEach((node, which) => {
    const found = new Map<number, string>();
    for (let i = 0; i < store.attributeCount(node); i++) {
      const at = store.words[node + ATTRS]! + i * ATTR_ROW;
      found.set(store.attrs[at]!, store.attributeText(at));
    }
    assertEquals(found, want[which]);
  });
  assert(store.attrEnd < 200_000);
});

Deno.test("TreeStore: bytes are read as ASCII, UTF-8 or with references", () => {
  const bytes = new TextEncoder().encode("plainé€😀a&amp;&#x1F600;&#10;\r\nb\tc");
  const store = new TreeStore("xml", bytes);
  const root = store.appendElement(store.document, store.names.intern("r"));
  store.appendRange(root, 0, 5);
  assertEquals(store.textAt(root + TEXT), "plain");
  assertEquals(store.read(5 << 2 | 1, 14), "é€😀");
  assertEquals(store.read(14 << 2 | 2, bytes.length), "a&😀\n\nb\tc");
  store.addAttribute(root, store.names.intern("x"), "");
  store.attrs[store.words[root + ATTRS]! + 1] = 14 << 2 | 2;
  store.attrs[store.words[root + ATTRS]! + 2] = bytes.length;
  assertEquals(store.attributeText(store.words[root + ATTRS]!), "a&😀\n b c");
});

Deno.test("NameTable: names that differ in the prefix have one expanded number", () => {
  const names = new NameTable();
  const [a, b, c] = [
    names.intern("x", "u", "p"),
    names.intern("x", "u", "q"),
    names.intern("x", "u"),
  ];
  assertEquals(new Set([a, b, c]).size, 3);
  assertEquals([a, b, c].map((id) => names.expanded(id)), [c, c, c]);
  assertEquals([names.tag(a), names.qualified(a), names.qualified(c)], ["{u}x", "p:x", "x"]);
  assertEquals(names.find("never seen"), 0);
});

Deno.test("NameTable: what is not shared is moved between documents by name", () => {
  const [one, two] = [new NameTable(), new NameTable()];
  const long = "n".repeat(1000);
  two.intern(`${long}other`);
  const id = one.intern(long, "u", "p");
  assertEquals(two.tag(two.adopt(id, one)), `{u}${long}`);
  assertEquals(two.find(long, "u", "p"), two.adopt(id, one));
});

Deno.test("reserveName() refuses a number that is taken or not reserved", () => {
  reserveName(1023, "reserved-name-of-the-test");
  assertEquals(new NameTable().find("reserved-name-of-the-test"), 1023);
  assertThrows(() => reserveName(1023, "another"), RangeError, "received 1023");
  assertThrows(() => reserveName(1024, "another"), RangeError, "received 1024");
  assertThrows(() => reserveName(1022, "reserved-name-of-the-test"), RangeError, "already");
});
