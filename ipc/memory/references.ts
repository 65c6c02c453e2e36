/**
 * Who refers to which block.
 *
 * Each block counts its references. Every wrapper object in every agent is one, every word of another block that names
 * it (the ring of a connection, the lock of a value), and every handle in a message that is under way. At zero the
 * kind's `destroy` runs and the block is freed.
 *
 * So that what a killed agent refers to can be given back, every reference has a *slot*: a word of shared memory that
 * holds the line of the block. For wrappers, each agent has such words in *holdings* blocks, chained from its entry in
 * the agent table (0 = empty slot). Only the agent itself writes there; after its death only the reaper does.
 *
 * A kill must not come between counting a reference and writing it down, or between crossing it out and counting it off:
 * the first would leak a block, which may be the end of a pipe whose other end then waits for ever; the second, the other
 * way round, would free it twice. The engine stops a thread only where a function is called, built-in ones too, before that
 * has done anything, and where a loop goes round. So each such pair is done *kill-safe*: at most one call, of an atomic
 * operation, and then nothing but plain reads and writes. (Seen in thousands of kills: sequences of plain writes after an
 * atomic operation are never torn; two atomic operations in a row are.)
 *
 * Making and destroying take longer. A block to which nobody refers bears the number of the agent in whose hands it is;
 * should that one be killed, the reaper destroys the block, or goes on with that. So each kind's `destroy` can be run
 * on what is not finished, and again: it crosses out what it has given back, kill-safe.
 */
import { BLOCK_KIND, BLOCK_REFS, crossOut, HOLDINGS, refer, referIf } from "../kill_safe.ts";
import { type Block, BLOCK_BODY, Kind } from "./arena.ts";
import { agent, agentIndex, agentWord } from "./agent.ts";

/** What the bookkeeping must know of a kind of block. */
export interface KindInfo {
  /** Makes this agent's wrapper of a block; absent for blocks that no user sees. */
  attach?(block: Block): object;
  /** Words that are lock words. */
  locks?: readonly number[];
  /** The last reference is gone: give back what the block refers to. May be run again after it was stopped half-way. */
  destroy?(block: Block): void;
  /** Wakes all who sleep on words of this block other than its locks, to look again. */
  wake?(block: Block): void;
  /** An agent died that may have been sleeping on, or working in, this block. */
  ownerDied?(block: Block, dead: number): void;
  /** A handle that was sent is gone from this agent (a connection has one owner). */
  moves?: boolean;
  /** The wrapper is to leave this agent with a message; throws when it cannot. */
  pack?(wrapper: object): void;
  /** It stays after all. */
  unpack?(wrapper: object): void;
  /** What `Deno.inspect` shows of a wrapper, which is not disposed of. Takes no lock. */
  // deno-lint-ignore no-explicit-any
  show?(wrapper: any): Record<string, unknown>;
}

const kinds: (KindInfo | undefined)[] = [];

/** Declares a kind; each source file does it for its own. */
export function registerKind(kind: number, info: KindInfo): void {
  kinds[kind] = info;
}

/** What is declared of a kind. */
export function kindInfo(kind: number): KindInfo | undefined {
  return kinds[kind];
}

/** Word of a block of holdings that names the next one. */
export const HOLDING_NEXT: number = BLOCK_BODY;
/** The first of its slots. */
export const HOLDING_FIRST: number = BLOCK_BODY + 1;
const HOLDING_BYTES = 4096 - BLOCK_BODY * 4;

/** One reference on this agent's record. */
export interface Hold {
  readonly block: Block;
  /** Where it is written down. */
  readonly page: Int32Array;
  readonly slot: number;
  /** Whether it was given back or away. */
  dropped: boolean;
  /** Whether it was given away with the object that it kept, which another worker has now. */
  moved: boolean;
  /** Operations that are going on and run code of others, which may dispose of the object: it is kept until they end. */
  uses: number;
}

let page: Int32Array | undefined;
let nextSlot = HOLDING_FIRST;
const freeSlots: { page: Int32Array; slot: number }[] = [];

let ended = false;

/** One more reference, on this agent's record. */
export function hold(block: Block): Hold {
  if (ended) throw new Deno.errors.BadResource("Cannot use shared memory: this process has ended");
  const { page, slot } = freeSlots.pop() ?? newSlot();
  refer(page, slot, block.words, block.line);
  return { block, page, slot, dropped: false, moved: false, uses: 0 };
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

/** Gives back the reference that a word holds, if it holds one. */
export function dropSlot(page: Int32Array, slot: number): void {
  const line = page[slot]!;
  if (line === 0) return;
  const { arena, id } = agent();
  const block = arena.block(line);
  if (crossOut(page, slot, block.words, id)) destroy(block);
}

/** The reference is somebody else's from now on: whoever crossed it out says so. */
export function forgetHold(held: Hold): void {
  held.dropped = true;
  freeSlots.push({ page: held.page, slot: held.slot });
}

/** Gives a reference on this agent's record back. */
export function dropHold(held: Hold): void {
  if (held.dropped) return;
  held.dropped = true;
  if (held.uses === 0 && !ended) release(held);
}

/** Ends what `held.uses++` began. */
export function endUse(held: Hold): void {
  if (--held.uses === 0 && held.dropped && !ended) release(held);
}

function release(held: Hold): void {
  const last = crossOut(held.page, held.slot, held.block.words, agent().id);
  freeSlots.push({ page: held.page, slot: held.slot });
  if (last) destroy(held.block);
}

/** Blocks that are to be destroyed, one after the other: they may refer to each other in long chains. */
const doomed: Block[] = [];
let destroying = false;

/** Gives back what a block refers to, and the block. Nobody refers to it any more, and it bears this agent's number. */
export function destroy(block: Block): void {
  doomed.push(block);
  if (destroying) return;
  destroying = true;
  try {
    for (let next = doomed.pop(); next !== undefined; next = doomed.pop()) {
      kinds[Atomics.load(next.words, BLOCK_KIND)]?.destroy?.(next);
      next.arena.free(next, agent().id);
    }
  } finally {
    destroying = false;
  }
}

/** One more reference on this agent's record to a block that may be anybody's, unless it is in somebody's hands. */
export function tryHold(block: Block): Hold | undefined {
  const { page, slot } = freeSlots.pop() ?? newSlot();
  if (tryRefer(page, slot, block)) {
    return { block, page, slot, dropped: false, moved: false, uses: 0 };
  }
  freeSlots.push({ page, slot });
  return undefined;
}

/** As {@linkcode refer}, for a block that may be anybody's, unless it is in somebody's hands. */
export function tryRefer(page: Int32Array, slot: number, { words, line }: Block): boolean {
  for (let seen = Atomics.load(words, BLOCK_REFS); seen > 0;) {
    const got = referIf(page, slot, words, line, seen);
    if (got === seen) return true;
    seen = got;
  }
  return false;
}

/** This agent's wrappers and what they hold, by line. */
const wrappers = new Map<number, { readonly wrapper: WeakRef<object>; readonly held: Hold }>();
const finalizer = new FinalizationRegistry<Hold>((held) => {
  // A new wrapper of the same block may have come after the one that was collected.
  if (wrappers.get(held.block.line)?.held === held) wrappers.delete(held.block.line);
  dropHold(held);
});

/** Remembers the wrapper of a block, and gives its reference back should it be collected. */
export function watch(wrapper: object, held: Hold): void {
  wrappers.set(held.block.line, { wrapper: new WeakRef(wrapper), held });
  finalizer.register(wrapper, held, held);
}

/** Stops watching: the wrapper was disposed of, or moved to another agent. */
export function unwatch(held: Hold): void {
  finalizer.unregister(held);
  wrappers.delete(held.block.line);
}

/** This agent's wrapper for a block whose handle arrived. */
export function adopt(kind: number, line: number): object {
  const block = agent().arena.block(line);
  const found = Atomics.load(block.words, BLOCK_KIND);
  const info = kinds[kind];
  if (found !== kind || info?.attach === undefined) {
    throw new Deno.errors.InvalidData(
      `Cannot attach a shared object: line ${line} holds kind ${found}, the handle says ${kind}`,
    );
  }
  return wrapperAt(line) ?? info.attach(block);
}

/** This agent's wrapper of the object at a line, if it has one. */
export function wrapperAt(line: number): object | undefined {
  return wrappers.get(line)?.wrapper.deref();
}

/** This agent ends, and what it held was given back: whatever code still runs finds its objects disposed of. */
export function forgetAll(): void {
  ended = true;
  const all = [...wrappers.values()];
  for (const { held } of all) held.dropped = true;
  // Some have to be told: there is nothing left to give back.
  for (const { wrapper } of all) (wrapper.deref() as Disposable | undefined)?.[Symbol.dispose]();
}
