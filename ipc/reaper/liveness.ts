/**
 * Liveness probes: whether the thread of an agent has ended, asked from any thread and answered at once.
 *
 * The event that says so needs the event loop of the parent, which does not turn while the parent blocks. But the engine
 * removes a thread's pending `Atomics.waitAsync` at the very end of the thread, after the last of its code has run. So each
 * agent leaves some of them behind, its probes, on a word that never changes. Whoever asks notifies one of them: if nobody
 * was there to be notified, the thread has ended. (Being told to stop is not enough: the thread runs on to the next point
 * where the engine can stop it, and then takes 1 ms to come down, 20 ms with a large heap.)
 *
 * Words of the agent's entry in the table:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 5 | probes that are left | the agent; whoever asks |
 * | 6 | the word that they wait on, always 0 | nobody |
 * | 7 | when somebody asked last: low bits of the clock, in ms | whoever asks |
 *
 * Roles: only the reaper (`reaper.ts`) asks, and each question takes a probe. They are rationed: the first ones are asked
 * for every millisecond, the later ones ever more rarely, so that they last for half an hour. A thread in a long call into
 * the runtime stops only when that returns.
 *
 * An attached worker, of whose end nobody is told, is probed four times a second while somebody waits. When its event loop
 * turns it replaces the probes that were taken; if it blocks its thread for long, it is taken to be alive.
 *
 * Source: `FutexEmulation::IsolateDeinit` of V8. How soon it runs was measured.
 */
import { agentIndex, AgentState, agentWord, serialOf, setAgentWord } from "../memory/agent.ts";
import { STATE } from "../kill_safe.ts";
import { type Attempt, PENDING } from "../wait/wait.ts";

const PROBES_LEFT = 5;
const PROBE = 6;
const PROBED_AT = 7;

const PROBES = 160;
/** Probes that are left after about five seconds of questions. */
const SUSPICIOUS = 64;

/** Milliseconds until the next question while so many probes are left: 32 × 1, 32 × 10, 32 × 150, 8 × 1000, 8 × 2000 … */
function pauseWith(left: number): number {
  if (left > SUSPICIOUS + 64) return 1;
  if (left > SUSPICIOUS + 32) return 10;
  if (left > SUSPICIOUS) return 150;
  return 1000 * 2 ** ((SUSPICIOUS - left) >>> 3);
}

/** Milliseconds between two questions about an attached worker. */
export const ATTACHED_PAUSE = 250;

/** Leaves the probes of this thread. */
export function leaveProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  for (let i = 0; i < PROBES; i++) Atomics.waitAsync(table, agentIndex(id, PROBE), 0);
  setAgentWord(table, id, PROBES_LEFT, PROBES);
}

/** Leaves the probes of this thread, and replaces those that are taken as long as its event loop turns. */
export function keepLeavingProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  setAgentWord(table, id, PROBES_LEFT, 0);
  renewProbes(table, id);
}

/** Replaces the probes that were taken. */
export function renewProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  while (agentWord(table, id, PROBES_LEFT) < PROBES) {
    const probe = Atomics.waitAsync(table, agentIndex(id, PROBE), 0);
    Atomics.add(table, agentIndex(id, PROBES_LEFT), 1);
    if (probe.async) probe.value.then(() => renewProbes(table, id));
  }
}

/** Whether a thread was asked about for seconds and has not ended. */
export function seemsStuck(table: Int32Array, id: number): boolean {
  return agentWord(table, id, PROBES_LEFT) <= SUSPICIOUS;
}

/** Whether no probes are left: nobody can tell any more whether the thread has ended. */
export function probesAreUsedUp(table: Int32Array, id: number): boolean {
  return agentWord(table, id, PROBES_LEFT) <= 0;
}

/** That a thread has ended, or the milliseconds after which to ask again (`Infinity` = never). */
export type Answer = "ended" | number;

/** Asks whether the thread of an agent has ended, unless somebody has asked just before. */
export function probe(
  table: Int32Array<SharedArrayBuffer>,
  id: number,
  pause: number = pauseWith(agentWord(table, id, PROBES_LEFT)),
): Answer {
  const left = agentIndex(id, PROBES_LEFT);
  if (Atomics.load(table, left) <= 0) return Infinity;
  const now = Date.now() | 0;
  const since = (now - agentWord(table, id, PROBED_AT)) | 0;
  // A clock that was set back must not make anybody wait for long.
  if (since >= 0 && since < pause) return pause - since;
  setAgentWord(table, id, PROBED_AT, now);
  if (Atomics.sub(table, left, 1) <= 0) {
    // Another agent has taken the last one.
    Atomics.add(table, left, 1);
    return Infinity;
  }
  return Atomics.notify(table, agentIndex(id, PROBE), 1) === 0 ? "ended" : pause;
}

/** The end of an agent, as an operation to wait for: it is done once everything that the agent held is reclaimed. */
export class AgentExit implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #id: number;
  readonly #serial: number;
  expected: number = 0;

  /** @param id The agent that has the entry now. A later one in the same entry is not waited for. */
  constructor(table: Int32Array, id: number, serial: number = serialOf(table, id)) {
    this.words = table;
    this.index = agentIndex(id, STATE);
    this.#id = id;
    this.#serial = serial;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    return this.expected >= AgentState.gone || this.expected === AgentState.free ||
        serialOf(this.words, this.#id) !== this.#serial
      ? true
      : PENDING;
  }
}
