/**
 * XSLT 1.0 with EXSLT, by libxslt in WebAssembly. The package is loaded when a stylesheet is first used.
 *
 * @example Transform
 * ```ts
 * import { Xslt } from "@ferry/std/markup/xslt";
 * import { assertEquals } from "@std/assert";
 *
 * using greet = new Xslt(`<r xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
 *   <xsl:value-of select="concat('Ahoy ', /name)"/>
 * </r>`);
 * assertEquals((await greet.transform("<name>Ada</name>")).parse().text?.trim(), "Ahoy Ada");
 * ```
 *
 * ## Guarantees
 * - Nothing is read or fetched: what a stylesheet imports, includes or asks for by `document()` comes from the option `resolver`,
 *   or not at all.
 * - A stylesheet that does not end can be stopped, with `signal` and `timeout`; one that exhausts the stack is an
 *   {@linkcode XsltError}, and the next document is transformed all the same.
 *
 * ## Permissions
 * `--allow-read` for the package `libxslt-wasm` and for this one on disk.
 *
 * @module
 */
export {
  Xslt,
  type XsltOptions,
  type XsltParameter,
  type XsltResolver,
  XsltResult,
  type XsltTransformOptions,
} from "./xslt.ts";
export { XsltError, type XsltFault } from "./fault.ts";
