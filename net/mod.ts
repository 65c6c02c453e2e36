/**
 * Sockets, servers and asyncio-like streams on Deno's own connections.
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
export {
  PreforkServer,
  serve,
  servePrefork,
  serveWorkerPerConnection,
  serveWorkers,
  WorkerServer,
} from "./techniques/mod.ts";
