import { notCapable } from "../errors.ts";

/**
 * The calls of the C library behind named shared memory. The library is opened when this module is loaded, where the
 * permission is there: opened later it would be a leak of whoever came first.
 */
const SYMBOLS = {
  open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  posix_fallocate: { parameters: ["i32", "i64", "i64"], result: "i32" },
  statx: { parameters: ["i32", "buffer", "i32", "u32", "buffer"], result: "i32" },
  linkat: { parameters: ["i32", "buffer", "i32", "buffer", "i32"], result: "i32" },
  unlink: { parameters: ["buffer"], result: "i32" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  pread: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "isize" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  geteuid: { parameters: [], result: "u32" },
  __errno_location: { parameters: [], result: "pointer" },
  gettid: { parameters: [], result: "i32" },
  futex: {
    name: "syscall",
    parameters: ["i64", "usize", "i32", "i32", "buffer", "usize", "u32"],
    result: "i32",
  },
  /** The same on a thread of its own. */
  futexAside: {
    name: "syscall",
    parameters: ["i64", "usize", "i32", "i32", "buffer", "usize", "u32"],
    result: "i32",
    nonblocking: true,
  },
} as const;

/** The symbols, ready to be called. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

const EINTR = 4;

/** Names of the errors that the calls here end with, by number; the same on x86-64 and ARM64. */
const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  2: "ENOENT",
  [EINTR]: "EINTR",
  11: "EAGAIN",
  12: "ENOMEM",
  13: "EACCES",
  17: "EEXIST",
  21: "EISDIR",
  22: "EINVAL",
  23: "ENFILE",
  24: "EMFILE",
  27: "EFBIG",
  28: "ENOSPC",
  36: "ENAMETOOLONG",
  40: "ELOOP",
  95: "EOPNOTSUPP",
  122: "EDQUOT",
};

let library: Libc | undefined;
if (Deno.build.os === "linux" && ffiState() === "granted") library = openLibrary();

function ffiState(): Deno.PermissionState {
  return Deno.permissions.querySync({ name: "ffi" }).state;
}

function openLibrary(): Libc {
  return Deno.dlopen("libc.so.6", SYMBOLS).symbols;
}

/**
 * The C library.
 *
 * @param what What is attempted, for errors: "create shared memory".
 * @throws {Deno.errors.NotSupported} If this is not Linux.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 */
export function libc(what: string): Libc {
  if (library !== undefined) return library;
  if (Deno.build.os !== "linux") {
    throw new Deno.errors.NotSupported(
      `Cannot ${what}: objects with a name wait by a call of Linux, this is ${Deno.build.os}; ` +
        "SharedMemory has names everywhere, and within one program objects need none",
    );
  }
  try {
    return library = openLibrary();
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    throw notCapable(what, cause);
  }
}

const encoder = new TextEncoder();

/** A text as C takes it. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(`${text}\0`);
}

/** The name of the error that the last call ended with. */
export function errno(): string {
  const where = library!.__errno_location();
  return errorName(where === null ? 0 : new Deno.UnsafePointerView(where).getInt32());
}

/** The name of an error by its number. */
export function errorName(number: number): string {
  return ERRNO[number] ?? `errno ${number}`;
}

/** Calls until no signal interrupts; a result below zero is an error's. */
export function uninterrupted(call: () => number): number {
  let result: number;
  do result = call(); while (result < 0 && errno() === "EINTR");
  return result;
}
