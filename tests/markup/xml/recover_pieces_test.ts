// Documents that are not well-formed, in pieces: the same as at once, however they are cut.
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  iterparse,
  type IterparseOptions,
  iterparseSync,
  parse,
  serialize,
  XmlParser,
  XmlSyntaxError,
} from "@ferry/std/markup/xml";
import { Random, seedFor } from "../../_support/random.ts";

const FAULTS = [
  "<a><b>x</a>",
  "<a>x & y &lt;<b/>z</a>",
  "<a>x < y<![CDATA[ < ]]> < </a>",
  "<a b=1 c/>",
  "<a b='x<y&' c = 'd>e'/>",
  "<a b='1>x</a>",
  "<a b=1/2 c=/>x</a>",
  "<a><b></c></b></a  >",
  "<a></a x",
  "<a/><b/>",
  "</b>text<a/>text",
  "<p:a p:b='1'/>",
  "<a><!-- -- --><!--x</a>",
  "<a><![CDATA[<x</a>",
  "<a><?xml x?><?p y?></a>",
  "<?xml version='1.0'?><a><1/>&nbsp;</a>",
  "<!DOCTYPE a [<!ENTITY e 'E'><!ENT>]><a>&e;&f;</a>",
  "<!DOCTYPE a PUBLIC \"a>b\" 'c>d' [ <!-- ] --> ]  ><a>x",
  "<!DOCTYPE><a>x",
  "<!DOCTYPE a SYSTEM 'b><a>x</a>",
  "<!DOC<a/>",
  "<a>é日😀<b é='日",
  "<",
  "<a><b/",
];

type Told = [string, string, Record<string, string>];

/** Events, faults and the root of a document in pieces. */
function told(
  pieces: Iterable<string | Uint8Array>,
  options: IterparseOptions<"start" | "end"> = {},
) {
  const faults: string[] = [];
  const events: Told[] = [];
  const reading = iterparseSync(pieces, {
    events: ["start", "end"],
    ...options,
    recover: true,
    onError: (error) => {
      const { message, offset, caret } = error as XmlSyntaxError;
      faults.push(`${message} ${offset} ${caret.split("\n")[1]}`);
    },
  });
  try {
    for (const [event, element] of reading) {
      events.push([event, element.tag, { ...element.attrib }]);
    }
  } catch (error) {
    return { events, faults, root: `${(error as Error).message}` };
  }
  return { events, faults, root: serialize(reading.root!) };
}

function* cuts(text: string, size: number): Generator<string> {
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

Deno.test("iterparse(): recover gives the same root and faults as parse(), and the same in pieces of any size", () => {
  for (const text of FAULTS) {
    const whole = told([text]);
    for (const size of [1, 2, 3, 7]) {
      // The caret shows no more of a line than there is.
      assertEquals(told(cuts(text, size)), whole, `${text} by ${size}`);
    }
    const bytes = new TextEncoder().encode(text);
    assertEquals(told(Array.from(bytes, (byte) => new Uint8Array([byte]))), whole, text);
    const faults: string[] = [];
    let root: string;
    try {
      root = serialize(
        parse(text, { recover: true, onError: ({ message }) => void faults.push(message) }),
      );
    } catch (error) {
      assert(error instanceof XmlSyntaxError);
      assert(whole.root.includes("root element"), `${text}: ${whole.root}`);
      continue;
    }
    assertEquals(whole.root, root, text);
    assertEquals(whole.faults.map((one) => one.replace(/(\)) \d+ .*$/s, "$1")), faults, text);
  }
});

Deno.test("iterparse(): recover of damaged documents, in pieces", () => {
  const random = new Random(seedFor("recover in pieces"));
  const source =
    `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x">]><r xmlns:p="u" p:a='1' b="&lt;é">` +
    `text &amp; &e;<!-- c --><p:x><y z="1"/>tail</p:x><![CDATA[<>&]]><?t d?></r>`;
  const signs = [..."<>&\"'/=!?-[]: ax\n;#", "<!--", "]]>", "<a ", "</r>", "xmlns=''", "<!DOCTYPE"];
  for (let round = 0; round < (Deno.env.get("FERRY_STRESS") ? 20_000 : 600); round++) {
    let text = source;
    for (let i = random.below(4) + 1; i > 0; i--) {
      const at = random.below(text.length);
      text = text.slice(0, at) + random.pick([...signs, ""]) + text.slice(at + random.below(4));
    }
    const whole = told([text]);
    for (const size of [1, 1 + random.below(20)]) {
      assertEquals(told(cuts(text, size)), whole, `${JSON.stringify(text)} by ${size}`);
    }
    try {
      assertEquals(whole.root, serialize(parse(text, { recover: true })), JSON.stringify(text));
    } catch (error) {
      if (!(error instanceof XmlSyntaxError)) throw error;
      assert(whole.root.includes("root element"), JSON.stringify(text));
    }
  }
});

Deno.test("iterparse(): recover with tags keeps no more than the elements that are asked for", async () => {
  let written = 0;
  function* pieces(): Generator<string> {
    yield "<log xmlns:p='u' id='1'>head";
    for (; written < 60_000; written++) yield `<entry n=${written}>a & b<br></entry>tail`;
  }
  const faults: SyntaxError[] = [];
  let count = 0;
  let most = 0;
  const reading = iterparse(pieces(), {
    tag: "entry",
    recover: true,
    onError: (error) => void faults.push(error),
  });
  for await (const [, entry] of reading) {
    assertEquals(entry.get("n"), `${count++}`);
    assertEquals(
      serialize(entry, { withTail: false }),
      `<entry n="${count - 1}">a &amp; b<br/></entry>`,
    );
    assertEquals(entry.getParent()?.get("id"), "1");
    if (count % 100 === 0) most = Math.max(most, reading.root!.length);
  }
  assertEquals(count, 60_000);
  assert(most < 20_000, `${most} entries at once`);
  assertEquals(faults.length, 1000);
});

Deno.test("XmlParser: recover makes a tree of pieces, and needs one", () => {
  const parser = new XmlParser({ recover: true });
  for (const piece of ["<a><b", "><c></b>", "x &", " y"]) parser.feed(piece);
  assertEquals(serialize(parser.close()), "<a><b><c/></b>x &amp; y</a>");
  assertThrows(() => new XmlParser({ recover: true, target: {} }), TypeError, "target");
});

Deno.test("iterparse(): recover holds limits, once and again", () => {
  const reading = (
    text: string,
    options: IterparseOptions,
  ) => [...iterparseSync(cuts(text, 1000), { ...options, recover: true })];
  assertThrows(() => reading("<a><b><c>", { maxDepth: 2 }), XmlSyntaxError, "maxDepth");
  assertThrows(
    () => reading(`<a b='${"x".repeat(90_000)}`, { maxTextBytes: 50_000 }),
    XmlSyntaxError,
    "maxTextBytes",
  );
  assertThrows(
    () => reading(`<a ${"b=1 ".repeat(10)}`, { maxAttributes: 0 }),
    XmlSyntaxError,
    "maxAttributes",
  );
});
