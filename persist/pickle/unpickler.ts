import {
  gather,
  gatherSync,
  type Port,
  readerPort,
  readerPortSync,
  StreamPort,
} from "../byte_ports.ts";
import { Machine } from "./_machine.ts";
import { Scanner } from "./_scanner.ts";
import "./_standard.ts";
import type { LoadOptions } from "./load_options.ts";
import type { PickleSource, PickleSourceSync } from "./sources.ts";

/** Options of a read that waits. */
export interface LoadWaitOptions {
  /** Ends the wait: the read rejects with the signal's reason. @default undefined */
  signal?: AbortSignal;
}

/**
 * Reads pickles that share a memo, as a {@linkcode Pickler} writes them.
 *
 * @example Persistent ids
 * ```ts
 * import { Pickler, Unpickler } from "@ferry/std/persist/pickle";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const database = { name: "main" };
 * const bytes = new Pickler({
 *   persistentId: (value) => value === database ? "db:main" : undefined,
 * }).dumps([database]);
 * const [back] = new Unpickler({ persistentLoad: () => database }).loads(bytes) as unknown[];
 * assertStrictEquals(back, database);
 * ```
 */
export class Unpickler {
  readonly #machine: Machine;
  readonly #maxBytes: number;

  /**
   * Makes an unpickler.
   *
   * @param options Mapping, hooks and limits.
   */
  constructor(options: LoadOptions = {}) {
    this.#machine = new Machine(options);
    this.#maxBytes = options.maxBytes ?? 2 ** 30;
  }

  /**
   * Reads the first pickle of some bytes; what follows it is left alone.
   *
   * @param bytes The pickle.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If there are no bytes.
   */
  loads(bytes: Uint8Array | ArrayBuffer): unknown {
    return this.#machine.load(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes), 0);
  }

  /**
   * Reads the next pickle of a source, and no byte behind it.
   *
   * @param source Bytes, a stream, or a file.
   * @param options What ends the wait.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If the source has ended.
   */
  async load(source: PickleSource, options: LoadWaitOptions = {}): Promise<unknown> {
    options.signal?.throwIfAborted();
    if (source instanceof Uint8Array) return this.loads(source);
    if (!(source instanceof ReadableStream)) {
      const port = await readerPort(source);
      return this.#machine.load(await this.#gather(port, options.signal), 0);
    }
    const port = new StreamPort(source);
    try {
      return this.#machine.load(await this.#gather(port, options.signal), 0);
    } finally {
      port.close();
    }
  }

  /**
   * Reads the next pickle of a source, and no byte behind it, blocking.
   *
   * @param source Bytes or a file.
   * @returns The value.
   * @throws {UnpicklingError} If the pickle is damaged, refers to what is not registered, or exceeds a limit.
   * @throws {Deno.errors.UnexpectedEof} If the source has ended.
   */
  loadSync(source: PickleSourceSync): unknown {
    if (source instanceof Uint8Array) return this.loads(source);
    return this.#machine.load(gatherSync(readerPortSync(source), new Scanner(), this.#maxBytes), 0);
  }

  async #gather(port: Port, signal: AbortSignal | undefined): Promise<Uint8Array> {
    if (signal === undefined) return await gather(port, new Scanner(), this.#maxBytes);
    const aborted = Promise.withResolvers<never>();
    const abort = () => aborted.reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    try {
      return await Promise.race([gather(port, new Scanner(), this.#maxBytes), aborted.promise]);
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}
