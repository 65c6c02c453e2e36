import { assertEquals, assertThrows } from "@std/assert";
import { type Shareable, ShareableList, SharedMemory } from "@ferry/std/ipc/shared-memory";

const { BadResource, InvalidData, NotFound } = Deno.errors;

Deno.test("ShareableList gives back what it was made of, by index and in turn", () => {
  const values = [0, -1, 2 ** 53 - 1, 0.5, -0, NaN, Infinity, true, false, "", "é𝄞", null, 10n];
  using list = ShareableList.create<Shareable>(values);
  const read = [...list];
  assertEquals(read.slice(0, -1), values.slice(0, -1));
  assertEquals([read.at(-1), Object.is(list.get(4), -0)], [10, true]);
  assertEquals([list.length, list.get(-1), list.get(-13)], [13, 10, 0]);
  list.sharedMemory.unlink();
  using none = ShareableList.create([]);
  assertEquals([none.length, [...none], none.format], [0, [], ""]);
  none.sharedMemory.unlink();
});

Deno.test("ShareableList.set() keeps a float a float, and takes what fits", () => {
  using list = ShareableList.create<Shareable>([1.5, 1, "12345678", new Uint8Array(3).fill(1)]);
  list.set(0, 2);
  list.set(1, 2.5);
  list.set(2, "x".repeat(16));
  list.set(3, "text");
  assertEquals([...list], [2, 2.5, "x".repeat(16), "text"]);
  assertEquals(list.format, "dd16s8s");
  list.set(2, "");
  assertEquals(list.get(2), "");
  assertThrows(() => list.set(2, "x".repeat(17)), RangeError, "room for 16 bytes");
  assertThrows(() => list.set(3, "é".repeat(5)), RangeError, "received 10");
  assertEquals(list.get(3), "text");
  list.sharedMemory.unlink();
});

Deno.test("ShareableList.set() of a number where there is one gives the same bytes as a new list", () => {
  const numbers = [
    0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    -(2 ** 32) - 1,
    2 ** 53 - 1,
    -(2 ** 53) + 1,
  ];
  for (const first of [7, 0.5, true]) {
    using list = ShareableList.create<Shareable>([first]);
    for (const value of [...numbers, -0, 0.25, NaN, 2 ** 60]) {
      list.set(0, first);
      list.set(0, value);
      assertEquals([list.get(0), Object.is(list.get(0), value)], [value, true]);
      using same = ShareableList.create<Shareable>([value], { float: list.format === "d" });
      assertEquals(list.sharedMemory.bytes, same.sharedMemory.bytes, `${value} after ${first}`);
      same.sharedMemory.unlink();
    }
    list.sharedMemory.unlink();
  }
});

Deno.test("ShareableList refuses what it cannot hold, and indexes that are none", () => {
  for (const value of [undefined, {}, [], Symbol("s"), () => {}, new Date(0)]) {
    assertThrows(() => ShareableList.create([value as unknown as null]), TypeError, "needed a");
  }
  for (const value of ["a\0", "\ud800", new Uint8Array(1)]) {
    assertThrows(() => ShareableList.create([value]), TypeError);
  }
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
    assertThrows(() => ShareableList.create([value]), RangeError, "64 bits");
  }
  using list = ShareableList.create<Shareable>([1, 2]);
  for (const index of [2, -3, 0.5, NaN]) {
    assertThrows(() => list.get(index), RangeError, "2 items");
    assertThrows(() => list.set(index, 1), RangeError, "2 items");
  }
  list.sharedMemory.unlink();
});

Deno.test("ShareableList finds and counts items", () => {
  using list = ShareableList.create<Shareable>(["a", 1, new Uint8Array([1, 2]), 1, NaN, null]);
  assertEquals([list.indexOf(1), list.indexOf("b"), list.count(1)], [1, -1, 2]);
  assertEquals([list.indexOf(new Uint8Array([1, 2])), list.indexOf(NaN)], [2, 4]);
  assertEquals([list.indexOf(null), list.count(0)], [5, 0]);
  list.sharedMemory.unlink();
});

Deno.test("ShareableList by name, closed and gone", () => {
  const name = `ferry_test_${crypto.randomUUID()}`;
  const list = ShareableList.create([1, 2], { name });
  using other = ShareableList.open(name);
  other.set(1, 5);
  assertEquals(list.get(1), 5);
  list.close();
  assertThrows(() => list.get(0), BadResource, "closed");
  assertThrows(() => list.set(0, 1), BadResource, "closed");
  list.sharedMemory.unlink();
  assertThrows(() => ShareableList.open(name), NotFound, name);
});

Deno.test("ShareableList: any bytes in its block give values or InvalidData, nothing else", () => {
  using list = ShareableList.create<Shareable>([1, 0.5, "text", true, null]);
  const { bytes } = list.sharedMemory;
  const good = bytes.slice();
  const values = [0, 1, 0x64, 0x71, 0x78, 0x7f, 0x80, 0xff];
  for (let at = 0; at < good.length; at++) {
    for (const value of values) {
      bytes.set(good);
      bytes[at] = value;
      try {
        using opened = new ShareableList(SharedMemory.open(list.sharedMemory.name));
        const all = [...opened];
        assertEquals(all.length, opened.length);
      } catch (error) {
        if (!(error instanceof InvalidData)) throw error;
      }
    }
  }
  list.sharedMemory.unlink();
  using small = SharedMemory.create({ size: 3 });
  assertThrows(() => ShareableList.open(small.name), InvalidData, "ShareableList");
  small.unlink();
});

Deno.test("ShareableList.create() of what cannot be iterated over is refused", () => {
  for (const values of [5, {}, null, undefined]) {
    assertThrows(
      () => ShareableList.create(values as never),
      TypeError,
      "Cannot create a ShareableList: needed values to iterate over, received",
    );
  }
});
