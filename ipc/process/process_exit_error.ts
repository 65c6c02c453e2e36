/**
 * The error of a process that ended without an outcome.
 *
 * @module
 */
export { ProcessExitError } from "../errors.ts";
