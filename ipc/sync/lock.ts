/**
 * A lock that any worker can acquire, and that survives the death of its owner.
 *
 * @module
 */
import { type Block, BLOCK_BODY, isBlock, Kind, LINE } from "../memory/arena.ts";
import { LockNotHeldError, TimeoutError } from "../errors.ts";
import type { ExclusiveLock, Guard } from "./guard.ts";
import { type Held, HeldGuard } from "./_held_guard.ts";
import { registerKind } from "../memory/kinds.ts";
import { NAMED_RULES, namedBlock, type NamedKind, type NamedOptions } from "../memory/named.ts";
import type { Hold } from "../memory/references.ts";
import { afterUnlock, type Grant, GRANTED, LockAttempt, tryLockWord } from "../memory/lock_word.ts";
import { waitPinned } from "../memory/pinned.ts";
import { assertHeld, holdOf, nameOf, newBlock, SharedObject } from "../memory/shared_object.ts";
import {
  assertOptions,
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { reapNow, TIMED_OUT, waitSync } from "../wait/wait.ts";
import { registerSharedByName } from "../codec/class_registry.ts";

export type { NamedOptions };

/** Word of the block that is the lock word. */
const WORD = BLOCK_BODY;

/**
 * The words of every lock that was disposed of. They look as if somebody held it, so that the fast paths, which do not ask
 * whether it was disposed of, fail.
 */
const DISPOSED = new Int32Array(WORD + 1).fill(-1);

/**
 * A non-recursive lock. Any worker may release it, not only the one that acquired it (as Python's
 * `multiprocessing.Lock`). Not fair: it goes to whoever comes first after a release. When its owner dies, the next one
 * gets it, with {@linkcode Guard.abandoned} set.
 *
 * @example Usage
 * ```ts
 * import { Lock, SharedValue } from "@ferry/std/ipc";
 *
 * const lock = new Lock();
 * const total = new SharedValue("int32", 0, { lock: false });
 * {
 *   using _held = await lock.acquire({ timeout: 1000 });
 *   total.value += 1;
 * }
 * ```
 */
export class Lock extends SharedObject implements ExclusiveLock {
  #words: Int32Array;
  readonly #me: number;
  /** The lock word while this agent holds it and nobody waits. */
  readonly #mine: number;
  readonly #hold: Hold = holdOf(this);
  readonly #held: Held = { giveUp: () => this.#giveUp() };

  /**
   * Makes an unlocked lock.
   *
   * @example Make one
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   *
   * const lock = new Lock();
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
    this.#me = block.arena.me;
    this.#mine = this.#me << 2;
  }

  /** Whether the worker that holds it may acquire it again: no. */
  get recursive(): false {
    return false;
  }

  /** Whether somebody holds the lock right now. */
  get locked(): boolean {
    assertHeld(this.#hold, this);
    return Atomics.load(this.#words, WORD) >>> 2 !== 0;
  }

  /**
   * Takes the lock, waiting without blocking the thread.
   *
   * @param options A signal that gives up, a timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Lock, TimeoutError } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * const lock = new Lock();
   * using held = await lock.acquire();
   * if (held.abandoned) {
   *   // The last owner was killed holding the lock: repair what it protects.
   * }
   * await assertRejects(() => lock.acquire({ timeout: 1 }), TimeoutError);
   * ```
   */
  async acquire(options?: WaitOptions): Promise<Guard> {
    const deadline = deadlineIn(options, "acquire the lock");
    const signal = signalIn(options, "acquire the lock");
    assertHeld(this.#hold, this);
    let grant = tryLockWord(this.#words, WORD, this.#me);
    if (grant === 0) {
      const got = await waitPinned(this, this.#attempt(), deadline, signal);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  /**
   * Takes the lock, blocking the thread.
   *
   * @param options A timeout.
   * @returns The held lock.
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   *
   * const lock = new Lock();
   * using _held = lock.acquireSync({ timeout: 1000 });
   * ```
   */
  acquireSync(options?: WaitSyncOptions): Guard {
    // Most locks are free: that is asked first.
    return options === undefined &&
        Atomics.compareExchange(this.#words, WORD, 0, this.#mine) === 0
      ? new HeldGuard(this.#held, false)
      : this.#acquireSlowly(options);
  }

  #acquireSlowly(options: WaitSyncOptions | undefined): Guard {
    const deadline = deadlineInSync(options, "acquire the lock");
    assertHeld(this.#hold, this);
    let grant = tryLockWord(this.#words, WORD, this.#me);
    if (grant === 0) {
      const got = waitSync(this.#attempt(), deadline);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  /**
   * Takes the lock if it is free.
   *
   * @returns The held lock, `undefined` if somebody has it.
   *
   * @example Usage
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   * import { assertEquals } from "@std/assert";
   *
   * const lock = new Lock();
   * using _held = lock.tryAcquire();
   * assertEquals(lock.tryAcquire(), undefined);
   * ```
   */
  tryAcquire(): Guard | undefined {
    assertHeld(this.#hold, this);
    let grant = tryLockWord(this.#words, WORD, this.#me);
    if (grant === 0 && reapNow(this.#words)) grant = tryLockWord(this.#words, WORD, this.#me);
    return grant === 0 ? undefined : this.#guardOf(grant);
  }

  /**
   * Releases the lock and wakes one waiter.
   *
   * @throws {RangeError} If the lock is not held by anybody.
   *
   * @example Without a guard, as in a hot loop
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   *
   * const lock = new Lock();
   * lock.acquireSync();
   * try {
   *   // ...
   * } finally {
   *   lock.release();
   * }
   * ```
   */
  release(): void {
    const before = Atomics.exchange(this.#words, WORD, 0);
    if (before !== this.#mine) this.#released(before);
  }

  /** Releases it for a guard, which must not release what another worker holds by now. */
  #giveUp(): void {
    const words = this.#words;
    if (words[WORD]! >>> 2 !== this.#me) {
      assertHeld(this.#hold, this);
      throw new LockNotHeldError("release the lock");
    }
    this.release();
  }

  /** What there is to do besides, when it was not just this agent's. */
  #released(before: number): void {
    if (this.disposed) DISPOSED[WORD] = -1;
    assertHeld(this.#hold, this);
    afterUnlock(this.#words, WORD, before);
    if (before >>> 2 === 0) {
      throw new RangeError("Cannot release the lock: it is not locked (released too many times)");
    }
  }

  /** Ends this worker's use of it. Other workers are not affected; a second call does nothing. */
  override [Symbol.dispose](): void {
    this.#words = DISPOSED;
    super[Symbol.dispose]();
  }

  #attempt(): LockAttempt {
    return new LockAttempt(this.#words, WORD, this.#me);
  }

  #guardOf(grant: Grant): Guard {
    return new HeldGuard(this.#held, grant !== GRANTED);
  }
}

const BYTES = 4;

function made(options: NamedOptions | undefined): Block {
  assertOptions(options, "make a lock", '{ name: "door" }', NAMED_RULES);
  return namedBlock(options, NAMED) ?? newBlock(Kind.lock, BYTES);
}

const NAMED: NamedKind = {
  kind: Kind.lock,
  what: "lock",
  bytes: LINE,
  make: (arena) => newBlock(Kind.lock, BYTES, undefined, arena),
};

const LockOf = Lock as unknown as new (block: Block) => Lock;
registerKind(Kind.lock, {
  attach: (block) => new LockOf(block),
  locks: [WORD],
  show: ({ locked }: Lock) => ({ locked }),
});
// One with a name travels by it.
registerSharedByName("ferry.Lock", Lock.prototype, {
  encode: nameOf,
  decode: (name: string) => new Lock({ name }),
});
