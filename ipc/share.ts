/**
 * What all shared objects have in common, and the way to hand one to a worker of your own.
 *
 * @module
 */
import { BLOCK_KIND } from "./kill_safe.ts";
import { BLOCK_GENERATION } from "./memory/arena.ts";
import { adopt, dropHold, kindInfo, tryHold } from "./memory/references.ts";
import { blockOf, isSharedObject, SharedObject } from "./memory/shared_object.ts";
import { joinAsAttachedWorker } from "./reaper/attached_worker.ts";

export { SharedObject };

/** What {@linkcode share} gives: can be posted to any worker (structured clone). */
export interface SharedHandle {
  /** Says what this is, for whoever finds it in a message. */
  readonly ferry: "shared-object";
  /** The program's shared memory. */
  readonly buffer: SharedArrayBuffer;
  /** Where in it. */
  readonly line: number;
  /** Which use of that place. */
  readonly generation: number;
}

/**
 * Makes a handle that can be posted to a worker that was not started as a `Process`.
 *
 * Keep the object alive until the worker has attached it: the handle itself does not.
 *
 * @param object The shared object.
 * @returns A handle for {@linkcode attach}.
 * @throws {TypeError} When the object was disposed of.
 *
 * @example Usage
 * ```ts
 * import { attach, share, SharedValue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using counter = new SharedValue("int32", 7);
 * const handle = share(counter); // worker.postMessage(handle)
 * using same = attach<SharedValue>(handle);
 * assertEquals(same.value, 7);
 * ```
 */
export function share(object: SharedObject): SharedHandle {
  if (typeof object !== "object" || object === null || !isSharedObject(object)) {
    throw new TypeError("Cannot share: a shared object of this package is needed");
  }
  if (object.disposed) throw new TypeError("Cannot share: the object was disposed of");
  const { arena, line, words } = blockOf(object);
  return {
    ferry: "shared-object",
    buffer: arena.buffer,
    line,
    generation: Atomics.load(words, BLOCK_GENERATION),
  };
}

/**
 * Makes the object of a handle that came from another worker.
 *
 * @typeParam T What the handle is known to stand for.
 * @param handle What {@linkcode share} gave.
 * @returns The object; in the same worker always the same one.
 * @throws {TypeError} When it is no handle, or this thread already has shared memory of its own.
 * @throws {Deno.errors.NotFound} When the object was given back by everyone before.
 *
 * @example Usage
 * ```ts
 * import { attach, Queue, share } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new Queue<string>();
 * const same = attach<Queue<string>>(share(queue));
 * same.putSync("hello");
 * assertEquals(queue.getSync(), "hello");
 * ```
 */
export function attach<T extends SharedObject = SharedObject>(handle: SharedHandle): T {
  if (
    typeof handle !== "object" || handle === null || handle.ferry !== "shared-object" ||
    !(handle.buffer instanceof SharedArrayBuffer)
  ) {
    throw new TypeError("Cannot attach: a handle made by share() is needed");
  }
  const { arena } = joinAsAttachedWorker(handle.buffer);
  const block = arena.block(handle.line);
  const gone = () =>
    new Deno.errors.NotFound("Cannot attach: the shared object was given back by everyone before");
  // What is no object of users is not even looked at; and it must not become one before it is this agent's on record.
  if (kindInfo(Atomics.load(block.words, BLOCK_KIND))?.attach === undefined) throw gone();
  const held = tryHold(block);
  if (held === undefined) throw gone();
  try {
    const kind = Atomics.load(block.words, BLOCK_KIND);
    if (
      Atomics.load(block.words, BLOCK_GENERATION) !== handle.generation ||
      kindInfo(kind)?.attach === undefined
    ) throw gone();
    return adopt(kind, handle.line) as T;
  } finally {
    dropHold(held);
  }
}
