/** The text of a function: what it was dumped with, if it was loaded from a dump, or what the engine has. */

const loaded: WeakMap<object, string> = new WeakMap();

/** Remembers the text of a class that was changed before it was evaluated. */
export function rememberText(fn: object, text: string): void {
  loaded.set(fn, text);
}

/** The text of a function. */
export function sourceText(fn: object): string {
  return loaded.get(fn) ?? Function.prototype.toString.call(fn);
}
