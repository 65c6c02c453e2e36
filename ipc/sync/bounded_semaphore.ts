/**
 * A semaphore that refuses to be released too often.
 *
 * @module
 */
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import { registerKind } from "../memory/kinds.ts";
import { newPermits, Permits } from "./_permits.ts";
import { Semaphore } from "./semaphore.ts";

/**
 * A semaphore that never has more permits than it began with (as Python's `multiprocessing.BoundedSemaphore`):
 * one release too many is a bug of the program, and throws.
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
   * @example Make one
   * ```ts
   * import { BoundedSemaphore } from "@ferry/std/ipc";
   *
   * const seats = new BoundedSemaphore(2);
   * ```
   *
   * @param value How many permits there are at first, and at most.
   * @throws {TypeError} If it is no whole number.
   * @throws {RangeError} If it is negative or above 2,147,483,647.
   */
  constructor(value?: number);
  constructor(value: number | Block = 1) {
    const block = isBlock(value) ? value : newPermits(value, true);
    // The base class takes a block, too, which its public signature does not show.
    super(block as unknown as number);
  }
}

const BoundedSemaphoreOf = BoundedSemaphore as unknown as new (block: Block) => BoundedSemaphore;
registerKind(Kind.boundedSemaphore, {
  attach: (block) => new BoundedSemaphoreOf(block),
  wake: Permits.wakeAll,
  show: ({ value }: BoundedSemaphore) => ({ value }),
});
