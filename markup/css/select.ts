import type { Element } from "../tree/mod.ts";
import { Selector } from "./selector.ts";
import type { SelectorOptions } from "./syntax/limits.ts";

/** How many compiled selectors are kept. */
const KEPT = 256;
const compiled = new Map<string, Selector>();

function selectorOf(text: string, options: SelectorOptions | undefined): Selector {
  if (options !== undefined) return new Selector(text, options);
  let selector = compiled.get(text);
  if (selector === undefined) {
    selector = new Selector(text);
    if (compiled.size >= KEPT) compiled.clear();
    // A long text would keep much memory for as long as the program runs.
    if (text.length < 1024) compiled.set(text, selector);
  }
  return selector;
}

/**
 * What a selector finds: texts if it ends in `::text` or `::attr(name)`, else elements. Of a selector that is not written as a
 * literal, only `Selector` tells.
 *
 * @typeParam S The selector.
 */
export type Selected<S extends string> = string extends S ? Element | string
  : S extends `${infer Rest}${" " | "\n" | "\t"}` ? Selected<Rest>
  : Lowercase<S> extends `${string}::text` | `${string}::attr(${string})` ? string
  : Element;

/**
 * All that a selector finds, in document order, each element once.
 *
 * @typeParam S The selector, for the type of the result.
 * @param top Where to look: this element, which is `:scope`, and all below it.
 * @param selector One selector, or several with commas between them; `::text` at the end asks for the texts directly in the
 * elements, `::attr(name)` for the values of an attribute.
 * @param options What prefixes stand for, and limits.
 * @returns Elements, or texts if the selector ends in `::text` or `::attr()`.
 * @throws {SelectorSyntaxError} If the selector is none, or goes beyond a limit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example Elements and texts
 * ```ts
 * import { select } from "@ferry/std/markup/css";
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<ul><li><a href=/kiel>Kiel</a><li class=far><a href=/oslo>Oslo</a></ul>");
 * assertEquals(select(page, "li.far").length, 1);
 * assertEquals(select(page, "li:has(a) a::attr(href)"), ["/kiel", "/oslo"]);
 * assertEquals(select(page, "li:not(.far) ::text"), ["Kiel"]);
 * ```
 */
export function select<S extends string>(
  top: Element,
  selector: S,
  options?: SelectorOptions,
): Selected<S>[] {
  const one = selectorOf(selector, options);
  return (one.findsTexts ? one.texts(top) : one.select(top)) as Selected<S>[];
}

/**
 * The first that a selector finds in document order.
 *
 * @typeParam S The selector, for the type of the result.
 * @param top Where to look: this element, which is `:scope`, and all below it.
 * @param selector The selector, see {@linkcode select}.
 * @param options What prefixes stand for, and limits.
 * @returns An element, or a text if the selector ends in `::text` or `::attr()`; `undefined` if there is none.
 * @throws {SelectorSyntaxError} If the selector is none, or goes beyond a limit.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 *
 * @example A title
 * ```ts
 * import { selectOne } from "@ferry/std/markup/css";
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(selectOne(parse("<title>Ports</title>"), "head > title::text"), "Ports");
 * ```
 */
export function selectOne<S extends string>(
  top: Element,
  selector: S,
  options?: SelectorOptions,
): Selected<S> | undefined {
  const one = selectorOf(selector, options);
  return (one.findsTexts ? one.texts(top, 1)[0] : one.selectOne(top)) as Selected<S> | undefined;
}

/**
 * Whether a selector finds an element.
 *
 * @param element The element, which is `:scope`, too.
 * @param selector The selector.
 * @param options What prefixes stand for, and limits.
 * @throws {SelectorSyntaxError} If the selector is none, or goes beyond a limit.
 * @throws {TypeError} If the selector ends in `::text` or `::attr()`, or an option is unknown or of the wrong type.
 *
 * @example Is it a link to elsewhere?
 * ```ts
 * import { matches } from "@ferry/std/markup/css";
 * import { E } from "@ferry/std/markup";
 * import { assert } from "@std/assert";
 *
 * assert(matches(E.a({ href: "https://example.com" }), "a[href^=https i]"));
 * ```
 */
export function matches(element: Element, selector: string, options?: SelectorOptions): boolean {
  return selectorOf(selector, options).matches(element);
}

/**
 * The nearest that a selector finds of an element and those above it.
 *
 * @param element The element, which is `:scope`, too.
 * @param selector The selector.
 * @param options What prefixes stand for, and limits.
 * @returns The element, `undefined` if there is none.
 * @throws {SelectorSyntaxError} If the selector is none, or goes beyond a limit.
 * @throws {TypeError} If the selector ends in `::text` or `::attr()`, or an option is unknown or of the wrong type.
 *
 * @example The row of a cell
 * ```ts
 * import { closest, selectOne } from "@ferry/std/markup/css";
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<table><tr id=first><td><b>1</b>");
 * assertEquals(closest(selectOne(page, "b")!, "tr")?.get("id"), "first");
 * ```
 */
export function closest(
  element: Element,
  selector: string,
  options?: SelectorOptions,
): Element | undefined {
  return selectorOf(selector, options).closest(element);
}
