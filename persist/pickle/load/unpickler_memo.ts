import { LoadMemo } from "./_memo.ts";

/** The table behind a reader's memo. */
export let readerTable: (memo: UnpicklerMemo) => LoadMemo;
/** A reader's memo for a table. */
export let unpicklerMemo: (table: LoadMemo) => UnpicklerMemo;

/**
 * What an {@linkcode Unpickler} has read so far, by number: taken from its `memo`, and assigned to another's. A
 * new one is empty.
 *
 * @example Prime one unpickler with what another has read
 * ```ts
 * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const pickler = new Pickler();
 * const config = { retries: 3 };
 * const first = new Unpickler();
 * const back = first.loads(pickler.dumps(config));
 * const second = new Unpickler();
 * second.memo = first.memo;
 * assertStrictEquals(second.loads(pickler.dumps(config)), back);
 * ```
 */
export class UnpicklerMemo {
  #table: LoadMemo = new LoadMemo();

  static {
    readerTable = (memo) => memo.#table;
    unpicklerMemo = (table) => {
      const memo = new UnpicklerMemo();
      memo.#table = table;
      return memo;
    };
  }

  /** How many objects have numbers. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * The object of a number.
   *
   * @param index The number.
   * @returns The object, `undefined` if there is none.
   */
  get(index: number): unknown {
    return this.#table.get(index);
  }

  /**
   * A memo that stays as this one is now.
   *
   * @returns The copy.
   */
  copy(): UnpicklerMemo {
    return unpicklerMemo(this.#table.copy());
  }

  /** Forgets everything. */
  clear(): void {
    this.#table.clear();
  }
}
