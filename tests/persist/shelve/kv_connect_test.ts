import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  open,
  type OpenOptions,
  ShelfConnectionError,
  ShelfError,
} from "@ferry/std/persist/shelve";
import { testShelf } from "./_contract.ts";
import { KvConnectServer, TOKEN } from "./_kv_connect_server.ts";
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
  Deno.env.set("DENO_KV_ACCESS_TOKEN", "wrong");
  try {
    await assertRejects(() => open(server.url), ShelfError, "unknown token");
  } finally {
    Deno.env.set("DENO_KV_ACCESS_TOKEN", TOKEN);
  }
});

Deno.test({
  name: "kv connect: a server that is away ends in an error after busyTimeout",
  // Deno KV itself goes on asking until the store is closed.
  sanitizeOps: false,
  sanitizeResources: false,
  fn: async () => {
    const server = new KvConnectServer();
    const { url } = server;
    await using shelf = await open(url, { busyTimeout: 300 });
    await shelf.set("a", 1);
    await server[Symbol.asyncDispose]();
    await assertRejects(() => shelf.get("a"), ShelfConnectionError, "300 ms");
    await assertRejects(() => shelf.set("a", 2), ShelfConnectionError, "300 ms");
    await assertRejects(() => open(url, { busyTimeout: 300 }), ShelfConnectionError);
  },
});
