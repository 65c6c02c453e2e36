/**
 * Values by module and name. The two are not joined into one text: any character may stand in either, and the text would
 * cost their length at each look.
 *
 * @typeParam V The type of the values.
 */
export class NameTable<V> {
  readonly #modules: Map<string, Map<string, V>> = new Map();

  /** Whether there is nothing in it. */
  get isEmpty(): boolean {
    return this.#modules.size === 0;
  }

  /** The value of a name, `undefined` if there is none. */
  get(module: string, name: string): V | undefined {
    return this.#modules.get(module)?.get(name);
  }

  /** Whether there is a value of any name of a module. */
  hasModule(module: string): boolean {
    return this.#modules.has(module);
  }

  /** Sets the value of a name. */
  set(module: string, name: string, value: V): void {
    const names = this.#modules.get(module);
    if (names === undefined) this.#modules.set(module, new Map([[name, value]]));
    else names.set(name, value);
  }

  /** Forgets all values. */
  clear(): void {
    this.#modules.clear();
  }

  /** All values, by module. */
  *values(): Generator<V, void> {
    for (const names of this.#modules.values()) yield* names.values();
  }
}
