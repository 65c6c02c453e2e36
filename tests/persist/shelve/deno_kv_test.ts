/** What lies beside the heads in Deno KV: chunks of large values, and the notes about them. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { open, ShelfFormatError } from "@ferry/std/persist/shelve";
import { bytesOf, Folder, numbered, numberOf } from "./_places.ts";

const LARGE = 200_000;

/** The rows of a store beside its heads. */
async function rowsBeside(path: string): Promise<string[]> {
  using kv = await Deno.openKv(path);
  const rows: string[] = [];
  for await (const { key } of kv.list({ prefix: ["ferry.shelf"] })) rows.push(String(key[1]));
  return rows.sort();
}

const CHUNKS = Array(4).fill("chunk");

Deno.test("kv: overwriting, deleting and clearing take the chunks along", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  await using shelf = await open<unknown>(path);
  await shelf.set("a", bytesOf(1, LARGE));
  assertEquals(await rowsBeside(path), [...CHUNKS, "large"]);
  await shelf.set("a", bytesOf(2, LARGE));
  assertEquals(await rowsBeside(path), [...CHUNKS, "large"]);
  const changes: (() => Promise<unknown>)[] = [
    () => shelf.set("a", 1),
    () => shelf.update({ a: 1, b: 2 }),
    () => shelf.delete("a"),
    () => shelf.pop("a"),
    () => shelf.popItem(),
    () => shelf.clear(),
    () => shelf.transaction((tx) => tx.delete("a")),
    () => shelf.transaction((tx) => tx.set("a", 1)),
  ];
  for (const change of changes) {
    await shelf.set("a", bytesOf(3, LARGE));
    await change();
    assertEquals(await rowsBeside(path), ["large"], String(change));
  }
});

Deno.test("kv: a transaction that fails takes its chunks back", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  await using shelf = await open<unknown>(path);
  let calls = 0;
  await shelf.transaction(async (tx) => {
    await tx.get("n");
    tx.set("large", bytesOf(1, LARGE));
    if (++calls < 3) await shelf.set("n", calls);
  });
  assertEquals([calls, await rowsBeside(path)], [3, [...CHUNKS, "large"]]);
});

Deno.test("kv: a writer whose chunks are collected by somebody who opens the shelf starts again", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  await using shelf = await open<Uint8Array>(path);
  await shelf.set("value", numbered(0, 8_000_000));
  let written = false;
  const writing = shelf.set("value", numbered(1, 8_000_000)).then(() => written = true);
  let opened = 0;
  // While the chunks are written, others open the shelf, for which they are those of a dead writer.
  for (; opened < 3 && !written; opened++) await (await open(path)).close();
  await writing;
  assert(opened > 0);
  assertEquals(numberOf((await shelf.get("value"))!), 1);
  assertEquals((await rowsBeside(path)).filter((row) => row === "pending"), []);
});

Deno.test("kv: chunks that nothing names are found by reorganize()", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  await using shelf = await open<unknown>(path);
  await using other = await open<unknown>(path);
  // The first large value of the store: who has just seen that there is none does not look for it.
  await other.set("warm", 1);
  await shelf.set("a", bytesOf(1, LARGE));
  await other.set("a", 2);
  await shelf.set("b", bytesOf(3, LARGE));
  {
    using kv = await Deno.openKv(path);
    const id = new Uint8Array(16).fill(255);
    for (let i = 0; i < 3; i++) await kv.set(["ferry.shelf", "chunk", id, i], bytesOf(i, 60_000));
  }
  await other.reorganize();
  assertEquals(await rowsBeside(path), [...CHUNKS, "large"]);
  assertEquals([await shelf.get("a"), await other.get("b")], [2, bytesOf(3, LARGE)]);
});

Deno.test("kv: chunks that are missing, and entries that no shelf wrote, are errors", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  await using shelf = await open<unknown>(path);
  await shelf.set("a", bytesOf(1, LARGE));
  using kv = await Deno.openKv(path);
  for await (const { key } of kv.list({ prefix: ["ferry.shelf", "chunk"] })) {
    if (key.at(-1) === 2) await kv.delete(key);
  }
  await assertRejects(() => shelf.get("a"), ShelfFormatError, "chunks");
  const key = (name: string) => [new TextEncoder().encode(name)];
  const wrong = ["text", 5, new Uint8Array(), new Uint8Array([9, 1]), new Uint8Array([3, 0, 0])];
  for (const [i, value] of wrong.entries()) {
    await kv.set(key("foreign"), value);
    await assertRejects(
      () => shelf.get("foreign"),
      ShelfFormatError,
      "not written by a shelf",
      `${i}`,
    );
  }
  await kv.delete(key("foreign"));
  // Other keys of the same store do not disturb.
  await kv.set(["users", 1], { name: "ann" });
  assertEquals(await Array.fromAsync(shelf.keys()), ["a"]);
  await shelf.clear();
  assertEquals((await kv.get(["users", 1])).value, { name: "ann" });
});
