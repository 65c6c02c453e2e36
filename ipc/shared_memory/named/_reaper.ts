/**
 * Reaping in memory that other programs share: whoever waits there looks for dead threads now and then, and what they held is
 * given back.
 *
 * A kill comes between any two instructions. So after it there may be, besides locks:
 *
 * - a block that its keeper was making or destroying, which nobody refers to: it is destroyed;
 * - a block whose one reference was counted, but not written down, or the other way round: nothing names it. The kind's `sweep`
 *   finds out which ones those are, under the object's locks;
 * - what one atomic operation has published, and what follows from it is not written yet: the kind's `sweep` does;
 * - a sleeper that is still counted: wakers then call the system in vain.
 *
 * Roles: one thread at a time reaps, which has the lock word H_REAPER; nobody waits for it. Locks are given back without it,
 * as each is one compareExchange, also in the middle of a step that holds locks.
 */
import { BLOCK_KEEPER, BLOCK_KIND, BLOCK_REFS } from "../../kill_safe.ts";
import { BLOCK_LINES, Kind, LINE_WORDS } from "../../memory/arena.ts";
import { kindInfo } from "../../memory/kinds.ts";
import { abandonLockWord, tryLockWord, unlockWord } from "../../memory/lock_word.ts";
import { destroy } from "../../memory/references.ts";
import { notify } from "../../wait/queues.ts";
import { H_REAPER, type NamedArena } from "./_arena.ts";
import type { Threads } from "./_threads.ts";

/** Milliseconds between two looks: to look costs a few microseconds for each thread. */
const PAUSE = 250;
/** The same after something was found that is not done yet. */
const SOON = 5;

/** Reaps the dead of one arena. */
export class Reaper {
  readonly #arena: NamedArena;
  readonly #threads: Threads;
  #next = 0;

  constructor(arena: NamedArena, threads: Threads) {
    this.#arena = arena;
    this.#threads = threads;
  }

  /** See `WaitQueues.reap`. */
  reap(holdingLocks: boolean): number {
    const now = performance.now();
    if (now < this.#next) return this.#next - now;
    this.#next = now + PAUSE;
    const dead = [...this.#threads.dead()];
    if (dead.length === 0) return PAUSE;
    dead.forEach((id) => this.#reclaimLocks(id));
    // A lock of its own would keep this thread waiting for itself.
    if (holdingLocks || this.#holdsLocks() || !this.#become()) {
      this.#next = now + SOON;
      return SOON;
    }
    try {
      dead.forEach((id) => this.reclaim(id));
    } finally {
      unlockWord(this.#arena.header, H_REAPER);
    }
    return 0;
  }

  /** Gives back all that a thread held that is dead, or leaves. */
  reclaim(id: number): void {
    const arena = this.#arena;
    this.#reclaimLocks(id);
    const all = arena.everything();
    for (let at = arena.firstBlock; at < all.length; at += all[at + BLOCK_LINES]! * LINE_WORDS) {
      if (all[at + BLOCK_KEEPER] !== id || all[at + BLOCK_REFS] !== 0) continue;
      if (Atomics.load(all, at + BLOCK_KIND) === Kind.free) continue;
      all[at + BLOCK_KEEPER] = arena.me;
      destroy(arena.block(at / LINE_WORDS));
    }
    const { root } = arena;
    const info = kindInfo(Atomics.load(root.words, BLOCK_KIND));
    info?.ownerDied?.(root, id);
    info?.sweep?.(root);
    for (const lock of info?.locks ?? []) notify(root.words, lock);
    info?.wake?.(root);
    arena.wakeAllocators();
    this.#threads.leave(id);
  }

  #become(): boolean {
    const { header, me } = this.#arena;
    if (tryLockWord(header, H_REAPER, me) !== 0) return true;
    const other = Atomics.load(header, H_REAPER) >>> 2;
    if (other === me || other === 0 || !this.#threads.isDead(other)) return false;
    abandonLockWord(header, H_REAPER, other);
    return tryLockWord(header, H_REAPER, me) !== 0;
  }

  #reclaimLocks(id: number): void {
    const { root } = this.#arena;
    this.#arena.recover(id);
    const locks = kindInfo(Atomics.load(root.words, BLOCK_KIND))?.locks ?? [];
    for (const lock of locks) abandonLockWord(root.words, lock, id);
  }

  #holdsLocks(): boolean {
    const { root, me } = this.#arena;
    const locks = kindInfo(Atomics.load(root.words, BLOCK_KIND))?.locks ?? [];
    return locks.some((lock) => root.words[lock]! >>> 2 === me);
  }
}
