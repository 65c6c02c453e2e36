/**
 * Pipes: two connected ends for two workers.
 *
 * @module
 */
import { BLOCK_BODY, Kind } from "./_arena.ts";
import { addReference } from "./_handles.ts";
import { makeRing, MAX_CAPACITY } from "./_ring.ts";
import { newBlock } from "./_shared_object.ts";
import { Connection } from "./connection.ts";

/** Options of {@linkcode Pipe}. */
export interface PipeOptions {
  /**
   * Whether both ends can send. If not, the first end only receives and the second only sends, as in Python.
   *
   * @default {true}
   */
  duplex?: boolean;
  /**
   * Bytes of shared memory for each direction, from 1 KiB to 256 MiB, rounded up to a power of two. Messages of any
   * size pass through a pipe of any capacity; those above a quarter of it travel in pieces.
   *
   * @default {262144}
   */
  capacity?: number;
}

/**
 * A pair of connected ends.
 *
 * @typeParam T What the messages are.
 *
 * @example Usage
 * ```ts
 * import { Pipe } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const [receiver, sender] = new Pipe<number>({ duplex: false });
 * sender.sendSync(42);
 * sender.close();
 * for await (const value of receiver) assertEquals(value, 42);
 * receiver.close();
 * ```
 */
export class Pipe<T = unknown> implements Iterable<Connection<T>>, Disposable {
  /** The first end; it only receives when the pipe is not duplex. */
  readonly first: Connection<T>;
  /** The second end; it only sends when the pipe is not duplex. */
  readonly second: Connection<T>;

  /**
   * Makes a pipe.
   *
   * @param options `duplex` and `capacity`.
   * @throws {RangeError} When the capacity is not between 1 byte and 256 MiB.
   */
  constructor(options: PipeOptions = {}) {
    const { duplex = true, capacity = 262144 } = options;
    if (!(capacity > 0 && capacity <= MAX_CAPACITY)) {
      throw new RangeError(
        `Cannot make a pipe: capacity must be from 1 to ${MAX_CAPACITY} bytes, got ${capacity}`,
      );
    }
    const forth = duplex ? sharedRing(capacity) : 0;
    const back = sharedRing(capacity);
    this.first = new Connection(end(back, forth));
    this.second = new Connection(end(forth, back));
  }

  /** The two ends, for `const [a, b] = new Pipe()`. */
  *[Symbol.iterator](): IterableIterator<Connection<T>> {
    yield this.first;
    yield this.second;
  }

  /** Closes both ends, where they have not moved to another worker. */
  [Symbol.dispose](): void {
    this.first.close();
    this.second.close();
  }
}

/** A ring with a reference for each of the two ends. */
function sharedRing(capacity: number): number {
  const ring = makeRing(capacity);
  addReference(ring);
  return ring.line;
}

function end(incoming: number, outgoing: number): object {
  const block = newBlock(Kind.connection, 8);
  block.words[BLOCK_BODY] = incoming;
  block.words[BLOCK_BODY + 1] = outgoing;
  return block;
}
