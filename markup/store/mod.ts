/**
 * The tree below the elements: integers in one array, for parsers, searches and writers that must be fast.
 *
 * {@linkcode TreeStore} holds a document; the constants name the words of a row, see `layout.ts` for a picture.
 * `Element` and its kin are views of such a store. Nothing is checked on this level.
 *
 * @example Build a document by hand
 * ```ts
 * import { NEXT, ROW, TAIL, TEXT, TreeStore } from "@ferry/std/markup/store";
 * import { assertEquals } from "@std/assert";
 *
 * const store = new TreeStore("xml", "<p>One<b/>two</p>");
 * const p = store.appendElement(store.document, store.names.intern("p"), 0);
 * store.appendRange(p, 3, 6);
 * const b = store.appendElement(p, store.names.intern("b"), 6);
 * store.appendText(p, "two");
 * assertEquals([store.textAt(p + TEXT), store.textAt(b + TAIL)], ["One", "two"]);
 * assertEquals(b - p, ROW);
 * assertEquals(store.words[b + NEXT], 0);
 * ```
 *
 * @module
 */

export {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  COMMENT,
  DOCUMENT,
  ELEMENT,
  FIRST,
  HEAD,
  INSTRUCTION,
  KIND_BITS,
  KIND_MASK,
  LAST,
  MAX_SOURCE,
  NEXT,
  PARENT,
  PLAIN,
  POS,
  PREV,
  RAW,
  ROW,
  TABLE,
  TAIL,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
  UTF8,
} from "./layout.ts";
export type { Doctype, DocumentInfo } from "./document_info.ts";
export { FIRST_FREE, FIRST_OWN, NameTable, reserveName } from "./name_table.ts";
export { nodeOf, NodeView, storeOf, type ViewMaker, viewOf } from "./node_view.ts";
export { NodeRows } from "./node_rows.ts";
export { type LazyText, type ReadReferences, TextRows } from "./text_rows.ts";
export { TreeStore } from "./tree_store.ts";
