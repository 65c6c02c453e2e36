/**
 * Node's tests of what an object is. They are loaded with the first dump, and half of Node's modules with them: every program
 * that imports the package would wait for that otherwise.
 */

/** The tests; usable once {@linkcode loadTypes} has loaded them. */
export let types: typeof import("node:util/types");

/** Loads them, if they are not there yet. */
export async function loadTypes(): Promise<void> {
  types ??= await import("node:util/types");
}
