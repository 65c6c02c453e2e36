/** The number as it is, whoever has the lock. */
let peek: (value: SharedValue) => number | bigint;

/**
 * One number that all workers see.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { type Block, BLOCK_BODY, isBlock, Kind } from "../memory/arena.ts";
import { cellsOf, NumberCells } from "./_cells.ts";
import type { ExclusiveLock } from "../sync/guard.ts";
import { registerKind } from "../memory/kinds.ts";
import { LOCK_WORD } from "../sync/lock_core.ts";
import { linkLock, lockHome, LockRef, unlinkLock } from "../sync/linked_lock.ts";
import {
  checked,
  jsonOf,
  type NumericInput,
  numericOf,
  numericOfCode,
  type NumericType,
  type NumericTypeName,
  type NumericValue,
} from "./numeric.ts";
import { assertOptions } from "../wait/options.ts";
import { newBlock, SharedObject } from "../memory/shared_object.ts";

// Words 5, 6 and 10 are the lock's (sync/linked_lock.ts); one line in all.
const TYPE = BLOCK_BODY + 2;
const DATA_BYTE = 32;
const BODY_BYTES = 6 * 4;

/** Options of {@linkcode SharedValue} and `SharedArray`. */
export interface SharedNumberOptions {
  /**
   * What to work under: `true` a recursive lock of its own, `false` none at all (Python's `RawValue` and `RawArray`),
   * or a `Lock`, an `RLock`, or the lock of another shared value or array, so that several change together.
   *
   * @default {true}
   */
  lock?: boolean | ExclusiveLock | undefined;
}

/** What they may be; `lockHome` checks the lock. */
const RULES: RulesOf<SharedNumberOptions> = {
  lock: "any",
};

/**
 * One number that all workers see (Python's `multiprocessing.Value`).
 *
 * Reading, writing and the operations below each take its lock. `x.value += 1` is two of them, and another worker may
 * come in between: use {@linkcode SharedValue.update}, {@linkcode SharedValue.add}, or hold {@linkcode SharedValue.lock}.
 * Writes are checked, never cut or wrapped. 64-bit integers are bigints.
 *
 * @typeParam T The type of number.
 *
 * @example Usage
 * ```ts
 * import { SharedValue } from "@ferry/std/ipc";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const count = new SharedValue("int32", 7);
 * count.update((n) => n + 1);
 * assertEquals(count.value, 8);
 * assertThrows(() => count.value = 4.5, TypeError, "Cannot store 4.5 as int32");
 * ```
 *
 * @example Several steps under the lock
 * ```ts
 * import { SharedValue } from "@ferry/std/ipc";
 *
 * const low = new SharedValue("float64", 0);
 * const high = new SharedValue("float64", 1, { lock: low.lock });
 * {
 *   using _held = await low.lock.acquire();
 *   [low.value, high.value] = [high.value, low.value];
 * }
 * ```
 */
export class SharedValue<T extends NumericType = "int32"> extends SharedObject {
  static {
    peek = (value) => value.#cells.data[0]!;
  }

  readonly #cells: NumberCells;
  readonly #ref: LockRef;

  /**
   * Makes a shared number.
   *
   * @example Make one
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   *
   * const count = new SharedValue("int32", 7);
   * ```
   *
   * @param type The type of number, or Python's letter for it.
   * @param initial The first value.
   * @param options Which lock to work under.
   * @throws {TypeError} If the type is unknown, or the value does not fit its kind.
   * @throws {RangeError} If the value is out of the type's range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(type: T, initial?: NumericInput<T>, options?: SharedNumberOptions);
  constructor(type: T | Block, initial?: NumericInput<T>, options?: SharedNumberOptions) {
    const block = isBlock(type) ? type : create(type, initial ?? 0, options);
    super(block);
    this.#ref = new LockRef(block, this);
    const numeric = numericOfCode(block.words[TYPE]!);
    this.#cells = new NumberCells(
      cellsOf(block, DATA_BYTE, numeric, 1),
      numeric,
      this.#ref.core,
      this,
    );
  }

  /** The full name of the type of number. */
  get type(): NumericTypeName {
    return this.#cells.type.name;
  }

  /**
   * The number. Reading and writing each take the lock, blocking the thread while another worker holds it.
   *
   * @throws {TypeError} If another kind of number is written, or a fraction into an integer.
   * @throws {RangeError} If what is written is out of the type's range.
   */
  get value(): NumericValue<T> {
    return this.#cells.get(0) as NumericValue<T>;
  }
  set value(value: NumericInput<T>) {
    this.#cells.set(0, value);
  }

  /**
   * The number, for JSON.
   *
   * @param _key Where in the JSON it is to be.
   * @returns The number. A bigint, which JSON does not know, is a string.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(JSON.stringify({ n: new SharedValue("int32", 7) }), '{"n":7}');
   * ```
   */
  override toJSON(_key?: string): number | string {
    return jsonOf(this.value);
  }

  /**
   * The lock it works under. A worker that died holding it shows in `abandoned` of the next guard acquired here.
   *
   * @throws {TypeError} If it was made with `lock: false`.
   */
  get lock(): ExclusiveLock {
    const { lock } = this.#ref;
    if (lock !== undefined) return lock;
    throw new TypeError("Cannot get the lock of a shared value that was made with lock: false");
  }

  /**
   * Changes the number in one step that no other worker can come into. Without a lock (`lock: false`) it is two.
   *
   * @param fn Gets the value, returns the new one. It runs under the lock, so it should be short; what it throws leaves
   * the value as it was.
   * @returns The new value.
   * @throws {TypeError} If the new value is of another kind.
   * @throws {RangeError} If the new value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const best = new SharedValue("float64", 0.5);
   * assertEquals(best.update((old) => Math.max(old, 0.75)), 0.75);
   * ```
   */
  update(fn: (value: NumericValue<T>) => NumericInput<T>): NumericValue<T> {
    return this.#cells.update(0, fn as (value: never) => unknown) as NumericValue<T>;
  }

  /**
   * Adds in one step; integers only. The sum wraps around, as with `Atomics.add`.
   *
   * @param amount A whole number.
   * @returns The value before.
   * @throws {TypeError} If the type or the amount is no integer.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const ticket = new SharedValue("uint32", 5);
   * assertEquals(ticket.add(1), 5);
   * assertEquals(ticket.value, 6);
   * ```
   */
  add(amount: NumericInput<T>): NumericValue<T> {
    return this.#cells.add(0, amount) as NumericValue<T>;
  }

  /**
   * Subtracts in one step; integers only. The difference wraps around, as with `Atomics.sub`.
   *
   * @param amount A whole number.
   * @returns The value before.
   * @throws {TypeError} If the type or the amount is no integer.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const left = new SharedValue("int32", 5);
   * assertEquals(left.sub(2), 5);
   * assertEquals(left.value, 3);
   * ```
   */
  sub(amount: NumericInput<T>): NumericValue<T> {
    return this.#cells.sub(0, amount) as NumericValue<T>;
  }

  /**
   * Writes and says what was there, in one step; integers only.
   *
   * @param value The new value.
   * @returns The value before.
   * @throws {TypeError} If the type or the value is no integer.
   * @throws {RangeError} If the value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const pending = new SharedValue("int32", 3);
   * assertEquals(pending.exchange(0), 3);
   * ```
   */
  exchange(value: NumericInput<T>): NumericValue<T> {
    return this.#cells.exchange(0, value) as NumericValue<T>;
  }

  /**
   * Writes if the value is still the expected one, in one step; integers only.
   *
   * @param expected What must be there.
   * @param replacement What to write then.
   * @returns The value before: equal to `expected` if it was written.
   * @throws {TypeError} If the type or a value is no integer.
   * @throws {RangeError} If a value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedValue } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const state = new SharedValue("uint8", 0);
   * assertEquals(state.compareExchange(0, 1), 0);
   * assertEquals(state.compareExchange(0, 2), 1);
   * assertEquals(state.value, 1);
   * ```
   */
  compareExchange(expected: NumericInput<T>, replacement: NumericInput<T>): NumericValue<T> {
    return this.#cells.compareExchange(0, expected, replacement) as NumericValue<T>;
  }
}

function create(type: string, initial: unknown, options: SharedNumberOptions | undefined): Block {
  assertOptions(options, "make a shared value", "{ lock: false }", RULES);
  const numeric = numericOf(type);
  const value = checked(numeric, initial);
  const home = lockHome(options?.lock, "a shared value");
  const block = newBlock(Kind.value, BODY_BYTES);
  block.words[TYPE] = numeric.code;
  (cellsOf(block, DATA_BYTE, numeric, 1) as unknown as (number | bigint)[])[0] = value;
  linkLock(block, home);
  return block;
}

const SharedValueOf = SharedValue as unknown as new (block: Block) => SharedValue;
registerKind(Kind.value, {
  attach: (block) => new SharedValueOf(block),
  locks: [LOCK_WORD],
  destroy: unlinkLock,
  show: (value: SharedValue) => ({ type: value.type, value: peek(value) }),
});
