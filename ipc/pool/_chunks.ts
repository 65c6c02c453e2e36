/** The tasks of a map: its items in chunks, and what becomes of all of them. */
import type { TaskSource } from "./_backlog.ts";
import type { SentFunction } from "./_functions.ts";
import type { Job } from "./_job.ts";
import type { Call } from "./_messages.ts";
import { type DescribedTask, type MapOptions, wholeNumber } from "./options.ts";
import { Task } from "./_task.ts";

/** A map whose options were checked. */
export interface ChunksPlan {
  readonly call: Call;
  readonly items: readonly unknown[];
  readonly chunkSize: number;
  readonly onProgress: MapOptions["onProgress"];
  readonly described: DescribedTask;
}

/** Checks what belongs to a map alone. */
export function describeChunks(
  call: Call,
  items: readonly unknown[],
  options: MapOptions | undefined,
  described: DescribedTask,
  processes: number,
): ChunksPlan {
  const { chunkSize = Math.max(1, Math.ceil(items.length / (4 * processes))), onProgress } =
    options ?? {};
  wholeNumber(chunkSize, "chunkSize", 1, "map");
  return { call, items, chunkSize, onProgress, described };
}

/** See the head of this file. The job is settled when the last chunk has ended. */
export class Chunks implements TaskSource {
  readonly #plan: ChunksPlan;
  readonly #run: SentFunction;
  readonly #job: Job<unknown[]>;
  readonly #submitted = performance.now();
  readonly #values: unknown[];
  readonly #count: number;
  /** How many tasks were made. */
  #made = 0;
  /** The one that was made last, until it is taken. */
  #next: Task | undefined;
  /** Chunks that have not ended. */
  #left: number;
  #finished = 0;
  #failedAt = Infinity;
  #failure: unknown;

  constructor(plan: ChunksPlan, run: SentFunction, job: Job<unknown[]>) {
    const { length } = plan.items;
    this.#plan = plan;
    this.#run = run;
    this.#job = job;
    this.#values = new Array(length);
    this.#count = this.#left = Math.ceil(length / plan.chunkSize);
    if (length === 0) job.settle(false, []);
  }

  get priority(): number {
    return this.#plan.described.priority;
  }

  /** How many chunks wait: none once the job is settled, for whatever reason. */
  get waiting(): number {
    if (this.#job.state !== undefined) return 0;
    return this.#count - this.#made + (this.#next === undefined ? 0 : 1);
  }

  /** The next chunk as a task. */
  peek(): Task | undefined {
    if (this.waiting === 0) return undefined;
    return this.#next ??= this.#make(this.#made++);
  }

  shift(): void {
    this.#next = undefined;
  }

  #make(index: number): Task {
    const { call, items, chunkSize, described: { priority, timeout } } = this.#plan;
    const args = items.slice(index * chunkSize, (index + 1) * chunkSize);
    return new Task({
      call,
      run: this.#run,
      args,
      calls: args.length,
      index,
      priority,
      timeout,
      submitted: this.#submitted,
      done: this.#done,
      job: this.#job,
    });
  }

  readonly #done = (threw: boolean, value: unknown, { index, calls }: Task): void => {
    this.#left--;
    if (threw) this.#fail(index, value);
    else {
      const values = value as unknown[];
      const start = index * this.#plan.chunkSize;
      for (let i = 0; i < calls; i++) this.#values[start + i] = values[i];
    }
    if (this.#job.state !== undefined) return;
    try {
      if (!threw) this.#plan.onProgress?.(this.#finished += calls, this.#values.length);
    } catch (error) {
      this.#job.cancel(error);
    }
    this.#end();
  };

  #fail(index: number, reason: unknown): void {
    if (index >= this.#failedAt) return;
    this.#failedAt = index;
    this.#failure = reason;
  }

  #end(): void {
    if (this.#job.state !== undefined || this.#left > 0) return;
    if (this.#failedAt < Infinity) this.#job.settle(true, this.#failure);
    else this.#job.settle(false, this.#values);
  }

  /** Those that wait are not going to be done. */
  settle(_threw: true, reason: unknown): void {
    const { waiting } = this;
    if (waiting === 0) return;
    this.#fail(this.#count - waiting, reason);
    this.#left -= waiting;
    this.#made = this.#count;
    this.#next = undefined;
    this.#end();
  }
}
