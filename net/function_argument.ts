/** Checks of functions and classes that are given: without them a server would start, and serve nobody. */
import { shown } from "../persist/options.ts";

/**
 * Checks that a function was given.
 *
 * @param attempted What the call does, as in "start a server".
 * @param needed What the function is for, as in "a function that handles a connection".
 * @param given What was given.
 * @throws {TypeError} If it is no function.
 */
export function checkFunction(attempted: string, needed: string, given: unknown): void {
  if (typeof given === "function") return;
  throw new TypeError(`Cannot ${attempted}: needed ${needed}, received ${shown(given)}`);
}

/**
 * Checks that a class was given.
 *
 * @param attempted What the call does.
 * @param needed What the class is for.
 * @param given What was given.
 * @throws {TypeError} If it is no function, or one that `new` cannot call.
 */
export function checkClass(attempted: string, needed: string, given: unknown): void {
  checkFunction(attempted, needed, given);
  if (typeof (given as { prototype?: unknown }).prototype === "object") return;
  throw new TypeError(`Cannot ${attempted}: needed ${needed}, received a function that is none`);
}
