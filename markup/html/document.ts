import { ELEMENT, FIRST, NEXT, type TreeStore, viewOf } from "../store/mod.ts";
import type { Element } from "../tree/mod.ts";
// The classes of the nodes are known from here on.
import "../tree/mod.ts";
import type { HtmlParseOptions } from "./options.ts";
import { parseStore } from "./parse.ts";

/** The root of a document. */
export function rootElement(store: TreeStore): Element {
  const { words } = store;
  let at = words[store.document + FIRST]!;
  while (store.kind(at) !== ELEMENT) at = words[at + NEXT]!;
  return viewOf(store, at) as Element;
}

/**
 * Parses a document as browsers do. There is always a root `html` with a `head`, and a `body` or a `frameset`.
 *
 * @param input The document: text, or bytes whose encoding is found as the standard says.
 * @param options How.
 * @returns The root; `ElementTree.of(root)` has the document type declaration and the encoding.
 * @throws {HtmlLimitError} If the document is larger than the limits allow.
 * @throws {RangeError} If a limit is not a number from 1 on.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example A list
 * ```ts
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<title>Ports</title><ul><li>Kiel<li>Oslo");
 * assertEquals(page.findText("head/title"), "Ports");
 * assertEquals(page.findAll(".//li").map((item) => item.text), ["Kiel", "Oslo"]);
 * ```
 */
export function parse(input: string | Uint8Array, options?: HtmlParseOptions): Element {
  return rootElement(parseStore(input, options));
}
