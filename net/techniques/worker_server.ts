/**
 * A pool of workers on one port.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import type { Address } from "../errors.ts";
import type { ShutdownOptions, ShutdownReport } from "../server/mod.ts";
import { Crew, type Hire } from "./_crew.ts";
import type { Notice } from "./_messages.ts";
import { checkReadable } from "./_readable.ts";
import { CREW_RULES, type CrewOptions } from "./crew_options.ts";
import { checkPort } from "../native/listen.ts";
import { checkServer, checkShutdown } from "../server/server.ts";
import { describeTarget, type HandlerTarget } from "./target.ts";

/** Options of {@linkcode serveWorkers}. */
export interface WorkerServerOptions extends CrewOptions {
  /**
   * How many workers.
   *
   * @default {navigator.hardwareConcurrency}
   */
  workers?: number | undefined;
}

const RULES: RulesOf<WorkerServerOptions> = { ...CREW_RULES, workers: "any" };

/**
 * A pool of workers that listen on one port. Made by {@linkcode serveWorkers}; `await using` shuts it down.
 *
 * @example Two workers, and how to end them
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { serveWorkers } from "@ferry/std/net/techniques";
 * import { assertEquals } from "@std/assert";
 *
 * const module = "data:text/javascript," +
 *   encodeURIComponent("export default ({ writer }) => { writer.write('hello'); };");
 * const server = await serveWorkers({ module }, { port: 0, workers: 2 });
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello");
 * await server.shutdown({ grace: 1000 });
 * ```
 */
export class WorkerServer implements AsyncDisposable {
  readonly #crew: Crew;

  /**
   * Made by {@linkcode serveWorkers}.
   *
   * @param crew The workers.
   */
  constructor(crew: unknown) {
    if (!(crew instanceof Crew)) {
      throw new TypeError("Cannot make a WorkerServer: it is made by serveWorkers()");
    }
    this.#crew = crew;
  }

  /** Where all workers listen. */
  get address(): Address {
    return this.#crew.address;
  }

  /** How many workers are at work. One that has died is missing until it is replaced. */
  get workers(): number {
    return this.#crew.size;
  }

  /**
   * Stops listening in all workers and brings their connections to an end. It always settles: a worker that computes, and
   * hears nothing, is terminated a second after the grace.
   *
   * @param options `grace` (ms), and a `signal` to cut it short.
   * @returns What became of the connections, all workers together.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  async shutdown(options?: ShutdownOptions): Promise<ShutdownReport> {
    checkShutdown(options);
    return await this.#crew.shutdown(options);
  }

  /** Shuts it down. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }
}

/**
 * Serves with a pool of workers: each listens on the same port (SO_REUSEPORT), and the kernel spreads the connections over
 * them. A connection stays in its worker; inside one, each connection is a task.
 *
 * The kernel spreads by a hash of the addresses, on Linux: evenly over many clients, not over few. A worker that dies is
 * replaced; its connections are gone, and so are those that waited in its backlog.
 *
 * @param target The module that exports the handler. Each worker loads it once: its variables are the worker's own.
 * @param options Where to listen, how many workers, and how they serve.
 * @returns The server; all workers listen.
 * @throws {NetError} If a worker cannot load the handler, or cannot listen.
 * @throws {Deno.errors.NotCapable} If the handler, this package or the network is not allowed.
 * @throws {RangeError} If `workers` is not a positive integer.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Two workers
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { serveWorkers } from "@ferry/std/net/techniques";
 * import { assertEquals } from "@std/assert";
 *
 * const module = "data:text/javascript," +
 *   encodeURIComponent("export default ({ writer }) => { writer.write('hello\\n'); };");
 * await using server = await serveWorkers({ module }, { port: 0, workers: 2 });
 * await using client = await openConnection(server.address);
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "hello\n");
 * ```
 */
export async function serveWorkers(
  target: HandlerTarget,
  options: WorkerServerOptions,
): Promise<WorkerServer> {
  checkServer("Cannot serve", options, RULES);
  checkPort(options.port);
  const { workers = navigator.hardwareConcurrency, hostname = "127.0.0.1", port } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw new RangeError(`Cannot serve: 1 worker or more is needed, received ${workers}`);
  }
  const described = describeTarget(target);
  checkReadable(thread(), described.module);
  const crew = new Crew(hireWorkers(), described, hostname, options);
  await crew.start(workers, port);
  return new WorkerServer(crew);
}

/** What a worker of the server runs. */
const thread = (): URL => new URL("./_thread.ts", import.meta.url);

function hireWorkers(): Hire {
  let count = 0;
  return (hear, died) => {
    const name = `worker ${++count}`;
    const worker = new Worker(thread(), { type: "module", name });
    worker.onmessage = ({ data }: MessageEvent<Notice>) => hear(data);
    worker.onerror = (event) => {
      // The error is told; unhandled here, it would end this thread too.
      event.preventDefault();
      worker.terminate();
      died(event.message);
    };
    return Promise.resolve({
      name,
      send: (command) => worker.postMessage(command),
      end: () => worker.terminate(),
    });
  };
}
