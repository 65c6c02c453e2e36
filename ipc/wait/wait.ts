/**
 * Waiting on a word of shared memory: one description of an operation, driven three ways.
 *
 * An {@linkcode Attempt} tries an operation once. When it cannot be done yet it says which word will change, and which
 * value of that word it saw; the drivers sleep until the word differs. `waitSync` blocks the thread with
 * `Atomics.wait`, `waitAsync` awaits `Atomics.waitAsync` on the same word, so blocked and awaiting agents meet on
 * equal terms; `try…` forms just call `attempt` once.
 *
 * Whoever waits reaps the dead (`reaper/reaper.ts`): before it sleeps, and now and then meanwhile, as long as there are any.
 * So what a killed worker held is given back also where the thread that killed it blocks, or is busy with other things.
 *
 * Two facts of the platform are handled here and nowhere else:
 * - A pending `Atomics.waitAsync` does not keep the program alive: one never-firing timer does, while any is pending.
 * - A pending `Atomics.waitAsync` is woken by the engine at once, but acts only when its event loop turns. So one that is
 *   given up (abort), or whose own thread is about to block, would swallow a wake-up meant for somebody who is ready. Both
 *   first wake everybody on the word: those who still wait look again and queue anew, the others once their thread is free.
 */
import { countSleeper, discountSleeper } from "../kill_safe.ts";

export { deadlineOf, type WaitOptions, type WaitSyncOptions } from "./options.ts";

/** The operation cannot be done yet. */
export const PENDING: unique symbol = Symbol("pending");
/** The deadline passed first. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

/** One operation that may have to wait. */
export interface Attempt<T> {
  /** Tries once; on PENDING sets `words`, `index` and `expected`. */
  attempt(): T | typeof PENDING;
  readonly words: Int32Array;
  readonly index: number;
  /** Sleep only while the word still has this value. */
  readonly expected: number;
  /** Word that counts sleepers; wakers skip the notify while it is 0. Absent: wakers know otherwise. */
  readonly sleepers?: number | undefined;
}

/** Milliseconds left, never negative. */
function remaining(deadline: number): number {
  return deadline === Infinity ? Infinity : Math.max(0, deadline - performance.now());
}

/**
 * Spinning before sleeping. To be woken takes longer (10-30 us) than many a peer takes to answer, so a thread that is
 * about to sleep looks at the word for a while first (256 to 4096 spins, about 3 to 40 us). That helps only while the peer
 * has a processor of its own: after a few vain spins in a row the thread just sleeps, for more and more waits before it
 * tries again, so that on a busy machine looking costs next to nothing.
 */
const FIRST_SPINS = 256;
const MOST_SPINS = 4096;
const VAIN_IN_A_ROW = 5;
const FIRST_BACKOFF = 64;
const LONGEST_BACKOFF = 4096;
let spins = FIRST_SPINS;
let vain = 0;
/** Waits to come without looking; all of them where there is one processor. */
let backoff = navigator.hardwareConcurrency > 1 ? 0 : Infinity;
let nextBackoff = FIRST_BACKOFF;

/** Whether the word changed while it was looked at. */
function changesSoon(words: Int32Array, index: number, expected: number): boolean {
  if (backoff > 0) {
    backoff--;
    return false;
  }
  for (let i = 0; i < spins; i++) {
    if (Atomics.load(words, index) !== expected) {
      vain = 0;
      nextBackoff = FIRST_BACKOFF;
      return true;
    }
  }
  spins = Math.min(MOST_SPINS, spins * 2);
  if (++vain === VAIN_IN_A_ROW) {
    spins = FIRST_SPINS;
    vain = 0;
    backoff = nextBackoff;
    nextBackoff = Math.min(LONGEST_BACKOFF, nextBackoff * 2);
  }
  return false;
}

/**
 * Looks after the dead and says after how many milliseconds to do so again. Where another lock may be held, it does no more
 * than give locks back.
 */
export type ReapHook = (holdingLocks: boolean) => number;
let reapHook: ReapHook = () => Infinity;

/** Installs who reaps the dead. */
export function setReapHook(reap: ReapHook): void {
  reapHook = reap;
}

/**
 * Milliseconds that a thread blocks at a time. Somebody may be killed between the look after the dead and the sleep, and
 * wake all who sleep a moment too early; and inside a step that holds a lock, only the owner of another one may be missing.
 */
const LONGEST = 1000;
const INSIDE = 100;

/** What an attempt may fail for is a dead worker: reaps them. Whether to try once more. */
export function reapNow(): boolean {
  return reapHook(false) !== Infinity;
}

/** Reaps the dead, and says after how many milliseconds to do so again; see {@linkcode ReapHook}. */
export function reapNext(): number {
  return reapHook(false);
}

/** Tries an operation without waiting. */
export function tryOnce<T>(operation: Attempt<T>): T | typeof PENDING {
  const result = operation.attempt();
  return result === PENDING && reapNow() ? operation.attempt() : result;
}

/** Where it is written down on which word this thread is counted as a sleeper, should it be killed meanwhile. */
let record: Int32Array | undefined;
let recordIndex = 0;

/** Installs where: two words, for the line of the counting word's memory (64 bytes) and its index from there. */
export function setSleepRecord(words: Int32Array, index: number): void {
  record = words;
  recordIndex = index;
}

/**
 * Drives an operation to its end by blocking the thread.
 *
 * @param holdingLocks Whether this may be a step inside another one that holds a lock of this package.
 */
export function waitSync<T>(
  operation: Attempt<T>,
  deadline: number,
  holdingLocks: boolean = false,
): T | typeof TIMED_OUT {
  let result = operation.attempt();
  if (result !== PENDING) return result;
  if (deadline === 0) {
    if (reapNow()) result = operation.attempt();
    return result === PENDING ? TIMED_OUT : result;
  }
  const { words, sleepers } = operation;
  if (sleepers !== undefined) {
    countSleeper(words, sleepers, words.byteOffset / 64, record!, recordIndex);
  }
  leaveWaitQueues();
  try {
    for (;;) {
      const slice = Math.min(reapHook(holdingLocks), holdingLocks ? INSIDE : LONGEST);
      // After announcing ourselves we must look again: the waker may have looked just before.
      result = operation.attempt();
      if (result !== PENDING) return result;
      const left = remaining(deadline);
      if (left <= 0) return TIMED_OUT;
      if (changesSoon(words, operation.index, operation.expected)) continue;
      Atomics.wait(
        words,
        operation.index,
        operation.expected,
        Math.min(left, slice),
      );
    }
  } finally {
    if (sleepers !== undefined) discountSleeper(words, sleepers, record!, recordIndex);
  }
}

/** Drives an operation to its end without blocking; rejects with the signal's reason on abort. */
export async function waitAsync<T>(
  operation: Attempt<T>,
  deadline: number,
  signal?: AbortSignal,
): Promise<T | typeof TIMED_OUT> {
  signal?.throwIfAborted();
  let result = operation.attempt();
  if (result !== PENDING) return result;
  if (deadline === 0) {
    if (reapNow()) result = operation.attempt();
    return result === PENDING ? TIMED_OUT : result;
  }
  const { words, sleepers } = operation;
  if (sleepers !== undefined) Atomics.add(words, sleepers, 1);
  try {
    for (;;) {
      const slice = reapHook(false);
      result = operation.attempt();
      if (result !== PENDING) return result;
      // The abort may have come in the same turn as a wake that led to nothing; its event is not going to come again.
      signal?.throwIfAborted();
      const left = remaining(deadline);
      if (left <= 0) return TIMED_OUT;
      await sleep(
        words,
        operation.index,
        operation.expected,
        Math.min(left, slice),
        signal,
      );
    }
  } finally {
    if (sleepers !== undefined) Atomics.sub(words, sleepers, 1);
  }
}

/** The words that tasks of this thread await. */
const awaited = new Set<{ readonly words: Int32Array; readonly index: number }>();

/**
 * Takes the tasks of this thread out of all wait queues: they cannot act while it is blocked, and none can join. As soon as it
 * is free, they look again.
 */
function leaveWaitQueues(): void {
  if (awaited.size === 0) return;
  for (const { words, index } of awaited) Atomics.notify(words, index);
  awaited.clear();
}

/** Sleeps until the word is notified, the time is up or the signal aborts (then it throws the reason). */
async function sleep(
  words: Int32Array,
  index: number,
  expected: number,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const shared = words as Int32Array<SharedArrayBuffer>;
  const wait = milliseconds === Infinity
    ? Atomics.waitAsync(shared, index, expected)
    : Atomics.waitAsync(shared, index, expected, milliseconds);
  if (!wait.async) return;
  const entry = { words, index };
  awaited.add(entry);
  holdProgram();
  try {
    if (signal === undefined) {
      await wait.value;
      return;
    }
    const aborted = Promise.withResolvers<"aborted">();
    const onAbort = () => aborted.resolve("aborted");
    signal.addEventListener("abort", onAbort, { once: true });
    let outcome: string;
    try {
      outcome = await Promise.race([wait.value, aborted.promise]);
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
    if (outcome === "aborted") {
      // The engine still has us queued, or has just woken us in vain: see the head of this file.
      Atomics.notify(shared, index);
      throw signal.reason;
    }
  } finally {
    awaited.delete(entry);
    releaseProgram();
  }
}

/** The longest delay a timer takes: about 24.8 days; it is set anew if it ever fires. */
export const FOREVER: number = 2 ** 31 - 1;
let pending = 0;
let keepAlive: ReturnType<typeof setInterval> | undefined;

/** Keeps the program alive, however little it has to do, until {@linkcode releaseProgram} is called as often. */
export function holdProgram(): void {
  if (pending++ === 0) keepAlive = setInterval(() => {}, FOREVER);
}

/**
 * Undoes one {@linkcode holdProgram}. At once, though the next wait may come soon: a timer that outlives the last wait, be
 * it by a few turns of the microtask queue, is a leak to the test runner.
 */
export function releaseProgram(): void {
  if (--pending === 0) clearInterval(keepAlive);
}
