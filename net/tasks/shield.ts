/**
 * A task that outlives who waits for it.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { orAborted } from "./_scope.ts";

/** Options of {@linkcode shield}. */
export interface ShieldOptions {
  /** Gives up waiting, not the work. */
  signal?: AbortSignal | undefined;
  /**
   * Is told of an error that comes after the signal has aborted, when nobody waits for the work any more.
   *
   * @default {undefined}
   */
  onLateError?: ((error: unknown) => void) | undefined;
}

const RULES: RulesOf<ShieldOptions> = { signal: "signal", onLateError: "function" };

/**
 * Waits for work without taking it along when the waiting is cancelled, as `asyncio.shield`.
 *
 * Work that is given no signal is shielded in JavaScript; this says so, rejects with the signal's reason, and says what
 * becomes of an error that nobody waits for any more.
 *
 * @typeParam T What the work gives.
 * @param work A promise. Keep a reference to it where its result is needed later.
 * @param options The signal, and who is told of late errors.
 * @returns What the work gives.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A write that should not be cut short
 * ```ts
 * import { shield } from "@ferry/std/net/tasks";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const controller = new AbortController();
 * const write = Promise.withResolvers<string>();
 * const waiting = shield(write.promise, { signal: controller.signal });
 * controller.abort(new TypeError("the client left"));
 * await assertRejects(() => waiting, TypeError);
 * write.resolve("written");
 * assertEquals(await write.promise, "written");
 * ```
 */
export function shield<T>(work: PromiseLike<T>, options: ShieldOptions = {}): Promise<T> {
  checkOptions("Cannot shield a task", options, RULES);
  const { signal, onLateError } = options;
  if (signal === undefined) return Promise.resolve(work);
  work.then(undefined, (error) => {
    if (signal.aborted) onLateError?.(error);
  });
  return orAborted(work, signal);
}
