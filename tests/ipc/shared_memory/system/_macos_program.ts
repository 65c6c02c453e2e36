// A program that takes itself for one of macOS. Its libSystem keeps blocks in the C library of Linux, and speaks to the caller
// with Apple's numbers: flags, errors, the layout of `struct stat`, whole pages, names of 31 bytes, lengths that are set once.
// Arguments: the machine ("aarch64" or "x86_64") and a scenario.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";

const [arch, scenario] = Deno.args;
const PAGE = 16384;
const linux = Deno.dlopen("libc.so.6", {
  shm_open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
  shm_unlink: { parameters: ["buffer"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
}).symbols;

/** What the caller sees as its errno. */
const error = new Int32Array(1);
/** Results that the next calls of `shm_open` have instead of their own. */
const interruptions: number[] = [];
const opened = new Set<number>();
const mapped = new Map<bigint, bigint>();
const modes: number[] = [];

function failed(number?: number): -1 {
  const own = new Deno.UnsafePointerView(linux.__errno_location()!).getInt32();
  error[0] = number ?? (own === 36 ? 63 : own);
  return -1;
}

/** @param mode `undefined` if it does not lie where Apple's calls look. */
function shmOpen(name: Uint8Array<ArrayBuffer>, flags: number, mode: number | undefined): number {
  if (interruptions.length > 0) return failed(interruptions.pop());
  assertEquals(name[0], 0x2f, "names begin with a slash");
  if (name.indexOf(0) > 31) return failed(63);
  assertEquals(flags & ~0xa02, 0, "no flag but O_RDWR, O_CREAT and O_EXCL of macOS");
  const creates = (flags & 0x200) !== 0;
  if (creates) {
    assert(mode !== undefined);
    modes.push(mode);
  }
  const own = 2 | (creates ? 0o100 : 0) | (flags & 0x800 ? 0o200 : 0) | 0o2000000;
  const fd = linux.shm_open(name, own, mode ?? 0);
  if (fd < 0) return failed();
  opened.add(fd);
  return fd;
}

const length = (fd: number) => Number(linux.lseek(fd, 0n, 2));
const libSystem = {
  shm_open: arch === "aarch64"
    ? (name: Uint8Array<ArrayBuffer>, flags: number, ...rest: (number | bigint)[]) =>
      // Eight arguments lie in registers, the ninth is the first one on the stack.
      shmOpen(name, flags, rest.length > 6 ? Number(rest[6]) : undefined)
    : (name: Uint8Array<ArrayBuffer>, flags: number, mode: number) => shmOpen(name, flags, mode),
  shm_unlink: (name: Uint8Array<ArrayBuffer>) => linux.shm_unlink(name) < 0 ? failed() : 0,
  ftruncate(fd: number, size: bigint) {
    if (length(fd) !== 0) return failed(22);
    const pages = BigInt(Math.ceil(Number(size) / PAGE) * PAGE);
    return size > 2n ** 40n ? failed(22) : linux.ftruncate(fd, pages) < 0 ? failed() : 0;
  },
  fstat(fd: number, stat: Uint8Array<ArrayBuffer>) {
    assertEquals(stat.length, 144);
    new DataView(stat.buffer).setBigInt64(96, BigInt(length(fd)), true);
    return 0;
  },
  mmap(...args: Parameters<typeof linux.mmap>) {
    const [at, size, protection, flags, , offset] = args;
    assertEquals([at, protection, flags, offset], [null, 3, 1, 0n]);
    const pointer = linux.mmap(...args);
    mapped.set(Deno.UnsafePointer.value(pointer), size as bigint);
    return pointer;
  },
  munmap(pointer: Deno.PointerValue, size: bigint) {
    assertEquals(mapped.get(Deno.UnsafePointer.value(pointer)), size);
    mapped.delete(Deno.UnsafePointer.value(pointer));
    return linux.munmap(pointer, size);
  },
  close(fd: number) {
    assert(opened.delete(fd));
    return linux.close(fd);
  },
  __error: () => Deno.UnsafePointer.of(error),
};

Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "darwin", arch } });
Object.defineProperty(Deno, "dlopen", {
  value(path: string, symbols: Record<string, Deno.ForeignFunction>) {
    assertEquals(path, "/usr/lib/libSystem.B.dylib");
    assertEquals(Object.keys(symbols).toSorted(), Object.keys(libSystem).toSorted());
    const { parameters } = symbols.shm_open!;
    // What is on the stack takes eight bytes, all of which are written.
    if (arch === "aarch64") assertEquals([parameters.length, parameters[8]], [9, "u64"]);
    else assertEquals(parameters, ["buffer", "i32", "u32"]);
    assertEquals(symbols.fstat!.name, arch === "aarch64" ? "fstat" : "fstat$INODE64");
    return { symbols: libSystem };
  },
});

const { ShareableList, SharedMemory } = await import("@ferry/std/ipc/shared-memory");
const { Lock } = await import("@ferry/std/ipc");

const isThere = (name: string) => {
  try {
    return Deno.statSync(`/dev/shm/${name}`).isFile;
  } catch {
    return false;
  }
};

const scenarios: Record<string, () => void> = {
  bytes() {
    Deno.umask(0);
    const ours = SharedMemory.create({ size: 100, mode: 0o640 });
    assertMatch(ours.name, /^psm_[0-9a-f]{8}$/);
    assertEquals(modes, [0o640]);
    assertEquals(Deno.statSync(`/dev/shm/${ours.name}`).mode! & 0o777, 0o640);
    const theirs = SharedMemory.open(ours.name);
    assertEquals([ours.size, theirs.size], [100, PAGE]);
    ours.bytes[99] = 7;
    theirs.bytes[0] = 9;
    assertEquals([theirs.bytes[99], ours.bytes[0]], [7, 9]);
    const list = ShareableList.create([1, "two", null]);
    const same = ShareableList.open(list.sharedMemory.name);
    same.set(0, 5);
    assertEquals([...list], [5, "two", null]);
    for (const block of [ours, list.sharedMemory]) block.unlink();
    assertThrows(() => ours.unlink(), Deno.errors.NotFound);
    assertThrows(() => SharedMemory.open(ours.name), Deno.errors.NotFound);
    const view = ours.bytes;
    for (const one of [ours, theirs, list, same]) one.close();
    assertEquals(view.length, 0);
    assertEquals([opened.size, mapped.size], [0, 0], "descriptors and mappings go");
  },
  errors() {
    const name = "a".repeat(30);
    const memory = SharedMemory.create({ size: 1, name });
    assertThrows(() => SharedMemory.create({ size: 1, name }), Deno.errors.AlreadyExists);
    const long = "a".repeat(31);
    assertThrows(() => SharedMemory.create({ size: 1, name: long }), TypeError, "at most 30 bytes");
    const huge = () => SharedMemory.create({ size: 2 ** 50, name: "huge" });
    assertThrows(huge, RangeError, "no room");
    assertEquals(isThere("huge"), false, "what could not be made has no name");
    interruptions.push(4, 4);
    SharedMemory.open(name).close();
    assertEquals(interruptions, [], "a call that a signal interrupts is made again");
    for (
      const [number, error] of [
        [13, Deno.errors.PermissionDenied],
        [24, Deno.errors.Busy],
        [12, RangeError],
        [22, Deno.errors.NotSupported],
      ] as const
    ) {
      interruptions.push(number);
      assertThrows(() => SharedMemory.open(name), error);
    }
    linux.close(linux.shm_open(new TextEncoder().encode("/empty\0"), 0o102, 0o600));
    assertThrows(() => SharedMemory.open("empty"), RangeError, "no bytes yet");
    SharedMemory.prototype.unlink.call(memory);
    linux.shm_unlink(new TextEncoder().encode("/empty\0"));
    memory.close();
    assertEquals([opened.size, mapped.size], [0, 0], "descriptors and mappings go");
    assertThrows(() => new Lock({ name: "x" }), Deno.errors.NotSupported, "Linux");
  },
  end() {
    SharedMemory.create({ size: 1, name: `end_${arch}` });
    SharedMemory.create({ size: 1, name: `stay_${arch}`, track: false });
    assert(isThere(`end_${arch}`));
  },
};
scenarios[scenario!]!();
console.log("done");
