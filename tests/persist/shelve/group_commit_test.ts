/** Calls of a SQLite shelf that are made without waiting for each other: what they share, and what each keeps for itself. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  open,
  openSync,
  type Shelf,
  ShelfBusyError,
  ShelfFormatError,
} from "@ferry/std/persist/shelve";
import { Random, rounds, seedFor } from "../../_support/random.ts";
import { child, Folder, linesOf, numberOf } from "./_places.ts";

/** How many commits the log of a shelf holds (https://sqlite.org/fileformat2.html#walformat). */
function commitsOf(path: string): number {
  const log = Deno.readFileSync(`${path}-wal`);
  if (log.length === 0) return 0;
  const view = new DataView(log.buffer);
  const frame = 24 + view.getUint32(8);
  const salt = view.getBigUint64(16);
  let commits = 0;
  for (let at = 32; at + frame <= log.length; at += frame) {
    // Frames of an earlier round have other salts; the last frame of a transaction has the size of the file.
    if (view.getBigUint64(at + 8) === salt && view.getUint32(at + 4) > 0) commits++;
  }
  return commits;
}

async function sqlite<V>(body: (shelf: Shelf<V>, path: string) => Promise<void>): Promise<void> {
  await using folder = new Folder();
  await using shelf = await open<V>(folder.at("shelf"), { backend: "sqlite" });
  await body(shelf, folder.at("shelf"));
}

Deno.test("sqlite: sets, deletes and updates that are made at once share one commit", () =>
  sqlite<number>(async (shelf, path) => {
    await shelf.set("gone", 0);
    const before = commitsOf(path);
    const answers = await Promise.all([
      ...Array.from({ length: 100 }, (_, i) => shelf.set(`k${i}`, i)),
      shelf.delete("gone"),
      shelf.delete("absent"),
      shelf.update({ k1: -1, u: 5 }),
      shelf.set("short", 1, { expireIn: 3_600_000 }),
      shelf.get("k1"),
      shelf.has("gone"),
      shelf.size(),
    ]);
    assertEquals(answers.slice(100), [true, false, undefined, undefined, -1, false, 102]);
    // What expires has made its table, in the same transaction.
    assertEquals(commitsOf(path) - before, 1);
  }));

Deno.test("sqlite: loops that each wait for their own sets share commits", () =>
  sqlite<number>(async (shelf, path) => {
    await shelf.set("first", 0);
    const before = commitsOf(path);
    await Promise.all(Array.from({ length: 20 }, async (_, loop) => {
      for (let i = 0; i < 10; i++) await shelf.set(`${loop} ${i}`, i);
    }));
    assertEquals(await shelf.size(), 201);
    assertEquals(commitsOf(path) - before, 10);
  }));

Deno.test("sqlite: a promise is settled when others see what was written, not before", () =>
  sqlite<number>(async (shelf, path) => {
    using other = openSync<number>(path);
    const set = async (i: number) => {
      await shelf.set(`k${i}`, i);
      assertEquals(other.get(`k${i}`), i);
    };
    const sets = Array.from({ length: 30 }, (_, i) => set(i));
    assertEquals(other.size, 0);
    await Promise.all(sets);
  }));

Deno.test("sqlite: a read sees what anybody wrote before it was called, in the same turn too", () =>
  sqlite<number>(async (shelf, path) => {
    using other = openSync<number>(path);
    const answers: Promise<unknown>[] = [];
    for (let i = 0; i < 5; i++) {
      other.set("other", i);
      answers.push(shelf.get("other"));
    }
    for (const [i, answer] of (await Promise.all(answers)).entries()) {
      assert(answer as number >= i, `${answer} after ${i}`);
    }
    other.set("other", 10);
    const late = [shelf.get("other")];
    other.set("other", 11);
    late.push(shelf.get("other"));
    assertEquals(await Promise.all(late), [10, 11]);
  }));

Deno.test("sqlite: calls without a wait between them do to a shelf what they do to a Map, in their order", () =>
  sqlite<number>(async (shelf) => {
    const random = new Random(seedFor("calls without a wait"));
    const map = new Map<string, number>();
    const key = () => `k${random.below(12)}`;
    const sorted = () => [...map.keys()].sort();
    for (let round = rounds(60, 3000); round > 0; round--) {
      const expected: unknown[] = [];
      const answers: Promise<unknown>[] = [];
      const call = (answer: Promise<unknown>, value: unknown) => {
        answers.push(answer);
        expected.push(value);
      };
      for (let i = random.below(40); i >= 0; i--) {
        const [name, n] = [key(), random.below(1e6)];
        switch (random.below(9)) {
          case 0:
            call(shelf.get(name), map.get(name));
            break;
          case 1:
            call(shelf.has(name), map.has(name));
            break;
          case 2:
            call(shelf.delete(name), map.delete(name));
            break;
          case 3:
            call(shelf.size(), map.size);
            break;
          case 4:
            call(shelf.keys().next().then(({ value }) => value), sorted()[0]);
            break;
          case 5: {
            const entries: [string, number][] = [[name, n], [key(), n + 1]];
            call(shelf.update(entries), undefined);
            for (const [key, value] of entries) map.set(key, value);
            break;
          }
          case 6:
            if (random.below(10) > 0) break;
            call(shelf.clear(), undefined);
            map.clear();
            break;
          default:
            call(shelf.set(name, n, n % 5 === 0 ? { expireIn: 3_600_000 } : {}), undefined);
            map.set(name, n);
        }
      }
      assertEquals(await Promise.all(answers), expected);
      assertEquals(await Array.fromAsync(shelf.keys()), sorted());
    }
  }));

Deno.test("sqlite: of calls that are made at once, those that fail do not disturb the others", () =>
  sqlite<unknown>(async (shelf, path) => {
    {
      using database = new DatabaseSync(path);
      database.exec("INSERT INTO Dict VALUES (CAST('text' AS BLOB), 'no bytes')");
      database.exec(
        "CREATE TRIGGER no BEFORE INSERT ON Dict WHEN NEW.key = CAST('no' AS BLOB) " +
          "BEGIN SELECT RAISE(ABORT, 'not this one'); END",
      );
    }
    const settled = await Promise.allSettled([
      shelf.set("a", 1),
      shelf.set("no", 2),
      shelf.get("text"),
      shelf.set("b", () => 1),
      shelf.set("c", 3),
      shelf.get("a"),
      shelf.update({ d: 4, no: 5 }),
      shelf.delete("text"),
    ]);
    const reason = (i: number) => (settled[i] as PromiseRejectedResult).reason;
    assertEquals(settled.map(({ status }) => status === "fulfilled"), [
      ...[true, false, false, false, true, true, false, true],
    ]);
    assert(/not this one/.test(reason(1)) && /not this one/.test(reason(6)));
    assert(reason(2) instanceof ShelfFormatError);
    assertEquals((settled[5] as PromiseFulfilledResult<unknown>).value, 1);
    assertEquals(await Array.fromAsync(shelf), [["a", 1], ["c", 3]]);
  }));

Deno.test("sqlite: writes wait in their order while another program holds the lock, and reads do not", () =>
  sqlite<number>(async (shelf, path) => {
    await shelf.set("a", 0);
    let done = 0;
    let writes: Promise<unknown>[];
    {
      using other = new DatabaseSync(path);
      other.exec("BEGIN IMMEDIATE");
      const count = () => done++;
      writes = [1, 2, 3].map((n) => shelf.set("a", n).then(count));
      const reads = [shelf.get("a"), shelf.size()];
      assertEquals(await Promise.all(reads), [0, 1]);
      writes.push(shelf.delete("a").then(count), shelf.set("a", 4).then(count));
      assertEquals([await shelf.get("a"), done], [0, 0]);
      // The lock goes with the connection.
    }
    await Promise.all(writes);
    assertEquals([await shelf.get("a"), done], [4, 5]);
  }));

Deno.test("sqlite: every one of many writes ends in a ShelfBusyError if the lock is not released", async () => {
  await using folder = new Folder();
  const options = { backend: "sqlite", busyTimeout: 50 } as const;
  await using shelf = await open<number>(folder.at("shelf"), options);
  {
    using other = new DatabaseSync(folder.at("shelf"));
    other.exec("BEGIN IMMEDIATE");
    const writes = Array.from(
      { length: 20 },
      (_, i) => i % 2 === 0 ? shelf.set(`k${i}`, i) : shelf.delete(`k${i}`),
    );
    for (const write of writes) {
      const error = await assertRejects(() => write, ShelfBusyError, "50 ms");
      assert(error.attempts >= 1);
    }
    await assertRejects(() => shelf.set("late", 1), ShelfBusyError);
  }
  await shelf.set("a", 1);
  assertEquals(await Array.fromAsync(shelf), [["a", 1]]);
});

Deno.test("sqlite: transactions, setDefault() and popItem() made at once add up", () =>
  sqlite<number>(async (shelf) => {
    await shelf.update(Array.from({ length: 30 }, (_, i) => [`item ${i}`, i] as const));
    const [defaults, popped] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, (_, i) => shelf.setDefault("default", i))),
      Promise.all(Array.from({ length: 40 }, () => shelf.popItem({ prefix: "item" }))),
      ...Array.from(
        { length: 30 },
        () => shelf.transaction(async (tx) => tx.set("n", (await tx.get("n") ?? 0) + 1)),
      ),
    ]);
    assertEquals(new Set(defaults).size, 1);
    const items = popped.filter((item) => item !== undefined).map(([, value]) => value);
    assertEquals(items.sort((a, b) => a - b), Array.from({ length: 30 }, (_, i) => i));
    assertEquals([await shelf.get("n"), await shelf.size()], [30, 2]);
  }));

Deno.test("sqlite: a process killed with many sets under way has kept all that were acknowledged, each whole", async () => {
  await using folder = new Folder();
  const path = folder.at("shelf");
  const random = new Random(seedFor("kills with many sets under way"));
  for (let kill = rounds(3, 40); kill > 0; kill--) {
    const process = child("_child.ts", ["many", "sqlite", path]);
    const acknowledged = new Map<string, number>();
    const stop = 50 + random.below(400);
    for await (const line of linesOf(process)) {
      const [key, n] = line.split(" ") as [string, string];
      acknowledged.set(key, Number(n));
      if (acknowledged.size > 1 && Number(n) === stop) process.kill("SIGKILL");
    }
    const error = await new Response(process.stderr).text();
    assertEquals([(await process.status).signal, error], ["SIGKILL", ""]);
    using shelf = openSync<Uint8Array>(path, { flag: "r" });
    for (const [key, n] of acknowledged) {
      // Each loop waits for its set, so at most one more of a key was written and not acknowledged.
      const found = numberOf(shelf.get(key)!);
      assert(found >= n && found <= n + 40, `${key}: ${found} after ${n}`);
    }
    for (const value of shelf.values()) numberOf(value);
  }
});
