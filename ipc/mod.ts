/**
 * Shared memory between workers.
 *
 * @module
 */
export { BufferTooShortError, TimeoutError } from "./errors.ts";
export type { Guard } from "./guard.ts";
export {
  type BytesLike,
  Connection,
  type RecvBytesOptions,
  type RecvBytesSyncOptions,
} from "./connection.ts";
export { Pipe, type PipeOptions } from "./pipe.ts";
export { Lock } from "./lock.ts";
export { attach, share, type SharedHandle, SharedObject } from "./shared_object.ts";
export type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
