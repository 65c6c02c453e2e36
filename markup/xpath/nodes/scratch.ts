import { ATTR_ROW, ROW } from "../../store/layout.ts";
import type { TreeStore } from "../../store/tree_store.ts";

/** Room to work in for evaluations over one store, kept with it. */
export class Scratch {
  /** The row that has an attribute, as far as evaluations have met it: by offset / ATTR_ROW. */
  owners: Int32Array = new Int32Array(0);
  #marks = new Int32Array(0);
  #stamp = 0;

  /** Remembers whose an attribute is. */
  own(index: number, owner: number, store: TreeStore): void {
    if (index >= this.owners.length) {
      const wider = new Int32Array(store.attrs.length / ATTR_ROW);
      wider.set(this.owners);
      this.owners = wider;
    }
    this.owners[index] = owner;
  }

  /**
   * Begins to mark rows; what was marked before is not marked any more.
   *
   * @param store The store.
   * @returns What marks rows.
   */
  marks(store: TreeStore): Marks {
    const rows = store.end / ROW;
    if (this.#marks.length < rows) {
      this.#marks = new Int32Array(Math.ceil(store.words.length / ROW));
      this.#stamp = 0;
    }
    if (this.#stamp === 0x7fff_ffff) {
      this.#marks.fill(0);
      this.#stamp = 0;
    }
    return new Marks(this.#marks, ++this.#stamp);
  }
}

/** Marks on rows. No other marks may be begun while these are in use. */
export class Marks {
  readonly #marks: Int32Array;
  readonly #stamp: number;

  constructor(marks: Int32Array, stamp: number) {
    this.#marks = marks;
    this.#stamp = stamp;
  }

  /** Marks a row. */
  add(row: number): void {
    this.#marks[row / ROW] = this.#stamp;
  }

  /** Whether a row is marked. */
  has(row: number): boolean {
    return this.#marks[row / ROW] === this.#stamp;
  }
}

const scratches = new WeakMap<TreeStore, Scratch>();

/** The scratch of a store. */
export function scratchOf(store: TreeStore): Scratch {
  let scratch = scratches.get(store);
  if (scratch === undefined) scratches.set(store, scratch = new Scratch());
  return scratch;
}
