import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  open,
  type OpenOptions,
  type Shelf,
  ShelfConnectionError,
  ShelfError,
  ShelfFormatError,
  ShelfFullError,
  type Transaction,
} from "@ferry/std/persist/shelve";
import { testShelf } from "./_contract.ts";
import { bytesOf, Folder } from "./_places.ts";
import { hasRedis, RedisServer } from "../../_support/redis_server.ts";

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

  test("writes that a server does not take any more end in errors, and none of them is left waiting", async (server) => {
    await using shelf = await open<Uint8Array>(server.url, { busyTimeout: 300 });
    await shelf.set("a", new Uint8Array(1));
    server.signal("SIGSTOP");
    // More than the buffers of a connection hold: most of these have not even been sent.
    const writes = Array.from({ length: 64 }, (_, i) => shelf.set(`${i}`, new Uint8Array(1 << 20)));
    for (const result of await Promise.allSettled(writes)) {
      assert(result.status === "rejected");
      assertInstanceOf(result.reason, ShelfConnectionError);
    }
    server.signal("SIGCONT");
    assertEquals(await shelf.get("a"), new Uint8Array(1));
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

  test("300 increments of each of two clients are 600", async (server) => {
    await using a = await open<number>(server.url);
    await using b = await open<number>(server.url);
    await Promise.all([a, b].map(async (shelf) => {
      for (let i = 0; i < 300; i++) {
        await shelf.transaction(async (tx) => tx.set("n", (await tx.get("n") ?? 0) + 1));
      }
    }));
    assertEquals([await a.get("n"), await b.get("n")], [600, 600]);
  });

  test("keys that become something else are errors, and nothing is written in part", async (server) => {
    await using shelf = await open<number>(server.url, { name: "x" });
    await shelf.set("a", 1);
    await server.command("SET", "x:expiry", "text");
    const both = (tx: Transaction<number>) => {
      tx.set("b", 2);
      tx.set("c", 3, { expireIn: 60_000 });
    };
    await assertRejects(() => shelf.transaction(both), ShelfFormatError, "WRONGTYPE");
    await assertRejects(() => shelf.set("d", 1, { expireIn: 60_000 }), ShelfFormatError);
    await server.command("DEL", "x:expiry");
    assertEquals(await Array.fromAsync(shelf.keys()), ["a"]);
    await server.command("SET", "x", "text");
    const calls: (() => Promise<unknown>)[] = [
      () => shelf.get("a"),
      () => shelf.set("a", 1),
      () => shelf.has("a"),
      () => shelf.delete("a"),
      () => shelf.size(),
      () => shelf.pop("a"),
      () => shelf.update({ a: 1 }),
      () => Array.fromAsync(shelf),
      () => shelf.transaction(both),
    ];
    for (const call of calls) await assertRejects(call, ShelfFormatError, "WRONGTYPE");
    await shelf.clear();
    await shelf.set("a", 2);
    assertEquals(await shelf.get("a"), 2);
  });

  test("fields that no shelf wrote are errors, and can be overwritten", async (server) => {
    await using shelf = await open<number>(server.url, { name: "x" });
    await server.command("HSET", "x", "a", "text", "b", "");
    for (const key of ["a", "b"]) {
      await assertRejects(() => shelf.get(key), ShelfFormatError, "not written by a shelf");
    }
    await assertRejects(() => Array.fromAsync(shelf), ShelfFormatError);
    await shelf.set("a", 1);
    await shelf.delete("b");
    assertEquals(await Array.fromAsync(shelf), [["a", 1]]);
  });

  test("a watcher goes on after its connection alone was lost", async (server) => {
    await using shelf = await open<number>(server.url);
    const watched = shelf.watch(["a"]);
    assertEquals((await watched.next()).value, ["a", undefined]);
    for (let i = 0; i < 5; i++) {
      await server.command("CLIENT", "KILL", "TYPE", "pubsub");
      await shelf.set("a", i);
      assertEquals((await watched.next()).value, ["a", i]);
    }
    await watched.return();
  });

  test("connections lost in the middle of many writes: what was acknowledged is there", async (server) => {
    await using shelf = await open<number>(server.url);
    const done: string[] = [];
    const writing = Promise.all(Array.from({ length: 20 }, async (_, i) => {
      for (let j = 0; j < 50; j++) {
        const key = `${i} ${j}`;
        try {
          await shelf.set(key, j);
          done.push(key);
        } catch (error) {
          assert(error instanceof ShelfConnectionError, String(error));
        }
      }
    }));
    for (let i = 0; i < 3; i++) await server.command("CLIENT", "KILL", "TYPE", "normal");
    await writing;
    const there = new Set(await Array.fromAsync(shelf.keys()));
    assertEquals(done.filter((key) => !there.has(key)), []);
  });

  test("a URL with something else than the number of a database, and too long a value, are errors", async (server) => {
    for (const path of ["abc", "-1", "1/2", "1.5"]) {
      await assertRejects(() => open(`${server.url}/${path}`), TypeError, "number of a database");
    }
    await assertRejects(() => open(`${server.url}/99`), ShelfError, "out of range");
    const codec = { encode: (value: Uint8Array) => value, decode: (value: Uint8Array) => value };
    await using shelf = await open<Uint8Array>(server.url, { codec });
    const huge = new Uint8Array(512 * 1024 * 1024);
    await assertRejects(() => shelf.set("a", huge), RangeError, "536870903");
    assertEquals(await shelf.size(), 0);
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
