/**
 * A meeting point: nobody goes on until all parties have arrived.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { BrokenBarrierError } from "../errors.ts";
import { type Block, isBlock, Kind } from "../memory/arena.ts";
import {
  ActionEnds,
  type Arrival,
  BarrierCore,
  LOCK,
  newBarrier,
  wakeBarrier,
} from "./_barrier_core.ts";
import { registerKind } from "../memory/kinds.ts";
import { dropHold, hold } from "../memory/references.ts";
import { pinned, WhileUsable } from "../memory/pinned.ts";
import { assertUsable, blockOf, SharedObject } from "../memory/shared_object.ts";
import {
  assertOptions,
  deadlineIn,
  deadlineInSync,
  deadlineOf,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { TIMED_OUT, waitAsync, waitSync } from "../wait/wait.ts";
import { Outcome, type Waiter, Waiters } from "./_waiters.ts";

export { BrokenBarrierError } from "../errors.ts";

/** Options of {@linkcode Barrier}. */
export interface BarrierOptions {
  /**
   * Run by the party that arrives last, before all go on; see {@linkcode Barrier.action}.
   *
   * @default {undefined}
   */
  action?: BarrierAction | undefined;
  /**
   * Milliseconds that a wait lasts if it is not given a timeout itself.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

const RULES: RulesOf<BarrierOptions> = {
  action: "function",
  timeout: "milliseconds",
};

/** What the last party does; `wait` awaits a promise, `waitSync` cannot. */
export type BarrierAction = () => unknown;

/**
 * A meeting point for a fixed number of parties: each waits until all have arrived, then all go on. It can be used again and
 * again (as Python's `multiprocessing.Barrier`).
 *
 * A party breaks the barrier if it gives up (timeout, abort), dies while it waits, or if its action throws. All others then
 * get a {@linkcode BrokenBarrierError}, and so does everybody who arrives later, until {@linkcode Barrier.reset}.
 *
 * @example Usage
 * ```ts
 * import { Barrier } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const barrier = new Barrier(3);
 * const arrivals = await Promise.all([barrier.wait(), barrier.wait(), barrier.wait()]);
 * assertEquals(arrivals.sort(), [0, 1, 2]);
 * ```
 *
 * @example All begin together, and end together (two `CountDownLatch`es elsewhere)
 * ```ts
 * import { Barrier, Process, SharedValue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const everybody = new Barrier(3); // two workers, and this one
 * const count = new SharedValue("int32");
 * const target = (everybody: Barrier, count: SharedValue) => {
 *   everybody.waitSync();
 *   count.add(1);
 *   everybody.waitSync();
 * };
 * const workers = [1, 2].map(() => new Process(target, { args: [everybody, count] }));
 * for (const worker of workers) worker.start();
 * await everybody.wait(); // all are up: now they begin
 * await everybody.wait(); // all have ended
 * assertEquals(count.value, 2);
 * for (const worker of workers) await worker.join();
 * ```
 */
export class Barrier extends SharedObject {
  readonly #core: BarrierCore;
  /**
   * Run by the party that arrives last, before all go on. A function cannot be shared, so it belongs to this worker's
   * object: each worker sets its own, and a worker without one runs nothing.
   */
  action: BarrierAction | undefined;

  /**
   * Makes a barrier.
   *
   * @example Make one
   * ```ts
   * import { Barrier } from "@ferry/std/ipc";
   *
   * const barrier = new Barrier(3);
   * ```
   *
   * @param parties How many parties there are.
   * @param options An action, a default timeout.
   * @throws {RangeError} If `parties` is less than 1 or has a fraction.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(parties: number, options?: BarrierOptions);
  constructor(parties: number | Block, options?: BarrierOptions) {
    const block = isBlock(parties) ? parties : create(parties, options);
    super(block);
    this.#core = new BarrierCore(block);
    this.action = options?.action;
  }

  /** How many parties there are. */
  get parties(): number {
    assertUsable(this);
    return this.#core.parties;
  }

  /** How many wait right now. */
  get waiting(): number {
    assertUsable(this);
    return this.#core.waiting;
  }

  /** Whether nobody can pass until it is reset. */
  get broken(): boolean {
    assertUsable(this);
    return this.#core.broken;
  }

  /**
   * Waits for the others without blocking the thread.
   *
   * @param options A signal that gives up, a timeout; either breaks the barrier for all.
   * @returns How many had arrived before: exactly one party gets 0.
   * @throws {BrokenBarrierError} If the barrier is broken, or breaks while it waits, also by its own timeout.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Barrier } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const alone = new Barrier(1);
   * assertEquals(await alone.wait(), 0);
   * ```
   */
  async wait(options?: WaitOptions): Promise<number> {
    const deadline = this.#deadline(options, deadlineIn);
    const signal = signalIn(options, "wait at the barrier");
    return await pinned(this, () => this.#meet(deadline, signal));
  }

  /**
   * Waits for the others, blocking the thread.
   *
   * @param options A timeout; it breaks the barrier for all.
   * @returns How many had arrived before: exactly one party gets 0.
   * @throws {BrokenBarrierError} If the barrier is broken, or breaks while it waits, also by its own timeout.
   * @throws {TypeError} If the action returns a promise; this breaks the barrier, too.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Barrier, BrokenBarrierError } from "@ferry/std/ipc";
   * import { assert, assertThrows } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * assertThrows(() => barrier.waitSync({ timeout: 1 }), BrokenBarrierError);
   * assert(barrier.broken);
   * ```
   */
  waitSync(options?: WaitSyncOptions): number {
    const deadline = this.#deadline(options, deadlineInSync);
    const core = this.#core;
    const action = this.action;
    let arrival: Arrival | undefined;
    while ((arrival = core.arrive(action !== undefined)) === undefined) {
      if (waitSync(new ActionEnds(core.words), deadline) === TIMED_OUT) this.#giveUp();
    }
    const { index, waiter, acting } = arrival;
    if (waiter !== undefined) {
      waitSync(waiter, deadline);
      return this.#passed(waiter, index);
    }
    if (acting === undefined) return index;
    // The action may dispose of the barrier; its memory is kept.
    const held = hold(blockOf(this));
    try {
      const result = action!();
      if (typeof (result as Partial<PromiseLike<unknown>> | undefined)?.then === "function") {
        throw new TypeError("Cannot await the barrier's action in waitSync(): use wait()");
      }
      return this.#acted(acting, index, true);
    } catch (error) {
      core.acted(acting, false);
      throw error;
    } finally {
      dropHold(held);
    }
  }

  /**
   * Breaks the barrier: all who wait, and all who arrive until it is reset, get a {@linkcode BrokenBarrierError}.
   *
   * @example Usage
   * ```ts
   * import { Barrier } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * barrier.abort();
   * assert(barrier.broken);
   * ```
   */
  abort(): void {
    assertUsable(this);
    this.#core.abort();
  }

  /**
   * Makes the barrier empty and whole again. Those who wait get a {@linkcode BrokenBarrierError}.
   *
   * @example Usage
   * ```ts
   * import { Barrier } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const barrier = new Barrier(2);
   * barrier.abort();
   * barrier.reset();
   * assert(!barrier.broken);
   * ```
   */
  reset(): void {
    assertUsable(this);
    this.#core.reset();
  }

  /**
   * Ends this worker's use of the barrier. Tasks of this worker that wait get an error, and the barrier breaks for the
   * other workers.
   */
  override [Symbol.dispose](): void {
    if (this.disposed) return;
    // They try again after this turn.
    wakeBarrier(blockOf(this));
    this.#core.waiters.wakeSleepers();
    super[Symbol.dispose]();
  }

  async #meet(deadline: number, signal: AbortSignal | undefined): Promise<number> {
    const core = this.#core;
    const action = this.action;
    let arrival: Arrival | undefined;
    while ((arrival = core.arrive(action !== undefined)) === undefined) {
      const ended = new WhileUsable(this, new ActionEnds(core.words));
      const got = await waitAsync(ended, deadline, signal);
      if (got === TIMED_OUT) this.#giveUp();
    }
    const { index, waiter, acting } = arrival;
    if (waiter === undefined) {
      if (acting === undefined) return index;
      return this.#acted(acting, index, await this.#tryAction(action!, acting));
    }
    try {
      await waitAsync(new WhileUsable(this, waiter), deadline, signal);
    } catch (reason) {
      // All may have arrived at the same moment: then the others have gone on, and so must this one.
      if (core.leave(waiter) === Outcome.woken) return index;
      throw reason;
    }
    return this.#passed(waiter, index);
  }

  #deadline(options: WaitSyncOptions | undefined, check: typeof deadlineIn): number {
    const deadline = check(options, "wait at the barrier");
    const own = options?.timeout === undefined;
    // The options may have getters, which may dispose of the barrier.
    assertUsable(this);
    return own ? deadlineOf(this.#core.timeout) : deadline;
  }

  async #tryAction(action: BarrierAction, acting: number): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      this.#core.acted(acting, false);
      throw error;
    }
  }

  #acted(acting: number, index: number, well: boolean): number {
    if (this.#core.acted(acting, well)) return index;
    throw new BrokenBarrierError();
  }

  #passed(waiter: Waiter, index: number): number {
    if (this.#core.leave(waiter) === Outcome.woken) return index;
    throw new BrokenBarrierError();
  }

  #giveUp(): never {
    this.#core.abort();
    throw new BrokenBarrierError();
  }
}

function create(parties: number, options: BarrierOptions | undefined): Block {
  assertOptions(options, "make a barrier", "{ timeout: 1000, action: () => {} }", RULES);
  return newBarrier(parties, options?.timeout ?? Infinity);
}

const BarrierOf = Barrier as unknown as new (block: Block) => Barrier;
registerKind(Kind.barrier, {
  attach: (block) => new BarrierOf(block),
  locks: [LOCK],
  destroy: (block) => new Waiters(block).free(),
  wake: wakeBarrier,
  show: ({ parties, waiting, broken }: Barrier) => ({ parties, waiting, broken }),
  ownerDied: (block, dead) => new BarrierCore(block).reap(dead),
});
