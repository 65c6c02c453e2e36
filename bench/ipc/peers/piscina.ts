/** piscina as a peer: a task is a message to a worker and its answer. */
import { Piscina as Pool } from "npm:piscina@5.3.2";
import type { Measure } from "./measure.ts";

/** A pool of one thread. */
export class Piscina implements AsyncDisposable {
  readonly #pool = new Pool({
    filename: new URL("./piscina_task.js", import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  });

  /** Tasks, one at a time. */
  roundTrip(make: (i: number) => unknown): Measure {
    return async (n) => {
      const start = performance.now();
      for (let i = 0; i < n; i++) await this.#pool.run(make(i));
      return (performance.now() - start) / 1000;
    };
  }

  /** Up to 1,000 tasks at once. */
  inFlight(): Measure {
    return async (n) => {
      const start = performance.now();
      for (let done = 0; done < n; done += 1000) {
        const calls = Math.min(1000, n - done);
        await Promise.all(Array.from({ length: calls }, (_, i) => this.#pool.run(i)));
      }
      return (performance.now() - start) / 1000;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.destroy();
  }
}
