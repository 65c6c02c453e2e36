/**
 * The element tree of XML and HTML: lxml's model.
 *
 * | to | use |
 * |---|---|
 * | make elements | {@linkcode Element}, {@linkcode subElement}, {@linkcode E} |
 * | read and change them | `text`, `tail`, `attrib`, `append`, `insert`, `remove`, `addNext` … of {@linkcode Element} |
 * | search | `find`, `findAll`, `findText`, `iter`, `iterText`, `iterAncestors` … |
 * | see a whole document | {@linkcode ElementTree} |
 *
 * @example Move an element
 * ```ts
 * import { E } from "@ferry/std/markup/tree";
 * import { assertEquals } from "@std/assert";
 *
 * const list = E.ul(E.li("one"), E.li("two"));
 * list.insert(0, list.at(1)!);
 * assertEquals([...list.iterText()], ["two", "one"]);
 * ```
 *
 * ## Guarantees
 * - An element is the same object each time it is met, and stays it when it moves to another document.
 * - A node that is put somewhere is taken out of where it was, and its tail goes with it. Nothing gets below itself.
 * - Texts, names and values are what XML can hold; all else is refused when it is set.
 *
 * ## Limits
 * What is taken out of a document stays in memory until the document goes. A document has at most 165 million nodes.
 *
 * @module
 */

export { Attributes } from "./attributes.ts";
export { Comment } from "./comment.ts";
export type { Doctype, DocumentInfo } from "../store/document_info.ts";
export { Element } from "./element.ts";
export { ElementTree } from "./element_tree.ts";
export {
  type Content,
  E,
  type ElementFactory,
  elementFactory,
  type ElementFactoryOptions,
  type ElementMaker,
  type HtmlTag,
  subElement,
} from "./factory.ts";
export type { PathOptions } from "./find_path.ts";
export type { ElementOptions } from "./make_row.ts";
export type { NamespaceMap } from "./namespaces.ts";
export { NodeView, type ViewMaker } from "../store/node_view.ts";
export { ProcessingInstruction } from "./processing_instruction.ts";
export type { IterTextOptions, SiblingOptions, TagFilter } from "./tag_filter.ts";
export { NodeRows } from "../store/node_rows.ts";
export { type LazyText, TextRows } from "../store/text_rows.ts";
export { NameTable } from "../store/name_table.ts";
export { TreeStore } from "../store/tree_store.ts";
