/**
 * Spares: workers that were started in advance. They have loaded this package and wait for what they are to run.
 *
 * A spare is an agent of the table, and a child of the agent that made it, as a process is; it ends with that one. It is in no
 * list of processes, and does not keep the program alive, until {@linkcode takeSpare} gives it away.
 */
import type { Launched } from "./_launch.ts";
import { launchSpare } from "./_launch.ts";
import { type Owner, RunningProcess } from "./_running_process.ts";
import type { Prestarted } from "./prestarted.ts";
import { within } from "../wait/turns.ts";
import { deadlineIn, signalIn, type WaitOptions } from "../wait/options.ts";
import { holdProgram, releaseProgram, TIMED_OUT } from "../wait/wait.ts";

/** The exit code of a spare that nobody takes. */
const TERMINATED = -15;

/** A worker that waits. */
export interface Spare {
  readonly launched: Launched;
  readonly running: RunningProcess;
  readonly maxHeap: number;
  /** Settles when it has loaded all it may need, or has ended. */
  readonly warm: Promise<unknown>;
  /** Whether it has become a process. */
  taken: boolean;
}

/** Those that wait, the oldest first. */
const waiting = new Set<Spare>();

/** Takes the oldest spare with such a heap, if there is one. */
export function takeSpare(maxHeap: number): Spare | undefined {
  for (const spare of waiting) {
    if (spare.maxHeap !== maxHeap || spare.running.exitCode !== undefined) continue;
    waiting.delete(spare);
    spare.taken = true;
    return spare;
  }
  return undefined;
}

/** Takes a spare back that was not told anything. */
export function giveBack(spare: Spare): void {
  spare.taken = false;
  waiting.add(spare);
}

function makeSpare(maxHeap: number, canStop: Owner["canStop"]): Spare {
  const launched = launchSpare(maxHeap);
  const running = new RunningProcess(launched, "Spare", maxHeap, {
    canStop,
    onGone: () => waiting.delete(spare),
    onEnded: () => waiting.delete(spare),
  });
  launched.worker.unref();
  const told = Promise.withResolvers<void>();
  launched.worker.once("message", () => told.resolve());
  const warm = Promise.race([told.promise, running.ended]);
  const spare: Spare = { launched, running, maxHeap, warm, taken: false };
  waiting.add(spare);
  return spare;
}

/** The spares of one call. */
export class Spares implements Prestarted {
  readonly #made: Spare[] = [];

  /**
   * Makes spares, all or none.
   *
   * @throws {Deno.errors.NotSupported} If processes cannot run here.
   */
  constructor(count: number, maxHeap: number, canStop: Owner["canStop"]) {
    try {
      while (this.#made.length < count) this.#made.push(makeSpare(maxHeap, canStop));
    } catch (error) {
      this.#stop();
      throw error;
    }
  }

  get size(): number {
    return this.#left().length;
  }

  async ready(options?: WaitOptions): Promise<boolean> {
    const attempted = "wait for spare workers";
    const deadline = deadlineIn(options, attempted);
    const signal = signalIn(options, attempted);
    const made = this.#left();
    holdProgram();
    try {
      const all = Promise.all(made.map(({ warm }) => warm));
      if (await within(all, deadline, signal) === TIMED_OUT) return false;
    } finally {
      releaseProgram();
    }
    for (const { running, taken } of made) {
      if (!taken && running.failure !== undefined) throw running.failure.reason;
    }
    return true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = this.#stop();
    holdProgram();
    try {
      await Promise.all(ended);
    } finally {
      releaseProgram();
    }
  }

  #left(): Spare[] {
    return this.#made.filter((spare) => waiting.has(spare));
  }

  /** Stops those that wait. */
  #stop(): Promise<void>[] {
    return this.#left().map((spare) => {
      waiting.delete(spare);
      spare.running.stop(TERMINATED);
      return spare.running.ended;
    });
  }
}
