/**
 * An array of numbers that all workers see.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { type Block, BLOCK_BODY, isBlock, Kind, LINE } from "../memory/arena.ts";
import { cellsOf, NumberCells } from "./_cells.ts";
import type { ExclusiveLock } from "../sync/guard.ts";
import { registerKind } from "../memory/kinds.ts";
import { LOCK_WORD } from "../sync/lock_core.ts";
import { linkLock, lockHome, LockRef, unlinkLock } from "../sync/linked_lock.ts";
import {
  type Cells,
  checked,
  jsonOf,
  type Numeric,
  type NumericArray,
  type NumericInput,
  numericOf,
  numericOfCode,
  type NumericType,
  type NumericTypeName,
  type NumericValue,
} from "./numeric.ts";
import { assertOptions } from "../wait/options.ts";
import { assertUsable, newBlock, SharedObject } from "../memory/shared_object.ts";
import type { SharedNumberOptions } from "./shared_value.ts";
import { indexOf, runOf } from "./_slice.ts";

// Words 5, 6 and 10 are the lock's (sync/linked_lock.ts); the numbers begin at the second line.
const TYPE = BLOCK_BODY + 2;
const LENGTH = BLOCK_BODY + 3;
const MAX_LENGTH = 2 ** 31 - 1;

/** A part of a {@linkcode SharedArray}, as Python's `start:end:step`: negative bounds count from the end. */
export interface SliceRange {
  /**
   * The first index.
   *
   * @default {0, or the last index when `step` is negative}
   */
  start?: number | undefined;
  /**
   * The index to stop before.
   *
   * @default {the length, or before the first element when `step` is negative}
   */
  end?: number | undefined;
  /**
   * From one index to the next; not 0.
   *
   * @default {1}
   */
  step?: number | undefined;
}

/** Keeps the memory of an array as long as its view is used. */
const owners = new WeakMap<object, SharedArray<NumericType>>();

/**
 * An array of numbers that all workers see (Python's `multiprocessing.Array`). Its length never changes.
 *
 * Every method takes the lock once; hold {@linkcode SharedArray.lock} to make several calls one step. Writes are checked,
 * never cut or wrapped. Indexes may be negative. For bulk work at full speed there is {@linkcode SharedArray.view}, the
 * numbers in place as a typed array.
 *
 * @typeParam T The type of number.
 *
 * @example Usage
 * ```ts
 * import { SharedArray } from "@ferry/std/ipc";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const numbers = new SharedArray("int32", [3, 2, 6, 8, 3, 1, 8, 5, 9, 4]);
 * assertEquals([...numbers.slice(2, 5)], [6, 8, 3]);
 * assertEquals([...numbers.slice(undefined, undefined, -3)], [4, 8, 8, 3]);
 * numbers.set(-1, 40);
 * assertEquals(numbers.get(9), 40);
 * assertThrows(() => numbers.set(0, 4.5), TypeError, "Cannot store 4.5 as int32");
 * ```
 *
 * @example Counting in several workers
 * ```ts
 * import { SharedArray } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = new SharedArray("uint32", 26);
 * for (const letter of "ferry") counts.add(letter.charCodeAt(0) - 97, 1);
 * assertEquals(counts.get(17), 2);
 * ```
 */
export class SharedArray<T extends NumericType = "int32"> extends SharedObject
  implements Iterable<NumericValue<T>> {
  readonly #cells: NumberCells;
  readonly #ref: LockRef;
  /** How many numbers it holds. */
  readonly length: number;

  /**
   * Makes a shared array.
   *
   * @example Make one
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   *
   * const numbers = new SharedArray("int32", [3, 2, 6, 8, 3, 1, 8, 5, 9, 4]);
   * ```
   *
   * @param type The type of number, or Python's letter for it.
   * @param lengthOrValues How many zeros, or the numbers themselves.
   * @param options Which lock to work under.
   * @throws {TypeError} If the type is unknown, the length is no whole number, or a value does not fit its kind.
   * @throws {RangeError} If the length is negative or too large, or a value is out of the type's range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(
    type: T,
    lengthOrValues: number | Iterable<NumericInput<T>>,
    options?: SharedNumberOptions,
  );
  constructor(
    type: T | Block,
    lengthOrValues?: number | Iterable<NumericInput<T>>,
    options?: SharedNumberOptions,
  ) {
    const block = isBlock(type) ? type : create(type, lengthOrValues, options);
    super(block);
    this.#ref = new LockRef(block, this);
    const numeric = numericOfCode(block.words[TYPE]!);
    this.length = block.words[LENGTH]!;
    const data = cellsOf(block, LINE, numeric, this.length);
    this.#cells = new NumberCells(data, numeric, this.#ref.core, this);
    owners.set(data, this as unknown as SharedArray<NumericType>);
  }

  /** The full name of the type of number. */
  get type(): NumericTypeName {
    return this.#cells.type.name;
  }

  /**
   * The numbers in place, as a typed array on shared memory: to be read and written at full speed, past the lock and the
   * checks. Other views that are made from it (`subarray`, or on its buffer) must not outlive it.
   */
  get view(): NumericArray<T> {
    assertUsable(this);
    return this.#cells.data as NumericArray<T>;
  }

  /**
   * The numbers, for JSON.
   *
   * @param _key Where in the JSON they are to be.
   * @returns The numbers as an array. Bigints, which JSON does not know, are strings.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(JSON.stringify(new SharedArray("int32", [1, 2])), "[1,2]");
   * ```
   */
  override toJSON(_key?: string): (number | string)[] {
    return Array.from(this as Iterable<number | bigint>, jsonOf);
  }

  /**
   * The lock it works under. A worker that died holding it shows in `abandoned` of the next guard acquired here.
   *
   * @throws {TypeError} If it was made with `lock: false`.
   */
  get lock(): ExclusiveLock {
    const { lock } = this.#ref;
    if (lock !== undefined) return lock;
    throw new TypeError("Cannot get the lock of a shared array that was made with lock: false");
  }

  /**
   * Reads one number.
   *
   * @param index Where; negative counts from the end.
   * @returns The number.
   * @throws {RangeError} If there is no such element.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const numbers = new SharedArray("int32", [1, 2, 3]);
   * assertEquals(numbers.get(-1), 3);
   * ```
   */
  get(index: number): NumericValue<T> {
    return this.#cells.get(indexOf(index, this.length)) as NumericValue<T>;
  }

  /**
   * Writes one number.
   *
   * @param index Where; negative counts from the end.
   * @param value What.
   * @throws {TypeError} If the value is of another kind, or a fraction meant for an integer.
   * @throws {RangeError} If there is no such element, or the value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * const bytes = new SharedArray("uint8", 2);
   * bytes.set(0, 255);
   * assertThrows(() => bytes.set(1, 256), RangeError, "needs 0 to 255");
   * ```
   */
  set(index: number, value: NumericInput<T>): void {
    this.#cells.set(indexOf(index, this.length), value);
  }

  /**
   * Reads one number, as `Array.prototype.at` does.
   *
   * @param index Where; negative counts from the end.
   * @returns The number, `undefined` if there is no such element.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new SharedArray("int32", [1, 2]).at(2), undefined);
   * ```
   */
  at(index: number): NumericValue<T> | undefined {
    const whole = Math.trunc(index) || 0;
    const at = whole < 0 ? whole + this.length : whole;
    return at >= 0 && at < this.length ? this.#cells.get(at) as NumericValue<T> : undefined;
  }

  /**
   * Changes one number in one step that no other worker can come into. Without a lock (`lock: false`) it is two.
   *
   * @param index Where; negative counts from the end.
   * @param fn Gets the value, returns the new one; runs under the lock.
   * @returns The new value.
   * @throws {TypeError} If the new value is of another kind.
   * @throws {RangeError} If there is no such element, or the new value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const sums = new SharedArray("float64", 4);
   * assertEquals(sums.update(2, (sum) => sum + 0.5), 0.5);
   * ```
   */
  update(
    index: number,
    fn: (value: NumericValue<T>) => NumericInput<T>,
  ): NumericValue<T> {
    const at = indexOf(index, this.length);
    return this.#cells.update(at, fn as (value: never) => unknown) as NumericValue<T>;
  }

  /**
   * Adds to one number in one step; integers only. The sum wraps around, as with `Atomics.add`.
   *
   * @param index Where; negative counts from the end.
   * @param amount A whole number.
   * @returns The value before.
   * @throws {TypeError} If the type or the amount is no integer.
   * @throws {RangeError} If there is no such element.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const counts = new SharedArray("int32", 3);
   * assertEquals(counts.add(0, 2), 0);
   * assertEquals(counts.get(0), 2);
   * ```
   */
  add(index: number, amount: NumericInput<T>): NumericValue<T> {
    return this.#cells.add(indexOf(index, this.length), amount) as NumericValue<T>;
  }

  /**
   * Subtracts from one number in one step; integers only. The difference wraps around, as with `Atomics.sub`.
   *
   * @param index Where; negative counts from the end.
   * @param amount A whole number.
   * @returns The value before.
   * @throws {TypeError} If the type or the amount is no integer.
   * @throws {RangeError} If there is no such element.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const left = new SharedArray("int32", [5]);
   * assertEquals(left.sub(0, 2), 5);
   * ```
   */
  sub(index: number, amount: NumericInput<T>): NumericValue<T> {
    return this.#cells.sub(indexOf(index, this.length), amount) as NumericValue<T>;
  }

  /**
   * Writes one number and says what was there, in one step; integers only.
   *
   * @param index Where; negative counts from the end.
   * @param value The new value.
   * @returns The value before.
   * @throws {TypeError} If the type or the value is no integer.
   * @throws {RangeError} If there is no such element, or the value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new SharedArray("int32", [7]).exchange(0, 1), 7);
   * ```
   */
  exchange(index: number, value: NumericInput<T>): NumericValue<T> {
    return this.#cells.exchange(indexOf(index, this.length), value) as NumericValue<T>;
  }

  /**
   * Writes one number if it is still the expected one, in one step; integers only.
   *
   * @param index Where; negative counts from the end.
   * @param expected What must be there.
   * @param replacement What to write then.
   * @returns The value before: equal to `expected` if it was written.
   * @throws {TypeError} If the type or a value is no integer.
   * @throws {RangeError} If there is no such element, or a value is out of the type's range.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const seats = new SharedArray("int32", 2);
   * assertEquals(seats.compareExchange(1, 0, 77), 0);
   * assertEquals(seats.compareExchange(1, 0, 78), 77);
   * ```
   */
  compareExchange(
    index: number,
    expected: NumericInput<T>,
    replacement: NumericInput<T>,
  ): NumericValue<T> {
    const at = indexOf(index, this.length);
    return this.#cells.compareExchange(at, expected, replacement) as NumericValue<T>;
  }

  /**
   * A copy of a part, as Python's `array[start:end:step]`.
   *
   * @param start The first index; negative counts from the end.
   * @param end The index to stop before; negative counts from the end.
   * @param step From one index to the next; negative goes backwards.
   * @returns A typed array on memory of its own.
   * @throws {RangeError} If `step` is 0.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const numbers = new SharedArray("int32", [3, 2, 6, 8]);
   * assertEquals([...numbers.slice(1)], [2, 6, 8]);
   * assertEquals([...numbers.slice(0, 4, 2)], [3, 6]);
   * ```
   */
  slice(start?: number, end?: number, step?: number): NumericArray<T, ArrayBuffer> {
    assertUsable(this);
    const { first, step: by, count } = runOf(this.length, start, end, step);
    const { data, lock } = this.#cells;
    const entry = lock?.enter();
    try {
      if (by === 1) {
        return data.slice(first, first + count) as unknown as NumericArray<T, ArrayBuffer>;
      }
      const from = numbers(data);
      const copy = numbers(data.slice(0, count) as unknown as Cells);
      for (let i = 0, at = first; i < count; i++, at += by) copy[i] = from[at]!;
      return copy as unknown as NumericArray<T, ArrayBuffer>;
    } finally {
      if (entry !== undefined) lock!.leave(entry);
    }
  }

  /**
   * Writes several numbers in one step. All are checked before the first is written.
   *
   * @param range Where: the index of the first one, or a part that has just as many elements.
   * @param values What.
   * @throws {TypeError} If a value is of another kind.
   * @throws {RangeError} If there are too many values, not as many as the part has, or one is out of range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const numbers = new SharedArray("int32", 6);
   * numbers.assign(1, [7, 8]);
   * numbers.assign({ start: 3, step: 2 }, [1, 2]);
   * assertEquals([...numbers], [0, 7, 8, 1, 0, 2]);
   * assertThrows(
   *   () => numbers.assign({ start: 0, end: 2 }, [1]),
   *   RangeError,
   *   "Can only assign sequence of same size",
   * );
   * ```
   */
  assign(range: number | SliceRange, values: Iterable<NumericInput<T>>): void {
    const { data, lock, type } = this.#cells;
    const list = checkedAll(type, values);
    let run;
    if (typeof range === "number") {
      const first = list.length === 0 && (range === this.length || this.length === 0)
        ? 0
        : indexOf(range, this.length);
      run = { first, step: 1, count: Math.min(list.length, this.length - first) };
    } else {
      assertRange(range, "assign");
      run = runOf(this.length, range.start, range.end, range.step);
    }
    if (run.count !== list.length) {
      throw new RangeError(
        `Can only assign sequence of same size: ${list.length} values for ${run.count} elements`,
      );
    }
    // Only now: the code that gives the values may dispose of the array.
    assertUsable(this);
    const into = numbers(data);
    const entry = lock?.enter();
    for (let i = 0, at = run.first; i < run.count; i++, at += run.step) into[at] = list[i]!;
    if (entry !== undefined) lock!.leave(entry);
  }

  /**
   * Writes one number everywhere, or in a part.
   *
   * @param value What.
   * @param range Where.
   * @throws {TypeError} If the value is of another kind.
   * @throws {RangeError} If the value is out of the type's range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const numbers = new SharedArray("int32", 4);
   * numbers.fill(9, { start: -2 });
   * assertEquals([...numbers], [0, 0, 9, 9]);
   * ```
   */
  fill(value: NumericInput<T>, range?: SliceRange): void {
    const { data, lock, type } = this.#cells;
    assertRange(range, "fill");
    const stored = checked(type, value);
    const run = runOf(this.length, range?.start, range?.end, range?.step);
    assertUsable(this);
    const into = numbers(data);
    const entry = lock?.enter();
    for (let i = 0, at = run.first; i < run.count; i++, at += run.step) into[at] = stored;
    if (entry !== undefined) lock!.leave(entry);
  }

  /**
   * Finds a number.
   *
   * @param value What to look for.
   * @param from Where to begin; negative counts from the end.
   * @returns The first index, -1 if it is not there.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new SharedArray("int32", [3, 2, 6]).indexOf(6), 2);
   * ```
   */
  indexOf(value: NumericInput<T>, from?: number): number {
    assertUsable(this);
    const { data, lock } = this.#cells;
    const entry = lock?.enter();
    const found = (data as unknown as unknown[]).indexOf(this.#wanted(value), from);
    if (entry !== undefined) lock!.leave(entry);
    return found;
  }

  /**
   * Whether a number is in it; NaN, too, which {@linkcode SharedArray.indexOf} does not find.
   *
   * @param value What to look for.
   * @returns Whether it was found.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * assert(new SharedArray("int32", [3, 2, 6]).includes(2));
   * ```
   */
  includes(value: NumericInput<T>): boolean {
    assertUsable(this);
    const { data, lock } = this.#cells;
    const entry = lock?.enter();
    const found = (data as unknown as unknown[]).includes(this.#wanted(value));
    if (entry !== undefined) lock!.leave(entry);
    return found;
  }

  /** A number as the elements are. */
  #wanted(value: NumericInput<T>): unknown {
    return this.#cells.type.big && Number.isSafeInteger(value) ? BigInt(value) : value;
  }

  /**
   * Iterates over the numbers as they are now: one copy, taken in one step.
   *
   * @returns The iterator.
   *
   * @example Usage
   * ```ts
   * import { SharedArray } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...new SharedArray("int32", 2)], [0, 0]);
   * ```
   */
  [Symbol.iterator](): ArrayIterator<NumericValue<T>> {
    return (this.slice() as unknown as NumericValue<T>[])[Symbol.iterator]();
  }
}

/** What the options may be; `lockHome` checks the lock. */
const RULES: RulesOf<SharedNumberOptions> = {
  lock: "any",
};

const RANGE_RULES: RulesOf<SliceRange> = {
  start: "any",
  end: "any",
  step: "any",
};

function assertRange(range: unknown, attempted: string): void {
  assertOptions(range, attempted, "{ start: 1 }", RANGE_RULES, "the range");
}

function numbers(cells: Cells): (number | bigint)[] {
  return cells as unknown as (number | bigint)[];
}

function checkedAll(type: Numeric, values: Iterable<unknown>): (number | bigint)[] {
  if (typeof (values as Partial<Iterable<unknown>> | null)?.[Symbol.iterator] !== "function") {
    throw new TypeError(`Cannot store a ${typeof values} in a shared array: numbers are needed`);
  }
  const list: (number | bigint)[] = [];
  for (const value of values) list.push(checked(type, value));
  return list;
}

function create(
  name: string,
  lengthOrValues: unknown,
  options: SharedNumberOptions | undefined,
): Block {
  assertOptions(options, "make a shared array", "{ lock: false }", RULES);
  const type = numericOf(name);
  const values = typeof lengthOrValues === "number"
    ? undefined
    : checkedAll(type, lengthOrValues as Iterable<unknown>);
  const length = values?.length ?? lengthOrValues as number;
  if (!Number.isInteger(length)) {
    throw new TypeError(
      `Cannot make a shared array of ${length} elements: a whole number is needed`,
    );
  }
  if (length < 0 || length > MAX_LENGTH) {
    throw new RangeError(
      `Cannot make a shared array of ${length} elements: needs 0 to ${MAX_LENGTH}`,
    );
  }
  // Only now: the code that gives the values may dispose of the lock.
  const home = lockHome(options?.lock, "a shared array");
  const block = newBlock(Kind.array, LINE - BLOCK_BODY * 4 + length * type.bytes);
  block.words[TYPE] = type.code;
  block.words[LENGTH] = length;
  if (values !== undefined) cellsOf(block, LINE, type, length).set(values as never);
  linkLock(block, home);
  return block;
}

const SharedArrayOf = SharedArray as unknown as new (block: Block) => SharedArray;
registerKind(Kind.array, {
  attach: (block) => new SharedArrayOf(block),
  locks: [LOCK_WORD],
  destroy: unlinkLock,
  show: ({ type, view }: SharedArray) => ({ type, view }),
});
