/**
 * Watching what rings the doorbell: the shared objects, and processes.
 *
 * The interface is that of `net/watch.ts`, whose symbol is registered so that nobody needs that module at run time: a
 * process reads the files of this area only.
 */
import type { Waitable, Watch } from "../../net/watch.ts";
import type { Arena, Block } from "./arena.ts";
import { type EndOfListening, onRing } from "./doorbell.ts";
import { dropHold, hold } from "./references.ts";

/** Watches an object for those who are told when its bell rings. */
class BellWatch implements Watch {
  readonly #look: () => boolean;
  readonly #notify: () => void;
  readonly #end: (() => void) | undefined;
  readonly #arena: Arena | undefined;
  #ignore: EndOfListening | undefined;

  /**
   * @param look Whether the object is ready; when not, it leaves a mark that makes whoever makes it ready ring.
   * @param notify Told of rings, from the first `ready()` on that is false.
   * @param end Undoes what was done to the object.
   * @param arena Whose bell it is; absent for this program's.
   */
  constructor(look: () => boolean, notify: () => void, end?: () => void, arena?: Arena) {
    this.#look = look;
    this.#notify = notify;
    this.#end = end;
    this.#arena = arena;
  }

  ready(): boolean {
    // Often it is ready at once: then nobody need listen.
    if (this.#look()) return true;
    if (this.#ignore !== undefined) return false;
    this.#ignore = onRing(this.#notify, this.#arena);
    return this.#look();
  }

  stop(): Promise<void> | undefined {
    const quiet = this.#ignore?.();
    this.#ignore = undefined;
    this.#end?.();
    return quiet;
  }
}

/** Watches an object of this program, also for a thread that sleeps on the doorbell itself. */
export class RingingWatch extends BellWatch {
  /** {@linkcode Watch.ready} for a thread that sleeps on the doorbell: nobody is told. */
  readonly look: () => boolean;

  constructor(look: () => boolean, notify: () => void, end?: () => void) {
    super(look, notify, end);
    this.look = look;
  }
}

/**
 * Watches an object that other programs may share. A thread cannot block for those.
 *
 * @param block The object's.
 */
export function watchIn(
  block: Block,
  look: () => boolean,
  notify: () => void,
  end?: () => void,
): Watch {
  if (!block.arena.isNamed) return new RingingWatch(look, notify, end);
  const bell = new BellWatch(look, notify, end, block.arena);
  // Its memory stays until nobody listens to its bell.
  const held = hold(block);
  return {
    ready: () => bell.ready(),
    stop: () => {
      const quiet = bell.stop();
      if (quiet === undefined) dropHold(held);
      return quiet?.then(() => dropHold(held));
    },
  };
}

/** The symbol of `net/watch.ts`. */
const WATCH: unique symbol = Symbol.for("@ferry/std.watch") as never;

/** Makes the `watch` method of a class the one that `waitAny` looks for. */
// deno-lint-ignore no-explicit-any
export function watchable(constructor: abstract new (...args: any[]) => Waitable): void {
  Object.defineProperty(constructor.prototype, WATCH, {
    value(this: Waitable, notify: () => void): Watch {
      return this.watch(notify);
    },
    configurable: true,
  });
}

/** Starts to watch an object; `undefined` if it cannot be watched. */
export function watch(object: unknown, notify: () => void): Watch | undefined {
  const method = (object as { [WATCH]?: Waitable["watch"] } | null | undefined)?.[WATCH];
  return typeof method === "function" ? method.call(object as Waitable, notify) : undefined;
}
