/**
 * Questions a process can ask about itself and its surroundings.
 *
 * @module
 */
import { agentIndex, AgentState, existingAgent, STATE } from "./_agent.ts";
import { ownerIsGone } from "./_liveness.ts";
import {
  type Attempt,
  deadlineOf,
  PENDING,
  TIMED_OUT,
  waitAsync,
  type WaitOptions,
  waitSync,
  type WaitSyncOptions,
} from "./_wait.ts";

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

let current: CurrentProcess = { name: "MainProcess", id: 1, daemon: false };
let parent: ParentProcess | undefined;

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
  return current;
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
  return parent;
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

/** An operation that ends when an agent has ended. */
export class EndOfAgent implements Attempt<true> {
  readonly words: Int32Array;
  readonly index: number;
  readonly #id: number;
  expected: number = 0;

  constructor(table: Int32Array, id: number) {
    this.words = table;
    this.index = agentIndex(id, STATE);
    this.#id = id;
  }

  /** While it is being stopped, its end may have to be found out by the very thread that waits for it. */
  get slice(): number {
    return this.expected === AgentState.dying ? 10 : Infinity;
  }

  attempt(): true | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    if (this.expected === AgentState.gone || this.expected === AgentState.free) return true;
    const { buffer } = this.words as Int32Array<SharedArrayBuffer>;
    return ownerIsGone(buffer, this.#id) === "gone" ? true : PENDING;
  }
}

/** Installs who this process is; called once, before user code runs. */
export function setCurrentProcess(
  self: CurrentProcess,
  parentId: number,
  parentName: string,
): void {
  current = self;
  const { table } = existingAgent()!;
  const ended = () => new EndOfAgent(table, parentId);
  parent = {
    name: parentName,
    id: parentId,
    get isAlive() {
      return ended().attempt() === PENDING;
    },
    async join(options) {
      return await waitAsync(ended(), deadlineOf(options?.timeout), options?.signal) !== TIMED_OUT;
    },
    joinSync(options) {
      return waitSync(ended(), deadlineOf(options?.timeout)) !== TIMED_OUT;
    },
  };
}
