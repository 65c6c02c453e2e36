/**
 * Giving back what an agent held in shared memory: by itself as the last thing it does, or, after its thread has stopped,
 * by who buries it (`_burial.ts`). Each step can be done again, should who does it be killed half-way.
 */
import {
  agent,
  agentIndex,
  ARGUMENTS,
  highestAgent,
  HOLDINGS,
  SLEEPS_AT,
  STATE,
} from "./_agent.ts";
import { type Block, BLOCK_KEEPER, BLOCK_KIND, BLOCK_REFS, LINE } from "./_arena.ts";
import { ringDoorbell } from "./_doorbell.ts";
import {
  destroy,
  dropPlace,
  HOLDING_FIRST,
  HOLDING_NEXT,
  type KindInfo,
  kindInfo,
  release,
  tryHold,
} from "./_handles.ts";
import { abandonLockWord } from "./_lock_word.ts";
import { withdraw } from "./_wait.ts";

/** Blocks whose last reference was the look that was taken at them here. */
const unwanted: Block[] = [];

/** Every block that somebody may sleep on or work in; held, lest it be freed and become another under our hands. */
function* workplaces(): Generator<[Block, KindInfo]> {
  for (const block of agent().arena.blocks()) {
    const info = kindInfo(Atomics.load(block.words, BLOCK_KIND));
    if (info?.locks === undefined && info?.wake === undefined) continue;
    const held = tryHold(block);
    if (held === undefined) continue;
    yield [block, info];
    if (release(held)) unwanted.push(block);
  }
}

/**
 * Makes the locks of a dead agent available, marked abandoned. Takes no lock and destroys nothing, so that it can be done
 * in the middle of anything.
 */
export function giveLocksBack(dead: number): void {
  const { arena } = agent();
  arena.recover(dead);
  for (const block of arena.blocks()) {
    const locks = kindInfo(Atomics.load(block.words, BLOCK_KIND))?.locks;
    if (locks === undefined) continue;
    const held = tryHold(block);
    // What it was destroying is nobody else's.
    if (held === undefined && block.words[BLOCK_KEEPER] !== dead) continue;
    for (const index of locks) abandonLockWord(block.words, index, dead);
    if (held !== undefined && release(held)) unwanted.push(block);
  }
}

/** Wakes everybody who sleeps on anything, to look again. */
export function wakeEverybody(): void {
  const { table } = agent();
  for (const [block, info] of workplaces()) wake(block, info);
  for (let id = highestAgent(table); id > 0; id--) Atomics.notify(table, agentIndex(id, STATE));
  ringDoorbell();
  destroyUnwanted();
}

/**
 * An agent may have died with a wake-up in its hands, and what it awaited stays in line until the engine has cleaned up
 * after it, where it would swallow the next wake-up. Waking all empties the line; the living queue anew.
 */
function wake(block: Block, info: KindInfo): void {
  for (const index of info.locks ?? []) Atomics.notify(block.words, index);
  info.wake?.(block);
}

/** Gives everything else back that an agent held which will not touch shared memory any more. */
export function giveBack(dead: number): void {
  const { arena, table, id } = agent();
  for (const block of arena.blocks()) {
    if (block.words[BLOCK_KEEPER] === dead && block.words[BLOCK_REFS] === 0) {
      block.words[BLOCK_KEEPER] = id;
      destroy(block);
    }
  }
  for (const [block, info] of workplaces()) {
    wake(block, info);
    info.ownerDied?.(block, dead);
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
  dropPlace(table, agentIndex(dead, ARGUMENTS));
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

function destroyUnwanted(): void {
  for (let block = unwanted.pop(); block !== undefined; block = unwanted.pop()) destroy(block);
}

/** In one go (see `_handles.ts`): the next block of holdings is the first one, and nobody refers to this one any more. */
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
