/**
 * The reader's memo. Entries stand in an array as long as their numbers follow one another; a number further on goes into
 * a map, so that a pickle of nine bytes that names entry 2^28 costs one entry.
 */
export class LoadMemo {
  /** Entries 0, 1, 2 ... */
  list: unknown[] = [];
  /** Entries with numbers past the end of the list. */
  sparse: Map<number, unknown> | undefined;

  /** Values that are not a pickle's to change: registered ones, and what `persistentLoad` has given. */
  foreign: Set<unknown> | undefined;

  /** How many entries there are, which is the number of the next MEMOIZE. */
  get size(): number {
    return this.list.length + (this.sparse?.size ?? 0);
  }

  /** Forgets all entries. */
  clear(): void {
    if (this.list.length > 0) this.list = [];
    this.sparse = undefined;
    this.#replaced = undefined;
  }

  /** A memo that stays as this one is now. */
  copy(): LoadMemo {
    const copy = new LoadMemo();
    copy.list = this.list.slice();
    if (this.sparse !== undefined) copy.sparse = new Map(this.sparse);
    if (this.foreign !== undefined) copy.foreign = new Set(this.foreign);
    if (this.#replaced !== undefined) copy.#replaced = new Map(this.#replaced);
    return copy;
  }

  /** Sets an entry that does not simply follow the list. */
  put(index: number, value: unknown): void {
    const { list } = this;
    if (index < list.length) {
      list[index] = value;
      return;
    }
    if (index > list.length) {
      (this.sparse ??= new Map()).set(index, value);
      return;
    }
    list.push(value);
    if (this.sparse === undefined) return;
    this.sparse.delete(index);
    while (this.sparse.has(list.length)) {
      const next = list.length;
      list.push(this.sparse.get(next));
      this.sparse.delete(next);
    }
  }

  /** The value of an entry, `undefined` if there is none. */
  get(index: number): unknown {
    const value = index < this.list.length ? this.list[index] : this.sparse?.get(index);
    return this.#replaced?.get(value) ?? value;
  }

  /** Replaces an object in all its entries, without a look at any of them. */
  replace(from: object, to: unknown): void {
    (this.#replaced ??= new Map()).set(from, to);
  }

  #replaced: Map<unknown, unknown> | undefined;
}
