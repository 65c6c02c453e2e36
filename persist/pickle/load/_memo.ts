/**
 * The reader's memo. Entries stand in an array as long as their numbers follow one another; a number further on goes into
 * a map, so that a pickle of nine bytes that names entry 2^28 costs one entry.
 */
export class LoadMemo {
  /** Entries 0, 1, 2 ... */
  list: unknown[] = [];
  /** Entries with numbers past the end of the list. */
  sparse: Map<number, unknown> | undefined;

  /** How many entries there are, which is the number of the next MEMOIZE. */
  get size(): number {
    return this.list.length + (this.sparse?.size ?? 0);
  }

  /** Forgets all entries. */
  clear(): void {
    if (this.list.length > 0) this.list = [];
    this.sparse = undefined;
    this.#indexed = undefined;
    this.#indexedTo = 0;
  }

  /** A memo that stays as this one is now. */
  copy(): LoadMemo {
    const copy = new LoadMemo();
    copy.list = this.list.slice();
    if (this.sparse !== undefined) copy.sparse = new Map(this.sparse);
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

  /** Replaces an object in all its entries. */
  replace(from: unknown, to: unknown): void {
    const { list } = this;
    if (list.length > 0 && list[list.length - 1] === from) list[list.length - 1] = to;
    else {
      const index = this.#indexOf(from);
      if (index !== undefined) list[index] = to;
    }
    for (const [key, value] of this.sparse ?? []) if (value === from) this.sparse!.set(key, to);
  }

  #indexed: Map<unknown, number> | undefined;
  #indexedTo: number = 0;

  /** Where an object stands; each entry is visited once, however often this is asked. */
  #indexOf(value: unknown): number | undefined {
    const index = this.#indexed ??= new Map();
    for (; this.#indexedTo < this.list.length; this.#indexedTo++) {
      const entry = this.list[this.#indexedTo];
      if (typeof entry === "object" && entry !== null) index.set(entry, this.#indexedTo);
    }
    const at = index.get(value);
    return at !== undefined && this.list[at] === value ? at : undefined;
  }
}
