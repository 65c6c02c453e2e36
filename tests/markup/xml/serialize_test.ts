import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Comment,
  E,
  Element,
  ElementTree,
  ProcessingInstruction,
  subElement,
} from "@ferry/std/markup";
import { parse, serialize, serializeBytes, XmlFile } from "@ferry/std/markup/xml";
import { Random, seedFor } from "../../_support/random.ts";

/** What an element means, whatever its prefixes are. */
function meaning(element: Element): unknown {
  return [
    element.tag,
    [...element.attrib].sort(([a], [b]) => a < b ? -1 : 1),
    element.text || undefined,
    [...element].map(meaning),
    element.tail || undefined,
  ];
}

Deno.test("xml.serialize(): what was moved between documents means the same when it is read again", () => {
  const random = new Random(seedFor("xml.serialize"));
  const uris = ["", "u", "v", "w"];
  const rounds = Deno.env.get("FERRY_STRESS") ? 3000 : 200;
  for (let round = 0; round < rounds; round++) {
    const pool: Element[] = [];
    for (let i = 0; i < 12; i++) {
      const nsmap: Record<string, string> = {};
      for (const prefix of ["", "p", "q"]) {
        if (random.below(3) === 0) nsmap[prefix] = random.pick(uris.slice(prefix === "" ? 0 : 1));
      }
      const tag = () => {
        const uri = random.pick(uris);
        return uri === "" ? random.pick(["a", "b"]) : `{${uri}}${random.pick(["a", "b"])}`;
      };
      const element = new Element(tag(), { nsmap });
      for (let j = random.below(3); j > 0; j--) {
        element.set(tag(), random.pick(["", "1", "<&\"'>\n\t\r", "é"]));
      }
      if (random.below(3) === 0) element.text = random.pick(["x", "]]>", "\r\n", "&amp;"]);
      if (random.below(3) === 0) element.tail = random.pick([" ", "😀"]);
      if (i > 0) {
        const parent = random.pick(pool);
        if (random.below(4) === 0) parse(serialize(parent)).append(element.copy());
        parent.insert(random.below(3), element);
      }
      pool.push(element);
    }
    for (let i = 0; i < 6; i++) {
      const [one, two] = [random.pick(pool), random.pick(pool)];
      if (one !== pool[0] && one !== two && ![...two.iterAncestors()].includes(one)) {
        two.append(one);
      }
    }
    const text = serialize(pool[0]!);
    pool[0]!.tail = undefined;
    assertEquals(meaning(parse(text)), meaning(pool[0]!), text);
    assertEquals(serialize(parse(text)), text);
  }
});

Deno.test("xml.serialize(): HTML has void elements, and scripts as they are", () => {
  const page = E.html(
    E.head(E.script("if (a < b) {}")),
    E.body(E.br(), E.p({ title: '<"&>' }, "<&>"), E.div()),
  );
  assertEquals(
    serialize(page, { method: "html", doctype: "<!DOCTYPE html>" }),
    "<!DOCTYPE html>\n<html><head><script>if (a < b) {}</script></head><body><br>" +
      '<p title="<&quot;&amp;>">&lt;&amp;&gt;</p><div></div></body></html>',
  );
});

Deno.test("xml.serialize(): indentation stays out of mixed content", () => {
  const root = parse("<a><b><c/><d><e/>x</d></b><f>t</f></a>");
  assertEquals(
    serialize(root, { prettyPrint: "\t" }),
    "<a>\n\t<b>\n\t\t<c/>\n\t\t<d><e/>x</d>\n\t</b>\n\t<f>t</f>\n</a>\n",
  );
  assertEquals(serialize(root.at(0)!, { withTail: true }), "<b><c/><d><e/>x</d></b>");
  assertEquals(serialize(root, { method: "text" }), "xt");
});

Deno.test("xml.serialize() refuses what would be read as something else", () => {
  for (
    const node of [new Comment("a--b"), new Comment("a-"), new ProcessingInstruction("p", "a?>b")]
  ) {
    assertThrows(() => serialize(E("a", node)), RangeError, "that is written cannot have");
  }
});

Deno.test("xml.serializeBytes(): encodings, and what they have no sign for", () => {
  const root = parse("<a b='é€'>ß😀</a>");
  const decode = (encoding: string, label = encoding) =>
    new TextDecoder(label).decode(serializeBytes(root, { encoding }));
  assertEquals(decode("utf-8"), '<a b="é€">ß😀</a>');
  assertEquals(decode("us-ascii", "utf-8"), '<a b="&#233;&#8364;">&#223;&#128512;</a>');
  assertEquals(
    decode("iso-8859-1"),
    '<?xml version="1.0" encoding="ISO-8859-1"?>\n<a b="é&#8364;">ß&#128512;</a>',
  );
  for (const encoding of ["utf-16", "utf-16le", "utf-16be", "iso-8859-1", "us-ascii"]) {
    const bytes = serializeBytes(root, { encoding });
    const again = parse(
      bytes,
      encoding.length > 6 && encoding.startsWith("utf-16") ? { encoding } : {},
    );
    assertEquals([again.get("b"), again.text], ["é€", "ß😀"], encoding);
  }
  assertThrows(() => serializeBytes(root, { encoding: "koi8-r" }), RangeError, 'received "koi8-r"');
  for (const encoding of ["us-ascii", "iso-8859-1"]) {
    assertThrows(() => serializeBytes(E("€"), { encoding }), RangeError, "cannot write");
  }
});

/** A sink that takes no more than three bytes at once. */
class Slow {
  readonly #bytes: number[] = [];

  write(bytes: Uint8Array): Promise<number> {
    this.#bytes.push(...bytes.subarray(0, 3));
    return Promise.resolve(Math.min(bytes.length, 3));
  }

  get text(): string {
    return new TextDecoder().decode(new Uint8Array(this.#bytes));
  }
}

Deno.test("XmlFile: elements inside one another, prefixes in force, everything ended", async () => {
  const sink = new Slow();
  const xml = new XmlFile(sink, { bufferBytes: 10, doctype: "<!DOCTYPE a>" });
  await xml.write(new Comment("first"));
  await xml.element("{u}a", { nsmap: { p: "u" }, attrib: { x: "<" } });
  {
    await using _ = await xml.element("{u}b", { text: "1 < 2" });
    const moved = new Element("{u}c");
    moved.tail = "tail";
    await xml.write("&", moved, new ProcessingInstruction("pi"));
    await xml.element("left-open");
  }
  await xml.write(subElement(new Element("{v}x"), "{v}y"));
  await xml.close();
  await xml.close();
  const [head, body] = sink.text.split("<!DOCTYPE a>\n");
  assertEquals(head, '<?xml version="1.0" encoding="UTF-8"?>\n');
  const root = parse(body!);
  assertEquals(root.get("x"), "<");
  assertEquals(
    meaning(root),
    meaning(parse(
      "<p:a xmlns:p='u' x='&lt;'><p:b>1 &lt; 2&amp;<p:c/>tail<?pi?><left-open/></p:b><y xmlns='v'/></p:a>",
    )),
  );
  await assertRejects(() => xml.write("x"), TypeError);
  await assertRejects(() => xml.element("x"), TypeError, "closed");
});

Deno.test("XmlFile: one root, texts in it only, more elements than are kept", async () => {
  const sink = new Slow();
  const xml = new XmlFile(sink, { xmlDeclaration: false });
  await assertRejects(() => xml.write("text"), TypeError, "needs an element");
  const root = await xml.element("{u}r", { nsmap: { "": "u" } });
  for (let i = 0; i < 10_000; i++) {
    await using _ = await xml.element("{u}i");
  }
  await root[Symbol.asyncDispose]();
  await assertRejects(() => xml.element("second"), TypeError, "one root");
  await xml.write(new Comment("end"));
  await xml.flush();
  assert(sink.text.endsWith("<i></i></r><!--end-->"), sink.text.slice(-40));
  const read = parse(sink.text);
  assertEquals([read.length, read.at(-1)!.tag], [10_000, "{u}i"]);
  assertEquals(ElementTree.of(read).root, read);
  await assertRejects(() => new XmlFile(sink).close(), TypeError, "needs a root");
});

/** A sink that keeps what is written, and fails from so many bytes on. */
function sinkOf(most = Infinity): { write(bytes: Uint8Array): Promise<number>; text(): string } {
  const parts: Uint8Array[] = [];
  let length = 0;
  let failed = false;
  return {
    write(bytes) {
      if (failed) throw new TypeError("written to again");
      length += bytes.length;
      if (length > most) {
        failed = true;
        return Promise.reject(new Deno.errors.BrokenPipe("The sink is full"));
      }
      parts.push(bytes.slice());
      return Promise.resolve(bytes.length);
    },
    text: () => parts.map((part) => new TextDecoder().decode(part)).join(""),
  };
}

Deno.test("XmlFile tells of an error once: what ends it hides no error of the body", async () => {
  const failing = async (
    work: (xml: XmlFile) => Promise<void>,
    most?: number,
  ): Promise<string> => {
    const sink = sinkOf(most);
    const options = { xmlDeclaration: false, bufferBytes: 0 };
    const error = await assertRejects(async () => {
      await using xml = new XmlFile(sink, options);
      await work(xml);
    }) as Error;
    return `${error.name} ${sink.text()}`;
  };
  assertEquals(await failing((xml) => xml.write("text")), "TypeError ");
  assertEquals(await failing(async (xml) => void await xml.element("a b")), "RangeError ");
  assertEquals(await failing(() => Promise.resolve()), "TypeError ");
  assertEquals(
    await failing(async (xml) => {
      await using _root = await xml.element("root");
      await using _part = await xml.element("part");
      await xml.write("\0");
    }),
    "RangeError <root><part></part></root>",
  );
  assertEquals(
    await failing(async (xml) => {
      await using _root = await xml.element("root");
      await xml.write("longer than the sink");
    }, 10),
    "BrokenPipe <root>",
  );
  // An error that was caught hides no other one.
  assertEquals(
    await failing(async (xml) => {
      await using _root = await xml.element("r");
      await assertRejects(() => xml.write("\0"), RangeError);
    }, 5),
    "BrokenPipe <r>",
  );
});

Deno.test("serialize(): standalone asks for a declaration, and prettyPrint for white space", () => {
  assertEquals(
    serialize(new Element("a"), { standalone: true }),
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<a/>',
  );
  assertEquals(serialize(new Element("a"), { standalone: false, xmlDeclaration: false }), "<a/>");
  assertThrows(() => serialize(new Element("a"), { prettyPrint: "x" }), RangeError, "white space");
});
