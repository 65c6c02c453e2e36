/**
 * How tasks get into a pool: whether it takes any, and how many may wait.
 */
import { within } from "../wait/turns.ts";
import type { Entry } from "./_backlog.ts";
import type { Scheduler } from "./_scheduler.ts";
import type { Task } from "./_task.ts";

/** See the head of this file. */
export class Intake {
  readonly scheduler: Scheduler;
  readonly maxQueue: number;
  /** Those who wait for room in the backlog. */
  readonly #waiting: (() => void)[] = [];
  readonly #onDrain: () => void;
  #state: "running" | "closed" | "terminated" = "running";
  #drained = true;

  /** @param onDrain Called when no task waits for a worker any more. */
  constructor(scheduler: Scheduler, maxQueue: number, onDrain: () => void) {
    this.scheduler = scheduler;
    this.maxQueue = maxQueue;
    this.#onDrain = onDrain;
  }

  /** Whether it takes tasks. */
  get isOpen(): boolean {
    return this.#state === "running";
  }

  /**
   * Checks that it takes tasks.
   *
   * @throws {Deno.errors.BadResource} If the pool was closed or terminated.
   */
  assertOpen(attempted: string): void {
    if (this.#state === "running") return;
    throw new Deno.errors.BadResource(`Cannot ${attempted}: the pool was ${this.#state}`);
  }

  /** Tasks have left the backlog. */
  advanced(): void {
    const { backlog } = this.scheduler;
    while (this.#waiting.length > 0 && backlog.size < this.maxQueue) this.#waiting.shift()!();
    if (backlog.size > 0 || this.#drained) return;
    this.#drained = true;
    this.#onDrain();
  }

  /** Hands tasks in. */
  submit(entry: Entry): void {
    // This may have happened while the function was captured, or by code of the caller's that ran meanwhile.
    if (this.#state === "terminated") return void entry.settle(true, this.interrupted());
    this.#drained = false;
    this.scheduler.submit(entry);
  }

  /** Hands a task in that a signal may end. */
  submitUntil(task: Task, signal: AbortSignal | undefined): void {
    if (signal?.aborted) return void task.settle(true, signal.reason);
    if (signal !== undefined) {
      const abort = () => this.scheduler.cancel(task, signal.reason);
      task.whenSettled(() => signal.removeEventListener("abort", abort));
      signal.addEventListener("abort", abort, { once: true });
    }
    this.submit(task);
  }

  /** Whether as many tasks wait as may. */
  isFull(): boolean {
    if (this.scheduler.backlog.size < this.maxQueue) return false;
    this.scheduler.catchUp();
    return this.scheduler.backlog.size >= this.maxQueue;
  }

  /** Waits until the backlog has room. */
  async room(signal: AbortSignal | undefined): Promise<void> {
    while (this.isFull()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.push(resolve);
      try {
        await within(promise, Infinity, signal);
      } catch (reason) {
        const at = this.#waiting.indexOf(resolve);
        // It may have been told already, in vain: then the next one is.
        if (at >= 0) this.#waiting.splice(at, 1);
        else this.advanced();
        throw reason;
      }
      this.assertOpen("run a task");
    }
  }

  /** Takes no more tasks. */
  close(): void {
    if (this.#state !== "running") return;
    this.#state = "closed";
    this.scheduler.close();
    for (const told of this.#waiting.splice(0)) told();
  }

  /** Ends all tasks. */
  terminate(): void {
    if (this.#state === "terminated") return;
    this.#state = "terminated";
    this.scheduler.terminate(() => this.interrupted());
    for (const told of this.#waiting.splice(0)) told();
  }

  /** What tasks reject with that were not done. */
  interrupted(): Error {
    return new Deno.errors.Interrupted(
      `Cannot give the result of a task: the pool was ${this.#state}`,
    );
  }
}
