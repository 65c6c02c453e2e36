import { checkOptions, copyOptions, type OptionRules } from "../options.ts";
import { DOCUMENT, FIRST, HEAD, LAST, NEXT, PARENT, PREV } from "../store/layout.ts";
import { nodeOf, storeOf } from "../store/node_view.ts";
import type { TreeStore } from "../store/tree_store.ts";
import { Element } from "../tree/element.ts";
import type { ElementTree } from "../tree/element_tree.ts";
import { XML_URI } from "../tree/namespaces.ts";
import { compile, type Compiled } from "./compile.ts";
import { CORE } from "./functions/core.ts";
import { EXSLT, EXSLT_PREFIXES } from "./functions/exslt/mod.ts";
import { ownFunction } from "./functions/own.ts";
import { Run, type Value } from "./nodes/run.ts";
import { nodeSetOf, type XPathNodeSet } from "./node_set.ts";
import {
  EVALUATE_RULES,
  XPATH_RULES,
  type XPathEvaluateOptions,
  type XPathOptions,
} from "./options.ts";
import { valueIn, valueOut, type XPathInput, type XPathResult } from "./result.ts";
import { parseExpression } from "./syntax/parse_expression.ts";
import { XPathSyntaxError } from "./syntax/xpath_syntax_error.ts";

/** Prefixes that need not be declared. */
const PREFIXES: Readonly<Record<string, string>> = { xml: XML_URI, ...EXSLT_PREFIXES };

/** What the options of {@linkcode xpath} may be. */
const ALL_RULES: OptionRules<XPathOptions & XPathEvaluateOptions> = {
  ...XPATH_RULES,
  ...EVALUATE_RULES,
};

/** Evaluates by options that have been checked. */
let evaluate: (
  expression: XPath,
  node: Element | ElementTree,
  options: XPathEvaluateOptions,
) => XPathResult;

const NO_VARIABLES: ReadonlyMap<string, Value> = new Map();

/**
 * A compiled expression of XPath 1.0. It can be evaluated again and again, in any tree.
 *
 * @example Find prices
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { XPath } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const shop = parse("<shop><tea price='3'/><rum price='9'/></shop>");
 * const cheap = new XPath("*[@price < $most]");
 * assertEquals(cheap.elements(shop, { variables: { most: 5 } }).map(({ tag }) => tag), ["tea"]);
 * ```
 */
export class XPath {
  /** The expression. */
  readonly expression: string;
  readonly #compiled: Compiled;

  static {
    evaluate = (expression, node, options) => expression.#evaluate(node, options);
  }

  /**
   * Compiles an expression.
   *
   * @example Make one
   * ```ts
   * import { parse } from "@ferry/std/markup/xml";
   * import { XPath } from "@ferry/std/markup/xpath";
   *
   * const shop = parse("<shop><tea price='3'/><rum price='9'/></shop>");
   * const cheap = new XPath("*[@price < $most]");
   * ```
   *
   * @param expression The expression.
   * @param options What names in it stand for.
   * @throws {XPathSyntaxError} If it is not XPath 1.0, or has a prefix or function that there is not.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  constructor(expression: string, options?: XPathOptions) {
    this.expression = expression;
    const checked = checkOptions("Cannot read an XPath", options, XPATH_RULES);
    const { namespaces = {}, functions = {}, maxLength = 100_000, maxDepth = 256 } = checked;
    if (expression.length > maxLength) {
      throw new XPathSyntaxError(
        `An expression has at most ${maxLength} signs (maxLength), received ${expression.length}`,
        expression,
        maxLength,
      );
    }
    this.#compiled = compile(expression, parseExpression(expression, maxDepth), {
      namespace: (prefix) =>
        Object.hasOwn(namespaces, prefix)
          ? namespaces[prefix]
          : Object.hasOwn(PREFIXES, prefix)
          ? PREFIXES[prefix]
          : undefined,
      function: (name) =>
        Object.hasOwn(functions, name)
          ? ownFunction(name, functions[name]!)
          : CORE.get(name) ?? EXSLT.get(name),
    });
  }

  /**
   * Evaluates the expression.
   *
   * @param node Where it begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @returns Nodes in document order, a string, a number or a boolean. The document itself is not among the nodes.
   * @throws {TypeError} If a variable is missing, or a value that should be nodes is none; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  evaluate(node: Element | ElementTree, options?: XPathEvaluateOptions): XPathResult {
    return this.#evaluate(node, checkEvaluate(options));
  }

  #evaluate(node: Element | ElementTree, options: XPathEvaluateOptions): XPathResult {
    return this.#run(
      node,
      options,
      (id, run, { expression }) =>
        valueOut(expression.evaluate(id, 1, 1, run), run, options.smartStrings ?? false),
    );
  }

  /**
   * The elements that the expression leads to; comments and processing instructions are such.
   *
   * @param node Where it begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If it gives something else than elements, or a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  elements(node: Element | ElementTree, options?: XPathEvaluateOptions): Element[] {
    const result = this.evaluate(node, options);
    if (!Array.isArray(result)) {
      throw new TypeError(`The expression needs to give elements, received a ${typeof result}`);
    }
    for (const one of result) {
      if (!(one instanceof Element)) {
        throw new TypeError("The expression needs to give elements, received other nodes");
      }
    }
    return result as Element[];
  }

  /**
   * The first element that the expression leads to.
   *
   * @param node Where it begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @returns The element, `undefined` if there is none.
   * @throws {TypeError} If it gives something else than elements, or a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  first(node: Element | ElementTree, options?: XPathEvaluateOptions): Element | undefined {
    return this.elements(node, options)[0];
  }

  /**
   * The text of each node that the expression leads to, or the value that it gives as a text.
   *
   * @param node Where it begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  strings(node: Element | ElementTree, options?: XPathEvaluateOptions): string[] {
    return this.#run(node, checkEvaluate(options), (id, run, { expression }) => {
      if (expression.type !== "nodes" && expression.type !== "any") {
        return [expression.string(id, 1, 1, run)];
      }
      const value = expression.evaluate(id, 1, 1, run);
      if (typeof value !== "object") return [`${valueOut(value, run, false)}`];
      return Array.from(value.ids.subarray(0, value.length), (id) => run.stringOf(id));
    });
  }

  /**
   * The value as a string: of nodes, the text of the first one.
   *
   * @param node Where the expression begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  string(node: Element | ElementTree, options?: XPathEvaluateOptions): string {
    return this.#run(
      node,
      checkEvaluate(options),
      (id, run, { expression }) => expression.string(id, 1, 1, run),
    );
  }

  /**
   * The value as a number: of nodes, that of the text of the first one; `NaN` if that is none.
   *
   * @param node Where the expression begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  number(node: Element | ElementTree, options?: XPathEvaluateOptions): number {
    return this.#run(
      node,
      checkEvaluate(options),
      (id, run, { expression }) => expression.number(id, 1, 1, run),
    );
  }

  /**
   * The value as a boolean: of nodes, whether there are any.
   *
   * @param node Where the expression begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  boolean(node: Element | ElementTree, options?: XPathEvaluateOptions): boolean {
    return this.#run(
      node,
      checkEvaluate(options),
      (id, run, { expression }) => expression.boolean(id, 1, 1, run),
    );
  }

  /**
   * All nodes that the expression takes, to ask whether a node is one of them.
   *
   * @param node Where the expression begins: an element, or the root of a document.
   * @param options Variables and limits.
   * @throws {TypeError} If it gives something else than nodes, or a variable is missing; or an option is unknown or of the wrong type.
   * @throws {XPathLimitError} If it goes beyond a limit.
   */
  nodeSet(node: Element | ElementTree, options?: XPathEvaluateOptions): XPathNodeSet {
    return this.#run(
      node,
      checkEvaluate(options),
      (id, run, { expression }) => nodeSetOf(expression.nodes(id, 1, 1, run), run),
    );
  }

  #run<T>(
    node: Element | ElementTree,
    options: XPathEvaluateOptions,
    use: (id: number, run: Run, compiled: Compiled) => T,
  ): T {
    const whole = !(node instanceof Element);
    const view = whole ? node.root : node;
    const store = storeOf(view);
    return within(store, nodeOf(view), whole, (id, top) => {
      const compiled = this.#compiled;
      const variables = compiled.variables.length === 0 ? NO_VARIABLES : new Map<string, Value>();
      const { maxWork = 2_000_000_000, maxStringLength = 100_000_000 } = options;
      const run = new Run(store, top, compiled.tests, variables, maxWork, maxStringLength);
      for (const name of compiled.variables) {
        const given: Readonly<Record<string, XPathInput>> = options.variables ?? {};
        if (!Object.hasOwn(given, name)) {
          throw new TypeError(`The variable "${name}" needs a value in the option "variables"`);
        }
        const value = valueIn(given[name], run, `The variable "${name}"`);
        (variables as Map<string, Value>).set(name, value);
      }
      return use(id, run, compiled);
    });
  }
}

function checkEvaluate(options: XPathEvaluateOptions | undefined): XPathEvaluateOptions {
  return checkOptions("Cannot evaluate an XPath", options, EVALUATE_RULES);
}

/**
 * Calls back with a node and its document. A tree outside of a document, and one that is seen as a document of its own, hangs below
 * row 0 meanwhile, which is no node otherwise.
 */
function within<T>(
  store: TreeStore,
  node: number,
  whole: boolean,
  use: (id: number, top: number) => T,
): T {
  const { words } = store;
  const top = store.top(node);
  const parent = words[node + PARENT]!;
  if (top === store.document && (!whole || parent === top)) return use(node, top);
  const root = whole ? node : top;
  const before = words.slice(0, LAST + 1);
  const links = [words[root + PARENT]!, words[root + PREV]!, words[root + NEXT]!] as const;
  if (whole && parent !== 0) {
    words[root + PARENT] = words[root + PREV] = words[root + NEXT] = 0;
    countUndone(store);
  }
  let [first, last] = [root, root];
  while (words[first + PREV] !== 0) first = words[first + PREV]!;
  while (words[last + NEXT] !== 0) last = words[last + NEXT]!;
  words[HEAD] = DOCUMENT;
  words[FIRST] = first;
  words[LAST] = last;
  // What was counted below row 0 is of another tree.
  countUndone(store);
  try {
    return use(node, 0);
  } finally {
    const { words } = store;
    words.set(before);
    if (whole && parent !== 0) {
      [words[root + PARENT], words[root + PREV], words[root + NEXT]] = links;
      countUndone(store);
    }
  }
}

/** Counts a change that is undone when the evaluation ends. */
function countUndone(store: TreeStore): void {
  store.changes++;
  store.undone++;
}

/**
 * Evaluates an expression of XPath 1.0. Expressions that come again are compiled once.
 *
 * @example Elements, texts, numbers
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { xpath } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const fleet = parse("<fleet><ship name='Ada'>12</ship><ship name='Bob'>30</ship></fleet>");
 * assertEquals(xpath(fleet, "ship[. > 20]/@name"), ["Bob"]);
 * assertEquals(xpath(fleet, "sum(ship)"), 42);
 * ```
 *
 * @example A loop over elements, which are known to be elements
 * ```ts
 * import { parse } from "@ferry/std/markup/xml";
 * import { XPath } from "@ferry/std/markup/xpath";
 * import { assertEquals } from "@std/assert";
 *
 * const fleet = parse("<fleet><ship name='Ada'/><ship name='Bob'/></fleet>");
 * const names: string[] = [];
 * for (const ship of new XPath("//ship").elements(fleet)) names.push(ship.get("name")!);
 * assertEquals(names, ["Ada", "Bob"]);
 * ```
 *
 * @param node Where it begins: an element, or the root of a document.
 * @param expression The expression.
 * @param options What names in it stand for, variables, limits.
 * @returns Nodes in document order, a string, a number or a boolean. The document itself is not among the nodes.
 * @throws {XPathSyntaxError} If it is not XPath 1.0, or has a prefix or function that there is not.
 * @throws {TypeError} If a variable is missing, or a value that should be nodes is none; or an option is unknown or of the
 * wrong type.
 * @throws {XPathLimitError} If it goes beyond a limit.
 */
export function xpath(
  node: Element | ElementTree,
  expression: string,
  options?: XPathOptions & XPathEvaluateOptions,
): XPathResult {
  const checked = checkOptions("Cannot evaluate an XPath", options, ALL_RULES);
  return evaluate(compiledFor(expression, checked), node, checked);
}

/** How many compiled expressions are kept. */
const KEPT = 256;
/** Longest expression that is kept. */
const LONGEST_KEPT = 10_000;
const kept = new Map<string, XPath>();

function compiledFor(expression: string, options: XPathOptions): XPath {
  const { namespaces, functions, maxDepth, maxLength } = options;
  const special = functions !== undefined || maxDepth !== undefined || maxLength !== undefined;
  if (special || expression.length > LONGEST_KEPT) {
    return new XPath(expression, copyOptions(options, XPATH_RULES));
  }
  const key = namespaces === undefined
    ? expression
    : `${JSON.stringify(Object.entries(namespaces))}${expression}`;
  let compiled = kept.get(key);
  if (compiled === undefined) {
    compiled = new XPath(expression, copyOptions(options, XPATH_RULES));
    if (kept.size >= KEPT) kept.clear();
    kept.set(key, compiled);
  }
  return compiled;
}
