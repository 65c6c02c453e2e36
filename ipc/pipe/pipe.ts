/**
 * Pipes: two connected ends for two workers.
 *
 * @module
 */
import { refer } from "../kill_safe.ts";
import { type Block, BLOCK_BODY, Kind } from "../memory/arena.ts";
import { sendAsArray } from "../codec/class_registry.ts";
import { makeRing, MAX_CAPACITY } from "./ring/layout.ts";
import { newBlock } from "../memory/shared_object.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import { Connection } from "./connection.ts";

/** Options of {@linkcode Pipe}. */
export interface PipeOptions {
  /**
   * Whether both ends can send. If not, the first end only receives and the second only sends, as in Python.
   *
   * @default {true}
   */
  duplex?: boolean | undefined;
  /**
   * Bytes of shared memory for each direction, from 1 KiB to 256 MiB, rounded up to a power of two. Messages of any
   * size pass through a pipe of any capacity; those above a quarter of it travel in pieces. Memory is only taken up as
   * it is used for the first time.
   *
   * @default {1048576}
   */
  capacity?: number | undefined;
}

/**
 * A pair of connected ends, to be taken apart: `const [a, b] = new Pipe()`. Given to another worker as a whole, it arrives
 * as a plain array of its two ends, both of which have moved there.
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
export class Pipe<T = unknown> extends Array<Connection<T>> implements Disposable {
  /** The first end; it only receives when the pipe is not duplex. */
  declare readonly 0: Connection<T>;
  /** The second end; it only sends when the pipe is not duplex. */
  declare readonly 1: Connection<T>;
  /** There are two ends. */
  declare readonly length: 2;

  /** What arrays made from this one are: plain ones. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /**
   * Makes a pipe.
   *
   * @param options `duplex` and `capacity`.
   * @throws {TypeError} If the options are none, or the capacity is no number.
   * @throws {RangeError} If the capacity is not between 1 byte and 256 MiB.
   */
  constructor(options?: PipeOptions) {
    assertOptions(options, "make a pipe", "{ duplex: false }");
    const { duplex = true, capacity = 1048576 } = options ?? {};
    if (typeof capacity !== "number") {
      throw new TypeError(
        `Cannot make a pipe: capacity must be a number of bytes, received ${shown(capacity)}`,
      );
    }
    if (!(capacity > 0 && capacity <= MAX_CAPACITY)) {
      throw new RangeError(
        `Cannot make a pipe: capacity must be from 1 to ${MAX_CAPACITY} bytes, received ${capacity}`,
      );
    }
    const forth = duplex ? makeRing(capacity) : undefined;
    const back = makeRing(capacity);
    super(new Connection<T>(end(back, forth)), new Connection<T>(end(forth, back)));
    Object.freeze(this);
  }

  /** The first end. */
  get first(): Connection<T> {
    return this[0];
  }

  /** The second end. */
  get second(): Connection<T> {
    return this[1];
  }

  /** Closes both ends, where they have not moved to another worker. */
  [Symbol.dispose](): void {
    this[0].close();
    this[1].close();
  }
}

// Sent as a whole, it arrives as an array of its two ends.
sendAsArray(Pipe.prototype);

function end(incoming: Block | undefined, outgoing: Block | undefined): object {
  const block = newBlock(Kind.connection, 8);
  if (incoming !== undefined) refer(block.words, BLOCK_BODY, incoming.words, incoming.line);
  if (outgoing !== undefined) refer(block.words, BLOCK_BODY + 1, outgoing.words, outgoing.line);
  return block;
}
