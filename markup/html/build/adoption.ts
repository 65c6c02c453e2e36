import { ATTR_ROW, ATTRS, type TreeStore } from "../../store/mod.ts";
import { FLAGS, SPECIAL } from "../names/flags.ts";
import { NAME_OF_TAG } from "../names/html_names.ts";
import * as tag from "../names/tags.ts";
import type { Builder } from "./builder.ts";
import type { Formatting } from "./formatting.ts";

/** Opens an element of HTML for the current tag and remembers it as an active formatting element. */
export function insertFormatting(builder: Builder): void {
  const id = builder.tag;
  const name = builder.name;
  const node = builder.insertHtml();
  const entry: Formatting = { node, tag: id, name, open: true };
  if (builder.formatting.mayBeFull(entry)) dropFourth(builder, node, id);
  builder.formatting.push(entry);
}

/** Of elements that are alike, at most three are remembered behind the last marker: "Noah's Ark". */
function dropFourth(builder: Builder, node: number, id: number): void {
  const { entries } = builder.formatting;
  let alike = 0;
  for (let at = entries.length - 1; at >= 0; at--) {
    const entry = entries[at]!;
    if (entry.node === 0) return;
    if (entry.tag !== id || !sameAttributes(builder.store, entry.node, node)) continue;
    if (++alike < 3) continue;
    builder.formatting.removeAt(at);
    return;
  }
}

function sameAttributes(store: TreeStore, a: number, b: number): boolean {
  const count = store.attributeCount(a);
  if (count !== store.attributeCount(b)) return false;
  const first = store.words[a + ATTRS]!;
  for (let row = first; row < first + count * ATTR_ROW; row += ATTR_ROW) {
    const other = store.findAttribute(b, store.attrs[row]!);
    if (other === -1 || store.attributeText(row) !== store.attributeText(other)) return false;
  }
  return true;
}

/** Opens formatting elements again that were closed by their parents: "reconstruct the active formatting elements". */
export function reconstruct(builder: Builder): void {
  const { entries } = builder.formatting;
  let at = entries.length - 1;
  if (at < 0) return;
  const last = entries[at]!;
  if (last.open || last.node === 0) return;
  while (at > 0 && !entries[at - 1]!.open && entries[at - 1]!.node !== 0) at--;
  const { open } = builder;
  for (; at < entries.length; at++) {
    const entry = entries[at]!;
    const node = builder.clone(entry.node, entry.name);
    builder.insertNode(node, builder.parentForOpen(), open.tag);
    open.push(node, entry.tag, entry.name);
    entry.node = node;
    entry.open = true;
  }
}

/**
 * The adoption agency: closes a formatting element although others are open in it.
 *
 * @param builder Its current tag is the end tag, or a start tag that closes the same.
 * @param id The element.
 * @returns Whether the tag is to be treated as any other end tag.
 */
export function adopt(builder: Builder, id: number): boolean {
  const { open, formatting, store } = builder;
  if (open.tag === id) {
    const last = formatting.last(id);
    const isListed = last !== undefined && last.node === open.node ||
      formatting.indexOf(open.node) !== -1;
    if (!isListed) {
      open.pop();
      return false;
    }
  }
  for (let outer = 0; outer < 8; outer++) {
    const element = formatting.last(id);
    if (element === undefined) return true;
    const at = element.open ? open.indexOf(element.node, builder.adopted) : -1;
    if (at === -1) {
      formatting.remove(element);
      return false;
    }
    if (!open.isInScope(at)) return false;
    const furthestAt = furthestBlock(builder, at);
    if (furthestAt === -1) {
      builder.popTo(at);
      formatting.remove(element);
      return false;
    }
    const furthest = open.nodes[furthestAt]!;
    let bookmark = formatting.entries.lastIndexOf(element);
    let last = furthest;
    let furthestNow = furthestAt;
    let index = furthestAt;
    for (let inner = 1;; inner++) {
      index--;
      if (index === at) break;
      const node = open.nodes[index]!;
      let listAt = formatting.indexOf(node);
      if (inner > 3 && listAt !== -1) {
        formatting.removeAt(listAt);
        if (listAt < bookmark) bookmark--;
        listAt = -1;
      }
      if (listAt === -1) {
        open.removeAt(index);
        furthestNow--;
        continue;
      }
      const entry = formatting.entries[listAt]!;
      const copy = builder.clone(node, entry.name);
      const renewed: Formatting = { ...entry, node: copy, open: true };
      formatting.replaceAt(listAt, renewed);
      open.nodes[index] = copy;
      if (last === furthest) bookmark = listAt + 1;
      store.extract(last);
      store.append(copy, last);
      last = copy;
    }
    store.extract(last);
    builder.insertNode(last, open.nodes[at - 1]!, open.tags[at - 1]!);
    const copy = builder.clone(element.node, element.name);
    store.moveContents(furthest, copy);
    store.append(furthest, copy);
    const oldAt = formatting.entries.lastIndexOf(element);
    formatting.removeAt(oldAt);
    if (oldAt < bookmark) bookmark--;
    formatting.insertAt(bookmark, { ...element, node: copy, open: true });
    open.moveUp(at, furthestNow, copy);
    builder.adopted = furthestNow;
  }
  return false;
}

/** Index of the lowest special element above the entry at an index; -1 if there is none. */
function furthestBlock(builder: Builder, at: number): number {
  const { open } = builder;
  let k = at + 1;
  while (k <= open.top && (FLAGS[open.tags[k]!]! & SPECIAL) === 0) k++;
  open.searched(k - at);
  return k > open.top ? -1 : k;
}

/** Any end tag that has no rule of its own: closes the uppermost element of the name, unless a special one is above it. */
export function anyOtherEndTag(builder: Builder): void {
  const { open, name } = builder;
  if (!open.mayHave(name)) return;
  for (let at = open.top; at >= 0; at--) {
    const id = open.tags[at]!;
    if (open.names[at] === name && id < tag.FOREIGN) {
      builder.impliedEndTagsButName(name);
      builder.popTo(at);
      return;
    }
    if ((FLAGS[id]! & SPECIAL) !== 0) return open.searched(open.top - at);
  }
}

/** Closes a formatting element by a start tag: `a` in `a`, `nobr` in `nobr`. */
export function closeByStart(builder: Builder, id: number): void {
  const { name } = builder;
  builder.name = NAME_OF_TAG[id]!;
  if (adopt(builder, id)) anyOtherEndTag(builder);
  builder.name = name;
}
