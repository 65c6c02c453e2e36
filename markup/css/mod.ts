/**
 * CSS selectors over the element tree of HTML and XML: "Selectors Level 4" as far as it makes sense without a screen, and what
 * scrapers add to it.
 *
 * | to | use |
 * |---|---|
 * | find all, or the first | {@linkcode select}, {@linkcode selectOne} |
 * | ask about one element | {@linkcode matches}, {@linkcode closest} |
 * | compile once, use often | {@linkcode Selector} |
 *
 * | selectors | |
 * |---|---|
 * | names | `a`, `*`, `ns\|a`, `*\|a`, `\|a` |
 * | ids, classes | `#id`, `.class` |
 * | attributes | `[a]`, `[a=v]`, `~=`, `\|=`, `^=`, `$=`, `*=`, `!=`, the flags `i` and `s`, `[ns\|a]` |
 * | combinators | `a b`, `a > b`, `a + b`, `a ~ b`; at the start, they hang on `:scope` |
 * | logic | `:is()`, `:where()`, `:not()`, `:has()` |
 * | positions | `:first-child`, `:last-child`, `:only-child`, `:nth-child(2n+1 of .b)`, `:nth-last-child()`, and the same `-of-type` |
 * | the tree | `:root`, `:empty`, `:scope` |
 * | HTML | `:any-link`, `:link`, `:checked`, `:disabled`, `:enabled`, `:required`, `:optional`, `:lang()`, `:dir()` |
 * | texts | `:contains("text")`, `::text`, `::attr(name)` |
 *
 * @example Links of a page
 * ```ts
 * import { select } from "@ferry/std/markup/css";
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<nav><a href=/a>A</a></nav><p>See <a href=/b>B</a> and <a>C</a>.");
 * assertEquals(select(page, "p a[href]").map((link) => link.text), ["B"]);
 * assertEquals(select(page, "a::attr(href)"), ["/a", "/b"]);
 * ```
 *
 * ## Guarantees
 * - Results come in document order, each element once. The element that is searched is found, too, if it matches: as in lxml.
 * - In documents of HTML, names of elements and attributes are compared without regard to capitals, and so are the values of
 *   the attributes for which the HTML standard says so; in quirks mode classes and ids, too.
 * - A name without a prefix is of any namespace, unless the options have one for `""`.
 * - The time that a query takes is at most in proportion to the nodes of the document times the length of the selector.
 * - What is not a selector is an error that tells the position; nothing is passed over.
 *
 * ## Limits
 * Selectors have at most 65,536 units, and 256 compounds that hang on one another; see {@linkcode SelectorOptions}.
 * `:hover`, `:focus`, `:visited` and the like find nothing.
 *
 * ## Permissions
 * None.
 *
 * @module
 */

export { closest, matches, select, type Selected, selectOne } from "./select.ts";
export { Selector } from "./selector.ts";
export { SelectorSyntaxError } from "./selector_error.ts";
export type { SelectorOptions } from "./syntax/limits.ts";
