import type { Element } from "../../tree/mod.ts";

/**
 * The elements of a class.
 *
 * @param top Where to look: this element and all below.
 * @param name The class.
 *
 * @example Items that are new
 * ```ts
 * import { findClass, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const page = parse("<p class='a new'>1<p class=newer>2");
 * assertEquals(findClass(page, "new").map((element) => element.text), ["1"]);
 * ```
 */
export function findClass(top: Element, name: string): Element[] {
  const found: Element[] = [];
  for (const element of top.iter("*")) {
    if (element.get("class")?.split(/[\t\n\f\r ]+/).includes(name)) found.push(element);
  }
  return found;
}

/**
 * The first element with an id.
 *
 * @param top Where to look: this element and all below.
 * @param id The id.
 * @returns The element, `undefined` if there is none.
 *
 * @example One of many
 * ```ts
 * import { getElementById, parse } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getElementById(parse("<p id=a>1<p id=b>2"), "b")?.text, "2");
 * ```
 */
export function getElementById(top: Element, id: string): Element | undefined {
  for (const element of top.iter("*")) if (element.get("id") === id) return element;
  return undefined;
}
