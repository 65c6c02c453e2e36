import { nodeOf, storeOf } from "../../store/mod.ts";
import { type Element, ElementTree } from "../../tree/mod.ts";
import { parse } from "../document.ts";
import { parseFragment } from "../fragment.ts";
import { serialize } from "../serialize/serialize.ts";
import { matchesOf } from "./matches.ts";
import { Merger } from "./merge.ts";
import { wordsOf } from "./words.ts";

/**
 * A copy of a tree in which `ins` and `del` mark what is new in it and what is no more, as lxml's `htmldiff` does. Words are
 * compared, and pictures, fields and the like as a whole; tags and attributes are not.
 *
 * @param before The old tree.
 * @param after The new tree.
 * @returns A new tree, which is that of `after` with marks in it.
 *
 * @example Trees
 * ```ts
 * import { diffTrees, parseFragment, serialize } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * const before = parseFragment("<p>The ship leaves at noon</p>");
 * const after = parseFragment("<p>The ship leaves at <b>ten</b></p>");
 * assertEquals(
 *   serialize(diffTrees(before, after)),
 *   "<p>The ship leaves at <del>noon</del> <b><ins>ten</ins></b></p>",
 * );
 * ```
 */
export function diffTrees(before: Element, after: Element): Element {
  const result = after.copy();
  const old = wordsOf(storeOf(before), nodeOf(before));
  const words = wordsOf(storeOf(result), nodeOf(result));
  const keys = ({ key }: { key: string }) => key;
  new Merger(old, words).run(matchesOf(old.tokens.map(keys), words.tokens.map(keys)));
  return result;
}

/** Whether a text is a document, and not a part of one. */
const DOCUMENT = /^(?:\s|<!--[^]*?-->)*<(?:!doctype|html|head|body)[\s/>]/i;

/**
 * HTML in which `ins` and `del` mark what is new and what is no more, see {@linkcode diffTrees}. Elements that went as a whole are
 * shown as elements where they can stand, else as text.
 *
 * @param before The old HTML: a document, or a part of one.
 * @param after The new HTML.
 * @returns HTML that reads like `after`, with marks in it.
 * @throws {HtmlLimitError} If a text is larger than the limits of `parse` allow.
 *
 * @example What has changed
 * ```ts
 * import { diff } from "@ferry/std/markup/html";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   diff("<ul><li>Kiel<li>Oslo", "<ul><li>Kiel<li>Rostock<li>Oslo"),
 *   "<ul><li>Kiel</li><li><ins>Rostock</ins></li><li>Oslo</li></ul>",
 * );
 * ```
 */
export function diff(before: string, after: string): string {
  const read = (text: string) =>
    DOCUMENT.test(after) ? parse(text) : parseFragment(text, { createParent: true });
  const root = read(after);
  const result = diffTrees(read(before), root);
  if (!DOCUMENT.test(after)) return serialize(result, { outer: false });
  const { doctype } = ElementTree.of(root).info;
  return (doctype === undefined ? "" : "<!DOCTYPE html>") + serialize(result);
}
