/**
 * Whether this runtime can stop the thread of a busy worker, which it does as long as that holds a web lock.
 */
import { SharedEvent } from "../sync/event.ts";

/** Milliseconds that it may take to stop a worker which does nothing but run in a circle. */
const STOPS_WITHIN = 5000;

/** What the probe does with a process. */
interface Busy {
  start(): void;
  kill(): void;
  join(): Promise<unknown>;
}

let answer: Promise<boolean> | undefined;

/**
 * Probes it once, when a process does not stop. (If it can, that process is in a long call into the runtime, and stops when
 * the call returns.)
 *
 * @param make Makes a process that runs a function.
 */
export function killSwitchWorks(
  make: (target: (started: SharedEvent) => void, started: SharedEvent) => Busy,
): Promise<boolean> {
  return answer ??= probe(make);
}

async function probe(
  make: (target: (started: SharedEvent) => void, started: SharedEvent) => Busy,
): Promise<boolean> {
  using started = new SharedEvent();
  const busy = make((started) => {
    started.set();
    for (;;);
  }, started);
  busy.start();
  const runs = await started.wait({ timeout: STOPS_WITHIN });
  busy.kill();
  if (!runs) return true; // no time to find out
  const stuck = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => stuck.resolve(false), STOPS_WITHIN);
  busy.join().then(() => stuck.resolve(true), () => stuck.resolve(false));
  const works = await stuck.promise;
  clearTimeout(timer);
  return works;
}
