/** Large and many values, odd keys, and what cannot be opened or written. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  open,
  type OpenOptions,
  openSync,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  ShelfReadOnlyError,
  whichShelf,
} from "@ferry/std/persist/shelve";
import { rounds } from "../../_support/random.ts";
import { bytesOf, Folder, numbered, numberOf } from "./_places.ts";

/** So many keys are listed, and so many megabytes deleted from. */
const KEYS = rounds(20_000, 100_000);
const MEGABYTES = rounds(20, 100);

/** A small file system of its own; `undefined`, said out loud, where that is not allowed. */
async function smallDisk(what: string, megabytes: number) {
  const folder = new Folder();
  const run = async (command: string, args: string[]) => {
    const { success } = await new Deno.Command(command, { args, stderr: "null" }).output()
      .catch(() => ({ success: false }));
    return success;
  };
  const sized = (flags: string, size: number) =>
    run("mount", ["-t", "tmpfs", "-o", `${flags}size=${size}m`, "tmpfs", folder.path]);
  if (!await sized("", megabytes)) {
    await folder[Symbol.asyncDispose]();
    console.log(`skipped: ${what}: no file system can be mounted`);
    return undefined;
  }
  return {
    path: folder.at("shelf"),
    grow: (size: number) => sized("remount,", size),
    makeReadOnly: () => sized("remount,ro,", megabytes),
    async [Symbol.asyncDispose]() {
      await run("umount", [folder.path]);
      await folder[Symbol.asyncDispose]();
    },
  };
}

for (const backend of ["kv", "sqlite"] as const) {
  const options = { backend };

  Deno.test(`${backend}: a value of 64 MB comes back`, async () => {
    await using folder = new Folder();
    await using shelf = await open<Uint8Array>(folder.at("shelf"), options);
    await shelf.set("v", numbered(1, 1_000_000));
    await shelf.set("v", numbered(2, 64 * 1024 * 1024 + 1));
    assertEquals(numberOf((await shelf.get("v"))!), 2);
  });

  Deno.test(`${backend}: ${KEYS} keys are counted and listed in order, as they are at one moment`, async () => {
    await using folder = new Folder();
    await using shelf = await open<number>(folder.at("shelf"), options);
    const key = (i: number) => `key ${String(i).padStart(6, "0")}`;
    await shelf.update(Array.from({ length: KEYS }, (_, i) => [key(i), i] as const));
    await using other = await open<number>(folder.at("shelf"), options);
    // Somebody moves one key through the whole shelf meanwhile: it is seen once, wherever it is.
    let stopped = false;
    let moves = 0;
    const moving = (async () => {
      while (!stopped) {
        await other.transaction((tx) => {
          tx.delete(`key ${String(moves * 7919 % KEYS).padStart(6, "0")}+`);
          tx.set(`key ${String((moves + 1) * 7919 % KEYS).padStart(6, "0")}+`, -1);
        });
        moves++;
        await new Promise((resolve) => setTimeout(resolve));
      }
    })();
    try {
      while (moves < 3) await new Promise((resolve) => setTimeout(resolve, 1));
      let count = 0;
      let moved = 0;
      let last = "";
      for await (const name of shelf.keys()) {
        assert(last < name);
        last = name;
        if (name.endsWith("+")) moved++;
        else count++;
      }
      assertEquals([count, moved], [KEYS, 1]);
    } finally {
      stopped = true;
      await moving;
    }
    assertEquals(await shelf.size(), KEYS + 1);
    assertEquals(await shelf.get(key(KEYS - 1)), KEYS - 1);
    const some = await Array.fromAsync(shelf.entries({ start: key(500), end: key(2500) }));
    assertEquals(
      some.filter(([, value]) => value >= 0).map(([, value]) => value),
      [
        ...Array(2000).keys(),
      ].map((i) => i + 500),
    );
  });

  Deno.test(`${backend}: reorganize() gives back what was deleted of ${MEGABYTES} MB`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const onDisk = () =>
      ["", "-wal"].reduce((sum, suffix) => {
        const name = `shelf${suffix}`;
        return sum + (folder.names().includes(name) ? Deno.statSync(path + suffix).size : 0);
      }, 0);
    await using shelf = await open<Uint8Array>(path, options);
    const kept = MEGABYTES / 10;
    for (let i = 0; i < MEGABYTES; i++) await shelf.set(`k${i}`, bytesOf(i, 1_000_000));
    const before = onDisk();
    assert(before >= MEGABYTES * 1_000_000);
    for (let i = kept; i < MEGABYTES; i++) await shelf.delete(`k${i}`);
    await shelf.reorganize();
    const after = onDisk();
    assert(before - after >= 0.9 * (MEGABYTES - kept) * 1_000_000, `${before} to ${after}`);
    for (let i = 0; i < kept; i++) assertEquals(await shelf.get(`k${i}`), bytesOf(i, 1_000_000));
    await shelf.set("more", bytesOf(1, 10));
  });

  Deno.test(`${backend}: a full disk refuses a write, keeps what it has, and takes more when there is room`, async () => {
    const disk = await smallDisk(`a full disk on ${backend}`, 6);
    if (disk === undefined) return;
    await using _disk = disk;
    const written: number[] = [];
    {
      await using shelf = await open<Uint8Array>(disk.path, options);
      await assertRejects(async () => {
        for (let i = 0; i < 200; i++) {
          await shelf.set(`k${i}`, numbered(i, i % 2 === 0 ? 150_000 : 20_000));
          written.push(i);
        }
      }, ShelfFullError);
      assert(written.length > 5);
      for (const i of written) assertEquals(numberOf((await shelf.get(`k${i}`))!), i);
      await disk.grow(60);
      await shelf.set("more", numbered(999, 1_000_000));
    }
    await using shelf = await open<Uint8Array>(disk.path, options);
    for (const i of written) assertEquals(numberOf((await shelf.get(`k${i}`))!), i);
    assertEquals(numberOf((await shelf.get("more"))!), 999);
    assertEquals(await shelf.size(), written.length + 1);
  });

  Deno.test(`${backend}: a file that must not be written is refused, or read`, async () => {
    const disk = await smallDisk(`a read-only disk on ${backend}`, 6);
    if (disk === undefined) return;
    await using _disk = disk;
    {
      await using shelf = await open<number>(disk.path, options);
      await shelf.set("a", 1);
    }
    await disk.makeReadOnly();
    await assertRejects(() => open(disk.path, options), ShelfReadOnlyError);
    if (backend === "kv") {
      await assertRejects(() => open(disk.path, { flag: "r" }), ShelfReadOnlyError);
      return;
    }
    await using shelf = await open<number>(disk.path, { flag: "r" });
    assertEquals(await shelf.get("a"), 1);
  });

  Deno.test(`${backend}: what is no shelf is refused and left alone`, async () => {
    await using folder = new Folder();
    const path = folder.at("file");
    const texts = [
      "a shopping list that is longer than sixteen bytes",
      "x",
      "SQLite format 3\0and more",
    ];
    for (const text of texts) {
      await Deno.writeTextFile(path, text);
      for (const flag of ["c", "r", "w", "n"] as const) {
        await assertRejects(() => open(path, { backend, flag }), ShelfFormatError, path);
      }
      assertEquals(await Deno.readTextFile(path), text);
    }
    const { DatabaseSync } = await import("node:sqlite");
    await Deno.remove(path);
    new DatabaseSync(path).exec("CREATE TABLE letters (text)");
    await assertRejects(() => open(path, options), ShelfFormatError, "letters");
    await assertRejects(() => open(folder.path, options));
    await assertRejects(() => open(folder.at("no/folder"), options), ShelfError, "unable to open");
    for (const flag of ["r", "w"] as const) {
      await assertRejects(() => open(folder.at("nothing"), { flag }), Deno.errors.NotFound, flag);
    }
    assertEquals(folder.names(), ["file"]);
  });

  Deno.test(`${backend}: an empty file becomes a shelf`, async () => {
    await using folder = new Folder();
    await Deno.writeFile(folder.at("shelf"), new Uint8Array());
    assertEquals(whichShelf(folder.at("shelf")), undefined);
    await using shelf = await open(folder.at("shelf"), options);
    await shelf.set("a", 1);
    assertEquals([whichShelf(folder.at("shelf")), await shelf.get("a")], [backend, 1]);
  });

  Deno.test(`${backend}: what has expired is deleted when the shelf is opened`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    {
      await using shelf = await open<Uint8Array>(path, options);
      await shelf.set("small", bytesOf(1, 10), { expireIn: 1 });
      await shelf.set("large", bytesOf(1, 300_000), { expireIn: 1 });
      await shelf.set("stays", bytesOf(1, 10));
    }
    const ended = Date.now() + 5;
    while (Date.now() < ended);
    await (await open(path, options)).close();
    const { DatabaseSync } = await import("node:sqlite");
    using database = new DatabaseSync(path);
    const table = backend === "kv" ? "kv" : "Dict";
    // Deno KV deletes on a thread of its own, some time after it was opened.
    const rows = () => Number(database.prepare(`SELECT count(*) AS n FROM ${table}`).get()!.n);
    const deadline = Date.now() + 20_000;
    const expected = backend === "kv" ? 2 : 1;
    while (rows() > expected) {
      assert(Date.now() < deadline, `${rows()} rows`);
      await using _shelf = await open(path, options);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assertEquals(rows(), expected);
  });
}

Deno.test("kv: keys of 2046 bytes are taken, longer ones and more NULs are a RangeError", async () => {
  await using folder = new Folder();
  await using shelf = await open<number>(folder.at("shelf"));
  const good = ["k".repeat(2046), "\0".repeat(1023), "🍵".repeat(511) + "é", "é".repeat(1023)];
  for (const [i, key] of good.entries()) {
    await shelf.set(key, i);
    assertEquals([await shelf.get(key), await shelf.has(key)], [i, true]);
    assertEquals(await Array.fromAsync(shelf.keys({ prefix: key })), [key]);
  }
  for (const key of ["k".repeat(2047), "\0".repeat(1024), "🍵".repeat(512), "k".repeat(100_000)]) {
    await assertRejects(() => shelf.set(key, 1), RangeError, "Deno KV takes up to 2046");
    await assertRejects(() => shelf.get(key), RangeError);
    await assertRejects(() => shelf.update({ [key]: 1 }), RangeError);
    assertEquals(await Array.fromAsync(shelf.keys({ start: key, end: key + "a" })), []);
  }
  assertEquals(await shelf.size(), good.length);
  await using named = await open<number>(folder.at("shelf"), { name: "other" });
  await assertRejects(() => named.set("k".repeat(2046), 1), RangeError, "up to 2039");
  await named.set("k".repeat(2039), 1);
  assertEquals([await named.size(), await shelf.size()], [1, 4]);
});

Deno.test("sqlite: keys may be of any length", async () => {
  await using folder = new Folder();
  using shelf = openSync<number>(folder.at("shelf"));
  for (const key of ["k".repeat(2047), "\0".repeat(2047), "🍵".repeat(50_000)]) {
    shelf.set(key, key.length);
    assertEquals([shelf.get(key), shelf.has(key)], [key.length, true]);
  }
});

Deno.test("kv: a transaction beyond Deno KV's limits is a RangeError, one within them is done", async () => {
  await using shelf = await open<unknown>(":memory:");
  await shelf.transaction((tx) => {
    for (let i = 0; i < 1000; i++) tx.set(`k${i}`, i);
  });
  assertEquals(await shelf.size(), 1000);
  await shelf.transaction(async (tx) => {
    for (let i = 0; i < 100; i++) tx.set(`k${i}`, (await tx.get(`k${i}`) as number) + 1);
  });
  assertEquals(await shelf.get("k99"), 100);
  const tooMuch: ((
    tx: { set(key: string, value: unknown): void; get(key: string): Promise<unknown> },
  ) => unknown)[] = [
    (tx) => {
      for (let i = 0; i < 1001; i++) tx.set(`k${i}`, 0);
    },
    (tx) => {
      for (let i = 0; i < 30; i++) tx.set(`k${i}`, bytesOf(i, 30_000));
    },
    async (tx) => {
      for (let i = 0; i < 101; i++) await tx.get(`k${i}`);
      tx.set("a", 1);
    },
  ];
  for (const body of tooMuch) {
    await assertRejects(() => shelf.transaction(body), RangeError, "Deno KV takes up to");
  }
  assertEquals(await shelf.get("k0"), 1);
});

Deno.test("what is no path, flag, backend, codec or time is refused", async () => {
  const wrong = (options: unknown) => () => open(":memory:", options as OpenOptions);
  await assertRejects(wrong({ flag: "x" }), TypeError, '"x"');
  await assertRejects(wrong({ backend: "lmdb" }), TypeError, "lmdb");
  await assertRejects(wrong({ codec: "xml" }), TypeError, "xml");
  await assertRejects(wrong({ codec: { encode: 1 } }), TypeError, "encode and decode");
  await assertRejects(wrong({ busyTimeout: -1 }), RangeError, "-1");
  await assertRejects(wrong({ backend: "sqlite", name: "x" }), TypeError, "one shelf");
  await assertRejects(() => open(5 as unknown as string), TypeError, "number");
  await assertRejects(() => open("ftp://example.com"), TypeError, "ftp");
  await assertRejects(() => open("https://example.com", { backend: "sqlite" }), TypeError, "path");
  assertThrows(() => openSync("redis://example.com"), TypeError, "needs to be a file");
  await using folder = new Folder();
  await (await open(folder.at("kv"))).close();
  assertThrows(() => openSync(folder.at("kv")), TypeError, "open()");
});

Deno.test("a value that is longer than a store takes is a RangeError, and written nowhere", async () => {
  await using folder = new Folder();
  // The pages of these are never touched, so they take no memory.
  const huge = [2 ** 30, 2 ** 31 - 1, 2 ** 31, 2 ** 32].map((size) => new Uint8Array(size));
  const codec = { encode: (value: Uint8Array) => value, decode: (value: Uint8Array) => value };
  for (const backend of ["kv", "sqlite"] as const) {
    await using shelf = await open<Uint8Array>(folder.at(backend), { backend, codec });
    for (const value of huge) {
      const what = `${backend}, ${value.byteLength}`;
      await assertRejects(() => shelf.set("a", value), RangeError, "at most 999000000", what);
      await assertRejects(() => shelf.update({ b: new Uint8Array(1), a: value }), RangeError);
      await assertRejects(() => shelf.setDefault("a", value), RangeError);
      await assertRejects(() => shelf.transaction((tx) => tx.set("a", value)), RangeError);
    }
    assertEquals(await shelf.size(), 0);
  }
  using shelf = openSync<Uint8Array>(folder.at("sqlite"), { codec });
  for (const value of huge) assertThrows(() => shelf.set("a", value), RangeError, "at most");
});
