/**
 * Blocks of macOS: `shm_open` and what goes with it, of libSystem.
 *
 * What differs from Linux:
 *
 * - The mode is a variadic argument of `shm_open`. On ARM64 Apple's calls pass such arguments on the stack, whatever registers are
 *   free, and foreign functions are called here with fixed ones. So six numbers that nobody reads fill the registers behind
 *   name and flags, and the mode is the ninth argument, which lies where the callee looks. On x64 both kinds are passed alike.
 * - Names are no files: they cannot be listed, and a block has no inode by which it could be told from a later one of the same
 *   name. So names are unlinked when the process ends, and stay when it is killed.
 * - A name has 31 bytes with its slash.
 * - A block's length is set once, and is whole pages for those who open it.
 *
 * Source: Apple, "Writing ARM64 code for Apple platforms"; the manual pages of shm_open(2) and ftruncate(2); sys/stat.h.
 */
import { type Block, type BlockRequest, type Blocks, randomHex } from "./blocks.ts";
import { notCapable, systemError } from "./errors.ts";

const ARM = Deno.build.arch === "aarch64";

const COMMON = {
  shm_unlink: { parameters: ["buffer"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  fstat: {
    // The one with inodes of 64 bits; on ARM64 there is no other.
    name: ARM ? "fstat" : "fstat$INODE64",
    parameters: ["i32", "buffer"],
    result: "i32",
  },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __error: { parameters: [], result: "pointer" },
} as const;

/** With the mode in the ninth place. */
const PADDED = {
  ...COMMON,
  shm_open: {
    parameters: ["buffer", "i32", "u64", "u64", "u64", "u64", "u64", "u64", "u64"],
    result: "i32",
  },
} as const;
const PLAIN = {
  ...COMMON,
  shm_open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
} as const;

type Common = Deno.DynamicLibrary<typeof COMMON>["symbols"];
type ShmOpen = (name: Uint8Array<ArrayBuffer>, flags: number, mode: number) => number;

const O_RDWR = 2;
const O_CREAT = 0x200;
const O_EXCL = 0x800;
const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

/** Bytes of `struct stat`, and where the length stands in it. */
const STAT_BYTES = 144;
const STAT_SIZE = 96;

const EINTR = 4;
const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  [EINTR]: "EINTR",
  9: "EBADF",
  12: "ENOMEM",
  13: "EACCES",
  17: "EEXIST",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  27: "EFBIG",
  28: "ENOSPC",
  63: "ENAMETOOLONG",
  69: "EDQUOT",
};

/** Longest name in bytes: `PSHMNAMLEN` without the slash. */
export const MACOS_NAME_BYTES = 30;

/** The calls of libSystem. */
export class MacosBlocks implements Blocks {
  readonly #library: Common;
  readonly #shmOpen: ShmOpen;
  /** Names of this process that are to go when it ends. */
  readonly #tracked = new Set<Block>();

  /** @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing. */
  constructor(what: string) {
    const path = "/usr/lib/libSystem.B.dylib";
    try {
      if (ARM) {
        const { symbols } = Deno.dlopen(path, PADDED);
        this.#library = symbols;
        this.#shmOpen = (name, flags, mode) =>
          symbols.shm_open(name, flags, 0n, 0n, 0n, 0n, 0n, 0n, BigInt(mode));
      } else {
        const { symbols } = Deno.dlopen(path, PLAIN);
        this.#library = symbols;
        this.#shmOpen = (name, flags, mode) => symbols.shm_open(name, flags, mode);
      }
    } catch (cause) {
      throw cause instanceof Deno.errors.NotCapable ? notCapable(what, cause) : cause;
    }
    addEventListener("unload", () => {
      for (const { name } of this.#tracked) this.#library.shm_unlink(posixName(name));
    });
  }

  create(what: string, { name, size, track, mode }: BlockRequest): Block {
    const [fd, taken] = this.#make(what, name, mode);
    let done = false;
    try {
      if (this.#retried(() => this.#library.ftruncate(fd, BigInt(size))) < 0) {
        const code = this.#errno();
        // Of a new object it can only be the length that is not valid.
        throw systemError(what, code === "EINVAL" ? "EFBIG" : code);
      }
      const block = this.#map(what, taken, fd, size);
      if (track) this.#tracked.add(block);
      done = true;
      return block;
    } finally {
      if (!done) this.#library.shm_unlink(posixName(taken));
      this.#library.close(fd);
    }
  }

  open(what: string, name: string): Block {
    const fd = this.#retried(() => this.#shmOpen(posixName(name), O_RDWR, 0));
    if (fd < 0) throw systemError(what, this.#errno());
    try {
      const stat = new Uint8Array(STAT_BYTES);
      if (this.#library.fstat(fd, stat) < 0) throw systemError(what, this.#errno());
      const size = Number(new DataView(stat.buffer).getBigInt64(STAT_SIZE, true));
      if (size === 0) throw new RangeError(`Cannot ${what}: it has no bytes yet`);
      return this.#map(what, name, fd, size);
    } finally {
      this.#library.close(fd);
    }
  }

  unlink(what: string, name: string, made: Block | undefined): boolean {
    const done = this.#library.shm_unlink(posixName(name)) === 0;
    const code = done ? undefined : this.#errno();
    if (made !== undefined) this.#tracked.delete(made);
    if (code !== undefined && code !== "ENOENT") throw systemError(what, code);
    return done;
  }

  /** Makes an object that nobody has, and says its name. */
  #make(what: string, name: string | undefined, mode: number): [fd: number, name: string] {
    for (;;) {
      const candidate = name ?? `psm_${randomHex()}`;
      const path = posixName(candidate);
      const fd = this.#retried(() => this.#shmOpen(path, O_RDWR | O_CREAT | O_EXCL, mode));
      if (fd >= 0) return [fd, candidate];
      const code = this.#errno();
      if (code !== "EEXIST" || name !== undefined) throw systemError(what, code);
    }
  }

  #map(what: string, name: string, fd: number, size: number): Block {
    const library = this.#library;
    const length = BigInt(size);
    const pointer = library.mmap(null, length, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0n);
    if (pointer === null || Deno.UnsafePointer.value(pointer) === 2n ** 64n - 1n) {
      throw systemError(what, this.#errno());
    }
    const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
    return {
      name,
      buffer,
      unmap() {
        if (buffer.detached) return;
        buffer.transfer();
        library.munmap(pointer, length);
      },
    };
  }

  #errno(): string {
    const where = this.#library.__error();
    const number = where === null ? 0 : new Deno.UnsafePointerView(where).getInt32();
    return ERRNO[number] ?? `errno ${number}`;
  }

  /** Calls until no signal interrupts. */
  #retried(call: () => number): number {
    let result: number;
    do result = call(); while (result < 0 && this.#errno() === "EINTR");
    return result;
  }
}

function posixName(name: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`/${name}\0`);
}
