// A program that takes itself for one of Windows. Its kernel32 keeps sections in this process, and counts handles and views.
// Argument: a scenario.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";

interface Section {
  readonly bytes: Uint8Array<ArrayBuffer>;
  handles: number;
}

const PAGE = 4096;
const sections = new Map<string, Section>();
/** Handles are the addresses of these bytes. */
const handles = new Map<bigint, { section: Section; keep: Uint8Array }>();
const views = new Map<bigint, number>();
let lastError = 0;
/** Errors that the next calls end with. */
const failures: Record<string, number[]> = { Create: [], Open: [], Map: [] };
/** Called between the look for a name and its making. */
let between: (() => void) | undefined;

function failed(number: number): null {
  lastError = number;
  return null;
}

function text(name: Uint8Array<ArrayBuffer>): string {
  const units = new Uint16Array(name.buffer);
  assertEquals(units.indexOf(0), units.length - 1, "one NUL, at the end");
  return String.fromCharCode(...units.subarray(0, -1));
}

function handleOf(section: Section): Deno.PointerObject {
  const keep = new Uint8Array(1);
  const pointer = Deno.UnsafePointer.of(keep)!;
  handles.set(Deno.UnsafePointer.value(pointer), { section, keep });
  section.handles++;
  return pointer;
}

const kernel32 = {
  CreateFileMappingW(
    file: bigint,
    security: null,
    protection: number,
    high: number,
    low: number,
    name: Uint8Array<ArrayBuffer>,
  ): Deno.PointerValue {
    assertEquals([file, security, protection], [-1n, null, 4]);
    between?.();
    if (failures.Create!.length > 0) return failed(failures.Create!.pop()!);
    if (high > 0) return failed(1455);
    const known = sections.get(text(name));
    lastError = known === undefined ? 0 : 183;
    const section = known ?? { bytes: new Uint8Array(Math.ceil(low / PAGE) * PAGE), handles: 0 };
    sections.set(text(name), section);
    return handleOf(section);
  },
  OpenFileMappingW(access: number, inherit: number, name: Uint8Array<ArrayBuffer>) {
    assertEquals([access, inherit], [6, 0]);
    if (failures.Open!.length > 0) return failed(failures.Open!.pop()!);
    const section = sections.get(text(name));
    return section === undefined ? failed(2) : handleOf(section);
  },
  MapViewOfFile(handle: Deno.PointerObject, access: number, ...zeros: (number | bigint)[]) {
    assertEquals([access, ...zeros.map(Number)], [6, 0, 0, 0]);
    if (failures.Map!.length > 0) return failed(failures.Map!.pop()!);
    const { bytes } = handles.get(Deno.UnsafePointer.value(handle))!.section;
    const pointer = Deno.UnsafePointer.of(bytes)!;
    views.set(Deno.UnsafePointer.value(pointer), bytes.length);
    return pointer;
  },
  UnmapViewOfFile(pointer: Deno.PointerObject) {
    assert(views.has(Deno.UnsafePointer.value(pointer)));
    return 1;
  },
  VirtualQuery(pointer: Deno.PointerObject, information: Uint8Array<ArrayBuffer>, room: bigint) {
    assertEquals([information.length, room], [48, 48n]);
    const length = views.get(Deno.UnsafePointer.value(pointer))!;
    new DataView(information.buffer).setBigUint64(24, BigInt(length), true);
    return 48n;
  },
  CloseHandle(handle: Deno.PointerObject) {
    const value = Deno.UnsafePointer.value(handle);
    const { section } = handles.get(value)!;
    handles.delete(value);
    // The name goes with the last handle.
    if (--section.handles > 0) return 1;
    for (const [name, one] of sections) if (one === section) sections.delete(name);
    return 1;
  },
  GetLastError: () => lastError,
};

Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "windows" } });
Object.defineProperty(Deno, "dlopen", {
  value(path: string, symbols: Record<string, Deno.ForeignFunction>) {
    assertEquals(path, "kernel32.dll");
    assertEquals(Object.keys(symbols).toSorted(), Object.keys(kernel32).toSorted());
    return { symbols: kernel32 };
  },
});

const { ShareableList, SharedMemory } = await import("@ferry/std/ipc/shared-memory");
const { Lock } = await import("@ferry/std/ipc");
const { AlreadyExists, NotFound, NotSupported, PermissionDenied } = Deno.errors;

const scenarios: Record<string, () => void> = {
  bytes() {
    const ours = SharedMemory.create({ size: 5000, name: "Local\\größe" });
    const theirs = SharedMemory.open(ours.name);
    assertEquals([ours.size, theirs.size], [5000, 8192]);
    ours.bytes[4999] = 7;
    theirs.bytes[0] = 9;
    assertEquals([theirs.bytes[4999], ours.bytes[0]], [7, 9]);
    const list = ShareableList.create([1, "two", null]);
    assertMatch(list.sharedMemory.name, /^wnsm_[0-9a-f]{8}$/);
    const same = ShareableList.open(list.sharedMemory.name);
    same.set(0, 5);
    assertEquals([...list], [5, "two", null]);
    ours.unlink();
    ours.close();
    SharedMemory.open(theirs.name).close();
    theirs.close();
    assertThrows(() => SharedMemory.open("Local\\größe"), NotFound);
    for (const one of [list, same]) one.close();
    assertEquals([handles.size, sections.size], [0, 0], "handles go");
  },
  taken() {
    const memory = SharedMemory.create({ size: 1, name: "taken" });
    assertThrows(() => SharedMemory.create({ size: 1, name: "taken" }), AlreadyExists);
    memory.close();
    between = () => {
      between = undefined;
      handleOf(sections.set("taken", { bytes: new Uint8Array(PAGE), handles: 0 }).get("taken")!);
    };
    const create = () => SharedMemory.create({ size: 1, name: "taken" });
    assertThrows(create, AlreadyExists, "taken", "another program made it at the same time");
    assertEquals(handles.size, 1, "the other program's");
    // A name of our own is another one then.
    const random = crypto.getRandomValues;
    let calls = 0;
    crypto.getRandomValues = (array) => {
      (array as unknown as Uint32Array)[0] = calls++ === 0 ? 0 : 1;
      return array;
    };
    const first = SharedMemory.create({ size: 1 });
    calls = 0;
    const second = SharedMemory.create({ size: 1 });
    crypto.getRandomValues = random;
    assertEquals([first.name, second.name], ["wnsm_00000000", "wnsm_00000001"]);
  },
  errors() {
    for (const wrong of ["a\\b", "Local\\a\\b", "Else\\a", "Local\\"]) {
      assertThrows(() => SharedMemory.create({ size: 1, name: wrong }), TypeError, "and NUL");
    }
    assertThrows(() => SharedMemory.create({ size: 2 ** 40 }), RangeError, "no room");
    for (
      const [call, number, error] of [
        ["Create", 5, PermissionDenied],
        ["Create", 6, AlreadyExists],
        ["Create", 87, RangeError],
        ["Create", 31, NotSupported],
        ["Map", 8, RangeError],
      ] as const
    ) {
      failures[call]!.push(number);
      assertThrows(() => SharedMemory.create({ size: 1, name: "refused" }), error, "refused");
    }
    const memory = SharedMemory.create({ size: 1, name: "there" });
    for (
      const [call, number, error] of [
        ["Open", 5, PermissionDenied],
        ["Open", 6, NotFound],
        ["Map", 5, PermissionDenied],
      ] as const
    ) {
      failures[call]!.push(number);
      assertThrows(() => SharedMemory.open("there"), error, "there");
    }
    memory.close();
    assertEquals([handles.size, sections.size], [0, 0], "handles go");
    assertThrows(() => new Lock({ name: "x" }), NotSupported, "Linux");
  },
};
scenarios[Deno.args[0]!]!();
console.log("done");
