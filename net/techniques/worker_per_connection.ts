/**
 * A worker for each connection.
 *
 * @module
 */
import { type OptionRules, pickOptions, type RulesOf } from "../../persist/options.ts";
import { NetError } from "../errors.ts";
import { type ListenAddress, type Server, type ServerOptions, startServer } from "../server/mod.ts";
import type { StreamConnection, StreamOptions } from "../streams/mod.ts";
import { serve } from "./_bridge.ts";
import { ADDRESS_RULES, checkServer, SERVER_RULES } from "../server/server.ts";
import { STREAM_RULES } from "../streams/options.ts";
import { checkReadable } from "./_readable.ts";
import type { Order, Outcome } from "./_single.ts";
import { type DescribedTarget, describeTarget, type HandlerTarget } from "./target.ts";

/** Options of {@linkcode serveWorkerPerConnection}. */
export interface WorkerPerConnectionOptions extends ServerOptions {
  /**
   * Workers that are started ahead of the connections: starting one takes some 20 ms.
   *
   * @default {2}
   */
  spare?: number | undefined;
}

const OWN_RULES: RulesOf<WorkerPerConnectionOptions> = { ...SERVER_RULES, spare: "number" };
const RULES: OptionRules = { ...OWN_RULES, ...ADDRESS_RULES };

/** What a worker of a connection runs. */
const single = (): URL => new URL("./_single.ts", import.meta.url);

/** Workers at once, where nothing else is said: each has a heap of its own. */
const DEFAULT_MAX = 64;

/**
 * Serves with a worker for each connection, as `ThreadingMixIn` of `socketserver` does with threads. The handler may compute
 * for long, or block: it delays no other connection. An error that is caught nowhere ends its worker, and so that connection
 * alone.
 *
 * A socket cannot leave the thread that accepted it. So that thread reads and writes, and passes the bytes on: each chunk costs
 * a message each way. At most 64 connections are handled at once unless `concurrency` says otherwise.
 *
 * @param target The module that exports the handler. It is loaded afresh for each connection.
 * @param options Where to listen, and how to serve.
 * @returns The server. What ends a handler is told to `onError`, as a `NetError`.
 * @throws {NetError} If the address cannot be had.
 * @throws {Deno.errors.NotCapable} If the handler, this package or the network is not allowed.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example The handler runs elsewhere
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { serveWorkerPerConnection } from "@ferry/std/net/techniques";
 * import { assertEquals } from "@std/assert";
 *
 * const source = `export default async ({ reader, writer }) => {
 *   const n = Number(new TextDecoder().decode(await reader.readLine()));
 *   let sum = 0;
 *   for (let i = 1; i <= n; i++) sum += i; // Nobody else waits for this.
 *   writer.write(String(sum));
 * };`;
 * const module = "data:text/javascript," + encodeURIComponent(source);
 * await using server = await serveWorkerPerConnection({ module }, { port: 0, spare: 0 });
 * await using client = await openConnection(server.address);
 * client.writer.write("1000\n");
 * assertEquals(new TextDecoder().decode(await client.reader.readAll()), "500500");
 * ```
 */
export async function serveWorkerPerConnection(
  target: HandlerTarget,
  options: WorkerPerConnectionOptions & (ListenAddress | { path: string }),
): Promise<Server> {
  const described = describeTarget(target);
  checkReadable(single(), described.module);
  checkServer("Cannot serve", options, RULES);
  const { spare } = options;
  const workers = new SpareWorkers(described, spare ?? 2);
  const streams = pickOptions<StreamOptions>(options, STREAM_RULES);
  const concurrency = options.concurrency ?? { max: DEFAULT_MAX };
  try {
    const server = await startServer((connection) => workers.handle(connection, streams), {
      ...pickOptions<ServerOptions>(options, SERVER_RULES),
      ...("path" in options
        ? { path: options.path }
        : { hostname: options.hostname ?? "127.0.0.1", port: options.port }),
      concurrency,
    });
    server.waitClosed().then(() => workers.close());
    return server;
  } catch (error) {
    workers.close();
    throw error;
  }
}

/** Workers that have loaded the handler and wait for a connection. */
class SpareWorkers {
  readonly #target: DescribedTarget;
  readonly #count: number;
  readonly #spare: Worker[] = [];
  #closed = false;

  constructor(target: DescribedTarget, count: number) {
    this.#target = target;
    this.#count = count;
    this.#refill();
  }

  async handle(connection: StreamConnection, options: StreamOptions): Promise<void> {
    const worker = this.#spare.shift() ?? this.#start();
    const { port1, port2 } = new MessageChannel();
    const handled = Promise.withResolvers<void>();
    const fail = (reason: string) => {
      const { localAddress: local, remoteAddress: peer } = connection;
      handled.reject(new NetError({ op: "handle in its worker", local, peer, reason }));
    };
    worker.onmessage = ({ data: { error } }: MessageEvent<Outcome>) => {
      if (error === undefined) handled.resolve();
      else fail(`${error.name}: ${error.message}`);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      fail(event.message);
    };
    // A connection that is cut from outside, as when a server's grace is over, takes its worker along.
    const cut = () => fail("the connection was aborted");
    connection.writer.waitClosed().then(cut);
    try {
      serve(port1, connection);
      const order: Order = {
        kind: "serve",
        target: this.#target,
        port: port2,
        local: connection.localAddress,
        peer: connection.remoteAddress,
        options,
      };
      worker.postMessage(order, [port2]);
      this.#refill();
      await handled.promise;
    } finally {
      port1.close();
      worker.terminate();
    }
  }

  close(): void {
    this.#closed = true;
    for (const worker of this.#spare.splice(0)) worker.terminate();
  }

  #refill(): void {
    while (!this.#closed && this.#spare.length < this.#count) this.#spare.push(this.#start());
  }

  #start(): Worker {
    const worker = new Worker(single(), { type: "module" });
    // One that ends before it has a connection is no spare; the next connection has a new one, and hears why that ends.
    worker.onerror = (event) => {
      event.preventDefault();
      const index = this.#spare.indexOf(worker);
      if (index >= 0) this.#spare.splice(index, 1);
      worker.terminate();
    };
    const order: Order = { kind: "load", target: this.#target };
    worker.postMessage(order);
    return worker;
  }
}
