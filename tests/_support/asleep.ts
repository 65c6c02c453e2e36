// How a test learns that another process sleeps in a call that blocks.
import { assert } from "@std/assert";
import { type Process, SharedEvent } from "@ferry/std/ipc";
import { launch, LONG } from "./processes.ts";

/** This module, for functions that run in another process. */
export const ASLEEP: string = import.meta.url;

/**
 * Sets the event once, when this thread is about to block: it has looked for the last time, and nothing but the sleep
 * itself is left to do. Call it right before the call that is to block.
 */
export function tellWhenAsleep(event: SharedEvent): void {
  const { wait } = Atomics;
  Atomics.wait = (...args: unknown[]) => {
    Atomics.wait = wait;
    event.set();
    return Reflect.apply(wait, Atomics, args);
  };
}

/**
 * Waits until {@linkcode tellWhenAsleep} has set the event, and then starts a process: that takes thousands of times as
 * long as the step that is left. The process stays until it is disposed of, for the end of one wakes all who sleep.
 */
export async function fallenAsleep(event: SharedEvent): Promise<Process<[SharedEvent]>> {
  assert(await event.wait(LONG), "nobody went to sleep");
  using up = new SharedEvent();
  const witness = launch((up: SharedEvent) => {
    up.set();
    return new Promise(() => {});
  }, up);
  assert(await up.wait(LONG), "the witness did not start");
  return witness;
}
