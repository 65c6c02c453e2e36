import { FIRST, NEXT, PARENT, TAIL, TEXT } from "../../store/mod.ts";
import { NAME_OF_TAG } from "../names/html_names.ts";
import * as tag from "../names/tags.ts";
import type { Builder } from "./builder.ts";

/** Copies what is in the selected option of each select to the `selectedcontent` in it. */
export function fillSelectedContents(builder: Builder): void {
  const filled = new Set<number>();
  for (const node of builder.selectedContents) {
    const select = selectOf(builder, node);
    if (select === 0 || filled.has(select)) continue;
    filled.add(select);
    const option = selectedOption(builder, select);
    if (option === 0) continue;
    const { store } = builder;
    for (let at = store.words[node + FIRST]!; at !== 0; at = store.words[node + FIRST]!) {
      store.detach(at);
    }
    store.setTextAt(node + TEXT, undefined);
    copyContents(builder, option, node);
  }
}

/** The select that an element is in; 0 if there is none, or if more than one option can be selected. */
function selectOf(builder: Builder, node: number): number {
  const { store } = builder;
  const { words } = store;
  for (let at = words[node + PARENT]!; at !== 0; at = words[at + PARENT]!) {
    if (store.name(at) !== NAME_OF_TAG[tag.SELECT]) continue;
    return store.findAttribute(at, store.names.intern("multiple")) === -1 ? at : 0;
  }
  return 0;
}

/** The last option that is marked as selected, or the first one that is not disabled. */
function selectedOption(builder: Builder, select: number): number {
  const { store } = builder;
  const selected = store.names.intern("selected");
  const disabled = store.names.intern("disabled");
  let first = 0;
  let marked = 0;
  for (let at = store.following(select, select); at !== 0; at = store.following(at, select)) {
    if (store.name(at) !== NAME_OF_TAG[tag.OPTION]) continue;
    if (store.findAttribute(at, selected) !== -1) marked = at;
    if (first === 0 && store.findAttribute(at, disabled) === -1) first = at;
  }
  return marked !== 0 ? marked : first;
}

/** Copies texts and nodes in a node to the end of another one. */
function copyContents(builder: Builder, from: number, to: number): void {
  const { store } = builder;
  const text = store.textAt(from + TEXT);
  if (text !== undefined) store.addTextAt(to + TEXT, text);
  const end = store.words[from + FIRST]!;
  const pairs: [number, number][] = [];
  for (let at = end; at !== 0; at = store.words[at + NEXT]!) pairs.push([at, to]);
  for (let pair = pairs.shift(); pair !== undefined; pair = pairs.shift()) {
    const [source, parent] = pair;
    const copy = builder.clone(source, store.name(source));
    store.words[copy] = store.words[source]!;
    store.append(parent, copy);
    for (const place of [TEXT, TAIL]) {
      const own = store.textAt(source + place);
      if (own !== undefined) store.setTextAt(copy + place, own);
    }
    for (let at = store.words[source + FIRST]!; at !== 0; at = store.words[at + NEXT]!) {
      pairs.push([at, copy]);
    }
  }
}
