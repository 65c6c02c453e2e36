/** A call of a pool whose result is asked for later: one task, or all the chunks of a map. */
import type { Scheduler } from "./_scheduler.ts";
import type { TaskSource } from "./_backlog.ts";

/** See the head of this file. */
export class Job<T> {
  /** Rejections nobody waits for are no accident. */
  readonly promise: Promise<T>;
  /** What became of it. */
  state: { readonly threw: boolean; readonly value: unknown } | undefined;
  /** Those of its tasks that are still to be made. */
  source: TaskSource | undefined;
  readonly #scheduler: Scheduler;
  readonly #resolve: (value: T) => void;
  readonly #reject: (reason: unknown) => void;
  readonly #onSettled: ((threw: boolean, value: unknown) => void)[] = [];

  constructor(scheduler: Scheduler) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#scheduler = scheduler;
    this.#resolve = resolve;
    this.#reject = reject;
    this.promise = promise;
    promise.catch(() => {});
  }

  /** Calls a function when it is settled; it runs at once then, not in a later turn. */
  onSettled(told: (threw: boolean, value: unknown) => void): void {
    this.#onSettled.push(told);
  }

  settle(threw: boolean, value: unknown): void {
    if (this.state !== undefined) return;
    this.state = { threw, value };
    if (threw) this.#reject(value);
    else this.#resolve(value as T);
    for (const told of this.#onSettled) told(threw, value);
  }

  /** Ends what has not ended of it. */
  cancel(reason: unknown): void {
    if (this.state !== undefined) return;
    this.#scheduler.cancelAll(this, this.source, reason);
    this.settle(true, reason);
  }

  /** Blocks the thread until it is settled; `false` if the time is up first. */
  blockUntil(deadline: number): boolean {
    return this.#scheduler.blockUntil(() => this.state !== undefined, deadline);
  }
}
