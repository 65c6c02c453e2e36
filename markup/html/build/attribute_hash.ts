import { ATTR_ROW, ATTRS, type TreeStore } from "../../store/mod.ts";

/** A number that is equal for nodes with the same name and attributes, in whatever order. */
export function attributeHash(store: TreeStore, node: number): number {
  let hash = store.name(node);
  const first = store.words[node + ATTRS]!;
  for (let k = store.attributeCount(node) - 1; k >= 0; k--) {
    const row = first + k * ATTR_ROW;
    const text = store.attributeText(row);
    let own = store.attrs[row]!;
    for (let at = 0; at < text.length && at < 64; at++) {
      own = Math.imul(own, 31) + text.charCodeAt(at) | 0;
    }
    hash = hash + own | 0;
  }
  return hash;
}
