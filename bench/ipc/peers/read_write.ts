/** A `ReadWriteLock` against a plain `Lock`: two processes, nine reads for each write. */
import {
  type Connection,
  Lock,
  type Lockable,
  Pipe,
  Process,
  ReadWriteLock,
  SharedArray,
} from "@ferry/std/ipc";
import type { Measure } from "./measure.ts";

interface Job {
  readonly n: number;
  /** Items that a read adds up, and a write changes. */
  readonly items: number;
  readonly shared: boolean;
}

/** Reads and writes under one of two locks, job after job; none at all is the end. */
export function reader(
  jobs: Connection<Job | null, number>,
  plain: Lock,
  shared: ReadWriteLock,
  data: SharedArray,
): void {
  const { view } = data;
  for (let job = jobs.recvSync(); job !== null; job = jobs.recvSync()) {
    const read: Lockable = job.shared ? shared.readLock : plain;
    const write: Lockable = job.shared ? shared.writeLock : plain;
    let sum = 0;
    for (let i = 0; i < job.n; i++) {
      if (i % 10 === 9) {
        write.acquireSync();
        for (let at = 0; at < job.items; at++) view[at]!++;
        write.release();
      } else {
        read.acquireSync();
        for (let at = 0; at < job.items; at++) sum += view[at]!;
        read.release();
      }
    }
    jobs.sendSync(sum);
  }
}

/** Two processes that read and write the same numbers. */
export class Readers implements AsyncDisposable {
  readonly #plain = new Lock();
  readonly #shared = new ReadWriteLock();
  readonly #data = new SharedArray("int32", 1 << 16, { lock: false });
  readonly #helpers = [1, 2].map(() => {
    const [jobs, there] = new Pipe<Job | null, number>();
    const process = new Process({ module: import.meta.url, export: "reader" }, {
      args: [there, this.#plain, this.#shared, this.#data],
      daemon: true,
    });
    process.start();
    return { process, jobs };
  });

  /** `n` reads and writes in all. */
  under(lock: "ReadWriteLock" | "Lock", items: number): Measure {
    const shared = lock === "ReadWriteLock";
    return (n) => {
      const start = performance.now();
      for (const { jobs } of this.#helpers) jobs.sendSync({ n: n >> 1, items, shared });
      for (const { jobs } of this.#helpers) jobs.recvSync();
      return (performance.now() - start) / 1000;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process, jobs } of this.#helpers) {
      jobs.sendSync(null);
      await process.join();
      jobs.close();
    }
  }
}
