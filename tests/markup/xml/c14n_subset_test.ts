// Canonical XML of document subsets: the recommendation's example, rules one by one, and libxml2 over made documents.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { ElementTree } from "@ferry/std/markup";
import { c14n, type C14nOptions, parse } from "@ferry/std/markup/xml";
import { XPath } from "@ferry/std/markup/xpath";
import { XmlC14NMode, XmlDocument } from "npm:libxml2-wasm@0.7.2";
import { Random, seedFor } from "../../_support/random.ts";

const ALL = "(//. | //@* | //namespace::*)";

function subset(text: string, expression: string, options: C14nOptions = {}): string {
  const root = parse(text);
  const tree = ElementTree.of(root);
  const namespaces = { ietf: "http://www.ietf.org" };
  return c14n(tree, { ...options, subset: new XPath(expression, { namespaces }).nodeSet(tree) });
}

Deno.test("c14n(): the example of document subsets in Canonical XML 1.0, section 3.7", () => {
  const text = `<!DOCTYPE doc [
<!ATTLIST e2 xml:space (default|preserve) 'preserve'>
<!ATTLIST e3 id ID #IMPLIED>
]>
<doc xmlns="http://www.ietf.org" xmlns:w3c="http://www.w3.org">
   <e1>
      <e2 xmlns="">
         <e3 id="E3"/>
      </e2>
   </e1>
</doc>`;
  // The identifier is looked for by name, as document types say nothing of identifiers here.
  const expression = `${ALL}[self::ietf:e1 or (parent::ietf:e1 and not(self::text() or self::e2)) or
    count(//e3[@id="E3"] | ancestor-or-self::node()) = count(ancestor-or-self::node())]`;
  assertEquals(
    subset(text, expression),
    '<e1 xmlns="http://www.ietf.org" xmlns:w3c="http://www.w3.org"><e3 xmlns="" id="E3" xml:space="preserve"></e3></e1>',
  );
});

Deno.test("c14n(): what is not in a subset is left out, part by part", () => {
  const cases: [string, string, C14nOptions, string][] = [
    ["<a><b>1</b>2<c/>3</a>", "[not(self::b)]", {}, "<a>12<c></c>3</a>"],
    ["<a><b>1</b>2<c/>3</a>", "[not(ancestor-or-self::b)]", {}, "<a>2<c></c>3</a>"],
    ["<a>1<b>2</b></a>", "[not(self::text())]", {}, "<a><b></b></a>"],
    ["<a x='1' y='2'/>", "[not(name() = 'x')]", {}, '<a y="2"></a>'],
    ["<a><!--1--><?p 2?></a>", "[not(self::processing-instruction())]", {}, "<a></a>"],
    ["<a><!--1--><?p 2?></a>", "", { withComments: true }, "<a><!--1--><?p 2?></a>"],
    ["<?p?><a/><!--c-->", "[not(self::a)]", { withComments: true }, "<?p?>\n\n<!--c-->"],
    // Of an element that is left out, attributes and namespaces stay that are not.
    ["<a><b x='1'/></a>", "[not(self::b)]", {}, '<a> x="1"</a>'],
    ["<a xmlns:p='u'><p:b/></a>", "[not(name() = 'p')]", {}, "<a><p:b></p:b></a>"],
    // Namespaces are written where the nearest element around that is written has not the same.
    [
      "<a xmlns:p='u'><b xmlns:p='v'><c xmlns:p='u'/></b></a>",
      "[not(self::b)]",
      {},
      '<a xmlns:p="u"> xmlns:p="v"<c></c></a>',
    ],
    [
      "<a xmlns='u'><b xmlns=''><c/></b></a>",
      "[not(self::b)]",
      { version: "exclusive" },
      '<a xmlns="u"><c xmlns=""></c></a>',
    ],
    // Attributes of `xml:` come down from what is left out.
    [
      "<a xml:lang='de' xml:id='i'><b xml:lang='en'><c/></b></a>",
      "[not(self::b) and not(../self::b[@xml:lang = 'en'] and not(self::c))]",
      {},
      '<a xml:id="i" xml:lang="de"><c xml:id="i" xml:lang="en"></c></a>',
    ],
    [
      "<a xml:lang='de' xml:id='i'><b><c/></b></a>",
      "[ancestor-or-self::c]",
      { version: "1.1" },
      '<c xml:lang="de"></c>',
    ],
    [
      "<a xml:lang='de'><b><c/></b></a>",
      "[ancestor-or-self::c]",
      { version: "exclusive" },
      "<c></c>",
    ],
    [
      "<a xmlns:p='u' xmlns:q='v' q:x='1'><p:b/></a>",
      "[ancestor-or-self::*[local-name() = 'b']]",
      { version: "exclusive", inclusivePrefixes: ["q"] },
      '<p:b xmlns:p="u" xmlns:q="v"></p:b>',
    ],
  ];
  for (const [text, predicate, options, expected] of cases) {
    assertEquals(subset(text, ALL + predicate, options), expected, `${text} ${predicate}`);
  }
});

Deno.test("c14n(): a subset of everything is the whole, one of nothing is nothing", () => {
  const text = "<?p?><a xmlns='u' xmlns:p='v' p:x='1'>1<!--c--><p:b xmlns:q='w'>2</p:b>3</a>";
  for (const version of ["1.0", "1.1", "exclusive"] as const) {
    const whole = c14n(ElementTree.of(parse(text)), { version, withComments: true });
    assertEquals(subset(text, ALL, { version, withComments: true }), whole);
    assertEquals(subset(text, "/..", { version, withComments: true }), "");
  }
  const [one, other] = [parse(text), parse(text)];
  const all = new XPath(ALL).nodeSet(one);
  assert(all.has(one) && !all.has(other));
  assertEquals(c14n(one, { subset: all }), c14n(ElementTree.of(one)));
  assertThrows(() => c14n(other, { subset: all }), TypeError, "another");
  assertThrows(() => c14n(one, { subset: all, version: "2.0" }), TypeError, "2.0");
});

/** A document with prefixes that come and go. */
function made(random: Random, depth: number): string {
  const prefix = () => random.pick(["", "", "p:", "q:"]);
  const name = `${prefix()}${random.pick(["a", "b", "c"])}`;
  const attributes = new Map([["xmlns:p", random.pick(["x:u", "x:v"])], [
    "xmlns:q",
    random.pick(["x:u", "x:w"]),
  ]]);
  if (depth < 4) {
    for (const key of ["xmlns:p", "xmlns:q"]) if (random.below(3) > 0) attributes.delete(key);
  }
  if (random.below(3) === 0) attributes.set("xmlns", random.pick(["", "x:u", "x:v"]));
  for (const key of ["x", "y", "p:z", "xml:lang", "xml:space"]) {
    if (random.below(5) === 0) attributes.set(key, key === "xml:space" ? "preserve" : "1&amp;é");
  }
  let text = `<${name}`;
  for (const [key, value] of attributes) text += ` ${key}='${value}'`;
  text += ">";
  for (let i = random.below(4); depth > 0 && i > 0; i--) {
    text += random.pick([
      () => "t",
      () => "<!--c-->",
      () => "<?i d?>",
      () => made(random, depth - 1),
      () => made(random, depth - 1),
    ])();
  }
  return `${text}</${name}>`;
}

Deno.test("c14n(): parts of made documents as libxml2 writes them", () => {
  const random = new Random(seedFor("c14n subsets"));
  const modes = [
    ["1.0", XmlC14NMode.XML_C14N_1_0],
    ["1.1", XmlC14NMode.XML_C14N_1_1],
    ["exclusive", XmlC14NMode.XML_C14N_EXCLUSIVE_1_0],
  ] as const;
  let different = 0;
  for (let round = 0; round < (Deno.env.get("FERRY_STRESS") ? 3000 : 200); round++) {
    const text = made(random, 4);
    const whole = c14n(ElementTree.of(parse(text)));
    using document = XmlDocument.fromString(text);
    for (const [version, mode] of modes) {
      const withComments = random.below(2) === 0;
      const inclusivePrefixes = version === "exclusive" ? random.pick([[], ["p"], ["q"]]) : [];
      const theirs = {
        mode,
        withComments,
        ...(inclusivePrefixes.length > 0 ? { inclusiveNamespacePrefixes: inclusivePrefixes } : {}),
      };
      const options = { version, withComments, inclusivePrefixes };
      const inside = subset(text, `${ALL}[ancestor-or-self::*[local-name() = 'b']]`, options);
      const roots = new Set(document.eval("//*[local-name() = 'b']") as never[]);
      const wanted = document.canonicalizeToString({ ...theirs, nodeSet: roots });
      assertEquals(inside, wanted, `${version} ${inclusivePrefixes} inside ${text}`);
      const outside = subset(text, `${ALL}[not(ancestor-or-self::*[local-name() = 'b'])]`, options);
      const shown = document.canonicalizeToString({
        ...theirs,
        isVisible: (node) =>
          node.constructor.name !== "XmlElement" ||
          (node as unknown as { name: string }).name !== "b",
      });
      assertEquals(outside, shown, `${version} ${inclusivePrefixes} outside ${text}`);
      if (inside !== "" && inside !== whole) different++;
    }
  }
  assert(different > 100, `${different} parts`);
});
