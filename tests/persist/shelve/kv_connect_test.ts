import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  open,
  type OpenOptions,
  ShelfBusyError,
  ShelfConnectionError,
  ShelfError,
  ShelfReadOnlyError,
} from "@ferry/std/persist/shelve";
import { testShelf } from "./_contract.ts";
import { KvConnectServer, TOKEN } from "./kv_connect/server.ts";
import { bytesOf, Folder } from "./_places.ts";

Deno.env.set("DENO_KV_ACCESS_TOKEN", TOKEN);

testShelf({
  name: "kv connect",
  make: () => {
    const server = new KvConnectServer();
    return Promise.resolve({
      open: <V>(options: OpenOptions<V> = {}) => open<V>(server.url, options),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    });
  },
});

Deno.test("kv connect: shelves with different names do not see each other", async () => {
  await using server = new KvConnectServer();
  await using a = await open(server.url, { name: "a" });
  await using b = await open(server.url, { name: "b" });
  await using none = await open(server.url);
  await a.update({ x: 1, large: bytesOf(1, 200_000) });
  assertEquals([await a.size(), await b.size(), await none.size()], [2, 0, 0]);
  await b.clear();
  await none.clear();
  await none.reorganize();
  assertEquals(await a.get("large"), bytesOf(1, 200_000));
});

Deno.test("kv connect: a server that is overloaded for a moment is asked again", async () => {
  await using server = new KvConnectServer();
  await using shelf = await open(server.url);
  await shelf.set("a", 1);
  server.unavailable = 2;
  assertEquals(await shelf.get("a"), 1);
  server.unavailable = 2;
  await shelf.set("a", 2);
  assertEquals(await shelf.get("a"), 2);
});

Deno.test("kv connect: 3000 keys come in pages and order", async () => {
  await using server = new KvConnectServer();
  await using shelf = await open<number>(server.url);
  const keys = Array.from({ length: 3000 }, (_, i) => `k${10_000 + i}`);
  await shelf.update(keys.map((key, i) => [key, i] as const));
  const before = server.requests;
  assertEquals(await Array.fromAsync(shelf.keys()), keys);
  assert(server.requests - before <= 8);
  assertEquals((await Array.fromAsync(shelf.values({ reverse: true }))).at(0), 2999);
  await using folder = new Folder();
  await shelf.backup(folder.at("copy"));
  await using copy = await open(folder.at("copy"), { flag: "r" });
  assertEquals([copy.kind, await copy.size(), await copy.get("k10007")], ["sqlite", 3000, 7]);
});

Deno.test("kv connect: a wrong token is an error", async () => {
  await using server = new KvConnectServer();
  server.token = "another";
  await assertRejects(() => open(server.url), ShelfError, "unknown token");
});

/** Waits until so many requests of a kind have come. */
function arrivals(server: KvConnectServer, pathname: string, count: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const before = server.instead;
  server.instead = (path) => {
    if (path === pathname && --count === 0) resolve();
    return before?.(path);
  };
  return promise;
}

Deno.test("kv connect: a server that is away ends in an error after busyTimeout", async () => {
  const server = new KvConnectServer();
  const { url, port } = server;
  await using shelf = await open(url, { busyTimeout: 300 });
  await shelf.set("a", 1);
  await server[Symbol.asyncDispose]();
  await assertRejects(() => shelf.get("a"), ShelfConnectionError, "300 ms");
  await assertRejects(() => shelf.set("a", 2), ShelfConnectionError, "300 ms");
  await assertRejects(() => open(url, { busyTimeout: 300 }), ShelfConnectionError);
  // Deno KV goes on asking for ever, also after close(); the test can end when it has been answered.
  await using back = new KvConnectServer(port);
  await arrivals(back, "/data/snapshot_read", 2);
  assertEquals(await shelf.get("a"), undefined);
});

Deno.test("kv connect: a write that was given up does not come after a later one", async () => {
  await using server = new KvConnectServer();
  await using shelf = await open<number | Uint8Array>(server.url, { busyTimeout: 400 });
  await using other = await open<number>(server.url);
  await shelf.update({ a: 1, b: 1 });
  for (const [round, late] of [2, bytesOf(1, 100_000)].entries()) {
    let down = true;
    server.instead = (path) =>
      down && path === "/data/atomic_write"
        ? new Response("try again", { status: 500 })
        : undefined;
    await assertRejects(() => shelf.set("a", late), ShelfConnectionError, "400 ms");
    down = false;
    // The fence, the new value, and the one that was given up, in whatever order.
    const arrived = arrivals(server, "/data/atomic_write", 3);
    await shelf.set("a", 10 + round);
    await arrived;
    assertEquals(await shelf.get("a"), 10 + round);
    // Who did not give up anything finds the fence written anew.
    await other.set("b", round);
    assertEquals([await shelf.get("b"), await other.get("a")], [round, 10 + round]);
  }
});

Deno.test("kv connect: what goes wrong on the server ends in a ShelfError, and the shelf stays usable", async () => {
  await using server = new KvConnectServer();
  await using shelf = await open<number>(server.url, { busyTimeout: 500 });
  await shelf.set("a", 1);
  const status = (status: number) => () => new Response("no", { status });
  const bytes = (...bytes: number[]) => () => new Response(new Uint8Array(bytes));
  const answers: [() => Response, typeof ShelfError | typeof ShelfBusyError][] = [
    [status(400), ShelfConnectionError],
    [status(401), ShelfConnectionError],
    [status(403), ShelfConnectionError],
    [status(404), ShelfConnectionError],
    [bytes(0xff, 0xff, 0xff), ShelfConnectionError],
    [() => new Response("<html>"), ShelfConnectionError],
    [bytes(), ShelfError],
    [status(429), ShelfBusyError],
  ];
  for (const [answer, type] of answers) {
    server.instead = (path) => path.startsWith("/data/") ? answer() : undefined;
    assertInstanceOf(await assertRejects(() => shelf.get("a")), type);
    server.instead = (path) => path === "/data/atomic_write" ? answer() : undefined;
    assertInstanceOf(await assertRejects(() => shelf.set("a", 2)), type);
    const increment = () => shelf.transaction(async (tx) => tx.set("a", (await tx.get("a"))! + 1));
    assertInstanceOf(await assertRejects(increment), type);
    server.instead = undefined;
    assertEquals(await shelf.get("a"), 1);
  }
  // The statuses "writes are disabled" and "reads are disabled" of the protocol.
  server.instead = (path) => path === "/data/atomic_write" ? bytes(8, 5)() : undefined;
  await assertRejects(() => shelf.set("a", 2), ShelfReadOnlyError, "disabled");
  server.instead = (path) => path === "/data/snapshot_read" ? bytes(16, 1, 64, 2)() : undefined;
  await assertRejects(() => shelf.get("a"), ShelfError, "disabled");
  server.instead = undefined;
  await shelf.set("a", 3);
  assertEquals(await shelf.get("a"), 3);
});

Deno.test("kv connect: a server that has too much to do is asked again", async () => {
  await using server = new KvConnectServer();
  await using shelf = await open<number>(server.url);
  for (const [i, path] of ["/data/snapshot_read", "/data/atomic_write"].entries()) {
    let left = 3;
    server.instead = (at) =>
      at === path && left-- > 0 ? new Response("", { status: 429 }) : undefined;
    await shelf.set("a", i);
    assertEquals([await shelf.get("a"), left < 0], [i, true]);
    server.instead = undefined;
  }
});

Deno.test("kv connect: metadata that are wrong, or do not come, are a ShelfConnectionError", async () => {
  await using server = new KvConnectServer();
  const answered = Promise.withResolvers<Response>();
  const answers: (() => Response | Promise<Response>)[] = [
    () => new Response("no", { status: 500 }),
    () => new Response("<html>"),
    () => Response.json({ version: 99 }),
    () => answered.promise,
  ];
  for (const answer of answers) {
    server.instead = (path) => path === "/" ? answer() : undefined;
    await assertRejects(() => open(server.url, { busyTimeout: 300 }), ShelfConnectionError);
  }
  answered.resolve(new Response("late"));
});

Deno.test("kv connect: a token is exchanged again before it ends", async () => {
  await using server = new KvConnectServer();
  server.validFor = 200;
  await using shelf = await open<number>(server.url);
  for (let i = 0; server.exchanges < 4; i++) {
    await shelf.set("a", i);
    assertEquals(await shelf.get("a"), i);
  }
});
