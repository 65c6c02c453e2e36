// Behaviours of CPython's _TestSharedMemory that the other tests here do not cover, in its order.
import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { decode, encode } from "@ferry/std/ipc/codec";
import {
  type Shareable,
  ShareableList,
  SharedMemory,
  SharedMemoryManager,
} from "@ferry/std/ipc/shared-memory";

const { AlreadyExists, NotFound } = Deno.errors;

function freshName(): string {
  return `ferry_test_${crypto.randomUUID()}`;
}

Deno.test("test_shared_memory_basics: attached twice, one unlink is enough and a second one is an error", () => {
  const name = freshName();
  using memory = SharedMemory.create({ size: 512, name });
  assertEquals([memory.name, memory.size], [name, 512]);
  const shown = Deno.inspect(memory);
  assert(shown.includes(name) && shown.includes("512"), shown);
  memory.bytes[0] = 42;
  {
    using also = SharedMemory.open(name);
    assertEquals(also.bytes[0], 42);
  }
  assertThrows(() => SharedMemory.create({ size: 512, name }), AlreadyExists);
  using other = SharedMemory.open(name);
  other.unlink();
  assertThrows(() => memory.unlink(), NotFound);
  assertThrows(() => SharedMemory.open("test01_notthere"), NotFound);
});

Deno.test("test_shared_memory_recreate: a name can be used again once it is unlinked", () => {
  const name = freshName();
  for (let i = 1; i <= 3; i++) {
    using memory = SharedMemory.create({ size: i, name });
    assertEquals([memory.size, memory.bytes[0]], [i, 0]);
    memory.bytes[0] = i;
    memory.unlink();
  }
});

Deno.test("test_shared_memory_pickle_unpickle: a block in a message is the same block, and none once it is gone", () => {
  using memory = SharedMemory.create({ size: 512 });
  memory.bytes.set([0, 1, 2, 3, 4, 5]);
  const message = encode(memory);
  {
    using copy = decode(message) as SharedMemory;
    assertNotStrictEquals(copy, memory);
    copy.bytes.set([10, 11], 1);
    assertEquals([...memory.bytes.subarray(0, 6)], [0, 10, 11, 3, 4, 5]);
    assertEquals(copy.name, memory.name);
  }
  const larger = SharedMemory.create({ size: 4 * 512 });
  assertEquals(encode(larger).length, message.length);
  for (const each of [larger, memory]) {
    const dead = encode(each);
    each.close();
    each.unlink();
    assertThrows(() => decode(dead), NotFound);
  }
});

Deno.test("test_shared_memory_SharedMemoryManager_basics: what it made is there until it is shut down", () => {
  let names: string[];
  let first: SharedMemory;
  {
    using manager = new SharedMemoryManager();
    const list = manager.shareableList(["first", 2, 3.5]);
    first = manager.sharedMemory(512);
    names = [list.sharedMemory.name, first.name, manager.sharedMemory(256).name];
    names.forEach((name) => SharedMemory.open(name).close());
  }
  for (const name of names) assertThrows(() => SharedMemory.open(name), NotFound);
  assert(first.closed);
});

Deno.test("test_shared_memory_ShareableList_basics: formats, bounds and copies are CPython's", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const values = ["howdy", bytes("HoWdY"), -273.154, 100, null, true, 42];
  using list = ShareableList.create<Shareable>(values);
  assertEquals(list.format, "8s8sdqxxxxxx?xxxxxxxx?q");
  assertThrows(() => list.get(7), RangeError);
  assertThrows(() => list.set(7, 2), RangeError);
  list.set(0, "howdy");
  assertEquals([list.format, list.length], ["8s8sdqxxxxxx?xxxxxxxx?q", 7]);
  assertEquals([list.indexOf("100"), list.indexOf(100)], [-1, 3]);
  assertEquals([list.get(0), list.get(-2)], ["howdy", true]);
  assertEquals([...list], values);
  list.set(3, 42);
  list.set(4, "some");
  assertEquals(list.format, "8s8sdq8sxxxxxxx?q");
  assertThrows(() => list.set(4, "far too many"), RangeError, "room for 8 bytes");
  assertEquals(list.get(4), "some");
  list.set(0, "encodés");
  assertThrows(() => list.set(0, "encodées"), RangeError);
  assertThrows(() => list.set(1, bytes("123456789")), RangeError);
  assertEquals([list.get(0), list.get(1)], ["encodés", bytes("HoWdY")]);
  assertEquals([list.count(42), list.count(bytes("HoWdY")), list.count(bytes("adios"))], [2, 1, 0]);
  const name = freshName();
  using copy = ShareableList.create<Shareable>(list, { name });
  // CPython counts the characters of "encodés" and gives it 8 bytes of room, as if it could not be UTF-8.
  assertEquals([copy.sharedMemory.name, copy.format], [name, "16s8sdq8sxxxxxxx?q"]);
  assertEquals([...copy], [...list]);
  copy.set(-1, 77);
  using tethered = ShareableList.open<Shareable>(list.sharedMemory.name);
  tethered.set(-1, 880);
  assertEquals([copy.get(-1), list.get(-1)], [77, 880]);
  copy.sharedMemory.unlink();
  list.sharedMemory.unlink();
  using empty = ShareableList.create<Shareable>([]);
  assertEquals([empty.length, empty.format, empty.count("any"), empty.indexOf(null)], [
    0,
    "",
    0,
    -1,
  ]);
  empty.sharedMemory.unlink();
});

Deno.test("test_shared_memory_ShareableList_pickling: a list in a message is the same list", () => {
  using list = ShareableList.create<Shareable>(Array.from({ length: 10 }, (_, i) => i));
  const message = encode(list);
  {
    using copy = decode(message) as ShareableList;
    assert(copy instanceof ShareableList && copy.get(-1) === 9);
    copy.set(4, "changed");
    list.set(3, "newvalue");
    assertEquals([list.get(4), copy.get(3)], ["changed", "newvalue"]);
  }
  list.close();
  list.sharedMemory.unlink();
  assertThrows(() => decode(message), NotFound);
});
