import { checkOptions } from "../../options.ts";
import { Saver } from "./_saver.ts";
import "../standard/mod.ts";
import { writeAll, writeAllSync } from "./_write_all.ts";
import type { DumpOptions } from "./options.ts";
import { type PicklerMemo, picklerMemo, writerTable } from "./pickler_memo.ts";
import type { DumpWaitOptions, PickleSink, PickleWriterSync } from "./sinks.ts";
import { DUMP_RULES } from "./rules.ts";
import { sharedRegistry } from "../registry.ts";

/** The highest protocol there is. */
export const HIGHEST_PROTOCOL = 5;

/** The protocol used unless another is asked for, as in CPython 3.14. */
export const DEFAULT_PROTOCOL = 5;

/**
 * Writes pickles that share a memo: an object written once is referred to in later pickles, which the same
 * {@linkcode Unpickler} must read.
 *
 * @example Two pickles, one memo
 * ```ts
 * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const config = { retries: 3 };
 * const pickler = new Pickler();
 * const first = pickler.dumps(config);
 * const second = pickler.dumps([config]);
 *
 * const unpickler = new Unpickler();
 * const back = unpickler.loads(first);
 * const list = unpickler.loads(second) as unknown[];
 * assertStrictEquals(list[0], back);
 * ```
 */
export class Pickler {
  readonly #saver: Saver;

  /**
   * Makes a pickler.
   *
   * @example Make one
   * ```ts
   * import { Pickler } from "@ferry/std/persist/pickle";
   *
   * const config = { retries: 3 };
   * const pickler = new Pickler();
   * ```
   *
   * @param options Protocol, hooks and limits.
   * @throws {TypeError} If an option is unknown or of another type.
   * @throws {RangeError} If the protocol does not exist, or `bufferCallback` is given with one below 5.
   */
  constructor(options: DumpOptions = {}) {
    checkOptions("Cannot pickle a value", options, DUMP_RULES);
    this.#saver = new Saver({
      ...options,
      protocol: checkProtocol(options),
      registry: options.registry ?? sharedRegistry(),
    });
  }

  /** The protocol written. */
  get protocol(): number {
    return this.#saver.protocol;
  }

  /** Whether the memo is off. */
  get fast(): boolean {
    return this.#saver.fast;
  }

  /** Turns the memo off or on. */
  set fast(value: boolean) {
    this.#saver.fast = value;
  }

  /** What has been written so far; it changes as more is written. */
  get memo(): PicklerMemo {
    return picklerMemo(this.#saver.memo);
  }

  /** Takes over, as a copy, what another pickler has written. */
  set memo(value: PicklerMemo) {
    this.#saver.memo = writerTable(value).copy();
  }

  /** How many objects the memo numbers. */
  get memoSize(): number {
    return this.#saver.memo.size;
  }

  /** Forgets the objects written so far, so that the next pickle stands alone. */
  clearMemo(): void {
    this.#saver.memo.clear();
  }

  /**
   * Writes a value.
   *
   * @param value The value.
   * @returns The pickle.
   * @throws {PicklingError} If something in the value has no pickle.
   */
  dumps(value: unknown): Uint8Array<ArrayBuffer> {
    return this.#saver.pickle(value);
  }

  /**
   * Writes a value to a file or stream; a stream stays open. After a wait for a file that was ended, {@linkcode clearMemo}:
   * its reader may never get the objects that the memo knows.
   *
   * @param value The value.
   * @param sink Where to.
   * @param options What ends the wait.
   * @throws {PicklingError} If something in the value has no pickle.
   * @throws {Deno.errors.TimedOut} If the pickle has not been taken in time.
   */
  async dump(value: unknown, sink: PickleSink, options: DumpWaitOptions = {}): Promise<void> {
    options.signal?.throwIfAborted();
    await writeAll(sink, this.dumps(value), options);
  }

  /**
   * Writes a value to a file, blocking.
   *
   * @param value The value.
   * @param sink Where to.
   * @throws {PicklingError} If something in the value has no pickle.
   */
  dumpSync(value: unknown, sink: PickleWriterSync): void {
    writeAllSync(sink, this.dumps(value));
  }
}

function checkProtocol({ protocol = DEFAULT_PROTOCOL, bufferCallback }: DumpOptions): number {
  if (typeof protocol !== "number") {
    throw new TypeError(`Cannot pickle: protocol must be a number, received ${typeof protocol}`);
  }
  const number = protocol < 0 ? HIGHEST_PROTOCOL : protocol;
  if (!Number.isInteger(number) || number > HIGHEST_PROTOCOL) {
    throw new RangeError(
      `Cannot pickle with protocol ${protocol}: it must be an integer of at most ${HIGHEST_PROTOCOL}`,
    );
  }
  if (bufferCallback !== undefined && number < 5) {
    throw new RangeError(
      `Cannot pickle with a bufferCallback and protocol ${number}: buffers need protocol 5`,
    );
  }
  return number;
}
