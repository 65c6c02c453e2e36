/**
 * Which containers have been written, by identity.
 *
 * Most values are trees, where nothing comes up twice. A set that has grown tells as much with one look-up per container;
 * only when something does come up again is a map made of it.
 */
export class Containers {
  readonly #seen: Set<object> = new Set();
  #orders: Map<object, number> | undefined;
  /** Per container in order: its index, or `~number` of a late object. */
  #ids: Int32Array = new Int32Array(16);
  #count = 0;

  /** The index of a container written before, or `undefined` after having noted it; {@linkcode setLast} then. */
  enter(container: object): number | undefined {
    if (this.#orders === undefined) {
      this.#seen.add(container);
      if (this.#seen.size !== this.#count) {
        this.#count++;
        return undefined;
      }
      this.#orders = this.#toMap();
    }
    const order = this.#orders.get(container);
    if (order !== undefined) return this.#ids[order]!;
    this.#orders.set(container, this.#count++);
    return undefined;
  }

  /** Changes the index of a container, if it was entered. */
  replace(container: object, id: number): void {
    if (this.#orders === undefined && !this.#seen.has(container)) return;
    const order = (this.#orders ??= this.#toMap()).get(container);
    if (order !== undefined) this.#ids[order] = id;
  }

  #toMap(): Map<object, number> {
    const orders = new Map<object, number>();
    for (const object of this.#seen) orders.set(object, orders.size);
    this.#seen.clear();
    return orders;
  }

  /** Sets the index of the container entered last. */
  setLast(id: number): void {
    if (this.#count > this.#ids.length) {
      const ids = new Int32Array(this.#ids.length * 2);
      ids.set(this.#ids);
      this.#ids = ids;
    }
    this.#ids[this.#count - 1] = id;
  }
}
