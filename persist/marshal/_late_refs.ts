/*
 * References to objects that were not known to be shared when they were written.
 *
 * Whether an object takes an index is decided by its type byte, but whether it is worth one shows only when it comes up
 * again. So the reference is written with a provisional number. If there was any such, one pass at the end sets the flags
 * and renumbers: an object's index is the number of flagged objects before it.
 */
import { REF_FLAG } from "./_codes.ts";

/** Keeps count of objects and references while a value is written. */
export class LateRefs {
  /** Per object: where its type byte stands, the number of constants flagged before it, whether it came up again. */
  #starts: number[] = [];
  #bases: number[] = [];
  #shared: boolean[] = [];
  #sharedCount = 0;
  /** Where the indexes of all references stand. */
  #fields: number[] = [];

  /** Notes an object and returns its number. */
  add(start: number, constants: number): number {
    this.#starts.push(start);
    this.#bases.push(constants);
    this.#shared.push(false);
    return this.#starts.length - 1;
  }

  /** Takes the last object back. */
  drop(): void {
    this.#starts.pop();
    this.#bases.pop();
    this.#shared.pop();
  }

  /** Notes that an object came up again. */
  share(object: number): void {
    if (this.#shared[object]) return;
    this.#shared[object] = true;
    this.#sharedCount++;
  }

  /** Notes a reference: an index is final among the constants, `~object` provisional. */
  addField(at: number): void {
    this.#fields.push(at);
  }

  get fieldCount(): number {
    return this.#fields.length;
  }

  /** Forgets the references after the first `count`, whose bytes have been taken back. */
  truncateFields(count: number): void {
    this.#fields.length = count;
  }

  /** Sets the flags and the indexes. */
  resolve(out: Uint8Array, view: DataView): void {
    if (this.#sharedCount === 0) return;
    const indexes = new Int32Array(this.#starts.length);
    const bases: number[] = [];
    for (let object = 0; object < indexes.length; object++) {
      if (!this.#shared[object]) continue;
      const start = this.#starts[object]!;
      out[start] = out[start]! | REF_FLAG;
      indexes[object] = this.#bases[object]! + bases.length;
      bases.push(this.#bases[object]!);
    }
    for (const at of this.#fields) {
      const field = view.getInt32(at, true);
      view.setInt32(at, field < 0 ? indexes[~field]! : field + upTo(bases, field), true);
    }
  }
}

/** How many of the ascending `bases` are at most `index`: the objects that stand before that constant. */
function upTo(bases: readonly number[], index: number): number {
  let low = 0;
  let high = bases.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bases[middle]! <= index) low = middle + 1;
    else high = middle;
  }
  return low;
}
