/**
 * The groups of an update: one is written while the next is encoded. Each group is all or nothing; of several writes to one key
 * the last counts.
 */
import type { Backend, Write } from "./backend/backend.ts";

/** A group has about so many bytes, and at most so many entries. */
const BYTES = 4 * 1024 * 1024;
const ENTRIES = 10_000;
/** Groups on their way at once. */
const AT_ONCE = 2;

export class WriteGroups {
  readonly #backend: Backend;
  #group = new Map<string, Write>();
  #bytes = 0;
  /** The groups on their way, and what ends when they are written. */
  readonly #running = new Map<ReadonlyMap<string, Write>, Promise<void>>();
  #failure: { readonly error: unknown } | undefined;

  constructor(backend: Backend) {
    this.#backend = backend;
  }

  /** Adds a write. If there is something to wait for before the next, that is returned. */
  add(write: Write): Promise<void> | undefined {
    this.#group.set(write.key, write);
    this.#bytes += write.bytes!.length;
    return this.#bytes >= BYTES || this.#group.size >= ENTRIES ? this.#send() : undefined;
  }

  /** Waits until everything is written. */
  async end(): Promise<void> {
    if (this.#group.size > 0 && this.#failure === undefined) await this.#send();
    await this.#wait(0);
  }

  /** Waits until no group is on its way any more, whatever becomes of it. */
  async settle(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #send(): Promise<void> {
    const group = this.#group;
    this.#group = new Map();
    this.#bytes = 0;
    // A key that is being written must not be written by a later group first.
    if (this.#isRunning(group)) await this.#wait(0);
    const done = this.#backend.write([...group.values()])
      .catch((error) => void (this.#failure ??= { error }))
      .finally(() => this.#running.delete(group));
    this.#running.set(group, done);
    await this.#wait(AT_ONCE - 1);
  }

  #isRunning(group: ReadonlyMap<string, Write>): boolean {
    for (const running of this.#running.keys()) {
      for (const key of group.keys()) if (running.has(key)) return true;
    }
    return false;
  }

  /** Waits until no more than so many groups are on their way, and throws what went wrong. */
  async #wait(most: number): Promise<void> {
    while (this.#running.size > most) await Promise.race(this.#running.values());
    if (this.#failure === undefined) return;
    await this.settle();
    throw this.#failure.error;
  }
}
