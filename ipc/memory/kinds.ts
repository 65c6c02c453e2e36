/**
 * What the bookkeeping knows of each kind of block.
 *
 * A room that has a kind of shared object declares it here when it is loaded, so that lower rooms can wrap, wake, reclaim
 * and destroy blocks of that kind without importing it. An agent that reaps another one needs all kinds declared:
 * `process/every_kind.ts` sees to it.
 */
import type { Block } from "./arena.ts";

/** One kind of block. Whatever is absent, there is nothing to do. */
export interface KindInfo {
  /** Makes this agent's wrapper of a block. Absent: users never see a block of this kind. */
  attach?(block: Block): object;
  /** Indexes of the words that are lock words. */
  locks?: readonly number[];
  /**
   * Drops what the block refers to: the last reference to it is gone. Idempotent, also where an agent was killed in
   * the middle.
   */
  destroy?(block: Block): void;
  /** Wakes everybody who sleeps on a word of the block other than its locks, to try again. */
  wake?(block: Block): void;
  /** An agent has died that may have been sleeping on this block, or in the middle of using it. Idempotent. */
  ownerDied?(block: Block, dead: number): void;
  /**
   * Frees what a kill has left of an object with a name that nothing names any more, and puts right what it has torn; under
   * the object's locks, none of which this agent has. See `named.ts`.
   */
  sweep?(block: Block): void;
  /** This agent no longer uses an object with a name of which it was the one owner. Idempotent. */
  leave?(block: Block): void;
  /** Whether a message takes the object away from its sender. A connection has one owner. */
  moves?: boolean;
  /** The wrapper is to leave this agent with a message. Throws if it cannot. */
  pack?(wrapper: object): void;
  /** The message was not sent: the wrapper stays. */
  unpack?(wrapper: object): void;
  /** What `Deno.inspect` shows of a wrapper that was not disposed of. Takes no lock. */
  // deno-lint-ignore no-explicit-any
  show?(wrapper: any): Record<string, unknown>;
}

const kinds: (KindInfo | undefined)[] = [];

/** Declares a kind. */
export function registerKind(kind: number, info: KindInfo): void {
  kinds[kind] = info;
}

/** What was declared of a kind. */
export function kindInfo(kind: number): KindInfo | undefined {
  return kinds[kind];
}

/** Finds the shared object whose part an object is, and which travels in its place. */
type HomeFinder = (object: object) => object | undefined;

let finder: HomeFinder = () => undefined;

/** Declares the one class of objects that are parts of shared objects: recursive locks. */
export function setHomeFinder(homeOf: HomeFinder): void {
  finder = homeOf;
}

/** The shared object whose part an object is: that of a recursive lock. `undefined` for all others. */
export function homeOf(object: object): object | undefined {
  return finder(object);
}
