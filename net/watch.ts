/**
 * What can be waited for together with other things: an interface that any class can implement, of this package or not.
 *
 * `waitAny` of `@ferry/std/ipc` waits for whatever has a method under the registered symbol {@linkcode WATCH}. A class
 * of this package has it as `watch` too, which is what type checkers see; {@linkcode watchable} makes the two one. The
 * symbol says that the method means this, and needs no import.
 *
 * @example A thing that `waitAny` can wait for
 * ```ts
 * import { waitAny } from "@ferry/std/ipc/wait-any";
 * import { type Waitable, type Watch, watchable } from "@ferry/std/net/watch";
 * import { assertEquals } from "@std/assert";
 *
 * class Alarm implements Waitable {
 *   rang = false;
 *   readonly #watchers = new Set<() => void>();
 *
 *   ring(): void {
 *     this.rang = true;
 *     for (const notify of this.#watchers) notify();
 *   }
 *
 *   watch(notify: () => void): Watch {
 *     this.#watchers.add(notify);
 *     return { ready: () => this.rang, stop: () => this.#watchers.delete(notify) };
 *   }
 * }
 * watchable(Alarm);
 *
 * const alarm = new Alarm();
 * const ready = waitAny([alarm]);
 * alarm.ring();
 * assertEquals(await ready, [alarm]);
 * ```
 *
 * @module
 */

/** The name under which `waitAny` looks for the method: `Symbol.for("@ferry/std.watch")`. */
export const WATCH: unique symbol = Symbol.for("@ferry/std.watch") as never;

/** Something that is being watched. */
export interface Watch {
  /**
   * Whether it is ready. Asked once at the start and again after each notice; may throw what a wait for it is to reject
   * with.
   */
  ready(): boolean;
  /** Ends the watch; no notice comes any more. Called once. If it returns a promise, `waitAny` awaits that. */
  stop(): void;
}

/** What can be waited for. */
export interface Waitable {
  /**
   * Starts to watch it.
   *
   * @param notify Called whenever it may have become ready; calls too many do no harm.
   * @returns The watch.
   */
  watch(notify: () => void): Watch;
}

/**
 * Makes the `watch` method of a class the one that `waitAny` looks for.
 *
 * @param constructor The class.
 *
 * @example Usage
 * ```ts
 * import { WATCH, type Watch, watchable } from "@ferry/std/net/watch";
 * import { assert } from "@std/assert";
 *
 * class Always {
 *   watch(): Watch {
 *     return { ready: () => true, stop: () => {} };
 *   }
 * }
 * watchable(Always);
 * assert(WATCH in new Always());
 * ```
 */
// deno-lint-ignore no-explicit-any
export function watchable(constructor: abstract new (...args: any[]) => Waitable): void {
  const { prototype } = constructor as { prototype: Waitable };
  Object.defineProperty(prototype, WATCH, {
    value(this: Waitable, notify: () => void): Watch {
      return this.watch(notify);
    },
    configurable: true,
  });
}

/**
 * Starts to watch an object.
 *
 * @param object What may be watched.
 * @param notify Called whenever it may have become ready.
 * @returns The watch, `undefined` if the object cannot be watched.
 *
 * @example Usage
 * ```ts
 * import { watch } from "@ferry/std/net/watch";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(watch({}, () => {}), undefined);
 * ```
 */
export function watch(object: unknown, notify: () => void): Watch | undefined {
  const method = (object as { [WATCH]?: Waitable["watch"] } | null | undefined)?.[WATCH];
  return typeof method === "function" ? method.call(object as Waitable, notify) : undefined;
}
