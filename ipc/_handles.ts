/**
 * Who refers to which block: wrappers of this agent, handles in flight, and the giving back of what a dead agent held.
 *
 * Each block counts its references. Every wrapper object in every agent is one, and so is every handle that sits in a
 * ring, a queue or the arguments of a starting process. At zero the kind's `destroy` runs and the block is freed.
 *
 * So that a killed agent's references can be given back, each agent writes the lines it holds into *holdings* blocks,
 * chained from its entry in the agent table, one word each (0 = empty place). Only the agent itself writes there; after
 * its death only its reaper does. A reference is counted before it is written down and crossed out before it is
 * dropped, so a death in between leaks one block and never frees one twice.
 */
import { type Block, BLOCK_BODY, BLOCK_KIND, BLOCK_REFS, Kind } from "./_arena.ts";
import { agent, agentWord, HOLDINGS, setAgentWord } from "./_agent.ts";
import { abandonLockWord } from "./_lock_word.ts";

/** What the bookkeeping must know of a kind of block. */
export interface KindInfo {
  /** Makes this agent's wrapper of a block; absent for blocks that no user sees. */
  attach?(block: Block): object;
  /** Words that are lock words. */
  locks?: readonly number[];
  /** The last reference is gone: give back what the block refers to. */
  destroy?(block: Block): void;
  /** An agent died that may have been sleeping on, or working in, this block. */
  ownerDied?(block: Block, dead: number): void;
  /** A handle that was sent is gone from this agent (a connection has one owner). */
  moves?: boolean;
  /** Throws when the wrapper cannot leave this agent now. */
  checkMovable?(wrapper: object): void;
  /** The wrapper is about to leave this agent. */
  leave?(wrapper: object): void;
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

const HOLDING_NEXT = BLOCK_BODY;
const HOLDING_FIRST = BLOCK_BODY + 1;
const HOLDING_BYTES = 4096 - BLOCK_BODY * 4;

/** One reference held by a wrapper of this agent. */
export interface Hold {
  readonly block: Block;
  readonly page: Block;
  readonly place: number;
  dropped: boolean;
}

let page: Block | undefined;
let nextPlace = HOLDING_FIRST;
const freePlaces: { page: Block; place: number }[] = [];

/** Writes down that a wrapper of this agent has a reference (which is counted already). */
export function hold(block: Block): Hold {
  const place = freePlaces.pop() ?? newPlace();
  place.page.words[place.place] = block.line;
  return { block, page: place.page, place: place.place, dropped: false };
}

function newPlace(): { page: Block; place: number } {
  if (page === undefined || nextPlace === page.words.length) {
    const self = agent();
    const fresh = self.arena.allocate(Kind.holdings, HOLDING_BYTES, self.id);
    fresh.words[HOLDING_NEXT] = agentWord(self.table, self.id, HOLDINGS);
    setAgentWord(self.table, self.id, HOLDINGS, fresh.line);
    page = fresh;
    nextPlace = HOLDING_FIRST;
  }
  return { page, place: nextPlace++ };
}

/** Crosses a reference out without dropping it: it travels on in a message. */
export function unhold(held: Hold): void {
  if (held.dropped) return;
  held.dropped = true;
  held.page.words[held.place] = 0;
  freePlaces.push({ page: held.page, place: held.place });
}

/** Gives a wrapper's reference back. */
export function dropHold(held: Hold): void {
  if (held.dropped) return;
  unhold(held);
  dropReference(held.block);
}

/** One more reference to a block that is known to be alive. */
export function addReference(block: Block): void {
  Atomics.add(block.words, BLOCK_REFS, 1);
}

/** One more reference, unless the block is being freed. */
export function tryAddReference(block: Block): boolean {
  let seen = Atomics.load(block.words, BLOCK_REFS);
  while (seen > 0) {
    const got = Atomics.compareExchange(block.words, BLOCK_REFS, seen, seen + 1);
    if (got === seen) return true;
    seen = got;
  }
  return false;
}

/** One reference less; the last one frees the block. */
export function dropReference(block: Block): void {
  if (Atomics.sub(block.words, BLOCK_REFS, 1) !== 1) return;
  kinds[Atomics.load(block.words, BLOCK_KIND)]?.destroy?.(block);
  block.arena.free(block, agent().id);
}

/** Drops the reference that a handle in flight had. */
export function dropLine(line: number): void {
  dropReference(agent().arena.block(line));
}

const wrappers = new Map<number, WeakRef<object>>();
const finalizer = new FinalizationRegistry<Hold>((held) => {
  forget(held);
  dropHold(held);
});

/** Remembers the wrapper of a block, and gives its reference back should it be collected. */
export function watch(wrapper: object, held: Hold): void {
  wrappers.set(held.block.line, new WeakRef(wrapper));
  finalizer.register(wrapper, held, held);
}

/** Stops watching: the wrapper was disposed of, or moved to another agent. */
export function unwatch(held: Hold): void {
  finalizer.unregister(held);
  wrappers.delete(held.block.line);
}

function forget(held: Hold): void {
  if (wrappers.get(held.block.line)?.deref() === undefined) wrappers.delete(held.block.line);
}

/** This agent's wrapper for a block whose handle arrived; takes over the reference that travelled with it. */
export function adopt(kind: number, line: number): object {
  const block = agent().arena.block(line);
  const found = Atomics.load(block.words, BLOCK_KIND);
  const info = kinds[kind];
  if (found !== kind || info?.attach === undefined) {
    throw new Deno.errors.InvalidData(
      `Cannot attach a shared object: line ${line} holds kind ${found}, the handle says ${kind}`,
    );
  }
  const known = wrappers.get(line)?.deref();
  if (known !== undefined) {
    dropReference(block);
    return known;
  }
  return info.attach(block);
}

/**
 * Gives back everything an agent held that will not touch shared memory any more: locks become available (marked
 * abandoned), sleepers that counted on it are woken, its references are dropped. Done once: by the agent itself as the
 * last thing it does, or by its parent after its thread has stopped.
 */
export function giveBack(dead: number): void {
  const { arena, table } = agent();
  arena.recover(dead);
  for (const block of arena.blocks()) {
    const info = kinds[Atomics.load(block.words, BLOCK_KIND)];
    if (info?.locks === undefined && info?.ownerDied === undefined) continue;
    // Pinned, lest it be freed and become something else under our hands.
    if (!tryAddReference(block)) continue;
    for (const index of info.locks ?? []) {
      abandonLockWord(block.words, index, dead);
      // It may have died with a wake-up in its hands, and what it awaited stays in line until the engine has cleaned up
      // after it, where it would swallow the next wake-up. Waking all empties the line; the living queue anew.
      Atomics.notify(block.words, index);
    }
    info.ownerDied?.(block, dead);
    dropReference(block);
  }
  let line = agentWord(table, dead, HOLDINGS);
  while (line !== 0) {
    const holdings = arena.block(line);
    for (let i = HOLDING_FIRST; i < holdings.words.length; i++) {
      // Crossed out first: whoever does this may be stopped in the middle, and then somebody else goes on.
      const held = Atomics.exchange(holdings.words, i, 0);
      if (held !== 0) dropLine(held);
    }
    line = holdings.words[HOLDING_NEXT]!;
    setAgentWord(table, dead, HOLDINGS, line);
    dropReference(holdings);
  }
}
