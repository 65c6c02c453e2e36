import { systemError } from "../errors.ts";
import { cString, errno, errorName, type Libc, uninterrupted } from "./libc.ts";

/** Where Linux keeps the objects of `shm_open`, as files. */
export const FOLDER = "/dev/shm/";

const AT_FDCWD = -100;
const AT_EMPTY_PATH = 0x1000;
const AT_SYMLINK_FOLLOW = 0x400;
const AT_SYMLINK_NOFOLLOW = 0x100;
const STATX_BASIC = 0x7ff;

const ARM = Deno.build.arch === "aarch64";
const O_RDONLY = 0;
const O_RDWR = 2;
const O_CLOEXEC = 0o2000000;
const O_NOFOLLOW = ARM ? 0o100000 : 0o400000;
const O_TMPFILE = 0o20000000 | (ARM ? 0o40000 : 0o200000);

const PROT_READ = 1;
const PROT_WRITE = 2;
const MAP_SHARED = 1;

const LOCK_SH = 1;
const LOCK_EX = 2;
const LOCK_NB = 4;

/** Where the name begins in a `dirent` of 64-bit Linux: behind inode, offset, length and type. */
const D_NAME = 19;

/** What the system says of an object. */
export interface Stat {
  /** How many names it has. */
  readonly links: number;
  /** Its number, which no other object has at the same time. */
  readonly inode: bigint;
  /** Its length in bytes. */
  readonly size: number;
  /** The number of the user whose it is. */
  readonly owner: number;
}

/** Opens an object that exists; a symbolic link is refused. Its descriptor, or an error's name. */
export function openObject(libc: Libc, name: string, write = true): number | string {
  const flags = (write ? O_RDWR : O_RDONLY) | O_NOFOLLOW | O_CLOEXEC;
  const path = cString(FOLDER + name);
  const fd = uninterrupted(() => libc.open(path, flags, 0));
  return fd < 0 ? errno() : fd;
}

/** Where the answer of `statx` comes; it is read at once. */
const STATX = new Uint8Array(256);
const STATX_VIEW = new DataView(STATX.buffer);
const NOTHING: Uint8Array<ArrayBuffer> = cString("");

/** What the system says of an open object; `undefined` where it says nothing. */
export function statOf(libc: Libc, fd: number): Stat | undefined {
  return statx(libc, fd, "", AT_EMPTY_PATH);
}

/** What the system says of an object by its name; `undefined` where there is none. */
export function statByName(libc: Libc, name: string): Stat | undefined {
  return statx(libc, AT_FDCWD, FOLDER + name, AT_SYMLINK_NOFOLLOW);
}

/** The number of the space of process numbers that this process is in. */
export function processSpace(libc: Libc): bigint {
  return statx(libc, AT_FDCWD, "/proc/self/ns/pid", 0)?.inode ?? 0n;
}

function statx(libc: Libc, fd: number, path: string, flags: number): Stat | undefined {
  const text = path === "" ? NOTHING : cString(path);
  if (libc.statx(fd, text, flags, STATX_BASIC, STATX) < 0) return undefined;
  const view = STATX_VIEW;
  return {
    links: view.getUint32(16, true),
    owner: view.getUint32(20, true),
    inode: view.getBigUint64(32, true),
    size: Number(view.getBigUint64(40, true)),
  };
}

/**
 * An object without a name: it vanishes with its last descriptor and mapping, so that a process that is killed before it
 * has given it a name leaves nothing.
 *
 * @param what What is attempted, for errors.
 * @param mode Permission bits.
 */
export function makeNameless(libc: Libc, what: string, mode: number): number {
  const path = cString(FOLDER);
  const fd = uninterrupted(() => libc.open(path, O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
  if (fd < 0) throw systemError(what, errno());
  return fd;
}

/** Whether the system names an object by its descriptor alone: Linux 6.10 does, older ones for privileged users. */
let namesDescriptors = true;

/** Gives an object its name, all at once. `false` if the name is taken. */
export function nameObject(libc: Libc, what: string, fd: number, name: string): boolean {
  const to = cString(FOLDER + name);
  if (namesDescriptors) {
    if (libc.linkat(fd, NOTHING, AT_FDCWD, to, AT_EMPTY_PATH) === 0) return true;
    if (errno() === "EEXIST") return false;
    namesDescriptors = false;
  }
  const from = cString(`/proc/self/fd/${fd}`);
  if (libc.linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) === 0) return true;
  const code = errno();
  if (code === "EEXIST") return false;
  if (code === "ENOENT") throw new Deno.errors.NotSupported(`Cannot ${what}: it needs /proc`);
  throw systemError(what, code);
}

/** Takes a name away. `false` if nothing has it. */
export function unlinkObject(libc: Libc, what: string, name: string): boolean {
  if (libc.unlink(cString(FOLDER + name)) === 0) return true;
  const code = errno();
  if (code === "ENOENT") return false;
  throw systemError(what, code);
}

/** Unlinks a name if the object that has it is the one that was meant, and this user's. */
export function unlinkOwn(libc: Libc, name: string, inode: bigint | undefined): void {
  const stat = statByName(libc, name);
  if (stat === undefined || (inode !== undefined && stat.inode !== inode)) return;
  if (stat.owner === libc.geteuid()) libc.unlink(cString(FOLDER + name));
}

/** The names that begin like this. */
export function namesWith(libc: Libc, prefix: string): string[] {
  const folder = libc.opendir(cString(FOLDER));
  if (folder === null) return [];
  const names: string[] = [];
  for (let entry = libc.readdir(folder); entry !== null; entry = libc.readdir(folder)) {
    const name = new Deno.UnsafePointerView(entry).getCString(D_NAME);
    if (name.startsWith(prefix)) names.push(name);
  }
  libc.closedir(folder);
  return names;
}

/**
 * Locks an open object for this process alone, if nobody has it locked. The system unlocks it when the descriptor is closed,
 * or the process ends in whatever way.
 */
export function lockAlone(libc: Libc, fd: number): boolean {
  return uninterrupted(() => libc.flock(fd, LOCK_EX | LOCK_NB)) === 0;
}

/** Locks an open object together with others; waits while somebody has it alone. */
export function lockTogether(libc: Libc, fd: number): boolean {
  return uninterrupted(() => libc.flock(fd, LOCK_SH)) === 0;
}

/**
 * Takes memory for a part of an object now: otherwise a write may find none left, which kills the process.
 *
 * @returns The name of the error, if it failed.
 */
export function reserveMemory(
  libc: Libc,
  fd: number,
  from: number,
  to: number,
): string | undefined {
  let code: string;
  do {
    const number = libc.posix_fallocate(fd, BigInt(from), BigInt(to - from));
    if (number === 0) return undefined;
    code = errorName(number);
  } while (code === "EINTR");
  return code;
}

/**
 * Sets the length of a new object.
 *
 * @param reserve Whether its memory is taken now: otherwise a write may find none left, which kills the process.
 */
export function sizeObject(
  libc: Libc,
  what: string,
  fd: number,
  size: number,
  reserve: boolean,
): void {
  if (reserve) {
    const code = reserveMemory(libc, fd, 0, size);
    if (code !== undefined) throw systemError(what, code);
  } else if (uninterrupted(() => libc.ftruncate(fd, BigInt(size))) < 0) {
    throw systemError(what, errno());
  }
}

/** A file's bytes in the memory of this process. */
export class Mapping {
  readonly #libc: Libc;
  readonly #pointer: Deno.PointerObject;
  readonly #size: number;
  /** The bytes; they are the object's own, no copy. */
  readonly buffer: ArrayBuffer;
  /** The address of the first one. */
  readonly address: number;

  constructor(libc: Libc, what: string, fd: number, size: number) {
    const pointer = libc.mmap(null, BigInt(size), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0n);
    if (pointer === null || Deno.UnsafePointer.value(pointer) === 2n ** 64n - 1n) {
      throw systemError(what, errno());
    }
    this.#libc = libc;
    this.#pointer = pointer;
    this.#size = size;
    this.address = Number(Deno.UnsafePointer.value(pointer));
    this.buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, size);
  }

  /**
   * Gives the addresses back. All views are detached before, so that none can touch what is no longer there. A buffer that
   * was transferred elsewhere cannot be detached from here: then the addresses stay taken until the process ends.
   */
  unmap(): void {
    if (this.buffer.detached) return;
    this.buffer.transfer();
    this.#libc.munmap(this.#pointer, BigInt(this.#size));
  }
}
