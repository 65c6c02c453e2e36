/**
 * Waiting for the first of several things.
 *
 * @module
 */
import type { Waitable, Watch } from "../net/watch.ts";
import { DoorbellAttempt } from "./memory/doorbell.ts";
import { RingingWatch, watch } from "./memory/watch.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "./wait/options.ts";
import { classOf, shown } from "./wait/shown.ts";
import { PENDING, TIMED_OUT, waitSync } from "./wait/wait.ts";
import { Wakeups } from "./wait/wakeups.ts";

export type { Waitable, Watch };

/**
 * Waits until at least one of several objects is ready: a connection with something to receive (or whose other end was
 * closed), a queue with an item (or shut down), an event that is set, a side of a reader-writer lock that could be acquired,
 * a process that has ended, or an object of any class that implements {@linkcode Waitable}.
 *
 * Nothing at all is never ready, as in Python: without objects it waits until the timeout has passed or the signal aborts,
 * for ever if there is neither.
 *
 * @typeParam T The kinds of objects.
 * @param objects What to wait for: an array, a set, what a generator yields.
 * @param options `signal` and `timeout` (ms).
 * @returns Those that are ready, in the order given; none when the timeout passes first.
 * @throws {TypeError} If one of the objects cannot be waited for: it is of another kind, an end of a pipe that only sends,
 * or a process that was not started.
 * @throws {Deno.errors.BadResource} If one of the objects was disposed of in this worker, before or while it is waited for.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Usage
 * ```ts
 * import { Pipe, waitAny } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using one = new Pipe<string>();
 * using two = new Pipe<string>();
 * two.second.sendSync("hello");
 * const ready = await waitAny([one.first, two.first], { timeout: 1000 });
 * assertEquals(ready, [two.first]);
 * ```
 */
export async function waitAny<T extends Waitable>(
  objects: Iterable<T>,
  options?: WaitOptions,
): Promise<T[]> {
  const list = listOf(objects);
  const deadline = deadlineIn(options, "wait");
  const signal = signalIn(options, "wait");
  const wakeups = new Wakeups();
  const notify = () => wakeups.wake();
  const watches: Watch[] = [];
  try {
    for (const object of list) watches.push(watchOf(object, notify));
    for (;;) {
      // All are asked, also after the first that is ready: asking is what makes the others ring.
      const ready = list.filter((_, i) => watches[i]!.ready());
      if (ready.length > 0) return ready;
      if (await wakeups.next(deadline, signal) === TIMED_OUT) {
        return list.filter((_, i) => watches[i]!.ready());
      }
    }
  } finally {
    await Promise.all(stopAll(watches));
  }
}

/**
 * Waits for the first of several objects, blocking the thread. See {@linkcode waitAny}.
 *
 * @typeParam T The kinds of objects.
 * @param objects What to wait for. Without any, the thread is blocked until the timeout has passed.
 * @param options `timeout` (ms).
 * @returns Those that are ready, in the order given; none when the timeout passes first.
 * @throws {TypeError} If one of the objects cannot be waited for, or only without blocking: what needs this thread's event
 * loop to become ready.
 * @throws {Deno.errors.BadResource} If one of the objects was disposed of in this worker.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Usage
 * ```ts
 * import { Pipe, waitAnySync } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using pipe = new Pipe<string>();
 * assertEquals(waitAnySync([pipe.first], { timeout: 0 }), []);
 * ```
 */
export function waitAnySync<T extends Waitable>(
  objects: Iterable<T>,
  options?: WaitSyncOptions,
): T[] {
  const list = listOf(objects);
  const deadline = deadlineInSync(options, "wait");
  const watches: RingingWatch[] = [];
  try {
    for (const object of list) watches.push(ringingWatchOf(object));
    const attempt = new DoorbellAttempt(() => {
      const ready = list.filter((_, i) => watches[i]!.look());
      return ready.length > 0 ? ready : PENDING;
    });
    const end = waitSync(attempt, deadline);
    return end === TIMED_OUT ? [] : end;
  } finally {
    stopAll(watches);
  }
}

/** The objects in order, looked at once: a generator gives them only once. */
function listOf<T>(objects: Iterable<T>): T[] {
  if (typeof objects?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot wait for this: an iterable of objects is needed, received ${shown(objects)}`,
    );
  }
  return [...objects];
}

/** Ends all watches. If some throw, the others are ended too, and then the first error is thrown. */
function stopAll(watches: readonly Watch[]): Promise<unknown>[] {
  const errors: unknown[] = [];
  const ends: Promise<unknown>[] = [];
  for (const each of watches) {
    try {
      const end: unknown = each.stop();
      if (end instanceof Promise) ends.push(end);
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return ends;
}

function watchOf(object: Waitable, notify: () => void): Watch {
  const watched = watch(object, notify);
  if (watched !== undefined) return watched;
  throw new TypeError(
    `Cannot wait for ${
      shown(object)
    }: a Connection, Queue, SharedEvent, Process or another Waitable is needed`,
  );
}

/** A watch whose object rings the doorbell. */
function ringingWatchOf(object: Waitable): RingingWatch {
  const watched = watchOf(object, () => {});
  if (watched instanceof RingingWatch) return watched;
  watched.stop();
  throw new TypeError(
    `Cannot block for this ${
      classOf(object)
    }: it becomes ready only while the event loop of this thread turns; use waitAny()`,
  );
}
