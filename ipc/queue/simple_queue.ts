/**
 * The plainest queue.
 *
 * @module
 */
import { QueueOrigin, registerFlavour, SIMPLE } from "./_origin.ts";
import { Queue } from "./queue.ts";

/**
 * A queue without a limit and without options, for those who look for Python's `SimpleQueue`. It is a
 * {@linkcode Queue} in all else.
 *
 * @typeParam T What the items are.
 *
 * @example Usage
 * ```ts
 * import { SimpleQueue } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * using queue = new SimpleQueue<number>();
 * queue.putSync(1);
 * assertEquals(queue.getSync(), 1);
 * ```
 */
export class SimpleQueue<T = unknown> extends Queue<T> {
  /**
   * Makes an empty queue.
   *
   * @example Make one
   * ```ts
   * import { SimpleQueue } from "@ferry/std/ipc";
   *
   * using queue = new SimpleQueue<number>();
   * ```
   */
  constructor() {
    super(adopted ?? new QueueOrigin(0, SIMPLE));
    adopted = undefined;
  }
}

/** What the constructor, which takes no options, is to adopt. */
let adopted: QueueOrigin | undefined;

registerFlavour(SIMPLE, (origin) => {
  adopted = origin;
  return new SimpleQueue();
});
