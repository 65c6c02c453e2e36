// One loop for many connections: what is ready, and who is asked.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createConnection,
  createServer,
  openConnection,
  Selector,
  ServerSocket,
  type Socket,
  socketPair,
  wait,
  type Watch,
  watchable,
} from "@ferry/std/net";
import { bytes, text } from "./support/source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 60_000 };

Deno.test("Selector: an object is ready until what there is was taken", async () => {
  const [a, b] = socketPair();
  using selector = new Selector<Socket, string>();
  const key = selector.register(b, "read", "b");
  assertEquals(key, { object: b, events: "read", data: "b" });
  assertEquals(await selector.select({ timeout: 0 }), []);
  await a.sendAll("xy");
  assertEquals(await selector.select(LONG), [[key, "read"]]);
  assertEquals(await selector.select(LONG), [[key, "read"]]);
  assertEquals(text(await b.recv(1)), "x");
  assertEquals(await selector.select({ timeout: 0 }), [[key, "read"]]);
  assertEquals(text(await b.recv(1)), "y");
  assertEquals(await selector.select({ timeout: 10 }), []);
  a.close();
  assertEquals(await selector.select(LONG), [[key, "read"]]);
  assertEquals(await b.recv(), null);
  assertEquals(await selector.select(LONG), [[key, "read"]]);
  b.close();
});

Deno.test("Selector: ready for writing while no more than the high water waits to be sent", async () => {
  const [a, b] = socketPair();
  using selector = new Selector<Socket>();
  selector.register(a, "both");
  const ready = async (timeout: number) =>
    (await selector.select({ timeout })).map(([, events]) => events);
  assertEquals(await ready(0), ["write"]);
  // 64 KiB are on their way, as much again and a byte wait here.
  a.writer.write(new Uint8Array(200_000));
  assertEquals(await ready(10), []);
  await b.sendAll("x");
  assertEquals(await ready(20_000), ["read"]);
  await b.recvExactly(190_000, LONG);
  assertEquals(await ready(20_000), ["both"]);
  assertEquals(text(await a.recv()), "x");
  assertEquals(await ready(20_000), ["write"]);
  assertEquals(selector.modify(a, "read").events, "read");
  assertEquals(await ready(0), []);
  a.abort();
  assertEquals(await ready(20_000), ["read"]);
  b.abort();
});

Deno.test("Selector: what happens while a select waits counts for it", async () => {
  const [a, b] = socketPair();
  const [c, d] = socketPair();
  await c.sendAll("early");
  const selector = new Selector<Socket>();
  selector.register(b);
  const first = selector.select(LONG);
  selector.register(d);
  assertEquals((await first).map(([{ object }]) => object), [d]);
  selector.unregister(d);
  const second = selector.select(LONG);
  selector.unregister(b);
  // It is not registered any more: what it receives wakes nobody.
  await a.sendAll("late");
  const third = selector.select(LONG);
  selector.register(b, "write");
  for (const each of [second, third]) {
    assertEquals((await each).map(([{ object }, events]) => [object, events]), [[b, "write"]]);
  }
  selector.modify(b, "read");
  await b.recv();
  const last = selector.select();
  const stop = new AbortController();
  const aborted = selector.select({ signal: stop.signal });
  stop.abort("enough");
  assertEquals(await aborted.catch((reason) => reason), "enough");
  selector.close();
  selector.close();
  await assertRejects(() => last, TypeError, "the selector is closed");
  for (const each of [a, b, c, d]) each.abort();
});

Deno.test("Selector asks only objects to which something happened", async () => {
  class Counting {
    asked = 0;
    isReady = false;
    #notify: (() => void) | undefined;
    watch(notify: () => void): Watch {
      this.#notify = notify;
      return { ready: () => (this.asked++, this.isReady), stop: () => {} };
    }
    ring(): void {
      this.isReady = true;
      this.#notify?.();
    }
  }
  watchable(Counting);
  const all = Array.from({ length: 1000 }, () => new Counting());
  using selector = new Selector<Counting, number>();
  for (const [i, each] of all.entries()) selector.register(each, "read", i);
  assertEquals(selector.size, 1000);
  assertEquals(await selector.select({ timeout: 0 }), []);
  for (let round = 1; round <= 10; round++) {
    const selecting = selector.select(LONG);
    all[7 * round]!.ring();
    assertEquals((await selecting).map(([{ data }]) => data), [7 * round]);
    all[7 * round]!.isReady = false;
  }
  // Once when it was registered, for one more at most when it rang, and once when it was over.
  assertEquals(Math.max(...all.map(({ asked }) => asked)), 3);
  assertEquals(all.filter(({ asked }) => asked === 1).length, 990);
});

Deno.test("Selector: one loop serves a listener and a hundred clients", async () => {
  using listener = await createServer(HERE);
  using selector = new Selector<ServerSocket | Socket>();
  selector.register(listener);
  const CLIENTS = 100;
  let gone = 0;
  const serving = (async () => {
    while (gone < CLIENTS) {
      for (const [{ object }] of await selector.select(LONG)) {
        if (object instanceof ServerSocket) {
          selector.register(await object.accept());
          continue;
        }
        const chunk = await object.recv();
        if (chunk !== null) await object.sendAll(chunk);
        else {
          selector.unregister(object);
          object.close();
          gone++;
        }
      }
    }
  })();
  await Promise.all(Array.from({ length: CLIENTS }, async (_, i) => {
    await using client = await createConnection(listener.address);
    for (let n = 0; n < 10; n++) {
      await client.sendAll(`client ${i} message ${n}`);
      const expected = bytes(`client ${i} message ${n}`);
      assertEquals(await client.recvExactly(expected.length, LONG), expected);
    }
  }));
  await serving;
  assertEquals([...selector.keys()].map(({ object }) => object), [listener]);
});

Deno.test("Selector: what cannot be watched, or is not registered, is refused", async () => {
  using selector = new Selector();
  const [a, b] = socketPair();
  using listener = await createServer(HERE);
  selector.register(a);
  assertThrows(() => selector.register(a), TypeError, "registered already");
  assertThrows(() => selector.register({} as never), TypeError, "a connection, reader or listener");
  assertThrows(() => selector.register(listener, "write"), TypeError, "for writing");
  assertThrows(() => selector.register(b, "rw" as never), TypeError, "received rw");
  assertThrows(() => selector.unregister(b), TypeError, "is not registered");
  assertThrows(() => selector.modify(b, "read"), TypeError, "is not registered");
  assertThrows(() => selector.modify(a, "rw" as never), TypeError, "received rw");
  assertEquals(selector.getKey(a)?.events, "read");
  assertEquals(selector.getKey(b), undefined);
  a.abort();
  b.abort();
});

Deno.test("Selector leaves nothing behind: a reader can be read by others afterwards", async () => {
  using listener = await createServer(HERE);
  await using client = await openConnection(listener.address);
  await using server = await listener.accept(LONG);
  {
    using selector = new Selector();
    selector.register(client);
    assertEquals(await selector.select({ timeout: 1 }), []);
  }
  await server.sendAll("line\n");
  assertEquals(text(await client.reader.readLine(LONG)), "line");
});

Deno.test("Selector and wait(): a timeout that is no number is refused", async () => {
  using selector = new Selector();
  await assertRejects(() => selector.select({ timeout: NaN }), RangeError);
  await assertRejects(() => wait([], { timeout: NaN }), RangeError);
});
