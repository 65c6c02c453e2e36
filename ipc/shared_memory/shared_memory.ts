/**
 * A block of memory with a name, which any process of the machine can open: CPython's
 * `multiprocessing.shared_memory.SharedMemory`.
 *
 * @module
 */

import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { registerClass } from "../codec/register_class.ts";
import type { Block } from "./system/blocks.ts";
import { systemError } from "./system/errors.ts";
import { blocks, NAME_BYTES, NO_NAME } from "./system/this_system.ts";

/** Options of {@linkcode SharedMemory.create}. */
export interface CreateSharedMemoryOptions {
  /** Bytes it has: a positive integer. */
  size: number;
  /**
   * Its name: no `/` and no NUL in it, 255 bytes of UTF-8 at most, 30 on macOS. On Windows no `\\` either, but for
   * `Global\\` or `Local\\` before it.
   *
   * @default {"psm_", on Windows "wnsm_", and eight hexadecimal digits}
   */
  name?: string | undefined;
  /**
   * Whether it is unlinked when this process ends, or, where it was killed, when the next one that uses shared memory starts.
   * On macOS what a killed process made keeps its name. On Windows a block vanishes by itself, whatever this says.
   *
   * @default {true}
   */
  track?: boolean | undefined;
  /**
   * Whether its memory is taken from the system now. Without that a later write may find none left, and the system kills
   * the process. macOS takes it when it is written, Windows now, whatever this says.
   *
   * @default {true}
   */
  reserve?: boolean | undefined;
  /**
   * Permission bits, less those that the process's umask takes away. Windows has none.
   *
   * @default {0o600}
   */
  mode?: number | undefined;
}

const RULES: RulesOf<CreateSharedMemoryOptions> = {
  size: "any",
  name: "any",
  track: "boolean",
  reserve: "boolean",
  mode: "any",
};

/** What `create` and `open` give the constructor, and nobody else can. */
class Made {
  readonly block: Block;
  /** Whether this process made it. */
  readonly created: boolean;

  constructor(block: Block, created: boolean) {
    this.block = block;
    this.created = created;
  }
}

/**
 * A block of memory that has a name and no owner: processes that open the name see each other's writes at once. The names
 * are those of POSIX `shm_open`, so CPython, numpy and C programs open the same block.
 *
 * The block lives until its name is unlinked and the last process has closed it. What this process creates is tracked:
 * it is unlinked when the process ends, and if it is killed by the next Ferry program that uses shared memory (but on
 * macOS). Opening a block never unlinks it. On Windows it lives until the last process has closed it or has ended, and
 * `unlink` does nothing.
 *
 * CPython up to 3.12 unlinks at its end what it merely opened. There, after `shm = SharedMemory(name)`, call
 * `multiprocessing.resource_tracker.unregister(shm._name, "shared_memory")`; from 3.13 on, open with `track=False`.
 *
 * It has no lock. `Atomics` work on its bytes, across processes too, but for `wait`. Within one program a `SharedArray` is
 * faster and needs no permission.
 *
 * Needs Linux, macOS or Windows, and `--allow-ffi`. As an argument or in a message it travels by its name; the receiver closes its own.
 *
 * @example Two views of one block
 * ```ts
 * import { SharedMemory } from "@ferry/std/ipc/shared-memory";
 * import { assertEquals } from "@std/assert";
 *
 * using ours = SharedMemory.create({ size: 1024 });
 * using theirs = SharedMemory.open(ours.name); // usually in another process
 * new Float64Array(ours.bytes.buffer, 0, 2).set([1.5, 2.5]);
 * assertEquals([...new Float64Array(theirs.bytes.buffer, 0, 2)], [1.5, 2.5]);
 * ours.unlink();
 * ```
 */
export class SharedMemory {
  /** The name, without the `/` that POSIX puts before it. */
  readonly name: string;
  /**
   * Bytes it has: on Linux, and for who made it, what was asked for. Who opens a block on macOS or Windows has whole
   * pages: those systems keep no other length.
   */
  readonly size: number;
  #block: Block | undefined;
  #bytes: Uint8Array<ArrayBuffer>;
  /** The block, if this process made it and has not unlinked it. */
  #created: Block | undefined;

  /**
   * Not for callers: `create` and `open` make the objects.
   *
   * @param made What they made.
   * @throws {TypeError} If somebody else calls it.
   */
  constructor(made: unknown) {
    if (!(made instanceof Made)) {
      throw new TypeError(
        "Cannot construct SharedMemory: needed SharedMemory.create({ size }) or SharedMemory.open(name)",
      );
    }
    const { block, created } = made;
    this.name = block.name;
    this.#block = block;
    this.#bytes = new Uint8Array(block.buffer);
    this.size = this.#bytes.length;
    this.#created = created ? block : undefined;
  }

  /**
   * Makes a block, filled with zeros.
   *
   * @example By a name of its own
   * ```ts
   * import { SharedMemory } from "@ferry/std/ipc/shared-memory";
   * import { assertEquals, assertMatch } from "@std/assert";
   *
   * using memory = SharedMemory.create({ size: 16 });
   * assertMatch(memory.name, /^psm_[0-9a-f]{8}$/);
   * assertEquals(memory.bytes, new Uint8Array(16));
   * memory.unlink();
   * ```
   *
   * @param options Size, name, and who cleans up.
   * @throws {Deno.errors.AlreadyExists} If the name is taken.
   * @throws {RangeError} If the size is no positive integer, or the system has no room for it.
   * @throws {TypeError} If the name cannot be one.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
   * @throws {Deno.errors.NotSupported} If this is not Linux, macOS or Windows.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  static create(options: CreateSharedMemoryOptions): SharedMemory {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(
        `Cannot create shared memory: needed options such as { size: 1024 }, received ${
          describe(options)
        }`,
      );
    }
    checkOptions("Cannot create shared memory", options, RULES);
    const { size, name, track = true, reserve = true, mode = 0o600 } = options;
    if (!(Number.isSafeInteger(size) && size > 0)) {
      throw new RangeError(
        `Cannot create shared memory: size must be a positive integer, received ${describe(size)}`,
      );
    }
    if (!(Number.isInteger(mode) && mode >= 0 && mode <= 0o777)) {
      throw new RangeError(
        `Cannot create shared memory: mode must be permission bits up to 0o777, received ${
          describe(mode)
        }`,
      );
    }
    if (name !== undefined) checkName("create shared memory", name);
    const what = `create shared memory${name === undefined ? "" : ` ${JSON.stringify(name)}`}`;
    const request = { name, size, track, reserve, mode };
    return new SharedMemory(new Made(blocks(what).create(what, request), true));
  }

  /**
   * Opens a block that exists.
   *
   * @example A name that nothing has
   * ```ts
   * import { SharedMemory } from "@ferry/std/ipc/shared-memory";
   * import { assertThrows } from "@std/assert";
   *
   * assertThrows(() => SharedMemory.open("no_such_name"), Deno.errors.NotFound);
   * ```
   *
   * @param name The name.
   * @throws {Deno.errors.NotFound} If nothing has the name.
   * @throws {Deno.errors.PermissionDenied} If the block is not for you.
   * @throws {RangeError} If the block has no bytes, because whoever makes it has not got further.
   * @throws {TypeError} If the name cannot be one.
   * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
   * @throws {Deno.errors.NotSupported} If this is not Linux, macOS or Windows.
   */
  static open(name: string): SharedMemory {
    checkName("open shared memory", name);
    const what = `open shared memory ${JSON.stringify(name)}`;
    return new SharedMemory(new Made(blocks(what).open(what, name), false));
  }

  /**
   * The bytes, the same object each time; other typed arrays can be made on its `buffer`. After {@linkcode close} all of
   * them are empty.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#block === undefined) {
      throw new Deno.errors.BadResource(
        `Cannot use shared memory ${JSON.stringify(this.name)}: it is closed`,
      );
    }
    return this.#bytes;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#block === undefined;
  }

  /**
   * Ends this process's use of the block; others keep theirs. All views of it become empty. Closing again does nothing.
   */
  close(): void {
    this.#block?.unmap();
    this.#block = undefined;
  }

  /**
   * Takes the name away: the block vanishes when the last process has closed it. Works on a closed one, too. On Windows
   * it does nothing: there the name goes with the last process that has the block open.
   *
   * @throws {Deno.errors.NotFound} If nothing has the name any more.
   */
  unlink(): void {
    const what = `unlink shared memory ${JSON.stringify(this.name)}`;
    const found = blocks(what).unlink(what, this.name, this.#created);
    this.#created = undefined;
    if (!found) throw systemError(what, "ENOENT");
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    this.close();
  }

  static {
    // As a property of its own, so that it is no part of the class's type.
    Object.defineProperty(this.prototype, Symbol.for("Deno.customInspect"), {
      value(this: SharedMemory): string {
        const state = this.closed ? "closed" : `${this.size} bytes`;
        return `SharedMemory { ${JSON.stringify(this.name)}, ${state} }`;
      },
    });
  }
}

registerClass("ferry.SharedMemory", SharedMemory, {
  encode: (memory) => memory.name,
  decode: (name: string) => SharedMemory.open(name),
});

function describe(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function checkName(what: string, name: string): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${what}: the name must be a string, received ${describe(name)}`);
  }
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (
    name === "" || name === "." || name === ".." || NO_NAME.pattern.test(name) ||
    !name.isWellFormed()
  ) {
    throw new TypeError(
      `Cannot ${what}: needed a name without ${NO_NAME.said} that is no path, received ${shown}`,
    );
  }
  const { length } = new TextEncoder().encode(name);
  if (length > NAME_BYTES) {
    throw new TypeError(
      `Cannot ${what}: needed a name of at most ${NAME_BYTES} bytes, received ${length}: ${shown}`,
    );
  }
}
