/**
 * Pipes: two connected ends for two workers.
 *
 * @module
 */
import { sendAsArray } from "../codec/class_registry.ts";
import { makeRing, MAX_CAPACITY } from "./ring/layout.ts";
import type { RulesOf } from "../../persist/options.ts";
import { assertOptions } from "../wait/options.ts";
import { shown } from "../wait/shown.ts";
import { Connection } from "./connection.ts";
import { claimEnd, makeEnd } from "./_named.ts";

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

/** Options of {@linkcode Pipe.connect}. */
export interface NamedPipeOptions extends PipeOptions {
  /** The name, by which all programs of this user on this machine mean one pipe. */
  name: string;
  /**
   * Which end to take. If the pipe is not duplex, the first one receives and the second one sends.
   *
   * @default {the first one, or the second one if that is taken}
   */
  end?: "first" | "second" | undefined;
}

const RULES: RulesOf<PipeOptions> = {
  duplex: "boolean",
  capacity: "any",
};

const NAMED_RULES: RulesOf<NamedPipeOptions> = {
  ...RULES,
  name: "any",
  end: "any",
};

/**
 * A pair of connected ends, to be taken apart: `const [a, b] = new Pipe()`. Given to another worker as a whole, it arrives
 * as a plain array of its two ends, both of which have moved there.
 *
 * The first end is meant for who makes the pipe, a parent mostly, the second for another worker, its child.
 *
 * @typeParam ToChild What the first end sends and the second receives.
 * @typeParam ToParent What the second end sends and the first receives; the same if it is not given.
 *
 * @example Two directions
 * ```ts
 * import { type Connection, Pipe, Process } from "@ferry/std/ipc";
 * import { assertEquals } from "@std/assert";
 *
 * const [parent, child] = new Pipe<{ ask: number }, string>();
 * await using worker = new Process((child: Connection<{ ask: number }, string>) => {
 *   child.sendSync(`${child.recvSync().ask} asked`);
 * }, { args: [child] });
 * worker.start();
 * parent.sendSync({ ask: 42 });
 * assertEquals(await parent.recv({ timeout: 10_000 }), "42 asked");
 * parent.close();
 * ```
 *
 * @example One direction
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
export class Pipe<ToChild = unknown, ToParent = ToChild>
  extends Array<Connection<ToParent, ToChild> | Connection<ToChild, ToParent>>
  implements Disposable {
  /** The first end; it only receives when the pipe is not duplex. */
  declare readonly 0: Connection<ToParent, ToChild>;
  /** The second end; it only sends when the pipe is not duplex. */
  declare readonly 1: Connection<ToChild, ToParent>;
  /** There are two ends. */
  declare readonly length: 2;

  /** What arrays made from this one are: plain ones. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /**
   * Makes a pipe, whose ends are both this agent's. One with a name has an end in each of two programs: see
   * {@linkcode Pipe.connect}.
   *
   * @example Make one
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   *
   * const [parent, child] = new Pipe<{ ask: number }, string>();
   * ```
   *
   * @param options `duplex` and `capacity`.
   * @throws {TypeError} If the options are none or have a name, or the capacity is no number.
   * @throws {RangeError} If the capacity is not between 1 byte and 256 MiB.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options?: PipeOptions) {
    assertOptions(options, "make a pipe", "{ duplex: false }", NAMED_RULES);
    const { duplex = true, capacity = 1048576, name } = (options ?? {}) as Partial<
      NamedPipeOptions
    >;
    if (name !== undefined) {
      throw new TypeError(
        `Cannot make both ends of a pipe with a name: needed Pipe.connect({ name: ${
          shown(name)
        } }) in each of two programs`,
      );
    }
    assertCapacity(capacity);
    const forth = duplex ? makeRing(capacity) : undefined;
    const back = makeRing(capacity);
    super(
      new Connection<ToParent, ToChild>(makeEnd(back, forth)),
      new Connection<ToChild, ToParent>(makeEnd(forth, back)),
    );
    Object.freeze(this);
  }

  /**
   * Takes an end of a pipe with a name, which another program has the other end of: makes the pipe, or takes what is left of
   * one that exists. It is closed as any other when its program ends, even by a kill; an end is taken once. Needs Linux,
   * `--allow-ffi`, and `import "@ferry/std/ipc/shared-memory"`.
   *
   * @typeParam In What this end receives.
   * @typeParam Out What this end sends.
   * @param options `name`, which end, and what the pipe is to be like if it is made.
   * @returns The end.
   * @throws {TypeError} If the options are none, or the name cannot be one, or is that of another kind of object.
   * @throws {RangeError} If the capacity is not between 1 byte and 256 MiB.
   * @throws {Deno.errors.Busy} If the end has, or had, an owner.
   * @throws {Deno.errors.NotSupported} If this is not Linux, or nothing was imported that opens names.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
   * @throws {TypeError} If an option does not exist, or is of another type.
   *
   * @example Both programs in one
   * ```ts
   * import { Pipe } from "@ferry/std/ipc";
   * import "@ferry/std/ipc/shared-memory";
   * import { assertEquals } from "@std/assert";
   *
   * using ours = Pipe.connect<string>({ name: "example-pipe" });
   * using theirs = Pipe.connect<string>({ name: "example-pipe" }); // usually in another program
   * ours.sendSync("hello");
   * assertEquals(await theirs.recv(), "hello");
   * ```
   */
  static connect<In = unknown, Out = In>(options: NamedPipeOptions): Connection<In, Out> {
    assertOptions(options, "open a pipe", '{ name: "jobs" }', NAMED_RULES);
    const { name, end, duplex = true, capacity = 1048576 } = options ?? {};
    if (name === undefined) {
      throw new TypeError('Cannot open a pipe: needed a name, as in { name: "jobs" }');
    }
    if (end !== undefined && end !== "first" && end !== "second") {
      throw new TypeError(
        `Cannot open a pipe: end must be "first" or "second", received ${shown(end)}`,
      );
    }
    assertCapacity(capacity);
    const wanted = end === undefined ? undefined : end === "first" ? 0 : 1;
    return new Connection<In, Out>(claimEnd({ name }, duplex, capacity, wanted));
  }

  /** The first end. */
  get first(): Connection<ToParent, ToChild> {
    return this[0];
  }

  /** The second end. */
  get second(): Connection<ToChild, ToParent> {
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

function assertCapacity(capacity: number): void {
  if (typeof capacity !== "number") {
    throw new TypeError(
      `Cannot make a pipe: capacity must be a number of bytes, received ${shown(capacity)}`,
    );
  }
  if (capacity > 0 && capacity <= MAX_CAPACITY) return;
  throw new RangeError(
    `Cannot make a pipe: capacity must be from 1 to ${MAX_CAPACITY} bytes, received ${capacity}`,
  );
}
