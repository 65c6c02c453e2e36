/**
 * Which lock a shared value, array or condition works under: its own, none, or another object's.
 *
 * | word of the block | holds | written by |
 * |---|---|---|
 * | 5, 6 | its own recursive lock (see `lock_core.ts`) | anybody |
 * | 10 | line of the block whose lock it uses; 0 = its own, -1 = none | its maker, once |
 *
 * Word 10 is a slot: it holds a reference to that block until its own block is freed.
 */
import { shown } from "../wait/shown.ts";
import { BLOCK_KIND, refer } from "../kill_safe.ts";
import { agent } from "../memory/agent.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import type { ExclusiveLock } from "./guard.ts";
import { dropSlot } from "../memory/references.ts";
import { adopt } from "../memory/wrappers.ts";
import { Lock } from "./lock.ts";
import { LockCore, RecursiveLock } from "./lock_core.ts";
import { RLock } from "./rlock.ts";
import { assertUsable, blockOf, type SharedObject } from "../memory/shared_object.ts";

const LOCK_HOME = BLOCK_BODY + 5;
const OWN = 0;
const NONE = -1;

/** What word 10 holds for a `lock` option. */
export function lockHome(lock: boolean | ExclusiveLock | undefined, what: string): number {
  if (lock === undefined || lock === true) return OWN;
  if (lock === false) return NONE;
  const home = lock instanceof RecursiveLock
    ? lock.home
    : lock instanceof Lock || lock instanceof RLock
    ? lock
    : undefined;
  if (home === undefined) {
    throw new TypeError(
      `Cannot make ${what}: lock must be a boolean, a Lock, an RLock or the lock of a shared value or array, received ${
        shown(lock)
      }`,
    );
  }
  assertUsable(home);
  return blockOf(home).line;
}

/** Sets word 10 of a new block. */
export function linkLock(block: Block, home: number): void {
  if (home > 0) refer(block.words, LOCK_HOME, block.arena.block(home).words, home);
  else block.words[LOCK_HOME] = home;
}

/** Drops the reference of word 10: the block is about to be freed. */
export function unlinkLock(block: Block): void {
  if (block.words[LOCK_HOME]! > 0) dropSlot(block.words, LOCK_HOME);
}

/** The lock that a block works under, as one agent sees it. */
export class LockRef {
  /** To work under the lock; absent if there is none. */
  readonly core: LockCore | undefined;
  readonly #home: number;
  readonly #object: SharedObject;
  #lock: ExclusiveLock | undefined;

  /**
   * @param block The block that refers to a lock.
   * @param object The block's wrapper.
   */
  constructor(block: Block, object: SharedObject) {
    this.#object = object;
    const home = block.words[LOCK_HOME]!;
    this.#home = home;
    if (home === OWN) this.core = new LockCore(block.words, true, agent().id);
    else if (home > 0) {
      const { words } = block.arena.block(home);
      this.core = new LockCore(words, words[BLOCK_KIND] !== Kind.lock, agent().id);
    }
  }

  /** The lock as users see it; absent if there is none. */
  get lock(): ExclusiveLock | undefined {
    return this.#lock ??= this.#open();
  }

  #open(): ExclusiveLock | undefined {
    if (this.core === undefined) return undefined;
    assertUsable(this.#object);
    if (this.#home === OWN) return new RecursiveLock(this.core, this.#object);
    const block = agent().arena.block(this.#home);
    const home = adopt(block.words[BLOCK_KIND]!, this.#home);
    return home instanceof Lock || home instanceof RLock
      ? home
      : (home as { readonly lock: ExclusiveLock }).lock;
  }
}
