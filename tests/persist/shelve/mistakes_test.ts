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
  whichShelf,
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

  Deno.test(`${backend}: a folder or a pipe is no shelf, and is not waited for`, async () => {
    await using folder = new Folder();
    const pipe = folder.at("pipe");
    const made = Deno.build.os !== "windows" &&
      new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success;
    for (const flag of ["c", "r", "w", "n"] as const) {
      const options = { backend, flag };
      await assertRejects(() => open(folder.path, options), ShelfFormatError, "a folder");
      assertThrows(() => openSync(folder.path, { flag }), ShelfFormatError, "a folder");
      if (made) await assertRejects(() => open(pipe, options), ShelfFormatError, "something else");
    }
    assertThrows(() => whichShelf(folder.path), ShelfFormatError, "a folder");
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

Deno.test("kv: a key of the store that breaks off is a ShelfFormatError", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  {
    await using shelf = await open<number>(path, { backend: "kv" });
    await shelf.set("k", 1);
  }
  {
    using database = new DatabaseSync(path);
    database.exec("INSERT INTO kv VALUES (x'016b', x'01', 3, 9, 0, -1)");
  }
  await using shelf = await open<number>(path);
  await assertRejects(() => Array.fromAsync(shelf.keys()), ShelfFormatError);
  assertEquals(await shelf.get("k"), 1);
});

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

const ENDLESS = "WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r)";
const DICT = "CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB NOT NULL);";
/** Files that would have SQLite compute for ever, or allocate a gigabyte, or that have other columns. */
const FOREIGN: Record<string, string> = {
  view: `CREATE TABLE a (b); CREATE VIEW Dict AS ${ENDLESS} SELECT n AS key, n AS value FROM r`,
  "virtual table": "CREATE VIRTUAL TABLE Dict USING fts5(key, value)",
  "view of the shelf's": `${DICT} CREATE VIEW ferry_entries AS ${ENDLESS} ` +
    "SELECT CAST(n AS BLOB) AS key, x'00' AS value, NULL AS expires FROM r",
  "expiring view":
    `${DICT} CREATE VIEW ferry_expiring AS ${ENDLESS} SELECT n AS key, n AS expires FROM r`,
  trigger: `${DICT} CREATE TRIGGER t AFTER INSERT ON Dict BEGIN ` +
    "SELECT count(*) FROM (WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r); END",
  "computed column":
    "CREATE TABLE Dict (key BLOB UNIQUE NOT NULL, value BLOB AS (zeroblob(900000000)), x);" +
    "INSERT INTO Dict (key) VALUES (x'61')",
  "other columns": "CREATE TABLE Dict (name, value)",
  "keys that may be there twice": "CREATE TABLE Dict (key BLOB NOT NULL, value BLOB NOT NULL)",
  "keys that are unique in part":
    "CREATE TABLE Dict (key BLOB NOT NULL, value BLOB NOT NULL); CREATE UNIQUE INDEX i ON Dict (key) WHERE value > 1",
};

Deno.test("sqlite: a file whose tables are not those of a shelf is refused before anything of it runs", async () => {
  await using folder = new Folder();
  for (const [i, [what, sql]] of Object.entries(FOREIGN).entries()) {
    const path = folder.at(`file${i}`);
    {
      using database = new DatabaseSync(path);
      database.exec(sql);
    }
    for (const flag of ["c", "w", "r"] as const) {
      await assertRejects(() => open(path, { flag }), ShelfFormatError, path, `${what}, ${flag}`);
      assertThrows(() => openSync(path, { flag }), ShelfFormatError, path, `${what}, ${flag}`);
    }
  }
});

Deno.test("sqlite: a shelf with what expires, and Python's table in other words, are opened", async () => {
  await using folder = new Folder();
  for (const times of [1, 2]) {
    await using shelf = await open<number>(folder.at("shelf"), { backend: "sqlite" });
    await shelf.set("a", times, { expireIn: 3_600_000 });
    await shelf.reorganize();
    using reader = openSync<number>(folder.at("shelf"), { flag: "r" });
    assertEquals(reader.get("a"), times);
  }
  for (const [i, columns] of ["key blob primary key, value", "KEY UNIQUE, VALUE, more"].entries()) {
    using database = new DatabaseSync(folder.at(`${i}`));
    database.exec(`create table Dict (${columns})`);
    using shelf = openSync<number>(folder.at(`${i}`), { flag: "w" });
    shelf.set("a", 1);
    assertEquals(shelf.get("a"), 1);
  }
});

Deno.test("dbm.dumb: an index whose keys end before their end is refused, a key of a megabyte is read", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  Deno.writeTextFileSync(`${path}.dat`, "I1\n.");
  const index = (text: string) => Deno.writeTextFileSync(`${path}.dir`, text);
  for (
    const line of ["'a'b', (0, 4)", "'a', (0, 4)', (0, 4", "'a", "'", "''", "'\\", "'\\', (0, 4)"]
      .concat(["'\\x6', (0, 4)", "'\\xzz', (0, 4)", "'\\q', (0, 4)"])
  ) {
    index(`${line}\n`);
    await assertRejects(() => open(path), ShelfFormatError, undefined, line);
  }
  // Nor does a new shelf take its place.
  index("it's', (0, 4)\n");
  for (const flag of ["c", "r", "n"] as const) {
    await assertRejects(() => open(path, { flag }), ShelfFormatError, "no index");
  }
  assertEquals(folder.names(), ["shelf.dat", "shelf.dir"]);
  index(`"it's", (0, 4)\n'${"\\x61".repeat(1_000_000)}', (0, 4)\n`);
  await using shelf = await open(path);
  assertEquals([await shelf.get("it's"), await shelf.get("a".repeat(1_000_000))], [1, 1]);
});

Deno.test("kv: heads and notes that announce what is not there cost nothing, and end in a ShelfFormatError", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  const encode = (key: string) => new TextEncoder().encode(key);
  const large = (size: number, chunks: number) => {
    const head = new Uint8Array(37);
    const view = new DataView(head.buffer);
    head[0] = 3;
    view.setFloat64(1, Infinity);
    view.setFloat64(9, size);
    view.setUint32(17, chunks);
    return head;
  };
  await (await open(path)).close();
  const heads: unknown[] = [
    large(999_000_000, Math.ceil(999_000_000 / 65_536)),
    ...[NaN, -5, 0, 0.5, 1e300, Infinity].map((size) => large(size, Math.ceil(size / 65_536))),
    "text",
    new Uint8Array(0),
    new Uint8Array([2, 1]),
    5,
  ];
  {
    using kv = await Deno.openKv(path);
    for (const [i, head] of heads.entries()) await kv.set([encode(`k${i}`)], head);
  }
  {
    await using shelf = await open(path);
    for (let i = 0; i < heads.length; i++) {
      await assertRejects(() => shelf.get(`k${i}`), ShelfFormatError, undefined, `head ${i}`);
    }
    // Many at once would be 50 GB.
    for (
      const { status } of await Promise.allSettled(Array(50).fill("k0").map((k) => shelf.get(k)))
    ) {
      assertEquals(status, "rejected");
    }
  }
  using kv = await Deno.openKv(path);
  const pending = ["ferry.shelf", "pending", new Uint8Array(16)];
  for (const note of [new Uint8Array([0, 255, 255, 255, 255]), new Uint8Array(3), "text"]) {
    await kv.set(pending, note);
    await assertRejects(() => open(path), ShelfFormatError, "note");
  }
});
