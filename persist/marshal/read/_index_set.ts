/** A set of small numbers that are mostly next to each other: a byte for each, which is far cheaper than a `Set`. */
export class IndexSet {
  #bytes: Uint8Array = new Uint8Array(64);

  has(index: number): boolean {
    return this.#bytes[index] === 1;
  }

  add(index: number): void {
    if (index >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(index + 1, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[index] = 1;
  }

  delete(index: number): void {
    if (index < this.#bytes.length) this.#bytes[index] = 0;
  }
}
