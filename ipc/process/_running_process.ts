/**
 * A process from its start to the end of its thread, as its parent sees it.
 *
 * ```
 *            start()                    the thread has ended,
 *               |                       what it held is reclaimed
 *          +---------+  ends by itself +------+   event "exit"   +-------+
 *          |  alive  |---------------->| gone |----------------->| ended |
 *          +---------+                 +------+                  +-------+
 *   terminate() |                          ^
 *   or kill()   v                          |
 *          +---------+   by the reaper     |
 *          | killed  |---------------------+
 *          +---------+
 * ```
 *
 * *Gone* is a word of the agent table, which a thread that blocks can wait for. *Ended* is known to the event loop; the entry
 * of the table is free then. The outcome is known once the process is gone.
 *
 * A process that has not begun to run is refused: it reads that in the table, and ends by itself before it touches
 * anything. Its worker is not terminated: the runtime does not quite free a worker that is terminated while it starts, and
 * may print an error.
 */
import { EXIT_CODE, STATE } from "../kill_safe.ts";
import {
  AgentState,
  agentWord,
  decideStart,
  markKilled,
  Phase,
  phaseOf,
  setAgentWord,
} from "../memory/agent.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { closePort, openPort } from "../message/moved_buffers.ts";
import { AgentExit } from "../reaper/liveness.ts";
import { freeAgent, reap, waitUntilReaped } from "../reaper/reaper.ts";
import { wakeEverybody } from "../reaper/reclaim.ts";
import type { Launched } from "./_launch.ts";
import { type ReceivedOutcome, receiveOutcome } from "./_outcome.ts";
import { say } from "./_report.ts";
import { ProcessExitError } from "../errors.ts";
import { within } from "../wait/turns.ts";

/** Milliseconds after which `join()` does not wait any longer for a thread that was stopped and runs on. */
const PATIENCE = 60_000;

/** Milliseconds after which a worker that was stopped while it starts, and does not end by itself, is terminated. */
const STARTS_WITHIN = 10_000;

/** Milliseconds that the thread of a worker that was stopped has to run out. */
const RUNS_OUT_WITHIN = 1000;

/** What a running process asks of the object that stands for it; while it is a spare, of its keeper. */
export interface Owner {
  /** Whether this runtime can stop the thread of a busy worker. */
  canStop(): Promise<boolean>;
  /** It is gone: its outcome is known. */
  onGone(): void;
  /** Its thread has ended, or will not be waited for any longer. */
  onEnded(): void;
}

/** See the head of this file. */
export class RunningProcess {
  readonly id: number;
  /** Settles when it has ended. */
  readonly ended: Promise<void>;
  /** Settles when it was stopped long ago, and runs on. */
  readonly slow: Promise<void>;
  /** Whether its thread cannot be stopped. */
  stuck: boolean = false;
  readonly #launched: Launched;
  #name: string;
  #owner: Owner;
  #stopCode: number | undefined;
  #exitCode: number | undefined;
  #outcome: ReceivedOutcome | undefined;
  #failure: { readonly reason: unknown } | undefined;
  #impatience: ReturnType<typeof setTimeout> | undefined;

  constructor(launched: Launched, name: string, maxHeap: number, owner: Owner) {
    const { id, worker, data, sentinel } = launched;
    this.#launched = launched;
    this.#name = name;
    this.#owner = owner;
    this.id = id;
    openPort(id, data);
    worker.on("error", (error: Error & { code?: string }) => {
      // What user code throws is reported by the worker itself; here comes only what it could not.
      const text = error.code === "ERR_WORKER_OUT_OF_MEMORY"
        ? `out of memory: its heap reached ${maxHeap} MiB`
        : error.message;
      say(this.#name, text);
    });
    const closed = Promise.withResolvers<void>();
    sentinel.addEventListener("close", () => closed.resolve(), { once: true });
    sentinel.start();
    const ended = Promise.withResolvers<void>();
    const slow = Promise.withResolvers<void>();
    this.ended = ended.promise;
    this.slow = slow.promise;
    worker.on("exit", async (code: number) => {
      await this.#exited(code, closed.promise, slow.resolve);
      ended.resolve();
    });
  }

  /** A spare that waited until now is to be a process. */
  employ(name: string, owner: Owner): void {
    this.#name = name;
    this.#owner = owner;
  }

  /** Whether all that it held is reclaimed. */
  get #isGone(): boolean {
    return agentWord(this.#launched.table, this.id, STATE) === AgentState.gone;
  }

  /** See `Process.exitCode`. */
  get exitCode(): number | undefined {
    if (this.#exitCode !== undefined) return this.#exitCode;
    // A program may ask for this again and again, without ever waiting.
    reap(false);
    return this.#isGone ? this.#codeOfGone() : undefined;
  }

  /** Whether its outcome was looked for. */
  get isSettled(): boolean {
    return this.#exitCode !== undefined;
  }

  #codeOfGone(): number {
    return this.#stopCode ?? agentWord(this.#launched.table, this.id, EXIT_CODE);
  }

  /** A wait that ends when it is gone. */
  waitForGone(): AgentExit {
    return new AgentExit(this.#launched.table, this.id, this.#launched.serial);
  }

  /**
   * Stops it.
   *
   * @param code Its exit code from then on.
   * @param stopReason What its result is to reject with, if that is not the error of the exit code.
   */
  stop(code: number, stopReason?: { readonly reason: unknown }): void {
    if (this.#stopCode !== undefined || this.exitCode !== undefined) return;
    const { table, serial, worker } = this.#launched;
    // It may come to its end by itself this very moment: let it.
    if (!markKilled(table, this.id)) return;
    this.#stopCode = code;
    this.#failure = stopReason;
    if (
      decideStart(table, this.id, serial, Phase.refused) ||
      phaseOf(table, this.id) === Phase.refused
    ) {
      this.#impatience = setTimeout(() => worker.terminate(), STARTS_WITHIN);
      Deno.unrefTimer(this.#impatience as unknown as number);
    } else worker.terminate();
    wakeEverybody();
  }

  /** Looks for the outcome of a process that is gone, and closes what connects this thread with it. */
  settle(): void {
    if (this.isSettled || !this.#isGone) return;
    this.#exitCode = this.#codeOfGone();
    this.#outcome = receiveOutcome(this.id, this.#launched.ticket);
    this.#disconnect();
    this.#owner.onGone();
  }

  #disconnect(): void {
    clearTimeout(this.#impatience);
    closePort(this.id);
    this.#launched.sentinel.close();
    this.#launched.orders?.close();
  }

  /** Why it ended badly, the same each time; `undefined` if it ended well, or is not settled. */
  get failure(): { readonly reason: unknown } | undefined {
    if (this.#exitCode === undefined || this.#exitCode === 0) return undefined;
    return this.#failure ??= { reason: this.#whyItFailed(this.#exitCode) };
  }

  #whyItFailed(exitCode: number): unknown {
    if (this.#stopCode !== undefined || !this.#outcome?.threw) {
      return new ProcessExitError(this.#name, exitCode);
    }
    try {
      return this.#outcome.value;
    } catch (error) {
      return error;
    }
  }

  /** What the target of a settled process that ended well returned; throws what could not be sent of it. */
  get returned(): unknown {
    const value = this.#outcome?.value;
    if (this.#outcome?.threw) throw value;
    return value;
  }

  /** The outcome is not asked for any more. */
  forgetOutcome(): void {
    this.#outcome?.[Symbol.dispose]();
    this.#outcome = undefined;
  }

  /** The runtime says that the worker is over; its thread may still be running out. */
  async #exited(code: number, closed: Promise<void>, slow: () => void): Promise<void> {
    const { table } = this.#launched;
    if (agentWord(table, this.id, STATE) === AgentState.alive) {
      // It could not say so itself.
      setAgentWord(table, this.id, EXIT_CODE, code);
      markKilled(table, this.id);
    }
    clearTimeout(this.#impatience);
    let impatient: ReturnType<typeof setTimeout> | undefined;
    const reaped = await waitUntilReaped(this.id, closed, async () => {
      const works = await this.#owner.canStop();
      if (works) impatient = setTimeout(slow, PATIENCE);
      return works;
    });
    clearTimeout(impatient);
    if (this.#stopCode !== undefined) {
      // Its thread runs out; what this one reads from it comes to its end with it.
      await within(closed, performance.now() + RUNS_OUT_WITHIN, undefined);
    }
    this.stuck = !this.#isGone;
    if (this.stuck) this.#disconnect();
    else this.settle();
    if (reaped) freeAgent(table, this.id);
    ringDoorbell();
    this.#owner.onEnded();
  }
}
