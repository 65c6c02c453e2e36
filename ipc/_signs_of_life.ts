/**
 * Whether the thread of an agent is no more, asked from any thread and answered at once.
 *
 * An event says so to the parent's event loop; a thread that blocks has none that turns. But the engine takes the
 * `Atomics.waitAsync` of a thread out of its lists at the very end of it, after the last of its code has run. So each
 * process leaves a supply of them behind, on a word that never changes: its signs of life. To notify one of them and be
 * told that nobody was there means that the thread is no more, surely. (Being told to stop is something else: the
 * thread goes on to the next point where the engine looks, and then takes a while to come down: 1 ms mostly, 20 ms
 * with a large heap.)
 *
 * Words of the agent's place in the table:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 5 | signs that are left | the agent, once; then who asks |
 * | 6 | the word the signs lie on, always 0 | nobody |
 * | 7 | when somebody asked last: low bits of the clock, in ms | who asks |
 *
 * Roles: only who has the right to bury (`_burial.ts`) asks, and each question takes one sign. They are rationed so that
 * they last for more than {@linkcode STUCK_AFTER} milliseconds of questions: the first ones each millisecond, then ever
 * more rarely. A thread that still gives signs when they are used up does not stop.
 *
 * Source: `FutexEmulation::IsolateDeinit` of V8; how soon was measured.
 */
import { agentIndex, agentWord, setAgentWord } from "./_agent.ts";

const LEFT = 5;
const SIGN = 6;
const ASKED = 7;

const SIGNS = 96;
/** Milliseconds between two questions while so many signs are left. */
const PACES = [
  { above: 64, pause: 1 },
  { above: 32, pause: 10 },
  { above: 0, pause: 160 },
] as const;
/** Milliseconds for which the signs last at least. */
export const STUCK_AFTER = 5000;

/** Leaves this thread's signs of life behind. */
export function giveSigns(table: Int32Array<SharedArrayBuffer>, id: number): void {
  for (let i = 0; i < SIGNS; i++) Atomics.waitAsync(table, agentIndex(id, SIGN), 0);
  setAgentWord(table, id, LEFT, SIGNS);
}

/** Whether nobody can tell any more whether a thread that was told to stop has done so. */
export function signsAreUsedUp(table: Int32Array, id: number): boolean {
  return agentWord(table, id, LEFT) === 0;
}

/** What is known of a thread: that it is no more, or when to ask again (ms; `Infinity` = never, it does not stop). */
export type Answer = "no more" | number;

/** Asks whether the thread of a process that was told to stop is no more. */
export function askForSign(table: Int32Array<SharedArrayBuffer>, id: number): Answer {
  const left = agentWord(table, id, LEFT);
  const pause = PACES.find(({ above }) => left > above)?.pause;
  if (pause === undefined) return Infinity;
  const now = Date.now() | 0;
  const since = (now - agentWord(table, id, ASKED)) | 0;
  // A clock that was set back must not keep anybody waiting.
  if (since >= 0 && since < pause) return pause - since;
  setAgentWord(table, id, ASKED, now);
  setAgentWord(table, id, LEFT, left - 1);
  return Atomics.notify(table, agentIndex(id, SIGN), 1) === 0 ? "no more" : pause;
}
