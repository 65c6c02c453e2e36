import { type Arena, type Block, BLOCK_BODY, type Kind } from "./arena.ts";
import { agent } from "./agent.ts";
import { ringDoorbell } from "./doorbell.ts";
import { BLOCK_KIND } from "../kill_safe.ts";
import { kindInfo } from "./kinds.ts";
import { dropHold, type Hold, hold } from "./references.ts";
import { forgetWrapper, rememberWrapper } from "./wrappers.ts";
import { notify } from "../wait/queues.ts";

/** The name by which other programs share an object. */
export function nameOf(object: SharedObject): string {
  return blockOf(object).arena.sharedName!;
}

/** The block behind a shared object. */
export let blockOf: (object: SharedObject) => Block;
/** This agent's reference to the block, for hot paths: see {@linkcode assertHeld}. */
export let holdOf: (object: SharedObject) => Hold;
/** Whether an object is a shared object itself, not a Proxy around one, nor made from one by `Object.create()`. */
export let isSharedObject: (object: object) => object is SharedObject;
/**
 * Checks that an object was not disposed of.
 *
 * @throws {Deno.errors.BadResource} If it was: its memory may belong to another object by now.
 */
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
 * It can be an argument of a `Process`, travel through a pipe or queue, or be posted to a `Worker` as a handle (`share()`,
 * `attach()`). Its memory is freed once every worker that had it has disposed of it, lost it to garbage collection, or
 * ended.
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
    rememberWrapper(this, this.#hold);
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
   * @throws {TypeError} If it is called: it always refuses.
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

  /** Whether this worker has disposed of the object. Using it then throws `Deno.errors.BadResource`. */
  get disposed(): boolean {
    return this.#hold.dropped;
  }

  /**
   * Ends this worker's use of the object. Other workers are not affected; a second call does nothing.
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
    forgetWrapper(this.#hold);
    const { words, arena } = this.#block;
    dropHold(this.#hold);
    // Tasks of this worker that await the object try again, and throw. `pinned.ts` keeps its memory until then.
    notify(words, BLOCK_BODY);
    ringDoorbell(arena);
  }
}

/**
 * {@linkcode assertUsable} for hot paths that keep the reference at hand. All references have one hidden class; to read a
 * field of objects of ten classes is megamorphic and costs as much as an atomic operation.
 *
 * @throws {Deno.errors.BadResource} If the object was disposed of.
 */
export function assertHeld(held: Hold, object: SharedObject): void {
  if (held.dropped) assertUsable(object);
}

/** A new block, whose keeper is this agent; see `Arena.allocate`. */
export function newBlock(
  kind: Kind,
  byteLength: number,
  zeroed?: number,
  arena: Arena = agent().arena,
): Block {
  return arena.allocate(kind, byteLength, arena.me, zeroed);
}
