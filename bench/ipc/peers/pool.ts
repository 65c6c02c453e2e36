/** The pool: tasks one at a time, many in flight, in chunks, and on two processors. */
import { Pool } from "@ferry/std/ipc";
import type { Measure } from "./measure.ts";

const same = (n: number): number => n;

/** Some milliseconds of arithmetic. */
function work(n: number): number {
  let sum = 0;
  for (let i = 0; i < 300_000; i++) sum = (sum * 31 + i + n) % 1_000_003;
  return sum;
}

async function timed(run: () => unknown): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}

/** Pools of one and of two workers, made when they are first needed. */
export class Pools implements AsyncDisposable {
  readonly #pools = new Map<number, Pool>();

  async #pool(processes: number): Promise<Pool> {
    let pool = this.#pools.get(processes);
    if (pool === undefined) {
      this.#pools.set(processes, pool = new Pool({ processes }));
      await pool.ready();
    }
    return pool;
  }

  /** One task after the other, awaited. */
  apply(): Measure {
    return async (n) => {
      const pool = await this.#pool(1);
      return await timed(async () => {
        for (let i = 0; i < n; i++) await pool.apply(same, [i]);
      });
    };
  }

  /** One task after the other, blocking. */
  applySync(): Measure {
    return async (n) => {
      const pool = await this.#pool(1);
      return await timed(() => {
        for (let i = 0; i < n; i++) pool.applySync(same, [i]);
      });
    };
  }

  /** Up to 1,000 calls at once. */
  inFlight(): Measure {
    return async (n) => {
      const pool = await this.#pool(1);
      return await timed(async () => {
        for (let done = 0; done < n; done += 1000) {
          const calls = Math.min(1000, n - done);
          await Promise.all(Array.from({ length: calls }, (_, i) => pool.apply(same, [i])));
        }
      });
    };
  }

  /** A map over numbers, on two workers. */
  map(chunkSize?: number): Measure {
    return async (n) => {
      const pool = await this.#pool(2);
      const items = Array.from({ length: n }, (_, i) => i);
      return await timed(() => pool.map(same, items, { chunkSize }));
    };
  }

  /** A map of work that takes some milliseconds for each item. */
  busy(processes: number): Measure {
    return async (n) => {
      const pool = await this.#pool(processes);
      const items = Array.from({ length: n }, (_, i) => i);
      return await timed(() => pool.map(work, items, { chunkSize: 1 }));
    };
  }

  /** The start of a pool of two. */
  static start(): Measure {
    return async (n) => {
      let total = 0;
      for (let i = 0; i < n; i++) {
        const start = performance.now();
        await using pool = new Pool({ processes: 2 });
        await pool.ready();
        total += performance.now() - start;
      }
      return total / 1000;
    };
  }

  /** Ends them. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const pool of this.#pools.values()) await pool[Symbol.asyncDispose]();
  }
}
