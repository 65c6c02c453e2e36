/**
 * Who this process is and who started it: set once at its start, read by the public functions.
 */
import { existingAgent, serialOf } from "../memory/agent.ts";
import { AgentExit } from "../reaper/agent_exit.ts";
import {
  deadlineOf,
  PENDING,
  TIMED_OUT,
  waitAsync,
  type WaitOptions,
  waitSync,
  type WaitSyncOptions,
} from "../wait/wait.ts";

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

/** The main process until told otherwise. */
export const identity: {
  current: CurrentProcess;
  parent: ParentProcess | undefined;
  /** While the module with a process's target is being imported: what it does at its top level it would do in every one. */
  importing: boolean;
} = {
  current: { name: "MainProcess", id: 1, daemon: false },
  parent: undefined,
  importing: false,
};

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
      return await waitAsync(ended(), deadlineOf(options?.timeout), options?.signal) !== TIMED_OUT;
    },
    joinSync(options) {
      return waitSync(ended(), deadlineOf(options?.timeout)) !== TIMED_OUT;
    },
  };
}
