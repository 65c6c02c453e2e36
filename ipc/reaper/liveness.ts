/**
 * Whether the thread of an agent is no more, asked from any thread and answered at once.
 *
 * An event says so to the parent's event loop; a thread that blocks has none that turns. But the engine takes the
 * `Atomics.waitAsync` of a thread out of its lists at the very end of it, after the last of its code has run. So each
 * process leaves a supply of them behind, on a word that never changes: its liveness probes. To notify one of them and be
 * told that nobody was there means that the thread is no more, surely. (Being told to stop is something else: the
 * thread goes on to the next point where the engine looks, and then takes a while to come down: 1 ms mostly, 20 ms
 * with a large heap.)
 *
 * Words of the agent's entry of the table:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 5 | probes that are left | the agent, once; then who asks |
 * | 6 | the word the probes lie on, always 0 | nobody |
 * | 7 | when somebody asked last: low bits of the clock, in ms | who asks |
 *
 * Roles: only who has the right to reap (`reaper.ts`) asks, and each question takes one probe. They are rationed: the first
 * ones are asked for each millisecond, the later ones ever more rarely, so that they last for half an hour of questions. A
 * thread that is in a call into the runtime that takes long does not stop before that returns.
 *
 * An attached worker, which nobody says to be ended, is asked four times a second while somebody waits. It gives
 * new probes for those that were taken when its event loop turns; one that blocks its thread for long is taken to be alive.
 *
 * Source: `FutexEmulation::IsolateDeinit` of V8; how soon was measured.
 */
import { agentIndex, agentWord, setAgentWord } from "../memory/agent.ts";

const PROBES_LEFT = 5;
const PROBE = 6;
const PROBED_AT = 7;

const PROBES = 160;
/** Signs that are left after about five seconds of questions. */
const SUSPICIOUS = 64;

/** Milliseconds until the next question when so many probes are left: 32 times 1, 32 times 10, 32 times 150, 8 times 1000 … */
function pauseWith(left: number): number {
  if (left > SUSPICIOUS + 64) return 1;
  if (left > SUSPICIOUS + 32) return 10;
  if (left > SUSPICIOUS) return 150;
  return 1000 * 2 ** ((SUSPICIOUS - left) >>> 3);
}

/** Milliseconds between two questions to an attached worker. */
export const ATTACHED_PAUSE = 250;

/** Leaves this thread's liveness probes behind. */
export function leaveProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  for (let i = 0; i < PROBES; i++) Atomics.waitAsync(table, agentIndex(id, PROBE), 0);
  setAgentWord(table, id, PROBES_LEFT, PROBES);
}

/** As {@linkcode leaveProbes}, and new ones for those that are taken, as long as this thread's event loop turns. */
export function keepLeavingProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  setAgentWord(table, id, PROBES_LEFT, 0);
  renewProbes(table, id);
}

/** New probes for those that were taken. */
export function renewProbes(table: Int32Array<SharedArrayBuffer>, id: number): void {
  while (agentWord(table, id, PROBES_LEFT) < PROBES) {
    const probe = Atomics.waitAsync(table, agentIndex(id, PROBE), 0);
    Atomics.add(table, agentIndex(id, PROBES_LEFT), 1);
    if (probe.async) probe.value.then(() => renewProbes(table, id));
  }
}

/** Whether a thread has not stopped for seconds. */
export function seemsStuck(table: Int32Array, id: number): boolean {
  return agentWord(table, id, PROBES_LEFT) <= SUSPICIOUS;
}

/** Whether nobody can tell any more whether a thread has stopped. */
export function probesAreUsedUp(table: Int32Array, id: number): boolean {
  return agentWord(table, id, PROBES_LEFT) <= 0;
}

/** What is known of a thread: that it is no more, or when to ask again (ms; `Infinity` = never). */
export type Answer = "no more" | number;

/** Asks whether the thread of an agent is no more: by default, of one that was told to stop. */
export function probe(
  table: Int32Array<SharedArrayBuffer>,
  id: number,
  pause: number = pauseWith(agentWord(table, id, PROBES_LEFT)),
): Answer {
  const left = agentIndex(id, PROBES_LEFT);
  if (Atomics.load(table, left) <= 0) return Infinity;
  const now = Date.now() | 0;
  const since = (now - agentWord(table, id, PROBED_AT)) | 0;
  // A clock that was set back must not keep anybody waiting.
  if (since >= 0 && since < pause) return pause - since;
  setAgentWord(table, id, PROBED_AT, now);
  if (Atomics.sub(table, left, 1) <= 0) {
    // Somebody else has taken the last one.
    Atomics.add(table, left, 1);
    return Infinity;
  }
  return Atomics.notify(table, agentIndex(id, PROBE), 1) === 0 ? "no more" : pause;
}
