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
 * Makes this thread an agent of the arena in a handle. If it is one from now on, it is an *attached worker*: a worker that was not
 * started as a process, so that nobody is told of its end. Those who wait ask it for liveness probes, from now on.
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
