/**
 * HTML and XML with one element tree, lxml's model.
 *
 * | to | use |
 * |---|---|
 * | make, read, change and search elements | {@linkcode Element}, {@linkcode E}, {@linkcode ElementTree} |
 * | search with CSS selectors | {@linkcode css} |
 * | have elements as plain objects, and back | {@linkcode toObject}, {@linkcode fromObject} |
 * | read, clean and write HTML; links, forms, text, Markdown | {@linkcode html} |
 * | read and write XML, also in pieces | {@linkcode xml} |
 * | check XML against a schema, transform it by XSLT | {@linkcode validate}, {@linkcode XmlSchema}, {@linkcode Xslt} |
 * | search both by XPath | {@linkcode xpath}, {@linkcode XPath} |
 *
 * @example Make an element
 * ```ts
 * import { E } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const page = E.html(E.body(E.p("Ahoy")));
 * assertEquals(page.findText("body/p"), "Ahoy");
 * ```
 *
 * ## Guarantees
 * - A misspelt option, or one of the wrong type, is a `TypeError` that lists those that there are.
 *
 * ## Permissions
 * None; `--allow-read` for what transforms, and for {@linkcode xml.parseFile}.
 *
 * @module
 */

export * from "./tree/mod.ts";

/** CSS selectors over both. */
export * as css from "./css/mod.ts";

/** Elements as plain objects, and back. */
export { fromObject, toObject } from "./objects/mod.ts";

/** HTML by the WHATWG standard: read, clean, write; links, forms, text. */
export * as html from "./html/mod.ts";

/** XML: read, write, canonical form. */
export * as xml from "./xml/mod.ts";

export * from "./xpath/mod.ts";

export * from "./validate/mod.ts";

export * from "./xslt/mod.ts";
