/**
 * Shared memory between workers.
 *
 * @module
 */
export { TimeoutError } from "./errors.ts";
export type { Guard } from "./guard.ts";
export { Lock } from "./lock.ts";
export { attach, share, type SharedHandle, SharedObject } from "./shared_object.ts";
export type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
