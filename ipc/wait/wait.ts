/**
 * Waiting on a word of shared memory: one description of an operation, driven three ways.
 *
 * An {@linkcode Attempt} tries an operation once. If it cannot be done yet, the attempt says which word will change, and
 * which value of that word it saw. The drivers sleep until the word differs:
 *
 * - {@linkcode waitSync} blocks the thread with `Atomics.wait`;
 * - {@linkcode waitAsync} awaits `Atomics.waitAsync` on the same word, so that blocked and awaiting agents wait in one
 *   queue, first come first served;
 * - `try…` methods call `attempt` once, {@linkcode tryOnce} once more if somebody dead was in the way.
 *
 * Whoever waits reaps the dead: see `before_sleep.ts`.
 *
 * Before either sleeps it looks for a short while whether the word changes by itself: see `before_sleep.ts`. An event loop
 * that finds what it waits for in this way time after time still turns now and then, so that timers, signals and
 * connections have their say.
 *
 * A pending `Atomics.waitAsync` does not keep the program alive; a timer does. There is one for the whole thread, which counts
 * only while anything is pending. It is that of an `AbortSignal.timeout()`, which counts while somebody listens: unlike
 * `setInterval`, this loads nothing of the runtime (6 ms), and a test runner does not take it for a leak.
 *
 * A pending `Atomics.waitAsync` is woken by the engine at once, but acts only when its event loop turns. So a wait that is
 * aborted, or whose own thread is about to block, would swallow a wake-up meant for somebody who could act. Both
 * therefore wake everybody on the word: the others look again and wait anew, and this thread's do once it is free.
 *
 * Words of memory that other programs share are slept on in the same way, in wait queues of the system (`queues.ts`).
 */
import { beginSleep, changesSoon, endSleep, reapNext, reapNow } from "./before_sleep.ts";
import { notify, type WaitQueues, waitQueuesOf } from "./queues.ts";

export { deadlineOf, type WaitOptions, type WaitSyncOptions } from "./options.ts";
export { reapNext, reapNow } from "./before_sleep.ts";

/** The operation cannot be done yet. */
export const PENDING: unique symbol = Symbol("pending");
/** The deadline passed first. */
export const TIMED_OUT: unique symbol = Symbol("timed out");

/** One operation that may have to wait. */
export interface Attempt<T> {
  /** Tries once. Where that gives PENDING, `words`, `index` and `expected` say what to wait for. */
  attempt(): T | typeof PENDING;
  /** Memory with the word that will change. */
  readonly words: Int32Array;
  /** The word's index. */
  readonly index: number;
  /** The word's value when the operation was tried: whoever waits sleeps only while it is the same. */
  readonly expected: number;
  /**
   * Index of the word that counts sleepers, so that wakers skip the notify while there are none. Absent where wakers
   * know in another way.
   */
  readonly sleepers?: number | undefined;
  /**
   * Takes back what attempts that failed have announced: the wait ends without success, or this thread is about to block,
   * so that its tasks cannot act. Absent where an announcement holds nobody up.
   */
  withdraw?(): void;
}

/** The longest delay a timer takes, about 24.8 days. */
export const FOREVER: number = 2 ** 31 - 1;

/** Waits that may end without sleep, one after the other, until the event loop turns. */
const LOOKS_PER_TURN = 64;

let pending = 0;
let alarm: AbortSignal | undefined;

/** Listens to the timer, and to the next one when its time is up. */
function listen(): void {
  if (alarm === undefined || alarm.aborted) alarm = AbortSignal.timeout(FOREVER);
  alarm.addEventListener("abort", listen);
}

/** Keeps the program alive until {@linkcode releaseProgram} is called as often. */
export function holdProgram(): void {
  if (pending++ === 0) listen();
}

/** Undoes one {@linkcode holdProgram}. */
export function releaseProgram(): void {
  if (--pending === 0) alarm!.removeEventListener("abort", listen);
}

/**
 * Longest time in milliseconds that a thread blocks before it reaps and tries again. An agent may be killed after this one
 * has reaped and before it sleeps; the killer's wake-up then comes too early.
 */
const LONGEST = 1000;
/** The same inside a step that holds a lock: what is missing there can only be another lock of a dead agent. */
const LONGEST_HOLDING_LOCKS = 100;

/** Milliseconds left, never negative. */
function remaining(deadline: number): number {
  return deadline === Infinity ? Infinity : Math.max(0, deadline - performance.now());
}

/** Tries an operation without waiting. */
export function tryOnce<T>(operation: Attempt<T>): T | typeof PENDING {
  let result = operation.attempt();
  if (result === PENDING && reapNow(operation.words)) result = operation.attempt();
  if (result === PENDING) operation.withdraw?.();
  return result;
}

/**
 * Drives an operation to its end by blocking the thread.
 *
 * @param holdingLocks Whether the caller may hold a lock of this package.
 */
export function waitSync<T>(
  operation: Attempt<T>,
  deadline: number,
  holdingLocks: boolean = false,
): T | typeof TIMED_OUT {
  let result = operation.attempt();
  if (result !== PENDING) return result;
  if (deadline === 0) {
    if (reapNow(operation.words)) result = operation.attempt();
    if (result !== PENDING) return result;
    operation.withdraw?.();
    return TIMED_OUT;
  }
  const { words, sleepers } = operation;
  // Uncounted yet: nobody needs to wake a thread that looks.
  while (changesSoon(words, operation.index, operation.expected)) {
    result = operation.attempt();
    if (result !== PENDING) return result;
    if (remaining(deadline) <= 0) break;
  }
  const queues = waitQueuesOf(words);
  if (sleepers !== undefined) {
    if (queues === undefined) beginSleep(words, sleepers);
    else Atomics.add(words, sleepers, 1);
  }
  leaveWaitQueues();
  try {
    for (let looked = true;; looked = false) {
      const slice = Math.min(
        queues === undefined ? reapNext(holdingLocks) : queues.reap(holdingLocks),
        holdingLocks ? LONGEST_HOLDING_LOCKS : LONGEST,
      );
      // Again, now that this thread is counted as a sleeper: the waker may have read the count just before.
      result = operation.attempt();
      if (result !== PENDING) return result;
      const left = remaining(deadline);
      if (left <= 0) {
        operation.withdraw?.();
        return TIMED_OUT;
      }
      const { index, expected } = operation;
      if (!looked && changesSoon(words, index, expected)) continue;
      if (queues === undefined) Atomics.wait(words, index, expected, Math.min(left, slice));
      else queues.wait(words, index, expected, Math.min(left, slice));
    }
  } finally {
    if (sleepers !== undefined) {
      if (queues === undefined) endSleep(words, sleepers);
      else Atomics.sub(words, sleepers, 1);
    }
  }
}

/**
 * Drives an operation to its end without blocking the thread. Rejects with the signal's reason when that aborts.
 */
export async function waitAsync<T>(
  operation: Attempt<T>,
  deadline: number,
  signal?: AbortSignal,
): Promise<T | typeof TIMED_OUT> {
  signal?.throwIfAborted();
  let result = operation.attempt();
  if (result !== PENDING) return result;
  if (deadline === 0) {
    if (reapNow(operation.words)) result = operation.attempt();
    if (result !== PENDING) return result;
    operation.withdraw?.();
    return TIMED_OUT;
  }
  const { words, sleepers } = operation;
  const queues = waitQueuesOf(words);
  if (sleepers !== undefined) Atomics.add(words, sleepers, 1);
  const entry = { operation };
  let withdraw = true;
  try {
    for (;;) {
      const slice = queues === undefined ? reapNext() : Math.min(queues.reap(false), LONGEST);
      result = operation.attempt();
      if (result !== PENDING) {
        withdraw = false;
        return result;
      }
      // The abort may have come in the same turn as a wake-up in vain, and its event does not come again.
      signal?.throwIfAborted();
      const left = remaining(deadline);
      if (left <= 0) return TIMED_OUT;
      awaited.add(entry);
      const { index, expected } = operation;
      const slept = !changesSoon(words, index, expected) &&
        await (queues === undefined
          ? sleep(words, index, expected, Math.min(left, slice), signal)
          : sleepApart(queues, words, index, expected, Math.min(left, slice), signal));
      if (slept) looks = 0;
      else if (++looks >= LOOKS_PER_TURN) await turn();
    }
  } finally {
    awaited.delete(entry);
    if (withdraw) operation.withdraw?.();
    if (sleepers !== undefined) Atomics.sub(words, sleepers, 1);
  }
}

/** Waits that ended without sleep since the event loop turned. */
let looks = 0;

/** Lets the event loop turn. */
async function turn(): Promise<void> {
  looks = 0;
  await new Promise<void>((resolve) => setImmediate(resolve));
}

/** What tasks of this thread await. */
const awaited = new Set<{ readonly operation: Attempt<unknown> }>();

/**
 * Takes the tasks of this thread out of all wait queues: they cannot act while it blocks. Once it is free, they look again.
 */
function leaveWaitQueues(): void {
  if (awaited.size === 0) return;
  for (const { operation } of awaited) {
    notify(operation.words, operation.index);
    operation.withdraw?.();
  }
  awaited.clear();
}

/**
 * Sleeps until the word is notified or the time is up. Rejects with the signal's reason when that aborts.
 *
 * @returns `false` if the word had changed before.
 */
async function sleep(
  words: Int32Array,
  index: number,
  expected: number,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const shared = words as Int32Array<SharedArrayBuffer>;
  const wait = milliseconds === Infinity
    ? Atomics.waitAsync(shared, index, expected)
    : Atomics.waitAsync(shared, index, expected, milliseconds);
  if (!wait.async) return false;
  holdProgram();
  try {
    if (signal === undefined) {
      await wait.value;
      return true;
    }
    if (await abortsFirst(wait.value, signal)) {
      // This wait is still queued, or was just woken in vain: see the head of this file.
      Atomics.notify(shared, index);
      throw signal.reason;
    }
    return true;
  } finally {
    releaseProgram();
  }
}

/** The same for a word of memory that other programs share. */
async function sleepApart(
  queues: WaitQueues,
  words: Int32Array,
  index: number,
  expected: number,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<true> {
  const wait = queues.waitAsync(words, index, expected, milliseconds);
  if (signal === undefined) await wait;
  else if (await abortsFirst(wait, signal)) {
    await queues.cancel(words, index, wait);
    throw signal.reason;
  }
  return true;
}

/** Whether a signal aborts before a wait ends. */
async function abortsFirst(wait: Promise<unknown>, signal: AbortSignal): Promise<boolean> {
  const aborted = Promise.withResolvers<true>();
  const onAbort = () => aborted.resolve(true);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([wait, aborted.promise]) === true;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
