/**
 * Shared memory between workers.
 *
 * @module
 */
export { Barrier, type BarrierAction, type BarrierOptions, BrokenBarrierError } from "./barrier.ts";
export { BoundedSemaphore } from "./bounded_semaphore.ts";
export { Condition } from "./condition.ts";
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
export { SharedEvent, SharedEvent as Event } from "./event.ts";
export { type Guard, type Lockable, LockNotHeldError } from "./guard.ts";
export { JoinableQueue } from "./joinable_queue.ts";
export { Lock } from "./lock.ts";
export type {
  BigNumericType,
  NumericArray,
  NumericInput,
  NumericType,
  NumericTypeName,
  NumericValue,
} from "./_numeric.ts";
export { Pipe, type PipeOptions } from "./pipe.ts";
export {
  activeChildren,
  type ModuleTarget,
  Process,
  type ProcessOptions,
  type TargetFunction,
} from "./process.ts";
export { Queue, type QueueOptions, type ShutdownOptions } from "./queue.ts";
export { type ClassCodec, registerClass } from "./register_class.ts";
export { RLock } from "./rlock.ts";
export { Semaphore } from "./semaphore.ts";
export { SharedArray, type SliceRange } from "./shared_array.ts";
export { attach, share, type SharedHandle, SharedObject } from "./shared_object.ts";
export { type SharedNumberOptions, SharedValue } from "./shared_value.ts";
export { SimpleQueue } from "./simple_queue.ts";
export { UnsendableError, type UnsendableErrorOptions } from "./unsendable_error.ts";
export { type Waitable, waitAny, waitAnySync } from "./wait_any.ts";
export type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
