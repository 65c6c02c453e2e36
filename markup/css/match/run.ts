/** Walks trees and collects what selectors find. */
import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  ELEMENT,
  FIRST,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  NEXT,
  PARENT,
  TAIL,
  TEXT,
} from "../../store/mod.ts";
import type { PseudoElement } from "../syntax/ast.ts";
import type { Program } from "./compile.ts";
import { Forward } from "./forward.ts";
import { Query } from "./query.ts";
import type { TreeStore } from "../../store/mod.ts";

/**
 * Finds elements in document order.
 *
 * @param program The selectors.
 * @param store The tree.
 * @param top Where to look: this node and all below.
 * @param most How many to find.
 * @returns Their handles.
 */
export function findNodes(
  { any: test, type, forward }: Program,
  store: TreeStore,
  top: number,
  most: number,
): number[] {
  const query = new Query(store, top);
  if (forward !== undefined && Forward.isWhole(query, top)) {
    return forward.find(query, top, most);
  }
  const { words } = query;
  const { names } = store;
  const found: number[] = [];
  let at = top;
  while (true) {
    const head = words[at + HEAD]!;
    // Most elements are passed over by their names alone.
    const fits = (head & KIND_MASK) === ELEMENT &&
      (type === undefined || type.accepts(names, head >>> KIND_BITS));
    if (fits && test.matches(query, at)) {
      found.push(at);
      if (found.length >= most) return found;
    }
    const first = words[at + FIRST]!;
    if (first !== 0) {
      at = first;
      continue;
    }
    while (true) {
      if (at === top) return found;
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      at = words[at + PARENT]!;
    }
  }
}

/** Whether an element is found by a list. */
export function matchesNode({ any }: Program, store: TreeStore, node: number): boolean {
  return store.kind(node) === ELEMENT && any.matches(new Query(store, node), node);
}

/** The nearest of an element and those above it that a list finds, or 0. */
export function closestNode({ any }: Program, store: TreeStore, node: number): number {
  const query = new Query(store, node);
  let at = query.isElement(node) ? node : query.linked(node, PARENT);
  while (at !== 0 && !any.matches(query, at)) at = query.linked(at, PARENT);
  return at;
}

/**
 * Finds texts and values in document order.
 *
 * @param program Selectors that end in `::text` or `::attr()`.
 * @param store The tree.
 * @param top Where to look: this node and all below.
 * @param most How many to find.
 */
export function findTexts(
  { list }: Program,
  store: TreeStore,
  top: number,
  most: number,
): string[] {
  const query = new Query(store, top);
  const { words } = store;
  const found: string[] = [];
  const textsOf = new Set<number>();
  const add = (place: number): void => {
    const text = store.textAt(place);
    if (text !== undefined && text !== "") found.push(text);
  };
  let at = top;
  while (found.length < most) {
    if (query.isElement(at)) {
      for (const { test, pseudo } of list) {
        if (pseudo?.kind === "text" && textsOf.has(at)) continue;
        if (!test.matches(query, at)) continue;
        if (pseudo?.kind === "attr") addValues(query, at, pseudo, found);
        else textsOf.add(at);
      }
      if (textsOf.has(at)) add(at + TEXT);
    }
    const first = words[at + FIRST]!;
    if (first !== 0) {
      at = first;
      continue;
    }
    while (true) {
      if (at === top) return found.slice(0, most);
      const parent = words[at + PARENT]!;
      if (textsOf.has(parent)) add(at + TAIL);
      const next = words[at + NEXT]!;
      if (next !== 0) {
        at = next;
        break;
      }
      at = parent;
    }
  }
  return found.slice(0, most);
}

/** Adds the values of the attributes that have a name. */
function addValues(
  query: Query,
  node: number,
  pseudo: PseudoElement & { kind: "attr" },
  found: string[],
): void {
  const { store, words, attrs } = query;
  const first = words[node + ATTRS]!;
  const end = first + (words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
  const html = query.isHtml(node) && query.html;
  const local = html ? pseudo.local!.toLowerCase() : pseudo.local;
  for (let at = first; at < end; at += ATTR_ROW) {
    const name = attrs[at]!;
    if (store.names.local(name) !== local) continue;
    if (pseudo.uri !== undefined && store.names.uri(name) !== pseudo.uri) continue;
    found.push(store.attributeText(at));
  }
}
