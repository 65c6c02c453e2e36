import { LockNotHeldError, TimeoutError } from "../errors.ts";
import type { ExclusiveLock, Guard } from "./guard.ts";
import { type Held, HeldGuard } from "./_held_guard.ts";
import { setHomeFinder } from "../memory/kinds.ts";
import type { Hold } from "../memory/references.ts";
import type { LockCore } from "./lock_core.ts";
import { type Grant, GRANTED } from "../memory/lock_word.ts";
import { waitPinned } from "../memory/pinned.ts";
import { assertHeld, holdOf, type SharedObject } from "../memory/shared_object.ts";
import { deadlineIn, signalIn, type WaitOptions, type WaitSyncOptions } from "../wait/options.ts";
import { reapNow, TIMED_OUT, waitSync } from "../wait/wait.ts";

/** The recursive lock at the front of a block: that of an `RLock`, or of a shared value, array or condition. */
export class RecursiveLock implements ExclusiveLock {
  readonly #core: LockCore;
  /** The object whose block it is. It lives as long as anybody has its lock. */
  readonly home: SharedObject;
  readonly #hold: Hold;
  readonly #held: Held = { giveUp: () => this.release() };

  constructor(core: LockCore, home: SharedObject) {
    this.#core = core;
    this.home = home;
    this.#hold = holdOf(home);
  }

  get recursive(): boolean {
    return this.#core.recursive;
  }

  get locked(): boolean {
    assertHeld(this.#hold, this.home);
    return this.#core.locked;
  }

  async acquire(options?: WaitOptions): Promise<Guard> {
    const deadline = deadlineIn(options, "acquire the lock");
    const signal = signalIn(options, "acquire the lock");
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0) {
      const got = await waitPinned(this.home, this.#core.attempt(), deadline, signal);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  acquireSync(options?: WaitSyncOptions): Guard {
    assertHeld(this.#hold, this.home);
    // Most locks are free: that is asked first.
    return options === undefined && this.#core.takeIfFree()
      ? new HeldGuard(this.#held, false)
      : this.#acquireSlowly(options);
  }

  #acquireSlowly(options: WaitSyncOptions | undefined): Guard {
    const deadline = deadlineIn(options, "acquire the lock");
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0) {
      const got = waitSync(this.#core.attempt(), deadline);
      if (got === TIMED_OUT) throw new TimeoutError("acquire the lock", options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  tryAcquire(): Guard | undefined {
    assertHeld(this.#hold, this.home);
    let grant = this.#core.tryTake();
    if (grant === 0 && reapNow()) grant = this.#core.tryTake();
    return grant === 0 ? undefined : this.#guardOf(grant);
  }

  release(): void {
    assertHeld(this.#hold, this.home);
    if (!this.#core.mine) throw new LockNotHeldError("release the recursive lock");
    this.#core.releaseOnce();
  }

  #guardOf(grant: Grant): Guard {
    return new HeldGuard(this.#held, grant !== GRANTED);
  }
}

setHomeFinder((object) => object instanceof RecursiveLock ? object.home : undefined);
