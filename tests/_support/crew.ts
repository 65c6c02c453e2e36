import { share, type SharedObject } from "@ferry/std/ipc";
import { EFFORT } from "./random.ts";
import type { Call } from "./crew_worker.ts";

/** No call may take longer; a test that hangs fails here. */
const DEADLINE = 60_000 * EFFORT;

/** The promise's outcome, or an error when it does not come: for waits that are given no timeout of their own. */
export async function within<T>(promise: Promise<T>, what = "The wait"): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new TypeError(`${what} did not end`)), DEADLINE);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Some workers that can be told to run a task of `crew_worker.ts`. */
export class Crew implements Disposable {
  readonly #workers: Worker[] = [];
  readonly #pending: Map<number, PromiseWithResolvers<unknown>> = new Map();
  #nextId = 0;

  constructor(size: number) {
    for (let i = 0; i < size; i++) {
      const worker = new Worker(new URL("./crew_worker.ts", import.meta.url), { type: "module" });
      worker.onmessage = (
        { data }: MessageEvent<{ id: number; result: unknown; error?: string }>,
      ) => {
        const call = this.#pending.get(data.id)!;
        this.#pending.delete(data.id);
        if (data.error === undefined) call.resolve(data.result);
        else call.reject(new TypeError(`In the worker: ${data.error}`));
      };
      worker.onerror = (event) => {
        event.preventDefault();
        for (const call of this.#pending.values()) call.reject(new TypeError(event.message));
      };
      this.#workers.push(worker);
    }
  }

  get size(): number {
    return this.#workers.length;
  }

  /** Runs a task in one worker. */
  async run<R>(
    worker: number,
    task: string,
    objects: readonly SharedObject[],
    ...args: unknown[]
  ): Promise<R> {
    const call = Promise.withResolvers<unknown>();
    const id = this.#nextId++;
    this.#pending.set(id, call);
    const message: Call = { id, task, handles: objects.map(share), args };
    this.#workers[worker]!.postMessage(message);
    return await within(call.promise, `${task} in worker ${worker}`) as R;
  }

  /** Runs a task in all workers at once. */
  async all<R>(
    task: string,
    objects: readonly SharedObject[],
    args: (worker: number) => unknown[] = () => [],
  ): Promise<R[]> {
    return await Promise.all(
      this.#workers.map((_, i) => this.run<R>(i, task, objects, ...args(i))),
    );
  }

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker.terminate();
  }
}
