/**
 * Reclaiming what an agent held in shared memory: by the agent itself as the last thing it does, or by its reaper once its
 * thread has ended. Every step is idempotent: the reaper may itself be killed.
 *
 * The reaper walks over all blocks, also those that other agents free meanwhile. Before it looks into a block that may be
 * anybody's, it protects it: it takes a reference, which it records in a *hazard*, a word of its entry in the agent table,
 * so that its own reaper drops the reference if it is killed. There are two hazards: one while locks may be waited for,
 * and one for reclaiming locks in the middle of such a wait.
 *
 * Source of the term: M. M. Michael, "Hazard Pointers: Safe Memory Reclamation for Lock-Free Objects", 2004. There a hazard
 * is only a note that others read before they free; here it also counts.
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
import { kindInfo } from "../memory/kinds.ts";
import { destroy, dropSlot, HOLDING_FIRST, HOLDING_NEXT, tryRefer } from "../memory/references.ts";
import { abandonLockWord } from "../memory/lock_word.ts";

/** Blocks that lost their last reference when a hazard was cleared. */
const unwanted: Block[] = [];

/** All blocks: one view of all memory, and the index at which a block begins in it. */
function* blocksOf(arena: Arena): Generator<[all: Int32Array<SharedArrayBuffer>, at: number]> {
  const all = arena.everything();
  for (let at = arena.firstBlock; at < all.length; at += all[at + BLOCK_LINES]! * LINE_WORDS) {
    yield [all, at];
  }
}

/**
 * Unlocks what a dead agent has locked, marked abandoned. It takes no lock, and allocates and destroys nothing, so that it
 * can be done in the middle of everything else, also while another block is protected.
 */
export function reclaimLocks(dead: number): void {
  const { arena } = agent();
  arena.recover(dead);
  for (const [all, at] of blocksOf(arena)) {
    const kind = Atomics.load(all, at + BLOCK_KIND);
    const locks = kindInfo(kind)?.locks;
    // Only locks that it held have its id, and only this clears them.
    if (locks === undefined || !locks.some((lock) => all[at + lock]! >>> 2 === dead)) continue;
    const block = arena.block(at / LINE_WORDS);
    const isProtected = protect(block, kind, 1);
    // A block that it was destroying has no references, but is nobody else's.
    if (!isProtected && block.words[BLOCK_KEEPER] !== dead) continue;
    for (const index of locks) abandonLockWord(block.words, index, dead);
    if (isProtected) unprotect(block, 1);
  }
}

/** Wakes everybody who sleeps on anything, to try again. */
export function wakeEverybody(): void {
  const { arena, table } = agent();
  for (const [all, at] of blocksOf(arena)) {
    const info = kindInfo(Atomics.load(all, at + BLOCK_KIND));
    // It does no harm if the block has become another one meanwhile.
    for (const lock of info?.locks ?? []) Atomics.notify(all, at + lock);
    info?.wake?.(arena.block(at / LINE_WORDS));
  }
  arena.wakeAllocators();
  for (let id = highestAgent(table); id > 0; id--) Atomics.notify(table, agentIndex(id, STATE));
  ringDoorbell();
}

/**
 * Protects a block by a hazard of this agent. False if nobody refers to it, or it has become one of another kind.
 *
 * @param hazard 0 if locks may be waited for before it is cleared, 1 in the middle of such a wait.
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

/** Reclaims everything else that an agent held. It must not touch shared memory any more. */
export function reclaim(dead: number): void {
  const { arena, table, id } = agent();
  for (const [all, at] of blocksOf(arena)) {
    if (all[at + BLOCK_KEEPER] !== dead || all[at + BLOCK_REFS] !== 0) continue;
    if (Atomics.load(all, at + BLOCK_KIND) === Kind.free) continue;
    all[at + BLOCK_KEEPER] = id;
    destroy(arena.block(at / LINE_WORDS));
  }
  // It may have been killed right after it was woken, with nobody else woken in its place. And what it awaited stays queued
  // until the engine has cleaned up, and would swallow the next wake-up. So all are woken; the living wait anew.
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
  // Before the block that it slept on may be freed.
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

/** Counts a dead agent off that is counted as a sleeper: see `wait/before_sleep.ts`. */
function stopCounting(dead: number): void {
  const { arena, table } = agent();
  const at = agentIndex(dead, SLEEPS_AT);
  const sleepers = table[at + 1]!;
  if (sleepers === 0) return;
  const words = new Int32Array(arena.buffer, table[at]! * LINE, sleepers + 1);
  discountSleeper(words, sleepers, table, at);
}

/** Destroys the blocks that lost their last reference when a hazard was cleared. */
export function destroyUnwanted(): void {
  for (let block = unwanted.pop(); block !== undefined; block = unwanted.pop()) destroy(block);
}
