/**
 * A pair of connected ends, in memory.
 *
 * @module
 */
import { checkOptions, pickOptions, type RulesOf } from "../../persist/options.ts";
import { memoryPair } from "../native/memory_pair.ts";
import { useOnly } from "./_one_way.ts";
import { Connection } from "./connection.ts";
import { CONNECTION_RULES, type ConnectionOptions } from "./options.ts";

/** Options of {@linkcode Pipe}. */
export interface PipeOptions extends ConnectionOptions {
  /**
   * Whether both ends can send. If not, the first end only receives and the second only sends, as in Python.
   *
   * @default {true}
   */
  duplex?: boolean | undefined;
}

const RULES: RulesOf<PipeOptions> = { ...CONNECTION_RULES, duplex: "boolean" };

/**
 * A pair of connected ends, as `multiprocessing.Pipe()` gives it, to be taken apart: `const [a, b] = new Pipe()`.
 *
 * The ends are connections as `connect` and `Listener` make them, for tests of a protocol and for two parts of a program:
 * what is sent is pickled, so that the other end has a copy. No network, no permission, no handshake; at most 64 KiB wait in
 * each direction. Between workers and processes take `Pipe` of `@ferry/std/ipc`.
 *
 * @typeParam T What the objects are.
 *
 * @example Both directions
 * ```ts
 * import { Pipe } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * const [a, b] = new Pipe<number[]>();
 * await a.send([1, 2, 3]);
 * await b.send((await b.recv()).map((n) => n * 2));
 * assertEquals(await a.recv(), [2, 4, 6]);
 * ```
 *
 * @example One direction
 * ```ts
 * import { Pipe } from "@ferry/std/net/connection";
 * import { assertEquals } from "@std/assert";
 *
 * const [receiver, sender] = new Pipe<string>({ duplex: false });
 * await sender.send("hello");
 * sender.close();
 * assertEquals(await Array.fromAsync(receiver), ["hello"]);
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
   * @example Make one
   * ```ts
   * import { Pipe } from "@ferry/std/net/connection";
   *
   * const [a, b] = new Pipe<number[]>();
   * ```
   *
   * @param options `duplex`, limits, and how objects are pickled.
   * @throws {RangeError} If `maxBytes` is negative or not a number.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: PipeOptions = {}) {
    checkOptions("Cannot make a pipe", options, RULES);
    const { duplex = true } = options;
    const ofEnds = pickOptions<ConnectionOptions>(options, CONNECTION_RULES);
    const [first, second] = memoryPair();
    if (!duplex) {
      useOnly(first, "receives");
      useOnly(second, "sends");
    }
    super(new Connection<T>(first, ofEnds), new Connection<T>(second, ofEnds));
    Object.freeze(this);
  }

  /** Closes both ends. */
  [Symbol.dispose](): void {
    for (const end of this) end.close();
  }
}
