import {
  type Agent,
  ATTENTION,
  Attention,
  decideStart,
  existingAgent,
  joinArena,
  Phase,
  serialOf,
} from "../memory/agent.ts";
import { wakeEverybody } from "./reclaim.ts";
import { keepLeavingProbes } from "./liveness.ts";

/**
 * Makes this thread an agent of the arena in a handle, unless it is one. It then is an *attached worker*: one that was not
 * started as a `Process`, so that nobody is told of its end. Whoever waits probes it from now on (`liveness.ts`).
 *
 * @throws {TypeError} If the thread has shared memory of its own.
 */
export function joinAsAttachedWorker(buffer: SharedArrayBuffer): Agent {
  const known = existingAgent() !== undefined;
  const self = joinArena(buffer);
  if (known) return self;
  const { table, id } = self;
  keepLeavingProbes(table, id);
  decideStart(table, id, serialOf(table, id), Phase.started);
  Atomics.compareExchange(table, ATTENTION, Attention.none, Attention.attached);
  wakeEverybody();
  return self;
}
