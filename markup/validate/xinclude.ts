import { checkOptions, LIMIT, type OptionRules } from "../options.ts";
import type { Element } from "../tree/element.ts";
import { parse } from "../xml/parse/parse.ts";
import { faultsOf, XmlValidationError } from "./fault.ts";
import { Inclusions } from "./inclusions.ts";
import { loadLibxml2, RESOLVE_RULES, withResolver, type XmlResolveOptions } from "./libxml2.ts";
import { readDocument, textOf, type XmlDocumentSource } from "./source.ts";

/** Where what a document includes comes from, and how much that may be. */
export interface XIncludeOptions extends XmlResolveOptions {
  /**
   * Most bytes that the document has with all that it includes, each inclusion counted as the whole of what it names.
   *
   * @default {67_108_864}
   */
  maxBytes?: number;
}

const RULES: OptionRules<XIncludeOptions> = { ...RESOLVE_RULES, maxBytes: LIMIT };

/**
 * A document with what its `xi:include` elements name in their place.
 *
 * @example Put a chapter in
 * ```ts
 * import { xinclude } from "@ferry/std/markup/validate";
 * import { assertEquals } from "@std/assert";
 *
 * const book = `<book xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="one.xml"/></book>`;
 * const whole = await xinclude(book, {
 *   url: "https://harbour.example/book.xml",
 *   resolver: (url) => url.endsWith("/one.xml") ? "<chapter>Ahoy</chapter>" : undefined,
 * });
 * assertEquals(whole.findText("chapter"), "Ahoy");
 * ```
 *
 * @param document The document.
 * @param options Its address, and where what it names comes from: without a resolver, from nowhere.
 * @returns The root of a new tree.
 * @throws {XmlValidationError} If the document is not well-formed, or something that it names is not there or includes itself.
 * @throws {RangeError} If it names more than `maxDocuments`, or becomes larger than `maxBytes`.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export async function xinclude(
  document: XmlDocumentSource,
  options?: XIncludeOptions,
): Promise<Element> {
  const checked = checkOptions("Cannot include documents", options, RULES);
  const { url = "", maxBytes = 64 * 1024 ** 2 } = checked;
  let inclusions: Inclusions | undefined;
  const given = (address: string, content: string | Uint8Array) => {
    inclusions ??= new Inclusions(url, textOf(document));
    inclusions.add(address, content);
    if (inclusions.size > maxBytes) {
      throw new RangeError(`What a document includes has at most ${maxBytes} bytes (maxBytes)`);
    }
  };
  const library = await loadLibxml2();
  const { XML_PARSE_XINCLUDE, XML_PARSE_NOXINCNODE } = library.ParseOption;
  return withResolver(library, checked, () => {
    try {
      const read = readDocument(
        library,
        document,
        checked,
        "The document",
        XML_PARSE_XINCLUDE | XML_PARSE_NOXINCNODE,
      );
      try {
        return parse(read.toString({ format: false }));
      } finally {
        read.dispose();
      }
    } catch (error) {
      if (!(error instanceof library.XmlLibError)) throw error;
      throw new XmlValidationError(
        "What a document includes cannot be read",
        faultsOf(error.details, undefined),
      );
    }
  }, given);
}
