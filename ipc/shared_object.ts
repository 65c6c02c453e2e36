/**
 * What all shared objects have in common, and the way to hand one to a worker of your own.
 *
 * @module
 */
export { attach, share, type SharedHandle, SharedObject } from "./_shared_object.ts";
