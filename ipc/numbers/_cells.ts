import { type Block, LINE } from "../memory/arena.ts";
import { endUse, type Hold } from "../memory/references.ts";
import type { LockCore } from "../sync/lock_core.ts";
import { type BigCells, type Cells, checked, checkedOperand, type Numeric } from "./numeric.ts";
import { assertHeld, holdOf, type SharedObject } from "../memory/shared_object.ts";

/**
 * The numbers of a shared value or array, and the operations on one of them, under its lock.
 *
 * With a lock, every operation takes it, arithmetic included: an addition past the lock would be lost on an `update` that
 * has read and not yet written. Without a lock, integers are changed with `Atomics`.
 *
 * These methods are the hot path: they allocate nothing, use no closures, and are small enough to be inlined.
 */
export class NumberCells {
  readonly data: Cells;
  readonly type: Numeric;
  readonly lock: LockCore | undefined;
  readonly #home: SharedObject;
  readonly #hold: Hold;

  constructor(data: Cells, type: Numeric, lock: LockCore | undefined, home: SharedObject) {
    this.data = data;
    this.type = type;
    this.lock = lock;
    this.#home = home;
    this.#hold = holdOf(home);
  }

  get(at: number): number | bigint {
    assertHeld(this.#hold, this.#home);
    const { lock } = this;
    if (lock === undefined) return this.data[at]!;
    const entry = lock.enter();
    const value = this.data[at]!;
    lock.leave(entry);
    return value;
  }

  set(at: number, input: unknown): void {
    assertHeld(this.#hold, this.#home);
    const value = checked(this.type, input);
    const { lock } = this;
    if (lock === undefined) {
      put(this.data, at, value);
      return;
    }
    const entry = lock.enter();
    put(this.data, at, value);
    lock.leave(entry);
  }

  update(at: number, fn: (value: never) => unknown): number | bigint {
    const held = this.#hold;
    assertHeld(held, this.#home);
    const change = fn as (value: number | bigint) => unknown;
    const { lock } = this;
    held.uses++;
    const entry = lock?.hold();
    try {
      const value = checked(this.type, change(this.data[at]!));
      put(this.data, at, value);
      return value;
    } finally {
      if (entry !== undefined) lock!.drop(entry);
      endUse(held);
    }
  }

  /** Adds, wrapping around; the value before. */
  add(at: number, input: unknown): number | bigint {
    assertHeld(this.#hold, this.#home);
    this.#needInteger("add to");
    const operand = checkedOperand(this.type, input);
    const { lock, data } = this;
    if (lock === undefined) {
      return typeof operand === "bigint"
        ? Atomics.add(data as BigCells, at, operand)
        : Atomics.add(data as Int32Array, at, operand);
    }
    const entry = lock.enter();
    const before = data[at]!;
    // The typed array wraps what is stored. The amount is reduced to 32 bits first, so that the sum is exact.
    if (typeof before === "bigint") put(data, at, before + (operand as bigint));
    else put(data, at, before + ((operand as number) | 0));
    lock.leave(entry);
    return before;
  }

  /** Subtracts, wrapping around; the value before. */
  sub(at: number, input: unknown): number | bigint {
    this.#needInteger("subtract from");
    return this.add(at, -checkedOperand(this.type, input));
  }

  /** Stores; the value before. */
  exchange(at: number, input: unknown): number | bigint {
    assertHeld(this.#hold, this.#home);
    this.#needInteger("exchange");
    const value = checked(this.type, input);
    const { lock, data } = this;
    if (lock === undefined) {
      return typeof value === "bigint"
        ? Atomics.exchange(data as BigCells, at, value)
        : Atomics.exchange(data as Int32Array, at, value);
    }
    const entry = lock.enter();
    const before = data[at]!;
    put(data, at, value);
    lock.leave(entry);
    return before;
  }

  /** Stores if the value is the expected one; the value before. */
  compareExchange(at: number, expected: unknown, replacement: unknown): number | bigint {
    assertHeld(this.#hold, this.#home);
    this.#needInteger("compare and exchange");
    const old = checked(this.type, expected);
    const value = checked(this.type, replacement);
    const { lock, data } = this;
    if (lock === undefined) {
      return typeof value === "bigint"
        ? Atomics.compareExchange(data as BigCells, at, old as bigint, value)
        : Atomics.compareExchange(data as Int32Array, at, old as number, value);
    }
    const entry = lock.enter();
    const before = data[at]!;
    if (before === old) put(data, at, value);
    lock.leave(entry);
    return before;
  }

  #needInteger(attempted: string): void {
    if (this.type.integer) return;
    throw new TypeError(
      `Cannot ${attempted} a ${this.type.name} atomically: an integer type is needed, use update()`,
    );
  }
}

function put(data: Cells, at: number, value: number | bigint): void {
  (data as unknown as (number | bigint)[])[at] = value;
}

/** The typed array at `byteOffset` of a block. */
export function cellsOf(block: Block, byteOffset: number, type: Numeric, length: number): Cells {
  return new type.array(block.arena.buffer, block.line * LINE + byteOffset, length);
}
