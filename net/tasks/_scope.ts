/**
 * A signal of one's own below a parent's: it aborts with the parent, or alone.
 *
 * The listener on the parent is removed when the scope ends. A long-lived parent, such as the signal of a server, would
 * otherwise keep one listener for each task that it ever saw.
 */
export class Scope implements Disposable {
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #follow = () => this.#controller.abort(this.#parent!.reason);

  constructor(parent: AbortSignal | undefined) {
    this.#parent = parent;
    if (parent === undefined) return;
    if (parent.aborted) this.#follow();
    else parent.addEventListener("abort", this.#follow, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  [Symbol.dispose](): void {
    this.#parent?.removeEventListener("abort", this.#follow);
  }
}

/**
 * Whether an error is nothing but the echo of an abort.
 *
 * Most of the platform rejects with the signal's reason itself; some of it makes an `AbortError` of its own.
 */
export function isEcho(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason ||
    (error instanceof DOMException && error.name === "AbortError"));
}

/** The reason for an abort that the program asked for. */
export function cancelled(message: string): DOMException {
  return new DOMException(message, "AbortError");
}

/** Settles with the promise, or rejects with the signal's reason if that comes first. */
export function orAborted<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // Both are attached in any case: a promise that loses the race has its rejection handled.
    promise.then(
      (value) => {
        signal.removeEventListener("abort", abort);
        resolve(value);
      },
      (error) => {
        signal.removeEventListener("abort", abort);
        reject(error);
      },
    );
    if (signal.aborted) abort();
    else signal.addEventListener("abort", abort, { once: true });
  });
}
