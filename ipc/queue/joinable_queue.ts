/**
 * A queue whose users can wait until all the work in it is done.
 *
 * @module
 */
import { shown } from "../wait/shown.ts";
import { AllDone } from "./_attempts.ts";
import { coreOf } from "./core.ts";
import { JOINABLE, QueueOrigin, registerFlavour } from "./_origin.ts";
import { assertUsable, nameOf } from "../memory/shared_object.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
import { TIMED_OUT, waitSync } from "../wait/wait.ts";
import { waitPinned } from "../memory/pinned.ts";
import { TimeoutError } from "../errors.ts";
import { Queue, type QueueOptions } from "./queue.ts";
import { registerSharedByName } from "../codec/class_registry.ts";

/**
 * A {@linkcode Queue} that counts the items whose work is not reported done.
 *
 * @typeParam T What the items are.
 *
 * @example Usage
 * ```ts
 * import { JoinableQueue } from "@ferry/std/ipc";
 *
 * using queue = new JoinableQueue<string>();
 * queue.putSync("work");
 * queue.getSync();
 * queue.taskDone();
 * await queue.join();
 * ```
 */
export class JoinableQueue<T = unknown> extends Queue<T> {
  /**
   * Makes an empty queue.
   *
   * @example Make one
   * ```ts
   * import { JoinableQueue } from "@ferry/std/ipc";
   *
   * using queue = new JoinableQueue<string>();
   * ```
   *
   * @param options `maxSize`.
   * @throws {TypeError} If the options are none, or `maxSize` is not a whole number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: QueueOptions) {
    super(QueueOrigin.of(options, JOINABLE));
  }

  /**
   * Reports that the work of items that were taken is done.
   *
   * @param count Of how many: one, or as many as `getMany` gave.
   * @throws {RangeError} If more are reported than were put, or `count` is not a whole number of 0 or more.
   *
   * @example Usage
   * ```ts
   * import { JoinableQueue } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * using queue = new JoinableQueue<number>();
   * queue.putSync(1);
   * queue.getSync();
   * queue.taskDone();
   * assertThrows(() => queue.taskDone(), RangeError);
   * ```
   */
  taskDone(count: number = 1): void {
    assertUsable(this);
    if (!(Number.isInteger(count) && count >= 0)) {
      throw new RangeError(
        `Cannot report tasks done: count must be a whole number, received ${shown(count)}`,
      );
    }
    if (count > 0 && !coreOf(this).done(count)) {
      throw new RangeError(
        "Cannot report a task done: taskDone() was called more often than items were put",
      );
    }
  }

  /**
   * Waits until every item that was put is reported done.
   *
   * @param options `signal` and `timeout` (ms).
   * @throws {TimeoutError} If the timeout passes first.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Usage
   * ```ts
   * import { JoinableQueue, TimeoutError } from "@ferry/std/ipc";
   * import { assertRejects } from "@std/assert";
   *
   * using queue = new JoinableQueue<number>();
   * queue.putSync(1);
   * await assertRejects(() => queue.join({ timeout: 1 }), TimeoutError);
   * ```
   */
  async join(options?: WaitOptions): Promise<void> {
    const deadline = deadlineIn(options, "join the queue");
    const signal = signalIn(options, "join the queue");
    assertUsable(this);
    const attempt = new AllDone(coreOf(this).words);
    if (await waitPinned(this, attempt, deadline, signal) === TIMED_OUT) {
      throw new TimeoutError("join the queue: not all work is done", options!.timeout!);
    }
  }

  /**
   * Waits until all work is done, blocking the thread. See {@linkcode JoinableQueue.join}.
   *
   * @example Usage
   * ```ts
   * import { JoinableQueue } from "@ferry/std/ipc";
   *
   * using queue = new JoinableQueue<number>();
   * queue.joinSync(); // nothing was put: nothing to wait for
   * ```
   */
  joinSync(options?: WaitSyncOptions): void {
    const deadline = deadlineInSync(options, "join the queue");
    assertUsable(this);
    const end = waitSync(new AllDone(coreOf(this).words), deadline);
    if (end === TIMED_OUT) {
      throw new TimeoutError("join the queue: not all work is done", options!.timeout!);
    }
  }
}

registerFlavour(JOINABLE, (origin) => new JoinableQueue(origin));
// One with a name travels by it.
registerSharedByName("ferry.JoinableQueue", JoinableQueue.prototype, {
  encode: nameOf,
  decode: (name: string) => new JoinableQueue({ name }),
});
