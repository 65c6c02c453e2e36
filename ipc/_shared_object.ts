import { type Block, BLOCK_BODY, BLOCK_GENERATION, BLOCK_KIND, type Kind } from "./_arena.ts";
import { agent } from "./_agent.ts";
import { adopt, dropHold, type Hold, hold, kindInfo, tryHold, unwatch, watch } from "./_handles.ts";
import { joinWithHandle } from "./_stranger.ts";

/** The block behind a shared object. */
export let blockOf: (object: SharedObject) => Block;
/** What says whether the object was disposed of, for the hot paths: see {@linkcode assertHeld}. */
export let holdOf: (object: SharedObject) => Hold;
/** Whether it is one itself, not a Proxy around one or an object made from one. */
export let isSharedObject: (object: object) => object is SharedObject;
/** Throws when the object was disposed of: its memory may be somebody else's by now. */
export let assertUsable: (object: SharedObject) => void;

/**
 * Something that lives in shared memory and can be used by every worker of the program at once.
 *
 * It can be an argument of a `Process`, be sent through a pipe or queue, or, for a raw `Worker`, be posted as a handle
 * ({@linkcode share}, {@linkcode attach}). Its memory is given back when the last worker has disposed of it, lost it to
 * garbage collection, or ended.
 */
export abstract class SharedObject implements Disposable {
  readonly #block: Block;
  readonly #hold: Hold;

  static {
    blockOf = (object) => object.#block;
    holdOf = (object) => object.#hold;
    isSharedObject = (object): object is SharedObject => #block in object;
    assertUsable = (object) => {
      if (object.#hold.dropped) {
        throw new Deno.errors.BadResource(
          `Cannot use this ${object.constructor.name}: it was disposed of in this worker`,
        );
      }
    };
  }

  /**
   * Made by the subclasses only.
   *
   * @param block Where in shared memory the object lives.
   */
  constructor(block: object) {
    this.#block = block as Block;
    this.#hold = hold(this.#block);
    watch(this, this.#hold);
  }

  /** Whether this object was given back; using it any more throws. */
  get disposed(): boolean {
    return this.#hold.dropped;
  }

  /**
   * Gives this worker's share back; other workers are not affected. Calling it again does nothing.
   *
   * @example Usage
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   * import { assert } from "@std/assert";
   *
   * const lock = new Lock();
   * lock[Symbol.dispose]();
   * assert(lock.disposed);
   * ```
   */
  [Symbol.dispose](): void {
    if (this.#hold.dropped) return;
    unwatch(this.#hold);
    const { words } = this.#block;
    dropHold(this.#hold);
    // What awaits the object in this worker looks again, and finds it gone (_pinned.ts keeps its memory until then).
    Atomics.notify(words, BLOCK_BODY);
  }
}

/**
 * {@linkcode assertUsable} for hot paths, which keep the hold: all holds have one hidden class, while a look into
 * objects of ten classes is megamorphic and costs as much as an atomic operation.
 */
export function assertHeld(held: Hold, object: SharedObject): void {
  if (held.dropped) assertUsable(object);
}

/** A new block for this agent, to which nobody refers yet; see `Arena.allocate`. */
export function newBlock(kind: Kind, byteLength: number, zeroed?: number): Block {
  const self = agent();
  return self.arena.allocate(kind, byteLength, self.id, zeroed);
}

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
  const { arena } = joinWithHandle(handle.buffer);
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
