import { NEXT, PARENT, PREV } from "../store/layout.ts";
import { Chain } from "./axes.ts";
import type { DocumentInfo } from "../store/document_info.ts";
import type { Element } from "./element.ts";
import type { PathOptions } from "./find_path.ts";
import { nodeOf, storeOf } from "../store/node_view.ts";
import type { TagFilter } from "./tag_filter.ts";
import { Walk } from "./walk.ts";

/**
 * A whole document: a root, what stands beside it, and what the document says of itself.
 *
 * @example What a document declares
 * ```ts
 * import { Comment, Element, ElementTree } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const tree = new ElementTree(new Element("note", { text: "Ahoy" }));
 * tree.root.addPrevious(new Comment("written by hand"));
 * tree.info.doctype = { name: "note", systemId: "note.dtd" };
 * assertEquals([...tree].map((node) => node.tag), ["#comment", "note"]);
 * ```
 */
export class ElementTree implements Iterable<Element> {
  /** The root. */
  readonly root: Element;
  readonly #own: DocumentInfo = {};

  /**
   * The tree below an element; the document of the element if that is a root.
   *
   * @example Make one
   * ```ts
   * import { Element, ElementTree } from "@ferry/std/markup";
   *
   * const tree = new ElementTree(new Element("note", { text: "Ahoy" }));
   * ```
   *
   * @param root The element.
   */
  constructor(root: Element) {
    this.root = root;
  }

  /**
   * The document that an element is in.
   *
   * @param element The element.
   */
  static of(element: Element): ElementTree {
    return new ElementTree(element.getRoot());
  }

  /** What the document says of itself; can be changed. */
  get info(): DocumentInfo {
    const store = storeOf(this.root);
    return store.words[nodeOf(this.root) + PARENT] === store.document ? store.info : this.#own;
  }

  /** The root and what stands beside it: comments and processing instructions, in document order. */
  [Symbol.iterator](): IterableIterator<Element> {
    const store = storeOf(this.root);
    const { words } = store;
    let first = nodeOf(this.root);
    const parent = words[first + PARENT]!;
    // The root of a part of a document stands alone here.
    if (parent !== 0 && parent !== store.document) return [this.root][Symbol.iterator]();
    while (words[first + PREV] !== 0) first = words[first + PREV]!;
    return new Walk(this.root, new From(new Chain(store, first, 0, NEXT), first), undefined);
  }

  /**
   * All nodes in document order that have one of some tags, those beside the root included; all without tags.
   *
   * @param tags What to give.
   */
  *iter(...tags: TagFilter[]): Generator<Element, undefined> {
    for (const node of this) yield* node.iter(...tags);
  }

  /**
   * The first element that a path leads to from the root, see `Element.find`.
   *
   * @param path The path; a `/` at its start is the root.
   * @param options What prefixes stand for.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  find(path: string, options?: PathOptions): Element | undefined {
    return this.root.find(fromRoot(path), options);
  }

  /**
   * All elements that a path leads to from the root, see `Element.find`.
   *
   * @param path The path; a `/` at its start is the root.
   * @param options What prefixes stand for.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  findAll(path: string, options?: PathOptions): Element[] {
    return this.root.findAll(fromRoot(path), options);
  }

  /**
   * Text of the first element that a path leads to from the root.
   *
   * @param path The path; a `/` at its start is the root.
   * @param options What prefixes stand for.
   * @returns The text, "" if the element has none, `undefined` if there is no such element.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  findText(path: string, options?: PathOptions): string | undefined {
    return this.root.findText(fromRoot(path), options);
  }

  /**
   * The elements that a path leads to from the root, one after another.
   *
   * @param path The path; a `/` at its start is the root.
   * @param options What prefixes stand for.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  iterFind(path: string, options?: PathOptions): IterableIterator<Element> {
    return this.root.iterFind(fromRoot(path), options);
  }
}

/** A node, and then an axis. */
class From {
  readonly #axis: Chain;
  #first: number;

  constructor(axis: Chain, first: number) {
    this.#axis = axis;
    this.#first = first;
  }

  next(): number {
    const first = this.#first;
    this.#first = 0;
    return first === 0 ? this.#axis.next() : first;
  }
}

function fromRoot(path: string): string {
  return path.startsWith("/") ? `.${path}` : path;
}
