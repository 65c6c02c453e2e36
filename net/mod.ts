/**
 * Sockets, servers and asyncio-like streams on Deno's own connections, with deadlines, limits and typed errors.
 *
 * | you want to | use |
 * |---|---|
 * | connect, read and write | {@linkcode openConnection}: `reader` and `writer` |
 * | serve, one function for each connection | {@linkcode startServer} |
 * | serve with an object for each connection or datagram | {@linkcode TcpServer}, {@linkcode UnixServer}, {@linkcode UdpServer} |
 * | port a program that uses Python's `socket` | {@linkcode createConnection}, {@linkcode createServer}, {@linkcode Socket} |
 * | read lines, exact counts, up to a separator | {@linkcode StreamReader} |
 * | send and receive whole messages | {@linkcode FramedConnection} with {@linkcode LengthPrefixed}, {@linkcode VarintPrefixed}, {@linkcode Delimited} |
 * | exchange objects with CPython's `multiprocessing.connection` | `@ferry/std/net/connection` |
 * | TLS, also mutual, also from the middle of a connection on | the option `tls`, {@linkcode StreamConnection.startTls} |
 * | serve on a socket that systemd hands over | {@linkcode serveFd} |
 * | run behind a balancer | the option `proxyProtocol` |
 * | datagrams | {@linkcode createDatagramEndpoint}, {@linkcode UdpSocket} |
 * | callbacks instead of awaiting | {@linkcode serveProtocol}, {@linkcode connectProtocol}, {@linkcode bindProtocol} |
 * | serve many connections in one loop, as with Python's `selectors` | {@linkcode Selector} |
 * | wait for the first of many connections | {@linkcode wait}; together with pipes and processes: `waitAny` of `@ferry/std/ipc` |
 * | run tasks together, cancel them together | {@linkcode TaskGroup}, {@linkcode gather}, {@linkcode timeout} |
 * | two ends without a network | {@linkcode socketPair} |
 *
 * @example A server of lines, with limits, and its client
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(async ({ reader, writer }) => {
 *   for await (const line of reader.lines({ limit: 1024 })) {
 *     writer.write(`${line.toUpperCase()}\n`);
 *     await writer.drain();
 *   }
 * }, {
 *   port: 0,
 *   concurrency: { max: 1000 },
 *   idleTimeout: 60_000,
 *   minRate: { bytesPerSecond: 100 },
 * });
 *
 * await using client = await openConnection(server.address, { readTimeout: 10_000 });
 * client.writer.write("hello\n");
 * assertEquals(new TextDecoder().decode((await client.reader.readLine())!), "HELLO");
 * ```
 *
 * ## Guarantees
 *
 * - **A call that times out or is aborted loses nothing.** The bytes, the connection or the datagram come with the next call.
 * - **Limits go by position, not by how the bytes were cut.** A line of the limit is read, one byte more is an error, whether it
 *   came in one piece or byte by byte; the bytes stay where they are.
 * - **Nothing is allocated for what a peer only announces.** Memory grows with what has arrived.
 * - **What a reader hands out is never written again.** Views need no copy.
 * - **Messages of two tasks are never mixed**, and what is written in one turn goes out together.
 * - **A slow peer costs the high water and one message**, if the writer drains.
 * - **Handshakes, PROXY headers and connecting have deadlines** (10, 10 and 30 s), and hold up no other connection; only where
 *   a server handles as many as it may (`concurrency: { max }`), the next one waits. A `Listener` with too many handshakes drops
 *   the oldest, of the address that has the most.
 * - **Closing sends what was written**, for at most `closeTimeout` (30 s); closing twice is closing once.
 * - **`shutdown` always ends**, and a request that had arrived is handled.
 * - **Only who is trusted is believed**: a client's certificate must be signed by an authority in `ca`, a PROXY header must come
 *   from an address in `trusted`, and a client of `startTls` refuses bytes from before the handshake.
 *
 * ## Errors
 *
 * All are {@linkcode NetError} and a class of `Deno.errors` at the same time, with `op`, `local`, `peer`, `code` and `cause`:
 * see `@ferry/std/net/errors`. A missing permission is `Deno.errors.NotCapable`, an abort is the signal's reason.
 *
 * ## Permissions
 *
 * | you use | flags |
 * |---|---|
 * | {@linkcode socketPair}, framing, tasks, `StreamReader.from` | none |
 * | TCP and UDP | `--allow-net` of the address |
 * | a Unix socket | `--allow-read` and `--allow-write` of its path, and `--allow-net` |
 * | `engine: "node"` of TLS, `localAddress`, `reusePort`, UDP | no more than that |
 * | `@ferry/std/net/sockopt`: options of sockets beyond `noDelay` and `keepAlive` (Linux) | `--allow-ffi` |
 * | a Unix socket for datagrams; UDP at full speed; `reusePort` at full speed | `--unstable-net` too |
 *
 * ## Limits
 *
 * - No descriptors, no `MSG_PEEK`, no `SCM_RIGHTS`. Options of sockets beyond `noDelay`, `keepAlive`, `backlog` and `reusePort`
 *   are set through the C library, on Linux: see `@ferry/std/net/sockopt`.
 * - Deno cannot tell whether a connection can be written to: {@linkcode wait} is for reading.
 * - `"::"` listens on IPv6 and IPv4; IPv6 alone is not to be had.
 * - `abort()` closes at once; whether the peer sees a reset is up to the system.
 * - A datagram to a closed port is not reported.
 * - TLS tells neither session tickets nor channel bindings. As a client it tells version, cipher and certificate only when it
 *   goes through `node:tls`.
 *
 * @module
 */

export * from "./errors.ts";
export { type Waitable, WATCH, type Watch, watchable } from "./watch.ts";
export {
  type AcquireOptions,
  asCompleted,
  type AsCompletedOptions,
  type CompletedTask,
  gather,
  type GatheredOutcomes,
  type GatheredResults,
  type GatherOptions,
  Permit,
  type ReturnWhen,
  Semaphore,
  type SemaphoreOptions,
  shield,
  type ShieldOptions,
  startTask,
  Task,
  type TaskFunction,
  TaskGroup,
  type TaskGroupOptions,
  type TaskLike,
  type TaskOptions,
  type TaskResult,
  type TaskState,
  Timeout,
  timeout,
  type TimeoutOptions,
  wait as waitTasks,
  waitFor,
  type WaitForOptions,
  type WaitTasksOptions,
  type WaitTasksResult,
} from "./tasks/mod.ts";
export {
  answerChallenge,
  authenticate,
  AuthenticationError,
  BufferTooShortError,
  connect,
  Connection,
  deliverChallenge,
  Listener,
  Pipe,
} from "./connection/mod.ts";
export * from "./address/mod.ts";
export * from "./datagram/mod.ts";
export * from "./framing/mod.ts";
export * from "./native/mod.ts";
export * from "./protocol/mod.ts";
export * from "./proxy_protocol/mod.ts";
export * from "./server/mod.ts";
export * from "./socket/mod.ts";
export * from "./streams/mod.ts";
export * from "./time/mod.ts";
export * from "./tls/mod.ts";
export * from "./wait.ts";
export * from "./selector.ts";
export {
  PreforkServer,
  serve,
  servePrefork,
  serveWorkerPerConnection,
  serveWorkers,
  WorkerServer,
} from "./techniques/mod.ts";
