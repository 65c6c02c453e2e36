/** Prefixes and the namespaces that they stand for, found and declared in the rows of a tree. */
import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  DOCUMENT,
  ELEMENT,
  HEAD,
  KIND_BITS,
  PARENT,
} from "../store/layout.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** The namespace of `xml:lang` and the like, bound to `xml` everywhere. */
export const XML_URI = "http://www.w3.org/XML/1998/namespace";
/** The namespace of declarations themselves. */
export const XMLNS_URI = "http://www.w3.org/2000/xmlns/";

/** Prefixes to namespaces; "" is the default namespace. */
export type NamespaceMap = Readonly<Record<string, string>>;

/** Whether an attribute's name is that of a namespace declaration. */
export function isDeclaration(store: TreeStore, name: number): boolean {
  return store.names.uri(name) === XMLNS_URI;
}

/** The prefix that a declaration declares. */
export function declaredPrefix(store: TreeStore, name: number): string {
  return store.names.prefix(name) === "" ? "" : store.names.local(name);
}

/** Calls back for each binding that a node itself makes, declared or used in its own name. Ends when that says `true`. */
function someBinding(
  store: TreeStore,
  node: number,
  use: (prefix: string, uri: string) => boolean,
): boolean {
  const { words, attrs, names } = store;
  const first = words[node + ATTRS]!;
  const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
  for (let at = first; at < end; at += ATTR_ROW) {
    const name = attrs[at]!;
    if (!isDeclaration(store, name)) continue;
    if (use(declaredPrefix(store, name), store.attributeText(at))) return true;
  }
  const own = words[node + HEAD]! >>> KIND_BITS;
  const uri = names.uri(own);
  if (uri !== "" && use(names.prefix(own), uri)) return true;
  for (let at = first; at < end; at += ATTR_ROW) {
    const name = attrs[at]!;
    const uri = names.uri(name);
    if (uri === "" || uri === XMLNS_URI || uri === XML_URI) continue;
    if (use(names.prefix(name), uri)) return true;
  }
  return false;
}

/** The node and its ancestors that are elements, from the inside out. */
function climb(store: TreeStore, node: number, use: (at: number) => boolean): void {
  for (let at = node; at !== 0 && store.kind(at) !== DOCUMENT; at = store.words[at + PARENT]!) {
    if (store.kind(at) === ELEMENT && use(at)) return;
  }
}

/** The bindings that an element declares itself; what is declared is known to the store, or to the maker of the element. */
export function declarationsOf(store: TreeStore, node: number): Map<string, string> {
  const found = new Map<string, string>();
  someBinding(store, node, (prefix, uri) => {
    if (!found.has(prefix)) found.set(prefix, uri);
    return false;
  });
  return found;
}

/** The bindings in force at a node. */
export function bindingsAt(store: TreeStore, node: number): Map<string, string> {
  const found = new Map<string, string>();
  climb(store, node, (at) =>
    someBinding(store, at, (prefix, uri) => {
      if (!found.has(prefix)) found.set(prefix, uri);
      return false;
    }));
  for (const [prefix, uri] of found) if (uri === "") found.delete(prefix);
  return found;
}

/**
 * A prefix in force that stands for a namespace.
 *
 * @param store The tree.
 * @param node Where the prefix is to be used.
 * @param uri The namespace.
 * @param attribute Whether the default namespace does not count, as for attributes.
 * @returns The prefix, `undefined` if there is none.
 */
export function prefixFor(
  store: TreeStore,
  node: number,
  uri: string,
  attribute: boolean,
): string | undefined {
  if (uri === XML_URI) return "xml";
  const hidden = new Set<string>();
  let found: string | undefined;
  climb(store, node, (at) =>
    someBinding(store, at, (prefix, bound) => {
      if (bound === uri && !hidden.has(prefix) && !(attribute && prefix === "")) found = prefix;
      hidden.add(prefix);
      return found !== undefined;
    }));
  return found;
}

/** Declares a namespace at a node. */
export function declare(store: TreeStore, node: number, prefix: string, uri: string): void {
  const name = prefix === ""
    ? store.names.intern("xmlns", XMLNS_URI)
    : store.names.intern(prefix, XMLNS_URI, "xmlns");
  const at = store.findAttribute(node, name);
  if (at === -1) store.addAttribute(node, name, uri);
  else store.setAttributeText(at, uri);
}

/** A prefix for a namespace at a node: one in force, or `ns0`, `ns1` …, which is declared there. */
export function ensurePrefix(
  store: TreeStore,
  node: number,
  uri: string,
  attribute: boolean,
): string {
  if (uri === "") return "";
  const found = prefixFor(store, node, uri, attribute);
  if (found !== undefined) return found;
  const taken = bindingsAt(store, node);
  let number = 0;
  while (taken.has(`ns${number}`)) number++;
  declare(store, node, `ns${number}`, uri);
  return `ns${number}`;
}
