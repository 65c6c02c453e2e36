/**
 * Questions a process can ask about itself and its surroundings.
 *
 * @module
 */
import { currentIdentity, type CurrentProcess, identity, type ParentProcess } from "./_identity.ts";

export type { CurrentProcess, ParentProcess };

/**
 * The process that this code runs in.
 *
 * @returns Its name, number and kind.
 *
 * @example Usage
 * ```ts
 * import { currentProcess } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(currentProcess().name, "MainProcess");
 * ```
 */
export function currentProcess(): CurrentProcess {
  return currentIdentity();
}

/**
 * The process that started this one.
 *
 * @returns `undefined` in the main process.
 *
 * @example Usage
 * ```ts
 * import { parentProcess } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parentProcess(), undefined);
 * ```
 */
export function parentProcess(): ParentProcess | undefined {
  return identity.parent;
}

/**
 * How many processors this program can use.
 *
 * @returns At least 1.
 *
 * @example Usage
 * ```ts
 * import { cpuCount } from "@ferry/std/ipc";
 * import { assert } from "@std/assert";
 *
 * assert(cpuCount() >= 1);
 * ```
 */
export function cpuCount(): number {
  return navigator.hardwareConcurrency;
}
