import { dictType, setType } from "./dict.ts";
import { listType } from "./list.ts";
import { barrierType } from "./barrier.ts";
import { conditionType } from "./condition.ts";
import { eventType } from "./event.ts";
import { plainLockType, reentrantLockType } from "./locks.ts";
import { arrayType, iteratorType, namespaceType, valueType } from "./plain.ts";
import { asyncResultType, poolType } from "./pool.ts";
import { queueType } from "./queue.ts";
import { boundedType, countingType } from "./semaphores.ts";
import type { Referent } from "./referent.ts";

export type { Caller, Context, Method, Owner, Referent } from "./referent.ts";

/** The types of CPython's `SyncManager`, by their names there. */
export const BUILTIN_TYPES: ReadonlyMap<string, Referent> = new Map([
  ["Array", arrayType],
  ["AsyncResult", asyncResultType],
  ["Barrier", barrierType],
  ["BoundedSemaphore", boundedType],
  ["Condition", conditionType],
  ["Event", eventType],
  ["Iterator", iteratorType],
  ["JoinableQueue", queueType],
  ["Lock", plainLockType],
  ["Namespace", namespaceType],
  ["Pool", poolType],
  ["Queue", queueType],
  ["RLock", reentrantLockType],
  ["Semaphore", countingType],
  ["Value", valueType],
  ["dict", dictType],
  ["list", listType],
  ["set", setType],
]);
