// A program, or a process, that holds objects of a manager or waits for them until it is killed.
import type { Connection } from "@ferry/std/ipc";
import {
  type BarrierProxy,
  type ConditionProxy,
  type EventProxy,
  type LockProxy,
  Manager,
  type QueueProxy,
} from "@ferry/std/ipc/manager";

/** One object of each type that is held or waited for. */
export interface Objects {
  readonly lock: LockProxy;
  readonly rlock: LockProxy;
  readonly semaphore: LockProxy;
  readonly bounded: LockProxy;
  readonly condition: ConditionProxy;
  readonly barrier: BarrierProxy;
  readonly queue: QueueProxy<number>;
  readonly event: EventProxy;
}

/** Makes them, or finds them by their names. */
export async function objectsOf(manager: Manager): Promise<Objects> {
  return {
    lock: await manager.lock({ name: "lock" }),
    rlock: await manager.rlock({ name: "rlock" }),
    semaphore: await manager.semaphore(1, { name: "semaphore" }),
    bounded: await manager.boundedSemaphore(1, { name: "bounded" }),
    condition: await manager.condition(undefined, { name: "condition" }),
    barrier: await manager.barrier(3, { name: "barrier" }),
    queue: await manager.queue<number>(0, { name: "queue" }),
    event: await manager.event({ name: "event" }),
  };
}

/** Acquires all that can be held. */
export async function hold(objects: Objects): Promise<void> {
  const { lock, rlock, semaphore, bounded, condition } = objects;
  for (const one of [lock, rlock, rlock, semaphore, bounded, condition]) await one.acquire();
}

/** Waits for everything; comes back when the server knows. */
export async function wait(objects: Objects): Promise<void> {
  const { lock, rlock, semaphore, bounded, condition, barrier, queue, event } = objects;
  await condition.acquire();
  const waits = [lock.acquire(), rlock.acquire(), semaphore.acquire(), bounded.acquire()];
  for (const one of [...waits, condition.wait(), barrier.wait(), queue.get(), event.wait()]) {
    one.catch(() => {
      // Its server may end before it does.
    });
  }
  await queue.size();
}

/** The target of a process. */
export async function victim(
  objects: Objects,
  what: "hold" | "wait",
  told: Connection<never, string>,
): Promise<void> {
  await (what === "hold" ? hold : wait)(objects);
  await told.send("ready");
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

if (import.meta.main) {
  const [what, port] = Deno.args;
  const manager = await Manager.connect({ port: Number(port) }, { authKey: "secret" });
  await (what === "hold" ? hold : wait)(await objectsOf(manager));
  console.log("ready");
  setInterval(() => {}, 1000);
}
