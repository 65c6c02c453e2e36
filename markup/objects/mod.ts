/**
 * Elements as plain objects, in the manner of lxml's objectify, and back.
 *
 * | to | use |
 * |---|---|
 * | make an object of an element | {@linkcode toObject} |
 * | make an element of an object | {@linkcode fromObject} |
 * | have numbers and booleans instead of texts | {@linkcode guessType} as `convert`, or functions by key |
 *
 * @example Read a file of settings
 * ```ts
 * import { guessType, toObject } from "@ferry/std/markup/objects";
 * import { parse } from "@ferry/std/markup/xml";
 * import { assertEquals } from "@std/assert";
 *
 * const text = `<s><!-- ours --><port>8080</port><host name="a"/><host name="b">spare</host></s>`;
 * assertEquals(toObject(parse(text), { convert: guessType }), {
 *   port: 8080,
 *   host: [{ "@name": "a" }, { "@name": "b", "#text": "spare" }],
 * });
 * ```
 *
 * ## Guarantees
 * - `toObject(fromObject(name, value))` is the value, as far as it consists of texts, objects and arrays of two or more.
 * - With `ordered`, `fromObject(name, toObject(element, { ordered: true }))` has all that is in the element, but for comments and
 *   processing instructions.
 * - Names such as `__proto__` are names as any other.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { fromObject } from "./from_object.ts";
export { guessType } from "./guess_type.ts";
export type {
  ObjectNameOptions,
  TextConverter,
  ToObjectOptions,
  XmlObject,
  XmlValue,
} from "./options.ts";
export { toObject } from "./to_object.ts";
