import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Element, ElementTree } from "@ferry/std/markup";
import { parse, parseFile, serialize, XmlSyntaxError } from "@ferry/std/markup/xml";

function fault(source: string | Uint8Array, options = {}): XmlSyntaxError {
  return assertThrows(() => parse(source, options), XmlSyntaxError);
}

Deno.test("xml.parse(): an error knows its line, column, offset, and shows the place", () => {
  const error = fault("<a>\n  <é x='1' x='2'/>\n</a>");
  assertEquals([error.line, error.column, error.offset], [2, 12, 16]);
  assertEquals(error.caret, "  <é x='1' x='2'/>\n           ^");
  assertEquals(error.message, 'The attribute "x" is there twice (line 2, column 12)');
  assertEquals(
    fault("").message,
    "A document needs a root element, received the end (line 1, column 1)",
  );
  assertEquals(fault("<a>").column, 4);
  assertEquals(fault("<a>\r\n\r<b>\n</c></a>").line, 4);
});

Deno.test("xml.parse() refuses what is not well-formed", () => {
  const faults: [string, string][] = [
    ["<a></b>", "The end tag of <a> is needed, received </b>"],
    ["<a/><b/>", "can follow the root"],
    ["text", "needs a root element"],
    ["<a b/>", 'An attribute needs "="'],
    ["<a b=c/>", "needs quotes"],
    ["<a b='<'/>", 'cannot have "<"'],
    ["<a b='1'c='2'/>", 'A start tag needs ">"'],
    ["<a>&b;</a>", 'The entity "b" is not declared'],
    ["<a>&b</a>", 'begins a reference that ends in ";"'],
    ["<a>&#0;</a>", "the number of a character"],
    ["<a>&#xD800;</a>", "the number of a character"],
    ["<a>&#x110000;</a>", "the number of a character"],
    ["<a>]]></a>", '"]]>"'],
    ["<a>\x01</a>", "received U+0001"],
    ["<a>\uffff</a>", "characters of XML"],
    ["<a><!-- -- --></a>", '"--"'],
    ["<a><?xml x?></a>", '"xml"'],
    ["<p:a/>", 'The prefix "p" is not declared'],
    ["<a p:b=''/>", 'The prefix "p" is not declared'],
    ["<a:b:c/>", "A name is"],
    ["<a xmlns:p=''/>", "needs a namespace"],
    ["<a xmlns:xmlns='u'/>", "cannot be declared"],
    ["<a xmlns:p='u' xmlns:q='u' p:x='' q:x=''/>", "is there twice"],
    ["<?xml version='2.0'?><a/>", "The declaration needs the form"],
    ["<a><![CDATA[x</a>", "A CDATA section has no end"],
    ["<!DOCTYPE a [<!ELEMENT a (b,c|d)>]><a/>", 'A declaration needs ","'],
    ["<!DOCTYPE a [<!ENTITY e '<b>'>]><a>&e;</a>", "In an entity"],
    ["<!DOCTYPE a [<!ENTITY e '&e;'>]><a>&e;</a>", "contains itself"],
    ["<!DOCTYPE a [<!ENTITY e SYSTEM 'x'>]><a>&e;</a>", "is in a file, which is not read"],
    ["<!DOCTYPE a [<!ENTITY e SYSTEM 'x'>]><a b='&e;'/>", "is in a file, which is not read"],
    ["<!DOCTYPE a [<!ENTITY e '&a<b;'>]><a/>", "A reference needs a name"],
    ["<!DOCTYPE a [<!ATTLIST a :b CDATA 'x'>]><a/>", "A name is"],
    ["<!DOCTYPE a SYSTEM 'x'><a>&nbsp;</a>", "may be declared in a file"],
    ["\ud800<a/>", "surrogate"],
  ];
  for (const [source, message] of faults) {
    const error = assertThrows(() => parse(source), SyntaxError);
    assert(error.message.includes(message), `${source}: ${error.message}`);
  }
});

Deno.test("xml.parse() works after a fault, and inside of callbacks, with the same names", () => {
  for (let i = 0; i < 50; i++) {
    fault("<feed><entry a='1'><title>");
    const root = parse(`<feed><entry a="${i}"><title>t</title></entry></feed>`);
    assertEquals([root.find("entry")!.get("a"), root.findText("entry/title")], [`${i}`, "t"]);
    const named = parse(`<feed xmlns="u${i}"><entry/></feed>`);
    assertEquals(named.at(0)!.tag, `{u${i}}entry`);
  }
});

Deno.test("xml.parse(): entities, default attributes and normalised values", () => {
  const root = parse(`<!DOCTYPE r [
    <!ENTITY name "Ferry &amp; Co">
    <!ENTITY item "<item kind='&name;'>&name;</item>">
    <!ENTITY % more "<!ENTITY extra 'more'>">
    %more;
    <!ATTLIST item id NMTOKENS #IMPLIED size CDATA "big" p:x CDATA "1" xmlns:p CDATA #FIXED "u">
  ]><r>a &item; b<item id="  one
     two "/>&extra;</r>`);
  assertEquals(root.text, "a ");
  const [one, two] = root.findAll("item");
  assertEquals([one!.text, one!.get("kind"), one!.tail], ["Ferry & Co", "Ferry & Co", " b"]);
  assertEquals([...two!.attrib], [["id", "one two"], ["size", "big"], ["{u}x", "1"]]);
  assertEquals(two!.tail, "more");
  assertEquals(
    parse("<a>&nbsp;&lt2;</a>", { entities: { nbsp: "\xa0", lt2: "<b>&amp;" } }).text,
    "\xa0<b>&amp;",
  );
});

Deno.test("xml.parse(): bytes in the encoding of their mark or declaration", () => {
  const text = "<a b='é'>ß€</a>";
  const utf16 = (little: boolean, mark: string, text: string) => {
    const full = mark + text;
    const view = new DataView(new ArrayBuffer(full.length * 2));
    [...full].forEach((sign, i) => view.setUint16(i * 2, sign.charCodeAt(0), little));
    return new Uint8Array(view.buffer);
  };
  const latin = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));
  const utf8 = new TextEncoder().encode(text);
  for (
    const bytes of [
      utf8,
      new Uint8Array([0xef, 0xbb, 0xbf, ...utf8]),
      utf16(true, "\ufeff", text),
      utf16(false, "\ufeff", text),
      utf16(true, "", `<?xml version="1.0" encoding="UTF-16"?>${text}`),
      latin(`<?xml version="1.0" encoding="windows-1252"?><a b='\xe9'>\xdf\x80</a>`),
    ]
  ) {
    const root = parse(bytes);
    assertEquals([root.get("b"), root.text], ["é", "ß€"]);
  }
  const one = parse(latin("<?xml version='1.0' encoding='ISO-8859-1'?><a>\x85\xe9</a>"));
  assertEquals([one.text, ElementTree.of(one).info.encoding], ["\x85é", "iso-8859-1"]);
  assertEquals(parse(latin("<a>\xe9</a>"), { encoding: "latin1" }).text, "é");
  assertThrows(() => parse(latin("<a>\xe9</a>")), XmlSyntaxError, "well-formed UTF-8");
  for (const bytes of [[0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    assertThrows(
      () => parse(new Uint8Array([60, 97, 62, ...bytes, 60, 47, 97, 62])),
      XmlSyntaxError,
    );
  }
  assertThrows(
    () => parse(latin("<?xml version='1.0' encoding='none'?><a/>")),
    SyntaxError,
    '"none" of the document is not known',
  );
  assertThrows(() => parse(latin("<?xml version='1.0' encoding='utf-16'?><a/>")), SyntaxError);
  const declared = latin("<?xml version='1.0' encoding='utf-16'?><a>\xa4\xa2</a>");
  assertEquals(parse(declared, { encoding: "euc-jp" }).text, "あ");
});

Deno.test("xml.parse(): what is left out, and what is refused by options", () => {
  const source = "<!--1--><?p?><a> <b>x</b> <!--2-->\n<?q?> </a>";
  const bare = parse(source, {
    ignoreWhitespace: true,
    ignoreComments: true,
    ignoreProcessingInstructions: true,
  });
  assertEquals(serialize(ElementTree.of(bare)), "<a><b>x</b></a>");
  assertThrows(
    () => parse("<!DOCTYPE a><a/>", { disallowDoctype: true }),
    XmlSyntaxError,
    "disallowDoctype",
  );
  assertThrows(() => parse("<a><b><c/></b></a>", { maxDepth: 1 }), XmlSyntaxError, "maxDepth (1)");
  assertThrows(
    () => parse("<a b='' c=''/>", { maxAttributes: 1 }),
    XmlSyntaxError,
    "maxAttributes (1)",
  );
  assertThrows(() => parse("<abcd/>", { maxNameBytes: 3 }), XmlSyntaxError, "maxNameBytes (3)");
  for (const text of ["<a>long</a>", "<a b='long'/>", "<a><!--long--></a>", "<a><?p long?></a>"]) {
    assertThrows(() => parse(text, { maxTextBytes: 3 }), XmlSyntaxError, "maxTextBytes (3)");
  }
  assertThrows(() => parse("<a/>", { maxDepth: -1 }), RangeError, "maxDepth");
});

Deno.test("xml.parse(): the document beside its root", () => {
  const source = `<?xml version="1.0" encoding="utf-8" standalone="yes"?><!--a-->` +
    `<!DOCTYPE r PUBLIC "-//P" "s.dtd" [<!ENTITY e "1">]><?b c?><r/><!--d-->`;
  const { info } = ElementTree.of(parse(new TextEncoder().encode(source), { url: "x.xml" }));
  assertEquals(info.doctype, {
    name: "r",
    publicId: "-//P",
    systemId: "s.dtd",
    internalSubset: '<!ENTITY e "1">',
  });
  assertEquals([info.version, info.encoding, info.standalone, info.url], [
    "1.0",
    "utf-8",
    true,
    "x.xml",
  ]);
  assertEquals(
    serialize(ElementTree.of(parse(source)), { xmlDeclaration: true }),
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<!--a-->` +
      `<!DOCTYPE r PUBLIC "-//P" "s.dtd" [<!ENTITY e "1">]>\n<?b c?><r/><!--d-->`,
  );
});

Deno.test("Element.sourceLine is the line where the start tag begins", () => {
  const root = parse("<a\n b='1'>\r\n<b/>\r<c>\n</c><!--\n--><?d\n?></a>");
  assertEquals([...root.iter()].map((node) => node.sourceLine), [1, 3, 4, 5, 6]);
  assertEquals(root.at(1)!.copy().sourceLine, 4);
  assertEquals(new Element("a").sourceLine, undefined);
});

Deno.test("xml.parse() does not keep a caller's bytes: they may change", () => {
  const bytes = new TextEncoder().encode("<a b='value'>text</a>");
  const root = parse(bytes);
  bytes.fill(0);
  assertEquals([root.get("b"), root.text], ["value", "text"]);
});

Deno.test("xml.parseFile() rejects when the file is not there, and when it is aborted", async () => {
  await assertRejects(() => parseFile("/nowhere/x.xml"), Deno.errors.NotFound);
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, "<a/>");
  await assertRejects(
    () => parseFile(path, { signal: AbortSignal.abort(new RangeError("stop")) }),
    RangeError,
    "stop",
  );
  assertEquals(ElementTree.of(await parseFile(path)).info.url, path);
  await Deno.remove(path);
});

Deno.test("xml.parse() refuses what is neither text nor bytes", () => {
  for (const wrong of [undefined, null, 5, {}, ["<a/>"]]) {
    assertThrows(() => parse(wrong as never), TypeError, "needed a string or bytes");
  }
});

Deno.test("xml.parse() refuses entities that are no texts", () => {
  for (const x of [1, null, {}]) {
    const entities = { x } as never;
    assertThrows(() => parse("<a>&x;</a>", { entities }), TypeError, 'the entity "x" needs a text');
  }
});
