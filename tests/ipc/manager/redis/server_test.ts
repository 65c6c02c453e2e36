import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  LeaseLostError,
  Manager,
  PyException,
  QueueEmptyError,
  RemoteError,
  ServerAwayError,
} from "@ferry/std/ipc/manager";
import { AuthenticationError } from "@ferry/std/net/connection";
import { ConnectionRefusedError, TlsError } from "@ferry/std/net/errors";
import { fileURLToPath } from "node:url";
import { TimeoutError } from "@ferry/std/ipc";
import { Random, rounds, seedFor } from "../../../_support/random.ts";
import { hasRedis, RedisServer } from "../../../_support/redis_server.ts";
import { both, redisTest, WAIT } from "./_setup.ts";

const found = hasRedis("servers of managers on Redis");

/** Calls until the server, which is there again, is found within the patience of a call. */
async function onceBack<T>(call: () => Promise<T>): Promise<T> {
  for (let tries = 1;; tries++) {
    try {
      return await call();
    } catch (error) {
      if (tries === 60 || !(error instanceof ServerAwayError)) throw error;
    }
  }
}

if (found) {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    redisTest(
      `a server that is restarted (${signal}) in the middle loses nothing, and nothing is done twice`,
      async (server) => {
        await using pair = await both(server);
        const list = await pair.a.list<number>();
        const value = await pair.a.value("i", 0, { name: "v" });
        const other = await pair.b.value("i", 0, { name: "v" });
        const queue = await pair.a.joinableQueue<number>(0, { name: "q" });
        const takes = await pair.b.joinableQueue<number>(0, { name: "q" });
        const lock = await pair.a.lock({ name: "l" });
        const guard = await lock.acquire();
        const event = await pair.a.event({ name: "e" });
        const waiting = (await pair.b.event({ name: "e" })).wait(WAIT);
        let running = true;
        let [pushed, added] = [0, 0];
        const got: number[] = [];
        const work = [
          async () => await list.push(pushed++),
          async () => {
            await value.add(1);
            added++;
          },
          async () => {
            await other.add(1);
            added++;
          },
          async () => await queue.put(pushed),
          async () => {
            const item = await takes.get(WAIT);
            got.push(item);
            await takes.taskDone();
          },
        ].map(async (step) => {
          while (running) await step();
        });
        for (let i = 0; i < 3; i++) {
          const before = added;
          while (added < before + 20) await value.get();
          await server.stop(signal);
          await server.start();
        }
        const before = added;
        while (added < before + 20) await value.get();
        running = false;
        await Promise.all([Promise.all(work.slice(0, 4)), queue.put(-1), queue.put(-2)]);
        await work[4];
        assertEquals(await value.get(), added, "each sum once");
        assertEquals(
          await list.toArray(),
          Array.from({ length: pushed }, (_, i) => i),
          "each item once",
        );
        for (let item = await takes.tryGet(); item !== undefined; item = await takes.tryGet()) {
          got.push(item);
          await takes.taskDone();
        }
        const items = got.filter((item) => item >= 0);
        assertEquals(items, items.toSorted((a, b) => a - b), "in order");
        await event.set();
        await waiting;
        // The lease was kept all the time.
        await guard.release();
      },
    );
  }

  redisTest(
    "while the server is away calls end in an error that says so; then they succeed again",
    async (server) => {
      await using manager = await Manager.connect(server.url, { patience: 300 });
      const dict = await manager.dict<string, number>({ a: 1 });
      await server.stop("SIGKILL");
      const read = await assertRejects(() => dict.get("a"), ServerAwayError, "300 ms");
      assertEquals([read.mayBeDone, read.message.startsWith("Cannot reach redis://127.0.0.1")], [
        false,
        true,
      ]);
      assertInstanceOf(read, Deno.errors.NotConnected);
      await assertRejects(() => dict.set("a", 2), ServerAwayError);
      const queue = manager.queue();
      await assertRejects(() => queue, ServerAwayError);
      await server.start();
      assertEquals(await onceBack(() => dict.get("a")), 1);
      await dict.set("a", 3);
      assertEquals(await dict.get("a"), 3);
    },
  );

  redisTest("a wait ends by its time and its signal while the server is away", async (server) => {
    await using manager = await Manager.connect(server.url, { patience: 60_000 });
    const queue = await manager.queue<number>(0, { name: "q" });
    const waiting = assertRejects(() => queue.get({ timeout: 200 }), QueueEmptyError);
    const stop = new AbortController();
    const stopped = queue.get({ signal: stop.signal });
    const later = queue.get(WAIT);
    await server.stop("SIGKILL");
    await waiting;
    stop.abort(new RangeError("enough"));
    await assertRejects(() => stopped, RangeError, "enough");
    await server.start();
    await queue.put(1);
    assertEquals(await later, 1);
  });

  redisTest("a server that does not answer any more ends calls in an error", async (server) => {
    await using manager = await Manager.connect(server.url, { patience: 1000 });
    const value = await manager.value("i", 1);
    server.signal("SIGSTOP");
    const error = await assertRejects(() => value.add(1), ServerAwayError, "not known");
    assert(error.mayBeDone);
    server.signal("SIGCONT");
    const sum = await onceBack(() => value.get());
    assert(sum === 1 || sum === 2, String(sum));
  });

  redisTest(
    "a server that was away for longer than all leases finds its clients alive, with all but their locks",
    async (server) => {
      await using quick = await Manager.connect(server.url, { lease: 100, patience: 60_000 });
      await using slow = await Manager.connect(server.url, { lease: 600, patience: 60_000 });
      const list = await slow.list(["mine"]);
      const tasks = await slow.joinableQueue<string>(0, { name: "tasks" });
      await tasks.put("task");
      assertEquals(await tasks.get(), "task");
      const lock = await slow.lock();
      const guard = await lock.acquire();
      const other = await quick.joinableQueue<string>(0, { name: "tasks" });
      const { promise: lost, resolve } = Promise.withResolvers<void>();
      guard.signal!.addEventListener("abort", () => resolve());
      await server.stop("SIGKILL");
      // As its client cannot know who has it by now.
      await lost;
      await server.start();
      assertEquals(await other.tryGet(), undefined);
      assertEquals(await list.toArray(), ["mine"]);
      await tasks.taskDone("task");
      await other.join();
      await assertRejects(() => guard.release(), LeaseLostError);
      await (await lock.acquire(WAIT)).release();
    },
  );

  redisTest(
    "connections that are cut at random moments lose and repeat nothing",
    async (server) => {
      await using pair = await both(server);
      const value = await pair.a.value("i", 0, { name: "v" });
      const same = await pair.b.value("i", 0, { name: "v" });
      const queue = await pair.a.queue<number>();
      const random = new Random(seedFor("redis cuts"));
      const cut = () => server.command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
      for (let i = 0; i < rounds(60, 2000); i++) {
        const cuts = random.below(2) === 0 ? [cut()] : [];
        await Promise.all([value.add(1), same.add(1), queue.put(i), ...cuts]);
        const got = queue.get(WAIT);
        if (random.below(4) === 0) await cut();
        assertEquals(await got, i);
      }
      assertEquals(await value.get(), 2 * rounds(60, 2000));
    },
  );

  redisTest(
    "a server that has forgotten everything is a typed error, and new objects can be made",
    async (server) => {
      await using manager = await Manager.connect(server.url, { lease: 300 });
      const list = await manager.list([1]);
      const lock = await manager.lock({ name: "l" });
      const guard = await lock.acquire();
      await server.command("FLUSHALL");
      await assertRejects(() => list.push(2), RemoteError, "no such object");
      await assertRejects(() => list.get(0), RemoteError, "no such object");
      await assertRejects(() => guard.release());
      assertEquals(await (await manager.list([2], { name: "new" })).toArray(), [2]);
    },
  );

  Deno.test("redis: nobody there, a wrong password, no Redis, and bad addresses are typed errors", async () => {
    await using server = await RedisServer.start(["--requirepass", "secret"]);
    await assertRejects(() => Manager.connect(server.url), AuthenticationError);
    const wrong = `redis://:wrong@127.0.0.1:${server.port}`;
    const error = await assertRejects(() => Manager.connect(wrong), AuthenticationError);
    assert(!error.message.includes("wrong@"), error.message);
    const manager = await Manager.connect(`valkey://:secret@127.0.0.1:${server.port}/3`);
    assertEquals(await (await manager.list([1])).toArray(), [1]);
    await manager[Symbol.asyncDispose]();
    await server.stop("SIGKILL");
    await assertRejects(() => Manager.connect(server.url), ConnectionRefusedError);
    for (const bad of ["http://127.0.0.1", "127.0.0.1:6379", "redis://127.0.0.1/name", ""]) {
      await assertRejects(() => Manager.connect(bad), TypeError, "Cannot connect to a manager");
    }
    for (const bad of [{ lease: 1 }, { lease: NaN }, { patience: -1 }, { timeout: -1 }]) {
      await assertRejects(() => Manager.connect(server.url, bad), RangeError);
    }
    await assertRejects(() => Manager.connect(server.url, { prefix: "" }), TypeError);
    const given = { signal: AbortSignal.abort(new RangeError("enough")) };
    await assertRejects(() => Manager.connect(server.url, given), RangeError, "enough");
    // One that accepts and says nothing.
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const url = `redis://127.0.0.1:${silent.addr.port}`;
    const accepted = silent.accept();
    await assertRejects(() => Manager.connect(url, { timeout: 100 }), TimeoutError);
    (await accepted).close();
  });

  Deno.test("redis: TLS is spoken, with certificates of both sides; what is not trusted is refused", async () => {
    const certs = new URL("../../../net/certs/", import.meta.url);
    const pem = (name: string) => Deno.readTextFileSync(new URL(name, certs));
    const path = (name: string) => fileURLToPath(new URL(name, certs));
    await using server = await RedisServer.start([
      ...["--port", "0", "--tls-port", "$PORT", "--tls-ca-cert-file", path("ca.pem")],
      ...["--tls-cert-file", path("localhost.pem"), "--tls-key-file", path("localhost.key")],
    ]);
    const url = `rediss://localhost:${server.port}`;
    const tls = { ca: pem("ca.pem"), cert: pem("client.pem"), key: pem("client.key") };
    await using manager = await Manager.connect(url, { tls });
    const queue = await manager.queue<number>();
    const item = queue.get(WAIT);
    await queue.put(1);
    assertEquals(await item, 1);
    await assertRejects(() => Manager.connect(url), TlsError);
    const elsewhere = { ...tls, serverName: "elsewhere.example" };
    await assertRejects(() => Manager.connect(url, { tls: elsewhere }), TlsError);
    // The server says so after the handshake, when it has been told all that the client knows.
    const stranger = { ca: tls.ca, cert: pem("stranger.pem"), key: pem("stranger.key") };
    for (const refused of [{ ca: tls.ca }, stranger]) {
      await assertRejects(() => Manager.connect(url, { tls: refused }), TlsError);
    }
    await assertRejects(() => Manager.connect(server.url, { patience: 300, timeout: 5000 }));
  });

  redisTest(
    "keys of another type, and bytes that are no pickles, are typed errors",
    async (server) => {
      await using manager = await Manager.connect(server.url);
      const objects = {
        dict: await manager.dict({ a: 1 }, { name: "dict" }),
        list: await manager.list([1], { name: "list" }),
        set: await manager.set([1], { name: "set" }),
        names: await manager.namespace({ a: 1 }, { name: "names" }),
        value: await manager.value("i", 1, { name: "value" }),
        array: await manager.array("i", [1], { name: "array" }),
        queue: await manager.queue(0, { name: "queue" }),
        lock: await manager.lock({ name: "lock" }),
        semaphore: await manager.semaphore(1, { name: "semaphore" }),
      };
      const uses: (() => Promise<unknown>)[] = [
        () => objects.dict.get("a"),
        () => objects.dict.set("a", 1),
        () => objects.dict.entries(),
        () => objects.list.get(0),
        () => objects.list.push(1),
        () => objects.list.sort(),
        () => objects.set.add(1),
        () => objects.set.copy(),
        () => objects.names.get("a"),
        () => objects.names.set("a", 1),
        () => objects.value.get(),
        () => objects.value.set(1),
        () => objects.value.add(1),
        () => objects.array.get(0),
        () => objects.array.set(0, 1),
        () => objects.array.add(0, 1),
        () => objects.queue.put(1),
        () => objects.queue.get({ timeout: 0 }),
        () => objects.queue.size(),
        () => objects.lock.acquire({ timeout: 0 }),
        () => objects.semaphore.acquire({ timeout: 0 }),
      ];
      for (const name of Object.keys(objects)) {
        await server.command("DEL", `ferry:it:${name}`);
        await server.command("XADD", `ferry:it:${name}`, "*", "a", "b");
      }
      for (const use of uses) {
        await assertRejects(use, Deno.errors.InvalidData, "written to the key", String(use));
      }
      await assertRejects(() =>
        manager.create("list", [[1]], {}, { name: "x" }).then(async () => {
          await manager.remove("x");
          await server.command("SET", "ferry:it:x", "1");
          await manager.list([], { name: "x" });
        }), Deno.errors.InvalidData);

      const bad = [
        "",
        "no pickle",
        "\x80\x04",
        "\x80\x05cos\nsystem\n(X\x01\x00\x00\x00atR.",
        "\xff",
      ];
      for (const bytes of bad) {
        const list = await manager.list<unknown>([1]);
        const dict = await manager.dict<string, unknown>({ a: 1 });
        const queue = await manager.queue<unknown>();
        const value = await manager.value<unknown>("i", null);
        const key = (proxy: { ident: string }) => `ferry:it:${proxy.ident.split(":")[1]}`;
        await server.command("RPUSH", key(list), bytes);
        await server.command("HSET", key(dict), bytes, bytes);
        await server.command("RPUSH", key(queue), bytes, `9:${bytes}`);
        await server.command("SET", key(value), bytes);
        const harmless = bytes.startsWith("\x80\x05");
        const check = harmless
          ? async (use: () => Promise<unknown>) => void await use().catch(() => {})
          : (use: () => Promise<unknown>) => assertRejects(use, Deno.errors.InvalidData);
        await check(() => list.toArray());
        await check(() => list.get(-1));
        await check(() => dict.entries());
        await check(() => queue.get());
        await check(() => queue.get());
        if (!harmless) {
          assertEquals(await queue.tryGet(), undefined, "they do not come back");
          const aside = `ferry:bad:${queue.ident.split(":")[1]}`;
          assertEquals(await server.command("LLEN", aside), ":2");
        }
        await check(() => value.get());
        assertEquals([await list.get(0), await dict.get("a")], [1, 1]);
      }
    },
  );

  redisTest(
    "facts about objects that somebody has changed are errors, not crashes",
    async (server) => {
      await using manager = await Manager.connect(server.url);
      const queue = await manager.queue(1, { name: "q" });
      await server.command("HSET", "ferry:is:q", "most", "x", "next", "y");
      await assertRejects(() => queue.put(1));
      const array = await manager.array("i", [1], { name: "a" });
      await server.command("HSET", "ferry:is:a", "code", "zz");
      await assertRejects(() => array.get(0), PyException);
      const list = await manager.list([1], { name: "l" });
      await server.command("HSET", "ferry:is:l", "type", "dict");
      await assertRejects(() => list.get(0), RemoteError);
      await server.command("DEL", "ferry:is:l");
      await server.command("SET", "ferry:is:l", "text");
      await assertRejects(() => list.get(0), Deno.errors.InvalidData);
      await server.command("SET", "ferry:held:x", "text");
      await server.command("DEL", "ferry:sessions");
      await server.command("ZADD", "ferry:sessions", "1", "x");
      await server.command("SET", "ferry:done:x", "text");
      assertEquals(await (await manager.list([3])).toArray(), [3]);
    },
  );

  redisTest("a full server refuses, and keeps what it has", async (server) => {
    await using manager = await Manager.connect(server.url);
    const list = await manager.list(["kept"]);
    await server.command("CONFIG", "SET", "maxmemory", "1");
    await assertRejects(() => list.push("x".repeat(1000)), RemoteError, "OOM");
    assertEquals(await list.toArray(), ["kept"]);
    await server.command("CONFIG", "SET", "maxmemory", "0");
    await list.push("more");
  });
}
