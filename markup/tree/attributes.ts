import { ATTR_COUNT, ATTR_ROW, ATTRS, ELEMENT } from "../store/layout.ts";
import { ensurePrefix, isDeclaration } from "./namespaces.ts";
import { nodeOf, type NodeView, storeOf } from "../store/node_view.ts";
import { checkText, parseTag, splitTag } from "./tag.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Offset of the attribute with a tag, or -1. */
export function find(store: TreeStore, node: number, tag: string): number {
  const { words, attrs, names } = store;
  const { uri, local } = splitTag(tag);
  const expanded = names.find(local, uri);
  const first = words[node + ATTRS]!;
  const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
  if (expanded !== 0) {
    for (let at = first; at < end; at += ATTR_ROW) {
      if (names.expanded(attrs[at]!) === expanded) {
        return isDeclaration(store, attrs[at]!) ? -1 : at;
      }
    }
  }
  return -1;
}

/** Value of an attribute of a node. */
export function getAttribute(store: TreeStore, node: number, tag: string): string | undefined {
  const at = find(store, node, tag);
  return at === -1 ? undefined : store.attributeText(at);
}

/** Sets an attribute of a node. */
export function setAttribute(store: TreeStore, node: number, tag: string, value: string): void {
  if (store.kind(node) !== ELEMENT) {
    throw new TypeError("Comments and processing instructions have no attributes");
  }
  checkText(value, `The attribute "${tag}"`);
  const at = find(store, node, tag);
  if (at !== -1) return store.setAttributeText(at, value);
  const { uri, local } = parseTag(tag, store.language);
  const prefix = ensurePrefix(store, node, uri, true);
  store.addAttribute(node, store.names.intern(local, uri, prefix), value);
}

/**
 * The attributes of an element, live: a map whose changes change the element. Names are `local` or `{uri}local`, in the order
 * of the document; namespace declarations are not among them, see `Element.nsmap`.
 *
 * @example Read, set, delete
 * ```ts
 * import { Element } from "@ferry/std/markup";
 * import { assertEquals } from "@std/assert";
 *
 * const { attrib } = new Element("a", { attrib: { href: "/", id: "home" } });
 * attrib.set("class", "link");
 * attrib.delete("id");
 * assertEquals([...attrib], [["href", "/"], ["class", "link"]]);
 * ```
 */
export class Attributes implements Iterable<[string, string]> {
  readonly #view: NodeView;

  /**
   * Made by `Element.attrib`.
   *
   * @param view The element.
   */
  constructor(view: NodeView) {
    this.#view = view;
  }

  /** How many attributes there are. */
  get size(): number {
    let size = 0;
    for (const _ of this.keys()) size++;
    return size;
  }

  /**
   * Value of an attribute.
   *
   * @param name `local` or `{uri}local`.
   * @returns The value, `undefined` if there is no such attribute.
   */
  get(name: string): string | undefined {
    return getAttribute(storeOf(this.#view), nodeOf(this.#view), name);
  }

  /** Whether there is an attribute of a name. */
  has(name: string): boolean {
    return find(storeOf(this.#view), nodeOf(this.#view), name) !== -1;
  }

  /**
   * Sets an attribute.
   *
   * @param name `local` or `{uri}local`; a namespace without a prefix in force is declared at the element.
   * @param value The value.
   * @returns This.
   * @throws {RangeError} If the name is none, or the value has characters that XML cannot hold.
   */
  set(name: string, value: string): this {
    setAttribute(storeOf(this.#view), nodeOf(this.#view), name, value);
    return this;
  }

  /**
   * Takes an attribute away.
   *
   * @param name `local` or `{uri}local`.
   * @returns Whether there was one.
   */
  delete(name: string): boolean {
    const store = storeOf(this.#view);
    const node = nodeOf(this.#view);
    const at = find(store, node, name);
    if (at !== -1) store.removeAttribute(node, at);
    return at !== -1;
  }

  /** Takes all attributes away. */
  clear(): void {
    for (const name of [...this.keys()]) this.delete(name);
  }

  /** The names. */
  *keys(): Generator<string, undefined> {
    const store = storeOf(this.#view);
    const node = nodeOf(this.#view);
    for (let i = 0; i < store.attributeCount(node); i++) {
      const name = store.attrs[store.words[node + ATTRS]! + i * ATTR_ROW]!;
      if (!isDeclaration(store, name)) yield store.names.tag(name);
    }
  }

  /** The values. */
  *values(): Generator<string, undefined> {
    for (const [, value] of this) yield value;
  }

  /** Names and values. */
  entries(): Generator<[string, string], undefined> {
    return this[Symbol.iterator]();
  }

  /** Names and values. */
  *[Symbol.iterator](): Generator<[string, string], undefined> {
    const store = storeOf(this.#view);
    const node = nodeOf(this.#view);
    for (let i = 0; i < store.attributeCount(node); i++) {
      const at = store.words[node + ATTRS]! + i * ATTR_ROW;
      const name = store.attrs[at]!;
      if (!isDeclaration(store, name)) yield [store.names.tag(name), store.attributeText(at)];
    }
  }

  /**
   * Calls a function for each attribute.
   *
   * @param use Is given value, name and this, as `Map.forEach` does.
   */
  forEach(use: (value: string, name: string, attributes: this) => void): void {
    for (const [name, value] of this) use(value, name, this);
  }

  /** The attributes as an object, for printing and comparing. */
  toJSON(): Record<string, string> {
    return Object.fromEntries(this);
  }
}
