/**
 * HTML: a parser by the WHATWG standard, lxml's element model, and a writer.
 *
 * | to | use |
 * |---|---|
 * | parse a document | {@linkcode parse} |
 * | parse a part of one | {@linkcode parseFragment}, {@linkcode parseFragments} |
 * | read a document of any length as it comes | {@linkcode HtmlParseStream} |
 * | get a DOM, and come from one | {@linkcode parseDocument}, {@linkcode toDom}, {@linkcode fromDom} |
 * | write HTML | {@linkcode serialize} |
 * | find and change links | {@linkcode iterLinks}, {@linkcode rewriteLinks}, {@linkcode makeLinksAbsolute}, {@linkcode resolveBase} |
 * | read, fill in and submit forms | {@linkcode forms}, {@linkcode HtmlForm} |
 * | take what may do harm out of HTML | {@linkcode clean}, {@linkcode cleanTree} |
 * | search with CSS selectors | {@linkcode select}, {@linkcode selectOne}, {@linkcode matches}, {@linkcode closest} |
 * | search by XPath | {@linkcode xpath}, {@linkcode XPath} |
 * | find and take out elements | {@linkcode findClass}, {@linkcode getElementById}, {@linkcode dropTag}, {@linkcode dropTree} |
 * | get the text of a page, the rows of a table | {@linkcode textContent}, {@linkcode toMarkdown}, {@linkcode tableRows} |
 * | mark what differs between two pages | {@linkcode diff}, {@linkcode diffTrees} |
 * | find out the encoding of bytes | {@linkcode sniffEncoding} |
 * | parse into the store that is below the elements | {@linkcode parseStore}, {@linkcode parseFragmentStore} |
 *
 * @example Change a page
 * ```ts
 * import { parse, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<!DOCTYPE html><title>Ports</title><ul><li>Kiel<li>Oslo</ul>");
 * for (const item of page.findAll(".//li")) item.set("class", "port");
 * assertEquals(
 *   serialize(page.find("body/ul")!),
 *   '<ul><li class="port">Kiel</li><li class="port">Oslo</li></ul>',
 * );
 * ```
 *
 * ## Guarantees
 * - The tree is the one that the standard's tree construction builds, with scripts off or on, but for what `maxDepth`
 *   flattens.
 * - There is no text that is not HTML: only the limits of {@linkcode HtmlParseOptions} are errors.
 * - The contents of a `template` are its children. Elements of HTML have no namespace, those of SVG and MathML have theirs.
 * - Nothing is loaded, and no script is run.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { closest, matches, select, type Selected, selectOne } from "../css/select.ts";
export type { SelectorOptions } from "../css/syntax/limits.ts";
export { SelectorSyntaxError } from "../css/selector_error.ts";
export { clean, cleanTree } from "./clean/clean.ts";
export type { HtmlCleanOptions } from "./clean/options.ts";
export { diff, diffTrees } from "./diff/diff.ts";
export { dropTag, dropTree } from "./edit/drop.ts";
export { findClass, getElementById } from "./edit/find.ts";
export { parse } from "./document.ts";
export type {
  DocumentType,
  Element as DenoDomElement,
  HTMLDocument,
  Node as DenoDomNode,
} from "@b-fuze/deno-dom";
export type { DomDoctype, DomElement, DomNode } from "./dom/dom_node.ts";
export { fromDom } from "./dom/from_dom.ts";
export { parseDocument, toDom } from "./dom/to_dom.ts";
export { type SniffedEncoding, sniffEncoding } from "./encoding/sniff.ts";
export type { FormEntry } from "./forms/fields.ts";
export { forms, type FormSubmitOptions, HtmlForm } from "./forms/html_form.ts";
export { type HtmlSingleFragmentOptions, parseFragment, parseFragments } from "./fragment.ts";
export { HtmlLimitError } from "./limit_error.ts";
export { makeLinksAbsolute, resolveBase } from "./links/base.ts";
export { type HtmlLink, iterLinks, rewriteLinks } from "./links/links.ts";
export { toMarkdown } from "./markdown/to_markdown.ts";
export type { HtmlFragmentOptions, HtmlParseOptions } from "./options.ts";
export { parseFragmentStore, parseStore } from "./parse.ts";
export type { HtmlErrorHandler, HtmlParseError } from "./parse_error.ts";
export { type HtmlSerializeOptions, serialize } from "./serialize/serialize.ts";
export type { HtmlEvent, HtmlStartEvent } from "./stream/events.ts";
export { HtmlParseStream, type HtmlParseStreamOptions } from "./stream/html_parse_stream.ts";
export { tableRows } from "./text/table_rows.ts";
export { textContent } from "./text/text_content.ts";
export { XPath, xpath } from "../xpath/mod.ts";
