import { BOOLEAN, checkOptions, type OptionRules } from "../options.ts";
import { ATTR_COUNT, ELEMENT, NEXT, PARENT, PREV, TAIL, TEXT } from "../store/layout.ts";
import { Attributes, getAttribute, setAttribute } from "./attributes.ts";
import { Ancestors, type Axis, childAxis, Descendants, siblingAxis, texts } from "./axes.ts";
import { type PathOptions, select } from "./find_path.ts";
import { lineOf } from "./line_of.ts";
import { type ElementOptions, makeRow } from "./make_row.ts";
import { TagSet } from "./matcher.ts";
import { bindingsAt, ensurePrefix } from "./namespaces.ts";
import { cssPath, getPath } from "./node_path.ts";
import {
  isVisible,
  nodeOf,
  NodeView,
  registerView,
  rootOf,
  storeOf,
  viewOf,
} from "../store/node_view.ts";
import { putBefore, putBeside, takeOut, takeOutAll } from "./placing.ts";
import { shown } from "./_shown.ts";
import {
  type IterTextOptions,
  SIBLING_RULES,
  type SiblingOptions,
  type TagFilter,
  tagsOf,
  TEXT_RULES,
} from "./tag_filter.ts";
import { checkText, parseTag } from "./tag.ts";
import { copyTree, nursery, storeForCopy } from "./transplant.ts";
import type { TreeStore } from "../store/tree_store.ts";
import { Walk } from "./walk.ts";

const CLEAR_RULES: OptionRules<{ keepTail?: boolean }> = { keepTail: BOOLEAN };

/**
 * An element of XML or HTML, after lxml's model: text is not a node, but the `text` of an element (before its first child) or
 * the `tail` of one (behind its end tag). Comments and processing instructions are elements of their own classes.
 *
 * An element is a view of a row of a tree: the same object each time a node is met, for as long as its document lives. To put
 * an element somewhere takes it out of where it was, along with its tail; between documents, too.
 *
 * @example A document by hand
 * ```ts
 * import { Element, subElement } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const list = new Element("ul");
 * for (const word of ["ahoy", "land"]) subElement(list, "li", { text: word });
 * list.at(0)!.tail = "\n";
 * list.append(list.at(0)!);
 * assertEquals([...list].map((item) => item.text), ["land", "ahoy"]);
 * assertEquals(list.findText("li[2]"), "ahoy");
 * ```
 */
export class Element extends NodeView implements Iterable<Element> {
  static {
    Object.defineProperty(this.prototype, Symbol.for("Deno.customInspect"), {
      value(this: Element): string {
        return shown(this);
      },
    });
  }

  /**
   * A new element, which is in no tree yet.
   *
   * @example Make one
   * ```ts
   * import { Element } from "@ferry/std/markup";
   *
   * const list = new Element("ul");
   * ```
   *
   * @param tag `local` or `{uri}local`. (Or a store and the handle of a node in it: the element for that row.)
   * @param options Attributes, prefixes, text.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   * @throws {RangeError} If a name is none, or a text has characters that XML cannot hold.
   */
  constructor(tag: string | TreeStore, options?: ElementOptions | number) {
    const store = typeof tag === "string" ? nursery("xml") : tag;
    super(
      store,
      typeof tag === "string"
        ? makeRow(store, 0, tag, options as ElementOptions | undefined)
        : options as number,
    );
  }

  /** The name as `{uri}local`, or `local` without a namespace. `#comment` and `#processing-instruction` for those. */
  get tag(): string {
    const store = storeOf(this);
    return store.names.tag(store.name(nodeOf(this)));
  }

  set tag(tag: string) {
    const [store, node] = [storeOf(this), nodeOf(this)];
    const { uri, local } = parseTag(tag, store.language);
    store.rename(node, store.names.intern(local, uri, ensurePrefix(store, node, uri, false)));
  }

  /** The name without its namespace. */
  get localName(): string {
    const store = storeOf(this);
    return store.names.local(store.name(nodeOf(this)));
  }

  /** The namespace, "" if there is none. */
  get namespace(): string {
    const store = storeOf(this);
    return store.names.uri(store.name(nodeOf(this)));
  }

  /** The prefix, "" if there is none. */
  get prefix(): string {
    const store = storeOf(this);
    return store.names.prefix(store.name(nodeOf(this)));
  }

  /** The text before the first child. */
  get text(): string | undefined {
    return storeOf(this).textAt(nodeOf(this) + TEXT);
  }

  set text(text: string | undefined) {
    if (text !== undefined) checkText(text, "The text of an element");
    storeOf(this).setTextAt(nodeOf(this) + TEXT, text);
  }

  /** The text between this and the next node. */
  get tail(): string | undefined {
    return storeOf(this).textAt(nodeOf(this) + TAIL);
  }

  set tail(text: string | undefined) {
    if (text !== undefined) checkText(text, "The tail of an element");
    storeOf(this).setTextAt(nodeOf(this) + TAIL, text);
  }

  /** The attributes. */
  get attrib(): Attributes {
    return new Attributes(this);
  }

  /** The prefixes in force here; `""` is the default namespace. */
  get nsmap(): Record<string, string> {
    return Object.fromEntries(bindingsAt(storeOf(this), nodeOf(this)));
  }

  /** Line of the start tag in the source, from 1; `undefined` if the element was not read from one. */
  get sourceLine(): number | undefined {
    return lineOf(storeOf(this), nodeOf(this));
  }

  /** How many children there are, comments and processing instructions included. */
  get length(): number {
    return storeOf(this).childCount(nodeOf(this));
  }

  /**
   * Value of an attribute.
   *
   * @param name `local` or `{uri}local`.
   * @returns The value, `undefined` if there is no such attribute.
   */
  get(name: string): string | undefined {
    return getAttribute(storeOf(this), nodeOf(this), name);
  }

  /**
   * Sets an attribute.
   *
   * @param name `local` or `{uri}local`.
   * @param value The value.
   * @throws {TypeError} If this is a comment or a processing instruction.
   * @throws {RangeError} If the name is none, or the value has characters that XML cannot hold.
   */
  set(name: string, value: string): void {
    setAttribute(storeOf(this), nodeOf(this), name, value);
  }

  /**
   * A child by its position.
   *
   * @param index From 0; from the end if negative.
   * @returns The child, `undefined` if there is none.
   */
  at(index: number): Element | undefined {
    const axis = childAxis(storeOf(this), nodeOf(this), index < 0);
    let node = axis.next();
    for (let left = index < 0 ? -1 - index : index; left > 0 && node !== 0; left--) {
      node = axis.next();
    }
    return this.#seen(node);
  }

  /** The children. */
  [Symbol.iterator](): IterableIterator<Element> {
    return new Walk(this, childAxis(storeOf(this), nodeOf(this), false), undefined);
  }

  /**
   * The children that have one of some tags; all without tags.
   *
   * @param tags What to give.
   */
  iterChildren(...tags: TagFilter[]): IterableIterator<Element> {
    return this.#walk(childAxis(storeOf(this), nodeOf(this), false), tags);
  }

  /**
   * This and all below it that have one of some tags, in document order; all without tags, comments and processing
   * instructions included, and all elements for `"*"`.
   *
   * @param tags What to give.
   */
  iter(...tags: TagFilter[]): IterableIterator<Element> {
    return this.#walk(new Descendants(storeOf(this), nodeOf(this), true), tags);
  }

  /**
   * All below this that have one of some tags, in document order.
   *
   * @param tags What to give.
   */
  iterDescendants(...tags: TagFilter[]): IterableIterator<Element> {
    return this.#walk(new Descendants(storeOf(this), nodeOf(this), false), tags);
  }

  /**
   * The parent, its parent and so on, as far as they have one of some tags.
   *
   * @param tags What to give.
   */
  iterAncestors(...tags: TagFilter[]): IterableIterator<Element> {
    return this.#walk(new Ancestors(storeOf(this), nodeOf(this)), tags);
  }

  /**
   * The siblings behind this, or before it, from the nearest on.
   *
   * @param options In which direction, and with which tags.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  iterSiblings(options?: SiblingOptions): IterableIterator<Element> {
    const { preceding = false, tags = [] } = checkOptions(
      "Cannot give siblings",
      options,
      SIBLING_RULES,
    );
    return this.#walk(siblingAxis(storeOf(this), nodeOf(this), preceding), tags);
  }

  /**
   * The texts in this, in document order; without those of comments and processing instructions.
   *
   * @param options Of which elements, and whether with tails.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  iterText(options?: IterTextOptions): IterableIterator<string> {
    const checked = checkOptions("Cannot give texts", options, TEXT_RULES);
    const [store, node] = [storeOf(this), nodeOf(this)];
    const tags = new TagSet(store, tagsOf(checked.tags ?? []));
    return texts(store, node, (at) => tags.matches(at), checked.withTail ?? true);
  }

  /**
   * The first element that a path leads to.
   *
   * @param path ElementTree's subset of XPath: `a/b`, `.//c`, `..`, `*`, `{uri}d`, `p:d`, `[@e]`, `[@e='f']`, `[g]`, `[g='h']`,
   * `[.='i']`, `[1]`, `[last()-1]`.
   * @param options What prefixes stand for.
   * @returns The element, `undefined` if there is none.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  find(path: string, options?: PathOptions): Element | undefined {
    return this.#seen(select(storeOf(this), nodeOf(this), path, options).next());
  }

  /**
   * All elements that a path leads to, see {@linkcode Element.find}.
   *
   * @param path The path.
   * @param options What prefixes stand for.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  findAll(path: string, options?: PathOptions): Element[] {
    return [...this.iterFind(path, options)];
  }

  /**
   * Text of the first element that a path leads to.
   *
   * @param path The path.
   * @param options What prefixes stand for.
   * @returns The text, "" if the element has none, `undefined` if there is no such element.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  findText(path: string, options?: PathOptions): string | undefined {
    const found = this.find(path, options);
    return found === undefined ? undefined : found.text ?? "";
  }

  /**
   * The elements that a path leads to, one after another.
   *
   * @param path The path, see {@linkcode Element.find}.
   * @param options What prefixes stand for.
   * @throws {SyntaxError} If the path is none.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  iterFind(path: string, options?: PathOptions): IterableIterator<Element> {
    return new Walk(this, select(storeOf(this), nodeOf(this), path, options), undefined);
  }

  /** The element around this, `undefined` for a root. */
  getParent(): Element | undefined {
    return this.#seen(storeOf(this).words[nodeOf(this) + PARENT]!);
  }

  /** The topmost element: the root of the document, or of the tree that was taken out of one. */
  getRoot(): Element {
    const [store, node] = [storeOf(this), nodeOf(this)];
    return viewOf(store, rootOf(store, node)) as Element;
  }

  /** The sibling behind this. */
  getNext(): Element | undefined {
    return this.#seen(storeOf(this).words[nodeOf(this) + NEXT]!);
  }

  /** The sibling before this. */
  getPrevious(): Element | undefined {
    return this.#seen(storeOf(this).words[nodeOf(this) + PREV]!);
  }

  /**
   * Position of a child.
   *
   * @param child The child.
   * @returns From 0.
   * @throws {RangeError} If it is not a child of this.
   */
  index(child: Element): number {
    this.#own(child);
    let index = 0;
    const { words } = storeOf(child);
    for (let at = words[nodeOf(child) + PREV]!; at !== 0; at = words[at + PREV]!) index++;
    return index;
  }

  /**
   * Puts nodes at the end of the children.
   *
   * @param nodes The nodes; each is taken out of where it was, along with its tail.
   * @throws {TypeError} If this is a comment or a processing instruction.
   * @throws {RangeError} If a node is this or above it.
   */
  append(...nodes: Element[]): void {
    this.extend(nodes);
  }

  /**
   * Puts nodes at the end of the children.
   *
   * @param nodes The nodes; each is taken out of where it was, along with its tail.
   * @throws {TypeError} If this is a comment or a processing instruction.
   * @throws {RangeError} If a node is this or above it.
   */
  extend(nodes: Iterable<Element>): void {
    for (const node of [...nodes]) putBefore(this, node, undefined);
  }

  /**
   * Puts a node between the children.
   *
   * @param index Position before which it is put, from the end if negative; beyond either end means that end.
   * @param node The node.
   * @throws {TypeError} If this is a comment or a processing instruction.
   * @throws {RangeError} If the node is this or above it.
   */
  insert(index: number, node: Element): void {
    putBefore(this, node, this.at(index) ?? (index < 0 ? this.at(0) : undefined));
  }

  /**
   * Takes a child out, along with its tail.
   *
   * @param child The child.
   * @throws {RangeError} If it is not a child of this.
   */
  remove(child: Element): void {
    this.#own(child);
    takeOut(child);
  }

  /**
   * Puts a node in the place of a child; both take their tails along.
   *
   * @param child The child.
   * @param node What comes in its place.
   * @throws {RangeError} If the child is none of this, or the node is this or above it.
   */
  replace(child: Element, node: Element): void {
    this.#own(child);
    if (child === node) return;
    putBefore(this, node, child);
    takeOut(child);
  }

  /**
   * Puts a node directly behind this one: what was this one's tail stands behind the node then.
   *
   * @param node The node. Beside a root, it loses its tail.
   * @throws {TypeError} If it is an element and this a root.
   * @throws {RangeError} If the node is above this.
   */
  addNext(node: Element): void {
    putBeside(this, node, true);
  }

  /**
   * Puts a node directly before this one, and its tail between the two.
   *
   * @param node The node. Beside a root, it loses its tail.
   * @throws {TypeError} If it is an element and this a root.
   * @throws {RangeError} If the node is above this.
   */
  addPrevious(node: Element): void {
    putBeside(this, node, false);
  }

  /**
   * Takes all out: children, attributes, text and tail.
   *
   * @param options Whether the tail stays.
   * @throws {TypeError} If an option is unknown or of the wrong type.
   */
  clear(options?: { keepTail?: boolean }): void {
    const { keepTail } = checkOptions("Cannot clear an element", options, CLEAR_RULES);
    takeOutAll(this);
    const [store, node] = [storeOf(this), nodeOf(this)];
    store.words[node + ATTR_COUNT] = 0;
    store.setTextAt(node + TEXT, undefined);
    if (!keepTail) store.setTextAt(node + TAIL, undefined);
  }

  /** A copy of this and all in it, with the tail, in no tree. */
  copy(): this {
    const [from, node] = [storeOf(this), nodeOf(this)];
    const to = storeForCopy(from, node);
    return viewOf(to, copyTree(from, node, to)) as this;
  }

  /** The XPath that leads here from the top, such as `/a/b[2]`; names in a default namespace are `*`. */
  getPath(): string {
    return getPath(storeOf(this), nodeOf(this));
  }

  /** The CSS selector that leads here from the top, such as `html > body > p:nth-child(2)`. */
  cssPath(): string {
    return cssPath(storeOf(this), nodeOf(this));
  }

  #seen(node: number): Element | undefined {
    const store = storeOf(this);
    return isVisible(store, node) ? viewOf(store, node) as Element : undefined;
  }

  #walk(axis: Axis, filters: readonly TagFilter[]): IterableIterator<Element> {
    if (filters.length === 0) return new Walk(this, axis, undefined);
    return new Walk(this, axis, new TagSet(storeOf(this), tagsOf(filters)));
  }

  #own(child: Element): void {
    const store = storeOf(child);
    if (store !== storeOf(this) || store.words[nodeOf(child) + PARENT] !== nodeOf(this)) {
      throw new RangeError(`The element <${child.tag}> must be a child of <${this.tag}>`);
    }
  }
}

registerView(ELEMENT, Element);
