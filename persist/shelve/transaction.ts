import type { Backend, Check, Stored, Write } from "./backend/backend.ts";
import { expiresAt, type SetOptions, type ValueCodec } from "./entries.ts";
import { checkKey } from "./keys.ts";

/**
 * What the function of `shelf.transaction()` reads and writes with. Nothing is written before the function has returned, and
 * then either all of it or, if somebody else has changed what was read, nothing: the function is called again.
 *
 * @example Two accounts
 * ```ts
 * import { open } from "@ferry/std/persist/shelve";
 * import { assertEquals } from "@std/assert";
 *
 * await using accounts = await open<number>(":memory:");
 * await accounts.update({ ann: 10, ben: 0 });
 * await accounts.transaction(async (tx) => {
 *   tx.set("ann", (await tx.get("ann"))! - 3);
 *   tx.set("ben", (await tx.get("ben"))! + 3);
 * });
 * assertEquals([await accounts.get("ann"), await accounts.get("ben")], [7, 3]);
 * ```
 */
export class Transaction<V> {
  readonly #backend: Backend;
  readonly #codec: ValueCodec<V>;
  readonly #reads = new Map<string, Promise<Stored | undefined>>();
  readonly #writes = new Map<string, { value: V | undefined; expires: number; deleted: boolean }>();
  #ended = false;

  /**
   * Made by `Shelf.transaction`.
   *
   * @param backend The store.
   * @param codec How values become bytes.
   */
  constructor(backend: Backend, codec: ValueCodec<V>) {
    this.#backend = backend;
    this.#codec = codec;
  }

  /** Reads a value. It has to be the same when the transaction ends. */
  async get(key: string): Promise<V | undefined> {
    const write = this.#writes.get(key);
    if (write !== undefined) return write.value;
    const stored = await this.#read(key);
    return stored === undefined ? undefined : await this.#codec.decode(key, stored);
  }

  /** Whether there is an entry. It has to be the same when the transaction ends. */
  async has(key: string): Promise<boolean> {
    const write = this.#writes.get(key);
    return write === undefined ? await this.#read(key) !== undefined : !write.deleted;
  }

  /**
   * Sets a value when the transaction ends.
   *
   * @throws {TypeError} If it has ended: something in the function was not awaited.
   */
  set(key: string, value: V, options: SetOptions = {}): void {
    this.#check("set");
    checkKey(key);
    this.#writes.set(key, { value, expires: expiresAt(options), deleted: false });
  }

  /**
   * Deletes an entry when the transaction ends.
   *
   * @throws {TypeError} If it has ended: something in the function was not awaited.
   */
  delete(key: string): void {
    this.#check("delete");
    checkKey(key);
    this.#writes.set(key, { value: undefined, expires: Infinity, deleted: true });
  }

  #check(what: string): void {
    if (!this.#ended) return;
    throw new TypeError(
      `Cannot ${what} an entry in a transaction that has ended: its function needs to wait for all it does`,
    );
  }

  #read(key: string): Promise<Stored | undefined> {
    let stored = this.#reads.get(key);
    if (stored === undefined) {
      stored = this.#backend.get(checkKey(key));
      this.#reads.set(key, stored);
    }
    return stored;
  }

  /** The keys that were written. */
  get written(): Iterable<string> {
    return this.#writes.keys();
  }

  /** Writes everything, or nothing and gives `false`. */
  async commit(): Promise<boolean> {
    this.#ended = true;
    const checks: Check[] = [];
    for (const [key, stored] of this.#reads) {
      checks.push({ key, token: (await stored)?.token });
    }
    const writes: Write[] = [];
    for (const [key, { value, expires, deleted }] of this.#writes) {
      writes.push(
        deleted
          ? { key, bytes: undefined, expires }
          : await this.#codec.encode(key, value!, expires),
      );
    }
    if (checks.length + writes.length === 0) return true;
    return await this.#backend.commit(checks, writes);
  }
}
