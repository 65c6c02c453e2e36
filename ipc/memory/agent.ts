/**
 * Agents: the threads that share one arena, each with a small number that lock words can hold.
 *
 * The agent table is a block of the arena, sixteen words for each agent:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 0 | state, see {@linkcode AgentState} | whoever registers it; its parent; the agent itself at its end; the reaper |
 * | 1 | line of its first block of holdings | the agent; the reaper |
 * | 2 | id of the parent agent | the parent, once |
 * | 3 | exit code, once it is gone | the agent; its parent when the agent could not |
 * | 4 | `serial << 2 \| phase`: which use of this entry it is, and how far its start has come, see {@linkcode Phase} | the parent, once; then one compareExchange each |
 * | 5-7 | liveness probes, see `reaper/liveness.ts` | |
 * | 8 | line of the block that refers to what its arguments refer to, until it has taken them over | the parent; the agent; the reaper |
 * | 9, 10 | line and index of the word on which it is counted as a sleeper, if it blocks; the second is 0 if not | the agent; the reaper |
 * | 11, 12 | hazards: lines of blocks that it protects while it reaps (the second one: in the middle of protecting the first) | the agent; the reaper |
 * | 13 | line of the block that keeps alive what its outcome refers to, until its parent has looked at it | the agent; its parent; who frees the entry |
 *
 * Id 0 is nobody; the words of its entry are the program's own, see `reaper/reaper.ts`:
 *
 * | word | holds |
 * |---|---|
 * | 0 | whether agents are to be reaped, see {@linkcode Attention} |
 * | 1 | lock word of the reaper |
 * | 2 | the highest id that was ever used |
 *
 * The main thread that first needs shared memory is 1. An id is used again only after all that the dead agent held was
 * given back, and with another serial.
 */
import { PARENT, PHASE, SLEEPS_AT, STATE, takeEntry } from "../kill_safe.ts";
import { Arena, type Block, BLOCK_BODY, Kind } from "./arena.ts";
import { setSleepRecord } from "../wait/wait.ts";

/** Most agents alive at a time. */
export const MAX_AGENTS = 4096;
const ENTRY_WORDS = 16;
/** Whose parent nobody is. */
const NO_PARENT = -1;

export const ATTENTION = 0;
export const REAPER = 1;
/** Nobody; attached workers, which may end without a word; somebody who may be killed or stopped. */
export const Attention = { none: 0, attached: 1, dead: 2 } as const;
const HIGHEST = 2;

/**
 * What is known of an agent: that it runs, was told to stop, has stopped and let its locks go, has had everything it held
 * given back, or that its entry is being freed.
 */
export const AgentState = {
  free: 0,
  alive: 1,
  killed: 2,
  stopped: 3,
  gone: 4,
  leaving: 5,
} as const;

/**
 * How far the start of a process has come. Until it has started, it touches nothing of what is shared; refused, it never
 * will.
 */
export const Phase = { starting: 0, started: 1, refused: 2 } as const;

/** This thread, as the others see it. */
export interface Agent {
  readonly id: number;
  readonly arena: Arena;
  readonly table: Int32Array<SharedArrayBuffer>;
}

let current: Agent | undefined;

/** This thread's agent; the first call in a program makes the arena. */
export function agent(): Agent {
  return current ??= found();
}

/** This thread's agent if it has one already. */
export function existingAgent(): Agent | undefined {
  return current;
}

function found(): Agent {
  const arena = Arena.create();
  const block = arena.allocate(Kind.agents, MAX_AGENTS * ENTRY_WORDS * 4, 1);
  arena.agentsLine = block.line;
  const table = tableOf(block);
  table[agentIndex(1, STATE)] = AgentState.alive;
  table[HIGHEST] = 1;
  setSleepRecord(table, agentIndex(1, SLEEPS_AT));
  return { id: 1, arena, table };
}

function tableOf(block: Block): Int32Array<SharedArrayBuffer> {
  return block.words.subarray(BLOCK_BODY);
}

/**
 * Makes this thread an agent of an arena that another one made: under the id its parent reserved for it, or, for
 * threads that were not started by us, under a fresh one.
 */
export function joinArena(buffer: SharedArrayBuffer, id?: number): Agent {
  if (current !== undefined) {
    if (current.arena.isIn(buffer)) return current;
    throw new TypeError(
      "Cannot attach a shared object: this thread already has shared objects of its own, and the two memories are apart; " +
        "attach before creating any",
    );
  }
  const arena = Arena.attach(buffer);
  const table = tableOf(arena.block(arena.agentsLine));
  current = { id: id ?? reserveAgent({ id: 0, arena, table }), arena, table };
  setSleepRecord(table, agentIndex(current.id, SLEEPS_AT));
  return current;
}

/** Whether an agent is an attached worker that is not known to have ended. */
export function isAttachedWorker(table: Int32Array, id: number): boolean {
  return agentWord(table, id, STATE) === AgentState.alive && agentWord(table, id, PARENT) === 0 &&
    phaseOf(table, id) === Phase.started;
}

/** Takes a free id for a thread that is about to start, or for this one. */
export function reserveAgent(parent: Agent): number {
  const { table } = parent;
  for (let id = 1; id < MAX_AGENTS; id++) {
    raise(table, id);
    if (takeEntry(table, id * ENTRY_WORDS, AgentState.free, AgentState.alive, parent.id)) return id;
  }
  throw new RangeError(`Cannot start another process: ${MAX_AGENTS - 1} are alive already`);
}

/** Begins to free the entry of an agent that is in a state; false if somebody else does, or did. */
export function leaveEntry(table: Int32Array, id: number, state: number): boolean {
  return Atomics.compareExchange(table, agentIndex(id, STATE), state, AgentState.leaving) === state;
}

/**
 * Frees an entry after {@linkcode leaveEntry}. What it says of its tenant is made harmless first: the next one's words are
 * not all there at once.
 */
export function freeEntry(table: Int32Array, id: number): void {
  setAgentWord(table, id, PARENT, NO_PARENT);
  setAgentWord(table, id, PHASE, (serialOf(table, id) << 2) | Phase.refused);
  setAgentWord(table, id, STATE, AgentState.free);
}

function raise(table: Int32Array, id: number): void {
  let seen = Atomics.load(table, HIGHEST);
  while (seen < id) {
    const got = Atomics.compareExchange(table, HIGHEST, seen, id);
    if (got === seen) return;
    seen = got;
  }
}

/** The highest id in use, or more. */
export function highestAgent(table: Int32Array): number {
  return Atomics.load(table, HIGHEST);
}

/** Which use of its entry an agent is. */
export function serialOf(table: Int32Array, id: number): number {
  return agentWord(table, id, PHASE) >>> 2;
}

/** How far its start has come. */
export function phaseOf(table: Int32Array, id: number): number {
  return agentWord(table, id, PHASE) & 3;
}

/** Decides whether a process that is starting may go on; false when that is decided already, or it is another one. */
export function decideStart(
  table: Int32Array,
  id: number,
  serial: number,
  decision: typeof Phase.started | typeof Phase.refused,
): boolean {
  const starting = (serial << 2) | Phase.starting;
  const decided = (serial << 2) | decision;
  return Atomics.compareExchange(table, agentIndex(id, PHASE), starting, decided) === starting;
}

/**
 * Says that an agent's thread was told to stop, if it was alive until now. Whoever waits from here on reaps the dead
 * (`reaper/reaper.ts`).
 */
export function markKilled(table: Int32Array, id: number): boolean {
  // Said before, lest nobody know of it should this very agent be stopped in here; and after, since somebody may just
  // have looked around and taken the mark down.
  Atomics.store(table, ATTENTION, Attention.dead);
  const before = Atomics.compareExchange(
    table,
    agentIndex(id, STATE),
    AgentState.alive,
    AgentState.killed,
  );
  Atomics.store(table, ATTENTION, Attention.dead);
  return before === AgentState.alive;
}

/** Whether an agent has children whose entries are not free yet. */
export function hasChildren(table: Int32Array, id: number): boolean {
  for (let child = highestAgent(table); child > 1; child--) {
    if (
      agentWord(table, child, STATE) !== AgentState.free && agentWord(table, child, PARENT) === id
    ) return true;
  }
  return false;
}

/**
 * Says of all children of an agent that they are being stopped: the runtime ends them with their parent. Whether there
 * were any.
 */
export function markChildrenKilled(table: Int32Array, id: number): boolean {
  let found = false;
  for (let child = highestAgent(table); child > 1; child--) {
    if (
      agentWord(table, child, STATE) === AgentState.alive && agentWord(table, child, PARENT) === id
    ) found = markKilled(table, child) || found;
  }
  return found;
}

/**
 * The web lock that a process holds as long as its thread runs, without which the runtime does not stop the thread.
 */
export function aliveLockOf({ arena, table }: Agent, id: number): string {
  return `ferry-process-${arena.name}-${id}-${serialOf(table, id)}`;
}

/** Reads a word of an agent's table entry. */
export function agentWord(table: Int32Array, id: number, word: number): number {
  return Atomics.load(table, id * ENTRY_WORDS + word);
}

/** Writes a word of an agent's table entry. */
export function setAgentWord(table: Int32Array, id: number, word: number, value: number): void {
  Atomics.store(table, id * ENTRY_WORDS + word, value);
}

/** Index of a word of an agent's entry, for waiting on it. */
export function agentIndex(id: number, word: number): number {
  return id * ENTRY_WORDS + word;
}
