/** What `writeback: true` keeps: every value that was read or set, and the bytes it had, to see whether it has changed. */
import type { Write } from "./backend/backend.ts";
import { sameBytes } from "./keys.ts";

interface Kept<V> {
  readonly value: V;
  readonly bytes: Uint8Array;
  readonly expires: number;
}

export class Writeback<V> {
  readonly #kept = new Map<string, Kept<V>>();

  /** The value that is kept of a key. What is expired is forgotten. */
  get(key: string): { readonly value: V } | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.expires > Date.now()) return kept;
    this.#kept.delete(key);
    return undefined;
  }

  /** Keeps a value, and which bytes stand for it in the store. */
  keep(key: string, value: V, { bytes, expires }: Pick<Kept<V>, "bytes" | "expires">): void {
    this.#kept.set(key, { value, bytes, expires });
  }

  /** Forgets a value. */
  forget(key: string): void {
    this.#kept.delete(key);
  }

  /** Forgets all values. */
  clear(): void {
    this.#kept.clear();
  }

  /** All that is kept and not expired. */
  *entries(): Generator<[key: string, value: V, expires: number]> {
    const now = Date.now();
    for (const [key, { value, expires }] of this.#kept) {
      if (expires > now) yield [key, value, expires];
    }
  }

  /** Whether an entry differs from the one that is in the store. */
  isChanged(key: string, { bytes }: Write): boolean {
    const kept = this.#kept.get(key);
    return kept === undefined || !sameBytes(kept.bytes, bytes!);
  }
}
