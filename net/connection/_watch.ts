/** The name under which an object can be waited for beside others. Whoever waits asks for it by name; no import is needed. */
const WATCH = Symbol.for("@ferry/std.watch");

/** Whether receiving would not wait, and how to stop being told. */
export interface Watch {
  ready(): boolean;
  stop(): void;
}

/**
 * Gives a class the method that `waitAny` and its like ask for. It is not declared: a computed name that is not written
 * down cannot be a part of a declaration, and nobody calls it by hand.
 */
export function watchable<T extends object>(
  prototype: T,
  watch: (object: T, notify: () => void) => Watch,
): void {
  Object.defineProperty(prototype, WATCH, {
    value(this: T, notify: () => void): Watch {
      return watch(this, notify);
    },
    configurable: true,
    writable: true,
  });
}
