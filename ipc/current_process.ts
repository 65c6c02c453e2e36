/**
 * Questions a process can ask about itself and its surroundings.
 *
 * @module
 */
import type { WaitOptions, WaitSyncOptions } from "./_wait.ts";
import { identity } from "./_identity.ts";

/** What is known of the process that this code runs in. */
export interface CurrentProcess {
  /** `"MainProcess"`, or the name its parent gave it. */
  readonly name: string;
  /** Small number that tells the live processes of a program apart; the main one is 1. */
  readonly id: number;
  /** Whether it is ended when its parent ends. */
  readonly daemon: boolean;
}

/** The process that started this one. */
export interface ParentProcess {
  /** Its name. */
  readonly name: string;
  /** Its number. */
  readonly id: number;
  /** Whether it still runs. */
  readonly isAlive: boolean;
  /** Waits for its end; `false` when the timeout passes first. */
  join(options?: WaitOptions): Promise<boolean>;
  /** Waits for its end, blocking the thread; `false` when the timeout passes first. */
  joinSync(options?: WaitSyncOptions): boolean;
}

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
  return identity.current;
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
