import type { RemoteType } from "../remote.ts";
import { arrayType } from "./array.ts";
import { dictType } from "./dict.ts";
import { listType } from "./list.ts";
import { lockType, semaphoreType } from "./locks.ts";
import { eventType, namespaceType, valueType } from "./plain.ts";
import { queueType } from "./queue.ts";
import { setType } from "./set.ts";

const TYPES: ReadonlyMap<string, RemoteType> = new Map([
  ["Array", arrayType],
  ["BoundedSemaphore", semaphoreType],
  ["Event", eventType],
  ["JoinableQueue", queueType],
  ["Lock", lockType],
  ["Namespace", namespaceType],
  ["Queue", queueType],
  ["RLock", lockType],
  ["Semaphore", semaphoreType],
  ["Value", valueType],
  ["dict", dictType],
  ["list", listType],
  ["set", setType],
]);

/** Why other types are not to be had. */
const REASONS: Readonly<Record<string, string>> = {
  Barrier:
    "its parties have to be counted by a server that sees at once when one goes away, and Redis learns of that with the lease; " +
    "a queue or a semaphore can do, or a manager of Manager.start()",
  Condition:
    "who is notified has to be handed the lock in the same step, and Redis cannot do so for a client that may be gone; " +
    "an event or a queue can do, or a manager of Manager.start()",
  Pool:
    "its tasks need a program that runs them, and Redis runs none; a joinableQueue hands tasks to programs of yours",
};

/**
 * A type by its name.
 *
 * @throws {Deno.errors.NotSupported} If it is not to be had on Redis.
 */
export function typeOf(kind: string): RemoteType {
  const type = TYPES.get(kind);
  if (type !== undefined) return type;
  const why = REASONS[kind] ??
    "objects with methods of their own need a program that runs them, and Redis runs none; needed a manager of Manager.start(), " +
      `or one of ${[...TYPES.keys()].join(", ")}`;
  throw new Deno.errors.NotSupported(`Cannot make a managed ${kind} on Redis: ${why}`);
}
