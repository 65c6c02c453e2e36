/** With `writeback`, calls at the same time do not undo each other, and what was changed is written once it is synchronised. */
import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { open, type OpenOptions, openSync, type Shelf } from "@ferry/std/persist/shelve";
import { Random, rounds, seedFor } from "../../_support/random.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";
import { FILES, Folder, type Kind, type Place } from "./_places.ts";

type Value = (number | string)[];

async function entriesOf(place: Place): Promise<[string, Value][]> {
  await using shelf = await place.open<Value>();
  return await Array.fromAsync(shelf);
}

/** A shelf of 20 entries, all of which were read and changed and are not written back. */
async function changed(place: Place): Promise<Shelf<Value>> {
  const shelf = await place.open<Value>({ writeback: true });
  for (let i = 10; i < 30; i++) await shelf.set(`k${i}`, [i]);
  for await (const [, value] of shelf) value.push("changed");
  return shelf;
}

const KINDS: Kind[] = [...FILES];
if (hasRedis("shelves in Redis with writeback")) {
  KINDS.push({
    name: "redis",
    make: async () => {
      const server = await RedisServer.start();
      return {
        open: <V>(options: OpenOptions<V> = {}) => open<V>(server.url, options),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  });
}

for (const { name, make } of KINDS) {
  Deno.test(`${name}, writeback: all who read an entry at the same time get one object`, async () => {
    await using place = await make();
    {
      await using shelf = await place.open<Value>();
      await shelf.set("k", [1]);
    }
    {
      await using shelf = await place.open<Value>({ writeback: true });
      const [a, b, [[, c]]] = await Promise.all([
        shelf.get("k"),
        shelf.setDefault("k", [2]),
        Array.fromAsync(shelf) as Promise<[[string, Value]]>,
      ]);
      assertStrictEquals(a, b);
      assertStrictEquals(a, c);
      b.push("a");
      c.push("b");
    }
    assertEquals(await entriesOf(place), [["k", [1, "a", "b"]]]);
  });

  Deno.test(`${name}, writeback: sync() does not undo what is set or deleted while it works`, async () => {
    await using place = await make();
    {
      await using shelf = await changed(place);
      const synced = shelf.sync();
      await shelf.set("k29", ["new"]);
      assertEquals(await shelf.delete("k28"), true);
      await shelf.update({ k27: ["updated"] });
      assertEquals(await shelf.pop("k26"), [26, "changed"]);
      await shelf.transaction((tx) => tx.set("k25", ["committed"]));
      await synced;
      assertEquals(await shelf.get("k28"), undefined);
      assertEquals(await shelf.get("k29"), ["new"]);
    }
    const entries = Object.fromEntries(await entriesOf(place));
    assertEquals(entries.k10, [10, "changed"]);
    assertEquals([entries.k25, entries.k26, entries.k27, entries.k28, entries.k29], [
      ["committed"],
      undefined,
      ["updated"],
      undefined,
      ["new"],
    ]);
  });

  Deno.test(`${name}, writeback: an entry that is deleted in an iteration does not come back`, async () => {
    await using place = await make();
    await (await changed(place)).close();
    await using shelf = await place.open<Value>({ writeback: true });
    for await (const [key] of shelf) {
      if (key === "k10") await shelf.delete("k20");
    }
    assertEquals([await shelf.get("k20"), await shelf.has("k20")], [undefined, false]);
    await shelf.clear();
    assertEquals(await shelf.get("k11"), undefined);
  });

  Deno.test(`${name}, writeback: importFrom() writes back what was changed before`, async () => {
    await using place = await make();
    await using folder = new Folder();
    {
      await using shelf = await changed(place);
      await Deno.writeTextFile(folder.at("empty"), "");
      assertEquals(await shelf.importFrom(folder.at("empty")), 0);
      assertEquals(await shelf.get("k10"), [10, "changed"]);
    }
    assertEquals((await entriesOf(place))[0], ["k10", [10, "changed"]]);
  });

  Deno.test(`${name}, writeback: what cannot be written leaves the entry as it was`, async () => {
    await using place = await make();
    {
      await using shelf = await changed(place);
      await assertRejects(() => shelf.set("k10", [(() => {}) as unknown as string]));
      await assertRejects(() => shelf.update([["k11", [Symbol() as unknown as string]]]));
    }
    const entries = await entriesOf(place);
    assertEquals(entries.slice(0, 2), [["k10", [10, "changed"]], ["k11", [11, "changed"]]]);
  });

  for (const writeback of [false, true]) {
    const title = `${name}${writeback ? ", writeback" : ""}`;
    Deno.test(`${title}: changes without a wait between them take effect in their order`, async () => {
      const random = new Random(seedFor(`order of changes, ${title}`));
      await using place = await make();
      await using shelf = await place.open<Value>({ writeback });
      await using other = await place.open<Value>();
      const map = new Map<string, Value>();
      const key = () => `k${random.below(5)}`;
      let n = 0;
      const value = (): Value => [n++, "x".repeat(random.below(6) === 0 ? 200_000 : 5)];
      for (let round = rounds(25, 1000); round > 0; round--) {
        for await (const [key, value] of shelf) {
          value[0] = -n++;
          if (writeback) map.set(key, structuredClone(value));
        }
        const calls: Promise<unknown>[] = [];
        for (let i = random.below(25); i >= 0; i--) {
          const [name, item] = [key(), value()];
          switch (random.below(7)) {
            case 0:
              calls.push(shelf.delete(name));
              map.delete(name);
              break;
            case 1:
              calls.push(shelf.update([[name, [...item]]]));
              map.set(name, item);
              break;
            case 2:
              if (random.below(4) > 0) break;
              calls.push(shelf.clear());
              map.clear();
              break;
            case 3:
              calls.push(shelf.sync(), shelf.get(key()));
              break;
            default:
              calls.push(shelf.set(name, [...item]));
              map.set(name, item);
          }
        }
        await Promise.all(calls);
        await shelf.sync();
        const sorted = [...map].sort(([a], [b]) => a < b ? -1 : 1);
        assertEquals(await Array.fromAsync(other), sorted);
        assertEquals(await Array.fromAsync(shelf), sorted);
      }
    });
  }
}

Deno.test("ShelfSync, writeback: a transaction that throws keeps what was changed before it", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  {
    using shelf = openSync<Value>(path, { writeback: true });
    shelf.update({ a: [1], b: [2] });
    shelf.get("a")!.push("before");
    assertThrows(() =>
      shelf.transaction(() => {
        shelf.get("a")!.push("in it");
        shelf.set("b", ["in it"]);
        throw new RangeError("no");
      }), RangeError);
    assertEquals([shelf.get("a"), shelf.get("b")], [[1, "before"], [2]]);
  }
  using shelf = openSync<Value>(path);
  assertEquals([...shelf], [["a", [1, "before"]], ["b", [2]]]);
});

Deno.test("ShelfSync, writeback: an entry deleted in an iteration does not come back, a failed pop() loses nothing", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  using shelf = openSync<Value>(path, { writeback: true, busyTimeout: 20 });
  shelf.update({ a: [1], b: [2], c: [3] });
  shelf.close();
  using again = openSync<Value>(path, { writeback: true, busyTimeout: 20 });
  for (const [key] of again) if (key === "a") again.delete("b");
  assertEquals([again.get("b"), again.has("b")], [undefined, false]);
  again.get("c")!.push("changed");
  {
    using holder = openSync<Value>(path);
    holder.transaction(() => {
      holder.set("z", []);
      assertThrows(() => again.pop("c"));
      assertThrows(() => again.popItem({ reverse: true }));
      assertThrows(() => again.setDefault("new", [1]));
    });
  }
  assertEquals(again.get("c"), [3, "changed"]);
  assertEquals(again.get("new"), undefined);
});
