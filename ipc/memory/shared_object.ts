import { type Block, BLOCK_BODY, type Kind } from "./arena.ts";
import { agent } from "./agent.ts";
import { ringDoorbell } from "./doorbell.ts";
import { BLOCK_KIND } from "../kill_safe.ts";
import { dropHold, type Hold, hold, kindInfo, unwatch, watch } from "./references.ts";

/** The block behind a shared object. */
export let blockOf: (object: SharedObject) => Block;
/** What says whether the object was disposed of, for the hot paths: see {@linkcode assertHeld}. */
export let holdOf: (object: SharedObject) => Hold;
/** Whether it is one itself, not a Proxy around one or an object made from one. */
export let isSharedObject: (object: object) => object is SharedObject;
/** Throws when the object was disposed of: its memory may be somebody else's by now. */
export let assertUsable: (object: SharedObject) => void;

/**
 * A property of every shared object that makes `structuredClone` and `postMessage` throw a DataCloneError with these
 * words, where they would make an empty object.
 */
const NOT_CLONED = Symbol(
  "A shared object cannot be cloned or posted. Give it to a Process, send it through a pipe or queue, or post what " +
    "share() makes of it: this symbol",
);

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
    Object.defineProperty(SharedObject.prototype, Symbol.for("Deno.customInspect"), {
      value(this: SharedObject, inspect: typeof Deno.inspect, options: Deno.InspectOptions) {
        return `${this.constructor.name} ${inspect(this.#state(), options)}`;
      },
    });
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
    (this as unknown as Record<string, unknown>)["shared object"] = NOT_CLONED;
  }

  /** What `Deno.inspect` and `console.log` show of it. */
  #state(): Record<string, unknown> {
    if (this.#hold.dropped) return this.#hold.moved ? { moved: true } : { disposed: true };
    return kindInfo(Atomics.load(this.#block.words, BLOCK_KIND))?.show?.(this) ?? {};
  }

  /**
   * Refuses to become JSON: what is shared is not in it.
   *
   * @param _key Where in the JSON it would be.
   * @throws {TypeError} Always.
   *
   * @example Usage
   * ```ts
   * import { Lock } from "@ferry/std/ipc";
   * import { assertThrows } from "@std/assert";
   *
   * assertThrows(() => JSON.stringify({ lock: new Lock() }), TypeError, "share()");
   * ```
   */
  toJSON(_key?: string): unknown {
    throw new TypeError(
      `Cannot turn this ${this.constructor.name} into JSON: it lives in shared memory; give it to a Process, send it through a pipe or queue, or post what share() makes of it`,
    );
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
