/** The tasks of a map: its items in chunks, and what becomes of all of them. */
import type { Job } from "./_job.ts";
import type { SentFunction } from "./_functions.ts";
import type { Call } from "./_messages.ts";
import { assertCallback, type DescribedTask, type MapOptions, wholeNumber } from "./options.ts";
import { Task } from "./_task.ts";

/** A map whose options were checked. */
export interface Chunks {
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
): Chunks {
  const { chunkSize = Math.max(1, Math.ceil(items.length / (4 * processes))), onProgress } =
    options ?? {};
  wholeNumber(chunkSize, "chunkSize", 1, "map");
  assertCallback(onProgress, "onProgress", "map");
  return { call, items, chunkSize, onProgress, described };
}

/** Makes the tasks of a map, which settle its job when the last of them has ended. */
export function chunkTasks(
  { call, items, chunkSize, onProgress, described: { priority, timeout } }: Chunks,
  run: SentFunction,
  job: Job<unknown[]>,
): Task[] {
  const total = items.length;
  const chunks = Math.ceil(total / chunkSize);
  const submitted = performance.now();
  const values: unknown[][] = new Array(chunks);
  let left = chunks, finished = 0, failedAt = Infinity;
  let failure: unknown;
  if (chunks === 0) job.settle(false, []);
  return Array.from({ length: chunks }, (_, index) => {
    const args = items.slice(index * chunkSize, (index + 1) * chunkSize);
    const calls = args.length;
    const done = (threw: boolean, value: unknown) => {
      left--;
      if (!threw) values[index] = value as unknown[];
      else if (index < failedAt) {
        failedAt = index;
        failure = value;
      }
      if (job.state !== undefined) return;
      try {
        if (!threw) onProgress?.(finished += calls, total);
      } catch (error) {
        job.cancel(error);
      }
      if (job.state !== undefined || left > 0) return;
      if (failedAt < Infinity) job.settle(true, failure);
      else job.settle(false, values.flat());
    };
    return new Task({ call, run, args, calls, index, priority, timeout, submitted, done });
  });
}
