/**
 * XML.
 *
 * @module
 */
export { parse } from "./parse/parse.ts";
export type { XmlLimits, XmlParseOptions } from "./parse/options.ts";
export { type XmlPosition, XmlSyntaxError } from "./xml_error.ts";
