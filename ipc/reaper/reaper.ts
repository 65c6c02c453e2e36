/**
 * Reaping agents: what a process held that was killed is given back once its thread is no more, by whoever comes first.
 *
 * A process is killed by its parent, or by the runtime when its parent ends. From then on it is *killed* until its thread
 * gives no sign of life any more (`liveness.ts`), or an event tells its parent that it runs no more code; *stopped*,
 * once its locks are given back; *gone*, once all is.
 * Everybody who waits for anything reaps the dead: the parent whose event loop turns, the parent that blocks its own
 * thread, any other worker that waits for what the dead one has. Who kills wakes all who sleep, so that they look.
 *
 * Words of the agent table's entry 0:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 0 | ATTENTION: whether somebody may be killed or stopped, or is an attached worker that may have ended | who says so; who has reaped all |
 * | 1 | REAPER: lock word of the reaper | |
 *
 * Roles: one agent reaps at a time; it does not wait for the right to. If it is killed while it does so, it is the one to
 * be reaped first. Reaping may wait for locks of living agents, who may wait for those of another dead one: in such a wait,
 * inside a reaping or in the middle of another step under a lock, only locks are given back, for which no lock is needed.
 *
 * An entry of the table is freed by the parent, who has a handle to the process; or here, when the parent is no more.
 *
 * Ordering: who says that an agent was killed sets ATTENTION before and after; the reaper clears it before it looks around.
 */
import { PARENT, RESULT, STATE } from "../kill_safe.ts";
import {
  type Agent,
  agent,
  agentIndex,
  AgentState,
  agentWord,
  ATTENTION,
  Attention,
  decideStart,
  existingAgent,
  freeEntry,
  hasChildren,
  highestAgent,
  isAttachedWorker,
  leaveEntry,
  markChildrenKilled,
  markKilled,
  Phase,
  phaseOf,
  REAPER,
  serialOf,
  setAgentWord,
} from "../memory/agent.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { dropSlot } from "../memory/references.ts";
import { destroyUnwanted, reclaim, reclaimLocks } from "./reclaim.ts";
import { abandonLockWord, tryLockWord, unlockWord } from "../memory/lock_word.ts";
import {
  type Answer,
  ATTACHED_PAUSE,
  probe,
  probesAreUsedUp,
  renewProbes,
  seemsStuck,
} from "./liveness.ts";
import { setReapHook } from "../wait/wait.ts";

/** Milliseconds after which to look again at what another one is reaping. */
const MEANWHILE = 1;

/**
 * Does for the dead what can be done now.
 *
 * @param holdingLocks Whether the caller may hold a lock of this package.
 * @returns Milliseconds after which to look again; 0 when something changed just now, `Infinity` when there is nothing to do.
 */
export function reap(holdingLocks: boolean): number {
  const self = existingAgent();
  if (self === undefined) return Infinity;
  // In the middle of reaping, waiting for a lock: whoever has that may be one of those to be reaped.
  if (self.table[REAPER]! >>> 2 === self.id) {
    return Math.min(reapAll(self, true).next, MEANWHILE);
  }
  if (!holdingLocks) destroyUnwanted();
  // Read plainly, on the way to sleep; who sleeps already is woken.
  if (self.table[ATTENTION] === Attention.none) return Infinity;
  if (self.table[ATTENTION] === Attention.attached) {
    const left = probeAgainAt - performance.now();
    if (left > 0) return left;
    probeAgainAt = performance.now() + ATTACHED_PAUSE;
    renewOwnProbes(self);
  }
  if (!becomeReaper(self)) return MEANWHILE;
  let next = 0;
  try {
    Atomics.store(self.table, ATTENTION, Attention.none);
    const seen = reapAll(self, holdingLocks);
    next = seen.next === Infinity && seen.changed ? 0 : seen.next;
    if (!seen.attached) return next;
    Atomics.compareExchange(self.table, ATTENTION, Attention.none, Attention.attached);
    return Math.min(next, ATTACHED_PAUSE);
  } finally {
    // Also when this did not come to its end.
    if (next !== Infinity) Atomics.store(self.table, ATTENTION, Attention.dead);
    unlockWord(self.table, REAPER);
  }
}

/** When this thread looks after the attached workers again. */
let probeAgainAt = 0;

/** An attached worker that blocks its thread cannot leave new probes in any other way. */
function renewOwnProbes({ table, id }: Agent): void {
  if (isAttachedWorker(table, id)) renewProbes(table, id);
}

setReapHook(reap);

function becomeReaper({ table, id }: Agent): boolean {
  if (tryLockWord(table, REAPER, id) !== 0) return true;
  const other = Atomics.load(table, REAPER) >>> 2;
  const serial = serialOf(table, other);
  if (isAttachedWorker(table, other)) {
    if (probe(table, other, ATTACHED_PAUSE) !== "no more") return false;
  } else if (!isDoomed(table, other) || answerOf(table, other) !== "no more") return false;
  // Somebody else may have seen to it meanwhile, and reaped that one, and its entry may have a tenant who is reaping.
  if (serialOf(table, other) !== serial) return false;
  abandonLockWord(table, REAPER, other);
  return tryLockWord(table, REAPER, id) !== 0;
}

/** Whether an agent was told to stop, or was one of those that started it: the runtime stops it with them. */
function isDoomed(table: Int32Array, id: number): boolean {
  for (; id > 1; id = agentWord(table, id, PARENT)) {
    if (agentWord(table, id, STATE) !== AgentState.alive) return true;
  }
  return false;
}

/** Takes every step that is possible now. Only for the reaper. */
function reapAll(
  { table, id: me }: Agent,
  holdingLocks: boolean,
): { next: number; changed: boolean; attached: boolean } {
  let next = Infinity;
  let changed = false;
  let attached = false;
  for (let id = highestAgent(table); id > 1; id--) {
    let answer: Answer | undefined;
    if (isAttachedWorker(table, id)) {
      attached = true;
      if (id === me) continue;
      answer = probe(table, id, ATTACHED_PAUSE);
      if (answer !== "no more") continue;
      markKilled(table, id);
    }
    if (agentWord(table, id, STATE) === AgentState.killed) {
      answer ??= answerOf(table, id);
      if (answer !== "no more") {
        next = Math.min(next, answer);
        continue;
      }
      // The runtime has stopped its children with it.
      markChildrenKilled(table, id);
      reclaimLocks(id);
      setAgentWord(table, id, STATE, AgentState.stopped);
      changed = true;
    }
    if (agentWord(table, id, STATE) !== AgentState.stopped) continue;
    changed = true;
    if (holdingLocks) {
      next = Math.min(next, MEANWHILE);
      continue;
    }
    reclaim(id);
    setAgentWord(table, id, STATE, AgentState.gone);
    Atomics.notify(table, agentIndex(id, STATE));
    ringDoorbell();
  }
  freeOrphans(table);
  return { next, changed, attached };
}

/** Agents of whose end this one knows already, by an event or because it has asked; and which use of their entries they were. */
const toldOf = new Map<number, number>();

/** Whether the thread of a killed agent is no more. */
function answerOf(table: Int32Array<SharedArrayBuffer>, id: number): Answer {
  const serial = serialOf(table, id);
  if (toldOf.get(id) === serial) return "no more";
  const answer = newAnswerOf(table, id);
  if (answer === "no more") toldOf.set(id, serial);
  return answer;
}

function newAnswerOf(table: Int32Array<SharedArrayBuffer>, id: number): Answer {
  // Caught in its start, it never touches what is shared: it asks before it does, and is refused.
  decideStart(table, id, serialOf(table, id), Phase.refused);
  return phaseOf(table, id) === Phase.refused ? "no more" : probe(table, id);
}

/** Frees the entries of dead agents whose parents are no more, and so cannot do so. */
function freeOrphans(table: Int32Array): void {
  // Children have higher ids than their parents, mostly; what is left over by one round is freed by the next.
  for (let id = highestAgent(table); id > 1; id--) {
    if (agentWord(table, id, STATE) !== AgentState.gone || hasChildren(table, id)) continue;
    const parent = agentWord(table, id, PARENT);
    // Its parent has just freed it.
    if (parent < 0) continue;
    // An attached worker has no parent here.
    const state = parent === 0 ? AgentState.gone : agentWord(table, parent, STATE);
    if (state === AgentState.stopped || state === AgentState.gone) freeAgent(table, id);
  }
}

/** Frees the entry of an agent: one that is gone, or that never came to life. */
export function freeAgent(table: Int32Array, id: number, state: number = AgentState.gone): void {
  if (leaveEntry(table, id, state)) {
    // Nobody is going to ask for its outcome any more.
    dropSlot(table, agentIndex(id, RESULT));
    freeEntry(table, id);
  }
  Atomics.notify(table, agentIndex(id, STATE));
}

/**
 * Waits until a child that was killed or is gone is reaped, and all that it had started.
 *
 * @param ended Settles when an event has told that the thread runs no more code.
 * @param canStop Asked once, when a thread has not stopped for seconds: whether it is going to at all.
 * @returns Whether its entry can be freed: false when a thread does not stop.
 */
export async function waitUntilReaped(
  id: number,
  ended: Promise<void>,
  canStop: () => Promise<boolean>,
): Promise<boolean> {
  const { table } = agent();
  const waitedFor = (inState: (agent: number) => boolean) =>
    [id, ...descendants(table, id)].some((agent) =>
      agentWord(table, agent, STATE) === AgentState.killed &&
      phaseOf(table, agent) === Phase.started && inState(agent)
    );
  let asked = false;
  const serial = serialOf(table, id);
  const told = () => toldOf.get(id) === serial;
  ended.then(() => toldOf.set(id, serial));
  for (;;) {
    // There may be somebody to reap whom nobody has said to be killed, or an entry to free.
    Atomics.store(table, ATTENTION, Attention.dead);
    const pause = reap(false);
    if (agentWord(table, id, STATE) === AgentState.gone && !hasChildren(table, id)) return true;
    if (!asked && waitedFor((agent) => seemsStuck(table, agent))) {
      asked = true;
      if (!await canStop()) return false;
    }
    if (waitedFor((agent) => probesAreUsedUp(table, agent))) return false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = new Promise<"later">((resolve) => {
      timer = setTimeout(resolve, pause === Infinity || pause < 1 ? 1 : pause, "later");
    });
    // Once told, there is nothing but time to wait for.
    await (told() ? later : Promise.race([later, ended]));
    clearTimeout(timer);
  }
}

function descendants(table: Int32Array, parent: number): number[] {
  const found: number[] = [];
  for (let id = highestAgent(table); id > 1; id--) {
    if (
      agentWord(table, id, PARENT) === parent && agentWord(table, id, STATE) !== AgentState.free
    ) found.push(id, ...descendants(table, id));
  }
  return found;
}
