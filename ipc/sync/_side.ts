import { LockNotHeldError, TimeoutError } from "../errors.ts";
import { type Grant, GRANTED } from "../memory/lock_word.ts";
import { waitPinned } from "../memory/pinned.ts";
import type { Hold } from "../memory/references.ts";
import { assertHeld, holdOf, type SharedObject } from "../memory/shared_object.ts";
import { RingingWatch, watchable } from "../memory/watch.ts";
import type { Waitable, Watch } from "../../net/watch.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { type Attempt, reapNow, TIMED_OUT, waitSync } from "../wait/wait.ts";
import type { Guard, Lockable } from "./guard.ts";
import { type Held, HeldGuard } from "./_held_guard.ts";
import { ReadAttempt, type ReadWriteCore, WriteAttempt } from "./_read_write_core.ts";

/** What the two sides of a reader-writer lock do differently. */
interface Ways {
  readonly core: ReadWriteCore;
  /** What the errors say, as in "acquire the read lock". */
  readonly name: string;
  takeIfFree(): boolean;
  /** @param blocks Whether the thread would block. */
  tryTake(blocks: boolean): Grant | 0;
  attempt(blocks: boolean): Attempt<Grant>;
  readonly isFree: boolean;
  /** Whether this agent holds what is in the way: a thread that blocks would wait for itself. */
  readonly isInOwnWay: boolean;
  /** Ends one hold of this agent; false if it has none. */
  end(): boolean;
}

/** One side of a reader-writer lock, as its users see it. */
export class Side implements Lockable, Waitable {
  readonly #ways: Ways;
  readonly #home: SharedObject;
  readonly #hold: Hold;
  readonly #held: Held = { giveUp: () => this.release() };

  constructor(ways: Ways, home: SharedObject) {
    this.#ways = ways;
    this.#home = home;
    this.#hold = holdOf(home);
  }

  get locked(): boolean {
    assertHeld(this.#hold, this.#home);
    return !this.#ways.isFree;
  }

  async acquire(options?: WaitOptions): Promise<Guard> {
    const attempted = `acquire ${this.#ways.name}`;
    const deadline = deadlineIn(options, attempted);
    const signal = signalIn(options, attempted);
    assertHeld(this.#hold, this.#home);
    let grant = this.#ways.tryTake(false);
    if (grant === 0) {
      const got = await waitPinned(this.#home, this.#ways.attempt(false), deadline, signal);
      if (got === TIMED_OUT) throw new TimeoutError(attempted, options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  acquireSync(options?: WaitSyncOptions): Guard {
    assertHeld(this.#hold, this.#home);
    return options === undefined && this.#ways.takeIfFree()
      ? new HeldGuard(this.#held, false)
      : this.#acquireSlowly(options);
  }

  #acquireSlowly(options: WaitSyncOptions | undefined): Guard {
    const attempted = `acquire ${this.#ways.name}`;
    const deadline = deadlineInSync(options, attempted);
    assertHeld(this.#hold, this.#home);
    let grant = this.#ways.tryTake(true);
    if (grant === 0) {
      if (deadline === Infinity && this.#ways.isInOwnWay) {
        throw new Deno.errors.Busy(
          `Cannot ${attempted}: this worker holds the lock itself, and would wait for ever`,
        );
      }
      const got = waitSync(this.#ways.attempt(true), deadline);
      if (got === TIMED_OUT) throw new TimeoutError(attempted, options!.timeout!);
      grant = got;
    }
    return this.#guardOf(grant);
  }

  tryAcquire(): Guard | undefined {
    assertHeld(this.#hold, this.#home);
    let grant = this.#ways.tryTake(true);
    if (grant === 0 && reapNow()) grant = this.#ways.tryTake(true);
    return grant === 0 ? undefined : this.#guardOf(grant);
  }

  release(): void {
    assertHeld(this.#hold, this.#home);
    if (!this.#ways.end()) throw new LockNotHeldError(`release ${this.#ways.name}`);
  }

  watch(notify: () => void): Watch {
    assertHeld(this.#hold, this.#home);
    return new RingingWatch(() => {
      assertHeld(this.#hold, this.#home);
      const ways = this.#ways;
      return ways.isFree || ways.core.askToBeTold() || ways.isFree;
    }, notify);
  }

  #guardOf(grant: Grant): Guard {
    return new HeldGuard(this.#held, grant !== GRANTED);
  }
}
watchable(Side);

/** Reading. */
class ReadWays implements Ways {
  readonly name: string = "the read lock";
  readonly core: ReadWriteCore;

  constructor(core: ReadWriteCore) {
    this.core = core;
  }

  get isFree(): boolean {
    return this.core.canRead;
  }
  get isInOwnWay(): boolean {
    return this.core.isOwnWrite;
  }

  takeIfFree(): boolean {
    return this.core.readIfFree();
  }

  tryTake(blocks: boolean): Grant | 0 {
    return this.core.tryRead(blocks && this.core.ownReads > 0, false);
  }

  attempt(blocks: boolean): Attempt<Grant> {
    return new ReadAttempt(this.core, blocks);
  }

  end(): boolean {
    if (this.core.ownReads === 0) return false;
    this.core.endRead();
    return true;
  }
}

/** Writing. */
class WriteWays implements Ways {
  readonly name: string = "the write lock";
  readonly core: ReadWriteCore;

  constructor(core: ReadWriteCore) {
    this.core = core;
  }

  get isFree(): boolean {
    return this.core.canWrite;
  }
  get isInOwnWay(): boolean {
    return this.core.isOwnWrite || this.core.ownReads > 0;
  }

  takeIfFree(): boolean {
    return this.core.writeIfFree();
  }

  tryTake(): Grant | 0 {
    return this.core.tryWrite(false);
  }

  attempt(): Attempt<Grant> {
    return new WriteAttempt(this.core);
  }

  end(): boolean {
    if (!this.core.isOwnWrite) return false;
    this.core.endWrite();
    return true;
  }
}

/** Both sides of a lock. */
export function sidesOf(core: ReadWriteCore, home: SharedObject): { read: Side; write: Side } {
  return { read: new Side(new ReadWays(core), home), write: new Side(new WriteWays(core), home) };
}
