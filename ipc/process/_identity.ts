/**
 * Who this process is and who started it: set once at its start, read by the public functions.
 */
import { isMainThread } from "node:worker_threads";
import { existingAgent, serialOf } from "../memory/agent.ts";
import { AgentExit } from "../reaper/agent_exit.ts";
import { deadlineIn, signalIn, type WaitOptions, type WaitSyncOptions } from "../wait/options.ts";
import { PENDING, TIMED_OUT, waitAsync, waitSync } from "../wait/wait.ts";

/** What is known of the process that this code runs in. */
export interface CurrentProcess {
  /** `"MainProcess"`, the name its parent gave it, or that of the `Worker` (`"Worker"` if it has none). */
  readonly name: string;
  /**
   * Small number that tells the live processes of a program apart; the main one is 1. A `Worker` of your own has none, 0,
   * before it has attached a shared object.
   */
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
  /** Waits for its end; `false` if the timeout passes first. */
  join(options?: WaitOptions): Promise<boolean>;
  /** Waits for its end, blocking the thread; `false` if the timeout passes first. */
  joinSync(options?: WaitSyncOptions): boolean;
}

/** Whether this thread is a `Worker`, of the web or of Node, that was not started as a `Process`. */
const IN_WORKER = !isMainThread || "WorkerGlobalScope" in globalThis;

/** Who this is before anything was installed. */
const thread: CurrentProcess = IN_WORKER
  ? {
    name: String((globalThis as { name?: unknown }).name || "Worker"),
    get id() {
      return existingAgent()?.id ?? 0;
    },
    daemon: false,
  }
  : { name: "MainProcess", id: 1, daemon: false };

/** Who this process is and who started it. */
export const identity: {
  current: CurrentProcess;
  parent: ParentProcess | undefined;
  /** Whether the module with the target is being imported: what its top level does, it would do in every process. */
  importing: boolean;
} = { current: thread, parent: undefined, importing: false };

/** Installs who this process is; called once, before user code runs. */
export function setCurrentProcess(
  self: CurrentProcess,
  parentId: number,
  parentName: string,
): void {
  identity.current = self;
  const { table } = existingAgent()!;
  const serial = serialOf(table, parentId);
  const ended = () => new AgentExit(table, parentId, serial);
  identity.parent = {
    name: parentName,
    id: parentId,
    get isAlive() {
      return ended().attempt() === PENDING;
    },
    async join(options) {
      const deadline = deadlineIn(options, "join the parent process");
      const signal = signalIn(options, "join the parent process");
      return await waitAsync(ended(), deadline, signal) !== TIMED_OUT;
    },
    joinSync(options) {
      return waitSync(ended(), deadlineIn(options, "join the parent process")) !== TIMED_OUT;
    },
  };
}
