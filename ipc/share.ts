/**
 * What all shared objects have in common, and the way to hand one to a worker of your own.
 *
 * @module
 */
import { BLOCK_KIND } from "./kill_safe.ts";
import { type Block, BLOCK_GENERATION, Kind } from "./memory/arena.ts";
import { kindInfo } from "./memory/kinds.ts";
import { dropHold, tryHold } from "./memory/references.ts";
import { adopt } from "./memory/wrappers.ts";
import { blockOf, holdOf, isSharedObject, SharedObject } from "./memory/shared_object.ts";
import { claim, offer } from "./message/offer.ts";
import "./process/every_kind.ts";
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
 * An end of a pipe has one owner, so it moves: it cannot be used here any more, and the first worker that attaches the
 * handle has it. Until then it stays open; should nobody attach it, attach it here and close it.
 *
 * @param object The shared object.
 * @returns A handle for {@linkcode attach}.
 * @throws {TypeError} If the object was disposed of, or moved to another worker.
 * @throws {Deno.errors.Busy} If it is an end of a pipe in the middle of a large message.
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
  if (object.disposed) {
    throw new TypeError(
      `Cannot share: the object was ${
        holdOf(object).moved ? "moved to another worker" : "disposed of"
      }`,
    );
  }
  const block = blockOf(object);
  if (block.arena.isNamed) {
    throw new TypeError("Cannot share: the object has a name; open it by its name there");
  }
  const moves = kindInfo(Atomics.load(block.words, BLOCK_KIND))?.moves === true;
  return handleOf(moves ? offer(object) : block);
}

function handleOf({ arena, line, words }: Block): SharedHandle {
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
 * @throws {TypeError} If it is no handle, or this thread already has shared memory of its own.
 * @throws {Deno.errors.NotFound} If the object has already been released by every worker, or is an end of a pipe that
 * another worker has attached.
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
    new Deno.errors.NotFound(
      "Cannot attach: the shared object has already been released by every worker",
    );
  // What is no object of users is not even looked at; and it must not become one before it is this agent's on record.
  if (!isAttachable(Atomics.load(block.words, BLOCK_KIND))) throw gone();
  const held = tryHold(block);
  if (held === undefined) throw gone();
  try {
    const kind = Atomics.load(block.words, BLOCK_KIND);
    if (
      Atomics.load(block.words, BLOCK_GENERATION) !== handle.generation ||
      !isAttachable(kind)
    ) throw gone();
    if (kind !== Kind.offer) return adopt(kind, handle.line) as T;
    const claimed = claim(block);
    if (claimed !== undefined) return claimed as T;
    throw new Deno.errors.NotFound(
      "Cannot attach: this end of a pipe was attached before, and belongs to one worker at a time",
    );
  } finally {
    dropHold(held);
  }
}

/** Whether blocks of a kind can be in handles. */
function isAttachable(kind: number): boolean {
  return kind === Kind.offer || kindInfo(kind)?.attach !== undefined;
}
