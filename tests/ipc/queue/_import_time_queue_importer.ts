// Imports a module that uses a queue while it is being imported.
import type { Queue } from "@ferry/std/ipc";
import { received } from "./_import_time_queue.ts";

/** Tells what came out of that queue. */
export function report(results: Queue<unknown>): void {
  results.putSync(received);
}
