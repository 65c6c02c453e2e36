/**
 * Cuts small arrays from a large one. An array of its own costs the runtime about a microsecond, mostly for the garbage collector;
 * a piece costs a tenth of that. A piece keeps its slab alive: it is for what is soon let go.
 */

const SIZE = 64 * 1024;

export class Slab {
  #bytes = new Uint8Array(0);
  #used = 0;

  /** So many bytes, which are 0. Many are an array of their own. */
  take(length: number): Uint8Array<ArrayBuffer> {
    if (length > SIZE >> 4) return new Uint8Array(length);
    if (length > this.#bytes.length - this.#used) {
      this.#bytes = new Uint8Array(SIZE);
      this.#used = 0;
    }
    return this.#bytes.subarray(this.#used, this.#used += length);
  }
}
