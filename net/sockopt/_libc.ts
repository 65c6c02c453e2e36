/**
 * The calls of the C library that options of sockets need. The library is opened for one piece of work and closed after it:
 * what stays open would be a leak of whoever called.
 */
const SYMBOLS = {
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  getpeername: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  opendir: { parameters: ["buffer"], result: "pointer" },
  readdir: { parameters: ["pointer"], result: "pointer" },
  closedir: { parameters: ["pointer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const;

/** The symbols, ready to be called. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** Names of what `setsockopt` and `getsockopt` answer, by number; the same on x86-64 and ARM64. */
const ERRNO: Readonly<Record<number, string>> = {
  1: "EPERM",
  9: "EBADF",
  12: "ENOMEM",
  13: "EACCES",
  22: "EINVAL",
  33: "EDOM",
  88: "ENOTSOCK",
  92: "ENOPROTOOPT",
  95: "EOPNOTSUPP",
  105: "ENOBUFS",
};

/**
 * Works with the C library.
 *
 * @param what What is attempted, for errors: "set socket options".
 * @throws {Deno.errors.NotSupported} If this is not Linux.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 */
export function withLibc<T>(what: string, work: (libc: Libc) => T): T {
  if (Deno.build.os !== "linux") {
    throw new Deno.errors.NotSupported(`Cannot ${what}: Linux is needed, this is ${Deno.build.os}`);
  }
  let library: Deno.DynamicLibrary<typeof SYMBOLS>;
  try {
    library = Deno.dlopen("libc.so.6", SYMBOLS);
  } catch (cause) {
    if (!(cause instanceof Deno.errors.NotCapable)) throw cause;
    const message = `Cannot ${what}: --allow-ffi is needed, Deno itself has no call for it`;
    throw new Deno.errors.NotCapable(message, { cause });
  }
  try {
    return work(library.symbols);
  } finally {
    library.close();
  }
}

/** The name of the error that the last call ended with. */
export function errno(libc: Libc): string {
  const where = libc.__errno_location();
  const number = where === null ? 0 : new Deno.UnsafePointerView(where).getInt32();
  return ERRNO[number] ?? `errno ${number}`;
}
