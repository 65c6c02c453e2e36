import { dropHold, hold } from "./references.ts";
import { blockOf, type SharedObject } from "./shared_object.ts";
import { type Attempt, type TIMED_OUT, waitAsync } from "../wait/wait.ts";
import { WhileUsable } from "./while_usable.ts";

/**
 * Runs something that awaits, with the memory of an object pinned: if the object is disposed of meanwhile, its memory must
 * not become another object's while a waiter still looks at it.
 */
export async function pinned<R>(object: SharedObject, run: () => Promise<R>): Promise<R> {
  const held = hold(blockOf(object));
  try {
    return await run();
  } finally {
    dropHold(held);
  }
}

/**
 * `waitAsync` with the memory of an object pinned.
 *
 * @throws {Deno.errors.BadResource} If the object is disposed of meanwhile.
 */
export function waitPinned<R>(
  object: SharedObject,
  attempt: Attempt<R>,
  deadline: number,
  signal: AbortSignal | undefined,
): Promise<R | typeof TIMED_OUT> {
  return pinned(object, () => waitAsync(new WhileUsable(object, attempt), deadline, signal));
}
