// Objects by their names, and sums in one step, on servers of ours.
import { assertEquals, assertRejects } from "@std/assert";
import { Manager, ManagerServer, PyException, RemoteError } from "@ferry/std/ipc/manager";
import { connect } from "@ferry/std/net/connection";
import { findPython } from "../../_support/python.ts";
import { KEY, PythonServer } from "./_python.ts";

/** A started manager, and a client of its socket. */
async function started(): Promise<{ near: Manager; far: Manager } & AsyncDisposable> {
  const near = await Manager.start({ authKey: KEY });
  const far = await Manager.connect(near.address, { authKey: KEY });
  return {
    near,
    far,
    async [Symbol.asyncDispose]() {
      far.close();
      await near[Symbol.asyncDispose]();
    },
  };
}

Deno.test("A name is one object for agents of the program and for others", async () => {
  await using pair = await started();
  const { near, far } = pair;
  const dict = await near.dict({ n: 1 }, { name: "scores" });
  const same = await far.dict({ n: 2 }, { name: "scores" });
  assertEquals([same.ident, await same.entries()], [dict.ident, [["n", 1]]]);
  await same.set("n", 3);
  assertEquals(await dict.get("n"), 3);
  await assertRejects(() => far.list([], { name: "scores" }), TypeError, "there is a dict");
  await assertRejects(() => near.list([], { name: "scores" }), TypeError, "there is a dict");
  await assertRejects(() => near.list([], { name: "" }), TypeError, "one character or more");
  await assertRejects(() => near.list([], { name: 1 as never }), TypeError, "name");
  for (
    const make of [
      () => far.set([1], { name: "set" }),
      () => far.namespace({ a: 1 }, { name: "names" }),
      () => far.value("i", 1, { name: "value" }),
      () => far.array("i", [1], { name: "array" }),
      () => far.queue(1, { name: "queue" }),
      () => far.joinableQueue(1, { name: "tasks" }),
      () => far.event({ name: "event" }),
      () => far.lock({ name: "lock" }),
      () => far.rlock({ name: "rlock" }),
      () => far.semaphore(1, { name: "semaphore" }),
      () => far.boundedSemaphore(1, { name: "bounded" }),
      () => far.condition(undefined, { name: "condition" }),
      () => far.barrier(2, { name: "barrier" }),
    ]
  ) {
    const [first, second] = [await make(), await make()];
    assertEquals(first.ident, second.ident);
    assertEquals(first.constructor, second.constructor);
  }
});

Deno.test("A named object stays without proxies, until its name is removed", async () => {
  await using pair = await started();
  {
    await using list = await pair.far.list([1], { name: "list" });
    await list.push(2);
  }
  pair.far.close();
  assertEquals(await pair.near.objectCount(), 1);
  const list = await pair.near.list([], { name: "list" });
  assertEquals(await list.toArray(), [1, 2]);
  assertEquals([await pair.near.remove("list"), await pair.near.remove("list")], [true, false]);
  assertEquals(await list.toArray(), [1, 2], "a proxy keeps it");
  await list[Symbol.asyncDispose]();
  assertEquals(await pair.near.objectCount(), 0);
  assertEquals(await (await pair.near.list([], { name: "list" })).toArray(), []);
});

Deno.test("A reference that is given back twice is refused, and counts once", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: KEY });
  await using manager = await Manager.connect(server.address, { authKey: KEY });
  const list = await manager.list([1], { name: "list" });
  await list[Symbol.asyncDispose]();
  const { port } = server.address as Deno.NetAddr;
  for (let i = 0; i < 2; i++) {
    // As a client of CPython does it.
    using raw = await connect({ hostname: "127.0.0.1", port }, { authKey: KEY });
    await raw.send([null, "decref", [list.ident], {}]);
    const [kind, error] = await raw.recv() as [string, string];
    assertEquals([kind, error.includes("KeyError")], ["#TRACEBACK", true]);
  }
  const again = await manager.list([], { name: "list" });
  assertEquals(await again.toArray(), [1]);
  await manager.remove("list");
  await again[Symbol.asyncDispose]();
  assertEquals(server.objectCount, 0);
});

Deno.test("References that a client of ours has taken go with its connection", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: KEY });
  await using manager = await Manager.connect(server.address, { authKey: KEY });
  const list = await manager.list([1], { name: "list" });
  await list[Symbol.asyncDispose]();
  const kept = await manager.list([2]);
  const { port } = server.address as Deno.NetAddr;
  const raw = await connect({ hostname: "127.0.0.1", port }, { authKey: KEY });
  await raw.send([null, "accept_connection", ["ferry-1"], {}]);
  assertEquals([...await raw.recv() as unknown[]], ["#RETURN", "ferry-1"]);
  const { ident } = list;
  const requests = [["incref", ident], ["incref", ident], ["incref", kept.ident]] as const;
  for (const [method, ident] of [...requests, ["decref", kept.ident] as const]) {
    await raw.send([1, null, method, [ident], {}]);
    assertEquals([...await raw.recv() as unknown[]], [1, "#RETURN", null]);
  }
  await manager.remove("list");
  assertEquals(await manager.objectCount(), 2);
  raw.close();
  const end = performance.now() + 30_000;
  while (await manager.objectCount() > 1 && performance.now() < end);
  // What it has given back itself is not given back again.
  assertEquals(await kept.toArray(), [2]);
  assertEquals(await manager.objectCount(), 1);
});

Deno.test("Who makes an object of a name first makes it for all, also if it takes time", async () => {
  let made = 0;
  await using server = new ManagerServer({ port: 0 }, {
    authKey: KEY,
    types: {
      slow: {
        factory: async () => {
          await Promise.resolve();
          made++;
          return new Map([["made", made]]);
        },
        as: "dict",
      },
    },
  });
  await using a = await Manager.connect(server.address, { authKey: KEY });
  await using b = await Manager.connect(server.address, { authKey: KEY });
  const make = (manager: Manager) => manager.create("slow", [], {}, { name: "one" });
  const proxies = await Promise.all([make(a), make(b), make(a)]);
  assertEquals(new Set(proxies.map(({ ident }) => ident)).size, 1);
  assertEquals(await proxies[2]!.call("__getitem__", ["made"]), 1);
});

Deno.test("What many add at once adds up; what is no number is not added to", async () => {
  await using pair = await started();
  const [a, b] = [
    await pair.near.value("i", 0, { name: "v" }),
    await pair.far.value("i", 0, { name: "v" }),
  ];
  const array = await pair.far.array("d", [0, 0.5]);
  await Promise.all(Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? a : b).add(1)));
  assertEquals([await a.get(), a.addSync(-200), await array.add(1, 0.25)], [200, 0, 0.75]);
  const float = await pair.far.value("d", 0.1);
  assertEquals(await float.add(0.2), 0.1 + 0.2);
  const large = await pair.far.value<number | bigint>("q", Number.MAX_SAFE_INTEGER);
  assertEquals(await large.add(2), 2n ** 53n + 1n);
  const text = await pair.far.value<unknown>("i", "text");
  assertEquals((await assertRejects(() => text.add(1), PyException)).name, "TypeError");
  assertEquals((await assertRejects(() => array.add(2, 1), PyException)).name, "IndexError");
});

Deno.test("Waiting for the tasks of a queue ends by its signal", async () => {
  await using pair = await started();
  for (const manager of [pair.near, pair.far]) {
    const queue = await manager.joinableQueue<number>();
    await queue.put(1);
    const stop = new AbortController();
    const joining = queue.join({ signal: stop.signal });
    stop.abort(new RangeError("enough"));
    await assertRejects(() => joining, RangeError, "enough");
    await queue.get();
    await queue.taskDone();
    await queue.join();
  }
});

const python = findPython();
if (python === undefined) console.log("skipped: names on servers of CPython: no python3 found");
else {
  Deno.test("A server of CPython knows no names, and does not add in one step", async () => {
    await using server = await PythonServer.start(python);
    await using manager = await Manager.connect({ port: server.port }, { authKey: KEY });
    const { NotSupported } = Deno.errors;
    await assertRejects(() => manager.dict({}, { name: "d" }), NotSupported, "CPython");
    await assertRejects(() => manager.remove("d"), NotSupported, "CPython");
    const value = await manager.value("i", 1);
    await assertRejects(() => value.add(1), RemoteError);
    const queue = await manager.joinableQueue();
    const signal = AbortSignal.timeout(60_000);
    await assertRejects(() => queue.join({ signal }), NotSupported, "CPython");
  });
}
