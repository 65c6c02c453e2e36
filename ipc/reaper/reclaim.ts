/**
 * Giving back what an agent held in shared memory: by itself as the last thing it does, or, after its thread has stopped,
 * by the reaper (`reaper.ts`). Each step can be done again, should who does it be killed half-way.
 */
import {
  ARGUMENTS,
  BLOCK_KEEPER,
  BLOCK_KIND,
  BLOCK_REFS,
  crossOut,
  discountSleeper,
  HAZARDS,
  HOLDINGS,
  SLEEPS_AT,
  STATE,
  unchain,
} from "../kill_safe.ts";
import { agent, agentIndex, highestAgent } from "../memory/agent.ts";
import { type Arena, type Block, BLOCK_LINES, Kind, LINE, LINE_WORDS } from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import {
  destroy,
  dropSlot,
  HOLDING_FIRST,
  HOLDING_NEXT,
  kindInfo,
  tryRefer,
} from "../memory/references.ts";
import { abandonLockWord } from "../memory/lock_word.ts";

/** Blocks whose last reference was the hazard that protected them here. */
const unwanted: Block[] = [];

/** Where each block begins, in words of one view of all memory that was handed out. */
function* blocksOf(arena: Arena): Generator<[all: Int32Array<SharedArrayBuffer>, at: number]> {
  const all = arena.everything();
  for (let at = arena.firstBlock; at < all.length; at += all[at + BLOCK_LINES]! * LINE_WORDS) {
    yield [all, at];
  }
}

/**
 * Makes the locks of a dead agent available, marked abandoned. Takes no lock, allocates and destroys nothing, so that it can
 * be done in the middle of anything, the protection of another block too.
 */
export function reclaimLocks(dead: number): void {
  const { arena } = agent();
  arena.recover(dead);
  for (const [all, at] of blocksOf(arena)) {
    const kind = Atomics.load(all, at + BLOCK_KIND);
    const locks = kindInfo(kind)?.locks;
    // Its number is in none but its own locks, and leaves them only here.
    if (locks === undefined || !locks.some((lock) => all[at + lock]! >>> 2 === dead)) continue;
    const block = arena.block(at / LINE_WORDS);
    const isProtected = protect(block, kind, 1);
    // What it was destroying is nobody else's.
    if (!isProtected && block.words[BLOCK_KEEPER] !== dead) continue;
    for (const index of locks) abandonLockWord(block.words, index, dead);
    if (isProtected) unprotect(block, 1);
  }
}

/** Wakes everybody who sleeps on anything, to look again. */
export function wakeEverybody(): void {
  const { arena, table } = agent();
  for (const [all, at] of blocksOf(arena)) {
    const info = kindInfo(Atomics.load(all, at + BLOCK_KIND));
    // To notify a word that has become another's meanwhile does no harm.
    for (const lock of info?.locks ?? []) Atomics.notify(all, at + lock);
    info?.wake?.(arena.block(at / LINE_WORDS));
  }
  arena.wakeAllocators();
  for (let id = highestAgent(table); id > 0; id--) Atomics.notify(table, agentIndex(id, STATE));
  ringDoorbell();
}

/**
 * Takes a reference to a block that may be anybody's, on this agent's record, unless it is in somebody's hands or has become
 * another. There are two hazard words: 0 for protection during which locks may be waited for, 1 for those in the middle of such a wait.
 */
function protect(block: Block, kind: number, hazard: 0 | 1): boolean {
  const { table, id } = agent();
  if (!tryRefer(table, agentIndex(id, HAZARDS) + hazard, block)) return false;
  if (Atomics.load(block.words, BLOCK_KIND) === kind) return true;
  unprotect(block, hazard);
  return false;
}

function unprotect(block: Block, hazard: 0 | 1): void {
  const { table, id } = agent();
  if (crossOut(table, agentIndex(id, HAZARDS) + hazard, block.words, id)) unwanted.push(block);
}

/** Gives everything else back that an agent held which will not touch shared memory any more. */
export function reclaim(dead: number): void {
  const { arena, table, id } = agent();
  for (const [all, at] of blocksOf(arena)) {
    if (all[at + BLOCK_KEEPER] !== dead || all[at + BLOCK_REFS] !== 0) continue;
    if (Atomics.load(all, at + BLOCK_KIND) === Kind.free) continue;
    all[at + BLOCK_KEEPER] = id;
    destroy(arena.block(at / LINE_WORDS));
  }
  // It may have died with a wake-up in its hands, and what it awaited stays queued until the engine has cleaned up after
  // it, where it would swallow the next wake-up. Waking all empties the queue; the living queue anew.
  wakeEverybody();
  for (const [all, at] of blocksOf(arena)) {
    const kind = Atomics.load(all, at + BLOCK_KIND);
    const info = kindInfo(kind);
    if (info?.ownerDied === undefined) continue;
    const block = arena.block(at / LINE_WORDS);
    if (!protect(block, kind, 0)) continue;
    info.ownerDied(block, dead);
    unprotect(block, 0);
  }
  // While what it slept on is still there.
  stopCounting(dead);
  for (let page = table[agentIndex(dead, HOLDINGS)]!; page !== 0;) {
    const holdings = arena.block(page);
    const { words } = holdings;
    for (let slot = HOLDING_FIRST; slot < words.length; slot++) dropSlot(words, slot);
    page = words[HOLDING_NEXT]!;
    unchain(table, agentIndex(dead, HOLDINGS), page, words, id);
    destroy(holdings);
  }
  for (const word of [ARGUMENTS, HAZARDS, HAZARDS + 1]) dropSlot(table, agentIndex(dead, word));
  destroyUnwanted();
}

/** It is counted no longer as a sleeper of what it was blocked on: whoever wakes sleepers would look for it in vain. */
function stopCounting(dead: number): void {
  const { arena, table } = agent();
  const at = agentIndex(dead, SLEEPS_AT);
  const sleepers = table[at + 1]!;
  if (sleepers === 0) return;
  const words = new Int32Array(arena.buffer, table[at]! * LINE, sleepers + 1);
  discountSleeper(words, sleepers, table, at);
}

/** Destroys what nobody but a hazard referred to. */
export function destroyUnwanted(): void {
  for (let block = unwanted.pop(); block !== undefined; block = unwanted.pop()) destroy(block);
}
