/** Processes that are killed with SIGKILL in the middle of whatever they do. */
import { assert, assertEquals } from "@std/assert";
import { open, type OpenOptions } from "@ferry/std/persist/shelve";
import { Random, seedFor } from "../../_support/random.ts";
import { child, Folder, linesOf, numbered, numberOf } from "./_places.ts";

const SIZE = 5_000_000;
const STRESS = Deno.env.get("FERRY_STRESS") === "1";
const KILLS = STRESS ? 25 : 5;

/** Runs a task until it has said `lines` lines, lets it go on for a moment, and kills it; what it said. */
async function killed(random: Random, args: string[], lines: number): Promise<string[]> {
  const process = child("_child.ts", args);
  const said: string[] = [];
  for await (const line of linesOf(process)) {
    said.push(line);
    if (said.length !== lines) continue;
    // The moment of the kill is what varies here; nothing waits for it.
    setTimeout(() => process.kill("SIGKILL"), random.below(40));
  }
  const [{ signal }, error] = await Promise.all([
    process.status,
    new Response(process.stderr).text(),
  ]);
  assertEquals([signal, error], ["SIGKILL", ""]);
  return said;
}

/** How many rows the shelf has in Deno KV beside its heads. */
async function rowsBeside(path: string): Promise<{ chunks: number; notes: number }> {
  using kv = await Deno.openKv(path);
  const rows = { chunks: 0, notes: 0 };
  for await (const { key } of kv.list({ prefix: ["ferry.shelf"] })) {
    if (key[1] === "chunk") rows.chunks++;
    if (key[1] === "pending") rows.notes++;
  }
  return rows;
}

for (const backend of ["kv", "sqlite"] as const) {
  const options: OpenOptions<Uint8Array> = { backend };
  const chunks = backend === "kv" ? Math.ceil((SIZE + 50) / 65_536) : 0;

  Deno.test(`${backend}: a process killed while it overwrites 5 MB leaves the old or the new value, and nothing else`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    const random = new Random(seedFor(`${backend}: kills in overwrites`));
    let acknowledged = -1;
    for (let kill = 0; kill < KILLS; kill++) {
      const said = await killed(
        random,
        ["overwrite", backend, path, String(SIZE), String(acknowledged + 1), "200"],
        2 + random.below(5),
      );
      acknowledged = Math.max(acknowledged, ...said.slice(1).map(Number));
      await using shelf = await open<Uint8Array>(path, options);
      const n = numberOf((await shelf.get("value"))!);
      // One more may have been written and not been acknowledged.
      assert(n === acknowledged || n === acknowledged + 1, `${acknowledged} ${n}`);
      acknowledged = n;
      if (backend === "kv") assertEquals(await rowsBeside(path), { chunks, notes: 0 });
    }
  });

  Deno.test(`${backend}: a reader beside a process that overwrites never sees parts of two values`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await using shelf = await open<Uint8Array>(path, options);
    await shelf.set("value", numbered(0, 1_000_000));
    const process = child("_child.ts", ["overwrite", backend, path, "1000000", "1", "60"]);
    let done = false;
    const writing = Array.fromAsync(linesOf(process)).then((lines) => {
      done = true;
      return lines.length;
    });
    let last = 0;
    let seen = 0;
    while (!done) {
      const n = numberOf((await shelf.get("value"))!);
      assert(n >= last, `${last} ${n}`);
      if (n > last) seen++;
      last = n;
      // SQLite answers within the same turn of the event loop, which has to read what the child says.
      await new Promise((resolve) => setTimeout(resolve));
    }
    assertEquals([await writing, (await process.status).success], [61, true]);
    await process.stderr.cancel();
    assert(seen > 1);
  });

  Deno.test(`${backend}: a process killed in backup() leaves the shelf and, if any, a whole copy`, async () => {
    await using folder = new Folder();
    const random = new Random(seedFor(`${backend}: kills in backup()`));
    const [path, copy] = [folder.at("shelf"), folder.at("copy")];
    {
      await using shelf = await open<Uint8Array>(path, options);
      for (let i = 0; i < 8; i++) await shelf.set(`k${i}`, numbered(i, 1_000_000));
    }
    for (let kill = 0; kill < KILLS; kill++) {
      await killed(random, ["backup", backend, path, copy], 1 + random.below(3));
      for (const place of folder.names().includes("copy") ? [path, copy] : [path]) {
        await using shelf = await open<Uint8Array>(place, { ...options, flag: "r" });
        let i = 0;
        for await (const [key, value] of shelf) assertEquals(key, `k${numberOf(value)}`, `${i++}`);
        assertEquals(await shelf.size(), 8);
      }
    }
  });

  Deno.test(`${backend}: a process killed in reorganize() or while it opens the shelf loses nothing`, async () => {
    await using folder = new Folder();
    const random = new Random(seedFor(`${backend}: kills in reorganize()`));
    const path = folder.at("shelf");
    {
      await using shelf = await open<Uint8Array>(path, options);
      for (let i = 0; i < 8; i++) await shelf.set(`k${i}`, numbered(i, 1_000_000));
    }
    for (let kill = 0; kill < KILLS; kill++) {
      await killed(random, ["reorganize", backend, path], 1 + random.below(3));
      await killed(random, ["open", backend, path], 1 + random.below(3));
    }
    await using shelf = await open<Uint8Array>(path, options);
    for (let i = 0; i < 8; i++) assertEquals(numberOf((await shelf.get(`k${i}`))!), i);
    await shelf.delete("waste");
    assertEquals(await shelf.size(), 8);
    if (backend === "kv") assertEquals(await rowsBeside(path), { chunks: 8 * 16, notes: 0 });
  });
}
