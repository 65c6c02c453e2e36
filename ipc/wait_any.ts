/**
 * Waiting for the first of several things.
 *
 * @module
 */
import { DoorbellAttempt } from "./memory/doorbell.ts";
import { deadlineIn, signalIn, type WaitOptions, type WaitSyncOptions } from "./wait/options.ts";
import { PENDING, TIMED_OUT, waitAsync, waitSync } from "./wait/wait.ts";
import { readyToReceive } from "./pipe/receiver.ts";
import { Connection } from "./pipe/connection.ts";
import { Process } from "./process/process.ts";
import { SharedEvent } from "./sync/event.ts";
import { endUse } from "./memory/references.ts";
import { coreOf } from "./queue/core.ts";
import { holdOf } from "./memory/shared_object.ts";
import { Queue } from "./queue/queue.ts";

/** What {@linkcode waitAny} can wait for. */
// deno-lint-ignore no-explicit-any
export type Waitable = Connection<any> | Queue<any> | SharedEvent | Process<any>;

/** How one object is watched. */
interface Watch {
  ready(): boolean;
  enter?(): void;
  leave?(): void;
}

function watch(object: Waitable): Watch {
  if (object instanceof Connection) {
    if (!object.readable) {
      throw new TypeError(
        "Cannot wait for this end of a pipe: it is write-only, there is never anything to receive",
      );
    }
    return { ready: () => readyToReceive(object) };
  }
  if (object instanceof Queue) {
    const core = coreOf(object);
    const held = holdOf(object);
    return {
      ready: () => object.size > 0 || object.isShutDown,
      enter() {
        // Closed meanwhile, its memory is kept until the listener is off its count.
        held.uses++;
        core.listen(1);
      },
      leave() {
        core.listen(-1);
        endUse(held);
      },
    };
  }
  if (object instanceof SharedEvent) return { ready: () => object.isSet };
  if (object instanceof Process) {
    if (object.id === undefined) {
      throw new TypeError(`Cannot wait for ${object.name}: it was not started`);
    }
    return { ready: () => object.exitCode !== undefined };
  }
  throw new TypeError(
    "Cannot wait for this: a Connection, Queue, SharedEvent or Process is needed",
  );
}

/** The objects in order, looked at once: a generator gives them only once. */
function listOf<T>(objects: Iterable<T>): T[] {
  if (typeof objects?.[Symbol.iterator] !== "function") {
    throw new TypeError(
      `Cannot wait for this: an iterable of objects is needed, got ${
        objects === null ? "null" : typeof objects
      }`,
    );
  }
  return [...objects];
}

/**
 * Waits until at least one of several objects is ready: a connection with something to receive (or whose other end was
 * closed), a queue with an item (or shut down), an event that is set, a process that has ended.
 *
 * Nothing at all is never ready, as in Python: without objects it waits until the timeout has passed or the signal aborts,
 * for ever if there is neither.
 *
 * @typeParam T The kinds of objects.
 * @param objects What to wait for: an array, a set, what a generator yields.
 * @param options `signal` and `timeout` (ms).
 * @returns Those that are ready, in the order given; none when the timeout passed first.
 * @throws {TypeError} When one of the objects cannot be waited for: it is of another kind, an end of a pipe that only
 * sends, or a process that was not started.
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
  const watches = list.map(watch);
  const attempt = new DoorbellAttempt(() => readyOnes(list, watches));
  const deadline = deadlineIn(options, "wait");
  const signal = signalIn(options, "wait");
  for (const each of watches) each.enter?.();
  try {
    const end = await waitAsync(attempt, deadline, signal);
    return end === TIMED_OUT ? [] : end;
  } finally {
    for (const each of watches) each.leave?.();
  }
}

/**
 * Waits for the first of several objects, blocking the thread. See {@linkcode waitAny}.
 *
 * @typeParam T The kinds of objects.
 * @param objects What to wait for. Without any, the thread is blocked until the timeout has passed.
 * @param options `timeout` (ms).
 * @returns Those that are ready, in the order given; none when the timeout passed first.
 * @throws {TypeError} When one of the objects cannot be waited for.
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
  const watches = list.map(watch);
  const attempt = new DoorbellAttempt(() => readyOnes(list, watches));
  const deadline = deadlineIn(options, "wait");
  for (const each of watches) each.enter?.();
  try {
    const end = waitSync(attempt, deadline);
    return end === TIMED_OUT ? [] : end;
  } finally {
    for (const each of watches) each.leave?.();
  }
}

function readyOnes<T>(objects: readonly T[], watches: readonly Watch[]): T[] | typeof PENDING {
  // All are asked, also after the first that is ready: asking is what makes the others ring.
  const ready = objects.filter((_, i) => watches[i]!.ready());
  return ready.length > 0 ? ready : PENDING;
}
