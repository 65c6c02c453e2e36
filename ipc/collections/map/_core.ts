/**
 * The operations of a shared map. Its memory is drawn in `_layout.ts`; `_stripe.ts` says who may do what when.
 *
 * Code of users runs while a value is encoded or decoded, and in `update()`. Values are encoded before a lock is taken and
 * decoded after it, from memory of this agent's own, except where they must not change meanwhile: in `update()` and
 * `pop()`, and where a value has shared objects in it, which only its entry keeps alive. There code of users runs under the
 * stripe's lock. If it took another lock of the map, it could wait for an agent that waits for this one; so it may not.
 */
import { TABLE_TOP } from "../../kill_safe.ts";
import type { Block } from "../../memory/arena.ts";
import { destroy, endUse, type Hold } from "../../memory/references.ts";
import { assertHeld, blockOf, holdOf, type SharedObject } from "../../memory/shared_object.ts";
import { REFERENCES_BYTES } from "../../message/message_references.ts";
import { carrierIn, decodeFrom } from "../../message/messages.ts";
import { copyWords, dismiss, encodeValue, paddedWords } from "../encoded_value.ts";
import { giveBack, takeScratch } from "../scratch.ts";
import { deleteEntry, putEntry } from "./_changes.ts";
import { hashWords } from "./_hash.ts";
import { EncodedKey } from "./_keys.ts";
import * as layout from "./_layout.ts";
import { referencesOf, valueAt } from "./_layout.ts";
import { Stripe } from "./_stripe.ts";
import type { Table } from "./_table.ts";

// The engine folds a module's own constants into the code, but loads imported ones each time.
const {
  DELETED,
  HAS_REFERENCES,
  HASH_KEY,
  MAX_BYTES,
  STRIPE_SHIFT,
  STRIPES,
  WITH_REFERENCES,
} = layout;

/** Stands for the value of a key that is not there. */
export const ABSENT: unique symbol = Symbol("absent");

/** How often to read without a lock before taking it: each time the table was replaced meanwhile. */
const ATTEMPTS = 16;

/** The key that this agent looks for. Nothing that may run code of users comes between setting and using it. */
const key = new EncodedKey();

/** The operations of a map. */
export class MapCore {
  /** See `carrierIn()`. */
  readonly carrier: object | undefined;
  readonly #held: Hold;
  readonly #map: SharedObject;
  readonly #me: number;
  readonly #stripes: readonly Stripe[];
  readonly #key0: number;
  readonly #key1: number;
  /** How deep this agent is in code of users that runs under a lock of this map. */
  #inside = 0;

  constructor(map: SharedObject) {
    const { arena, words } = blockOf(map);
    this.#map = map;
    this.#held = holdOf(map);
    this.carrier = carrierIn(arena);
    const me = this.#me = arena.me;
    this.#key0 = words[HASH_KEY]!;
    this.#key1 = words[HASH_KEY + 1]!;
    this.#stripes = Array.from({ length: STRIPES }, (_, i) => new Stripe(arena, words, i, me));
  }

  /** The value of a key, or {@linkcode ABSENT}. */
  get(wanted: unknown, attempted: string = "get"): unknown {
    const hash = this.#setKey(wanted, attempted);
    const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
    for (let left = ATTEMPTS; left > 0; left--) {
      const version = stripe.version();
      const table = stripe.tableOf(version);
      const at = table === undefined ? -1 : table.find(key, hash);
      if (at < 0) {
        if (stripe.isStill(version)) return ABSENT;
        continue;
      }
      const { i32 } = table!;
      const entry = Atomics.load(i32, at);
      // Deleted since it was found.
      if (entry === DELETED) {
        if (stripe.isStill(version)) return ABSENT;
        continue;
      }
      const size = i32[entry + 1]! | 0;
      if ((size & WITH_REFERENCES) !== 0) break;
      const words = paddedWords(size);
      const start = valueAt(i32, entry);
      if (!(size > 0 && start + words <= i32.length)) {
        if (stripe.isStill(version)) break;
        continue;
      }
      const scratch = takeScratch(size);
      try {
        copyWords(i32, start, scratch.i32, 0, words);
        if (stripe.isStill(version)) return decodeFrom(scratch, 0, size, this.carrier);
      } finally {
        giveBack(scratch);
      }
    }
    return this.#getLocked(stripe, hash);
  }

  #getLocked(stripe: Stripe, hash: number): unknown {
    this.#lock(stripe, "get");
    try {
      const { table } = stripe;
      const at = table === undefined ? -1 : table.find(key, hash);
      return at < 0 ? ABSENT : this.#decode(table!, table!.i32[at]!);
    } finally {
      this.#unlock(stripe);
    }
  }

  /** Whether there is a key. */
  has(wanted: unknown): boolean {
    const hash = this.#setKey(wanted, "look for a key");
    const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
    for (let left = ATTEMPTS; left > 0; left--) {
      const version = stripe.version();
      const found = (stripe.tableOf(version)?.find(key, hash) ?? -1) >= 0;
      if (stripe.isStill(version)) return found;
    }
    this.#lock(stripe, "look for a key");
    const found = (stripe.table?.find(key, hash) ?? -1) >= 0;
    this.#unlock(stripe);
    return found;
  }

  /** Sets a key. */
  set(wanted: unknown, value: unknown): void {
    // What is wrong with the key is to be said before code of the value runs.
    key.set(wanted, "set");
    const encoded = encodeValue(value, "set", this.carrier);
    let done = false;
    try {
      const hash = this.#setKey(wanted, "set");
      const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
      let replaced: Block | undefined;
      this.#lock(stripe, "set");
      try {
        replaced = putEntry(stripe, key, hash, encoded, this.#me);
        done = true;
      } finally {
        this.#unlock(stripe);
      }
      if (replaced !== undefined) destroy(replaced);
    } finally {
      dismiss(encoded, done);
    }
  }

  /** The value of a key; sets it first if there is none. Gives {@linkcode ABSENT} where it has. */
  setDefault(wanted: unknown, value: unknown): unknown {
    const found = this.get(wanted, "set");
    if (found !== ABSENT) return found;
    const encoded = encodeValue(value, "set", this.carrier);
    let done = false;
    try {
      const hash = this.#setKey(wanted, "set");
      const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
      this.#lock(stripe, "set");
      try {
        const { table } = stripe;
        const at = table === undefined ? -1 : table.find(key, hash);
        if (at >= 0) return this.#decode(table!, table!.i32[at]!);
        putEntry(stripe, key, hash, encoded, this.#me);
        done = true;
        return ABSENT;
      } finally {
        this.#unlock(stripe);
      }
    } finally {
      dismiss(encoded, done);
    }
  }

  /** Replaces the value of a key by what a function makes of it. */
  update(wanted: unknown, fn: (value: unknown) => unknown): unknown {
    let hash = this.#setKey(wanted, "update");
    const fixed = fixedKey(wanted);
    const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
    let replaced: Block | undefined;
    this.#lock(stripe, "update");
    this.#inside++;
    try {
      const { table } = stripe;
      const at = table === undefined ? -1 : table.find(key, hash);
      const old = at < 0 ? undefined : this.#decode(table!, table!.i32[at]!);
      const value = fn(old);
      const encoded = encodeValue(value, "set", this.carrier);
      let done = false;
      try {
        hash = this.#setKey(fixed, "update");
        replaced = putEntry(stripe, key, hash, encoded, this.#me);
        done = true;
      } finally {
        dismiss(encoded, done);
      }
      return value;
    } finally {
      this.#inside--;
      this.#unlock(stripe);
      if (replaced !== undefined) destroy(replaced);
    }
  }

  /** Removes a key; whether there was one. */
  delete(wanted: unknown): boolean {
    return this.#remove(wanted, "delete") !== ABSENT;
  }

  /** Removes a key; its value, or {@linkcode ABSENT}. */
  pop(wanted: unknown): unknown {
    return this.#remove(wanted, "pop");
  }

  #remove(wanted: unknown, attempted: "delete" | "pop"): unknown {
    const hash = this.#setKey(wanted, attempted);
    const stripe = this.#stripes[hash >>> STRIPE_SHIFT]!;
    let removed: Block | undefined;
    this.#lock(stripe, attempted);
    try {
      const { table } = stripe;
      const at = table === undefined ? -1 : table.find(key, hash);
      if (at < 0) return ABSENT;
      const { i32 } = table!;
      const value = attempted === "pop" ? this.#decode(table!, i32[at]!) : undefined;
      removed = deleteEntry(i32, at, this.#me);
      stripe.shrink();
      return value;
    } finally {
      this.#unlock(stripe);
      if (removed !== undefined) destroy(removed);
    }
  }

  /** Removes all entries. */
  clear(): void {
    const removed: Block[] = [];
    const unlock = this.#lockAll("clear");
    try {
      for (const stripe of this.#stripes) {
        const block = stripe.clear();
        if (block !== undefined) removed.push(block);
      }
    } finally {
      unlock();
      removed.forEach(destroy);
    }
  }

  /** How many entries there are. */
  get size(): number {
    let size = 0;
    for (const stripe of this.#stripes) size += sizeOf(stripe);
    return size;
  }

  /** Copies of all tables at one moment. */
  snapshot(): TableCopy[] {
    const copies: TableCopy[] = [];
    const unlock = this.#lockAll("iterate");
    try {
      for (const { table } of this.#stripes) {
        if (table === undefined || table.count === 0) continue;
        const { i32 } = table;
        const words = i32.slice(0, i32[TABLE_TOP]!) as unknown as Int32Array<ArrayBuffer>;
        const values = new Map<number, unknown>();
        if (i32[HAS_REFERENCES] === 1) this.#decodeShared(table, values);
        copies.push({ words, values });
      }
    } finally {
      unlock();
    }
    return copies;
  }

  /** Decodes the values with shared objects: only their entries keep those alive. */
  #decodeShared(table: Table, values: Map<number, unknown>): void {
    const { i32 } = table;
    for (let at = layout.INDEX, end = at + 2 * i32[layout.PLACES]!; at < end; at += 2) {
      const entry = i32[at]!;
      if (entry > 0 && referencesOf(i32, entry) !== 0) {
        values.set(entry, this.#decode(table, entry));
      }
    }
  }

  /** Encodes a key, and hashes it. */
  #setKey(wanted: unknown, attempted: string): number {
    key.set(wanted, attempted);
    return hashWords(key.head, key.words, key.length, this.#key0, this.#key1);
  }

  /** Decodes the value of an entry in place. Only under the lock. */
  #decode(table: Table, entry: number): unknown {
    const { i32 } = table;
    const size = i32[entry + 1]!;
    const start = 4 * valueAt(i32, entry);
    const extra = (size & WITH_REFERENCES) === 0 ? 0 : REFERENCES_BYTES;
    this.#inside++;
    try {
      return decodeFrom(table, start, start + (size & MAX_BYTES) - extra, this.carrier);
    } finally {
      this.#inside--;
    }
  }

  #lock(stripe: Stripe, attempted: string): void {
    this.#assertOutside(attempted);
    // Code of a value, which runs before, may have disposed of the map.
    assertHeld(this.#held, this.#map);
    stripe.lock();
    // And so may code of users that runs under the lock.
    this.#held.uses++;
  }

  #unlock(stripe: Stripe): void {
    stripe.unlock();
    endUse(this.#held);
  }

  /** Locks all stripes, always in the same order. Gives the function that unlocks them. */
  #lockAll(attempted: string): () => void {
    this.#assertOutside(attempted);
    assertHeld(this.#held, this.#map);
    for (const stripe of this.#stripes) stripe.lock();
    this.#held.uses++;
    return () => {
      for (const stripe of this.#stripes) stripe.unlock();
      endUse(this.#held);
    };
  }

  #assertOutside(attempted: string): void {
    if (this.#inside === 0) return;
    throw new Deno.errors.Busy(
      `Cannot ${attempted}: this worker is in the middle of changing the map; the function of update() and a class's own encode or decode may only get values without shared objects from it`,
    );
  }
}

/** A table as it was at one moment. */
export interface TableCopy {
  readonly words: Int32Array<ArrayBuffer>;
  /** The values with shared objects, by entry. */
  readonly values: ReadonlyMap<number, unknown>;
}

/** The entries in a stripe. */
function sizeOf(stripe: Stripe): number {
  for (;;) {
    const version = stripe.version();
    const count = stripe.tableOf(version)?.count ?? 0;
    if (stripe.isStill(version)) return count;
  }
}

/** A key that code of users, which runs before it is used again, cannot change. */
function fixedKey(wanted: unknown): unknown {
  return ArrayBuffer.isView(wanted) && wanted instanceof Uint8Array
    ? new Uint8Array(wanted)
    : wanted;
}
