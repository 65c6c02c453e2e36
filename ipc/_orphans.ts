/**
 * Processes whose parent is no more.
 *
 * The runtime ends a worker's workers with it. Whoever started the dead parent does what that parent would have done
 * for its children: waits until their threads are over, gives back what they held, and frees their places.
 */
import {
  agent,
  agentIndex,
  AgentState,
  agentWord,
  aliveLockOf,
  MAX_AGENTS,
  PARENT,
  READY,
  setAgentWord,
  STATE,
} from "./_agent.ts";
import { ringDoorbell } from "./_doorbell.ts";
import { giveBack } from "./_handles.ts";

/** Web Locks, which the type library does not know yet. */
const { locks } = navigator as unknown as {
  locks: {
    request(name: string, options: { signal: AbortSignal }, held: () => void): Promise<void>;
  };
};

/**
 * Buries all descendants of a process that has ended.
 *
 * @param parent The dead one, whose own place is not free yet.
 * @param patience Milliseconds to wait for each thread.
 */
export async function reapOrphans(parent: number, patience: number): Promise<void> {
  const { table } = agent();
  for (let id = 2; id < MAX_AGENTS; id++) {
    if (agentWord(table, id, PARENT) !== parent) continue;
    if (agentWord(table, id, STATE) !== AgentState.free) await reap(id, patience);
  }
}

async function reap(id: number, patience: number): Promise<void> {
  const self = agent();
  const { table } = self;
  const state = agentIndex(id, STATE);
  Atomics.compareExchange(table, state, AgentState.alive, AgentState.dying);
  // Caught in its start, it may not have its web lock yet, so that nothing tells whether it is over. Should it still
  // come to life, it finds that it is dying and ends; its place stays taken.
  if (agentWord(table, id, READY) === 0) return;
  if (!await threadEnds(aliveLockOf(self, id), patience)) return;
  if (agentWord(table, id, STATE) !== AgentState.gone) giveBack(id);
  await reapOrphans(id, patience);
  setAgentWord(table, id, STATE, AgentState.free);
  Atomics.notify(table, state);
  ringDoorbell();
}

/**
 * Milliseconds that a thread may run on after its web lock was released: the runtime lets go of the lock when it tells the
 * thread to stop, a moment before it does (3 ms were seen).
 */
const RUNS_ON = 50;

/** Waits until the thread that holds a web lock is no more; `false` when that takes too long. */
async function threadEnds(lock: string, patience: number): Promise<boolean> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patience);
  try {
    await locks.request(lock, { signal: late.signal }, () => {});
    await new Promise<void>((resolve) => setTimeout(resolve, RUNS_ON));
    return true;
  } catch (error) {
    if (!late.signal.aborted) throw error;
    return false;
  } finally {
    clearTimeout(timer);
  }
}
