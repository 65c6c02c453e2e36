/*
 * References to objects that were not known to be shared when they were written.
 *
 * Whether an object takes an index is decided by its type byte, but whether it is worth one shows only when it comes up
 * again. So the reference is written with a provisional number. If there was any such, one pass at the end sets the flags
 * and renumbers: an object's index is the number of flagged objects before it.
 */
import { REF_FLAG } from "../codes.ts";

function larger(array: Int32Array): Int32Array {
  const copy = new Int32Array(array.length * 2);
  copy.set(array);
  return copy;
}

/** Keeps count of objects and references while a value is written. */
export class LateRefs {
  /** Per object, in pairs: where its type byte stands, `~` that once it came up again; the indexes given out before it. */
  #objects: Int32Array = new Int32Array(32);
  #objectCount = 0;
  #sharedCount = 0;
  /** Where the indexes of all references stand. */
  #fields: Int32Array = new Int32Array(16);
  /** How many references there are. */
  fieldCount = 0;

  /** Notes an object and returns its number. */
  add(start: number, indexes: number): number {
    const object = this.#objectCount++;
    if (2 * object === this.#objects.length) this.#objects = larger(this.#objects);
    this.#objects[2 * object] = start;
    this.#objects[2 * object + 1] = indexes;
    return object;
  }

  /** Notes that an object came up again. */
  share(object: number): void {
    const start = this.#objects[2 * object]!;
    if (start < 0) return;
    this.#objects[2 * object] = ~start;
    this.#sharedCount++;
  }

  /** Notes a reference: what is written there is final if not negative, else `~object`. */
  addField(at: number): void {
    if (this.fieldCount === this.#fields.length) this.#fields = larger(this.#fields);
    this.#fields[this.fieldCount++] = at;
  }

  /** Sets the flags and the indexes. */
  resolve(out: Uint8Array, view: DataView): void {
    if (this.#sharedCount === 0) return;
    const indexes = new Int32Array(this.#objectCount);
    const bases: number[] = [];
    for (let object = 0; object < indexes.length; object++) {
      const start = ~this.#objects[2 * object]!;
      if (start < 0) continue;
      const base = this.#objects[2 * object + 1]!;
      out[start] = out[start]! | REF_FLAG;
      indexes[object] = base + bases.length;
      bases.push(base);
    }
    for (let i = 0; i < this.fieldCount; i++) {
      const at = this.#fields[i]!;
      const field = view.getInt32(at, true);
      view.setInt32(at, field < 0 ? indexes[~field]! : field + upTo(bases, field), true);
    }
  }
}

/** How many of the ascending `bases` are at most `index`: the objects that stand before the one of that index. */
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
