/**
 * The errors of this area that callers catch by class. All of them arrive as themselves in other processes.
 *
 * @module
 */

/** A wait came to its timeout first. */
export class TimeoutError extends Deno.errors.TimedOut {
  /** The class's name. */
  override readonly name: string = "TimeoutError";
  /** The milliseconds that were given. */
  readonly timeout: number;

  /**
   * Makes the error.
   *
   * @param attempted What was waited for, as in "acquire a lock".
   * @param timeout The milliseconds that were given.
   */
  constructor(attempted: string, timeout: number) {
    super(`Cannot ${attempted}: not possible within ${timeout} ms`);
    this.timeout = timeout;
  }
}

/** The message is longer than the buffer it was to be received into; nothing is lost. */
export class BufferTooShortError extends RangeError {
  /** The class's name. */
  override readonly name: string = "BufferTooShortError";
  /** The complete message. It was taken out of the pipe. */
  readonly bytes: Uint8Array;

  /**
   * Makes the error.
   *
   * @param bytes The complete message.
   * @param available Bytes the buffer has.
   */
  constructor(bytes: Uint8Array, available: number) {
    super(
      `Cannot receive a message of ${bytes.length} bytes into a buffer of ${available}; ` +
        "the complete message is in this error's `bytes`",
    );
    this.bytes = bytes;
  }
}

/** A queue has no room for another item. */
export class QueueFullError extends Deno.errors.WouldBlock {
  /** The class's name. */
  override readonly name: string = "QueueFullError";
  /** The item that was not put. */
  readonly value: unknown;

  /**
   * Makes the error.
   *
   * @param value The item that was not put.
   * @param maxSize How many items the queue holds; `NaN` if only its server knows.
   * @param timeout Milliseconds that were waited.
   */
  constructor(value: unknown, maxSize: number, timeout: number) {
    super(
      `Cannot put: the queue ${
        Number.isNaN(maxSize) ? "was full" : `had ${maxSize} of ${maxSize} items`
      } for ${timeout} ms; ` +
        "what was not put is in this error's `value`",
    );
    this.value = value;
  }
}

/** A queue has no item to give. */
export class QueueEmptyError extends Deno.errors.WouldBlock {
  /** The class's name. */
  override readonly name: string = "QueueEmptyError";

  /**
   * Makes the error.
   *
   * @param timeout Milliseconds that were waited.
   */
  constructor(timeout: number) {
    super(`Cannot get: the queue was empty for ${timeout} ms`);
  }
}

/** A queue was shut down: nothing can be put, and nothing is left to get. */
export class QueueShutDownError extends Deno.errors.BadResource {
  /** The class's name. */
  override readonly name: string = "QueueShutDownError";
  /** The item that was not put; `undefined` for `get`. */
  readonly value: unknown;

  /**
   * Makes the error.
   *
   * @param attempted What was attempted, "put" or "get".
   * @param value The item that was not put.
   */
  constructor(attempted: string, value?: unknown) {
    super(`Cannot ${attempted}: the queue was shut down`);
    this.value = value;
  }
}

/** A shared map may not take as much shared memory as another entry needs. */
export class MapFullError extends RangeError {
  /** The class's name. */
  override readonly name: string = "MapFullError";
  /** The most bytes that the map may take. */
  readonly maxBytes: number;

  /**
   * Makes the error.
   *
   * @param needed The bytes that it would take.
   * @param maxBytes The most bytes that it may take.
   */
  constructor(needed: number, maxBytes: number) {
    super(
      `Cannot set: the map would take ${needed} bytes of shared memory, its maxBytes is ${maxBytes}`,
    );
    this.maxBytes = maxBytes;
  }
}

/** A broadcast was shut down: nothing can be published, and nothing is left to get. */
export class BroadcastShutDownError extends Deno.errors.BadResource {
  /** The class's name. */
  override readonly name: string = "BroadcastShutDownError";

  /**
   * Makes the error.
   *
   * @param attempted What was attempted, as in "publish".
   */
  constructor(attempted: string) {
    super(`Cannot ${attempted}: the broadcast was shut down`);
  }
}

/** A subscriber was too slow, and was cut off. */
export class SubscriberLaggedError extends Deno.errors.Interrupted {
  /** The class's name. */
  override readonly name: string = "SubscriberLaggedError";
  /** How many items it has lost. */
  readonly lagged: number;

  /**
   * Makes the error.
   *
   * @param lagged How many items it has lost.
   */
  constructor(lagged: number) {
    super(
      `Cannot get: this subscription was cut off when it was ${lagged} items behind; subscribe anew`,
    );
    this.lagged = lagged;
  }
}

/** The operation needs a lock that this worker does not hold. */
export class LockNotHeldError extends Error {
  /** The name of the class. */
  override readonly name: string = "LockNotHeldError";

  /**
   * Made by the package.
   *
   * @param attempted What needs the lock, as in "notify".
   */
  constructor(attempted: string) {
    super(`Cannot ${attempted}: this worker does not hold the lock`);
  }
}

/** The barrier is broken: a party gave up, died, or failed in its action, or somebody called `abort()` or `reset()`. */
export class BrokenBarrierError extends Error {
  /** The name of the class. */
  override readonly name: string = "BrokenBarrierError";

  /** Made by the package. */
  constructor() {
    super("Cannot pass the barrier: it is broken, as a party gave up or died, or it was aborted");
  }
}

/** How a process ended, in words. */
function howItEnded(exitCode: number): string {
  switch (exitCode) {
    case -9:
      return "it was killed";
    case -15:
      return "it was terminated";
    default:
      return `it ended with exit code ${exitCode}`;
  }
}

/**
 * A process ended badly, and there is no error of its target that says why: it was stopped, called `Deno.exit` with a code
 * other than 0, or ran out of memory.
 *
 * @example A process that was killed
 * ```ts
 * import { Process, ProcessExitError } from "@ferry/std/ipc";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * await using process = new Process(() => {
 *   for (;;);
 * });
 * process.start();
 * process.kill();
 * const error = await assertRejects(() => process.result(), ProcessExitError);
 * assertEquals(error.exitCode, -9);
 * ```
 */
export class ProcessExitError extends Deno.errors.Interrupted {
  /** The class's name. */
  override readonly name: string = "ProcessExitError";
  /** The exit code, see `Process.exitCode`. */
  readonly exitCode: number;

  /**
   * Makes the error.
   *
   * @param process The name of the process.
   * @param exitCode Its exit code.
   */
  constructor(process: string, exitCode: number) {
    super(`Cannot give the result of ${process}: ${howItEnded(exitCode)}`);
    this.exitCode = exitCode;
  }
}

/**
 * The worker that ran a task of a pool has died: it was killed, called `Deno.exit`, ran out of memory, or an error or a
 * rejection was handled by nobody. `cause` is that error, or a `ProcessExitError`.
 */
export class WorkerDiedError extends Deno.errors.Interrupted {
  /** The class's name. */
  override readonly name: string = "WorkerDiedError";
  /** The exit code of the worker, see `Process.exitCode`. */
  readonly exitCode: number;
  /** Which of the tasks of its call it was, counted from 0: the chunk of a `map`, the item of an `imap`. */
  readonly taskIndex: number;

  /**
   * Makes the error.
   *
   * @param worker The name of the worker.
   * @param exitCode Its exit code.
   * @param taskIndex Which of the tasks of its call it was.
   * @param cause Why the worker ended, if that is known.
   */
  constructor(worker: string, exitCode: number, taskIndex: number, cause?: unknown) {
    super(
      `Cannot give the result of task ${taskIndex}: ${worker} died while it ran it: ${
        howItEnded(exitCode)
      }`,
      cause === undefined ? undefined : { cause },
    );
    this.exitCode = exitCode;
    this.taskIndex = taskIndex;
  }
}

/** What a task of a pool returned cannot be sent back. `cause` says which part of it. */
export class ResultEncodingError extends TypeError {
  /** The class's name. */
  override readonly name: string = "ResultEncodingError";

  /**
   * Makes the error.
   *
   * @param task The name of the function.
   * @param cause What the encoder said.
   */
  constructor(task: string, cause: unknown) {
    super(
      `Cannot send what ${task || "the task"} returned: ${
        cause instanceof Error ? cause.message : String(cause)
      }`,
      { cause },
    );
  }
}

/** The workers of a pool cannot start: the initializer failed, or one after the other died before it was ready. */
export class BrokenPoolError extends Deno.errors.BadResource {
  /** The class's name. */
  override readonly name: string = "BrokenPoolError";

  /**
   * Makes the error.
   *
   * @param why What happened, as in "the initializer failed".
   * @param cause The error of the last worker.
   */
  constructor(why: string, cause?: unknown) {
    super(
      `Cannot run tasks: ${why}${cause instanceof Error ? `: ${cause.message}` : ""}`,
      cause === undefined ? undefined : { cause },
    );
  }
}
