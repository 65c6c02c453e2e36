/**
 * XPath 1.0 over the element tree, of XML and of HTML.
 *
 * | to | use |
 * |---|---|
 * | evaluate an expression | {@linkcode xpath} |
 * | compile one, and evaluate it again and again | {@linkcode XPath} |
 * | get elements, texts, a number … with their type | `elements`, `strings`, `number` … of {@linkcode XPath} |
 * | have the nodes that an expression takes as a set, for `c14n` | `nodeSet` of {@linkcode XPath} |
 * | know whose text or attribute a string is | the option `smartStrings`, {@linkcode XPathText} |
 *
 * @example Search a feed
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { XPath } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const feed = parse(`<feed xmlns="http://www.w3.org/2005/Atom">
 *   <entry><title>Ferry sails</title></entry><entry><title>Tea arrives</title></entry>
 * </feed>`);
 * const namespaces = { a: "http://www.w3.org/2005/Atom" };
 * const titles = new XPath("//a:entry[contains(a:title, 'Tea')]/a:title", { namespaces });
 * assertEquals(titles.strings(feed), ["Tea arrives"]);
 * ```
 *
 * ## EXSLT
 * The functions of EXSLT's regular expressions, strings, sets, mathematics and dates are there, with the prefixes `re`, `str`, `set`,
 * `math` and `date`: `re:test(@name, '^A', 'i')`, `str:tokenize(.)`, `set:distinct(//@lang)`, `math:max(@price)`,
 * `date:add(@day, 'P1M')` … Regular expressions take linear time, whatever they are, and so cannot look around or refer back.
 *
 * ## Guarantees
 * - Nodes come in document order, each once, whatever the tree has been through since it was parsed.
 * - The results are those of lxml, but for what is listed below.
 * - Neither brackets inside one another nor what is evaluated can exhaust the stack or run for ever: limits are finite, see
 *   {@linkcode XPathLimits} and {@linkcode XPathOptions}.
 *
 * ## Differences to lxml
 * - Numbers are written as the recommendation says, with all the digits that they need and without an exponent.
 * - `.//.` contains the node itself.
 * - `lang()` looks at HTML's `lang`, too, and `id()` at its `id`; in XML, at `xml:id` alone.
 * - A replacement of `re:replace` may have `$1`, as EXSLT says, beside lxml's `\\1`; tokens and matches are new elements.
 * - `""` may be given a namespace: that of elements without a prefix.
 *
 * ## Permissions
 * None.
 *
 * @module
 */
export { XPath, xpath } from "./xpath.ts";
export type {
  XPathEvaluateOptions,
  XPathFunction,
  XPathFunctionContext,
  XPathOptions,
} from "./options.ts";
export { XPathNodeSet } from "./node_set.ts";
export { XPathLimitError, type XPathLimits } from "./nodes/limits.ts";
export {
  type XPathInput,
  type XPathNamespace,
  type XPathNode,
  type XPathResult,
  XPathText,
} from "./result.ts";
export { XPathSyntaxError } from "./syntax/xpath_syntax_error.ts";
