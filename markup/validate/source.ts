import { Element } from "../tree/element.ts";
import { ElementTree } from "../tree/element_tree.ts";
import { serialize } from "../xml/serialize/serialize.ts";
import { faultsOf, XmlValidationError } from "./fault.ts";
import type { Libxml2, XmlResolveOptions } from "./libxml2.ts";

/** A document: a text, bytes, or a tree. */
export type XmlDocumentSource = string | Uint8Array | Element | ElementTree;

/** A document of libxml2. */
export type LibraryDocument = InstanceType<Libxml2["XmlDocument"]>;

/** The root of what was given, if it is a tree. */
export function rootOf(source: XmlDocumentSource): Element | undefined {
  return source instanceof Element
    ? source
    : source instanceof ElementTree
    ? source.root
    : undefined;
}

/** A document as text or bytes. */
export function textOf(source: XmlDocumentSource): string | Uint8Array {
  return typeof source === "string" || source instanceof Uint8Array ? source : serialize(source);
}

/**
 * Reads a document with libxml2.
 *
 * @param what What it is, for the message.
 * @throws {XmlValidationError} If it is not well-formed, or beyond libxml2's limits.
 */
export function readDocument(
  library: Libxml2,
  source: XmlDocumentSource,
  { url }: XmlResolveOptions,
  what: string,
  more = 0,
): LibraryDocument {
  const { XmlDocument, ParseOption, XmlLibError } = library;
  const { XML_PARSE_NO_XXE, XML_PARSE_HUGE, XML_PARSE_BIG_LINES } = ParseOption;
  const options = {
    ...(url === undefined ? {} : { url }),
    option: XML_PARSE_NO_XXE | XML_PARSE_HUGE | XML_PARSE_BIG_LINES | more,
  };
  try {
    const text = textOf(source);
    return typeof text === "string"
      ? XmlDocument.fromString(text, options)
      : XmlDocument.fromBuffer(text, options);
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    throw new XmlValidationError(`${what} cannot be read`, faultsOf(error.details, undefined));
  }
}
