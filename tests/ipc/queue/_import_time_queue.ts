// A module that uses a queue and a lock while it is being imported.
import { Lock, Queue } from "@ferry/std/ipc";

const queue = new Queue<string>();
const lock = new Lock();
const waiting = queue.get({ timeout: 20_000 });
queue.putSync("to one who awaits");
const first = await waiting;
using _held = lock.acquireSync({ timeout: 20_000 });
queue.putSync("to one who blocks");
const second = queue.getSync({ timeout: 20_000 });
queue.close();

/** What came out of the queue while the module was imported. */
export const received: readonly string[] = [first, second];

/** Tells it. */
export function report(results: Queue<unknown>): void {
  results.putSync(received);
}
