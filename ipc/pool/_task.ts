/** A task of a pool, from its call until its result, and the tasks that wait. */
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
  readonly done: (threw: boolean, value: unknown) => void;
  /** Receives the items of a stream. */
  readonly item?: (value: unknown) => void;
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
    done(threw, value);
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

/** Tasks of one priority, oldest first. */
class Line {
  readonly priority: number;
  readonly #tasks: (Task | undefined)[] = [];
  #head = 0;

  constructor(priority: number) {
    this.priority = priority;
  }

  /** The oldest that is still wanted. */
  peek(): Task | undefined {
    for (; this.#head < this.#tasks.length; this.#head++) {
      const task = this.#tasks[this.#head]!;
      if (!task.settled) return task;
      this.#tasks[this.#head] = undefined;
    }
    this.#tasks.length = this.#head = 0;
    return undefined;
  }

  push(task: Task): void {
    this.#tasks.push(task);
  }

  /** Puts a task before all others. */
  unshift(task: Task): void {
    if (this.#head > 0) this.#tasks[--this.#head] = task;
    else this.#tasks.unshift(task);
  }

  shift(): void {
    this.#tasks[this.#head++] = undefined;
    // Many long-gone tasks would keep the array growing.
    if (this.#head > 1024 && this.#head * 2 > this.#tasks.length) {
      this.#tasks.splice(0, this.#head);
      this.#head = 0;
    }
  }
}

/** The tasks that wait, by priority and age. */
export class Backlog {
  /** Highest priority first. */
  readonly #lines: Line[] = [];
  /** How many wait, without those that are settled. */
  size: number = 0;

  /** The next task; `undefined` if none waits. */
  peek(): Task | undefined {
    for (const line of this.#lines) {
      const task = line.peek();
      if (task !== undefined) return task;
    }
    return undefined;
  }

  /** Adds a task behind those of its priority. */
  push(task: Task): void {
    this.#line(task.priority).push(task);
    this.size++;
  }

  /** Gives a task back that was taken, before those of its priority. */
  unshift(task: Task): void {
    this.#line(task.priority).unshift(task);
    this.size++;
  }

  /** Takes the task that {@linkcode Backlog.peek} has returned. */
  take(task: Task): void {
    this.#line(task.priority).shift();
    this.size--;
  }

  /** A task that waits was settled. */
  forget(): void {
    this.size--;
  }

  /** Takes all. */
  drain(): Task[] {
    const all: Task[] = [];
    for (let task = this.peek(); task !== undefined; task = this.peek()) {
      this.take(task);
      all.push(task);
    }
    return all;
  }

  #line(priority: number): Line {
    const at = this.#lines.findIndex((line) => line.priority <= priority);
    const found = this.#lines[at];
    if (found?.priority === priority) return found;
    const made = new Line(priority);
    this.#lines.splice(at < 0 ? this.#lines.length : at, 0, made);
    return made;
  }
}
