import type { Write } from "./backend.ts";

/** The keys of writes. */
export function keysOf(writes: readonly Write[]): string[] {
  return writes.map(({ key }) => key);
}

/**
 * Lets writes take effect in the order in which they were called, for each key: a large value is written in several steps, and
 * a delete reads first or runs a script, so that a later write could come before it. Writes of different keys run at the same time.
 */
export class Order {
  /** The last write of each key that is under way; it never rejects. */
  readonly #last = new Map<string, Promise<void>>();
  /** The last write of all keys that is under way. */
  #all: Promise<void> | undefined;

  /** Runs a write of some keys, after those of the same keys that were called before. */
  run<R>(keys: readonly string[], body: () => Promise<R>): Promise<R> {
    const before = new Set<Promise<void>>();
    if (this.#all !== undefined) before.add(this.#all);
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const key of keys) {
      const last = this.#last.get(key);
      if (last !== undefined) before.add(last);
      this.#last.set(key, promise);
    }
    return this.#after(before, body, () => {
      for (const key of keys) if (this.#last.get(key) === promise) this.#last.delete(key);
      resolve();
    });
  }

  /** Runs a write of all keys, after all writes that were called before. */
  runAll<R>(body: () => Promise<R>): Promise<R> {
    const before = new Set(this.#last.values());
    if (this.#all !== undefined) before.add(this.#all);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#all = promise;
    return this.#after(before, body, () => {
      if (this.#all === promise) this.#all = undefined;
      resolve();
    });
  }

  async #after<R>(
    before: ReadonlySet<Promise<void>>,
    body: () => Promise<R>,
    end: () => void,
  ): Promise<R> {
    try {
      if (before.size > 0) await Promise.all(before);
      return await body();
    } finally {
      end();
    }
  }
}
