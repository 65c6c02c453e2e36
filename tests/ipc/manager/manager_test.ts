import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenBarrierError,
  type ListProxy,
  Manager,
  ManagerServer,
  PyException,
  QueueEmptyError,
  QueueShutDownError,
  RemoteError,
  TimeoutError,
} from "@ferry/std/ipc/manager";
import {
  authenticate,
  AuthenticationError,
  connect,
  Connection,
  keyOf,
} from "@ferry/std/net/connection";
import { tuple } from "@ferry/std/persist/types";
import { both } from "./_both.ts";
import { KEY } from "./_python.ts";

const WAIT = { timeout: 60_000 };

Deno.test("Managed lists, dicts, sets and names hold what they were given", async () => {
  await using pair = await both();
  const list = await pair.a.list<unknown>([1, "x", null, 2n ** 70n, [1, [2]], new Uint8Array([1])]);
  assertEquals(await list.toArray(), [1, "x", null, 2n ** 70n, [1, [2]], new Uint8Array([1])]);
  await list.insert(0, "first");
  await list.delete(-1);
  await list.set(1, 2.5);
  assertEquals([await list.pop(0), await list.get(0), await list.includes("x")], [
    "first",
    2.5,
    true,
  ]);
  await list.reverse();
  assertEquals([await list.count(null), await list.indexOf("x")], [1, 3]);
  const many = await pair.a.list(Array.from({ length: 1000 }, (_, i) => i));
  assertEquals(await Array.fromAsync(many), Array.from({ length: 1000 }, (_, i) => i));
  const dict = await pair.a.dict<unknown, unknown>([[1, "one"], ["s", [1]]]);
  assertEquals([await dict.get(1), await dict.get(1n), await dict.get("t")], [
    "one",
    "one",
    undefined,
  ]);
  assertEquals([await dict.setDefault("t", 1), await dict.setDefault("t", 2)], [1, 1]);
  assertEquals(await Array.fromAsync(dict), [[1, "one"], ["s", [1]], ["t", 1]]);
  assertEquals([await dict.popItem(), await dict.pop("s"), await dict.pop("s")], [
    ["t", 1],
    [1],
    undefined,
  ]);
  await dict.clear();
  assertEquals([await dict.size(), await dict.popItem()], [0, undefined]);
  const set = await pair.a.set<unknown>([1, "a"]);
  await set.update(["b", 1]);
  await set.delete("a");
  assertEquals(await set.copy(), new Set<unknown>([1, "b"]));
  const names = await pair.a.namespace({ x: 1 });
  assertEquals([await names.get("x"), await names.delete("x"), await names.get("x")], [
    1,
    true,
    undefined,
  ]);
});

Deno.test("A proxy within a managed dict is the object for whoever reads it", async () => {
  await using server = new ManagerServer({ port: 0 }, {
    authKey: KEY,
    types: { shared: { factory: ((map) => () => map)(new Map()), as: "dict" } },
  });
  await using a = await Manager.connect(server.address, { authKey: KEY });
  await using b = await Manager.connect(server.address, { authKey: KEY });
  const list = await a.list([1]);
  await (await a.create("shared")).call("__setitem__", ["list", list]);
  const same = await (await b.create("shared")).call("__getitem__", ["list"]) as ListProxy;
  await same.push(2);
  assertEquals([await list.toArray(), same.ident], [[1, 2], list.ident]);
  a.close();
  assertEquals(await same.toArray(), [1, 2], "the dict keeps it");
});

Deno.test("Calls that wait hold up no other call of their client", async () => {
  await using pair = await both();
  const queue = await pair.a.queue<number>();
  const waits = Array.from({ length: 100 }, () => queue.get(WAIT));
  assertEquals(await queue.size(), 0);
  for (let i = 0; i < 100; i++) await queue.put(i);
  assertEquals(await Promise.all(waits), Array.from({ length: 100 }, (_, i) => i));
});

Deno.test("A call that is aborted takes nothing, or gives what it took", async () => {
  await using pair = await both();
  const queue = await pair.a.queue<number>();
  let taken = 0;
  for (let i = 0; i < 200; i++) {
    const stop = new AbortController();
    const got = queue.get({ signal: stop.signal }).then(() => taken++, (error) => {
      assertEquals(error.name, "AbortError");
    });
    const put = queue.put(i);
    if (i % 3 !== 0) await Promise.resolve();
    stop.abort();
    await Promise.all([got, put]);
  }
  assertEquals(taken + await queue.size(), 200);
});

Deno.test("What a client holds goes to the next one when its connection ends", async () => {
  for (const kind of ["lock", "rlock", "semaphore", "condition"] as const) {
    await using server = new ManagerServer({ port: 0 }, {
      authKey: KEY,
      types: { shared: { factory: ((map) => () => map)(new Map()), as: "dict" } },
    });
    await using b = await Manager.connect(server.address, { authKey: KEY });
    const a = await Manager.connect(server.address, { authKey: KEY });
    const mine = await a[kind]();
    await (await a.create("shared")).call("__setitem__", ["it", mine]);
    const theirs = await (await b.create("shared")).call("__getitem__", ["it"]) as typeof mine;
    await mine.acquire(WAIT);
    await assertRejects(() => theirs.acquire({ timeout: 10 }), TimeoutError);
    const next = theirs.acquire(WAIT);
    a.close();
    await using _held = await next;
  }
});

Deno.test("Barriers pass all, break for all, and are reset", async () => {
  await using pair = await both();
  const barrier = await pair.a.barrier(3);
  const places = await Promise.all([1, 2, 3].map(() => barrier.wait(WAIT)));
  assertEquals(places.sort(), [0, 1, 2]);
  const waiting = assertRejects(() => barrier.wait(WAIT), BrokenBarrierError);
  await assertRejects(() => barrier.wait({ timeout: 10 }), BrokenBarrierError);
  await waiting;
  assert(await barrier.broken());
  await barrier.reset();
  assertEquals([await barrier.broken(), await barrier.waiting()], [false, 0]);
});

Deno.test("Managed queues are shut down and joined", async () => {
  await using pair = await both();
  const queue = await pair.a.joinableQueue<string>();
  await queue.put("a");
  const joined = queue.join();
  assertEquals(await queue.get(), "a");
  await queue.taskDone();
  await joined;
  const error = await assertRejects(() => queue.taskDone(), PyException);
  assertEquals(error.name, "ValueError");
  const waiting = assertRejects(() => queue.get(WAIT), QueueShutDownError);
  await queue.shutdown();
  await waiting;
  await assertRejects(() => queue.put("b"), QueueShutDownError);
  await assertRejects(() => queue.get({ timeout: -1 }), RangeError);
  const empty = await pair.a.queue();
  await assertRejects(() => empty.get({ timeout: 5 }), QueueEmptyError);
  // What is dropped need not be dealt with any more.
  const dropped = await pair.a.joinableQueue<number>();
  for (const item of [1, 2, 3]) await dropped.put(item);
  await dropped.get();
  const dealtWith = dropped.join();
  await dropped.shutdown({ immediate: true });
  await assertRejects(() => dropped.get(), QueueShutDownError);
  await dropped.taskDone();
  await dealtWith;
  await assertRejects(() => dropped.taskDone(), PyException, "too many");
});

Deno.test("Objects go when nobody refers to them", async () => {
  await using pair = await both();
  const { server, a, b } = pair;
  const list = await a.list([1]);
  await a.dict();
  assertEquals([server.objectCount, await b.objectCount()], [2, 2]);
  await list[Symbol.asyncDispose]();
  await list[Symbol.asyncDispose]();
  assertEquals(server.objectCount, 1);
  await assertRejects(() => list.length(), Deno.errors.BadResource);
  a.close();
  while (server.objectCount > 0) await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test("The wrong key, no key and garbage get nothing, and disturb nobody", async () => {
  await using pair = await both();
  const { server } = pair;
  await assertRejects(
    () => Manager.connect(server.address, { authKey: "other" }),
    AuthenticationError,
  );
  await assertRejects(() => Manager.connect(server.address, {} as { authKey: "" }), TypeError);
  assertThrows(() => new ManagerServer({ port: 0 }, {} as { authKey: "" }), TypeError, "authKey");
  const { port } = server.address as Deno.NetAddr;
  for (const bytes of [[], [0, 0, 0, 3, 1, 2, 3], [255, 255, 255, 255, 127], [0x16, 3, 1]]) {
    using raw = await Deno.connect({ port });
    await raw.write(new Uint8Array(bytes));
  }
  for (const message of [1, [], ["x"], [null, 5, [], {}], [null, "create", [], []], "text"]) {
    using authenticated = await connect({ hostname: "127.0.0.1", port }, { authKey: KEY });
    await authenticated.send(message);
    await authenticated.recv().catch(() => {});
  }
  const list = await pair.a.list([1]);
  for (const [method, args] of [["toString", []], ["constructor", []], ["pop", ["x"]]] as const) {
    await assertRejects(() => list.call(method, args), Error);
  }
  await assertRejects(() => pair.a.create("__proto__"), RemoteError);
  await assertRejects(() => pair.a.create("toString"), RemoteError);
  await assertRejects(() => pair.a.create("Barrier", [0]), RemoteError);
  assertEquals(await list.toArray(), [1]);
});

Deno.test("Registered factories and methods: errors, names by `as`, and what cannot be sent", async () => {
  await using server = new ManagerServer({ port: 0 }, {
    authKey: KEY,
    types: {
      Broken: {
        factory: () => {
          throw new RangeError("no");
        },
      },
      Number: { factory: () => 5 },
      Things: { factory: () => ({ self: () => globalThis, later: () => Promise.resolve(7) }) },
    },
  });
  assertThrows(
    () => new ManagerServer({ port: 0 }, { authKey: KEY, types: { x: { factory: 1 as never } } }),
    TypeError,
    "factory",
  );
  assertThrows(
    () =>
      new ManagerServer({ port: 0 }, {
        authKey: KEY,
        types: { x: { factory: () => 1, as: "tuple" } },
      }),
    TypeError,
    "as must be one of",
  );
  await using manager = await Manager.connect(server.address, { authKey: KEY });
  const broken = await assertRejects(() => manager.create("Broken"), RemoteError);
  assert(broken.remoteTraceback.includes("RangeError: no"));
  await assertRejects(() => manager.create("Number"), RemoteError, "needed an object");
  const things = await manager.create("Things");
  assertEquals(await things.call("later"), 7);
  await assertRejects(() => things.call("self"), RemoteError);
  assertEquals(await things.call("later"), 7);
});

Deno.test("A server that ended tells its clients, and another one takes its port at once", async () => {
  const first = new ManagerServer({ port: 0 }, { authKey: KEY });
  const manager = await Manager.connect(first.address, { authKey: KEY });
  const queue = await manager.queue();
  const waiting = assertRejects(() => queue.get(WAIT), Error);
  await first.shutdown();
  await first.shutdown();
  await waiting;
  await assertRejects(() => manager.list(), Error);
  manager.close();
  await using second = new ManagerServer(first.address, { authKey: KEY });
  await using again = await Manager.connect(second.address, { authKey: KEY });
  assertEquals(await (await again.list([1])).toArray(), [1]);
  await again.shutdown();
  await second.finished;
});

Deno.test("A Unix socket serves as well", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await using server = new ManagerServer({ path: `${folder}/s` }, { authKey: KEY });
    await using manager = await Manager.connect(server.address, { authKey: KEY });
    const dict = await manager.dict({ a: await manager.list([1]) });
    assertEquals(await (await dict.get("a"))!.toArray(), [1]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("1,000 clients at once, each with a lock that nobody else holds", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: KEY });
  const clients: Manager[] = [];
  for (let i = 0; i < 10; i++) {
    clients.push(
      ...await Promise.all(
        Array.from({ length: 100 }, () => Manager.connect(server.address, { authKey: KEY })),
      ),
    );
  }
  await Promise.all(clients.map(async (client, i) => {
    const lock = await client.lock();
    await using _held = await lock.acquire(WAIT);
    const list = await client.list([i]);
    assertEquals(await list.toArray(), [i]);
  }));
  assertEquals([server.connectionCount, clients.length], [1000, 1000]);
  for (const client of clients) client.close();
  await until(() => server.connectionCount === 0 && server.objectCount === 0);
});

Deno.test("More clients than may be are closed at once, and there is room when one goes", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: KEY, maxConnections: 2 });
  const first = await Manager.connect(server.address, { authKey: KEY });
  await using _second = await Manager.connect(server.address, { authKey: KEY });
  await assertRejects(() => Manager.connect(server.address, { authKey: KEY }), Error);
  first.close();
  await until(() => server.connectionCount === 1);
  await using third = await Manager.connect(server.address, { authKey: KEY });
  assertEquals(await third.objectCount(), 0);
});

Deno.test("Half-open peers, cut messages and resets leave nothing behind", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: KEY });
  const address = { hostname: "127.0.0.1", port: (server.address as Deno.NetAddr).port };
  await using watcher = await Manager.connect(address, { authKey: KEY });
  const lock = await watcher.lock();
  const silent: Deno.Conn[] = [];
  // Says nothing, or half of a handshake.
  for (const bytes of [[], [0, 0], [0, 0, 0, 40, ...new TextEncoder().encode("#CHALLENGE#")]]) {
    const raw = await Deno.connect(address);
    await raw.write(new Uint8Array(bytes));
    silent.push(raw);
  }
  for (const rest of ["half a header", "half a message", "nothing"] as const) {
    const raw = await Deno.connect(address);
    const peer = new Connection(raw);
    await authenticate(peer, keyOf(KEY), "client");
    await peer.send(tuple(null, "accept_connection", tuple("ferry-1"), {}));
    await peer.recv();
    await peer.send(tuple(1, lock.ident, "acquire", tuple(true), {}));
    assertEquals([...await peer.recv() as unknown[]], [1, "#RETURN", true]);
    await peer.send(tuple(2, null, "create", tuple("list"), {}));
    await peer.recv();
    if (rest !== "nothing") {
      await peer.flush();
      await raw.write(new Uint8Array(rest === "half a header" ? [0, 0] : [0, 0, 0, 9, 128, 4]));
    }
    // What it holds and made goes when it goes, wherever it was.
    peer.close();
    await using _held = await lock.acquire(WAIT);
    await until(() => server.objectCount === 1);
  }
  // An answer that nobody reads: the peer goes while it is written.
  const large = await watcher.list(["x".repeat(8_000_000)]);
  const raw = await Deno.connect(address);
  const peer = new Connection(raw);
  await authenticate(peer, keyOf(KEY), "client");
  await peer.send(tuple(null, "accept_connection", tuple("ferry-1"), {}));
  await peer.recv();
  for (let i = 0; i < 4; i++) await peer.send(tuple(i, large.ident, "__getitem__", tuple(0), {}));
  await watcher.objectCount();
  peer.close();
  await until(() => server.connectionCount === 1);
  assertEquals((await large.get(0)).length, 8_000_000);
  for (const one of silent) one.close();
});

/** Waits for what other tasks do. */
async function until(done: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!done()) {
    assert(performance.now() < end, "nothing has changed for 30 s");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
