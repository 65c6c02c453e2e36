/**
 * Who this process is and who started it: set once at its start, read by the public functions.
 */
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

/** Who this is before anything was installed: the main thread, or a `Worker`, of the web or of Node, of the user's own. */
function describeThread(): CurrentProcess {
  const { isMainThread } = globalThis.process.getBuiltinModule("node:worker_threads");
  if (isMainThread && !("WorkerGlobalScope" in globalThis)) {
    return { name: "MainProcess", id: 1, daemon: false };
  }
  return {
    name: String((globalThis as { name?: unknown }).name || "Worker"),
    get id() {
      return existingAgent()?.id ?? 0;
    },
    daemon: false,
  };
}

/** Who this process is and who started it. */
export const identity: {
  /** Found out when it is asked for, unless it was installed. */
  current: CurrentProcess | undefined;
  parent: ParentProcess | undefined;
  /** Whether the module with the target is being imported: what its top level does, it would do in every process. */
  importing: boolean;
} = { current: undefined, parent: undefined, importing: false };

/** Who this process is. */
export function currentIdentity(): CurrentProcess {
  return identity.current ??= describeThread();
}

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
