import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { type Element, ElementTree } from "@ferry/std/markup";
import {
  iterparse,
  iterparseSync,
  parse,
  parseRecords,
  serialize,
  type XmlEvent,
  XmlParser,
  XmlParseStream,
  XmlSyntaxError,
} from "@ferry/std/markup/xml";
import { Random, seedFor } from "../../_support/random.ts";
import { conformanceCases } from "../../_support/conformance_data.ts";

/** The events of a document that comes in pieces, and how it ended. */
function eventsOf(pieces: Iterable<Uint8Array | string>): unknown[] {
  const events: unknown[] = [];
  const note = (...event: unknown[]) => void events.push(event);
  const parser = new XmlParser({
    target: {
      start: (...parts) => note("start", ...parts),
      end: (tag) => note("end", tag),
      data: (text) => note("data", text),
      comment: (text) => note("comment", text),
      pi: (...parts) => note("pi", ...parts),
      doctype: (doctype) => note("doctype", doctype),
      close: () => note("close"),
    },
  });
  try {
    for (const piece of pieces) parser.feed(piece);
    parser.close();
  } catch (error) {
    assert(error instanceof SyntaxError, String(error));
    note(error.message, (error as XmlSyntaxError).offset);
  }
  return events;
}

/** The events that a tree stands for. */
function eventsOfTree(root: Element): unknown[] {
  const events: unknown[] = [];
  const walk = (node: Element): void => {
    if (node.tag === "#comment") events.push(["comment", node.text]);
    else if (node.tag.startsWith("#")) events.push(["pi", (node as never)["target"], node.text]);
    else {
      events.push(["start", node.tag, Object.fromEntries(node.attrib)]);
      if (node.text !== undefined) events.push(["data", node.text]);
      for (const child of node) walk(child);
      events.push(["end", node.tag]);
    }
    if (node.tail !== undefined) events.push(["data", node.tail]);
  };
  for (const node of ElementTree.of(root)) walk(node);
  return events;
}

function* cut(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.slice(at, at + size);
}

const SMALL = `<?xml version="1.0" encoding="utf-8"?>
<!-- a -->
<!DOCTYPE r PUBLIC "-//x" "y" [ <!-- ]> --> <?p ]> ?>
  <!ENTITY e "<b x='1'>é&amp;</b>"> <!ATTLIST r d CDATA "]>"> ]>
<r xmlns="u" xmlns:p='v' p:a = "&lt;>" b='"€"'>te&#x78;t]] > &e; <![CDATA[<&>]]]]>😀<![CDATA[]]>
<p:c /><c
>\r\n</c ><!----><?t?><?t  x?></r>
<!--end--> <?end?>
`;

const FAULTS = [
  "",
  "<",
  "<a",
  "<a b",
  "<a b='",
  "<a><b></a></b>",
  "<a>&#x;</a>",
  "<a>&e;</a>",
  "<a>x ]]> y</a>",
  "<a><!-- -- --></a>",
  "<a><![CDAT[x]]></a>",
  "<a b='1' b='2'/>",
  "<a/>x",
  "<a/><b/>",
  "<a>\n\n<b x=y></a>",
  "<!DOCTYPE a [<!ENTITY>]><a/>",
  "<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</a>",
  "<?xml version='1.0'?",
  " <?xml version='1.0'?><a/>",
  "<a>\u0001</a>",
  "<a>é\n€ <é ü='1' =''/></a>",
  "<a>text",
];

Deno.test("XmlParser gives the same events, or the same error, wherever a document is cut", () => {
  for (const text of [SMALL, ...FAULTS]) {
    const bytes = new TextEncoder().encode(text);
    const whole = eventsOf([bytes]);
    assertEquals(eventsOf([text]), whole, text);
    assertEquals(eventsOf(text), whole, text);
    for (let at = 0; at <= bytes.length; at++) {
      assertEquals(eventsOf([bytes.slice(0, at), bytes.slice(at)]), whole, `${text} at ${at}`);
    }
    for (const size of [1, 2, 3, 7]) assertEquals(eventsOf(cut(bytes, size)), whole, text);
  }
});

Deno.test("XmlParser gives the same events, or the same error, for damaged documents cut anywhere", () => {
  const random = new Random(seedFor("XmlParser"));
  const signs = [
    ..."<>&\"'/=!?-[]: x\n;",
    "<!--",
    "-->",
    "]]>",
    "<![CDATA[",
    "</r>",
    "&e;",
    "\r\n",
    "",
  ];
  const rounds = Deno.env.get("FERRY_STRESS") ? 30_000 : 1500;
  for (let round = 0; round < rounds; round++) {
    let text = SMALL;
    for (let i = random.below(3) + 1; i > 0; i--) {
      const at = random.below(text.length);
      text = text.slice(0, at) + random.pick(signs) + text.slice(at + random.below(3));
    }
    const bytes = new TextEncoder().encode(text);
    const size = 1 + random.below(random.pick([2, 20, 200]));
    assertEquals(eventsOf(cut(bytes, size)), eventsOf([bytes]), JSON.stringify({ text, size }));
  }
});

const cases = conformanceCases<{ id: string; xml_base64: string; type: string }>("w3c-xmlconf");

Deno.test({
  name: "XmlParser reads the documents of the suite byte by byte as in one piece",
  ignore: cases === undefined,
  fn: () => {
    for (const { id, xml_base64, type } of cases!) {
      const bytes = Uint8Array.fromBase64(xml_base64);
      const whole = eventsOf([bytes]);
      assertEquals(eventsOf(cut(bytes, 1)), whole, id);
      const last = (whole.at(-1) as unknown[])[0];
      assertEquals(last === "close", type !== "not-wf", id);
    }
  },
});

/** A document of many windows: texts, comments and tags of all sizes. */
function big(): string {
  const items: string[] = [];
  for (let i = 0; i < 4000; i++) {
    const text = "é€x".repeat(i % 97);
    items.push(
      `<item id="${i}" kind='k${
        i % 3
      }'>${text}<![CDATA[<${i}>]]>${text}<sub>s${i}</sub><!--${text}--></item>${
        i % 5 === 0 ? "tail" : "\n"
      }`,
    );
  }
  return `<all xmlns:p="u" p:x="1">${items.join("")}</all><!--end-->`;
}

Deno.test("XmlParser: events over many windows are those of the tree", () => {
  const text = big();
  const bytes = new TextEncoder().encode(text);
  const tree = eventsOfTree(parse(text));
  for (const size of [997, 65_536, bytes.length]) {
    const events = eventsOf(cut(bytes, size)) as unknown[][];
    assertEquals(events.pop(), ["close"]);
    assertEquals(events.map((event) => event[0] === "start" ? event.slice(0, 3) : event), tree);
  }
});

Deno.test("XmlParser without a target gives the tree that parse() gives", () => {
  for (const text of [SMALL, big()]) {
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 1000, bytes.length]) {
      if (size === 1 && bytes.length > 100_000) continue;
      const parser = new XmlParser();
      for (const piece of cut(bytes, size)) parser.feed(piece);
      const root = parser.close();
      assertEquals(serialize(ElementTree.of(root)), serialize(ElementTree.of(parse(bytes))));
      assertEquals(ElementTree.of(root).info.doctype, ElementTree.of(parse(bytes)).info.doctype);
      assertThrows(() => parser.feed("x"), TypeError, "closed");
    }
  }
});

Deno.test("iterparse() with a tag gives each element whole, and keeps those that are kept", async () => {
  const text = big();
  const whole = parse(text).findAll("item");
  const kept: Element[] = [];
  let index = 0;
  const bytes = new TextEncoder().encode(text);
  for await (const [event, item] of iterparse(cut(bytes, 4096), { tag: "item" })) {
    assertEquals(event, "end");
    // The tail comes later than the element.
    assertEquals(serialize(item), serialize(whole[index++]!));
    assertEquals(item.getParent()!.get("{u}x"), "1");
    if (index % 100 === 0) kept.push(item);
  }
  assertEquals(index, whole.length);
  kept.forEach((item, i) => assertEquals(serialize(item), serialize(whole[i * 100 + 99]!)));
});

Deno.test("iterparse() without a tag builds the tree, the same element at start and end", () => {
  const text = big();
  const open: Element[] = [];
  let root: Element | undefined;
  let comments = 0;
  for (const [event, element] of iterparseSync(text, { events: ["start", "end", "comment"] })) {
    if (event === "start") open.push(element);
    else if (event === "end") assertStrictEquals(open.pop(), root = element);
    else comments++;
  }
  assertEquals(serialize(root!), serialize(parse(text)));
  assertEquals(comments, 4001);
});

Deno.test("iterparse(): elements that were cleared and removed do not confuse it", () => {
  let count = 0;
  for (const [, element] of iterparseSync(big())) {
    count++;
    if (element.tag !== "item") continue;
    element.clear();
    element.getParent()!.remove(element);
  }
  assertEquals(count, 8001);
});

Deno.test("iterparse(): nested elements of the tag, several tags, namespaces", async () => {
  const text = "<r xmlns='u'><a n='1'><b/><a n='2'>x</a></a><c xmlns=''/></r>";
  const seen: string[] = [];
  const options = { tag: ["{u}a", "c"], events: ["start", "end"] } as const;
  for await (const [event, element] of iterparse([text], options)) {
    seen.push(`${event} ${element.tag} ${element.get("n")} ${element.length}`);
  }
  assertEquals(seen.filter((line) => line.startsWith("end")), [
    "end {u}a 2 0",
    "end {u}a 1 2",
    "end c undefined 0",
  ]);
  assertThrows(
    () => iterparseSync("<a/>", { events: ["stop" as "end"] }).next(),
    TypeError,
    'received "stop"',
  );
});

Deno.test("iterparse() reads files and streams, and fails where the document does", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, big());
  const url = new URL(`file://${path}`);
  assertEquals((await Array.fromAsync(parseRecords(url, "sub"))).length, 4000);
  const file = await Deno.open(path);
  assertEquals((await Array.fromAsync(iterparse(file.readable, { tag: "sub" }))).length, 4000);
  await Deno.remove(path);
  let seen = 0;
  const error = await assertRejects(async () => {
    for await (const _ of iterparse(["<a>\n<b/><b/>", "<c></a>"], { tag: "b" })) seen++;
  }, XmlSyntaxError);
  assertEquals([seen, error.line, error.column], [2, 2, 12]);
  // Leaving early ends the reading of the file.
  const left = await Deno.open(new URL(import.meta.url));
  await assertRejects(() => Array.fromAsync(iterparse(left.readable)), XmlSyntaxError);
});

Deno.test("XmlParseStream gives all there is in a document", async () => {
  const events = await Array.fromAsync(
    ReadableStream.from([
      "<?xml version='1.0' standalone='no'?><!DOCTYPE a><?p q?>",
      "<p:a xmlns:p='u' b='1' p:c='2'/>",
    ])
      .pipeThrough(new XmlParseStream()),
  );
  const expected: XmlEvent[] = [
    { type: "declaration", version: "1.0", encoding: undefined, standalone: false },
    { type: "doctype", name: "a" },
    { type: "pi", target: "p", text: "q" },
    {
      type: "start",
      tag: "{u}a",
      prefix: "p",
      attributes: { b: "1", "{u}c": "2" },
      nsmap: { p: "u" },
    },
    { type: "end", tag: "{u}a" },
  ];
  assertEquals(events, expected);
});

Deno.test("XmlParser: the encoding is found wherever its declaration is cut", () => {
  const latin = Uint8Array.from(
    "<?xml version='1.0' encoding='iso-8859-1'?><a>\xe9</a>",
    (sign) => sign.charCodeAt(0),
  );
  const text = "\ufeff<a>é€😀</a>";
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i));
  const utf16 = new Uint8Array(view.buffer);
  for (const bytes of [latin, utf16]) {
    for (let at = 0; at <= bytes.length; at++) {
      const parser = new XmlParser();
      parser.feed(bytes.slice(0, at));
      parser.feed(bytes.slice(at));
      assertEquals(parser.close().text, parse(bytes).text);
    }
  }
});

Deno.test("XmlParseStream: an attribute or a prefix may be called as anything is", async () => {
  const text = `<a __proto__="1" constructor="2" xmlns:__proto__="u"/>`;
  const events = await Array.fromAsync(
    ReadableStream.from([text]).pipeThrough(new XmlParseStream()),
  );
  const start = events[0] as XmlEvent & { type: "start" };
  assertEquals(Object.entries(start.attributes), [["__proto__", "1"], ["constructor", "2"]]);
  assertEquals(Object.entries(start.nsmap), [["__proto__", "u"]]);
  assertEquals(Object.getPrototypeOf(start.attributes), Object.prototype);
});
