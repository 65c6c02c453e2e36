/**
 * Agents: the threads that share one arena. Each has a small number, its id, that lock words can hold.
 *
 * The states of an agent:
 *
 * ```
 *         takeEntry           told to stop             its thread has ended,       the rest
 *                                                      its locks are reclaimed     is reclaimed
 *   free ──────────▶ alive ──────────────▶ killed ──────────────────────▶ stopped ─────────────▶ gone
 *    ▲                 │                                                                          ▲ │
 *    │                 └──────────── ends by itself, and has reclaimed what it held ──────────────┘ │
 *    │  freeEntry                                                                                   │
 *    └────────────────────────────────────── leaving ◀──────────────────────────────────────────────┘
 * ```
 *
 * The agent table is a block of the arena with an entry of sixteen words for each agent:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 0 | state, see {@linkcode AgentState} | whoever registers it; its parent; the agent at its end; the reaper |
 * | 1 | line of its first page of holdings | the agent; the reaper |
 * | 2 | id of the parent agent | the parent, once |
 * | 3 | exit code, once it is gone | the agent; its parent when the agent could not |
 * | 4 | `serial << 2 \| phase`: how often this entry was taken, and how far the start of its agent has come, see {@linkcode Phase} | the parent, once; then one compareExchange each |
 * | 5-7 | liveness probes, see `reaper/liveness.ts` | |
 * | 8 | line of the references in its arguments, until it has decoded them | the parent; the agent; the reaper |
 * | 9, 10 | sleep record, see `wait/before_sleep.ts` | the agent; the reaper |
 * | 11, 12 | hazards: lines of blocks that it protects while it reaps, see `reaper/reclaim.ts` | the agent; the reaper |
 * | 13 | line of the references in its outcome, until its parent has decoded it | the agent; its parent; who frees the entry |
 *
 * Id 0 is nobody. The words of its entry belong to the program, see `reaper/reaper.ts`:
 *
 * | word | holds |
 * |---|---|
 * | 0 | whether there are agents to reap, see {@linkcode Attention} |
 * | 1 | lock word of the reaper |
 * | 2 | the highest id that was ever used |
 *
 * The thread that first needs shared memory is 1. An id is used again once all that the dead agent held is reclaimed, with
 * another serial.
 */
import { PARENT, PHASE, SLEEPS_AT, STATE, takeEntry } from "../kill_safe.ts";
import { Arena, type Block, BLOCK_BODY, Kind } from "./arena.ts";
import { setSleepRecord } from "../wait/before_sleep.ts";

/** Most agents alive at a time. */
export const MAX_AGENTS = 4096;
const ENTRY_WORDS = 16;
/** Parent of an entry that is being freed. */
const NO_PARENT = -1;

export const ATTENTION = 0;
export const REAPER = 1;
/**
 * Whom to reap: nobody; attached workers, which may have ended without anybody being told; somebody who was killed.
 */
export const Attention = { none: 0, attached: 1, dead: 2 } as const;
const HIGHEST = 2;

/** The states of an agent, as drawn at the head of this file. */
export const AgentState = {
  free: 0,
  alive: 1,
  killed: 2,
  stopped: 3,
  gone: 4,
  leaving: 5,
} as const;

/** How far the start of a process has come. It touches shared objects only once it has started; refused, it never does. */
export const Phase = { starting: 0, started: 1, refused: 2 } as const;

/** This thread as an agent. */
export interface Agent {
  readonly id: number;
  readonly arena: Arena;
  readonly table: Int32Array<SharedArrayBuffer>;
}

let current: Agent | undefined;

/** This thread's agent. The first call in a program makes the arena. */
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
  arena.me = 1;
  return { id: 1, arena, table };
}

function tableOf(block: Block): Int32Array<SharedArrayBuffer> {
  return block.words.subarray(BLOCK_BODY);
}

/**
 * Makes this thread an agent of another one's arena.
 *
 * @param id What its parent reserved for it; absent for an attached worker, which takes a free one.
 * @throws {TypeError} If the thread belongs to another arena already.
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
  arena.me = current.id;
  setSleepRecord(table, agentIndex(current.id, SLEEPS_AT));
  return current;
}

/** Whether an agent is an attached worker, and not known to have ended. */
export function isAttachedWorker(table: Int32Array, id: number): boolean {
  return agentWord(table, id, STATE) === AgentState.alive && agentWord(table, id, PARENT) === 0 &&
    phaseOf(table, id) === Phase.started;
}

/**
 * Takes a free entry for a thread that is about to start, or for this one.
 *
 * @throws {RangeError} If there is none.
 */
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
 * Frees an entry after {@linkcode leaveEntry}. Parent and phase are made harmless first: whoever reads the entry while the
 * next agent takes it must not take that one for a child or for a starting process.
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

/** Tells an agent from all others that had, or will have, its id. */
export function serialOf(table: Int32Array, id: number): number {
  return agentWord(table, id, PHASE) >>> 2;
}

/** How far the start of an agent has come. */
export function phaseOf(table: Int32Array, id: number): number {
  return agentWord(table, id, PHASE) & 3;
}

/** Decides whether a starting process may go on. False if that was decided before, or the entry has another agent. */
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
 * Marks an agent as killed: its thread was told to stop. Whoever waits from here on reaps it.
 *
 * @returns Whether it was alive until now.
 */
export function markKilled(table: Int32Array, id: number): boolean {
  // Before, since this agent may itself be killed in here; and after, since a reaper may just have cleared it.
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
 * Marks all children of an agent as killed: the runtime ends them with their parent.
 *
 * @returns Whether there were any.
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
 * Name of the web lock that a process holds while its thread runs. Without it the runtime does not stop a busy thread.
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
