/**
 * A flag that workers wait for.
 *
 * @module
 */
import { type Block, BLOCK_BODY, isBlock, Kind, LINE } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import type { Waitable, Watch } from "../../net/watch.ts";
import { registerKind } from "../memory/kinds.ts";
import { NAMED_RULES, namedBlock, type NamedKind, type NamedOptions } from "../memory/named.ts";
import { watchable, watchIn } from "../memory/watch.ts";
import { waitPinned } from "../memory/pinned.ts";
import { assertUsable, blockOf, nameOf, newBlock, SharedObject } from "../memory/shared_object.ts";
import {
  assertOptions,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { type Attempt, PENDING, TIMED_OUT, waitSync } from "../wait/wait.ts";
import { notify } from "../wait/queues.ts";
import { registerSharedByName } from "../codec/class_registry.ts";

export type { NamedOptions };

// Roles: any agent sets, clears and waits.
//
// | word | holds |
// |---|---|
// | 5 | bit 0: the flag; bits 31-1: how often it was set, wrapping around |
// | 6 | sleepers |
//
// The count lets a waiter see a set() that was cleared before it woke up. A waiter counts itself as a sleeper before it
// reads the word a last time; set() changes the word before it reads the sleepers. One of the two sees the other.
const STATE = BLOCK_BODY;
const SLEEPERS = BLOCK_BODY + 1;
const FLAG = 1;

class EventAttempt implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number = STATE;
  readonly sleepers: number = SLEEPERS;
  readonly expected: number;

  constructor(words: Int32Array) {
    this.words = words;
    this.expected = Atomics.load(words, STATE);
  }

  attempt(): true | typeof PENDING {
    return (this.expected & FLAG) !== 0 || this.#wasSet() ? true : PENDING;
  }

  /** The flag was down when the wait began, so only `set()` changes the word. */
  #wasSet(): boolean {
    return Atomics.load(this.words, STATE) !== this.expected;
  }
}

/**
 * A flag that workers wait for (as Python's `multiprocessing.Event`). Setting it wakes all who wait, even if it is
 * cleared at once.
 *
 * @example Usage
 * ```ts
 * import { SharedEvent } from "@ferry/std/ipc";
 * import { assert } from "@std/assert";
 *
 * const ready = new SharedEvent();
 * const waiting = ready.wait();
 * ready.set();
 * assert(await waiting);
 * ```
 *
 * @example Any number wait until three have come so far (a `CountDownLatch` elsewhere)
 * ```ts
 * import { SharedEvent, SharedValue } from "@ferry/std/ipc";
 *
 * const open = new SharedEvent();
 * const left = new SharedValue("int32", 3);
 * const countDown = () => {
 *   if (left.sub(1) === 1) open.set();
 * };
 * const waiting = [open.wait(), open.wait()];
 * for (let i = 0; i < 3; i++) countDown();
 * await Promise.all(waiting);
 * ```
 */
export class SharedEvent extends SharedObject implements Waitable {
  readonly #words: Int32Array;

  /**
   * Makes an event that is not set.
   *
   * @example Make one
   * ```ts
   * import { SharedEvent } from "@ferry/std/ipc";
   *
   * const ready = new SharedEvent();
   * ```
   *
   * @param options `name`.
   * @throws {TypeError} If the options are none, or the name cannot be one.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: NamedOptions);
  constructor(options?: NamedOptions | Block) {
    const block = isBlock(options) ? options : made(options);
    super(block);
    this.#words = block.words;
  }

  /** Whether the flag is set. */
  get isSet(): boolean {
    assertUsable(this);
    return (Atomics.load(this.#words, STATE) & FLAG) !== 0;
  }

  /**
   * Sets the flag, and wakes all who wait for it.
   *
   * @example Usage
   * ```ts
   * import { SharedEvent } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const stop = new SharedEvent();
   * stop.set();
   * assert(stop.isSet);
   * ```
   */
  set(): void {
    assertUsable(this);
    const words = this.#words;
    let seen = Atomics.load(words, STATE);
    for (;;) {
      if ((seen & FLAG) !== 0) return;
      const got = Atomics.compareExchange(words, STATE, seen, (seen + 2) | FLAG);
      if (got === seen) break;
      seen = got;
    }
    if (Atomics.load(words, SLEEPERS) > 0) notify(words, STATE);
    ringDoorbell(blockOf(this).arena);
  }

  /**
   * Clears the flag: whoever waits from now on waits for the next `set()`.
   *
   * @example Usage
   * ```ts
   * import { SharedEvent } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const ready = new SharedEvent();
   * ready.set();
   * ready.clear();
   * assert(!ready.isSet);
   * ```
   */
  clear(): void {
    assertUsable(this);
    Atomics.and(this.#words, STATE, ~FLAG);
  }

  /**
   * Waits for the flag without blocking the thread; not at all if it is set.
   *
   * @param options A signal that gives up, a timeout.
   * @returns `true`, or `false` if the timeout passed first (no error, as in Python: it often is no failure).
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedEvent } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const stop = new SharedEvent();
   * assertEquals(await stop.wait({ timeout: 1 }), false);
   * ```
   */
  async wait(options?: WaitOptions): Promise<boolean> {
    const deadline = deadlineIn(options, "wait for the event");
    const signal = signalIn(options, "wait for the event");
    assertUsable(this);
    const attempt = new EventAttempt(this.#words);
    return await waitPinned(this, attempt, deadline, signal) !== TIMED_OUT;
  }

  /**
   * Waits for the flag, blocking the thread; not at all if it is set.
   *
   * @param options A timeout.
   * @returns `true`, or `false` if the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { SharedEvent } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const stop = new SharedEvent();
   * assertEquals(stop.waitSync({ timeout: 0 }), false);
   * ```
   */
  waitSync(options?: WaitSyncOptions): boolean {
    const deadline = deadlineInSync(options, "wait for the event");
    assertUsable(this);
    return waitSync(new EventAttempt(this.#words), deadline) !== TIMED_OUT;
  }

  /**
   * Lets `waitAny` wait for the flag.
   *
   * @param notify Called when it may be set.
   * @returns The watch.
   * @throws {Deno.errors.BadResource} If the event was disposed of in this worker.
   */
  watch(notify: () => void): Watch {
    assertUsable(this);
    return watchIn(blockOf(this), () => this.isSet, notify);
  }
}

const BYTES = 8;

function made(options: NamedOptions | undefined): Block {
  assertOptions(options, "make an event", '{ name: "ready" }', NAMED_RULES);
  return namedBlock(options, NAMED) ?? newBlock(Kind.event, BYTES);
}

const NAMED: NamedKind = {
  kind: Kind.event,
  what: "event",
  bytes: LINE,
  make: (arena) => newBlock(Kind.event, BYTES, undefined, arena),
};

const SharedEventOf = SharedEvent as unknown as new (block: Block) => SharedEvent;
watchable(SharedEvent);
registerKind(Kind.event, {
  attach: (block) => new SharedEventOf(block),
  show: ({ isSet }: SharedEvent) => ({ isSet }),
  wake: ({ words }) => void notify(words, STATE),
});
// One with a name travels by it.
registerSharedByName("ferry.SharedEvent", SharedEvent.prototype, {
  encode: nameOf,
  decode: (name: string) => new SharedEvent({ name }),
});
