import {
  css,
  E,
  Element,
  html,
  toObject,
  validate,
  xinclude,
  xml,
  XPath,
  xpath,
  Xslt,
} from "@ferry/std/markup";
import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { refusal, testOptions, testPolluted } from "../../_support/refused_options.ts";
import { ROWS } from "./rows.ts";

// deno-lint-ignore no-explicit-any
type Any = any;

const root = (): Element => xml.parse("<a x='1'>1<b/></a>");

for (const row of ROWS) {
  Deno.test(`${row.name} refuses unknown options, and takes all of its own`, () =>
    testOptions(row));
}

Deno.test("what is added to Object.prototype is no option of markup", async () => {
  for (const row of ROWS.filter(({ name }) => !/^(xslt|validate)/.test(name))) {
    await testPolluted(row);
  }
});

Deno.test("an option that is named as in lxml is answered with the name here", async () => {
  const meant: [name: string, value: unknown, here: string, call: (o: Any) => unknown][] = [
    ["remove_blank_text", true, "ignoreWhitespace", (o) => xml.parse("<a/>", o)],
    ["remove_comments", true, "ignoreComments", (o) => xml.iterparse("<a/>", o)],
    ["remove_pis", true, "ignoreProcessingInstructions", (o) => new xml.XmlParser(o)],
    ["base_url", "", "url", (o) => html.parse("", o)],
    ["pretty_print", true, "prettyPrint", (o) => xml.serialize(root(), o)],
    ["indent", 2, "prettyPrint", (o) => xml.serialize(root(), o)],
    ["with_comments", true, "withComments", (o) => xml.c14n(root(), o)],
    ["exclusive", true, "version", (o) => xml.c14n(root(), o)],
    ["inclusive_ns_prefixes", [], "inclusivePrefixes", (o) => xml.c14n(root(), o)],
    ["create_parent", true, "createParent", (o) => html.parseFragment("<b></b>", o)],
    ["allow_tags", [], "tags", (o) => html.clean("", o)],
    ["allowedTags", [], "tags", (o) => html.clean("", o)],
    ["safe_attrs", [], "attributes", (o) => html.clean("", o)],
    ["host_whitelist", [], "hosts", (o) => html.clean("", o)],
    ["smart_strings", true, "smartStrings", (o) => xpath(root(), "b", o)],
    ["extensions", {}, "functions", (o) => new XPath("b", o)],
    ["attrs", {}, "attrib", (o) => new Element("a", o)],
  ];
  for (const [name, value, here, call] of meant) {
    const message = await refusal(() => call({ [name]: value }));
    assert(message.endsWith(`received "${name}"; did you mean ${here}?`), message);
  }
});

Deno.test("the message of an unknown option of markup tells what was attempted, and all names", () => {
  const error = assertThrows(() => root().find("b", { x: "urn:x" } as Any), TypeError);
  assertEquals(
    error.message,
    'Cannot find elements: needed one of the options namespaces, received "x"',
  );
});

Deno.test("values of the wrong type are refused by markup, not taken for something else", async () => {
  using stylesheet = new Xslt("<xsl:stylesheet/>");
  const wrong: [call: (o: Any) => unknown, options: object, message: string][] = [
    [(o) => xml.parse("<a/>", o), { recover: "no" }, 'recover must be a boolean, received "no"'],
    [(o) => xml.parse("<a/>", o), { maxDepth: "10" }, 'maxDepth must be a number, received "10"'],
    [
      (o) => xml.parse("<a/>", o),
      { onError: {} },
      "onError must be a function, received an object",
    ],
    [(o) => xml.iterparse("<a/>", o), { events: "end" }, "events must be an object"],
    [
      (o) => xml.serialize(root(), o),
      { prettyPrint: 2 },
      "prettyPrint must be a boolean or string",
    ],
    [(o) => xml.serialize(root(), o), { method: "xhtml" }, 'method must be "xml" or "html" or'],
    [(o) => xml.serialize(root(), o), { doctype: true }, "doctype must be a string or false"],
    [(o) => xml.c14n(root(), o), { version: 2 }, 'version must be "1.0" or "1.1" or "exclusive"'],
    [(o) => html.parse("", o), { scripting: 1 }, "scripting must be a boolean, received 1"],
    [(o) => html.serialize(E.p(), o), { outer: null }, "outer must be a boolean, received null"],
    [(o) => html.clean("", o), { tags: "p" }, 'tags must be an object, received "p"'],
    [(o) => html.clean("", o), { attributes: { a: "href" } }, 'attributes of "a" must be a list'],
    [(o) => css.select(root(), "b", o), { namespaces: "urn:x" }, "namespaces must be an object"],
    [(o) => xpath(root(), "b", o), { maxWork: "9" }, 'maxWork must be a number, received "9"'],
    [(o) => xpath(root(), "b", o), { variables: 1 }, "variables must be an object, received 1"],
    [(o) => toObject(root(), o), { arrays: "b" }, "arrays must be an object or function"],
    [(o) => new Element("a", o), { text: 5 }, "text must be a string, received 5"],
    [(o) => root().iterText(o), { tags: "b" }, 'tags must be an object, received "b"'],
    [(o) => root().clear(o), { keepTail: "yes" }, 'keepTail must be a boolean, received "yes"'],
    [(o) => xinclude("<a/>", o), { resolver: {} }, "resolver must be a function"],
    [(o) => validate("<a/>", o), { xsd: "", maxDocuments: "1" }, "maxDocuments must be a number"],
    [(o) => validate("<a/>", o), {}, "A schema is needed"],
    [(o) => stylesheet.transform("<a/>", o), { timeout: "5" }, "timeout must be a number"],
    [
      (o) => stylesheet.transform("<a/>", o),
      { parameters: { title: { xpth: "1" } } },
      "{ xpath }, received another object",
    ],
  ];
  for (const [call, options, message] of wrong) {
    assertStringIncludes(await refusal(() => call(options)), message);
  }
});

Deno.test("numbers that are no limit are refused by markup", () => {
  for (const value of [NaN, -1]) {
    const message = `must be a number from 0 on, received ${value}`;
    assertThrows(() => xpath(root(), "b", { maxWork: value }), RangeError, message);
    assertThrows(() => new XPath("b", { maxDepth: value }), RangeError, message);
    const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };
    assertThrows(() => new xml.XmlFile(sink, { bufferBytes: value }), RangeError, message);
  }
});

Deno.test("options of markup that are inherited, or come from getters, work as others", async () => {
  const inherit = <T extends object>(options: T): T => Object.create(options) as T;
  const broken = "<a><b></a>";
  const recover = inherit({ recover: true });
  assertEquals(xml.parse(broken, recover).length, 1);
  assertEquals([...xml.iterparseSync(broken, recover)].length, 2);
  assertEquals((await Array.fromAsync(xml.parseRecords(broken, "b", recover))).length, 1);
  const parser = new xml.XmlParser(recover);
  parser.feed(broken);
  assertEquals(parser.close().length, 1);
  const [, tags] = [root(), inherit({ tag: "b" })];
  assertEquals([...xml.iterparseSync("<a><b/></a>", tags)].length, 1);
  class Deep {
    get createParent() {
      return "p";
    }
  }
  assertEquals(html.parseFragment("1", new Deep()).tag, "p");
  const namespaces = inherit({ namespaces: { p: "urn:p" } });
  const named = xml.parse("<a xmlns='urn:p'><b/></a>");
  assertEquals(xpath(named, "count(p:b)", namespaces), 1);
  assertEquals(css.select(named, "p|b", namespaces).length, 1);
  assertEquals(named.findAll("p:b", namespaces).length, 1);
  const relaxng =
    `<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>`;
  await validate("<a/>", inherit({ relaxng }));
});
