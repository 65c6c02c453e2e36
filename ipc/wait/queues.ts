/**
 * Who sleeps on which word, and how it is woken.
 *
 * Memory of this program has the wait queues of the engine: `Atomics.wait`, `waitAsync` and `notify`. They end where the program
 * ends. So memory that other programs share brings queues of its own, those of the system (`shared_memory/named/`), and all
 * of ipc sleeps and wakes by the functions here. As long as nothing is shared with other programs, that costs one comparison.
 */

/** The wait queues of memory that other programs share. */
export interface WaitQueues {
  /** Blocks the thread while a word has a value, until it is notified or the time is up. May return too early. */
  wait(words: Int32Array, index: number, expected: number, milliseconds: number): void;
  /** The same without blocking the thread. */
  waitAsync(
    words: Int32Array,
    index: number,
    expected: number,
    milliseconds: number,
  ): Promise<unknown>;
  /** Ends such a wait, however often it must be woken. */
  cancel(words: Int32Array, index: number, wait: Promise<unknown>): Promise<void>;
  /** Wakes sleepers. */
  notify(words: Int32Array, index: number, count: number): void;
  /**
   * Reaps the dead among those who share the memory.
   *
   * @param holdingLocks See `ReapHook` in `before_sleep.ts`.
   * @returns Milliseconds after which to look again; 0 if something was reaped just now.
   */
  reap(holdingLocks: boolean): number;
}

/** By buffer. `undefined` until there is one. */
let known: WeakMap<ArrayBufferLike, WaitQueues> | undefined;

/** Says how to sleep on words of a buffer. */
export function setWaitQueues(buffer: ArrayBufferLike, queues: WaitQueues): void {
  (known ??= new WeakMap()).set(buffer, queues);
}

/** The wait queues of memory that other programs share; `undefined` for that of this program. */
export function waitQueuesOf(words: Int32Array): WaitQueues | undefined {
  return known === undefined ? undefined : known.get(words.buffer);
}

/** Wakes those who sleep on a word, all of them or so many; in other programs, too. */
export function notify(words: Int32Array, index: number, count: number = Infinity): void {
  const queues = waitQueuesOf(words);
  if (queues === undefined) Atomics.notify(words, index, count);
  else queues.notify(words, index, count);
}
