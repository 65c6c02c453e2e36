/** What of the markup takes options. */
import {
  css,
  E,
  Element,
  elementFactory,
  ElementTree,
  fromObject,
  html,
  subElement,
  toObject,
  validate,
  xinclude,
  xml,
  XmlSchema,
  XPath,
  xpath,
  Xslt,
} from "@ferry/std/markup";
import type { TakesOptions } from "../../_support/refused_options.ts";

const STYLESHEET = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:template match="/"><b/></xsl:template>
</xsl:stylesheet>`;
const RELAXNG = `<element name="a" xmlns="http://relaxng.org/ns/structure/1.0"><empty/></element>`;

const root = (): Element => xml.parse("<a><b/></a>");
const tree = (): ElementTree => ElementTree.of(root());
const sink = { write: (bytes: Uint8Array) => Promise.resolve(bytes.length) };

async function parseFile(options: xml.ParseFileOptions | undefined): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    await Deno.writeTextFile(path, "<a/>");
    await xml.parseFile(path, options);
  } finally {
    await Deno.remove(path);
  }
}

async function transform(options: object | undefined): Promise<void> {
  using stylesheet = new Xslt(STYLESHEET);
  await stylesheet.transform("<a/>", options);
}

async function writeElement(options: object | undefined): Promise<void> {
  const file = new xml.XmlFile(sink);
  await file.element("a", options);
  await file.close();
}

async function load(options: object | undefined): Promise<void> {
  using _ = await XmlSchema.load("relaxng", RELAXNG, options);
}

/** All functions, classes and methods. */
export const ROWS: readonly TakesOptions[] = [
  { name: "css/select.ts closest", call: (o) => css.closest(root(), "b", o) },
  { name: "css/select.ts matches", call: (o) => css.matches(root(), "b", o) },
  { name: "css/select.ts select", call: (o) => css.select(root(), "b", o) },
  { name: "css/select.ts selectOne", call: (o) => css.selectOne(root(), "b", o) },
  { name: "css/selector.ts new Selector", call: (o) => new css.Selector("b", o) },
  { name: "html/clean/clean.ts clean", call: (o) => html.clean("<b>", o) },
  { name: "html/clean/clean.ts cleanTree", call: (o) => html.cleanTree(E.p(), o) },
  { name: "html/document.ts parse", call: (o) => html.parse("<b>", o) },
  { name: "html/fragment.ts parseFragment", call: (o) => html.parseFragment("<b></b>", o) },
  { name: "html/fragment.ts parseFragments", call: (o) => html.parseFragments("<b>", o) },
  { name: "html/parse.ts parseFragmentStore", call: (o) => html.parseFragmentStore("<b>", o) },
  { name: "html/parse.ts parseStore", call: (o) => html.parseStore("<b>", o) },
  { name: "html/serialize/serialize.ts serialize", call: (o) => html.serialize(E.p(), o) },
  {
    name: "html/stream/html_parse_stream.ts new HtmlParseStream",
    call: (o) => new html.HtmlParseStream(o),
  },
  { name: "objects/from_object.ts fromObject", call: (o) => fromObject("a", {}, o) },
  { name: "objects/to_object.ts toObject", call: (o) => toObject(root(), o) },
  { name: "tree/element.ts Element.clear", call: (o) => root().clear(o) },
  { name: "tree/element.ts Element.find", call: (o) => root().find("b", o) },
  { name: "tree/element.ts Element.findAll", call: (o) => root().findAll("b", o) },
  { name: "tree/element.ts Element.findText", call: (o) => root().findText("b", o) },
  { name: "tree/element.ts Element.iterFind", call: (o) => root().iterFind("b", o) },
  { name: "tree/element.ts Element.iterSiblings", call: (o) => root().iterSiblings(o) },
  { name: "tree/element.ts Element.iterText", call: (o) => root().iterText(o) },
  { name: "tree/element.ts new Element", call: (o) => new Element("a", o) },
  { name: "tree/element_tree.ts ElementTree.find", call: (o) => tree().find("b", o) },
  { name: "tree/element_tree.ts ElementTree.findAll", call: (o) => tree().findAll("b", o) },
  { name: "tree/element_tree.ts ElementTree.findText", call: (o) => tree().findText("b", o) },
  { name: "tree/element_tree.ts ElementTree.iterFind", call: (o) => tree().iterFind("b", o) },
  { name: "tree/factory.ts elementFactory", call: (o) => void elementFactory(o) },
  { name: "tree/factory.ts subElement", call: (o) => subElement(root(), "b", o) },
  { name: "validate/schema.ts XmlSchema.load", call: load },
  {
    name: "validate/schema.ts validate",
    call: (o) => validate("<a/>", o),
    needs: { relaxng: RELAXNG },
  },
  { name: "validate/xinclude.ts xinclude", call: (o) => xinclude("<a/>", o) },
  { name: "xml/c14n/c14n.ts c14n", call: (o) => xml.c14n(root(), o) },
  { name: "xml/parse/parse.ts parse", call: (o) => xml.parse("<a/>", o) },
  { name: "xml/parse/parse_file.ts parseFile", call: parseFile },
  { name: "xml/push/iterparse.ts iterparse", call: (o) => xml.iterparse("<a/>", o) },
  { name: "xml/push/iterparse.ts iterparseSync", call: (o) => xml.iterparseSync("<a/>", o) },
  { name: "xml/push/iterparse.ts parseRecords", call: (o) => xml.parseRecords("<a/>", "a", o) },
  {
    name: "xml/push/xml_parse_stream.ts new XmlParseStream",
    call: (o) => new xml.XmlParseStream(o),
  },
  { name: "xml/push/xml_parser.ts new XmlParser", call: (o) => new xml.XmlParser(o) },
  { name: "xml/serialize/serialize.ts serialize", call: (o) => xml.serialize(root(), o) },
  { name: "xml/serialize/serialize.ts serializeBytes", call: (o) => xml.serializeBytes(root(), o) },
  { name: "xml/serialize/xml_file.ts XmlFile.element", call: writeElement },
  { name: "xml/serialize/xml_file.ts new XmlFile", call: (o) => new xml.XmlFile(sink, o) },
  { name: "xpath/xpath.ts XPath.boolean", call: (o) => new XPath("b").boolean(root(), o) },
  { name: "xpath/xpath.ts XPath.elements", call: (o) => new XPath("b").elements(root(), o) },
  { name: "xpath/xpath.ts XPath.evaluate", call: (o) => new XPath("b").evaluate(root(), o) },
  { name: "xpath/xpath.ts XPath.first", call: (o) => new XPath("b").first(root(), o) },
  { name: "xpath/xpath.ts XPath.nodeSet", call: (o) => new XPath("b").nodeSet(root(), o) },
  { name: "xpath/xpath.ts XPath.number", call: (o) => new XPath("b").number(root(), o) },
  { name: "xpath/xpath.ts XPath.string", call: (o) => new XPath("b").string(root(), o) },
  { name: "xpath/xpath.ts XPath.strings", call: (o) => new XPath("b").strings(root(), o) },
  { name: "xpath/xpath.ts new XPath", call: (o) => new XPath("b", o) },
  { name: "xpath/xpath.ts xpath", call: (o) => xpath(root(), "b", o) },
  { name: "xslt/xslt.ts Xslt.transform", call: transform },
  { name: "xslt/xslt.ts new Xslt", call: (o) => new Xslt(STYLESHEET, o) },
];

/** What takes options that the platform knows, and leaves names that it does not to the platform. */
export const OF_THE_PLATFORM: readonly string[] = [
  "html/forms/html_form.ts HtmlForm.request",
  "html/forms/html_form.ts HtmlForm.submit",
];
