/**
 * Who this process is and who started it: set once at its start, read by the public functions.
 */
import { existingAgent, serialOf } from "./_agent.ts";
import { EndOfAgent } from "./_end_of_agent.ts";
import { deadlineOf, PENDING, TIMED_OUT, waitAsync, waitSync } from "./_wait.ts";
import type { CurrentProcess, ParentProcess } from "./current_process.ts";

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
  const ended = () => new EndOfAgent(table, parentId, serial);
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
