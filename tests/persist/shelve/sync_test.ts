import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  open,
  openSync,
  ShelfBusyError,
  ShelfClosedError,
  ShelfReadOnlyError,
  type ShelfSync,
} from "@ferry/std/persist/shelve";
import { bytesOf, Folder } from "./_places.ts";

function test(claim: string, body: (shelf: ShelfSync<unknown>, path: string) => void): void {
  Deno.test(`ShelfSync: ${claim}`, async () => {
    await using folder = new Folder();
    using shelf = openSync<unknown>(folder.at("shelf"));
    body(shelf, folder.at("shelf"));
  });
}

test("is a map", (shelf) => {
  assertEquals([shelf.get("a"), shelf.has("a"), shelf.delete("a")], [undefined, false, false]);
  shelf.set("a", { b: [1] });
  shelf.update({ b: 2, large: bytesOf(1, 5_000_000) });
  shelf.update(new Map([["c", 3]]));
  assertEquals([shelf.get("a"), shelf.has("b"), shelf.size], [{ b: [1] }, true, 4]);
  assertEquals([...shelf.keys()], ["a", "b", "c", "large"]);
  assertEquals([...shelf.entries({ start: "b", end: "d", reverse: true })], [["c", 3], ["b", 2]]);
  assertEquals([...shelf.values({ limit: 2 })], [{ b: [1] }, 2]);
  assertEquals(shelf.get("large"), bytesOf(1, 5_000_000));
  assertEquals([shelf.setDefault("b", 9), shelf.setDefault("d", 9)], [2, 9]);
  assertEquals([shelf.pop("d"), shelf.pop("d")], [9, undefined]);
  assertEquals([shelf.popItem(), shelf.popItem({ prefix: "c" })], [["a", { b: [1] }], ["c", 3]]);
  shelf.clear();
  assertEquals([shelf.size, [...shelf], shelf.popItem()], [0, [], undefined]);
});

test("what has expired is never returned", (shelf) => {
  shelf.set("a", 1, { expireIn: 5 });
  shelf.set("b", 2, { expireIn: 60_000 });
  const until = Date.now() + 10;
  while (Date.now() < until);
  assertEquals([shelf.get("a"), shelf.has("a"), shelf.size, [...shelf]], [
    undefined,
    false,
    1,
    [["b", 2]],
  ]);
  shelf.reorganize();
  assertEquals([...shelf.keys()], ["b"]);
});

test("a transaction that throws leaves nothing", (shelf, path) => {
  shelf.set("a", 1);
  assertThrows(
    () =>
      shelf.transaction(() => {
        shelf.set("a", 2);
        shelf.update({ b: 1, c: 2 });
        throw new RangeError("no");
      }),
    RangeError,
    "no",
  );
  assertEquals([...shelf], [["a", 1]]);
  assertThrows(
    () => shelf.transaction(() => Promise.resolve(shelf.set("a", 3))),
    TypeError,
    "promise",
  );
  assertEquals(shelf.get("a"), 1);
  using other = openSync(path, { busyTimeout: 20 });
  const seen = shelf.transaction(() => {
    shelf.set("a", 4);
    assertThrows(() => other.set("a", 5), ShelfBusyError, "locked");
    return other.get("a");
  });
  assertEquals([seen, other.get("a")], [1, 4]);
});

test("an iteration visits the keys of its beginning", (shelf) => {
  shelf.update({ a: 1, b: 2, c: 3 });
  const seen: string[] = [];
  for (const [key] of shelf) {
    seen.push(key);
    shelf.set(`${key}+`, 0);
    shelf.delete("c");
  }
  assertEquals(seen, ["a", "b", "c"].slice(0, seen.length));
  assertEquals([...shelf.keys()], ["a", "a+", "b", "b+", ...seen.includes("c") ? ["c+"] : []]);
});

Deno.test("ShelfSync: writeback writes what has changed", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  {
    using shelf = openSync<number[]>(path, { writeback: true });
    shelf.update({ a: [1], b: [2] });
    shelf.get("a")!.push(10);
    for (const [, value] of shelf) value.push(0);
    shelf.sync();
    using other = openSync<number[]>(path, { flag: "r" });
    assertEquals([...other], [["a", [1, 10, 0]], ["b", [2, 0]]]);
    shelf.get("b")!.push(20);
  }
  using shelf = openSync<number[]>(path);
  assertEquals(shelf.get("b"), [2, 0, 20]);
  shelf.get("b")!.push(30);
  assertEquals(shelf.get("b"), [2, 0, 20]);
});

Deno.test("ShelfSync: after close every call throws, and with flag r every change", async () => {
  await using folder = new Folder();
  const shelf = openSync<unknown>(folder.at("shelf"));
  shelf.set("a", 1);
  shelf.close();
  shelf.close();
  assertEquals(shelf.closed, true);
  const changes = (shelf: ShelfSync<unknown>) => [
    () => shelf.set("a", 1),
    () => shelf.delete("a"),
    () => shelf.clear(),
    () => shelf.update({}),
    () => shelf.setDefault("a", 1),
    () => shelf.pop("a"),
    () => shelf.popItem(),
    () => shelf.transaction(() => {}),
    () => shelf.reorganize(),
  ];
  const reads = [
    () => shelf.get("a"),
    () => shelf.has("a"),
    () => shelf.size,
    () => [...shelf],
    () => [...shelf.keys()],
    () => shelf.sync(),
  ];
  for (const call of [...reads, ...changes(shelf)]) {
    assertThrows(call, ShelfClosedError, "closed", String(call));
  }
  using readOnly = openSync<unknown>(folder.at("shelf"), { flag: "r" });
  for (const call of changes(readOnly)) {
    assertThrows(call, ShelfReadOnlyError, "for reading", String(call));
  }
  assertEquals([...readOnly], [["a", 1]]);
});

Deno.test("ShelfSync: a codec of promises is refused", async () => {
  await using folder = new Folder();
  using shelf = openSync<string>(folder.at("shelf"), {
    codec: {
      encode: (text) => Promise.resolve(new TextEncoder().encode(text)),
      decode: (bytes) => Promise.resolve(new TextDecoder().decode(bytes)),
    },
  });
  assertThrows(() => shelf.set("a", "x"), TypeError, "without promises");
});

Deno.test("ShelfSync: the first entry that expires is seen by every connection, unless it is undone", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  using shelf = openSync<number>(path);
  using other = openSync<number>(path);
  using reader = openSync<number>(path, { flag: "r" });
  shelf.update({ a: 1, b: 2 });
  for (const one of [shelf, other, reader]) {
    assertEquals([one.get("a"), one.size, [...one.keys()]], [1, 2, ["a", "b"]]);
  }
  for (let i = 0; i < 2; i++) {
    assertThrows(() =>
      shelf.transaction(() => {
        shelf.set("a", 3, { expireIn: 1 });
        throw new RangeError("undone");
      }), RangeError);
    assertEquals([shelf.get("a"), other.get("a"), reader.get("a")], [1, 1, 1]);
  }
  shelf.set("a", 3, { expireIn: 1 });
  while (shelf.has("a")) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const one of [other, reader]) {
    assertEquals([one.get("a"), one.has("a"), one.size], [undefined, false, 1]);
    assertEquals([[...one.keys()], [...one.entries()]], [["b"], [["b", 2]]]);
  }
  other.set("a", 4, { expireIn: 3_600_000 });
  assertEquals([shelf.get("a"), reader.get("a")], [4, 4]);
});

Deno.test("ShelfSync: durability is full, normal or off; only SQLite leaves the choice", async () => {
  await using folder = new Folder();
  for (const durability of ["full", "normal", "off"] as const) {
    using shelf = openSync<number>(folder.at(durability), { durability });
    shelf.set("a", 1);
    assertEquals(shelf.get("a"), 1);
  }
  const wrong = { durability: "none" } as never;
  assertThrows(() => openSync(folder.at("wrong"), wrong), TypeError, "durability must be");
  await assertRejects(
    () => open(folder.at("kv"), { backend: "kv", durability: "off" }),
    TypeError,
    "only SQLite",
  );
});
