/** The platform's own way as a peer: postMessage between the main thread and a worker. */
import { Worker as NodeWorker } from "node:worker_threads";
import type { Measure } from "./measure.ts";

/** What the worker is asked for. */
export interface Order {
  readonly kind: "echo" | "bytes" | "moved" | "objects";
  readonly n: number;
  readonly size: number;
}

const script = new URL("./post_message_worker.ts", import.meta.url);

/** A web worker or a node worker. */
export class PostMessage implements AsyncDisposable {
  readonly #post: (message: unknown) => void;
  readonly #end: () => Promise<unknown> | void;
  #receive: (message: unknown) => void = () => {};

  constructor(node: boolean, hello: () => void) {
    this.#receive = hello;
    if (node) {
      const worker = new NodeWorker(script);
      worker.on("message", (message) => this.#receive(message));
      this.#post = (message) => worker.postMessage(message);
      this.#end = () => worker.terminate();
    } else {
      const worker = new Worker(script, { type: "module" });
      worker.onmessage = ({ data }) => this.#receive(data);
      this.#post = (message) => worker.postMessage(message);
      this.#end = () => worker.terminate();
    }
  }

  /** A worker that has said hello. */
  static async start(options: { node: boolean }): Promise<PostMessage> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const started = new PostMessage(options.node, resolve);
    await promise;
    return started;
  }

  /** From the constructor until the worker has said hello. */
  static starting(options: { node: boolean }): Measure {
    return async (n) => {
      let total = 0;
      for (let i = 0; i < n; i++) {
        const begin = performance.now();
        const worker = await PostMessage.start(options);
        total += performance.now() - begin;
        await worker[Symbol.asyncDispose]();
      }
      return total / 1000;
    };
  }

  /** Messages from the worker to here. */
  oneWay(kind: "bytes" | "moved" | "objects", size = 0): Measure {
    return async (n) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let left = n;
      this.#receive = () => {
        if (--left === 0) resolve();
      };
      const start = performance.now();
      this.#post({ kind, n, size });
      await promise;
      return (performance.now() - start) / 1000;
    };
  }

  /** There and back, one at a time. */
  roundTrip(make: (i: number) => unknown): Measure {
    return async (n) => {
      const ready = Promise.withResolvers<void>();
      this.#receive = () => ready.resolve();
      this.#post({ kind: "echo", n, size: 0 });
      await ready.promise;
      const { promise, resolve } = Promise.withResolvers<void>();
      let done = 0;
      this.#receive = () => {
        if (++done === n) resolve();
        else this.#post(make(done));
      };
      const start = performance.now();
      this.#post(make(0));
      await promise;
      return (performance.now() - start) / 1000;
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}
