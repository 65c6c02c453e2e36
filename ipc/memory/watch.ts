/**
 * Watching what rings the doorbell: the shared objects, and processes.
 *
 * The interface is that of `net/watch.ts`, whose symbol is registered so that nobody needs that module at run time: a
 * process reads the files of this area only.
 */
import type { Waitable, Watch } from "../../net/watch.ts";
import { onRing } from "./doorbell.ts";

/** Watches an object for those who are told, and for a thread that sleeps on the doorbell itself. */
export class RingingWatch implements Watch {
  readonly #look: () => boolean;
  readonly #notify: () => void;
  readonly #end: (() => void) | undefined;
  #ignore: (() => void) | undefined;

  /**
   * @param look Whether the object is ready; when not, it leaves a mark that makes whoever makes it ready ring.
   * @param notify Told of rings, from the first `ready()` on that is false.
   * @param end Undoes what was done to the object.
   */
  constructor(look: () => boolean, notify: () => void, end?: () => void) {
    this.#look = look;
    this.#notify = notify;
    this.#end = end;
  }

  /** {@linkcode Watch.ready} for a thread that sleeps on the doorbell: nobody is told. */
  look(): boolean {
    return this.#look();
  }

  ready(): boolean {
    // Often it is ready at once: then nobody need listen.
    if (this.#look()) return true;
    if (this.#ignore !== undefined) return false;
    this.#ignore = onRing(this.#notify);
    return this.#look();
  }

  stop(): void {
    this.#ignore?.();
    this.#ignore = undefined;
    this.#end?.();
  }
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
