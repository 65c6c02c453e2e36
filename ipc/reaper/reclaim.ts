/**
 * Giving back what an agent held in shared memory: by itself as the last thing it does, or, after its thread has stopped,
 * by who buries it (`reaper.ts`). Each step can be done again, should who does it be killed half-way.
 */
import {
  agent,
  agentIndex,
  ARGUMENTS,
  highestAgent,
  HOLDINGS,
  LOOKS_AT,
  SLEEPS_AT,
  STATE,
} from "../memory/agent.ts";
import {
  type Arena,
  type Block,
  BLOCK_KEEPER,
  BLOCK_KIND,
  BLOCK_LINES,
  BLOCK_REFS,
  Kind,
  LINE,
  LINE_WORDS,
} from "../memory/arena.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import {
  crossOut,
  destroy,
  dropPlace,
  HOLDING_FIRST,
  HOLDING_NEXT,
  kindInfo,
  tryRefer,
} from "../memory/references.ts";
import { abandonLockWord } from "../memory/lock_word.ts";
import { withdraw } from "../wait/wait.ts";

/** Blocks whose last reference was the look that was taken at them here. */
const unwanted: Block[] = [];

/** Where each block begins, in words of one view of all memory that was handed out. */
function* places(arena: Arena): Generator<[all: Int32Array<SharedArrayBuffer>, at: number]> {
  const all = arena.everything();
  for (let at = arena.firstBlock; at < all.length; at += all[at + BLOCK_LINES]! * LINE_WORDS) {
    yield [all, at];
  }
}

/**
 * Makes the locks of a dead agent available, marked abandoned. Takes no lock, allocates and destroys nothing, so that it can
 * be done in the middle of anything, a look at other blocks too.
 */
export function giveLocksBack(dead: number): void {
  const { arena } = agent();
  arena.recover(dead);
  for (const [all, at] of places(arena)) {
    const kind = Atomics.load(all, at + BLOCK_KIND);
    const locks = kindInfo(kind)?.locks;
    // Its number is in none but its own locks, and leaves them only here.
    if (locks === undefined || !locks.some((lock) => all[at + lock]! >>> 2 === dead)) continue;
    const block = arena.block(at / LINE_WORDS);
    const looking = look(block, kind, 1);
    // What it was destroying is nobody else's.
    if (!looking && block.words[BLOCK_KEEPER] !== dead) continue;
    for (const index of locks) abandonLockWord(block.words, index, dead);
    if (looking) lookAway(block, 1);
  }
}

/** Wakes everybody who sleeps on anything, to look again. */
export function wakeEverybody(): void {
  const { arena, table } = agent();
  for (const [all, at] of places(arena)) {
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
 * another. There are two places: 0 for looks during which locks may be waited for, 1 for those in the middle of such a wait.
 */
function look(block: Block, kind: number, place: 0 | 1): boolean {
  const { table, id } = agent();
  if (!tryRefer(table, agentIndex(id, LOOKS_AT) + place, block)) return false;
  if (Atomics.load(block.words, BLOCK_KIND) === kind) return true;
  lookAway(block, place);
  return false;
}

function lookAway(block: Block, place: 0 | 1): void {
  const { table, id } = agent();
  if (crossOut(table, agentIndex(id, LOOKS_AT) + place, block.words, id)) unwanted.push(block);
}

/** Gives everything else back that an agent held which will not touch shared memory any more. */
export function giveBack(dead: number): void {
  const { arena, table, id } = agent();
  for (const [all, at] of places(arena)) {
    if (all[at + BLOCK_KEEPER] !== dead || all[at + BLOCK_REFS] !== 0) continue;
    if (Atomics.load(all, at + BLOCK_KIND) === Kind.free) continue;
    all[at + BLOCK_KEEPER] = id;
    destroy(arena.block(at / LINE_WORDS));
  }
  // It may have died with a wake-up in its hands, and what it awaited stays in line until the engine has cleaned up after
  // it, where it would swallow the next wake-up. Waking all empties the line; the living queue anew.
  wakeEverybody();
  for (const [all, at] of places(arena)) {
    const kind = Atomics.load(all, at + BLOCK_KIND);
    const info = kindInfo(kind);
    if (info?.ownerDied === undefined) continue;
    const block = arena.block(at / LINE_WORDS);
    if (!look(block, kind, 0)) continue;
    info.ownerDied(block, dead);
    lookAway(block, 0);
  }
  // While what it slept on is still there.
  stopCounting(dead);
  for (let page = table[agentIndex(dead, HOLDINGS)]!; page !== 0;) {
    const holdings = arena.block(page);
    const { words } = holdings;
    for (let place = HOLDING_FIRST; place < words.length; place++) dropPlace(words, place);
    page = words[HOLDING_NEXT]!;
    nextPage(table, agentIndex(dead, HOLDINGS), words, page, id);
    destroy(holdings);
  }
  for (const word of [ARGUMENTS, LOOKS_AT, LOOKS_AT + 1]) dropPlace(table, agentIndex(dead, word));
  destroyUnwanted();
}

/** It is counted no longer as a sleeper of what it was blocked on: whoever wakes sleepers would look for it in vain. */
function stopCounting(dead: number): void {
  const { arena, table } = agent();
  const at = agentIndex(dead, SLEEPS_AT);
  const sleepers = table[at + 1]!;
  if (sleepers === 0) return;
  const words = new Int32Array(arena.buffer, table[at]! * LINE, sleepers + 1);
  withdraw(words, sleepers, table, at);
}

/** Destroys what nobody but a look referred to. */
export function destroyUnwanted(): void {
  for (let block = unwanted.pop(); block !== undefined; block = unwanted.pop()) destroy(block);
}

/** In one go (see `memory/references.ts`): the next block of holdings is the first one, and nobody refers to this one any more. */
function nextPage(
  table: Int32Array,
  place: number,
  page: Int32Array,
  next: number,
  me: number,
): void {
  table[place] = next;
  page[BLOCK_REFS] = 0;
  page[BLOCK_KEEPER] = me;
}
