/**
 * Shared memory between workers.
 *
 * @module
 */
export { Barrier, type BarrierAction, type BarrierOptions, BrokenBarrierError } from "./barrier.ts";
export { BoundedSemaphore } from "./bounded_semaphore.ts";
export { Condition } from "./condition.ts";
export { TimeoutError } from "./errors.ts";
export { SharedEvent, SharedEvent as Event } from "./event.ts";
export { type Guard, type Lockable, LockNotHeldError } from "./guard.ts";
export { Lock } from "./lock.ts";
export type {
  BigNumericType,
  NumericArray,
  NumericInput,
  NumericType,
  NumericTypeName,
  NumericValue,
} from "./_numeric.ts";
export { RLock } from "./rlock.ts";
export { Semaphore } from "./semaphore.ts";
export { SharedArray, type SliceRange } from "./shared_array.ts";
export { type SharedNumberOptions, SharedValue } from "./shared_value.ts";
export { attach, share, type SharedHandle, SharedObject } from "./shared_object.ts";
export type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
