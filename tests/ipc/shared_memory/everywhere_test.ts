// What holds on Linux, macOS and Windows alike. Nothing here looks at files of the system.
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { ShareableList, SharedMemory, SharedMemoryManager } from "@ferry/std/ipc/shared-memory";
import { program } from "../../_support/program.ts";

const { AlreadyExists, BadResource, NotFound } = Deno.errors;
const IS_WINDOWS = Deno.build.os === "windows";
const IS_LINUX = Deno.build.os === "linux";

/** A name that no other test has, short enough for every system. */
function freshName(): string {
  return `ferry_${crypto.randomUUID().slice(0, 13)}`;
}

Deno.test("Every system: two objects of one name have the same bytes", () => {
  using ours = SharedMemory.create({ size: 5000 });
  assertMatch(ours.name, IS_WINDOWS ? /^wnsm_[0-9a-f]{8}$/ : /^psm_[0-9a-f]{8}$/);
  using theirs = SharedMemory.open(ours.name);
  assertEquals([ours.size, ours.bytes.length], [5000, 5000]);
  assert(IS_LINUX ? theirs.size === 5000 : theirs.size % 4096 === 0 && theirs.size >= 5000);
  assertEquals(theirs.bytes, new Uint8Array(theirs.size));
  ours.bytes[4999] = 7;
  theirs.bytes[0] = 9;
  assertEquals([theirs.bytes[4999], ours.bytes[0]], [7, 9]);
  ours.unlink();
});

Deno.test("Every system: a name that is taken, missing or impossible, and a size without room, are errors", () => {
  const name = freshName();
  using memory = SharedMemory.create({ size: 1, name });
  assertThrows(() => SharedMemory.create({ size: 1, name }), AlreadyExists, name);
  assertThrows(() => SharedMemory.open(freshName()), NotFound, "nothing has this name");
  for (const wrong of ["", "a/b", "a\0b", ".", "..", "\ud800", "é".repeat(128)]) {
    assertThrows(() => SharedMemory.create({ size: 1, name: wrong }), TypeError, "name");
    assertThrows(() => SharedMemory.open(wrong), TypeError, "name");
  }
  assertThrows(() => SharedMemory.create({ size: 2 ** 50, name: freshName() }), RangeError, "room");
  memory.unlink();
});

Deno.test("Every system: a closed block has no views, and its name is free again", () => {
  const name = freshName();
  for (let round = 0; round < 3; round++) {
    const memory = SharedMemory.create({ size: 100, name });
    const { bytes } = memory;
    bytes.fill(round + 1);
    memory.unlink();
    if (IS_WINDOWS) memory.unlink();
    else assertThrows(() => memory.unlink(), NotFound);
    memory.close();
    memory.close();
    assertEquals([bytes.length, memory.closed], [0, true]);
    assertThrows(() => memory.bytes, BadResource, "closed");
    assertThrows(() => SharedMemory.open(name), NotFound);
  }
});

Deno.test("Every system: a ShareableList and a block are another program's, too", async () => {
  const values = [1, 2.5, "text", null, true, new Uint8Array([1, 2])];
  using list = ShareableList.create<number | string | null | boolean | Uint8Array>(values);
  using memory = SharedMemory.create({ size: 8 });
  const left = freshName();
  const { code, err } = await program(`
    import { ShareableList, SharedMemory } from "@ferry/std/ipc/shared-memory";
    using list = ShareableList.open(${JSON.stringify(list.sharedMemory.name)});
    list.set(0, list.get(0) + 41);
    list.set(2, list.get(2) + "+");
    using memory = SharedMemory.open(${JSON.stringify(memory.name)});
    new Float64Array(memory.bytes.buffer, 0, 1)[0] = 0.5;
    SharedMemory.create({ size: 10, name: ${JSON.stringify(left)} });
    Deno.exit(3);
  `);
  assertEquals(code, 3, err);
  assertEquals([...list], [42, 2.5, "text+", null, true, new Uint8Array([1, 2])]);
  assertEquals(new Float64Array(memory.bytes.buffer)[0], 0.5);
  assertThrows(() => SharedMemory.open(left), NotFound, left, "what a program left goes with it");
  memory.unlink();
  list.sharedMemory.unlink();
});

Deno.test("Every system: a SharedMemoryManager takes all names away", () => {
  const manager = new SharedMemoryManager();
  const names = [manager.sharedMemory(10), manager.shareableList([1, 2]).sharedMemory];
  manager.shutdown();
  for (const { name } of names) assertThrows(() => SharedMemory.open(name), NotFound);
});
