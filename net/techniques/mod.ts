/**
 * Techniques for many connections at once, with the same handler under each: a function that is given a `StreamConnection`.
 *
 * | technique | use | when |
 * |---|---|---|
 * | a task for each connection | {@linkcode serve} | the handlers wait more than they compute: almost always |
 * | not more than so many | {@linkcode serve} with `concurrency: { max, overflow }` | what is behind them has a limit |
 * | a pool of workers, one port | {@linkcode serveWorkers} | one core is not enough |
 * | a pool of processes, one port | {@linkcode servePrefork} | a crash, or a memory leak, must stay where it is |
 * | a worker for each connection | {@linkcode serveWorkerPerConnection} | a handler computes for long, or blocks |
 * | an object for each connection | `TcpServer`, `UnixServer`, `UdpServer` | code that comes from `socketserver` |
 * | readiness | `Selector` of `@ferry/std/net`; `waitAny` of `@ferry/std/ipc` for all kinds | one loop that looks at many connections |
 *
 * Workers and processes load the handler from a module, see {@linkcode HandlerTarget}. What each costs, measured, is in
 * docs/concurrency.md.
 *
 * @example The same handler, first as tasks and then in workers
 * ```ts
 * import { openConnection } from "@ferry/std/net";
 * import { serve, serveWorkers } from "@ferry/std/net/techniques";
 * import { assertEquals } from "@std/assert";
 *
 * const source = `export async function upper({ reader, writer }) {
 *   for await (const line of reader.lines()) writer.write(line.toUpperCase() + "\\n");
 * }`;
 * const module = "data:text/javascript," + encodeURIComponent(source);
 * const { upper } = await import(module);
 *
 * await using tasks = await serve(upper, { port: 0 });
 * await using workers = await serveWorkers({ module, export: "upper" }, { port: 0, workers: 2 });
 * for (const server of [tasks, workers]) {
 *   await using client = await openConnection(server.address);
 *   client.writer.write("hello\n");
 *   assertEquals(new TextDecoder().decode((await client.reader.readLine())!), "HELLO");
 * }
 * ```
 *
 * ## Permissions
 *
 * `--allow-net`; for workers `--allow-read` of the package and the handler's module, where they are files; for processes
 * `--allow-run` of Deno itself, and `denoArgs` for what they may do. No `--unstable-net` is needed: without it the shared port
 * goes through `node:net`, which is slower.
 *
 * @module
 */
export { startServer as serve } from "../server/mod.ts";
export type { CrewOptions } from "./crew_options.ts";
export { PreforkServer, type PreforkServerOptions, servePrefork } from "./prefork_server.ts";
export type { HandlerTarget } from "./target.ts";
export {
  serveWorkerPerConnection,
  type WorkerPerConnectionOptions,
} from "./worker_per_connection.ts";
export { serveWorkers, WorkerServer, type WorkerServerOptions } from "./worker_server.ts";
