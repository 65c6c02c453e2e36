/**
 * Who this process is, who started it, and which processes it has started.
 */
import { existingAgent, serialOf } from "../memory/agent.ts";
import { AgentExit } from "../reaper/liveness.ts";
import {
  deadlineIn,
  deadlineInSync,
  signalIn,
  type WaitOptions,
  type WaitSyncOptions,
} from "../wait/options.ts";
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
      return waitSync(ended(), deadlineInSync(options, "join the parent process")) !== TIMED_OUT;
    },
  };
}

/** What is needed of a child by `activeChildren()`, and at its parent's end. */
export interface Child {
  readonly daemon: boolean;
  readonly isAlive: boolean;
  kill(): void;
  join(): Promise<unknown>;
}

const children = new Set<Child>();

/** A child has started. */
export function addChild(child: Child): void {
  children.add(child);
}

/** A child has ended, and its thread too. */
export function removeChild(child: Child): void {
  children.delete(child);
}

/** The children that run, without those that have ended though no event has told yet. */
export function liveChildren(): Child[] {
  return [...children].filter((child) => child.isAlive);
}

/** Ends children as Python does when their parent returns: daemons are stopped, the others waited for. */
export async function endChildren(): Promise<void> {
  const all = [...children];
  for (const child of all) if (child.daemon) child.kill();
  for (const child of all) await child.join();
}
