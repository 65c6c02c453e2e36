/** A file that is open: nobody takes its locks, its log or its place away. */
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  open,
  openSync,
  type Shelf,
  ShelfBusyError,
  ShelfClosedError,
  ShelfError,
  whichShelf,
} from "@ferry/std/persist/shelve";
import { child, Folder, linesOf } from "./_places.ts";

/** A process that has a shelf open and writes what it is told to. */
class Writer implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #lines: AsyncGenerator<string>;
  readonly #stdin: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;

  constructor(process: Deno.ChildProcess) {
    this.#process = process;
    this.#lines = linesOf(process);
    this.#stdin = process.stdin.getWriter();
  }

  static async start(backend: string, path: string): Promise<Writer> {
    const writer = new Writer(child("_child.ts", ["obey", backend, path], ["-A"], "piped"));
    assertEquals((await writer.#lines.next()).value, "open");
    return writer;
  }

  async write(key: string): Promise<void> {
    await this.#stdin.write(new TextEncoder().encode(`${key}\n`));
    assertEquals((await this.#lines.next()).value, key);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#end();
  }

  async #end(): Promise<void> {
    await this.#stdin.close().catch(() => {});
    for await (const _ of this.#lines);
    await this.#process.stderr.cancel();
    await this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }
}

for (const backend of ["kv", "sqlite"] as const) {
  Deno.test(`${backend}: looking at a shelf that is open leaves its log to it`, async () => {
    await using folder = new Folder();
    const path = folder.at("shelf");
    await using shelf = await open<number>(path, { backend });
    await shelf.set("a", 1);
    // Each of these opens and closes the file in this process, which must not take the shelf's locks off it.
    assertEquals(whichShelf(path), backend);
    await (await open(path)).close();
    await (await open(path, { flag: "r" })).close();
    {
      // Who closes last deletes the log: the other process must see that it is not the last.
      await using other = await Writer.start(backend, path);
      await other.write("b");
    }
    assert(folder.names().includes("shelf-wal"), String(folder.names()));
    await shelf.set("c", 1);
    await using other = await Writer.start(backend, path);
    await other.write("d");
    assertEquals(await Array.fromAsync(shelf.keys()), ["a", "b", "c", "d"]);
  });

  for (const kind of ["kv", "sqlite"] as const) {
    Deno.test(`${backend}: an open shelf is not replaced by a copy or export of one of ${kind}, or a new shelf`, async () => {
      await using folder = new Folder();
      const path = folder.at("open");
      await using other = await open<number>(folder.at("other"), { backend: kind });
      await other.set("other", 2);
      const refused = async () => {
        await assertRejects(() => other.backup(path), ShelfBusyError, path);
        await assertRejects(() => other.exportTo(path), ShelfBusyError, path);
        await assertRejects(() => open(path, { flag: "n" }), ShelfBusyError, path);
        assertThrows(() => openSync(path, { flag: "n" }), ShelfBusyError, path);
      };
      {
        await using shelf = await open<number>(path, { backend });
        await shelf.set("ours", 1);
        await refused();
        await shelf.set("ours too", 3);
      }
      const writer = await Writer.start(backend, path);
      await refused();
      await writer.write("theirs");
      await writer.kill();
      assert(folder.names().includes("open-wal"), String(folder.names()));
      // What the dead one has left in the log belongs to the former shelf, and must not get into the new one.
      await other.backup(path);
      {
        await using copy = await open<number>(path);
        assertEquals([copy.kind, await Array.fromAsync(copy.keys())], [kind, ["other"]]);
      }
      await using fresh = await open<number>(path, { flag: "n", backend });
      assertEquals(await fresh.size(), 0);
      assertEquals(folder.names().filter((name) => name.includes("partial")), []);
    });
  }

  Deno.test(`${backend}: close() in a transaction of the shelf is a TypeError, elsewhere it waits`, async () => {
    await using shelf = await open<number>(":memory:", { backend });
    await assertRejects(
      () => shelf.transaction(async () => await shelf.close()),
      TypeError,
      "in its own transaction",
    );
    assertEquals(shelf.closed, false);
    const entered = Promise.withResolvers<void>();
    const left = Promise.withResolvers<void>();
    let late: Promise<void> | undefined;
    const transaction = shelf.transaction(async (tx) => {
      tx.set("a", 1);
      entered.resolve();
      await left.promise;
      // What a transaction has begun and not waited for may close the shelf when it has ended.
      late = (async () => {
        await transaction;
        await shelf.close();
      })();
      return "done";
    });
    await entered.promise;
    const closing = shelf.close();
    left.resolve();
    assertEquals(await transaction, "done");
    await Promise.all([closing, late]);
    assertEquals(shelf.closed, true);
    await assertRejects(() => shelf.get("a"), ShelfClosedError);
  });
}

Deno.test("ShelfSync: close() and reorganize() in a transaction are TypeErrors, and undo it", () => {
  using shelf = openSync<number>(":memory:");
  for (const what of ["close", "reorganize"] as const) {
    assertThrows(
      () =>
        shelf.transaction(() => {
          shelf.set("a", 1);
          shelf[what]();
        }),
      TypeError,
      "in its own transaction",
    );
    assertEquals([shelf.closed, shelf.has("a")], [false, false]);
  }
  shelf.set("a", 1);
  shelf.reorganize();
});

Deno.test("a new file that is opened as two kinds at once becomes one of them", async () => {
  await using folder = new Folder();
  for (let round = 0; round < 20; round++) {
    const path = folder.at(`shelf${round}`);
    const kinds = round % 2 === 0 ? ["kv", "sqlite"] as const : ["sqlite", "kv"] as const;
    const opened = await Promise.allSettled(
      kinds.map((backend) => open<number>(path, { backend, busyTimeout: 5000 })),
    );
    const shelves: Shelf<number>[] = [];
    for (const one of opened) {
      if (one.status === "fulfilled") shelves.push(one.value);
      else assertInstanceOf(one.reason, ShelfError, String(one.reason));
    }
    assertEquals(shelves.length, 1);
    const [{ kind }] = shelves as [Shelf<number>];
    assertEquals(whichShelf(path), kind === "redis" ? undefined : kind);
    await shelves[0]!.set("a", 1);
    await shelves[0]!.close();
    await using again = await open<number>(path);
    assertEquals([again.kind, await again.get("a")], [kind, 1]);
  }
});

Deno.test("two processes that make a new file of two kinds at once: one of them does", async () => {
  await using folder = new Folder();
  for (let round = 0; round < 3; round++) {
    const path = folder.at(`shelf${round}`);
    const results = await Promise.all(
      ["kv", "sqlite"].map(async (backend) => {
        const { success, stderr } = await child("_child.ts", ["increment", backend, path, "5"])
          .output();
        return { backend, success, error: new TextDecoder().decode(stderr) };
      }),
    );
    const winners = results.filter(({ success }) => success);
    assertEquals(winners.length, 1, JSON.stringify(results));
    const loser = results.find(({ success }) => !success)!;
    assert(/ShelfFormatError.*is of kind/.test(loser.error), loser.error);
    await using shelf = await open<number>(path, { flag: "r" });
    assertEquals([shelf.kind, await shelf.get("n")], [winners[0]!.backend, 5]);
  }
});
