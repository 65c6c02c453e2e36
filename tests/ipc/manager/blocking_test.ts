// Calls of proxies that block their thread, and that they do what those do which wait.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  BrokenBarrierError,
  ListProxy,
  Manager,
  ManagerServer,
  PyException,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  RemoteError,
  TimeoutError,
} from "@ferry/std/ipc/manager";
import { tuple } from "@ferry/std/persist/types";

const WAIT = { timeout: 60_000 };

Deno.test("Every method of every proxy has a form that blocks", async () => {
  await using manager = await Manager.start({ address: null });
  const list = await manager.list<unknown>([1, "x", null, 2n ** 70n, new Date(0)]);
  assertEquals(list.toArraySync(), [1, "x", null, 2n ** 70n, new Date(0)]);
  list.pushSync("a");
  list.pushSync("b", "c");
  list.extendSync(new Set(["d"]));
  list.insertSync(0, "first");
  list.setSync(1, 2.5);
  list.deleteSync(-1);
  assertEquals([list.getSync(0), list.getSync(1), list.popSync(), list.lengthSync()], [
    "first",
    2.5,
    "c",
    8,
  ]);
  assertEquals([list.includesSync("x"), list.indexOfSync("nowhere"), list.countSync(null)], [
    true,
    -1,
    1,
  ]);
  assertEquals([list.removeSync("x"), list.removeSync("x")], [true, false]);
  list.reverseSync();
  assertEquals(list.sliceSync(-2), [2.5, "first"]);
  assertThrows(() => list.getSync(99), PyException, "out of range");

  const dict = await manager.dict<unknown, unknown>([["a", 1], [tuple(1, 2), "pair"]]);
  dict.setSync("b", new Map([[1, new Set([2])]]));
  dict.updateSync({ c: 3 });
  assertEquals([dict.getSync("a"), dict.getSync(tuple(1, 2)), dict.getSync("z")], [
    1,
    "pair",
    undefined,
  ]);
  assertEquals([dict.hasSync("b"), dict.sizeSync(), dict.deleteSync("a"), dict.deleteSync("a")], [
    true,
    4,
    true,
    false,
  ]);
  assertEquals([dict.setDefaultSync("d", 4), dict.setDefaultSync("d", 5)], [4, 4]);
  assertEquals([dict.popItemSync(), dict.popSync("c"), dict.popSync("c")], [
    ["d", 4],
    3,
    undefined,
  ]);
  assertEquals(dict.valuesSync(), ["pair", new Map([[1, new Set([2])]])]);
  assertEquals(dict.entriesSync().length, dict.keysSync().length);
  assertEquals(dict.copySync().get("b"), new Map([[1, new Set([2])]]));
  dict.clearSync();
  assertEquals([dict.sizeSync(), dict.popItemSync()], [0, undefined]);
  assertEquals(dict.getValueSync(), new Map());

  const set = await manager.set<string>(["a"]);
  set.addSync("b");
  set.updateSync(["c", "a"]);
  set.deleteSync("a");
  assertEquals([set.hasSync("b"), set.sizeSync(), set.copySync()], [true, 2, new Set(["b", "c"])]);
  set.clearSync();

  const names = await manager.namespace({ x: 1 });
  names.setSync("y", 2);
  assertEquals(
    [names.getSync("x"), names.getSync("y"), names.deleteSync("x"), names.getSync("x")],
    [
      1,
      2,
      true,
      undefined,
    ],
  );
  const value = await manager.value("d", 1);
  value.setSync(2.5);
  assertEquals(value.getSync(), 2.5);
  const array = await manager.array("i", [1, 2, 3]);
  array.setSync(-1, 9);
  assertEquals([array.getSync(2), array.lengthSync(), array.sliceSync(1)], [9, 3, [2, 9]]);

  const queue = await manager.joinableQueue<string>(1);
  queue.putSync("item");
  assertEquals([queue.isFullSync(), queue.isEmptySync(), queue.sizeSync()], [true, false, 1]);
  assertEquals(queue.tryPutSync("more"), false);
  assertThrows(() => queue.putSync("more", { timeout: 1 }), QueueFullError);
  assertEquals([queue.getSync(WAIT), queue.tryGetSync()], ["item", undefined]);
  assertThrows(() => queue.getSync({ timeout: 1 }), QueueEmptyError);
  queue.taskDoneSync();
  queue.joinSync();
  queue.shutdownSync();
  assertThrows(() => queue.getSync(), QueueShutDownError);

  const event = await manager.event();
  assertThrows(() => event.waitSync({ timeout: 1 }), TimeoutError);
  event.setSync();
  event.waitSync(WAIT);
  assert(event.isSetSync());
  event.clearSync();

  for (const lock of [await manager.lock(), await manager.semaphore(1)]) {
    {
      using _held = lock.acquireSync(WAIT);
      assertEquals(lock.tryAcquireSync(), undefined);
      assertThrows(() => lock.acquireSync({ timeout: 1 }), TimeoutError);
    }
    lock.tryAcquireSync()!.release();
  }
  const rlock = await manager.rlock();
  {
    using _once = rlock.acquireSync();
    using _twice = rlock.acquireSync();
  }
  assertThrows(() => rlock.releaseSync(), PyException);

  const condition = await manager.condition(rlock);
  using _held = condition.acquireSync();
  assertThrows(() => condition.waitSync({ timeout: 1 }), TimeoutError);
  condition.notifySync();
  condition.notifyAllSync();

  const barrier = await manager.barrier(1);
  assertEquals([barrier.waitSync(), barrier.partiesSync(), barrier.waitingSync()], [0, 1, 0]);
  barrier.abortSync();
  assert(barrier.brokenSync());
  assertThrows(() => barrier.waitSync(), BrokenBarrierError);
  barrier.resetSync();

  assertInstanceOf(manager.createSync("list", [[1]]), ListProxy);
  assertThrows(() => manager.createSync("nothing"), RemoteError, "nothing");
  assertThrows(
    () => queue.getSync({ signal: AbortSignal.timeout(1) } as never),
    TypeError,
    "signal",
  );
  assertThrows(() => manager.address, Deno.errors.NotSupported, "address: null");
});

Deno.test("Calls that block and calls that wait are done in their order", async () => {
  await using manager = await Manager.start({ address: null });
  const list = await manager.list<number>();
  const pushed: Promise<void>[] = [];
  for (let i = 0; i < 200; i += 2) {
    pushed.push(list.push(i));
    list.pushSync(i + 1);
  }
  await Promise.all(pushed);
  assertEquals(list.toArraySync(), Array.from({ length: 200 }, (_, i) => i));
});

Deno.test("A manager of a socket refuses to block", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: "k" });
  await using manager = await Manager.connect(server.address, { authKey: "k" });
  const list = await manager.list([1]);
  assertThrows(() => list.popSync(), Deno.errors.NotSupported, "Manager.start()");
  assertThrows(() => manager.createSync("list"), Deno.errors.NotSupported, "Manager.start()");
});

Deno.test("Forms that say whether it could be done say so of nothing but that", async () => {
  await using manager = await Manager.start({ address: null });
  const queue = await manager.queue<number>(1);
  assertEquals([await queue.tryPut(1), await queue.tryPut(2)], [true, false]);
  const empty = await manager.queue<number>();
  const waiting = [queue.put(3, WAIT), empty.get(WAIT)];
  await Promise.all([queue.shutdown(), empty.shutdown()]);
  for (const call of waiting) await assertRejects(() => call, QueueShutDownError);
  await assertRejects(() => queue.tryPut(3), QueueShutDownError);
  assertThrows(() => queue.tryPutSync(3), QueueShutDownError);
});
