import { assert, assertEquals, assertFalse, assertInstanceOf, assertRejects } from "@std/assert";
import {
  DictProxy,
  EventProxy,
  ListProxy,
  LockProxy,
  Manager,
  NamespaceProxy,
  PyException,
  QueueProxy,
  RemoteError,
  TimeoutError,
  ValueProxy,
} from "@ferry/std/ipc/manager";
import { Process } from "@ferry/std/ipc";
import { FrozenSet, PyDict, PySet, tuple } from "@ferry/std/persist/types";
import { hasRedis } from "../../../_support/redis_server.ts";
import { both, redisTest, WAIT } from "./_setup.ts";

const found = hasRedis("objects of managers on Redis");

if (found) {
  redisTest("proxies are of the classes that all managers have", async (server) => {
    await using pair = await both(server);
    const { a } = pair;
    assertInstanceOf(await a.list(), ListProxy);
    assertInstanceOf(await a.dict(), DictProxy);
    assertInstanceOf(await a.queue(), QueueProxy);
    assertInstanceOf(await a.lock(), LockProxy);
    assertInstanceOf(await a.event(), EventProxy);
    assertInstanceOf(await a.namespace(), NamespaceProxy);
    assertInstanceOf(await a.value("i", 1), ValueProxy);
    assertEquals(a.address, { hostname: "127.0.0.1", port: server.port });
  });

  redisTest(
    "a name is one object for all, and what is given for a new one counts once",
    async (server) => {
      await using pair = await both(server);
      const dict = await pair.a.dict({ n: 1 }, { name: "scores" });
      const same = await pair.b.dict({ n: 2, other: true }, { name: "scores" });
      assertEquals([dict.ident, await same.entries()], [same.ident, [["n", 1]]]);
      await same.set("n", 3);
      assertEquals(await dict.get("n"), 3);
      await assertRejects(() => pair.b.list([], { name: "scores" }), TypeError, "there is a dict");
      assertEquals([await pair.b.remove("scores"), await pair.b.remove("scores")], [true, false]);
      await assertRejects(() => dict.get("n"), RemoteError, "no such object");
      await assertRejects(() => pair.a.dict({}, { name: "" }), TypeError, "name");
      const other = await Manager.connect(server.url, { prefix: "other" });
      assertEquals(await (await other.dict({}, { name: "x" })).size(), 0);
      assertEquals([await pair.a.objectCount(), await other.objectCount()], [0, 1]);
      await other[Symbol.asyncDispose]();
    },
  );

  redisTest(
    "dicts have Python's keys, their first form, and the order in which they came",
    async (server) => {
      await using pair = await both(server);
      const dict = await pair.a.dict<unknown, unknown>([[true, "yes"], ["s", [1]]]);
      for (const key of [1, 1n, true]) assertEquals(await dict.get(key), "yes");
      await dict.set(1, "one");
      await dict.set(tuple(1, tuple("x", 2.5)), "tuple");
      await dict.set(new FrozenSet([1, 2]), "frozen");
      await dict.set(2n ** 70n, "large");
      await dict.set(null, "none");
      await dict.set(new Uint8Array([0, 255]), "bytes");
      assertEquals(await dict.get(tuple(true, tuple("x", 2.5))), "tuple");
      assertEquals(await dict.get(new FrozenSet([2, 1])), "frozen");
      assertEquals(await dict.get(new Uint8Array([0, 255])), "bytes");
      assertEquals((await dict.keys()).slice(0, 2), [true, "s"]);
      assertEquals(await dict.values(), [
        "one",
        [1],
        "tuple",
        "frozen",
        "large",
        "none",
        "bytes",
      ]);
      assertEquals(await dict.size(), 7);
      for (const key of [[1], new Map(), { a: 1 }, tuple([1])]) {
        const error = await assertRejects(() => dict.set(key, 1), PyException);
        assertEquals(error.name, "TypeError");
      }
      assertEquals([await dict.delete("s"), await dict.delete("s")], [true, false]);
      assertEquals(await dict.popItem(), [new Uint8Array([0, 255]), "bytes"]);
      await dict.update([["x", 1], ["y", 2]]);
      assertEquals([await dict.setDefault("x", 9), await dict.pop("y"), await dict.pop("y")], [
        1,
        2,
        undefined,
      ]);
      assertEquals((await Array.fromAsync(dict)).length, 6);
      assertInstanceOf(await dict.copy(), Map);
      assertInstanceOf(await dict.getValue(), PyDict);
      await dict.clear();
      assertEquals([await dict.size(), await dict.popItem(), await dict.keys()], [
        0,
        undefined,
        [],
      ]);
      const many = await pair.a.dict(Array.from({ length: 2500 }, (_, i) => [i, -i] as const));
      assertEquals(await many.keys(), Array.from({ length: 2500 }, (_, i) => i));
      const proto = await pair.a.dict(JSON.parse('{"__proto__": 1, "then": 2}'));
      assertEquals(await proto.entries(), [["__proto__", 1], ["then", 2]]);
    },
  );

  redisTest("lists have all of a list's methods", async (server) => {
    await using pair = await both(server);
    const list = await pair.a.list<unknown>([1, "x", null, 2n ** 70n, [1, [2]]]);
    assertEquals(await list.toArray(), [1, "x", null, 2n ** 70n, [1, [2]]]);
    await list.insert(0, "first");
    await list.insert(-1, "last but one");
    await list.insert(99, "end");
    await list.insert(2, "third");
    assertEquals(await list.slice(0, 4), ["first", 1, "third", "x"]);
    assertEquals([await list.pop(2), await list.pop(), await list.pop(0)], [
      "third",
      "end",
      "first",
    ]);
    await list.delete(-2);
    await list.set(-1, 2.5);
    assertEquals(await list.toArray(), [1, "x", null, 2n ** 70n, 2.5]);
    await list.reverse();
    assertEquals([await list.count(null), await list.indexOf("x"), await list.includes(true)], [
      1,
      3,
      true,
    ]);
    assertEquals([await list.remove("x"), await list.remove("x")], [true, false]);
    for (const bad of [9, -9]) {
      for (
        const attempt of [
          () => list.get(bad),
          () => list.set(bad, 1),
          () => list.delete(bad),
          () => list.pop(bad),
        ]
      ) assertEquals((await assertRejects(attempt, PyException)).name, "IndexError");
    }
    assertEquals(
      (await assertRejects(() => list.get(0.5), PyException)).name,
      "TypeError",
    );
    const numbers = await pair.a.list(Array.from({ length: 2500 }, (_, i) => (i * 7919) % 2500));
    await numbers.sort({ reverse: true });
    assertEquals(await Array.fromAsync(numbers), Array.from({ length: 2500 }, (_, i) => 2499 - i));
    assertEquals(await numbers.slice(-3, -1), [2, 1]);
    assertEquals([await numbers.slice(0, 0), await numbers.slice(5000), await numbers.slice(-1)], [
      [],
      [],
      [0],
    ]);
    const copy = await numbers.call("__mul__", [2]) as number[];
    assertEquals(copy.length, 5000);
  });

  redisTest(
    "what two programs do to a list at once is done, one after the other",
    async (server) => {
      await using pair = await both(server);
      const lists = [
        await pair.a.list<number>([], { name: "list" }),
        await pair.b.list<number>([], { name: "list" }),
      ];
      await Promise.all(lists.flatMap((list, i) =>
        Array.from({ length: 50 }, async (_, n) => {
          await list.push(100 * i + n);
          if (n % 5 === 0) await list.sort();
        })
      ));
      await lists[0]!.sort();
      const all = [0, 100].flatMap((base) => Array.from({ length: 50 }, (_, n) => base + n));
      assertEquals(await lists[1]!.toArray(), all);
    },
  );

  redisTest("sets, namespaces, values and arrays hold what they were given", async (server) => {
    await using pair = await both(server);
    const set = await pair.a.set<unknown>([1, "a", true]);
    await set.update(["b", 1n, tuple(1, 2)]);
    await set.delete("a");
    await set.delete("never");
    assertEquals([await set.size(), await set.has(tuple(1, 2)), await set.has("a")], [
      3,
      true,
      false,
    ]);
    await set.clear();
    assertEquals(await set.copy(), new Set());

    const names = await pair.a.namespace({ x: 1, list: [1] });
    await names.set("y", "why");
    assertEquals([await names.get("x"), await names.get("y"), await names.get("z")], [
      1,
      "why",
      undefined,
    ]);
    assertEquals([await names.delete("x"), await names.delete("x")], [true, false]);

    const text = await pair.a.value<unknown>("i", "text");
    assertEquals(await text.get(), "text");
    for (const value of [-7, 0.5, 2n ** 62n, 2n ** 80n, null, [1], true]) {
      await text.set(value);
      assertEquals(await text.get(), value);
    }
    assertEquals((await assertRejects(() => text.add(1), PyException)).name, "TypeError");
    await text.set(2n ** 63n - 1n);
    assertEquals((await assertRejects(() => text.add(1), PyException)).name, "OverflowError");
    const float = await pair.a.value("d", 0.1);
    assertEquals([await float.add(0.2), await float.add(-0.5)], [0.1 + 0.2, 0.1 + 0.2 - 0.5]);
    for (const value of [Infinity, -Infinity, NaN, 5e-324, 1e300, -0]) {
      await float.set(value);
      assertEquals(await float.get(), value);
    }

    const array = await pair.a.array("h", [1, -2, 3]);
    await array.set(-1, 7);
    assertEquals(await array.slice(), [1, -2, 7]);
    assertEquals([await array.get(1), await array.length(), await array.slice(1, 2)], [-2, 3, [
      -2,
    ]]);
    assertEquals(
      (await assertRejects(() => array.set(0, 40_000), PyException)).name,
      "OverflowError",
    );
    assertEquals((await assertRejects(() => array.set(0, 0.5), PyException)).name, "TypeError");
    assertEquals((await assertRejects(() => array.get(3), PyException)).name, "IndexError");
    assertEquals(
      (await assertRejects(() => array.add(0, 32_767), PyException)).name,
      "OverflowError",
    );
    assertEquals(await array.slice(), [1, -2, 7]);
    for (const code of "bBhHiIlLqQfd") {
      const one = await pair.a.array(code, [5, 6]);
      assertEquals([await one.add(1, 3), await one.slice()], [9, [5, 9]], code);
    }
    await assertRejects(() => pair.a.array("z", []), PyException);
  });

  redisTest("what many add at once adds up", async (server) => {
    await using pair = await both(server);
    const values = [
      await pair.a.value("i", 0, { name: "v" }),
      await pair.b.value("i", 0, { name: "v" }),
    ];
    const array = await pair.a.array("d", [0, 0]);
    await Promise.all(
      Array.from(
        { length: 500 },
        (_, i) => Promise.all([values[i % 2]!.add(1), array.add(1, 0.5)]),
      ),
    );
    assertEquals([await values[0]!.get(), await array.slice()], [500, [0, 250]]);
  });

  redisTest("events wake all who wait; a wait ends by its time or signal", async (server) => {
    await using pair = await both(server);
    const [a, b] = [await pair.a.event({ name: "e" }), await pair.b.event({ name: "e" })];
    await assertRejects(() => b.wait({ timeout: 20 }), TimeoutError);
    await assertRejects(() => b.wait({ timeout: 0 }), TimeoutError);
    const reason = new RangeError("enough");
    const stop = new AbortController();
    const stopped = b.wait({ signal: stop.signal });
    stop.abort(reason);
    assertEquals(await stopped.catch((error) => error), reason);
    const waits = Array.from({ length: 50 }, (_, i) => (i % 2 === 0 ? a : b).wait(WAIT));
    await a.set();
    await Promise.all(waits);
    assert(await b.isSet());
    await b.clear();
    assertFalse(await a.isSet());
  });

  redisTest(
    "an unnamed object goes with its last proxy, or its client; an item with what holds it",
    async (server) => {
      await using pair = await both(server);
      const list = await pair.a.list([1]);
      await list[Symbol.asyncDispose]();
      assertEquals(await pair.a.objectCount(), 0);
      const outer = await pair.a.dict<string, ListProxy<number>>({}, { name: "outer" });
      const inner = await pair.a.list([1, 2]);
      await outer.set("list", inner);
      await inner[Symbol.asyncDispose]();
      const same = await (await pair.b.dict<string, ListProxy<number>>({}, { name: "outer" }))
        .get("list");
      await same!.push(3);
      assertEquals(await same!.toArray(), [1, 2, 3]);
      const mine = await pair.a.list([await pair.a.list(["deep"])]);
      assertEquals(await pair.b.objectCount(), 4);
      assertEquals(await (await mine.get(0)).toArray(), ["deep"]);
      await pair.a[Symbol.asyncDispose]();
      assertEquals(await pair.b.objectCount(), 2, "what the client alone referred to is gone");
      assertEquals(await same!.toArray(), [1, 2, 3]);
      await same![Symbol.asyncDispose]();
      await pair.b.remove("outer");
      assertEquals(await pair.b.objectCount(), 0);
      assertEquals(await server.command("EXISTS", "ferry:fence", "ferry:sessions"), ":1");
    },
  );

  redisTest(
    "what is large goes, and what is too large for Redis is refused before it is sent",
    async (server) => {
      await using manager = await Manager.connect(server.url, { patience: 60_000 });
      const list = await manager.list<unknown>();
      const bytes = new Uint8Array(8 << 20).fill(7);
      await list.push(bytes);
      assert((await list.get(0) as Uint8Array).every((byte) => byte === 7));
      await list.extend(Array.from({ length: 20_000 }, (_, i) => i));
      assertEquals([await list.length(), await list.get(-1)], [20_001, 19_999]);
      const many = new Array(1_000_001).fill(null);
      await assertRejects(() => list.extend(many), RangeError, "at most 1000000");
      assertEquals(await list.length(), 20_001);
    },
  );

  redisTest("what is kept are pickles, by CPython's pickles of the keys", async (server) => {
    await using manager = await Manager.connect(server.url);
    const dict = await manager.dict({ ada: 1 }, { name: "scores" });
    // pickle.dumps("ada", 4) and pickle.dumps(2, 4)
    const ada = "\x80\x04\x95\x07\0\0\0\0\0\0\0\x8c\x03ada\x94.";
    assertEquals(await server.command("HEXISTS", "ferry:it:scores", ada), ":1");
    await server.command("HSET", "ferry:it:scores", ada, "\x80\x04K\x02.");
    assertEquals(await dict.get("ada"), 2);
    assertEquals((await dict.entries()).length, 1);
    // What somebody else adds has no place in the order, and comes last.
    await server.command("HSET", "ferry:it:scores", "\x80\x04K\x07.", "\x80\x04K\x08.");
    await dict.set("eve", 3);
    assertEquals(await dict.entries(), [["ada", 2], ["eve", 3], [7, 8]]);
    const value = await manager.value("i", 5, { name: "v" });
    await server.command("INCRBY", "ferry:it:v", "2");
    assertEquals(await value.get(), 7);
  });

  redisTest("what is not to be had says so, and why", async (server) => {
    await using manager = await Manager.connect(server.url);
    const { NotSupported } = Deno.errors;
    await assertRejects(() => manager.barrier(2), NotSupported, "counted");
    await assertRejects(() => manager.condition(), NotSupported, "lock");
    await assertRejects(() => manager.create("Pool"), NotSupported, "program");
    await assertRejects(() => manager.create("Account"), NotSupported, "program");
    await assertRejects(() => manager.shutdown(), NotSupported, "close()");
    const list = await manager.list();
    for (const sync of [() => list.callSync("append", [1]), () => manager.createSync("list")]) {
      await assertRejects(async () => await sync(), NotSupported, "block");
    }
    await assertRejects(() => list.call("no_such"), PyException, "no method");
    await assertRejects(() => list.push(() => 1), NotSupported, "function");
  });

  redisTest("managers and proxies are arguments of processes", async (server) => {
    await using manager = await Manager.connect(server.url);
    const list = await manager.list<number>();
    const named = await manager.dict({}, { name: "d" });
    await using process = new Process(
      async (manager: Manager, list: ListProxy<number>, named: DictProxy) => {
        await list.push(1);
        await named.set("from", "process");
        const same = await manager.dict({}, { name: "d" });
        return await same.get("from");
      },
      { args: [manager, list, named] },
    );
    process.start();
    assertEquals(await process.result(), "process");
    assertEquals(await list.toArray(), [1]);
  });

  redisTest(
    "a manager that is closed refuses every call, and closing twice is once",
    async (server) => {
      const manager = await Manager.connect(server.url);
      const list = await manager.list([1]);
      const event = await manager.event();
      const waiting = assertRejects(() => event.wait(), Deno.errors.BadResource);
      await manager[Symbol.asyncDispose]();
      await manager[Symbol.asyncDispose]();
      manager.close();
      await waiting;
      await assertRejects(() => list.get(0), Deno.errors.BadResource);
      await assertRejects(() => manager.list(), Deno.errors.BadResource);
      await list[Symbol.asyncDispose]();
    },
  );

  redisTest(
    "keys of dicts are equal as Python's are, up to a depth, and what is left out has its default",
    async (server) => {
      await using manager = await Manager.connect(server.url);
      const dict = await manager.dict<unknown, string>();
      for (
        const [key, same] of [[1n, 1], [2n ** 70n, 2n ** 70n], [2n ** 52n, 2 ** 52], [true, 1n]]
      ) {
        await dict.set(key, String(key));
        assertEquals(await dict.get(same), String(key));
      }
      assertEquals(await dict.size(), 3);
      let key: unknown = 1;
      for (let depth = 0; depth < 100; depth++) key = tuple(key);
      await dict.set(key, "deep");
      assertEquals(await dict.get(key), "deep");
      await assertRejects(() => dict.set(tuple(key), "deeper"), RangeError, "100 tuples");
      for (const wrong of [new Set([1]), new PySet([1]), [1], {}, tuple([1])]) {
        await assertRejects(() => dict.set(wrong, "never"), PyException, "unhashable");
      }
      assertEquals(await dict.call("pop", ["none", "default"]), "default");
      for (const items of [[], [5], [5, 6]]) {
        assertEquals(await (await manager.array("b", items)).slice(), items);
      }
    },
  );
}
