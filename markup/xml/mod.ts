/**
 * XML: read, write, canonical form.
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
  type IterparseEvent,
  type IterparseOptions,
  iterparseSync,
  parseRecords,
} from "./push/iterparse.ts";
export type { XmlSource } from "./push/source.ts";
export type { XmlEvent, XmlStartEvent } from "./push/events.ts";
export { XmlParseStream, type XmlParseStreamOptions } from "./push/xml_parse_stream.ts";
export { XmlParser, type XmlParserOptions, type XmlTarget } from "./push/xml_parser.ts";
