/**
 * A block of memory with a name, which any process of the machine can open: CPython's
 * `multiprocessing.shared_memory.SharedMemory`.
 *
 * @module
 */

import { registerClass } from "../codec/register_class.ts";
import { libc, systemError } from "./system/libc.ts";
import {
  makeNameless,
  Mapping,
  nameObject,
  openObject,
  sizeObject,
  statOf,
  unlinkObject,
} from "./system/object.ts";
import { randomHex, type Tracked, Tracker } from "./_tracker.ts";

/** Options of {@linkcode SharedMemory.create}. */
export interface CreateSharedMemoryOptions {
  /** Bytes it has: a positive integer. */
  size: number;
  /**
   * Its name: no `/` and no NUL in it, 255 bytes of UTF-8 at most.
   *
   * @default {"psm_" and eight hexadecimal digits}
   */
  name?: string;
  /**
   * Whether it is unlinked when this process ends, or, where it was killed, when the next one that uses shared memory starts.
   *
   * @default {true}
   */
  track?: boolean;
  /**
   * Whether its memory is taken from the system now. Without that a later write may find none left, and the system kills
   * the process.
   *
   * @default {true}
   */
  reserve?: boolean;
  /**
   * Permission bits, less those that the process's umask takes away.
   *
   * @default {0o600}
   */
  mode?: number;
}

/** Longest name in bytes. */
const MAX_NAME = 255;

let tracker: Tracker | undefined;

/** What `create` and `open` give the constructor, and nobody else can. */
class Made {
  readonly name: string;
  readonly mapping: Mapping;
  readonly tracked: Tracked | undefined;

  constructor(name: string, mapping: Mapping, tracked: Tracked | undefined) {
    this.name = name;
    this.mapping = mapping;
    this.tracked = tracked;
  }
}

/**
 * A block of memory that has a name and no owner: processes that open the name see each other's writes at once. The names
 * are those of POSIX `shm_open`, so CPython, numpy and C programs open the same block.
 *
 * The block lives until its name is unlinked and the last process has closed it. What this process creates is tracked:
 * it is unlinked when the process ends, and if it is killed by the next Ferry program that uses shared memory. Opening a
 * block never unlinks it.
 *
 * CPython up to 3.12 unlinks at its end what it merely opened. There, after `shm = SharedMemory(name)`, call
 * `multiprocessing.resource_tracker.unregister(shm._name, "shared_memory")`; from 3.13 on, open with `track=False`.
 *
 * It has no lock. `Atomics` work on its bytes, across processes too, but for `wait`. Within one program a `SharedArray` is
 * faster and needs no permission.
 *
 * Needs Linux and `--allow-ffi`. As an argument or in a message it travels by its name; the receiver closes its own.
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
  /** Bytes it has. CPython on macOS shows whole pages here; on Linux it is what was asked for. */
  readonly size: number;
  #mapping: Mapping | undefined;
  #bytes: Uint8Array<ArrayBuffer>;
  #tracked: Tracked | undefined;

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
    const { name, mapping, tracked } = made;
    this.name = name;
    this.#mapping = mapping;
    this.#bytes = new Uint8Array(mapping.buffer);
    this.size = this.#bytes.length;
    this.#tracked = tracked;
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
   * @throws {Deno.errors.NotSupported} If this is not Linux.
   */
  static create(options: CreateSharedMemoryOptions): SharedMemory {
    if (typeof options !== "object" || options === null) {
      throw new TypeError(
        `Cannot create shared memory: needed options such as { size: 1024 }, received ${
          describe(options)
        }`,
      );
    }
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
    const c = libc(what);
    tracker ??= startTracker(what);
    const fd = makeNameless(c, what, mode);
    let mapping: Mapping | undefined;
    try {
      sizeObject(c, what, fd, size, reserve);
      mapping = new Mapping(c, what, fd, size);
      const inode = track ? statOf(c, fd)?.inode : undefined;
      let swept = false;
      for (;;) {
        const candidate = name ?? `psm_${randomHex()}`;
        const tracked = inode === undefined ? undefined : tracker.add(what, candidate, inode);
        let named = false;
        try {
          named = nameObject(c, what, fd, candidate);
        } finally {
          if (!named && tracked !== undefined) tracker.remove(what, tracked);
        }
        if (named) return new SharedMemory(new Made(candidate, mapping, tracked));
        if (name === undefined) continue;
        // Whose it was may have been killed.
        if (swept) throw systemError(what, "EEXIST");
        swept = true;
        tracker.sweep();
      }
    } catch (error) {
      mapping?.unmap();
      throw error;
    } finally {
      c.close(fd);
    }
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
   * @throws {Deno.errors.NotSupported} If this is not Linux.
   */
  static open(name: string): SharedMemory {
    checkName("open shared memory", name);
    const what = `open shared memory ${JSON.stringify(name)}`;
    const c = libc(what);
    tracker ??= startTracker(what);
    const fd = openObject(c, name);
    if (typeof fd === "string") throw systemError(what, fd);
    try {
      const size = statOf(c, fd)?.size ?? 0;
      if (size === 0) throw new RangeError(`Cannot ${what}: it has no bytes yet`);
      return new SharedMemory(new Made(name, new Mapping(c, what, fd, size), undefined));
    } finally {
      c.close(fd);
    }
  }

  /**
   * The bytes, the same object each time; other typed arrays can be made on its `buffer`. After {@linkcode close} all of
   * them are empty.
   *
   * @throws {Deno.errors.BadResource} If it is closed.
   */
  get bytes(): Uint8Array<ArrayBuffer> {
    if (this.#mapping === undefined) {
      throw new Deno.errors.BadResource(
        `Cannot use shared memory ${JSON.stringify(this.name)}: it is closed`,
      );
    }
    return this.#bytes;
  }

  /** Whether it is closed. */
  get closed(): boolean {
    return this.#mapping === undefined;
  }

  /**
   * Ends this process's use of the block; others keep theirs. All views of it become empty. Closing again does nothing.
   */
  close(): void {
    this.#mapping?.unmap();
    this.#mapping = undefined;
  }

  /**
   * Takes the name away: the block vanishes when the last process has closed it. Works on a closed one, too.
   *
   * @throws {Deno.errors.NotFound} If nothing has the name any more.
   */
  unlink(): void {
    const what = `unlink shared memory ${JSON.stringify(this.name)}`;
    const found = unlinkObject(libc(what), what, this.name);
    if (this.#tracked !== undefined) tracker!.remove(what, this.#tracked);
    this.#tracked = undefined;
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

function startTracker(what: string): Tracker {
  const made = new Tracker(libc(what));
  made.sweep();
  return made;
}

function describe(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  return typeof value === "object" && value !== null ? "an object" : String(value);
}

function checkName(what: string, name: string): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot ${what}: the name must be a string, received ${describe(name)}`);
  }
  const shown = JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
  if (name === "" || name === "." || name === ".." || /[/\0]/.test(name) || !name.isWellFormed()) {
    throw new TypeError(
      `Cannot ${what}: needed a name without "/" and NUL that is no path, received ${shown}`,
    );
  }
  const { length } = new TextEncoder().encode(name);
  if (length > MAX_NAME) {
    throw new TypeError(
      `Cannot ${what}: needed a name of at most ${MAX_NAME} bytes, received ${length}: ${shown}`,
    );
  }
}
