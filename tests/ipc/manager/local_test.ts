// A manager that this program has started, as its own agents use it: through shared memory.
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { type Connection, Pipe, Process, Queue, share, SharedValue } from "@ferry/std/ipc";
import {
  type ConditionProxy,
  type DictProxy,
  type EventProxy,
  ListProxy,
  type LockProxy,
  Manager,
  ManagerServer,
  type QueueProxy,
} from "@ferry/std/ipc/manager";

const WAIT = { timeout: 60_000 };
const TYPES = { module: import.meta.resolve("./_types.ts") };
const MANAGER = import.meta.resolve("@ferry/std/ipc/manager");

/** Waits until the server has as few objects as it should. */
async function untilObjects(manager: Manager, count: number): Promise<void> {
  const end = performance.now() + 30_000;
  while (await manager.objectCount() !== count) {
    if (performance.now() > end) assertEquals(await manager.objectCount(), count);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("Proxies are arguments of a process, and come back in a queue", async () => {
  await using manager = await Manager.start({ address: null });
  const dict = await manager.dict<string, unknown>();
  const lists = await manager.list<ListProxy<string>>();
  await lists.push(await manager.list(["nested"]));
  const back = new Queue<unknown>();
  await using worker = new Process(
    (
      dict: DictProxy<string, unknown>,
      lists: ListProxy<ListProxy<string>>,
      back: Queue<unknown>,
    ) => {
      const list = lists.getSync(0);
      list.pushSync("by the worker");
      dict.setSync("list", list);
      back.putSync([list, dict]);
      // Until it has been taken out, this process holds the object.
      while (back.size > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    },
    { args: [dict, lists, back] },
  );
  worker.start();
  const [list, same] = back.getSync(WAIT) as [ListProxy<string>, DictProxy];
  await worker.join(WAIT);
  assertEquals(worker.exitCode, 0);
  assertEquals(await list.toArray(), ["nested", "by the worker"]);
  assertEquals(same.ident, dict.ident);
  const within = await dict.get("list") as ListProxy<string>;
  assertInstanceOf(within, ListProxy);
  assertEquals([within.ident, within.popSync()], [list.ident, "by the worker"]);
});

Deno.test("A proxy in a message keeps its object, whoever has gone", async () => {
  await using manager = await Manager.start({ address: null });
  const [here, there] = new Pipe<unknown>();
  {
    await using list = await manager.list(["kept"]);
    here.sendSync(list);
  }
  assertEquals(await manager.objectCount(), 1);
  const list = there.recvSync() as ListProxy<string>;
  here.close();
  there.close();
  assertEquals(list.toArraySync(), ["kept"]);
  await list[Symbol.asyncDispose]();
  await untilObjects(manager, 0);
  await list[Symbol.asyncDispose]();
  assertThrows(() => list.lengthSync(), Deno.errors.BadResource, "disposed");
  await assertRejects(() => list.length(), Deno.errors.BadResource, "disposed");
  assertThrows(() => here.sendSync(list), Error);
  const queue = new Queue<unknown>();
  assertThrows(() => queue.putSync(list), TypeError, "disposed");
});

Deno.test("A worker that is killed gives its locks back, and its references", async () => {
  await using manager = await Manager.start({ address: null });
  const lock = await manager.lock();
  const rlock = await manager.rlock();
  const semaphore = await manager.semaphore(1);
  const held = new SharedValue("int32", 0);
  const before = await manager.objectCount();
  await using worker = new Process(
    (
      manager: Manager,
      lock: LockProxy,
      rlock: LockProxy,
      semaphore: LockProxy,
      held: SharedValue<"int32">,
    ) => {
      lock.acquireSync();
      rlock.acquireSync();
      semaphore.acquireSync();
      manager.createSync("list", [["its own"]]);
      held.value = 1;
      for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    },
    { args: [manager, lock, rlock, semaphore, held] },
  );
  worker.start();
  while (held.value === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(await lock.tryAcquire(), undefined);
  assertEquals(await manager.objectCount(), before + 1);
  worker.kill();
  for (const one of [lock, rlock, semaphore]) {
    await using _guard = await one.acquire(WAIT);
  }
  await untilObjects(manager, before);
});

Deno.test("A worker of one's own reaches a manager by what it attaches", async () => {
  await using manager = await Manager.start({ address: null });
  const dict = await manager.dict<string, number>({ n: 1 });
  const queue = new Queue<unknown>();
  queue.putSync(dict);
  const worker = new Worker(
    `data:application/javascript,${
      encodeURIComponent(`
import { attach } from ${JSON.stringify(import.meta.resolve("@ferry/std/ipc"))};
import ${JSON.stringify(MANAGER)};
self.onmessage = ({ data }) => {
  const dict = attach(data).getSync();
  dict.setSync("n", dict.getSync("n") + 1);
  self.postMessage("done");
};
self.postMessage("ready");
`)
    }`,
    { type: "module" },
  );
  const next = () =>
    new Promise<unknown>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = (event) => {
        event.preventDefault();
        reject(new TypeError(event.message));
      };
    });
  await next();
  const done = next();
  worker.postMessage(share(queue));
  await done;
  assertEquals(await dict.get("n"), 2);
  worker.terminate();
});

Deno.test("When the process of the server is killed, all calls fail, and new agents are told", async () => {
  const manager = await Manager.start({ address: null, types: TYPES });
  const bell = await manager.create("Bell");
  const queue = await manager.queue();
  const waiting = assertRejects(() => queue.get(WAIT), Deno.errors.ConnectionAborted, "ended");
  bell.call("die").catch(() => {});
  await waiting;
  await assertRejects(() => queue.put(1), Deno.errors.ConnectionAborted, "ended");
  assertThrows(() => queue.putSync(1), Deno.errors.ConnectionAborted, "ended");
  await manager[Symbol.asyncDispose]();
});

Deno.test("After shutdown() all calls fail, in every agent", async () => {
  const manager = await Manager.start({ address: null });
  const list = await manager.list([1]);
  const [here, there] = new Pipe<unknown, string>();
  await using worker = new Process(
    (list: ListProxy<number>, there: Connection<unknown, string>) => {
      there.sendSync(String(list.popSync()));
      there.recvSync();
      try {
        list.lengthSync();
      } catch (error) {
        there.sendSync((error as Error).name);
      }
    },
    { args: [list, there] },
  );
  worker.start();
  assertEquals(here.recvSync(WAIT), "1");
  await manager.shutdown();
  await assertRejects(() => list.length(), Deno.errors.BadResource, "closed");
  here.sendSync("go on");
  assertEquals(here.recvSync(WAIT), "ConnectionAborted");
  await worker.join(WAIT);
  here.close();
});

Deno.test("A signal that aborts when its call is answered cancels no other call", async () => {
  await using manager = await Manager.start({ address: null });
  const full = await manager.queue<number>();
  const empty = await manager.queue<number>();
  const dict = await manager.dict({ a: 1 });
  await full.put(1);
  const controller = new AbortController();
  let others: Promise<number>[] = [];
  const told = dict.get("a").then(() => {
    others = [empty.get(WAIT), empty.get(WAIT), empty.get(WAIT)];
    controller.abort();
  });
  // Answered together with the other call, whose caller is told before this one's listener is gone.
  const first = full.get({ signal: controller.signal });
  await told;
  assertEquals(await first, 1);
  for (const i of [2, 3, 4]) await empty.put(i);
  assertEquals(await Promise.all(others), [2, 3, 4]);
});

Deno.test("An agent that asks without a break keeps clients of sockets waiting no longer than a turn", async () => {
  await using manager = await Manager.start({ authKey: "k" });
  await using far = await Manager.connect(manager.address, { authKey: "k" });
  const [asks, enough] = [await manager.event(), await manager.event({ name: "enough" })];
  await using worker = new Process((asks: EventProxy, enough: EventProxy) => {
    while (!enough.isSetSync()) asks.setSync();
  }, { args: [asks, enough] });
  worker.start();
  await asks.wait(WAIT);
  await (await far.event({ name: "enough" })).set();
  await worker.join(WAIT);
  assertEquals(worker.exitCode, 0);
});

Deno.test("A thousand objects come and go", async () => {
  await using manager = await Manager.start({ address: null });
  for (let round = 0; round < 3; round++) {
    const lists = await Promise.all(Array.from({ length: 1000 }, (_, i) => manager.list([i])));
    assertEquals(lists[999]!.getSync(0), 999);
    assertEquals(await manager.objectCount(), 1000);
    for (const list of lists) list[Symbol.dispose]();
    await untilObjects(manager, 0);
  }
});

Deno.test("Large messages go both ways, many at once", async () => {
  await using manager = await Manager.start({ address: null });
  const dict = await manager.dict<number, string>();
  const large = "x".repeat(3_000_000);
  await Promise.all(Array.from({ length: 8 }, (_, i) => dict.set(i, large + i)));
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) => dict.get(i)));
  assertEquals(all.map((text) => text!.length), Array(8).fill(3_000_001));
  assertEquals(dict.getSync(3), large + 3);
});

Deno.test("Proxies of a manager elsewhere are arguments of a process, too", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: "k" });
  await using manager = await Manager.connect(server.address, { authKey: "k" });
  const queue = await manager.queue<string>();
  const condition = await manager.condition();
  const event = await manager.event();
  await using worker = new Process(
    async (queue: QueueProxy<string>, condition: ConditionProxy, event: EventProxy) => {
      await using _held = await condition.acquire();
      await queue.put("from the worker");
      await event.wait();
    },
    { args: [queue, condition, event] },
  );
  worker.start();
  assertEquals(await queue.get(WAIT), "from the worker");
  await event.set();
  await worker.join(WAIT);
  assertEquals(worker.exitCode, 0);
  // Its connections are closed, and what it held is free.
  await using _held = await condition.acquire(WAIT);
});

Deno.test({
  name: "A manager for its own program needs no permission for the net",
  permissions: {
    read: true,
    net: false,
    write: false,
    run: false,
    ffi: false,
    env: false,
    sys: false,
  },
  async fn() {
    await using manager = await Manager.start({ address: null });
    const list = await manager.list([1]);
    assertEquals(list.popSync(), 1);
    await assertRejects(() => Manager.start(), Deno.errors.NotCapable);
  },
});
