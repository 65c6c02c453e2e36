// Behaviours of CPython's _TestContainers, _TestMyManager, _TestRemoteManager, _TestManagerRestart and TestSyncManagerTypes, for
// agents of the program that started the manager, and through a socket.
//
// One is not as there: a worker that ends with a lock acquired gives it back.
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { activeChildren, Process } from "@ferry/std/ipc";
import {
  type ArrayProxy,
  type BarrierProxy,
  type ConditionProxy,
  DictProxy,
  type EventProxy,
  ListProxy,
  type LockProxy,
  Manager,
  ManagerServer,
  type NamespaceProxy,
  type PoolProxy,
  PyException,
  type QueueProxy,
  RemoteError,
  type ValueProxy,
} from "@ferry/std/ipc/manager";

const WAIT = { timeout: 60_000 };
const TYPES = { module: import.meta.resolve("./_types.ts") };
const range = (n: number) => Array.from({ length: n }, (_, i) => i);

/** A manager, however it is reached. */
interface Reached extends AsyncDisposable {
  readonly manager: Manager;
}

const WAYS: Readonly<Record<string, () => Promise<Reached>>> = {
  "shared memory": async () => {
    const manager = await Manager.start({ address: null, types: TYPES });
    return { manager, [Symbol.asyncDispose]: () => manager[Symbol.asyncDispose]() };
  },
  "a socket": async () => {
    const { types } = await import("./_types.ts");
    const server = new ManagerServer({ port: 0 }, { authKey: "k", types });
    const manager = await Manager.connect(server.address, { authKey: "k" });
    return {
      manager,
      async [Symbol.asyncDispose]() {
        manager.close();
        await server.shutdown();
      },
    };
  },
};

for (const [way, reach] of Object.entries(WAYS)) {
  Deno.test(`_TestContainers through ${way}: lists`, async () => {
    await using reached = await reach();
    const { manager } = reached;
    const a = await manager.list<unknown>(range(10));
    assertEquals(await a.toArray(), range(10));
    const b = await manager.list<unknown>();
    assertEquals(await b.slice(), []);
    await b.extend(range(5));
    assertEquals(await b.toArray(), range(5));
    assertEquals([await b.get(2), await b.slice(2, 10)], [2, [2, 3, 4]]);
    await b.call("__imul__", [2]);
    assertEquals(await b.toArray(), [...range(5), ...range(5)]);
    assertEquals(await b.call("__add__", [[5, 6]]), [...range(5), ...range(5), 5, 6]);
    const e = await manager.list([a, b]);
    const elements = await Promise.all((await e.toArray()).map((element) => element.toArray()));
    assertEquals(elements, [range(10), [...range(5), ...range(5)]]);
    const f = await manager.list([a]);
    await a.push("hello");
    assertEquals(await (await f.get(0)).toArray(), [...range(10), "hello"]);
  });

  Deno.test(`_TestContainers through ${way}: iterating sees what is there when its turn comes`, async () => {
    await using reached = await reach();
    const { manager } = reached;
    const list = await manager.list(range(10));
    const items = list[Symbol.asyncIterator]();
    assertEquals(await Array.fromAsync(items), range(10));
    assertEquals(await Array.fromAsync(items), []);
    const again = list[Symbol.asyncIterator]();
    await list.set(0, 100);
    assertEquals((await again.next()).value, 100);
    const dict = await manager.dict<number, string>(
      range(5).map((i) => [65 + i, String.fromCharCode(65 + i)] as const),
    );
    assertEquals(await Array.fromAsync(dict), [[65, "A"], [66, "B"], [67, "C"], [68, "D"], [
      69,
      "E",
    ]]);
    const keys = await dict.call("__iter__") as AsyncIterable<number>;
    assertEquals(await Array.fromAsync(keys), [65, 66, 67, 68, 69]);
    assertEquals(await Array.fromAsync(keys), []);
    const changed = await dict.call("__iter__") as AsyncIterable<number>;
    await dict.clear();
    const error = await assertRejects(() => Array.fromAsync(changed), PyException, "changed size");
    assertEquals(error.name, "RuntimeError");
  });

  Deno.test(`_TestContainers through ${way}: proxies in lists and dicts`, async () => {
    await using reached = await reach();
    const { manager } = reached;
    const rows = await manager.list(
      await Promise.all(range(3).map(() => manager.list<number>(range(3)))),
    );
    await (await rows.get(0)).set(-1, 55);
    assertEquals(await Promise.all((await rows.toArray()).map((row) => row.toArray())), [
      [0, 1, 55],
      [0, 1, 2],
      [0, 1, 2],
    ]);
    assertEquals(await (await rows.get(1)).pop(), 2);
    const itself = await manager.list<unknown>();
    await itself.push(itself);
    assertEquals((await itself.get(0) as ListProxy).ident, itself.ident);

    const pets = await manager.dict<string, number>({ ferrets: 2, hamsters: 4 });
    const supplies = await manager.dict<string, number>({ water: 10, feed: 3 });
    const all = await manager.dict<string, DictProxy<string, number>>({ pets, supplies });
    assertEquals(await (await all.get("supplies"))!.get("water"), 10);
    await (await all.get("supplies"))!.set("blankets", 5);
    assertEquals(await supplies.get("blankets"), 5);
    await pets[Symbol.asyncDispose]();
    await supplies[Symbol.asyncDispose]();
    const kept = (await all.get("pets"))!;
    assertEquals(await kept.get("ferrets"), 2);
    await all.clear();
    assertEquals([await all.size(), await kept.get("hamsters")], [0, 4]);
    const list = await manager.list([kept]);
    await kept[Symbol.asyncDispose]();
    await (await list.get(0)).set("marmots", 1);
    const outer = await manager.list<unknown>([[88, 99], list]);
    assertEquals(await outer.get(0), [88, 99]);
    const inner = await outer.get(-1) as ListProxy<DictProxy<string, number>>;
    assertEquals(await (await inner.get(-1)).get("marmots"), 1);
  });

  Deno.test(`_TestContainers through ${way}: queues within, and namespaces`, async () => {
    await using reached = await reach();
    const { manager } = reached;
    const list = await manager.list<QueueProxy<number>>();
    await list.push(await manager.queue<number>());
    await (await list.get(0)).put(123);
    assertEquals(await (await list.get(0)).get(), 123);
    const dict = await manager.dict<number, QueueProxy<number>>();
    await dict.set(0, await manager.queue<number>());
    await (await dict.get(0))!.put(456);
    assertEquals(await (await dict.get(0))!.get(), 456);
    const names = await manager.namespace();
    await names.set("name", "Bob");
    await names.set("job", "Builder");
    await names.set("_hidden", "hidden");
    await names.delete("job");
    assertEquals(await names.call("__str__"), "Namespace(name='Bob')");
    assertEquals([await names.get("name"), await names.get("job")], ["Bob", undefined]);
  });

  Deno.test(`_TestMyManager through ${way}: what is exposed, and what is not`, async () => {
    await using reached = await reach();
    const { manager } = reached;
    const foo = await manager.create("Foo");
    const bar = await manager.create("Bar");
    assertEquals([foo.exposed.toSorted(), bar.exposed], [["f", "g"], ["f", "_h"]]);
    assertEquals(await foo.call("f"), "f()");
    await assertRejects(() => foo.call("g"), PyException);
    await assertRejects(() => foo.call("_h"), RemoteError, "_h");
    assertEquals([await bar.call("f"), await bar.call("_h")], ["f()", "_h()"]);
    await assertRejects(() => bar.call("g"), RemoteError, "g");
    const squares = await (await manager.create("baz")).call("values") as AsyncIterable<number>;
    assertEquals(await Array.fromAsync(squares), range(10).map((i) => i * i));
  });

  Deno.test(`_TestRemoteManager through ${way}: values arrive, and what cannot be sent is refused`, async () => {
    await using reached = await reach();
    const queue = await reached.manager.queue<unknown>();
    const values = [
      "hello world",
      null,
      true,
      2.25,
      "hallå världen",
      "привіт світ",
      new Uint8Array([104, 229]),
    ];
    await queue.put(values);
    assertEquals(await queue.get(), values);
    await assertRejects(() => queue.put(new WeakMap()), Error, "WeakMap");
    await assertRejects(() => queue.put(Symbol("x")), Error, "symbol");
    await queue.put("goes on");
    assertEquals(await queue.get(), "goes on");
  });
}

Deno.test("_TestManagerRestart: the same port at once, though a process has used it", async () => {
  const first = await Manager.start({ authKey: "k" });
  const address = first.address as Deno.NetAddr;
  const queue = await first.queue<string>();
  await using worker = new Process(async (queue: QueueProxy<string>) => {
    await queue.put("hello world");
  }, { args: [queue] });
  worker.start();
  await worker.join(WAIT);
  assertEquals(await queue.get(WAIT), "hello world");
  await first.shutdown();
  assertEquals(activeChildren().length, 0);
  for (let i = 0; i < 3; i++) {
    await using again = await Manager.start({ address, authKey: "k" });
    await using other = await Manager.connect(address, { authKey: "k" });
    assertEquals([again.address, await other.objectCount()], [address, 0]);
  }
});

Deno.test("TestSyncManagerTypes: every type is used in a worker, by calls that block", async () => {
  await using manager = await Manager.start({ address: null });
  const event = await manager.event();
  const lock = await manager.lock();
  const semaphore = await manager.semaphore(1);
  const condition = await manager.condition();
  const barrier = await manager.barrier(2);
  const queue = await manager.queue<number>(2);
  const list = await manager.list<number>([5]);
  const dict = await manager.dict<string, number>({ foo: 5 });
  const value = await manager.value<number>("i", 1);
  const array = await manager.array("i", [0, 1]);
  const names = await manager.namespace({ x: 0, y: 1 });
  const pool = await manager.pool({ processes: 1 });
  queue.putSync(5);
  queue.putSync(6);
  event.setSync();
  await using worker = new Process(
    (
      event: EventProxy,
      lock: LockProxy,
      semaphore: LockProxy,
      condition: ConditionProxy,
      barrier: BarrierProxy,
      queue: QueueProxy<number>,
      list: ListProxy<number>,
      dict: DictProxy<string, number>,
      value: ValueProxy<number>,
      array: ArrayProxy,
      names: NamespaceProxy,
      pool: PoolProxy,
    ) => {
      const seen: unknown[] = [event.isSetSync()];
      event.waitSync();
      event.clearSync();
      lock.acquireSync();
      semaphore.acquireSync();
      const held = condition.acquireSync();
      condition.notifySync();
      held.release();
      seen.push(barrier.partiesSync(), queue.sizeSync(), queue.isFullSync(), queue.isEmptySync());
      seen.push(queue.getSync(), queue.getSync(), queue.isEmptySync());
      seen.push(list.getSync(0), list.countSync(5), list.indexOfSync(5), list.lengthSync());
      list.sortSync();
      list.reverseSync();
      seen.push(list.popSync(0), dict.sizeSync(), dict.getSync("foo"), dict.entriesSync());
      seen.push(dict.keysSync(), dict.valuesSync(), dict.copySync(), dict.popItemSync());
      seen.push(value.getSync(), array.getSync(0), array.getSync(1), array.lengthSync());
      seen.push(array.sliceSync(), names.getSync("x"), names.getSync("y"));
      seen.push(pool.mapSync((n: number) => n * n, [1, 2, 3]));
      value.setSync(2);
      barrier.waitSync();
      return seen;
    },
    {
      args: [
        event,
        lock,
        semaphore,
        condition,
        barrier,
        queue,
        list,
        dict,
        value,
        array,
        names,
        pool,
      ],
    },
  );
  worker.start();
  await barrier.wait(WAIT);
  await worker.join(WAIT);
  assertEquals(await worker.result(), [
    ...[true, 2, 2, true, false, 5, 6, true, 5, 1, 0, 1, 5],
    ...[1, 5, [["foo", 5]], ["foo"], [5], new Map([["foo", 5]]), ["foo", 5]],
    ...[1, 0, 1, 2, [0, 1], 0, 1, [1, 4, 9]],
  ]);
  assertEquals([await value.get(), await list.length(), await dict.size()], [2, 0, 0]);
  assert(!await event.isSet());
  // What it held when it ended is free.
  for (const one of [lock, semaphore]) {
    await using _held = await one.acquire(WAIT);
  }
  assertInstanceOf(list, ListProxy);
  assertInstanceOf(dict, DictProxy);
});
