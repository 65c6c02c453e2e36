/** A task of a pool, from its call until its result. */
import type { Call } from "./_messages.ts";
import type { SentFunction } from "./_functions.ts";

let ids = 0;

const NONE: readonly ArrayBuffer[] = [];

/** What a task is to be. */
export interface TaskOptions {
  readonly call: Call;
  readonly run: SentFunction;
  readonly args: readonly unknown[];
  /** How many calls of the function it is. */
  readonly calls: number;
  /** Which of the tasks of its call it is. */
  readonly index: number;
  readonly priority: number;
  readonly timeout: number;
  /** Buffers in the arguments that move to the worker. */
  readonly transfer?: readonly ArrayBuffer[];
  /** When it was handed in. */
  readonly submitted?: number;
  /** Receives what became of it, once. */
  readonly done: (threw: boolean, value: unknown, task: Task) => void;
  /** Receives the items of a stream. */
  readonly item?: (value: unknown) => void;
  /** The call that it is a part of, if that can be cancelled as a whole. */
  readonly job?: object;
}

/** One message to a worker, and one result. */
export class Task {
  readonly id: number = ++ids;
  readonly call: Call;
  readonly run: SentFunction;
  readonly calls: number;
  readonly index: number;
  readonly priority: number;
  readonly timeout: number;
  readonly submitted: number;
  readonly transfer: readonly ArrayBuffer[];
  readonly job: object | undefined;
  /** None any more once it is settled: they may be large. */
  args: readonly unknown[];
  /** The number of the worker that has it, and when it was given to that. */
  worker: number = 0;
  given: number = 0;
  /** The milliseconds that it was expected to take then. */
  estimate: number | undefined;
  /** Ends its limit in time, once it runs. */
  timer: ReturnType<typeof setTimeout> | undefined;
  #done: TaskOptions["done"] | undefined;
  readonly #item: TaskOptions["item"];
  #whenSettled: (() => void) | undefined;

  constructor(options: TaskOptions) {
    const { call, run, args, calls, index, priority, timeout, done, item } = options;
    this.call = call;
    this.run = run;
    this.args = args;
    this.calls = calls;
    this.index = index;
    this.priority = priority;
    this.timeout = timeout;
    this.submitted = options.submitted ?? performance.now();
    this.transfer = options.transfer ?? NONE;
    this.#done = done;
    this.#item = item;
    this.job = options.job;
  }

  /** Whether its result is known, or not wanted. */
  get settled(): boolean {
    return this.#done === undefined;
  }

  /** Tells what became of it; `false` if that was told before. */
  settle(threw: boolean, value: unknown): boolean {
    const done = this.#done;
    if (done === undefined) return false;
    this.#done = undefined;
    this.args = [];
    clearTimeout(this.timer);
    this.#whenSettled?.();
    done(threw, value, this);
    return true;
  }

  /** Calls a function when it is settled. */
  whenSettled(told: () => void): void {
    this.#whenSettled = told;
  }

  /** Tells an item that it has yielded. */
  yielded(value: unknown): void {
    if (this.#done !== undefined) this.#item?.(value);
  }
}
