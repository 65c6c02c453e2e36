import { type Block, BLOCK_BODY, type Kind } from "./arena.ts";
import { agent } from "./agent.ts";
import { ringDoorbell } from "./doorbell.ts";
import { dropHold, type Hold, hold, unwatch, watch } from "./references.ts";

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
 * (`share()`, `attach()`). Its memory is given back when the last worker has disposed of it, lost it to
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
      if (!object.#hold.dropped) return;
      throw new Deno.errors.BadResource(
        `Cannot use this ${object.constructor.name}: it was ${
          object.#hold.moved ? "moved to another worker" : "disposed of in this worker"
        }`,
      );
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
    // What awaits the object in this worker looks again, and finds it gone (pinned.ts keeps its memory until then).
    Atomics.notify(words, BLOCK_BODY);
    ringDoorbell();
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
