// Our client on CPython's own server, of every version there is.
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  IteratorProxy,
  ListProxy,
  Manager,
  PyException,
  QueueEmptyError,
  QueueFullError,
  RemoteError,
  TimeoutError,
} from "@ferry/std/ipc/manager";
import { findEveryPython } from "../../_support/python.ts";
import { nameOf } from "../../_support/python_program.ts";
import { KEY, PythonServer } from "./_python.ts";

const PYTHONS = findEveryPython();
if (PYTHONS.length === 0) console.log("skipped: CPython as a manager's server: none found");

const POINT = `
class Point:
    def __init__(self, x, y=0): self.x, self.y = x, y
    def move(self, dx): self.x += dx; return self.x
    def boom(self): raise ValueError("bad thing", 7)
    def own(self):
        class MyError(Exception): pass
        MyError.__qualname__ = "MyError"; globals()["MyError"] = MyError
        raise MyError("its own")
    def unser(self): return lambda: 1
    def gen(self): yield from "abc"
    def many(self): return [1.5, (1, 2), {"a": b"x"}, {1, 2}]
M.register("Point", Point, exposed=("move", "boom", "own", "unser", "gen", "many"),
           method_to_typeid={"gen": "Iterator"})
`;

const WAIT = { timeout: 60_000 };

for (const python of PYTHONS.slice(0, 1)) {
  Deno.test(`A wait that can be given up ends with ${nameOf(python)}'s server`, async () => {
    await using server = await PythonServer.start(python);
    const address = { hostname: "127.0.0.1", port: server.port };
    const manager = await Manager.connect(address, { authKey: KEY });
    const queue = await manager.queue<number>();
    const waiting = queue.get({ signal: AbortSignal.timeout(60_000) });
    const failed = assertRejects(() => waiting);
    await server[Symbol.asyncDispose]();
    assert(!(await failed instanceof DOMException), "it waits for the signal");
    manager.close();
  });
}

for (const python of PYTHONS) {
  const name = nameOf(python);

  Deno.test(`We use containers of ${name}'s server`, async () => {
    await using server = await PythonServer.start(python);
    await using manager = await Manager.connect({ hostname: "127.0.0.1", port: server.port }, {
      authKey: KEY,
    });
    const list = await manager.list<unknown>([3, 1, 2]);
    await list.push(5, 6);
    await list.sort({ reverse: true });
    assertEquals(await Array.fromAsync(list), [6, 5, 3, 2, 1]);
    assertEquals([await list.get(-1), await list.indexOf(99), await list.length()], [1, -1, 5]);
    assertEquals([await list.slice(1, 3), await list.remove(99)], [[5, 3], false]);
    const error = await assertRejects(() => list.get(99), PyException);
    assertEquals([error.name, error.message], ["IndexError", "list index out of range"]);
    const dict = await manager.dict<string, unknown>({ a: 1 });
    await dict.set("list", list);
    assertEquals([await dict.keys(), await dict.get("b")], [["a", "list"], undefined]);
    assertEquals([await dict.size(), await dict.has("a"), await dict.delete("b")], [
      2,
      true,
      false,
    ]);
    const same = await dict.get("list");
    assertInstanceOf(same, ListProxy);
    assertEquals([same.ident, await same.toArray()], [list.ident, [6, 5, 3, 2, 1]]);
    assertEquals((await dict.copy()).get("a"), 1);
    const space = await manager.namespace({ x: 1 });
    await space.set("y", [1]);
    assertEquals([await space.get("y"), await space.get("z"), await space.delete("z")], [
      [1],
      undefined,
      false,
    ]);
    assertEquals(await (await manager.value("d", 1.5)).get(), 1.5);
    const array = await manager.array("i", [1, 2, 3]);
    await array.set(1, 9);
    assertEquals([await array.slice(), await array.length()], [[1, 9, 3], 3]);
  });

  Deno.test(`We use queues and locks of ${name}'s server`, async () => {
    await using server = await PythonServer.start(python);
    await using manager = await Manager.connect({ hostname: "127.0.0.1", port: server.port }, {
      authKey: KEY,
    });
    const queue = await manager.queue<number>(1);
    await queue.put(1);
    await assertRejects(() => queue.put(2, { timeout: 20 }), QueueFullError);
    assertEquals([await queue.get(), await queue.tryGet(), await queue.tryPut(3)], [
      1,
      undefined,
      true,
    ]);
    assertEquals([await queue.get(), await queue.isEmpty()], [3, true]);
    await assertRejects(() => queue.get({ timeout: 20 }), QueueEmptyError);
    const late = queue.get(WAIT);
    await queue.put(77);
    assertEquals(await late, 77);
    const stop = new AbortController();
    const aborted = assertRejects(() => queue.get({ signal: stop.signal }), DOMException);
    stop.abort();
    await aborted;
    await queue.put(78);
    assertEquals(await queue.get(WAIT), 78, "a wait that was given up takes nothing");

    const lock = await manager.lock();
    {
      await using _held = await lock.acquire(WAIT);
      assertEquals(await lock.tryAcquire(), undefined);
      await assertRejects(() => lock.acquire({ timeout: 20 }), TimeoutError);
    }
    await using _free = await lock.acquire(WAIT);
    const rlock = await manager.rlock();
    {
      await using _once = await rlock.acquire(WAIT);
      await using _twice = await rlock.acquire(WAIT);
    }
    const error = await assertRejects(() => rlock.release(), PyException);
    assertEquals(error.name, "RuntimeError");

    const condition = await manager.condition();
    {
      await using _held = await condition.acquire(WAIT);
      const notified = (async () => {
        await using _other = await condition.acquire(WAIT);
        await condition.notify();
      })();
      await condition.wait(WAIT);
      await notified;
    }
    const barrier = await manager.barrier(2);
    const places = await Promise.all([barrier.wait(WAIT), barrier.wait(WAIT)]);
    assertEquals([places.sort(), await barrier.parties(), await barrier.broken()], [
      [0, 1],
      2,
      false,
    ]);
    const event = await manager.event();
    const set = event.wait(WAIT);
    await event.set();
    await set;
    const semaphore = await manager.semaphore(1);
    const guard = await semaphore.acquire(WAIT);
    assertEquals(await semaphore.tryAcquire(), undefined);
    await guard.release();
    const joinable = await manager.joinableQueue<number>();
    await joinable.put(1);
    await joinable.get();
    await joinable.taskDone();
    await joinable.join();
    // Its server cannot be told that nobody waits any more.
    const { signal } = new AbortController();
    await assertRejects(() => condition.wait({ signal }), Deno.errors.NotSupported, "CPython");
    await assertRejects(() => barrier.wait({ signal }), Deno.errors.NotSupported, "CPython");
    await assertRejects(() => joinable.join({ signal }), Deno.errors.NotSupported, "CPython");
  });

  Deno.test(`We call registered objects of ${name}'s server, and end it`, async () => {
    await using server = await PythonServer.start(python, POINT);
    await using manager = await Manager.connect({ hostname: "127.0.0.1", port: server.port }, {
      authKey: KEY,
    });
    const before = await manager.objectCount();
    const point = await manager.create("Point", [3], { y: 4 });
    assertEquals(await point.call("move", [5]), 8);
    const [half, pair, , set] = await point.call("many") as unknown[];
    assertEquals([half, [...pair as number[]], [...set as Set<number>]], [1.5, [1, 2], [1, 2]]);
    const error = await assertRejects(() => point.call("boom"), PyException);
    assertEquals([error.name, [...error.args]], ["ValueError", ["bad thing", 7]]);
    const own = await assertRejects(() => point.call("own"), RemoteError);
    assert(own.message.includes("MyError: its own"), own.message);
    const unsent = await assertRejects(() => point.call("unser"), RemoteError);
    assert(unsent.remoteTraceback.includes("lambda"), unsent.remoteTraceback);
    const hidden = await assertRejects(() => point.call("nope"), RemoteError);
    assert(hidden.remoteTraceback.includes("Traceback"), hidden.remoteTraceback);
    await assertRejects(() => manager.create("Nothing"), RemoteError);
    const letters = await point.call("gen");
    assertInstanceOf(letters, IteratorProxy);
    assertEquals(await Array.fromAsync(letters), ["a", "b", "c"]);
    await letters[Symbol.asyncDispose]();
    await point[Symbol.asyncDispose]();
    await assertRejects(() => point.call("move", [1]), Deno.errors.BadResource);
    assertEquals(await manager.objectCount(), before);
    await manager.shutdown();
    assertEquals((await server.status).success, true);
  });
}
