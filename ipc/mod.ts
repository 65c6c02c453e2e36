/**
 * Shared memory between workers.
 *
 * @module
 */
export {
  type BytesLike,
  Connection,
  type RecvBytesOptions,
  type RecvBytesSyncOptions,
  type SendBytesOptions,
  type SendBytesSyncOptions,
} from "./connection.ts";
export {
  cpuCount,
  type CurrentProcess,
  currentProcess,
  type ParentProcess,
  parentProcess,
} from "./current_process.ts";
export {
  BufferTooShortError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  TimeoutError,
} from "./errors.ts";
export type { Guard } from "./guard.ts";
export { Lock } from "./lock.ts";
export { Pipe, type PipeOptions } from "./pipe.ts";
export {
  activeChildren,
  type ModuleTarget,
  Process,
  type ProcessOptions,
  type TargetFunction,
} from "./process.ts";
export { JoinableQueue } from "./joinable_queue.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./queue.ts";
export { SimpleQueue } from "./simple_queue.ts";
export { attach, share, type SharedHandle, SharedObject } from "./shared_object.ts";
export type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
export { type Waitable, waitAny, waitAnySync } from "./wait_any.ts";
