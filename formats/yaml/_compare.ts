// Whether a document differs from another in one place only. Every edit is checked so before it is handed out.

import { isAlias, isMap, isPair, isScalar, isSeq } from "yaml";
import type { ComposedDocument } from "./_compose.ts";
import type { Finder } from "./_finder.ts";

/** The one difference: in a collection at an index, or the root where there is no collection. */
export interface Change {
  kind: "replace" | "insert" | "delete";
  /** The collection of the old document. */
  parent: unknown;
  index: number;
}

/** Finds the node that is new; undefined when anything else differs. */
export class Comparison {
  readonly #change: Change;
  readonly #after: Finder;
  /** What stands in the changed place now. */
  found: unknown;

  constructor(change: Change, after: Finder) {
    this.#change = change;
    this.#after = after;
  }

  /** Whether both documents are alike, apart from the change. */
  compare(before: ComposedDocument, after: ComposedDocument): boolean {
    if (this.#change.parent === undefined && this.#change.kind === "replace") {
      this.found = after.contents;
      return true;
    }
    return this.#same(before.contents, after.contents);
  }

  #same(a: unknown, b: unknown): boolean {
    if (isAlias(a)) {
      return isAlias(b) && a.source === b.source && this.#after.resolve(b) !== undefined;
    }
    if (isScalar(a)) {
      return isScalar(b) && Object.is(a.value, b.value) && a.tag === b.tag &&
        a.anchor === b.anchor && (a.type === b.type || a.value === null) &&
        !a.source === !b.source;
    }
    if (isPair(a)) {
      return isPair(b) && this.#same(a.key, b.key) && this.#same(a.value, b.value);
    }
    if ((isMap(a) && isMap(b)) || (isSeq(a) && isSeq(b))) {
      if (a.tag !== b.tag || a.anchor !== b.anchor) return false;
      return a === this.#change.parent
        ? this.#changed(a.items, b.items)
        : this.#all(a.items, b.items);
    }
    return a === b || (a ?? null) === (b ?? null);
  }

  #all(a: readonly unknown[], b: readonly unknown[]): boolean {
    return a.length === b.length && a.every((item, i) => this.#same(item, b[i]));
  }

  #changed(a: readonly unknown[], b: readonly unknown[]): boolean {
    const { kind, index } = this.#change;
    if (kind === "delete") return this.#all(a.toSpliced(index, 1), b);
    if (kind === "insert") {
      const item = b.at(-1);
      this.found = isPair(item) ? item.value : item;
      return b.length === a.length + 1 && this.#all(a, b.slice(0, -1));
    }
    const [old, now] = [a[index], b[index]];
    this.found = isPair(now) ? now.value : now;
    if (isPair(old) && !(isPair(now) && this.#same(old.key, now.key))) return false;
    return a.length === b.length &&
      a.every((item, i) => i === index || this.#same(item, b[i]));
  }
}
