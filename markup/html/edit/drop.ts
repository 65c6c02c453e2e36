import { FIRST, nodeOf, PARENT, storeOf, TEXT, type TreeStore } from "../../store/mod.ts";
import type { Element } from "../../tree/mod.ts";

/** Takes a node out and leaves what is in it in its place. */
export function unwrapNode(store: TreeStore, node: number): void {
  const { words } = store;
  const parent = words[node + PARENT]!;
  store.moveText(node + TEXT, store.placeBefore(node));
  for (let child = words[node + FIRST]!; child !== 0; child = words[node + FIRST]!) {
    store.detach(child);
    store.insertBefore(parent, child, node);
  }
  store.extract(node);
}

function needParent(element: Element, what: string): void {
  if (element.getParent() === undefined) {
    throw new TypeError(
      `${what}() needs an element in another one, received the root "${element.tag}"`,
    );
  }
}

/**
 * Takes an element out and leaves its text and children in its place.
 *
 * @param element The element.
 * @throws {TypeError} If the element has no parent.
 *
 * @example Emphasis away
 * ```ts
 * import { dropTag, parseFragment, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const p = parseFragment("<p>1<b>2<i>3</i>4</b>5</p>");
 * dropTag(p.find("b")!);
 * assertEquals(serialize(p), "<p>12<i>3</i>45</p>");
 * ```
 */
export function dropTag(element: Element): void {
  needParent(element, "dropTag");
  unwrapNode(storeOf(element), nodeOf(element));
}

/**
 * Takes an element out with all that is in it, and leaves the text behind it.
 *
 * @param element The element.
 * @throws {TypeError} If the element has no parent.
 *
 * @example A picture away
 * ```ts
 * import { dropTree, parseFragment, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const p = parseFragment("<p>1<b>2</b>3</p>");
 * dropTree(p.find("b")!);
 * assertEquals(serialize(p), "<p>13</p>");
 * ```
 */
export function dropTree(element: Element): void {
  needParent(element, "dropTree");
  storeOf(element).extract(nodeOf(element));
}
