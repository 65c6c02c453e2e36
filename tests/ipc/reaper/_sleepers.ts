/** Targets that import nothing of the package but types: what they need of it came with their arguments. */
import type { Lock, SharedArray } from "@ferry/std/ipc";

function say(view: Int32Array, index: number, value: number): void {
  Atomics.store(view, index, value);
  Atomics.notify(view, index);
}

/** Takes the lock, says so, and never lets go of it. */
export function hold(lock: Lock, { view }: SharedArray<"int32">): void {
  lock.acquireSync();
  say(view, 0, 1);
  Atomics.wait(view, 3, 0);
}

/** Waits for the lock, says when it falls asleep over that, and whether the owner of the lock had died. */
export function takeOver(lock: Lock, { view }: SharedArray<"int32">): void {
  const { wait } = Atomics;
  Atomics.wait = (...args: unknown[]) => {
    Atomics.wait = wait;
    say(view, 1, 1);
    return Reflect.apply(wait, Atomics, args);
  };
  using held = lock.acquireSync();
  say(view, 2, held.abandoned ? 2 : 1);
}
