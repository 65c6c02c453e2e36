/** What is noted about objects beside them, for nothing in their class tells it. */
import type { Global } from "../types/objects/global.ts";

/** Buffers that came beside a pickle and that the receiver may change: nothing in their class tells them from `bytes`. */
export const beside: WeakSet<object> = new WeakSet();

/**
 * Classes and functions that a pickle read in mode exact names with a string of its own for their module, although an equal
 * string stood there already: Python has them from different files. They are written like that again.
 */
export const freshModules: WeakSet<Global> = new WeakSet();
