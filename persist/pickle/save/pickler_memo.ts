import { Memo } from "./_memo.ts";

/** The table behind a memo; set by the class, which alone can see it. */
export let writerTable: (memo: PicklerMemo) => Memo;
/** A memo for a table. */
export let picklerMemo: (table: Memo) => PicklerMemo;

/**
 * What a {@linkcode Pickler} has written so far: taken from its `memo`, and assigned to another's, which can then refer to
 * the same objects. A new one is empty.
 *
 * @example Prime one pickler with what another has written
 * ```ts
 * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const config = { retries: 3 };
 * const first = new Pickler();
 * const head = first.dumps(config);
 * const second = new Pickler();
 * second.memo = first.memo;
 *
 * const unpickler = new Unpickler();
 * const back = unpickler.loads(head);
 * const [same] = unpickler.loads(second.dumps([config])) as unknown[];
 * assertStrictEquals(same, back);
 * ```
 */
export class PicklerMemo {
  #table: Memo = new Memo();

  static {
    writerTable = (memo) => memo.#table;
    picklerMemo = (table) => {
      const memo = new PicklerMemo();
      memo.#table = table;
      return memo;
    };
  }

  /** How many objects have numbers. */
  get size(): number {
    return this.#table.size;
  }

  /**
   * The number of a value.
   *
   * @param value An object or a string.
   * @returns Its number, `undefined` if it has not been written.
   */
  get(value: object | string): number | undefined {
    return typeof value === "string"
      ? this.#table.strings.get(value)
      : this.#table.objects.get(value);
  }

  /**
   * A memo that stays as this one is now.
   *
   * @returns The copy.
   */
  copy(): PicklerMemo {
    return picklerMemo(this.#table.copy());
  }

  /** Forgets everything. */
  clear(): void {
    this.#table.clear();
  }
}
