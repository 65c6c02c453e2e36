/**
 * Documents checked against schemas, and put together: by libxml2 in WebAssembly, which is loaded when it is first needed.
 *
 * | to | use |
 * |---|---|
 * | refuse a document that is not valid | {@linkcode validate} |
 * | check many, and see all that is wrong | {@linkcode XmlSchema} |
 * | put in what a document includes | {@linkcode xinclude} |
 *
 * @example All that is wrong
 * ```ts
 * import { XmlSchema } from "@ferry/std/markup/validate";
 * import { assertEquals } from "@std/assert";
 *
 * using schema = await XmlSchema.load("xsd", `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
 *   <xs:element name="crew"><xs:complexType><xs:sequence>
 *     <xs:element name="age" type="xs:int" maxOccurs="9"/>
 *   </xs:sequence></xs:complexType></xs:element>
 * </xs:schema>`);
 * const faults = schema.check("<crew>\n<age>7</age>\n<age>x</age>\n<age>y</age></crew>");
 * assertEquals(faults.map(({ line }) => line), [3, 4]);
 * ```
 *
 * ## Guarantees
 * - Nothing is read or fetched: what documents and schemas name comes from the option `resolver`, or not at all.
 * - Faults tell their line; of a tree, also the element, and the line that it was read from.
 *
 * ## Limits
 * libxml2's: elements at most 2,048 deep. A schema that is not disposed of keeps its memory. Patterns of schemas are libxml2's
 * to match: take schemas from whom you trust.
 *
 * ## Permissions
 * None.
 *
 * @module
 */
export { type XmlFault, XmlValidationError } from "./fault.ts";
export type { XmlResolveOptions, XmlResolver } from "./libxml2.ts";
export type { XmlDocumentSource } from "./source.ts";
export { type SchemaLanguage, validate, type ValidateOptions, XmlSchema } from "./schema.ts";
export { xinclude, type XIncludeOptions } from "./xinclude.ts";
