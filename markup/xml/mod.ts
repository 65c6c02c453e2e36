/**
 * XML, with namespaces, document types and lxml's element tree.
 *
 * | to | use |
 * |---|---|
 * | read a document that is there | {@linkcode parse}, {@linkcode parseFile} |
 * | read one that is larger than the memory, element by element | {@linkcode iterparse}, {@linkcode parseRecords} |
 * | read one that comes in pieces | {@linkcode XmlParser}: a tree, or calls of a target |
 * | make a stream of events of it | {@linkcode XmlParseStream} |
 * | write a tree | {@linkcode serialize}, {@linkcode serializeBytes} |
 * | write a document bit by bit | {@linkcode XmlFile} |
 * | sign or compare documents | {@linkcode c14n} |
 * | search by XPath | {@linkcode xpath}, {@linkcode XPath} |
 *
 * @example Read, change, write
 * ```ts
 * import { parse, serialize } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const harbour = parse("<harbour><ship name='Ada'/></harbour>");
 * harbour.find("ship")!.set("berth", "7");
 * assertEquals(serialize(harbour), '<harbour><ship name="Ada" berth="7"/></harbour>');
 * ```
 *
 * ## Guarantees
 * - What is not well-formed is an {@linkcode XmlSyntaxError} that says where, unless `recover` is asked for.
 * - Nothing outside a document is read: no entity, no document type, no request.
 * - What a document may cost is bounded by named options, see {@linkcode XmlLimits}.
 * - A document in pieces is read as in one, wherever it was cut; so are its faults.
 * - What {@linkcode serialize} writes, {@linkcode parse} reads as the same tree; namespaces are declared where they are needed.
 *
 * ## Limits
 * A document that becomes a tree has at most 512 MiB; {@linkcode iterparse} has no limit. Documents are not validated:
 * `markup/validate` does that.
 *
 * ## Permissions
 * None, but `--allow-read` for {@linkcode parseFile} and for URLs of files.
 *
 * @module
 */
export { parse } from "./parse/parse.ts";
export { parseFile, type ParseFileOptions } from "./parse/parse_file.ts";
export type { XmlLimits, XmlParseOptions } from "./parse/options.ts";
export { type XmlPosition, XmlSyntaxError } from "./xml_error.ts";
export {
  serialize,
  serializeBytes,
  type SerializeBytesOptions,
  type SerializeOptions,
} from "./serialize/serialize.ts";
export { XmlFile, type XmlFileOptions, type XmlSink } from "./serialize/xml_file.ts";
export { c14n } from "./c14n/c14n.ts";
export type { C14nOptions } from "./c14n/options.ts";
export {
  iterparse,
  type IterparseElementEvent,
  type IterparseEvent,
  type IterparseNamespace,
  type IterparseOptions,
  type IterparsePair,
  type IterparseRoot,
  iterparseSync,
  parseRecords,
} from "./push/iterparse.ts";
export type { XmlSource } from "./push/source.ts";
export type { XmlEvent, XmlStartEvent } from "./push/events.ts";
export { XmlParseStream, type XmlParseStreamOptions } from "./push/xml_parse_stream.ts";
export { XmlParser, type XmlParserOptions, type XmlTarget } from "./push/xml_parser.ts";
export { XPath, xpath } from "../xpath/mod.ts";
