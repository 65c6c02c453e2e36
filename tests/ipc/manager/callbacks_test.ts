// Functions that a server calls where they are, and errors that come from there.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  type BarrierProxy,
  ListProxy,
  Manager,
  ManagerServer,
  RemoteError,
} from "@ferry/std/ipc/manager";

const TYPES = { module: import.meta.resolve("./_types.ts") };

Deno.test("Functions are called back, by calls that wait and by calls that block", async () => {
  await using manager = await Manager.start({ address: null, types: TYPES });
  const list = await manager.list(["ccc", "a", "bb"]);
  await list.sort({ key: (item) => item.length });
  assertEquals(await list.toArray(), ["a", "bb", "ccc"]);
  list.sortSync({ key: (item) => -item.length });
  assertEquals(list.toArraySync(), ["ccc", "bb", "a"]);
  await list.sort({ key: async (item) => await Promise.resolve(item), reverse: true });
  assertEquals(await list.toArray(), ["ccc", "bb", "a"]);
  assertThrows(() => list.sortSync({ key: () => Promise.resolve(1) }), Deno.errors.Busy, "await");

  const bell = await manager.create("Bell");
  const heard: unknown[] = [];
  const hear = (...words: unknown[]) => heard.push(words) > 0;
  assertEquals(await bell.call("listen", [hear]), null);
  assertEquals(await bell.call("ring", ["one", list]), [true]);
  assertEquals(bell.callSync("ring", ["two"]), [true]);
  assertEquals([(heard[0] as unknown[])[0], heard[1]], ["one", ["two"]]);
  assertInstanceOf((heard[0] as unknown[])[1], ListProxy);
  const broken = () => {
    throw new RangeError("not today");
  };
  await bell.call("listen", [broken]);
  await assertRejects(() => bell.call("ring"), RangeError, "not today");
  assertThrows(() => bell.callSync("ring"), RangeError, "not today");
  const barrier = await manager.create("Barrier", [1, () => heard.push("action")]) as BarrierProxy;
  assertEquals(await barrier.wait(), 0);
  assertEquals(heard.at(-1), "action");
});

Deno.test("Functions are called back through a socket", async () => {
  const listeners: ((...args: unknown[]) => Promise<unknown>)[] = [];
  await using server = new ManagerServer({ port: 0 }, {
    authKey: "k",
    types: {
      Bell: {
        factory: () => ({
          listen: (listener: (...args: unknown[]) => Promise<unknown>) => {
            listeners.push(listener);
          },
          ring: (...args: unknown[]) => Promise.all(listeners.map((listener) => listener(...args))),
        }),
      },
    },
  });
  await using manager = await Manager.connect(server.address, { authKey: "k" });
  const list = await manager.list(["ccc", "a", "bb"]);
  await list.sort({ key: (item) => item.length });
  assertEquals(await list.toArray(), ["a", "bb", "ccc"]);
  const bell = await manager.create("Bell");
  let heard: unknown;
  await bell.call("listen", [(word: unknown) => {
    heard = word;
    return "thanks";
  }]);
  assertEquals([await bell.call("ring", ["hello"]), heard], [["thanks"], "hello"]);
  manager.close();
  // Whoever calls a function of a client that is gone is told.
  await assertRejects(() => listeners[0]!("again"), Deno.errors.ConnectionAborted);
});

Deno.test("Errors arrive as they were thrown, with where that was", async () => {
  await using manager = await Manager.start({ address: null, types: TYPES });
  const bell = await manager.create("Bell");
  const error = await assertRejects(() => bell.call("fail"), TypeError, "no clapper");
  assert(error.stack!.includes("_types.ts"), error.stack);
  assertThrows(() => bell.callSync("fail"), TypeError, "no clapper");
  await assertRejects(() => bell.call("hidden"), RemoteError, "not in exposed");
  await assertRejects(() => bell.call("unsendable"), RemoteError);
  assertEquals(await bell.call("listen", [() => 1]), null, "the channel goes on");
});

Deno.test("A function that is sent twice is one function at the server", async () => {
  const heard = new Set<unknown>();
  await using server = new ManagerServer({ port: 0 }, {
    authKey: "k",
    types: {
      Ears: {
        factory: () => ({
          listen: (listener: unknown) => heard.add(listener).size,
          leave: (listener: unknown) => heard.delete(listener),
        }),
      },
    },
  });
  await using manager = await Manager.connect(server.address, { authKey: "k" });
  const ears = await manager.create("Ears");
  const [one, two] = [() => 1, () => 2];
  const counts: unknown[] = [];
  for (const listener of [one, one, two]) counts.push(await ears.call("listen", [listener]));
  assertEquals(counts, [1, 1, 2]);
  assertEquals(await ears.call("leave", [one]), true);
  assertEquals(heard.size, 1);
});

Deno.test("A function that is the key of two sorts at once, and a listener besides, is there for all of them", async () => {
  await using manager = await Manager.start({ address: null, types: TYPES });
  const key = (item: unknown) => Number(item);
  const bell = await manager.create("Bell");
  await bell.call("listen", [key]);
  const lists = await Promise.all(
    [3, 300].map((length) => manager.list(Array.from({ length }, (_, i) => `${length - i}`))),
  );
  await Promise.all(lists.map((list) => list.sort({ key })));
  for (const list of lists) assertEquals(await list.get(0), "1");
  assertEquals(await bell.call("ring", ["7"]), [7]);
});
