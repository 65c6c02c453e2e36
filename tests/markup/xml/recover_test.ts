import { assert, assertEquals, AssertionError, assertThrows } from "@std/assert";
import { parse, serialize, XmlSyntaxError } from "@ferry/std/markup/xml";
import { Random, seedFor } from "../../_support/random.ts";

function recovered(text: string | Uint8Array): string {
  return serialize(parse(text, { recover: true }));
}

Deno.test("xml.parse(): recover makes sense of what is not well-formed", () => {
  const faults: [string, string][] = [
    ["<a><b>x</a>", "<a><b>x</b></a>"],
    ["<a>x & y &lt;</a>", "<a>x &amp; y &lt;</a>"],
    ["<a>x < y</a>", "<a>x &lt; y</a>"],
    ["<a>&nbsp;&#0;&#x41;</a>", "<a>&amp;nbsp;&amp;#0;A</a>"],
    ["<a b=1 c/>", '<a b="1" c=""/>'],
    ["<a b='1' b='2'/>", '<a b="1"/>'],
    ["<a b='1'c=\"2\"/>", '<a b="1" c="2"/>'],
    ["<a b='x<y&'/>", '<a b="x&lt;y&amp;"/>'],
    ["<a b='1>x</a>", '<a b="1">x</a>'],
    ["<a><b></c></b></a>", "<a><b/></a>"],
    ["<a><b><c></b>x</a>", "<a><b><c/></b>x</a>"],
    ["<a><b", "<a><b/></a>"],
    ["<a></a", "<a/>"],
    ["<a/><b/>", "<a/>"],
    ["text<a/>text", "<a/>"],
    ["</b><a/>", "<a/>"],
    ["<a>\x01x\ufffe</a>", "<a>x</a>"],
    ["<p:a p:b='1'/>", '<p_a p_b="1"/>'],
    ["<a xmlns:p='' xmlns='u'><b/></a>", '<a xmlns="u"><b/></a>'],
    ["<a><!-- -- --></a>", "<a><!-- - - --></a>"],
    ["<a><!--x</a>", "<a><!--x</a>--></a>"],
    ["<a><![CDATA[<x</a>", "<a>&lt;x&lt;/a&gt;</a>"],
    ["<a>]]></a>", "<a>]]&gt;</a>"],
    ["<a><?xml x?><?p y?></a>", "<a><?p y?></a>"],
    ["<a><1/></a>", "<a>&lt;1/&gt;</a>"],
    ["<!DOCTYPE a [<!ENTITY e 'E'><!ENT>]><a>&e;&f;</a>", "<a>E&amp;f;</a>"],
    ["<!DOCTYPE><a>x", "<a>x</a>"],
  ];
  for (const [text, expected] of faults) {
    assertEquals(recovered(text), expected, text);
    parse(expected);
  }
  assertEquals(recovered(new Uint8Array([60, 97, 62, 0xff, 60, 47, 97, 62])), "<a>\ufffd</a>");
});

Deno.test("xml.parse(): recover reads what is well-formed as without, and tells of faults only", () => {
  const text = "<a xmlns='u' b='1'>x<!--c--><b/>&lt;</a>";
  const errors: SyntaxError[] = [];
  const onError = (error: SyntaxError) => void errors.push(error);
  assertEquals(serialize(parse(text, { recover: true, onError })), serialize(parse(text)));
  assertEquals(errors, []);
  parse("<é>\n  <b x=1></c>\n</é>", { recover: true, onError });
  assertEquals(
    errors.map((
      error,
    ) => [(error as XmlSyntaxError).line, (error as XmlSyntaxError).column, error.name]),
    [[2, 8, "XmlSyntaxError"], [2, 10, "XmlSyntaxError"], [3, 1, "XmlSyntaxError"]],
  );
  assertEquals((errors[0] as XmlSyntaxError).caret, "  <b x=1></c>\n       ^");
  assertThrows(() => parse("no element", { recover: true }), XmlSyntaxError, "root element");
  assertThrows(
    () => parse("<a><b><c>", { recover: true, maxDepth: 2 }),
    XmlSyntaxError,
    "maxDepth",
  );
});

Deno.test("xml.parse(): what recover makes of damaged documents can be written and read", () => {
  const random = new Random(seedFor("recover"));
  const source =
    `<?xml version="1.0"?><!DOCTYPE r [<!ENTITY e "x">]><r xmlns:p="u" p:a='1' b="&lt;é">` +
    `text &amp; &e;<!-- c --><p:x><y z="1"/>tail</p:x><![CDATA[<>&]]><?t d?></r>`;
  const signs = [..."<>&\"'/=!?-[]: ax\0\n;#", "<!--", "]]>", "<a ", "</r>", "xmlns=''", "\ud800"];
  const rounds = Deno.env.get("FERRY_STRESS") ? 30_000 : 2000;
  for (let round = 0; round < rounds; round++) {
    let text = source;
    for (let i = random.below(4) + 1; i > 0; i--) {
      const at = random.below(text.length);
      text = text.slice(0, at) + random.pick([...signs, ""]) + text.slice(at + random.below(4));
    }
    let written = "";
    try {
      written = recovered(text.toWellFormed());
    } catch (error) {
      assert(error instanceof SyntaxError, `${JSON.stringify(text)}: ${error}`);
      continue;
    }
    try {
      assertEquals(serialize(parse(written)), written, JSON.stringify(text));
    } catch (cause) {
      throw new AssertionError(JSON.stringify({ text, written }), { cause });
    }
  }
});

Deno.test("xml.parse(): recover takes a time that grows with the document", () => {
  const start = performance.now();
  for (
    const text of [
      "<a".repeat(100_000),
      `<a>${"</b>".repeat(100_000)}`,
      `${"<a>".repeat(9000)}${"</b></c>".repeat(50_000)}`,
      `<a ${"b='".repeat(50_001)}`,
      `<a>${"<!--".repeat(50_000)}`,
      `<a>${"&".repeat(300_000)}`,
      `<a>${"<![CDATA[".repeat(50_000)}`,
      `<a>${"<?".repeat(50_000)}`,
      `<!DOCTYPE ${"[".repeat(100_000)}<a/>`,
      `<a ${'" '.repeat(50_000)}>`,
    ]
  ) {
    try {
      parse(text, { recover: true, onError: () => {} });
    } catch (error) {
      assert(error instanceof XmlSyntaxError, String(error));
    }
  }
  assert(performance.now() - start < 60_000);
});
