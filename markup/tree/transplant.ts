/** Trees copied from row to row, within a store or into another one, and where new elements are made. */
import {
  ATTR_COUNT,
  ATTR_ROW,
  ATTRS,
  FIRST,
  HEAD,
  KIND_BITS,
  KIND_MASK,
  NEXT,
  PARENT,
  PLAIN,
  POS,
  TABLE,
  TAIL,
  TEXT,
  TEXT_BITS,
  TEXT_MASK,
} from "../store/layout.ts";
import { lineOf } from "./line_of.ts";
import { TreeStore } from "../store/tree_store.ts";

/** How many new elements share a store, so that one that is kept does not keep very many. */
const NURSERY = 1024;
/** Trees with at least so many nodes get a store of their own when they are copied. */
const OWN_STORE = 256;

/** A store, and how many more elements are to be made in it; trees that are moved into it do not count. */
const nurseries: Record<"xml" | "html", { store: TreeStore | undefined; left: number }> = {
  xml: { store: undefined, left: 0 },
  html: { store: undefined, left: 0 },
};

/** The store in which a new element of no document is made. */
export function nursery(language: "xml" | "html"): TreeStore {
  const nursery = nurseries[language];
  if (nursery.store === undefined || nursery.left-- === 0) {
    nursery.store = new TreeStore(language);
    nursery.left = NURSERY - 1;
  }
  return nursery.store;
}

/** Copies a text; what is not in the same source becomes a string. */
function copyText(from: TreeStore, at: number, to: TreeStore, place: number): void {
  const ref = from.words[at]!;
  const end = from.words[at + 1]!;
  if (ref === 0 && end === 0) return;
  if (from === to && (ref & TEXT_MASK) !== TABLE) {
    to.words[place] = ref;
    to.words[place + 1] = end;
  } else to.setTextAt(place, from.read(ref, end));
}

/** Copies one node, its text, tail and attributes, but not its children. */
function copyRow(from: TreeStore, node: number, to: TreeStore): number {
  const head = from.words[node + HEAD]!;
  const name = to.names.adopt(head >>> KIND_BITS, from.names);
  const copy = to.createNode(name << KIND_BITS | head & KIND_MASK);
  to.words[copy + POS] = from === to ? from.words[node + POS]! : -(lineOf(from, node) ?? 0);
  copyText(from, node + TEXT, to, copy + TEXT);
  copyText(from, node + TAIL, to, copy + TAIL);
  const first = from.words[node + ATTRS]!;
  const end = first + (from.words[node + ATTR_COUNT]! >> 1) * ATTR_ROW;
  for (let at = first; at < end; at += ATTR_ROW) {
    const name = to.names.adopt(from.attrs[at]!, from.names);
    const ref = from.attrs[at + 1]!;
    if (from === to && (ref & TEXT_MASK) === PLAIN) {
      to.addAttributeRange(copy, name, ref >>> TEXT_BITS, from.attrs[at + 2]!);
    } else to.addAttribute(copy, name, from.attributeText(at));
  }
  return copy;
}

/**
 * Copies a tree.
 *
 * @param from Where it is.
 * @param top Its topmost node.
 * @param to Where it is to be.
 * @param copied Is told of each node and its copy.
 * @returns The copy, which is nowhere yet.
 */
export function copyTree(
  from: TreeStore,
  top: number,
  to: TreeStore,
  copied?: (node: number, copy: number) => void,
): number {
  const result = copyRow(from, top, to);
  copied?.(top, result);
  let parent = result;
  let at = top;
  while (true) {
    let next = from.words[at + FIRST]!;
    if (next === 0) {
      while (at !== top && from.words[at + NEXT] === 0) {
        at = from.words[at + PARENT]!;
        parent = to.words[parent + PARENT]!;
      }
      if (at === top) return result;
      next = from.words[at + NEXT]!;
      parent = to.words[parent + PARENT]!;
    }
    const copy = copyRow(from, next, to);
    copied?.(next, copy);
    to.append(parent, copy);
    at = next;
    parent = copy;
  }
}

/** The store for a copy of a tree: one of its own for a big one. */
export function storeForCopy(from: TreeStore, top: number): TreeStore {
  let count = 0;
  for (let at = top; at !== 0 && count < OWN_STORE; at = from.following(at, top)) count++;
  return count < OWN_STORE ? nursery(from.language) : new TreeStore(from.language);
}
