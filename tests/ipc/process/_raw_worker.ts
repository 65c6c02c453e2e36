// A worker that was not started as a process: says who it takes itself for, before and after it attached something.
import { workerData } from "node:worker_threads";
import {
  attach,
  currentProcess,
  parentProcess,
  type Queue,
  type SharedHandle,
} from "@ferry/std/ipc";

function tell(handle: SharedHandle): void {
  const before = { ...currentProcess() };
  const queue = attach<Queue<unknown>>(handle);
  queue.putSync([before, { ...currentProcess() }, parentProcess()]);
}

if (workerData) tell(workerData as SharedHandle);
else {
  const scope = globalThis as unknown as { onmessage: (event: MessageEvent) => void };
  scope.onmessage = ({ data }) => tell(data);
}
