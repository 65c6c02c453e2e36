import type { Global } from "../types/objects/global.ts";

/**
 * Classes and functions that a pickle read in mode exact names with a string of its own for their module, although an equal
 * string stood there already: Python has them from different files. They are written like that again.
 */
export const freshModules: WeakSet<Global> = new WeakSet();
