/**
 * XPath 1.0 over the element tree, of XML and of HTML.
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
export { XPathLimitError, type XPathLimits } from "./nodes/limits.ts";
export {
  type XPathInput,
  type XPathNamespace,
  type XPathNode,
  type XPathResult,
  XPathText,
} from "./result.ts";
export { XPathSyntaxError } from "./syntax/xpath_syntax_error.ts";
