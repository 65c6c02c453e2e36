import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  open,
  type OpenOptions,
  type Shelf,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
} from "@ferry/std/persist/shelve";
import { testShelf } from "./_contract.ts";
import { bytesOf, Folder } from "./_places.ts";
import { hasRedis, RedisServer } from "./_redis_server.ts";

/** Sets until told to stop; the last value that was acknowledged, and the errors. */
async function writeUntil(shelf: Shelf<number>, stopped: () => boolean) {
  const errors: unknown[] = [];
  let acknowledged = -1;
  let attempted = -1;
  while (!stopped()) {
    attempted++;
    try {
      await shelf.set("n", attempted);
      acknowledged = attempted;
    } catch (error) {
      errors.push(error);
    }
  }
  return { acknowledged, attempted, errors };
}

if (hasRedis("shelves in Redis")) {
  testShelf({
    name: "redis",
    make: async () => {
      const server = await RedisServer.start();
      return {
        open: <V>(options: OpenOptions<V> = {}) => open<V>(server.url, options),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
  });

  const test = (claim: string, body: (server: RedisServer) => Promise<void>) =>
    Deno.test(`redis: ${claim}`, async () => {
      await using server = await RedisServer.start();
      await body(server);
    });

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    test(`a server that is restarted (${signal}) in the middle of writing loses nothing that was acknowledged`, async (server) => {
      await using shelf = await open<number>(server.url);
      let stopped = false;
      const writing = writeUntil(shelf, () => stopped);
      for (let i = 0; i < 3; i++) {
        const before = await shelf.get("n");
        while (await shelf.get("n") === before);
        await server.stop(signal);
        await server.start();
      }
      const before = await shelf.get("n");
      while (await shelf.get("n") === before);
      stopped = true;
      const { acknowledged, attempted, errors } = await writing;
      for (const error of errors) assert(error instanceof ShelfConnectionError, String(error));
      // A port that is about to close may take a connection or two more.
      assert(errors.length <= 30, `${errors.length} errors`);
      const last = await shelf.get("n") as number;
      assert(acknowledged <= last && last <= attempted, `${acknowledged} ${last} ${attempted}`);
    });
  }

  test("a server that goes away ends in an error, and in success when it is back", async (server) => {
    await using shelf = await open<number>(server.url, { busyTimeout: 300 });
    await shelf.set("a", 1);
    await server.stop("SIGKILL");
    await assertRejects(() => shelf.get("a"), ShelfConnectionError);
    await assertRejects(() => shelf.set("a", 2), ShelfConnectionError, "300 ms");
    await assertRejects(
      () => shelf.transaction(async (tx) => tx.set("a", (await tx.get("a"))! + 1)),
      ShelfConnectionError,
    );
    await server.start();
    assertEquals(await shelf.get("a"), 1);
    await shelf.set("a", 3);
    assertEquals(await shelf.get("a"), 3);
  });

  test("a server that does not answer any more ends in an error", async (server) => {
    await using shelf = await open<number>(server.url, { busyTimeout: 300 });
    await shelf.set("a", 1);
    server.signal("SIGSTOP");
    await assertRejects(() => shelf.get("a"), ShelfConnectionError);
    server.signal("SIGCONT");
    assertEquals(await shelf.get("a"), 1);
  });

  test("a watcher goes on after the server was restarted", async (server) => {
    await using shelf = await open<number>(server.url);
    const watched = shelf.watch(["a"]);
    assertEquals((await watched.next()).value, ["a", undefined]);
    await server.stop("SIGKILL");
    await server.start();
    await shelf.set("a", 1);
    assertEquals((await watched.next()).value, ["a", 1]);
    await watched.return();
  });

  test("increments of two connections and a restarted server are never done twice", async (server) => {
    await using shelf = await open<number>(server.url);
    await using other = await open<number>(server.url);
    let succeeded = 0;
    let unknown = 0;
    const add = async (shelf: Shelf<number>) => {
      for (let i = 0; i < 100; i++) {
        try {
          await shelf.transaction(async (tx) => tx.set("n", (await tx.get("n") ?? 0) + 1));
          succeeded++;
        } catch (error) {
          assert(error instanceof ShelfConnectionError, String(error));
          unknown++;
        }
      }
    };
    const adding = Promise.all([add(shelf), add(other)]);
    while (succeeded < 50) await shelf.get("n");
    await server.stop("SIGKILL");
    await server.start();
    await adding;
    const n = await shelf.get("n") as number;
    assert(succeeded <= n && n <= succeeded + unknown, `${succeeded} ${n} ${unknown}`);
    assertEquals(succeeded + unknown, 200);
  });

  test("shelves with different names do not see each other, and are hashes", async (server) => {
    await using a = await open(server.url, { name: "a" });
    await using b = await open(`${server.url}/0`, { name: "b" });
    await using c = await open(`${server.url}/1`, { name: "a" });
    await a.set("x", 1);
    assertEquals([await a.get("x"), await b.get("x"), await c.get("x")], [1, undefined, undefined]);
    await b.clear();
    assertEquals(await a.size(), 1);
    await a.set("x", 1, { expireIn: 3_600_000 });
    await assertRejects(
      () => open(server.url, { name: "a:expiry" }),
      ShelfFormatError,
      "holds a zset",
    );
  });

  test("a backup is a SQLite shelf with the same entries", async (server) => {
    await using folder = new Folder();
    await using shelf = await open(server.url);
    await shelf.update({ a: 1, b: bytesOf(1, 300_000) });
    await shelf.set("c", 3, { expireIn: 3_600_000 });
    await shelf.backup(folder.at("copy"));
    assertEquals(folder.names(), ["copy"]);
    await using copy = await open(folder.at("copy"), { flag: "r" });
    assertEquals([copy.kind, await Array.fromAsync(copy)], [
      "sqlite",
      await Array.fromAsync(shelf),
    ]);
  });

  Deno.test("redis: a full server refuses, and keeps what it has", async () => {
    await using server = await RedisServer.start(["--maxmemory", "3mb"]);
    await using shelf = await open(server.url);
    await shelf.set("a", 1);
    await assertRejects(async () => {
      for (let i = 0; i < 100; i++) await shelf.set(`k${i}`, bytesOf(i, 200_000));
    }, ShelfFullError);
    assertEquals(await shelf.get("a"), 1);
    await shelf.delete("k0");
    await shelf.delete("k1");
    await shelf.set("a", 2);
    assertEquals(await shelf.get("a"), 2);
  });

  Deno.test("redis: a wrong password, and a server that is none, are errors", async () => {
    await using server = await RedisServer.start(["--requirepass", "secret"]);
    await assertRejects(() => open(server.url, { busyTimeout: 200 }), ShelfError, "NOAUTH");
    const right = `redis://:secret@127.0.0.1:${server.port}`;
    await using shelf = await open(right);
    await shelf.set("a", 1);
    assertEquals(await shelf.get("a"), 1);
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const accepting = (async () => {
      for await (const connection of listener) {
        await connection.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
        connection.close();
      }
    })();
    await assertRejects(
      () => open(`redis://127.0.0.1:${listener.addr.port}`, { busyTimeout: 200 }),
      ShelfConnectionError,
    );
    listener.close();
    await accepting;
  });
}
