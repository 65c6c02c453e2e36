/**
 * A semaphore that notices when it is released too often.
 *
 * @module
 */
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { newPermits, Permits } from "./_permits.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * A semaphore that never has more permits than it began with (as Python's `multiprocessing.BoundedSemaphore`): a
 * release too many, which is a bug of the program, throws.
 *
 * @example Usage
 * ```ts
 * import { BoundedSemaphore } from "@ferry/std/ipc";
 * import { assertThrows } from "@std/assert";
 *
 * const seats = new BoundedSemaphore(2);
 * using _seat = seats.acquireSync();
 * seats.release();
 * assertThrows(() => seats.release(), RangeError, "released too many times");
 * seats.acquireSync();
 * ```
 */
export class BoundedSemaphore extends Semaphore {
  /**
   * Makes a semaphore.
   *
   * @param value The permits there are at first and at most.
   * @throws {TypeError} When it is no whole number.
   * @throws {RangeError} When it is negative or above 2,147,483,647.
   */
  constructor(value?: number);
  constructor(value: number | Block = 1) {
    const block = isBlock(value) ? value : newPermits(value, true);
    // What its block says is what the base class goes by; its public signature need not show that.
    super(block as unknown as number);
  }
}

const BoundedSemaphoreOf = BoundedSemaphore as unknown as new (block: Block) => BoundedSemaphore;
registerKind(Kind.boundedSemaphore, {
  attach: (block) => new BoundedSemaphoreOf(block),
  wake: Permits.wakeAll,
  show: ({ value }: BoundedSemaphore) => ({ value }),
});
