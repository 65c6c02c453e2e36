/**
 * Agents: the threads that share one arena, each with a small number that lock words can hold.
 *
 * The agent table is a block of the arena, eight words for each agent:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 0 | state: 0 free, 1 alive, 2 dying, 3 gone | whoever registers it; its parent; the agent itself at its end |
 * | 1 | line of its first block of holdings | the agent |
 * | 2 | id of the parent agent | the parent |
 * | 3 | exit code, once state is gone or free | the agent; its parent when the agent could not |
 * | 4 | whether it took over its arguments (1) | the agent |
 *
 * Id 0 is nobody. The main thread that first needs shared memory is 1. An id is used again only after all that the
 * dead agent held was given back.
 */
import { Arena, type Block, BLOCK_BODY, Kind } from "./_arena.ts";
import { type Liveness, setLivenessProbe } from "./_liveness.ts";

/** Most agents alive at a time. */
export const MAX_AGENTS = 4096;
const ENTRY_WORDS = 8;
export const STATE = 0;
export const HOLDINGS = 1;
export const PARENT = 2;
export const EXIT_CODE = 3;
export const READY = 4;

export const AgentState = { free: 0, alive: 1, dying: 2, gone: 3 } as const;

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
  table[1 * ENTRY_WORDS + STATE] = AgentState.alive;
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
  return current;
}

/** Takes a free id for a thread that is about to start, or for this one. */
export function reserveAgent(parent: Agent): number {
  const { table } = parent;
  for (let id = 1; id < MAX_AGENTS; id++) {
    const entry = id * ENTRY_WORDS;
    if (
      Atomics.compareExchange(table, entry + STATE, AgentState.free, AgentState.alive) ===
        AgentState.free
    ) {
      Atomics.store(table, entry + HOLDINGS, 0);
      Atomics.store(table, entry + PARENT, parent.id);
      Atomics.store(table, entry + EXIT_CODE, 0);
      Atomics.store(table, entry + READY, 0);
      return id;
    }
  }
  throw new RangeError(`Cannot start another process: ${MAX_AGENTS - 1} are alive already`);
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

/**
 * Milliseconds after which an agent that was told to stop has surely stopped. Its parent learns of the very moment from
 * an event; this is for a parent that blocks its own thread and so cannot receive it.
 */
const SURELY_STOPPED = 100;
const dyingSince = new Map<number, number>();

setLivenessProbe((buffer, id): Liveness => {
  if (current === undefined || current.arena.buffer !== buffer || id >= MAX_AGENTS) return "alive";
  const state = agentWord(current.table, id, STATE);
  if (state !== AgentState.dying) {
    dyingSince.delete(id);
    return state === AgentState.gone ? "gone" : "alive";
  }
  const since = dyingSince.get(id);
  if (since === undefined) dyingSince.set(id, performance.now());
  return since !== undefined && performance.now() - since > SURELY_STOPPED ? "gone" : "dying";
});
