import type { Axis } from "./axes.ts";
import type { TagSet } from "./matcher.ts";
import { type NodeView, storeOf, viewOf } from "../store/node_view.ts";
import type { TreeStore } from "../store/tree_store.ts";

/** Gives the views of the nodes of an axis, as far as they have one of some tags. */
export class Walk<T extends NodeView> implements IterableIterator<T> {
  readonly #store: TreeStore;
  readonly #axis: Axis;
  readonly #tags: TagSet | undefined;

  /**
   * Begins.
   *
   * @param view A view of the store.
   * @param axis The way.
   * @param tags What is given; all if `undefined`.
   */
  constructor(view: T, axis: Axis, tags: TagSet | undefined) {
    this.#store = storeOf(view);
    this.#axis = axis;
    this.#tags = tags;
  }

  /** The next view. */
  next(): IteratorResult<T, undefined> {
    let node = this.#axis.next();
    if (this.#tags !== undefined) {
      while (node !== 0 && !this.#tags.matches(node)) node = this.#axis.next();
    }
    if (node === 0) return { done: true, value: undefined };
    return { done: false, value: viewOf(this.#store, node) as T };
  }

  /** This. */
  [Symbol.iterator](): this {
    return this;
  }
}
