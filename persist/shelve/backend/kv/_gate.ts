/**
 * Lets either any number of writers or one listing through.
 *
 * A listing of more keys than one read returns holds the database's write lock meanwhile. A write of the same `Deno.Kv` would
 * wait for that lock on the thread that also reads, and the listing for the write; so writers wait here instead.
 */
export class Gate {
  #writers = 0;
  #frozen: Promise<void> | undefined;
  #idle: (() => void) | undefined;

  /** Runs a write, after a listing that is under way. */
  async write<R>(body: () => Promise<R>): Promise<R> {
    while (this.#frozen !== undefined) await this.#frozen;
    this.#writers++;
    try {
      return await body();
    } finally {
      if (--this.#writers === 0) this.#idle?.();
    }
  }

  /** Runs a listing, after the writes that are under way and before those that come. */
  async freeze<R>(body: () => Promise<R>): Promise<R> {
    while (this.#frozen !== undefined) await this.#frozen;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#frozen = promise;
    try {
      if (this.#writers > 0) {
        await new Promise<void>((resolve) => this.#idle = resolve);
        this.#idle = undefined;
      }
      return await body();
    } finally {
      this.#frozen = undefined;
      resolve();
    }
  }
}
