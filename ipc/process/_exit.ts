/**
 * How a process ends by itself: return, throw and `Deno.exit` all come here.
 *
 * Order matters:
 *
 * 1. The listeners of `unload` run, as the runtime would run them later, when it is too late: here they may still use
 *    shared objects, and can still be stopped.
 * 2. The outcome (what the target returned or threw) is sent to the parent; that may run code of registered classes.
 * 3. What the process holds is reclaimed, and the process is *gone*. No code of users runs from here on: the parent may use
 *    the memory again.
 * 4. The runtime ends the thread.
 */
import { EXIT_CODE, STATE } from "../kill_safe.ts";
import {
  agentIndex,
  AgentState,
  agentWord,
  markChildrenKilled,
  setAgentWord,
} from "../memory/agent.ts";
import { ringDoorbell } from "../memory/doorbell.ts";
import { forgetAll } from "../memory/wrappers.ts";
import { reclaim, reclaimLocks, wakeEverybody } from "../reaper/reclaim.ts";
import type { Seat } from "./_start_data.ts";
import { type Outcome, sendOutcome } from "./_outcome.ts";
import { report } from "./_report.ts";

const exit = Deno.exit;
const dispatchEvent = globalThis.dispatchEvent.bind(globalThis);

/** The end of this process. */
export class ProcessEnd {
  /** Whether the process may touch what is shared: the table entry belongs to this thread. */
  started: boolean = false;
  /** What the process is called. */
  name: string;
  /** What became of the target, if that has ended. */
  outcome: Outcome | undefined;
  readonly #seat: Seat;
  readonly #table: Int32Array<SharedArrayBuffer>;
  #unloaded = false;
  #over = false;

  constructor(seat: Seat, table: Int32Array<SharedArrayBuffer>, name: string) {
    this.name = name;
    this.#seat = seat;
    this.#table = table;
    // The runtime's own flag. It sets it as a plain property, which it cannot when globalThis is frozen, and then does not
    // end the thread.
    Object.defineProperty(globalThis, Symbol.for("Deno.isUnloadDispatched"), {
      get: () => this.#unloaded,
      set: () => {},
    });
    Deno.exit = ((code?: unknown) => this.exit(code)) as typeof Deno.exit;
  }

  /**
   * Whether nothing that happens in this thread matters any more: it reclaimed what it held, or was told to stop. While the
   * runtime stops a thread it may reject what the thread awaits.
   */
  get over(): boolean {
    return this.#over ||
      this.started && agentWord(this.#table, this.#seat.id, STATE) !== AgentState.alive;
  }

  /** What `Deno.exit` does. */
  exit(code?: unknown): never {
    if (!this.#unloaded) {
      // A listener that calls Deno.exit comes here again, and ends it.
      this.#unloaded = true;
      dispatchEvent(new Event("unload"));
    }
    const number = this.#exitCodeOf(code);
    if (!this.#over && this.started && this.outcome !== undefined) {
      const outcome = this.outcome;
      this.outcome = undefined;
      sendOutcome(this.#seat, this.#table, outcome);
    }
    return this.stop(number);
  }

  /** Reports an error nobody caught and ends with exit code 1. */
  fail(error: unknown): void {
    if (this.over) return;
    this.report(error);
    this.exit(1);
  }

  /** Reports an error nobody caught; the process is to end with it. */
  report(error: unknown): void {
    report(this.name, error);
    this.outcome = { threw: error };
  }

  /** Ends at once: no listener runs and nothing is sent. */
  stop(code: number): never {
    this.#unloaded = true;
    this.#reclaim(code);
    return exit(code);
  }

  #reclaim(code: number): void {
    if (this.#over) return;
    this.#over = true;
    if (!this.started) return;
    const table = this.#table;
    const { id } = this.#seat;
    setAgentWord(table, id, EXIT_CODE, code);
    if (markChildrenKilled(table, id)) wakeEverybody();
    forgetAll();
    reclaimLocks(id);
    reclaim(id);
    // If it is stopped at this very moment, the reaper does the same once more.
    const state = agentIndex(id, STATE);
    Atomics.compareExchange(table, state, AgentState.alive, AgentState.gone);
    Atomics.notify(table, state);
    ringDoorbell();
  }

  /** As the runtime reads it, an int32. What cannot be read so is reported, as Python does, and means 1. */
  #exitCodeOf(code: unknown): number {
    if (code === undefined || code === null) return Deno.exitCode;
    try {
      return (code as number) | 0;
    } catch (error) {
      report(this.name, error);
      return 1;
    }
  }
}
