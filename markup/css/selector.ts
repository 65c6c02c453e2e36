import { checkOptions } from "../options.ts";
import { nodeOf, type NodeView, storeOf, type TreeStore, viewOf } from "../store/mod.ts";
import type { Element } from "../tree/mod.ts";
import { compile, type Program } from "./match/compile.ts";
import { closestNode, findNodes, findTexts, matchesNode } from "./match/run.ts";
import type { ComplexSelector } from "./syntax/ast.ts";
import { SELECTOR_RULES, type SelectorOptions } from "./syntax/limits.ts";
import { parseSelectors } from "./syntax/parser.ts";

/**
 * A compiled selector, for use again and again. What it finds comes in document order, each element once.
 *
 * @example Use one for many elements
 * ```ts
 * import { Selector } from "@ferry/std/markup/css";
 * import { parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const cells = new Selector("td:not(.empty)::text");
 * const page = parse("<table><tr><td>1<td class=empty>-<tr><td>2");
 * const rows = new Selector("tr").select(page).map((row) => cells.texts(row));
 * assertEquals(rows, [["1"], ["2"]]);
 * ```
 */
export class Selector {
  /** The selector as it is written. */
  readonly text: string;
  /** Whether it ends in `::text` or `::attr()`, and finds texts. */
  readonly findsTexts: boolean;
  readonly #list: readonly ComplexSelector[];
  readonly #compiled: (Program | undefined)[] = [];

  /**
   * Compiles a selector.
   *
   * @example Make one
   * ```ts
   * import { Selector } from "@ferry/std/markup/css";
   *
   * const cells = new Selector("td:not(.empty)::text");
   * ```
   *
   * @param text One selector, or several with commas between them.
   * @param options What prefixes stand for, and limits.
   * @throws {SelectorSyntaxError} If the text is no selector, or goes beyond a limit.
   * @throws {RangeError} If a limit is out of range.
   * @throws {TypeError} If the text is none, or an option is unknown or of the wrong type.
   */
  constructor(text: string, options?: SelectorOptions) {
    if (typeof text !== "string") {
      throw new TypeError(
        `A selector needs a string, received ${text === null ? "null" : typeof text}`,
      );
    }
    this.text = text;
    this.#list = parseSelectors(
      text,
      checkOptions("Cannot read a selector", options, SELECTOR_RULES),
    );
    this.findsTexts = this.#list[0]!.pseudo !== undefined;
  }

  /**
   * All elements that it finds.
   *
   * @param top Where to look: this element, which is `:scope`, and all below it.
   * @throws {TypeError} If it ends in `::text` or `::attr()`.
   */
  select(top: Element): Element[] {
    const store = storeOf(top);
    const nodes = findNodes(this.#elements(store), store, nodeOf(top), Infinity);
    return nodes.map((node) => viewOf(store, node) as NodeView as Element);
  }

  /**
   * The first element that it finds.
   *
   * @param top Where to look: this element, which is `:scope`, and all below it.
   * @returns The element, `undefined` if there is none.
   * @throws {TypeError} If it ends in `::text` or `::attr()`.
   */
  selectOne(top: Element): Element | undefined {
    const store = storeOf(top);
    const [node] = findNodes(this.#elements(store), store, nodeOf(top), 1);
    return node === undefined ? undefined : viewOf(store, node) as NodeView as Element;
  }

  /**
   * Whether it finds an element.
   *
   * @param element The element, which is `:scope`, too.
   * @throws {TypeError} If it ends in `::text` or `::attr()`.
   */
  matches(element: Element): boolean {
    const store = storeOf(element);
    return matchesNode(this.#elements(store), store, nodeOf(element));
  }

  /**
   * The nearest that it finds of an element and those above it.
   *
   * @param element The element, which is `:scope`, too.
   * @returns The element, `undefined` if there is none.
   * @throws {TypeError} If it ends in `::text` or `::attr()`.
   */
  closest(element: Element): Element | undefined {
    const store = storeOf(element);
    const node = closestNode(this.#elements(store), store, nodeOf(element));
    return node === 0 ? undefined : viewOf(store, node) as NodeView as Element;
  }

  /**
   * All texts or values that it finds.
   *
   * @param top Where to look: this element, which is `:scope`, and all below it.
   * @param most How many to find.
   * @throws {TypeError} If it does not end in `::text` or `::attr()`.
   */
  texts(top: Element, most: number = Infinity): string[] {
    if (!this.findsTexts) {
      throw new TypeError(
        `Texts need a selector that ends in ::text or ::attr(), received ${this.text}`,
      );
    }
    const store = storeOf(top);
    return findTexts(this.#for(store), store, nodeOf(top), most);
  }

  #elements(store: TreeStore): Program {
    if (!this.findsTexts) return this.#for(store);
    throw new TypeError(
      `Elements need a selector without ::text or ::attr(), received ${this.text}`,
    );
  }

  /** The selector for documents of the kind that a store holds. */
  #for(store: TreeStore): Program {
    const html = store.language === "html";
    const quirks = html && store.info.quirks === "quirks";
    const index = quirks ? 2 : html ? 1 : 0;
    return this.#compiled[index] ??= compile(this.#list, { html, quirks });
  }
}
