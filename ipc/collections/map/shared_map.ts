/**
 * A hash map in shared memory, for any number of workers at once.
 *
 * Guarantees: a read sees a value that was set, whole, and no older than the last one that was set before it began. A change is
 * made or not made: a worker that is killed in the middle leaves the old or the new value, and blocks nobody. Readers take no
 * lock, and go on while the map grows. What deleted entries took is used again.
 *
 * @module
 */
import type { RulesOf } from "../../../persist/options.ts";
import { MapFullError } from "../../errors.ts";
import { type Arena, type Block, isBlock, Kind } from "../../memory/arena.ts";
import { registerSharedByName } from "../../codec/class_registry.ts";
import { registerKind } from "../../memory/kinds.ts";
import {
  NAMED_STORE_RULES,
  namedBlock,
  type NamedOptions,
  type NamedStoreOptions,
} from "../../memory/named.ts";
import { dropSlot } from "../../memory/references.ts";
import {
  assertHeld,
  blockOf,
  holdOf,
  nameOf,
  newBlock,
  SharedObject,
} from "../../memory/shared_object.ts";
import { decode } from "../../message/messages.ts";
import { assertOptions } from "../../wait/options.ts";
import { shown } from "../../wait/shown.ts";
import { ABSENT, MapCore, type TableCopy } from "./_core.ts";
import { keyAt, type SharedMapKey } from "./_keys.ts";
import {
  GROW_LOCK,
  HASH_KEY,
  INDEX,
  MAP_BYTES,
  MAX_BYTES,
  MAX_LINES,
  PLACES,
  STRIPE_AT,
  TABLES,
  valueAt,
} from "./_layout.ts";
import { bytesInUse, sweepMap } from "./_stripe.ts";
import { destroyTable } from "./_table.ts";

export { MapFullError, type NamedOptions, type NamedStoreOptions, type SharedMapKey };

/** Bytes that a map may take unless its options say otherwise: 1 GiB. */
const DEFAULT_MAX_BYTES = 2 ** 30;
const LINE_BYTES = 64;
/** Most lines of the program's shared memory. */
const MOST_LINES = 2 ** 30;

/** Options of {@linkcode SharedMap}. */
export interface SharedMapOptions extends NamedStoreOptions {
  /**
   * Most bytes of shared memory that the map may take: keys, values, and its index, with room to grow. An entry of a short
   * key and a number takes 40 to 100 bytes.
   *
   * @default {2 ** 30}
   */
  maxBytes?: number | undefined;
}

const RULES: RulesOf<SharedMapOptions> = {
  ...NAMED_STORE_RULES,
  maxBytes: "any",
};

/**
 * A map that any worker can read and change.
 *
 * Keys are strings, numbers, bigints or `Uint8Array`s; two are the same as in a `Map`, byte arrays if their bytes are the same.
 * Values are what a queue can carry, shared objects too, but for ends of pipes, which have one owner. A value is kept as it was
 * when it was set: to change it, set it again.
 *
 * Nothing here waits for long, so there are no asynchronous forms: a change blocks the thread while another worker changes a
 * key of the same stripe, of which there are 32; a read does not, unless its value has shared objects in it. There is
 * nothing to wait for with `waitAny` either; let whoever changes the map set a `SharedEvent`, or publish in a `Broadcast`.
 *
 * The order of entries is not defined.
 *
 * @typeParam K What the keys are.
 * @typeParam V What the values are.
 *
 * @example Counting words in several workers
 * ```ts
 * import { Pool, SharedMap } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using counts = new SharedMap<string, number>();
 * await using pool = new Pool({ processes: 2 });
 * await pool.starmap(
 *   (text: string, counts: SharedMap<string, number>) => {
 *     for (const word of text.split(" ")) counts.update(word, (count = 0) => count + 1);
 *   },
 *   [["to be or", counts], ["not to be", counts]],
 * );
 * assertEquals(counts.get("to"), 2);
 * assertEquals(counts.size, 4);
 * ```
 */
export class SharedMap<K extends SharedMapKey = string, V = unknown> extends SharedObject
  implements Iterable<[K, V]> {
  readonly #core: MapCore;

  /**
   * Makes a map.
   *
   * @example Make one
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   *
   * using counts = new SharedMap<string, number>();
   * ```
   *
   * @param entries The first entries: pairs of keys and values, a `Map` too.
   * @param options `maxBytes`, and a name. In a map with a name that exists, the entries are set, too.
   * @throws {TypeError} If the entries are not iterable pairs, or the options are none.
   * @throws {RangeError} If `maxBytes` is not positive.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(entries?: Iterable<readonly [K, V]> | null, options?: SharedMapOptions);
  constructor(entries?: Iterable<readonly [K, V]> | null | Block, options?: SharedMapOptions) {
    const adopted = isBlock(entries);
    if (!adopted) assertEntries(entries);
    super(adopted ? entries : create(options));
    this.#core = new MapCore(this);
    if (adopted || entries === undefined || entries === null) return;
    try {
      for (const entry of entries) {
        assertEntry(entry);
        this.set(entry[0], entry[1]);
      }
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** How many entries there are at this moment. */
  get size(): number {
    this.#assertUsable();
    return this.#core.size;
  }

  /** Most bytes of shared memory that the map may take; `Infinity` = no limit. */
  get maxBytes(): number {
    this.#assertUsable();
    return blockOf(this).words[MAX_LINES]! * LINE_BYTES || Infinity;
  }

  /** The bytes of shared memory that its entries take at this moment, with room to grow. */
  get byteLength(): number {
    this.#assertUsable();
    return bytesInUse(blockOf(this).words);
  }

  /**
   * The value of a key.
   *
   * @param key The key.
   * @returns A copy of the value, `undefined` if there is none.
   * @throws {TypeError} If the key is of another type.
   * @throws {Deno.errors.BadResource} If the map was disposed of in this worker.
   * @throws {Deno.errors.Busy} If the value has shared objects in it, and the call comes from the function of `update()`.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using ages = new SharedMap<string, number>([["Ada", 36]]);
   * assertEquals(ages.get("Ada"), 36);
   * assertEquals(ages.get("Alan"), undefined);
   * ```
   */
  get(key: K): V | undefined {
    this.#assertUsable();
    const value = this.#core.get(key);
    return value === ABSENT ? undefined : value as V;
  }

  /**
   * Whether there is a key.
   *
   * @param key The key.
   * @returns Whether there is.
   * @throws {TypeError} If the key is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using seen = new SharedMap<Uint8Array, undefined>();
   * seen.set(new Uint8Array([1, 2]), undefined);
   * assert(seen.has(new Uint8Array([1, 2])));
   * ```
   */
  has(key: K): boolean {
    this.#assertUsable();
    return this.#core.has(key);
  }

  /**
   * Sets the value of a key. It is kept as it is now: later changes to it do not matter.
   *
   * @param key The key.
   * @param value Anything that a queue can carry, but no end of a pipe.
   * @returns The map.
   * @throws {TypeError} If the key is of another type.
   * @throws {UnsendableError} If the value, or something in it, cannot be sent.
   * @throws {MapFullError} If the map would take more than `maxBytes`; it is then as it was.
   * @throws {RangeError} If the key or the value takes 256 MiB or more, or there is no more shared memory.
   * @throws {Deno.errors.Busy} If the call comes from the function of `update()`.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using users = new SharedMap<number, { name: string }>();
   * users.set(7, { name: "Ada" }).set(8, { name: "Alan" });
   * assertEquals(users.get(8), { name: "Alan" });
   * ```
   */
  set(key: K, value: V): this {
    this.#assertUsable();
    this.#core.set(key, value);
    return this;
  }

  /**
   * Removes a key.
   *
   * @param key The key.
   * @returns Whether there was one.
   * @throws {TypeError} If the key is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1]]);
   * assert(map.delete("a"));
   * assert(!map.delete("a"));
   * ```
   */
  delete(key: K): boolean {
    this.#assertUsable();
    return this.#core.delete(key);
  }

  /**
   * Removes a key and gives its value. Of several workers that call at once, one gets it.
   *
   * @param key The key.
   * @returns The value, `undefined` if there was none.
   * @throws {TypeError} If the key is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1]]);
   * assertEquals(map.pop("a"), 1);
   * assertEquals(map.pop("a"), undefined);
   * ```
   */
  pop(key: K): V | undefined {
    this.#assertUsable();
    const value = this.#core.pop(key);
    return value === ABSENT ? undefined : value as V;
  }

  /**
   * The value of a key, which is set first if there is none. Of several workers that call at once, one sets.
   *
   * @param key The key.
   * @param value The value to set; see {@linkcode SharedMap.set} for what it can be.
   * @returns The value that the key has afterwards.
   * @throws {MapFullError} If the map would take more than `maxBytes`.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap<string, string>();
   * assertEquals(map.setDefault("leader", "first"), "first");
   * assertEquals(map.setDefault("leader", "second"), "first");
   * ```
   */
  setDefault(key: K, value: V): V {
    this.#assertUsable();
    const found = this.#core.setDefault(key, value);
    return found === ABSENT ? value : found as V;
  }

  /**
   * Changes the value of a key in one step that no other worker can come into.
   *
   * @param key The key.
   * @param fn Gets a copy of the value, `undefined` if there is none, and returns the new one. It runs once, under the lock of
   * the key's stripe, so it should be short. It may get other values of this map, but not change any; and if it changes another
   * map, no worker may do so the other way round: both would wait for each other. If it throws, the map is as it was.
   * @returns The new value.
   * @throws {TypeError} If the key is of another type, or `fn` is no function.
   * @throws {UnsendableError} If the new value, or something in it, cannot be sent.
   * @throws {MapFullError} If the map would take more than `maxBytes`.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using counts = new SharedMap<string, number>();
   * counts.update("word", (count = 0) => count + 1);
   * assertEquals(counts.update("word", (count = 0) => count + 1), 2);
   * ```
   */
  update(key: K, fn: (value: V | undefined) => V): V {
    this.#assertUsable();
    if (typeof fn !== "function") {
      throw new TypeError(`Cannot update: a function is needed, received ${shown(fn)}`);
    }
    return this.#core.update(key, fn as (value: unknown) => unknown) as V;
  }

  /**
   * Removes all entries. Whoever iterates sees all of them or none; a worker that is killed in the middle may have removed
   * a part.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1], ["b", 2]]);
   * map.clear();
   * assertEquals(map.size, 0);
   * ```
   */
  clear(): void {
    this.#assertUsable();
    this.#core.clear();
  }

  /**
   * The entries as they are at the moment of the call, all at once: changes made later are not seen. It copies the map, under
   * its locks; values are decoded as they are asked for.
   *
   * @returns Pairs of keys and values, in no defined order.
   * @throws {Deno.errors.Busy} If the call comes from the function of `update()`.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1], ["b", 2]]);
   * for (const [key, value] of map.entries()) map.set(key, value * 10);
   * assertEquals(Object.fromEntries(map), { a: 10, b: 20 });
   * ```
   */
  entries(): IterableIterator<[K, V]> {
    return this.#iterate((words, entry, value) => [keyAt(words, entry), value()] as [K, V]);
  }

  /**
   * The keys as they are at the moment of the call. See {@linkcode SharedMap.entries}.
   *
   * @returns The keys, in no defined order.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1], ["b", 2]]);
   * assertEquals([...map.keys()].sort(), ["a", "b"]);
   * ```
   */
  keys(): IterableIterator<K> {
    return this.#iterate((words, entry) => keyAt(words, entry) as K);
  }

  /**
   * The values as they are at the moment of the call. See {@linkcode SharedMap.entries}.
   *
   * @returns The values, in no defined order.
   *
   * @example Usage
   * ```ts
   * import { SharedMap } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * using map = new SharedMap([["a", 1], ["b", 2]]);
   * assertEquals([...map.values()].sort(), [1, 2]);
   * ```
   */
  values(): IterableIterator<V> {
    return this.#iterate((_words, _entry, value) => value() as V);
  }

  /** The same as {@linkcode SharedMap.entries}. */
  [Symbol.iterator](): IterableIterator<[K, V]> {
    return this.entries();
  }

  /** Copies the map now, not when the first entry is asked for. */
  #iterate<T>(
    make: (words: Int32Array<ArrayBuffer>, entry: number, value: () => unknown) => T,
  ): IterableIterator<T> {
    this.#assertUsable();
    return iterate(this.#core.snapshot(), this.#core.carrier, make);
  }

  #assertUsable(): void {
    assertHeld(holdOf(this), this);
  }
}

function* iterate<T>(
  copies: TableCopy[],
  carrier: object | undefined,
  make: (words: Int32Array<ArrayBuffer>, entry: number, value: () => unknown) => T,
): Generator<T, void, undefined> {
  // What was gone through need not be kept.
  for (let copy = copies.pop(); copy !== undefined; copy = copies.pop()) {
    const { words, values } = copy;
    const bytes = new Uint8Array(words.buffer);
    for (let at = INDEX, end = INDEX + 2 * words[PLACES]!; at < end; at += 2) {
      const entry = words[at]!;
      if (entry <= 0) continue;
      yield make(words, entry, () => {
        if (values.has(entry)) return values.get(entry);
        const start = 4 * valueAt(words, entry);
        const end = start + (words[entry + 1]! & MAX_BYTES);
        return decode(bytes.subarray(start, end), carrier);
      });
    }
  }
}

function assertEntries(entries: unknown): void {
  if (entries === undefined || entries === null) return;
  const iterable = entries as { [Symbol.iterator]?: unknown };
  if (typeof entries === "object" && typeof iterable[Symbol.iterator] === "function") return;
  const hint = typeof entries === "object" ? "; options come second" : "";
  throw new TypeError(
    `Cannot make a shared map: an iterable of pairs is needed, received ${shown(entries)}${hint}`,
  );
}

function assertEntry(entry: unknown): void {
  if (typeof entry === "object" && entry !== null) return;
  throw new TypeError(
    `Cannot make a shared map: each entry must be a pair of key and value, received ${
      shown(entry)
    }`,
  );
}

function create(options: SharedMapOptions | undefined): Block {
  const attempted = "make a shared map";
  assertOptions(options, attempted, "{ maxBytes: 2 ** 20 }", RULES);
  const { maxBytes = DEFAULT_MAX_BYTES }: { maxBytes?: unknown } = options ?? {};
  const needed = `Cannot ${attempted}: maxBytes must be a positive number of bytes`;
  if (typeof maxBytes !== "number") {
    throw new TypeError(`${needed}, received ${shown(maxBytes)}`);
  }
  if (!(maxBytes > 0)) throw new RangeError(`${needed}, received ${maxBytes}`);
  const lines = Math.max(1, Math.floor(maxBytes / LINE_BYTES));
  const make = (arena?: Arena) => makeBlock(lines, arena);
  return namedBlock(options, { kind: Kind.map, what: "map", make }) ?? make();
}

function makeBlock(lines: number, arena: Arena | undefined): Block {
  const block = newBlock(Kind.map, MAP_BYTES, undefined, arena);
  const { words } = block;
  words[MAX_LINES] = lines < MOST_LINES ? lines : 0;
  // Random values cannot be drawn into shared memory.
  words.set(crypto.getRandomValues(new Int32Array(2)), HASH_KEY);
  return block;
}

const SharedMapOf = SharedMap as unknown as new (block: Block) => SharedMap;
registerKind(Kind.map, {
  attach: (block) => new SharedMapOf(block),
  locks: [GROW_LOCK, ...STRIPE_AT],
  destroy({ words, arena }) {
    for (const stripe of STRIPE_AT) {
      dropSlot(words, stripe + TABLES, arena);
      dropSlot(words, stripe + TABLES + 1, arena);
    }
  },
  sweep: sweepMap,
  show: ({ size, byteLength, maxBytes }: SharedMap) => ({ size, byteLength, maxBytes }),
});
registerKind(Kind.mapTable, { destroy: destroyTable });
// One with a name travels by it.
registerSharedByName("ferry.SharedMap", SharedMap.prototype, {
  encode: nameOf,
  decode: (name: string) => new SharedMap(null, { name }),
});
