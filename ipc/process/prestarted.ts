/** What `Process.prestart()` gives, and takes. */
import type { WaitOptions } from "../wait/options.ts";

/** Options of {@linkcode Process.prestart}. */
export interface PrestartOptions {
  /**
   * The `maxHeap` of the processes that are to take the workers. A heap's limit cannot be changed later, so a process with
   * another one does not take them.
   *
   * @default {2048}
   */
  maxHeap?: number | undefined;
}

/** Workers that {@linkcode Process.prestart} has started, and that no process has taken yet. */
export interface Prestarted extends AsyncDisposable {
  /** How many of them wait for a process. */
  readonly size: number;
  /**
   * Waits until they have loaded all that a process needs. A process that starts before takes one all the same.
   *
   * @param options `signal` and `timeout` (ms).
   * @returns `false` if the timeout passes first.
   * @throws {ProcessExitError} If one of them ended instead.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  ready(options?: WaitOptions): Promise<boolean>;
  /** Ends those that no process has taken. */
  [Symbol.asyncDispose](): Promise<void>;
}
