/** What every shelf does, wherever it is. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type Shelf,
  ShelfClosedError,
  ShelfFormatError,
  ShelfReadOnlyError,
} from "@ferry/std/persist/shelve";
import { rounds } from "../../_support/random.ts";
import { bytesOf, type Kind } from "./_places.ts";

/** Longer than a chunk of Deno KV, and no multiple of it. */
const LARGE = 200_001;

export function testShelf({ name, make }: Kind): void {
  const test = (claim: string, body: (shelf: Shelf<unknown>) => Promise<void>) =>
    Deno.test(`${name}: ${claim}`, async () => {
      await using place = await make();
      await using shelf = await place.open();
      await body(shelf);
    });

  test("get() gives what was set, undefined for what was not", async (shelf) => {
    assertEquals(await shelf.get("a"), undefined);
    await shelf.set("a", { list: [1, "two", null], deep: { er: 2.5 } });
    assertEquals(await shelf.get("a"), { list: [1, "two", null], deep: { er: 2.5 } });
    assertEquals([await shelf.has("a"), await shelf.has("b")], [true, false]);
    await shelf.set("a", null);
    assertEquals([await shelf.get("a"), await shelf.has("a")], [null, true]);
  });

  test("values of every size come back, and replace each other", async (shelf) => {
    const sizes = [0, 1, 32_700, 32_768, 32_800, 65_536, 131_072, LARGE, 3, 1_000_000, 65_535];
    for (const size of sizes) {
      await shelf.set("v", bytesOf(size, size));
      assertEquals(await shelf.get("v"), bytesOf(size, size), `${size} bytes`);
    }
    assertEquals(await shelf.size(), 1);
  });

  test("delete() says whether there was something", async (shelf) => {
    await shelf.update({ a: 1, big: bytesOf(1, LARGE) });
    assertEquals([await shelf.delete("a"), await shelf.delete("a")], [true, false]);
    assertEquals([await shelf.delete("big"), await shelf.get("big")], [true, undefined]);
    assertEquals(await shelf.size(), 0);
  });

  test("clear() leaves nothing", async (shelf) => {
    await shelf.update({ a: 1, b: bytesOf(2, LARGE), c: 3 });
    await shelf.clear();
    assertEquals([await shelf.size(), await Array.fromAsync(shelf)], [0, []]);
    await shelf.set("a", 2);
    assertEquals(await shelf.get("a"), 2);
  });

  test("update() takes objects, maps and generators", async (shelf) => {
    await shelf.update({ a: 1, b: 2 });
    await shelf.update(new Map([["b", 3], ["c", 4]]));
    await shelf.update(function* () {
      for (let i = 0; i < 2500; i++) yield [`n${String(i).padStart(4, "0")}`, i] as const;
    }());
    assertEquals(await shelf.size(), 2503);
    assertEquals([await shelf.get("b"), await shelf.get("n2499")], [3, 2499]);
    await assertRejects(() => shelf.update(null as unknown as []), TypeError, "object or pairs");
  });

  test("setDefault() sets once", async (shelf) => {
    assertEquals(await shelf.setDefault("a", 1), 1);
    assertEquals(await shelf.setDefault("a", 2), 1);
    const all = await Promise.all([1, 2, 3, 4].map((n) => shelf.setDefault("b", n)));
    assertEquals(new Set(all).size, 1);
  });

  test("pop() and popItem() give each entry to one caller", async (shelf) => {
    await shelf.update(Array.from({ length: 12 }, (_, i) => [`k${i}`, i] as const));
    assertEquals(await shelf.pop("nothing"), undefined);
    const popped = await Promise.all(Array.from({ length: 6 }, () => shelf.pop("k3")));
    assertEquals(popped.filter((value) => value !== undefined), [3]);
    const items = await Promise.all(Array.from({ length: 14 }, () => shelf.popItem()));
    const keys = items.filter((item) => item !== undefined).map(([key]) => key);
    assertEquals(keys.sort(), [0, 1, 10, 11, 2, 4, 5, 6, 7, 8, 9].map((i) => `k${i}`));
    assertEquals(await shelf.popItem(), undefined);
    await shelf.update({ a: 1, b: 2, c: 3 });
    assertEquals(await shelf.popItem({ reverse: true }), ["c", 3]);
    assertEquals(await shelf.popItem({ prefix: "b" }), ["b", 2]);
    assertEquals(await shelf.popItem(), ["a", 1]);
  });

  test("keys come in the order of their code points, in any range", async (shelf) => {
    // U+FFEE comes before U+1F375, whose UTF-16 begins with 0xD83C.
    const keys = ["", "\0", "\0\0", "\0a", "A", "a", "a\0", "aa", "ab", "b", "é", "ﾮ", "🍵"];
    await shelf.update(keys.map((key, i) => [key, i] as const));
    const list = (range = {}) => Array.fromAsync(shelf.keys(range));
    assertEquals(await list(), keys);
    assertEquals(await list({ reverse: true }), keys.toReversed());
    assertEquals(await list({ prefix: "a" }), ["a", "a\0", "aa", "ab"]);
    assertEquals(await list({ prefix: "a", start: "a\0", end: "ab" }), ["a\0", "aa"]);
    assertEquals(await list({ start: "b" }), ["b", "é", "ﾮ", "🍵"]);
    assertEquals(await list({ end: "A", reverse: true, limit: 2 }), ["\0a", "\0\0"]);
    assertEquals(await list({ prefix: "🍵" }), ["🍵"]);
    assertEquals(await list({ start: "b", end: "a" }), []);
    assertEquals(await list({ limit: 0 }), []);
    assertEquals(await Array.fromAsync(shelf.values({ prefix: "a", reverse: true })), [8, 7, 6, 5]);
    await assertRejects(() => list({ limit: -1 }), RangeError, "limit -1");
    for (const [i, key] of keys.entries()) assertEquals(await shelf.get(key), i);
  });

  test("keys that are no text are refused", async (shelf) => {
    await assertRejects(() => shelf.set("\ud800", 1), TypeError, "lone surrogates");
    await assertRejects(() => shelf.get(5 as unknown as string), TypeError, "number");
    assertEquals(await shelf.size(), 0);
  });

  test("an iteration visits the keys of its beginning, whatever is written meanwhile", async (shelf) => {
    await shelf.update(Array.from({ length: 40 }, (_, i) => [`k${i + 10}`, i] as const));
    const seen: string[] = [];
    for await (const key of shelf.keys()) {
      seen.push(key);
      await shelf.set(`${key}+`, 0);
      await shelf.delete(key);
    }
    assertEquals(seen, Array.from({ length: 40 }, (_, i) => `k${i + 10}`));
    assertEquals(await shelf.size(), 40);
  });

  test("an iteration ends with the reason of its signal", async (shelf) => {
    await shelf.update({ a: 1, b: 2, c: 3 });
    const controller = new AbortController();
    const reason = new TypeError("enough");
    const seen: string[] = [];
    const error = await assertRejects(async () => {
      for await (const [key] of shelf.entries({ signal: controller.signal })) {
        seen.push(key);
        controller.abort(reason);
      }
    });
    assertEquals([error, seen], [reason, ["a"]]);
  });

  test("an iteration over large and small values gives all of them", async (shelf) => {
    const sizes = Array.from({ length: 60 }, (_, i) => i % 7 === 3 ? 300_000 + i : i * 900);
    await shelf.update(sizes.map((size, i) => [`k${i + 10}`, bytesOf(i, size)] as const));
    let i = 0;
    for await (const [key, value] of shelf) {
      assertEquals([key, value], [`k${i + 10}`, bytesOf(i, sizes[i]!)]);
      i++;
    }
    assertEquals(i, 60);
  });

  test("what has expired is never returned", async (shelf) => {
    await shelf.set("short", 1, { expireIn: 40 });
    await shelf.set("short and large", bytesOf(1, LARGE), { expireIn: 40 });
    await shelf.set("long", 2, { expireIn: 3_600_000 });
    await shelf.set("renewed", 3, { expireIn: 40 });
    await shelf.set("renewed", 4);
    assertEquals([await shelf.get("long"), await shelf.has("long")], [2, true]);
    const deadline = Date.now() + 10_000;
    while (await shelf.has("short") || await shelf.has("short and large")) {
      assert(Date.now() < deadline);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals([await shelf.get("short"), await shelf.get("short and large")], [
      undefined,
      undefined,
    ]);
    assertEquals(await Array.fromAsync(shelf.keys()), ["long", "renewed"]);
    assertEquals(await Array.fromAsync(shelf.entries({ reverse: true })), [
      ["renewed", 4],
      ["long", 2],
    ]);
    assertEquals([await shelf.size(), await shelf.pop("short")], [2, undefined]);
    assertEquals([await shelf.delete("short"), await shelf.setDefault("short", 9)], [false, 9]);
    await shelf.reorganize();
    assertEquals(await Array.fromAsync(shelf.keys()), ["long", "renewed", "short"]);
    for (const expireIn of [0, -1, NaN]) {
      await assertRejects(() => shelf.set("a", 1, { expireIn }), RangeError, "expires in");
    }
  });

  test("a transaction is all or nothing", async (shelf) => {
    await shelf.update({ ann: 10, ben: 0, gone: 1 });
    const moved = await shelf.transaction(async (tx) => {
      tx.set("ann", (await tx.get("ann") as number) - 3);
      tx.set("ben", (await tx.get("ben") as number) + 3);
      tx.set("large", bytesOf(5, LARGE));
      tx.delete("gone");
      assertEquals([await tx.get("ann"), await tx.has("gone"), await tx.has("large")], [
        7,
        false,
        true,
      ]);
      assertEquals(await shelf.get("ann"), 10);
      return 3;
    });
    assertEquals([moved, await shelf.get("ann"), await shelf.get("ben")], [3, 7, 3]);
    assertEquals([await shelf.has("gone"), await shelf.get("large")], [false, bytesOf(5, LARGE)]);
    await assertRejects(
      () =>
        shelf.transaction((tx) => {
          tx.set("ann", 0);
          throw new RangeError("no");
        }),
      RangeError,
      "no",
    );
    assertEquals(await shelf.get("ann"), 7);
  });

  test("a transaction is done again if what it read has changed", async (shelf) => {
    await shelf.set("n", 1);
    const seen: unknown[] = [];
    await shelf.transaction(async (tx) => {
      const n = await tx.get("n") as number;
      const absent = await tx.get("absent");
      seen.push([n, absent]);
      // Somebody else is faster, twice.
      if (seen.length === 1) await shelf.set("n", 10);
      if (seen.length === 2) await shelf.set("absent", 0);
      tx.set("n", n + 1);
    });
    assertEquals(seen, [[1, undefined], [10, undefined], [10, 0]]);
    assertEquals(await shelf.get("n"), 11);
  });

  test("increments of many callers add up", async (shelf) => {
    const add = () =>
      shelf.transaction(async (tx) => {
        tx.set("n", (await tx.get("n") as number | undefined ?? 0) + 1);
      });
    // Each is done again for all that come before it: many more take longer than a shelf waits when the machine is busy.
    const callers = rounds(12, 40);
    await Promise.all(Array.from({ length: callers }, add));
    assertEquals(await shelf.get("n"), callers);
  });

  Deno.test(`${name}: a shelf that was closed can be opened again, and throws until then`, async () => {
    await using place = await make();
    const shelf = await place.open<unknown>();
    await shelf.set("a", new Set([1n << 70n]));
    const pending = shelf.set("b", bytesOf(3, LARGE));
    assertEquals(shelf.closed, false);
    await Promise.all([shelf.close(), shelf.close()]);
    await pending;
    assertEquals(shelf.closed, true);
    await shelf.close();
    const calls: (() => unknown)[] = [
      () => shelf.get("a"),
      () => shelf.set("a", 1),
      () => shelf.has("a"),
      () => shelf.delete("a"),
      () => shelf.size(),
      () => shelf.clear(),
      () => shelf.update({}),
      () => shelf.setDefault("a", 1),
      () => shelf.pop("a"),
      () => shelf.popItem(),
      () => shelf.transaction(() => {}),
      () => shelf.keys().next(),
      () => shelf.values().next(),
      () => shelf.entries().next(),
      () => shelf[Symbol.asyncIterator]().next(),
      () => shelf.watch(["a"]).next(),
      () => shelf.backup("nowhere"),
      () => shelf.exportTo("nowhere"),
      () => shelf.importFrom("nowhere"),
      () => shelf.reorganize(),
      () => shelf.sync(),
    ];
    for (const call of calls) {
      await assertRejects(async () => await call(), ShelfClosedError, "closed", String(call));
    }
    await using again = await place.open<unknown>({ flag: "w" });
    assertEquals([...await again.get("a") as Set<bigint>], [1n << 70n]);
    assertEquals(await again.get("b"), bytesOf(3, LARGE));
  });

  Deno.test(`${name}: flag "r" refuses every change, "n" begins anew`, async () => {
    await using place = await make();
    {
      await using shelf = await place.open();
      await shelf.set("a", 1);
    }
    {
      await using shelf = await place.open({ flag: "r", writeback: true });
      assertEquals([await shelf.get("a"), shelf.readOnly], [1, true]);
      const changes: (() => Promise<unknown>)[] = [
        () => shelf.set("a", 2),
        () => shelf.delete("a"),
        () => shelf.clear(),
        () => shelf.update({ a: 2 }),
        () => shelf.setDefault("b", 2),
        () => shelf.pop("a"),
        () => shelf.popItem(),
        () => shelf.transaction((tx) => tx.set("a", 2)),
        () => shelf.reorganize(),
        () => shelf.importFrom("nowhere"),
      ];
      for (const change of changes) {
        await assertRejects(change, ShelfReadOnlyError, "for reading", String(change));
      }
      assertEquals(await Array.fromAsync(shelf), [["a", 1]]);
    }
    await using shelf = await place.open({ flag: "n" });
    assertEquals(await shelf.size(), 0);
  });

  Deno.test(`${name}: writeback keeps what is read and writes what has changed`, async () => {
    await using place = await make();
    {
      await using shelf = await place.open<number[]>({ writeback: true });
      await shelf.update({ a: [1], b: [2], c: [3] });
      (await shelf.get("a"))!.push(10);
      assertEquals(await shelf.get("a"), [1, 10]);
      for await (const [key, value] of shelf) if (key === "b") value.push(20);
      {
        await using other = await place.open<number[]>();
        assertEquals(await other.get("a"), [1]);
        // Untouched here, so that the other's value stays.
        await other.set("c", [33]);
      }
      await shelf.sync();
      {
        await using other = await place.open<number[]>({ flag: "r" });
        assertEquals([await other.get("a"), await other.get("b")], [[1, 10], [2, 20]]);
        assertEquals(await other.get("c"), [33]);
      }
      (await shelf.get("a"))!.push(11);
      await shelf.delete("b");
      assertEquals(await shelf.get("b"), undefined);
    }
    await using shelf = await place.open<number[]>();
    assertEquals(await Array.fromAsync(shelf), [["a", [1, 10, 11]], ["c", [33]]]);
    (await shelf.get("a"))!.push(12);
    await shelf.sync();
    assertEquals(await shelf.get("a"), [1, 10, 11]);
  });

  Deno.test(`${name}: writeback keeps the expiry of what it writes`, async () => {
    await using place = await make();
    await using shelf = await place.open<number[]>({ writeback: true });
    const expires = async () => {
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      await using other = await place.open<number[]>();
      await other.exportTo(new WritableStream({ write: (chunk) => void chunks.push(chunk) }));
      return JSON.parse(await new Blob(chunks).text());
    };
    await shelf.set("a", [1], { expireIn: 3_600_000 });
    const before = await expires();
    (await shelf.get("a"))!.push(2);
    await shelf.sync();
    assertEquals(await expires(), { ...before, value: [1, 2] });
    assert(before.expires > Date.now());
    // What is kept expires as what is stored does.
    await shelf.set("a", [3], { expireIn: 5 });
    const deadline = Date.now() + 10_000;
    while (await shelf.has("a")) {
      assert(Date.now() < deadline);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assertEquals(await shelf.get("a"), undefined);
  });

  Deno.test(`${name}: watch() yields what is there, then what changes, by whomever`, async () => {
    await using place = await make();
    await using shelf = await place.open<unknown>();
    await using other = await place.open<unknown>();
    await shelf.set("a", 1);
    const watched = shelf.watch(["a", "b"]);
    assertEquals((await watched.next()).value, ["a", 1]);
    assertEquals((await watched.next()).value, ["b", undefined]);
    await shelf.set("c", 0);
    await shelf.set("a", 2);
    assertEquals((await watched.next()).value, ["a", 2]);
    await other.set("b", bytesOf(1, LARGE));
    assertEquals((await watched.next()).value, ["b", bytesOf(1, LARGE)]);
    await other.delete("a");
    assertEquals((await watched.next()).value, ["a", undefined]);
    await other.set("a", 5, { expireIn: 300 });
    assertEquals((await watched.next()).value, ["a", 5]);
    assertEquals((await watched.next()).value, ["a", undefined]);
    await watched.return();
  });

  Deno.test(`${name}: watch() ends with its signal, and with the shelf`, async () => {
    await using place = await make();
    const shelf = await place.open<unknown>();
    const controller = new AbortController();
    const reason = new TypeError("enough");
    const watched = shelf.watch(Array.from({ length: 25 }, (_, i) => `k${i}`), {
      signal: controller.signal,
    });
    for (let i = 0; i < 25; i++) assertEquals((await watched.next()).value, [`k${i}`, undefined]);
    const next = assertRejects(() => watched.next());
    controller.abort(reason);
    assertEquals(await next, reason);
    const second = shelf.watch(["a"]);
    assertEquals((await second.next()).value, ["a", undefined]);
    const closed = assertRejects(() => second.next(), ShelfClosedError);
    await shelf.close();
    await closed;
  });

  Deno.test(`${name}: JSON Lines go from shelf to shelf, with every type and expiry`, async () => {
    await using place = await make();
    const values: Record<string, unknown> = {
      plain: { list: [1, 2.5, "x\n", null, true], "": {} },
      "float 👍": -0,
      bytes: bytesOf(1, 1000),
      map: new Map([[1n << 70n, "x"]]),
      large: bytesOf(2, LARGE),
      date: Temporal.PlainDate.from("2020-02-29"),
    };
    const path = await Deno.makeTempFile();
    {
      await using shelf = await place.open();
      await shelf.update(values);
      await shelf.set("ends", 1, { expireIn: 3_600_000 });
      await shelf.set("ended", 1, { expireIn: 1 });
      await new Promise((resolve) => setTimeout(resolve, 5));
      assertEquals(await shelf.exportTo(path), 7);
      const lines = (await Deno.readTextFile(path)).trimEnd().split("\n").map((line) =>
        JSON.parse(line)
      );
      assertEquals(lines.find(({ key }) => key === "plain").value, values.plain);
      await shelf.clear();
      assertEquals(await shelf.importFrom(path), 7);
      assertEquals(
        Object.fromEntries(await Array.fromAsync(shelf)),
        { ...values, map: await shelf.get("map"), ends: 1 },
      );
      assertEquals([...await shelf.get("map") as Map<bigint, string>], [[1n << 70n, "x"]]);
    }
    await using v8 = await place.open({ flag: "n", codec: "v8" });
    const lines = (await Deno.readTextFile(path)).split("\n");
    await Deno.writeTextFile(path, lines.filter((line) => !/"date"|"map"/.test(line)).join("\n"));
    assertEquals(await v8.importFrom((await Deno.open(path)).readable), 5);
    assertEquals(await v8.get("large"), values.large);
    const chunks: Uint8Array[] = [];
    const target = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) });
    assertEquals(await v8.exportTo(target), 5);
    assertEquals(new TextDecoder().decode(chunks[0]).startsWith('{"key":"bytes","v8":"'), true);
    for (
      const wrong of ['{"key":"y"}', "{", "[]", '{"key":1,"value":1}', '{"key":"a","pickle":"?"}']
    ) {
      await Deno.writeTextFile(path, `{"key":"x","value":1}\n\n${wrong}\n`);
      await assertRejects(() => v8.importFrom(path), SyntaxError, "line 3", wrong);
    }
    await Deno.remove(path);
  });

  Deno.test(`${name}: a value of another codec is an error that names its key`, async () => {
    await using place = await make();
    {
      await using shelf = await place.open({ codec: "json" });
      await shelf.set("a", { b: 1 });
    }
    await using shelf = await place.open();
    const error = await assertRejects(() => shelf.get("a"), ShelfFormatError, '"a"');
    assertEquals(error.key, "a");
    await assertRejects(() => Array.fromAsync(shelf), ShelfFormatError, '"a"');
    assertEquals(await Array.fromAsync(shelf.keys()), ["a"]);
  });

  test("what the codec refuses is not written", async (shelf) => {
    await shelf.set("a", 1);
    await assertRejects(() => shelf.set("a", () => 1));
    await assertRejects(() => shelf.update({ b: 1, c: () => 1 }));
    assertEquals(await Array.fromAsync(shelf), [["a", 1]]);
  });
}
