import { assertEquals } from "@std/assert";
import { type Element, ElementTree } from "@ferry/std/markup";
import {
  c14n,
  type C14nOptions,
  parse,
  serialize,
  type SerializeOptions,
} from "@ferry/std/markup/xml";
import { noLxml, runLxml } from "../lxml.ts";

/** Documents small enough to see what is wrong, each with something of its own. */
const DOCUMENTS = [
  "<a/>",
  "<a></a>",
  "<a>text</a>",
  "<a>\n  <b/>\n  <c>x<d/>y</c>\n</a>",
  '<a b="1" c="&lt;&amp;&quot;&#10;&#9;x">&lt;&gt;&amp;"\'&#13;</a>',
  "<!--before--><?pi data?><a><!--in--><?x?></a><!--after-->",
  '<!DOCTYPE a SYSTEM "a.dtd"><a/>',
  '<?p?><!DOCTYPE a PUBLIC "-//X//Y" "a.dtd" [<!ENTITY e "E"><!ATTLIST a d CDATA "D">]><!--c--><a>&e;</a>',
  '<a xmlns="x:u" xmlns:p="x:v" p:x="1" y="2"><p:b/><c xmlns=""><d xmlns:p="x:w" p:z="3"/></c></a>',
  '<p:a xmlns:p="x:u"><p:b xmlns:p="x:u"/><b xmlns="x:u"/></p:a>',
  '<a xml:lang="de" xml:space="preserve"> <b xml:lang="en"> </b></a>',
  "<a><![CDATA[<b>&amp;]]>x<![CDATA[]]></a>",
  "<a>é€😀<b ü='ß'/></a>",
  "<a>\r\n<b c='x\r\ny\tz'/>\r</a>",
  '<a c="3" b="2" a="1" xmlns:z="x:z" xmlns:y="x:y" z:a="5" y:b="4"/>',
  "<a><b>x</b><b><c/></b></a>",
  "<a><b/><b/><c/><!--1--><!--2--><?t 1?><?u?><?t?></a>",
  '<a xmlns="x:u"><b/><c/><b/></a>',
  "<r>&#x10FFFF;&#xD7FF;&#55;</r>",
  '<e xmlns="x:u" xmlns:n="x:u2" n:t="n:x">n:y<n:f> a </n:f><f n:g="1"/></e>',
  '<z:e xmlns:z="x:z" xmlns="x:u"><a xmlns="x:u"><y:b xmlns:y="x:y" z:c="1" y:c="2"/></a></z:e>',
];

const base64 = (text: string) => new TextEncoder().encode(text).toBase64();

async function compare(
  kind: string,
  ours: (root: Element) => unknown,
  options: Record<string, unknown> = {},
): Promise<void> {
  const documents = DOCUMENTS.filter((text) => {
    // libxml2 writes declarations anew, in its own way.
    if (kind === "tree") return !text.includes(" [<!");
    // ElementTree does not tell two prefixes of one namespace apart, nor writes names without one when it rewrites.
    if (options["rewrite_prefixes"]) {
      return /^<[^>]* xmlns="x:u"/.test(text) && !text.includes('=""');
    }
    return kind !== "c14n2" || !text.startsWith('<p:a xmlns:p="x:u">');
  });
  const jobs = documents.map((text) => ({ kind, source: base64(text), options }));
  const theirs = await runLxml<unknown[]>(new URL("compare.py", import.meta.url), jobs);
  documents.forEach((text, index) => assertEquals(ours(parse(text)), theirs[index], text));
}

const tests: [string, () => Promise<void>][] = [
  [
    "names, attributes, texts, tails and prefixes",
    () =>
      compare("dump", (root) =>
        [...root.iter()].map((node) => [
          node.tag.startsWith("#") ? "#" : node.tag,
          [...node.attrib].sort(([a], [b]) => a < b ? -1 : 1),
          node.text ?? null,
          node.tail ?? null,
          node.tag.startsWith("#") ? null : node.prefix || null,
        ])),
  ],
  [
    "nsmap",
    () =>
      compare(
        "nsmaps",
        (root) =>
          [...root.iter("*")].map((node) =>
            Object.entries(node.nsmap).sort(([a], [b]) => a < b ? -1 : 1)
          ),
      ),
  ],
  [
    "getPath()",
    () => compare("paths", (root) => [...root.iter()].map((node) => node.getPath())),
  ],
];

const serializing: [string, SerializeOptions, Record<string, unknown>][] = [
  ["serialize() of a document", {}, {}],
  ["serialize() of a document, indented", { prettyPrint: true }, { pretty_print: true }],
  ["serialize() as text", { method: "text" }, { method: "text" }],
];
for (const [name, ours, theirs] of serializing) {
  tests.push([
    name,
    () => compare("tree", (root) => serialize(ElementTree.of(root), ours), theirs),
  ]);
}

const canonical: [string, string, C14nOptions, Record<string, unknown>][] = [
  ["c14n() 1.0", "c14n", {}, { with_comments: false }],
  ["c14n() 1.0 with comments", "c14n", { withComments: true }, {}],
  ["c14n() exclusive", "c14n", { version: "exclusive" }, { exclusive: true, with_comments: false }],
  ["c14n() exclusive, prefixes kept", "c14n", {
    version: "exclusive",
    inclusivePrefixes: ["p", "z"],
    withComments: true,
  }, { exclusive: true, inclusive_ns_prefixes: ["p", "z"] }],
  ["c14n() 2.0", "c14n2", { version: "2.0" }, {}],
  ["c14n() 2.0 with comments, stripped", "c14n2", {
    version: "2.0",
    stripText: true,
    withComments: true,
  }, { strip_text: true, with_comments: true }],
  ["c14n() 2.0, prefixes rewritten", "c14n2", { version: "2.0", rewritePrefixes: true }, {
    rewrite_prefixes: true,
  }],
  ["c14n() 2.0, names in values", "c14n2", {
    version: "2.0",
    rewritePrefixes: true,
    qnameAwareTags: ["{x:u}e"],
    qnameAwareAttrs: ["{x:u2}t"],
  }, { rewrite_prefixes: true, qname_aware_tags: ["{x:u}e"], qname_aware_attrs: ["{x:u2}t"] }],
];
for (const [name, kind, ours, theirs] of canonical) {
  tests.push([name, () => compare(kind, (root) => c14n(ElementTree.of(root), ours), theirs)]);
}

for (const [name, fn] of tests) {
  Deno.test({ name: `xml: ${name} as lxml or ElementTree gives it`, ignore: noLxml, fn });
}
