/**
 * Reaping: what a killed agent held is reclaimed, by the first agent that waits.
 *
 * A process is killed by its parent, or by the runtime when its parent ends. It is then *killed* until its thread has
 * ended, which a liveness probe (`liveness.ts`) or an event of its parent's tells; *stopped* once its locks are reclaimed;
 * *gone* once everything is. See `memory/agent.ts` for a drawing.
 *
 * Everybody who waits for anything reaps: the parent whose event loop turns, the parent that blocks its own thread, any
 * worker that waits for what the dead one has. Whoever kills wakes all sleepers, so that they do.
 *
 * Words of entry 0 of the agent table:
 *
 * | word | holds | written by |
 * |---|---|---|
 * | 0 | ATTENTION: whether there may be somebody to reap, or an attached worker that may have ended | whoever says so; the reaper |
 * | 1 | REAPER: lock word of the reaper | |
 *
 * Roles: one agent at a time reaps; nobody waits for the right to. If the reaper is killed, it is the first one to be
 * reaped, so every step is idempotent. Reaping may wait for the lock of a living agent, which may itself wait for one of
 * another dead agent. In such a wait, and in any wait of a step that holds a lock, only locks are reclaimed: that needs no
 * lock.
 *
 * An entry of the table is freed by the parent, which has a `Process` for it; by the reaper, if the parent is gone.
 *
 * Ordering: whoever marks an agent as killed sets ATTENTION before and after; the reaper clears it before it reads the
 * states.
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
import { setReapHook } from "../wait/before_sleep.ts";

/** Milliseconds after which to try again while another agent reaps. */
const MEANWHILE = 1;

/** Reaps whom it can now; see {@linkcode ReapHook}. */
export function reap(holdingLocks: boolean): number {
  const self = existingAgent();
  if (self === undefined) return Infinity;
  // This very agent is reaping, and waits for a lock, whose owner may be dead, too.
  if (self.table[REAPER]! >>> 2 === self.id) {
    return Math.min(reapAll(self, true).next, MEANWHILE);
  }
  if (!holdingLocks) destroyUnwanted();
  // A plain read is enough on the way to sleep: sleepers are woken.
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
    // Also if an error was thrown.
    if (next !== Infinity) Atomics.store(self.table, ATTENTION, Attention.dead);
    unlockWord(self.table, REAPER);
  }
}

/** When this thread probes the attached workers again. */
let probeAgainAt = 0;

/** Renews the probes of this agent: if it blocks its thread, its event loop does not. */
function renewOwnProbes({ table, id }: Agent): void {
  if (isAttachedWorker(table, id)) renewProbes(table, id);
}

setReapHook(reap);

function becomeReaper({ table, id }: Agent): boolean {
  if (tryLockWord(table, REAPER, id) !== 0) return true;
  const other = Atomics.load(table, REAPER) >>> 2;
  const serial = serialOf(table, other);
  if (isAttachedWorker(table, other)) {
    if (probe(table, other, ATTACHED_PAUSE) !== "ended") return false;
  } else if (!isDoomed(table, other) || answerOf(table, other) !== "ended") return false;
  // Another agent may have reaped it, and its entry may now belong to a new reaper.
  if (serialOf(table, other) !== serial) return false;
  abandonLockWord(table, REAPER, other);
  return tryLockWord(table, REAPER, id) !== 0;
}

/** Whether an agent was killed, or one of its ancestors: the runtime stops it with them. */
function isDoomed(table: Int32Array, id: number): boolean {
  for (; id > 1; id = agentWord(table, id, PARENT)) {
    if (agentWord(table, id, STATE) !== AgentState.alive) return true;
  }
  return false;
}

/** Takes every step that can be taken now, for all agents. Only for the reaper. */
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
      if (answer !== "ended") continue;
      markKilled(table, id);
    }
    if (agentWord(table, id, STATE) === AgentState.killed) {
      answer ??= answerOf(table, id);
      if (answer !== "ended") {
        next = Math.min(next, answer);
        continue;
      }
      // The runtime stops its children with it.
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

/** Agents known to have ended, from an event or a probe, with their serials. */
const toldOf = new Map<number, number>();

/** Whether the thread of a killed agent has ended. */
function answerOf(table: Int32Array<SharedArrayBuffer>, id: number): Answer {
  const serial = serialOf(table, id);
  if (toldOf.get(id) === serial) return "ended";
  const answer = newAnswerOf(table, id);
  if (answer === "ended") toldOf.set(id, serial);
  return answer;
}

function newAnswerOf(table: Int32Array<SharedArrayBuffer>, id: number): Answer {
  // If it has not started yet, it is refused, and never touches shared objects.
  decideStart(table, id, serialOf(table, id), Phase.refused);
  return phaseOf(table, id) === Phase.refused ? "ended" : probe(table, id);
}

/** Frees the entries of dead agents whose parents are dead, too. */
function freeOrphans(table: Int32Array): void {
  // Most children have higher ids than their parents; what one round leaves, the next one frees.
  for (let id = highestAgent(table); id > 1; id--) {
    if (agentWord(table, id, STATE) !== AgentState.gone || hasChildren(table, id)) continue;
    const parent = agentWord(table, id, PARENT);
    // Its parent is freeing it.
    if (parent < 0) continue;
    // An attached worker has no parent.
    const state = parent === 0 ? AgentState.gone : agentWord(table, parent, STATE);
    if (state === AgentState.stopped || state === AgentState.gone) freeAgent(table, id);
  }
}

/** Frees the entry of an agent that is gone, or that was never started. */
export function freeAgent(table: Int32Array, id: number, state: number = AgentState.gone): void {
  if (leaveEntry(table, id, state)) {
    // Nobody is going to ask for its outcome any more.
    dropSlot(table, agentIndex(id, RESULT));
    freeEntry(table, id);
  }
  Atomics.notify(table, agentIndex(id, STATE));
}

/**
 * Waits until a child that was killed or has ended is reaped, and all its descendants.
 *
 * @param ended Settles when an event has told that the thread has ended.
 * @param canStop Asked once, if a thread does not stop for seconds: whether this runtime can stop a busy thread.
 * @returns Whether its entry can be freed; false if a thread does not stop.
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
    // There may be an agent to reap that nobody has marked, or an entry to free.
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
    // Once it has ended, no event is to come.
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
