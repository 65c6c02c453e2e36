/** Mistakes of callers, and damage: a typed error, and what is on the shelf stays. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  open,
  type OpenOptions,
  openSync,
  ShelfError,
  ShelfFormatError,
  type Transaction,
} from "@ferry/std/persist/shelve";
import { Folder } from "./_places.ts";

/** A value of a wrong type. */
function wrong<T>(value: unknown): T {
  return value as T;
}

Deno.test("options that do not exist or are of another type are TypeErrors", async () => {
  await using folder = new Folder();
  for (
    const options of [
      "r",
      null,
      { writeBack: true },
      { writeback: 1 },
      { writeback: "no" },
      { name: 1 },
      { name: "\ud800" },
      { busyTimeout: "5" },
      { busyTimeout: null },
    ]
  ) {
    await assertRejects(() => open(folder.at("a"), wrong<OpenOptions>(options)), TypeError);
    assertThrows(() => openSync(folder.at("b"), wrong<OpenOptions>(options)), TypeError);
  }
  for (const busyTimeout of [-1, NaN]) {
    await assertRejects(() => open(folder.at("a"), { busyTimeout }), RangeError);
    assertThrows(() => openSync(folder.at("b"), { busyTimeout }), RangeError);
  }
  assertEquals(folder.names(), []);
});

Deno.test("an empty path is a TypeError: SQLite would take it for a file that is deleted at the end", async () => {
  await assertRejects(() => open(""), TypeError, "empty path");
  await assertRejects(() => open("", { backend: "sqlite" }), TypeError, "empty path");
  assertThrows(() => openSync(""), TypeError, "empty path");
});

for (const backend of ["kv", "sqlite"] as const) {
  Deno.test(`${backend}: expireIn of another type is a TypeError, not an entry that stays for ever`, async () => {
    await using folder = new Folder();
    await using shelf = await open<number>(folder.at("shelf"), { backend });
    for (const options of [{ expireIn: "5" }, { expireIn: 5n }, { expireIn: null }, null, 5]) {
      await assertRejects(() => shelf.set("a", 1, wrong(options)), TypeError);
      await assertRejects(() => shelf.update({ a: 1 }, wrong(options)), TypeError);
      await assertRejects(() => shelf.setDefault("a", 1, wrong(options)), TypeError);
      await assertRejects(
        () => shelf.transaction((tx) => tx.set("a", 1, wrong(options))),
        TypeError,
      );
    }
    assertEquals(await shelf.size(), 0);
  });

  Deno.test(`${backend}: an entry may expire later than there are dates`, async () => {
    await using folder = new Folder();
    await using shelf = await open<number>(folder.at("shelf"), { backend });
    await shelf.set("a", 1, { expireIn: 1e300 });
    await shelf.set("b", 2, { expireIn: Number.MAX_SAFE_INTEGER });
    const line = '{"key":"c","value":3,"expires":1e308}';
    await shelf.importFrom(new Blob([line]).stream());
    assertEquals(await Array.fromAsync(shelf.values()), [1, 2, 3]);
  });

  Deno.test(`${backend}: a shelf is not copied or exported onto its own file, and stays usable`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    Deno.symlinkSync(path, folder.at("link"));
    {
      await using shelf = await open<number>(path, { backend });
      await shelf.set("a", 1);
      for (
        const target of [path, folder.at("./shelf"), folder.at("other/../shelf"), `${path}-wal`]
      ) {
        await assertRejects(() => shelf.backup(target), TypeError, "the shelf itself");
        await assertRejects(() => shelf.exportTo(target), TypeError, "the shelf itself");
      }
      await assertRejects(() => shelf.exportTo(new URL(`file://${path}`)), TypeError, "itself");
      await shelf.set("b", 2);
    }
    {
      // The copy would take the place of the link, the open shelf would stay in the file.
      await using shelf = await open<number>(folder.at("link"));
      await assertRejects(() => shelf.backup(folder.at("link")), TypeError, "the shelf itself");
      await assertRejects(() => shelf.backup(path), TypeError, "the shelf itself");
      await shelf.set("c", 3);
    }
    await using shelf = await open<number>(path);
    assertEquals(await Array.fromAsync(shelf.keys()), ["a", "b", "c"]);
    await shelf.backup(folder.at("copy"));
    await using copy = await open<number>(folder.at("copy"));
    assertEquals(await copy.size(), 3);
  });

  Deno.test(`${backend}: what is no path is a TypeError, and nothing is left over`, async () => {
    await using folder = new Folder();
    await using shelf = await open<number>(folder.at("shelf"), { backend });
    const before = folder.names();
    for (const target of [undefined, null, 5, "", ":memory:", {}]) {
      await assertRejects(() => shelf.backup(wrong(target)), TypeError);
      await assertRejects(() => shelf.exportTo(wrong(target)), TypeError);
    }
    await assertRejects(() => shelf.backup(wrong(new URL("file:///a"))), TypeError);
    for (const source of [undefined, null, 5, "", {}]) {
      await assertRejects(() => shelf.importFrom(wrong(source)), TypeError);
    }
    await assertRejects(() => shelf.backup(folder.path), Deno.errors.IsADirectory);
    assertEquals(folder.names(), before);
    assert(!await Deno.stat(`${folder.path}.partial`).then(() => true, () => false));
  });

  Deno.test(`${backend}: a folder that does not exist is named`, async () => {
    await using folder = new Folder();
    const path = folder.at("missing/shelf");
    await assertRejects(() => open(path, { backend }), ShelfError, "there is no folder");
    await using shelf = await open<number>(folder.at("shelf"), { backend });
    await assertRejects(() => shelf.backup(path), ShelfError, "there is no folder");
  });

  Deno.test(`${backend}: an export that is cut off in a character is a SyntaxError`, async () => {
    await using folder = new Folder();
    await using shelf = await open<string>(folder.at("shelf"), { backend });
    const bytes = new TextEncoder().encode('{"key":"a","value":"é"}');
    for (const end of [bytes.length - 3, bytes.length - 1]) {
      await assertRejects(
        () => shelf.importFrom(new Blob([bytes.subarray(0, end)]).stream()),
        SyntaxError,
      );
    }
    const texts = ReadableStream.from(["text"]) as unknown as ReadableStream<
      Uint8Array<ArrayBuffer>
    >;
    await assertRejects(() => shelf.importFrom(texts), TypeError, "Uint8Array");
    for (let cut = 0; cut <= bytes.length; cut++) {
      const parts = [bytes.slice(0, cut), bytes.slice(cut)];
      assertEquals(await shelf.importFrom(ReadableStream.from(parts)), 1);
    }
    assertEquals(await shelf.get("a"), "é");
  });

  Deno.test(`${backend}: a transaction that has ended takes no more writes`, async () => {
    await using folder = new Folder();
    await using shelf = await open<number>(folder.at("shelf"), { backend });
    let ended: Transaction<number> | undefined;
    await shelf.transaction((tx) => void (ended = tx));
    assertThrows(() => ended!.set("a", 1), TypeError, "has ended");
    assertThrows(() => ended!.delete("a"), TypeError, "has ended");
    assertEquals(await shelf.size(), 0);
  });
}

Deno.test("kv: a damaged store is a ShelfFormatError", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  {
    await using shelf = await open<unknown>(path, { backend: "kv" });
    await shelf.update({ small: 1, large: "x".repeat(300_000) });
  }
  {
    using database = new DatabaseSync(path);
    database.exec("UPDATE kv SET v = 'text'");
  }
  await using shelf = await open<unknown>(path);
  await assertRejects(() => shelf.get("small"), ShelfFormatError);
  await assertRejects(() => shelf.get("large"), ShelfFormatError);
  const whole = Deno.readFileSync(path);
  let refused = 0;
  for (let at = 4096; at < 24_576; at += 2048) {
    const damaged = whole.slice();
    damaged.fill(0xee, at, at + 512);
    Deno.writeFileSync(folder.at(`${at}`), damaged);
    try {
      await using shelf = await open<unknown>(folder.at(`${at}`));
      await Array.fromAsync(shelf.keys());
    } catch (error) {
      assert(error instanceof ShelfFormatError, `at ${at}: ${error}`);
      refused++;
    }
  }
  assert(refused > 0);
});
