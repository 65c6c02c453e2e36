/**
 * Who refers to which block.
 *
 * A block counts its references: one for each agent that has a wrapper of it, one for each block that names it (a
 * connection its ring, a value its lock), one for each message that carries it. When the last one is gone, the kind's
 * `destroy` runs and the block is freed.
 *
 * Every reference has a *slot*, a word of shared memory with the line of the block, so that it can be reclaimed from an
 * agent that was killed. An agent's own slots are in its *holdings*, pages that are chained from its entry in the agent
 * table:
 *
 * ```
 *  table entry          page                     page
 *  ┌──────────┐   ┌───────────────────┐   ┌───────────────────┐
 *  │ HOLDINGS ─┼──▶│ next │ 70 │ 0 │ 84 │──▶│  0  │ 12 │ 55 │ … │   70, 84, 12, 55: lines of blocks; 0: a free slot
 *  └──────────┘   └───────────────────┘   └───────────────────┘
 * ```
 *
 * Roles: only the agent itself writes to its slots; once its thread has ended, only its reaper does.
 *
 * Crash safety: counting a reference and filling its slot are one step that a kill cannot tear, and so are emptying the slot
 * and counting it off (`kill_safe.ts`). Making and destroying a block take longer. While nobody refers to a block, its
 * header has the number of the agent that is doing so, the keeper. If the keeper is killed, its reaper destroys the
 * block. So `destroy` must be idempotent: it can be run on a block that is not finished, and again after half of it.
 */
import { BLOCK_KIND, BLOCK_REFS, crossOut, HOLDINGS, refer, referIf } from "../kill_safe.ts";
import { type Arena, type Block, BLOCK_BODY, Kind } from "./arena.ts";
import { agent, agentIndex, agentWord } from "./agent.ts";
import { kindInfo } from "./kinds.ts";

/** Word of a page of holdings: the line of the next one. */
export const HOLDING_NEXT: number = BLOCK_BODY;
/** The first slot of a page. */
export const HOLDING_FIRST: number = BLOCK_BODY + 1;
const HOLDING_BYTES = 4096 - BLOCK_BODY * 4;

/** One reference of this agent. */
export interface Hold {
  readonly block: Block;
  /** The slot, and the page that it is in. */
  readonly page: Int32Array;
  readonly slot: number;
  /** Whether it was dropped, or handed over. */
  dropped: boolean;
  /** Whether it was handed over with its object, which another agent has now. */
  moved: boolean;
  /**
   * Operations in progress that run code of users, which may dispose of the object. The reference is kept until they end.
   */
  uses: number;
}

let page: Int32Array | undefined;
let nextSlot = HOLDING_FIRST;
const freeSlots: { page: Int32Array; slot: number }[] = [];

/** Whether nothing of this agent is left to reclaim. */
let ended = false;

/** Makes all references of this agent void: they were reclaimed. */
export function endHolds(): void {
  ended = true;
}

/**
 * Takes a reference to a block.
 *
 * @throws {Deno.errors.BadResource} If this process has ended.
 */
export function hold(block: Block): Hold {
  if (block.arena.isNamed) {
    namedHolds(block, 1);
    return { block, page: NO_PAGE, slot: 0, dropped: false, moved: false, uses: 0 };
  }
  if (ended) throw new Deno.errors.BadResource("Cannot use shared memory: this process has ended");
  const { page, slot } = freeSlots.pop() ?? newSlot();
  refer(page, slot, block.words, block.line);
  return { block, page, slot, dropped: false, moved: false, uses: 0 };
}

/** Where references would be that nobody counts: what has a name lives as long as somebody has it open. */
const NO_PAGE = new Int32Array(0);

let namedHolds: (block: Block, change: 1 | -1) => void = () => {};

/** Has a function called for each reference of this agent to a block with a name, taken or dropped. */
export function onNamedHolds(changed: (block: Block, change: 1 | -1) => void): void {
  namedHolds = changed;
}

function newSlot(): { page: Int32Array; slot: number } {
  if (page === undefined || nextSlot === page.length) {
    const { arena, table, id } = agent();
    const { words, line } = arena.allocate(Kind.holdings, HOLDING_BYTES, id);
    words[HOLDING_NEXT] = agentWord(table, id, HOLDINGS);
    refer(table, agentIndex(id, HOLDINGS), words, line);
    page = words;
    nextSlot = HOLDING_FIRST;
  }
  return { page, slot: nextSlot++ };
}

/** Drops the reference of a slot, if there is one, in memory of an arena. */
export function dropSlot(page: Int32Array, slot: number, arena: Arena = agent().arena): void {
  const line = page[slot]!;
  if (line === 0) return;
  const block = arena.block(line);
  if (crossOut(page, slot, block.words, arena.me)) destroy(block);
}

/** Forgets a reference that was handed over: its slot is empty already. */
export function forgetHold(held: Hold): void {
  held.dropped = true;
  freeSlots.push({ page: held.page, slot: held.slot });
}

/** Drops a reference. */
export function dropHold(held: Hold): void {
  if (held.dropped) return;
  held.dropped = true;
  if (held.uses === 0 && !ended) release(held);
}

/** Ends the use that `held.uses++` began. */
export function endUse(held: Hold): void {
  if (--held.uses === 0 && held.dropped && !ended) release(held);
}

function release(held: Hold): void {
  if (held.block.arena.isNamed) {
    namedHolds(held.block, -1);
    return;
  }
  const last = crossOut(held.page, held.slot, held.block.words, held.block.arena.me);
  freeSlots.push({ page: held.page, slot: held.slot });
  if (last) destroy(held.block);
}

/** Blocks to destroy, one after the other: a block may refer to another one, in long chains. */
const doomed: Block[] = [];
let destroying = false;

/** Destroys a block that nobody refers to, and whose keeper this agent is. */
export function destroy(block: Block): void {
  doomed.push(block);
  if (destroying) return;
  destroying = true;
  try {
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      kindInfo(Atomics.load(next.words, BLOCK_KIND))?.destroy?.(next);
      next.arena.free(next, next.arena.me);
    }
  } finally {
    destroying = false;
  }
}

/** Takes a reference to a block that may be free by now; `undefined` if nobody refers to it. */
export function tryHold(block: Block): Hold | undefined {
  const { page, slot } = freeSlots.pop() ?? newSlot();
  if (tryRefer(page, slot, block)) {
    return { block, page, slot, dropped: false, moved: false, uses: 0 };
  }
  freeSlots.push({ page, slot });
  return undefined;
}

/** Fills a slot with a reference to a block that may be free by now. Whether it did: not if nobody refers to the block. */
export function tryRefer(page: Int32Array, slot: number, { words, line }: Block): boolean {
  for (let seen = Atomics.load(words, BLOCK_REFS); seen > 0;) {
    const got = referIf(page, slot, words, line, seen);
    if (got === seen) return true;
    seen = got;
  }
  return false;
}
