/** Shelves that CPython wrote, and shelves that CPython reads. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  open,
  openSync,
  ShelfFormatError,
  ShelfReadOnlyError,
  whichShelf,
} from "@ferry/std/persist/shelve";
import { Float } from "@ferry/std/persist/types";
import { Folder } from "./_places.ts";
import { pythonWith, run } from "./_pythons.ts";

/** Writes the shelf `sys.argv[2]` with the module `sys.argv[1]`. */
const WRITE = `
import importlib, shelve, sys
module = importlib.import_module(sys.argv[1])
database = module.open(sys.argv[2], "c")
with shelve.Shelf(database, protocol=4) as shelf:
    for i in range(1001):
        shelf["key%d" % i] = {"i": i, "square": i * i, "half": i / 2 + 0.25}
    shelf["ключ 🍵"] = ["ünïcode", b"\\x00\\xff", None]
    shelf["quote'\\"\\\\n\\n\\x00\\x7f\\xa0\\xad"] = 1
    shelf[""] = "empty key"
    shelf["large"] = bytes(range(256)) * 1000
    shelf["deleted"] = "x" * 1000
    del shelf["deleted"]
    shelf["key5"] = "written again, and longer than before"
`;

async function assertWritten(path: string, kind: string): Promise<void> {
  assertEquals(whichShelf(path), kind);
  const readOnly = kind !== "sqlite";
  await using shelf = await open<unknown>(path, readOnly ? {} : { flag: "r" });
  assertEquals([shelf.kind, shelf.readOnly, await shelf.size()], [kind, true, 1005]);
  assertEquals(await shelf.get("key7"), { i: 7, square: 49, half: 3.75 });
  assertEquals(await shelf.get("key5"), "written again, and longer than before");
  assertEquals(await shelf.get("ключ 🍵"), ["ünïcode", new Uint8Array([0, 255]), null]);
  assertEquals(await shelf.get("quote'\"\\n\n\0\x7f\xa0\xad"), 1);
  assertEquals([await shelf.get(""), await shelf.has("deleted")], ["empty key", false]);
  const large = await shelf.get("large") as Uint8Array;
  assertEquals([large.length, large[511]], [256_000, 255]);
  const keys = await Array.fromAsync(shelf.keys());
  assertEquals([keys.length, keys.slice(0, 3), keys.at(-1)], [
    1005,
    ["", "key0", "key1"],
    "ключ 🍵",
  ]);
  let sum = 0;
  for await (const value of shelf.values({ prefix: "key" })) {
    if (typeof value === "object") sum += (value as { i: number }).i;
  }
  assertEquals(sum, 1000 * 1001 / 2 - 5);
  assertEquals(await Array.fromAsync(shelf.keys({ reverse: true, limit: 1 })), ["ключ 🍵"]);
  using sync = openSync<unknown>(path, { flag: "r" });
  assertEquals([sync.size, sync.get("key5"), [...sync.keys()]], [
    1005,
    "written again, and longer than before",
    keys,
  ]);
}

for (
  const [module, kind] of [["dbm.sqlite3", "sqlite"], ["dbm.gnu", "gnu"], [
    "dbm.dumb",
    "dumb",
  ]] as const
) {
  const python = pythonWith(module);
  if (python === undefined) continue;

  Deno.test(`a shelf that CPython wrote with ${module} is read right`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await run(python, WRITE, [module, path]);
    await assertWritten(path, kind);
    if (kind === "sqlite") return;
    await using shelf = await open(path);
    for (
      const change of [() => shelf.set("a", 1), () => shelf.clear(), () => shelf.reorganize()]
    ) await assertRejects(change, ShelfReadOnlyError);
    await assertRejects(() => open(path, { flag: "n" }), ShelfReadOnlyError, kind);
    await assertRejects(() => open(path, { backend: "kv" }), ShelfFormatError, kind);
    // The way to write such a shelf is to copy it.
    await shelf.backup(folder.at("copy"));
    await using copy = await open<unknown>(folder.at("copy"));
    await copy.set("new", 1);
    assertEquals([copy.kind, await copy.size(), await copy.get("key5")], [
      "sqlite",
      1006,
      "written again, and longer than before",
    ]);
  });

  Deno.test(`a shelf of ${module} that is empty, cut or damaged is read or refused`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await run(python, `import ${module}, sys; ${module}.open(sys.argv[1], "c").close()`, [path]);
    {
      await using shelf = await open(path);
      assertEquals([shelf.kind, await shelf.size()], [kind, 0]);
    }
    await Deno.remove(path, { recursive: true }).catch(() => {});
    for (const suffix of [".dir", ".dat", ".bak"]) {
      await Deno.remove(path + suffix).catch(() => {});
    }
    await run(python, WRITE, [module, path]);
    const file = kind === "dumb" ? `${path}.dir` : path;
    const whole = await Deno.readFile(file);
    const step = Math.ceil(whole.length / 60);
    let refused = 0;
    for (let length = 0; length < whole.length; length += step) {
      await Deno.writeFile(file, whole.subarray(0, length));
      try {
        using shelf = openSync(path, { flag: "r" });
        for (const _ of shelf);
      } catch (error) {
        assert(
          error instanceof ShelfFormatError || error instanceof Deno.errors.NotFound,
          `${length}: ${error}`,
        );
        refused++;
      }
    }
    assert(refused > 0);
  });
}

const python = pythonWith("dbm.sqlite3");
if (python !== undefined) {
  Deno.test("CPython's shelve opens a shelf of ours, changes it, and we read that", async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    {
      await using shelf = await open<unknown>(path, { backend: "sqlite" });
      await shelf.set("float", new Float(3));
      await shelf.update({ list: [1, 2.5, "three", null, true], "ключ 🍵": 2n ** 70n });
      await shelf.set("set", new Set([1, 2]));
      await shelf.set("date", Temporal.PlainDate.from("2020-02-29"));
      await shelf.set("bytes", new Uint8Array([1, 2]));
      // While it is open here, Python opens it too.
      const printed = await run(
        python,
        `
import dbm, shelve, sys
assert dbm.whichdb(sys.argv[1]) == "dbm.sqlite3", dbm.whichdb(sys.argv[1])
with shelve.open(sys.argv[1]) as shelf:
    print(sorted((key, repr(value)) for key, value in shelf.items()))
    shelf["from python"] = (1, {"a": [2]})
    shelf["list"] = shelf["list"] + ["four"]
    del shelf["set"]
`,
        [path],
      );
      assertEquals(
        printed.trim(),
        `[('bytes', "b'\\\\x01\\\\x02'"), ('date', 'datetime.date(2020, 2, 29)'), ('float', '3.0'), ` +
          `('list', "[1, 2.5, 'three', None, True]"), ('set', '{1, 2}'), ('ключ 🍵', '1180591620717411303424')]`,
      );
      assertEquals(await shelf.get("list"), [1, 2.5, "three", null, true, "four"]);
      assertEquals(await shelf.has("set"), false);
    }
    using shelf = openSync<unknown>(path);
    const [one, rest] = shelf.get("from python") as [number, { a: number[] }];
    assertEquals([one, rest.a], [1, [2]]);
    assertEquals(shelf.size, 6);
  });

  Deno.test("an entry that CPython writes again does not end when its predecessor would have", async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await using shelf = await open<unknown>(path, { backend: "sqlite" });
    await shelf.set("a", 1, { expireIn: 60_000 });
    await shelf.set("b", 1, { expireIn: 60_000 });
    await shelf.set("c", 1, { expireIn: 60_000 });
    await run(
      python,
      `import shelve, sys\nwith shelve.open(sys.argv[1]) as shelf: shelf["a"] = 2; del shelf["b"]`,
      [path],
    );
    await shelf.close();
    const { DatabaseSync } = await import("node:sqlite");
    using database = new DatabaseSync(path);
    const rows = database.prepare("SELECT CAST(key AS TEXT) AS key FROM ferry_expiry").all();
    assertEquals(rows.map(({ key }) => key), ["c"]);
  });

  Deno.test("Python and Deno write the same shelf at the same time and lose nothing", async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await run(python, `import shelve, sys\nshelve.open(sys.argv[1]).close()`, [path]);
    await using shelf = await open<number>(path);
    await shelf.set("started", 1);
    const theirs = run(
      python,
      `import shelve, sys\nwith shelve.open(sys.argv[1]) as shelf:\n  for i in range(200): shelf["p%d" % i] = i`,
      [path],
    );
    for (let i = 0; i < 200; i++) await shelf.set(`d${i}`, i);
    await theirs;
    await shelf.reorganize();
    assertEquals(await shelf.size(), 401);
    assertEquals([await shelf.get("p199"), await shelf.get("d199")], [199, 199]);
  });
}

Deno.test("a foreign shelf can make nothing but what is registered", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  const raw = { encode: (value: Uint8Array) => value, decode: (bytes: Uint8Array) => bytes };
  {
    using shelf = openSync<Uint8Array>(path, { codec: raw });
    // os.system("true")
    shelf.set("evil", new TextEncoder().encode("cos\nsystem\n(S'true'\ntR."));
  }
  using shelf = openSync(path);
  const error = assertThrows(() => shelf.get("evil"), ShelfFormatError, "system");
  assertEquals(error.key, "evil");
});
