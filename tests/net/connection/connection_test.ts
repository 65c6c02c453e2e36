// Behaviours of CPython's _TestConnection, _TestPoll and TestWait, and what is ours: time limits, turns, ends.
import { BufferTooShortError, connect, Connection, Listener } from "@ferry/std/net/connection";
import { waitAny } from "@ferry/std/ipc/wait-any";
import {
  BrokenPipeError,
  ClosedError,
  ConnectionResetError,
  IncompleteReadError,
  TimeoutError,
} from "@ferry/std/net/errors";
import { Global, PicklingError, tuple, UnpicklingError } from "@ferry/std/persist/pickle";
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { assertBytes, frame, join, pattern, Script, turn } from "./_duplex.ts";

/** Two connected ends over a real socket. */
async function pair(): Promise<Disposable & { a: Connection; b: Connection }> {
  await using listener = new Listener({ port: 0 });
  const a = await connect(listener.address);
  const b = await listener.accept();
  return {
    a,
    b,
    [Symbol.dispose]() {
      a.close();
      b.close();
    },
  };
}

Deno.test("Connection carries objects and bytes, in order, both ways at once", async () => {
  using ends = await pair();
  const { a, b } = ends;
  const values = [null, true, 1, "text", [1, [2]], { k: { l: [] } }, 2n ** 70n];
  for (const value of values) {
    await a.send(value);
    assertEquals(await b.recv(), value);
    await b.send(value);
    assertEquals(await a.recv(), value);
  }
  for (const size of [0, 1, 100, 16_384, 16_385, 1 << 20]) {
    const sent = Promise.all([a.sendBytes(pattern(size)), b.sendBytes(pattern(size, 1))]);
    assertBytes(await b.recvBytes(), pattern(size));
    assertBytes(await a.recvBytes(), pattern(size, 1));
    await sent;
  }
});

Deno.test("Connection.sendBytes() takes buffers and views of all kinds, and refuses what is none", async () => {
  using ends = await pair();
  const { a, b } = ends;
  const buffer = pattern(16).buffer;
  await a.sendBytes(buffer);
  await a.sendBytes(new DataView(buffer, 4, 8));
  await a.sendBytes(new Float64Array(buffer, 8, 1));
  assertEquals(await b.recvBytes(), pattern(16));
  assertEquals(await b.recvBytes(), pattern(16).slice(4, 12));
  assertEquals(await b.recvBytes(), pattern(16).slice(8));
  for (const wrong of ["text", 1, null, [1, 2]]) {
    await assertRejects(() => a.sendBytes(wrong as unknown as Uint8Array), TypeError);
  }
  const gone = new ArrayBuffer(4);
  structuredClone(gone, { transfer: [gone] });
  await assertRejects(() => a.sendBytes(gone), TypeError, "detached");
});

Deno.test("Connection.recvBytesInto() fills what it is given, and gives a longer message with the error", async () => {
  using ends = await pair();
  const { a, b } = ends;
  const target = new Uint8Array(10).fill(9);
  await a.sendBytes(pattern(4));
  assertEquals(await b.recvBytesInto(target.subarray(2)), 4);
  assertEquals(target, Uint8Array.from([9, 9, ...pattern(4), 9, 9, 9, 9]));
  await a.sendBytes(pattern(200_000));
  const error = await assertRejects(() => b.recvBytesInto(target), BufferTooShortError);
  assertBytes(error.bytes, pattern(200_000));
  await a.sendBytes(pattern(0));
  assertEquals(await b.recvBytesInto(target), 0);
});

Deno.test("Connection.recv() refuses what is not registered and no pickle, and goes on with the next", async () => {
  using ends = await pair();
  const { a, b } = ends;
  const harm = new TextEncoder().encode("cposix\nsystem\n(S'true'\ntR.");
  await a.sendBytes(harm);
  await a.sendBytes(pattern(30));
  await a.sendBytes(new Uint8Array(0));
  await a.send("fine");
  await assertRejects(() => b.recv(), UnpicklingError);
  await assertRejects(() => b.recv(), UnpicklingError);
  await assertRejects(() => b.recv());
  assertEquals(await b.recv(), "fine");
});

Deno.test("Connection pickles as its options say", async () => {
  const script = new Script();
  using connection = new Connection(script, {
    dump: { protocol: 2 },
    load: { mode: "plain", unknown: "error" },
  });
  await connection.send(new Global("builtins", "int"));
  assert(new TextDecoder().decode(script.output).includes("__builtin__"));
  script.feed(frame(Uint8Array.fromHex("80024b014b02862e")));
  assertEquals(await connection.recv(), [1, 2]);
  await assertRejects(() => connection.send(() => {}), PicklingError);
  assertThrows(() => connection.trySend(Symbol("no")), PicklingError);
  await connection.send(tuple(1));
});

Deno.test("Connection gives a deadline's message to the next caller", async () => {
  const script = new Script();
  using connection = new Connection(script);
  for (let i = 0; i < 20; i++) {
    await assertRejects(() => connection.recvBytes({ timeout: i % 3 }), TimeoutError);
  }
  assertEquals(script.reads, 1); // One read, whoever waits for it.
  script.feed(frame("late"));
  assertEquals(await connection.recvBytes(), new TextEncoder().encode("late"));
});

Deno.test("Connection: a message that comes in pieces survives time limits and aborts between them", async () => {
  const script = new Script();
  using connection = new Connection(script);
  const message = frame(pattern(100_000));
  const step = 9000;
  let at = 0;
  for (; at + step < message.length; at += step) {
    const controller = new AbortController();
    const waiting = connection.recvBytes({ signal: controller.signal });
    const other = assertRejects(() => connection.recvBytes({ timeout: 0 }), TimeoutError);
    script.feed(message.subarray(at, at + step / 2));
    await other;
    controller.abort(new RangeError("enough"));
    await assertRejects(() => waiting, RangeError, "enough");
    script.feed(message.subarray(at + step / 2, at + step));
  }
  script.feed(message.subarray(at));
  assertBytes(await connection.recvBytes(), pattern(100_000));
});

Deno.test("Connection serves several callers in their order", async () => {
  const script = new Script();
  using connection = new Connection(script);
  const order: string[] = [];
  const controller = new AbortController();
  const calls = [
    connection.recvBytes().then((bytes) => order.push(`a${bytes.length}`)),
    connection.recvBytes({ signal: controller.signal }).catch(() => order.push("aborted")),
    connection.recvBytesInto(new Uint8Array(9)).then((length) => order.push(`b${length}`)),
    connection.recv().catch((error) => order.push(error.name)),
    connection.recvBytes().then((bytes) => order.push(`c${bytes.length}`)),
  ];
  controller.abort();
  assertEquals(connection.tryRecvBytes(), undefined); // Others are before it.
  script.feed(frame("1"), frame("12"), frame("no"), frame("1234"));
  await Promise.all(calls);
  assertEquals(order.slice(1), ["a1", "b2", "UnpicklingError", "c4"]);
  assertEquals(order[0], "aborted");
});

Deno.test("Connection with an aborted signal rejects with its reason and takes nothing", async () => {
  const script = new Script();
  using connection = new Connection(script);
  script.feed(frame("x"));
  await connection.poll();
  const reason = new RangeError("no");
  const signal = AbortSignal.abort(reason);
  for (
    const call of [
      () => connection.recv({ signal }),
      () => connection.recvBytes({ signal }),
      () => connection.recvBytesInto(new Uint8Array(1), { signal }),
      () => connection.poll({ signal }),
    ]
  ) assertStrictEquals(await assertRejects(call), reason);
  assertEquals((await connection.recvBytes()).length, 1);
});

Deno.test("Connection.tryRecv…() finds what a read before it has brought", async () => {
  using ends = await pair();
  const { a, b } = ends;
  assertEquals([b.tryRecv(), b.tryRecvBytes()], [undefined, undefined]);
  await a.send("hello");
  let found: unknown;
  while ((found = b.tryRecv()) === undefined) await turn();
  assertEquals(found, "hello");
  await a.sendBytes(pattern(3));
  const into = new Uint8Array(3);
  while (b.tryRecvBytesInto(into) === undefined) await turn();
  assertEquals(into, pattern(3));
  a.close();
  await b.poll();
  assertThrows(() => b.tryRecv(), IncompleteReadError);
});

Deno.test("Connection.poll() says whether receiving would wait, and consumes nothing", async () => {
  using ends = await pair();
  const { a, b } = ends;
  for (const timeout of [0, -1, 1]) assertEquals(await b.poll({ timeout }), false);
  const waiting = b.poll();
  await a.sendBytes(pattern(0));
  assertEquals(await waiting, true);
  assertEquals([await b.poll({ timeout: 0 }), await b.poll()], [true, true]);
  assertEquals((await b.recvBytes()).length, 0);
  assertEquals(await b.poll({ timeout: 0 }), false);
  a.close();
  assertEquals(await b.poll(), true); // The end is something to be received.
});

Deno.test("Connection.poll() sees the fragments of a message as no message", async () => {
  const script = new Script();
  using connection = new Connection(script);
  script.feed(frame("whole").subarray(0, 6));
  assertEquals(await connection.poll({ timeout: 5 }), false);
  script.feed(frame("whole").subarray(6));
  assertEquals(await connection.poll(), true);
});

Deno.test("Connection is iterated until the peer closes it", async () => {
  using ends = await pair();
  const { a, b } = ends;
  for (let i = 0; i < 100; i++) void a.send(i);
  await a.flush();
  a.close();
  const seen: unknown[] = [];
  for await (const value of b) seen.push(value);
  assertEquals(seen, Array.from({ length: 100 }, (_, i) => i));
});

Deno.test("Connection.close() rejects those who wait, also when data is there, and is idempotent", async () => {
  const script = new Script();
  const connection = new Connection(script);
  script.feed(frame("x"));
  await connection.poll();
  const free = script.jam();
  const sending = assertRejects(() => connection.sendBytes(pattern(10)), ClosedError);
  connection.close();
  connection.close();
  assert(connection.closed && script.closed);
  free();
  await sending;
  await assertRejects(() => connection.recv(), ClosedError);
  await assertRejects(() => connection.sendBytes(pattern(1)), ClosedError);
  await assertRejects(() => connection.flush(), ClosedError);
  assertThrows(() => connection.trySendBytes(pattern(1)), ClosedError);
  assertThrows(() => connection.tryRecv(), ClosedError);
  assert(await connection.poll());

  using ends = await pair();
  const waiting = [ends.a.recv(), ends.a.recvBytes(), ends.a.recvBytesInto(new Uint8Array(1))];
  ends.a.close();
  for (const each of waiting) await assertRejects(() => each, ClosedError);
});

Deno.test("Connection with await using sends what is left before it closes", async () => {
  using ends = await pair();
  const { a, b } = ends;
  {
    await using sender = a;
    for (let i = 0; i < 50; i++) sender.trySendBytes(pattern(1000, i));
  }
  for (let i = 0; i < 50; i++) assertBytes(await b.recvBytes(), pattern(1000, i));
  await assertRejects(() => b.recvBytes(), Deno.errors.UnexpectedEof);
});

Deno.test("Connection tells who sends that the peer is gone, first and later", async () => {
  using ends = await pair();
  const { a, b } = ends;
  b.close();
  const error = await assertRejects(async () => {
    while (true) await a.sendBytes(pattern(10_000));
  });
  assert(error instanceof BrokenPipeError || error instanceof ConnectionResetError, `${error}`);
  assertEquals(error.peer, b.localAddress);
  assertStrictEquals(await assertRejects(() => a.sendBytes(pattern(1))), error);
  assertThrows(() => a.trySendBytes(pattern(1)));
});

Deno.test("Connection slows down a peer that sends while nobody receives", async () => {
  using ends = await pair();
  const { a, b } = ends;
  await a.send("first");
  assertEquals(await b.recv(), "first");
  let sent = 0;
  while (a.trySendBytes(pattern(8000)) && sent < 100_000) {
    sent++;
    if (a.pendingBytes > 60_000) {
      // Whether the system takes more: a turn, and a look.
      await turn();
      await turn();
    }
  }
  // The buffers of two sockets, and no more.
  assert(sent < 100_000);
  let received = 0;
  while (received < sent) {
    assertEquals((await b.recvBytes({ timeout: 30_000 })).length, 8000);
    received++;
  }
});

Deno.test("waitAny() waits for connections beside other things", async () => {
  using one = await pair();
  using two = await pair();
  assertEquals(await waitAny([one.b, two.b], { timeout: 1 }), []);
  const waiting = waitAny([one.b, two.b]);
  await two.a.send("x");
  assertEquals(await waiting, [two.b]);
  await one.a.send("y");
  await one.b.poll();
  assertEquals(await waitAny([one.b, two.b]), [one.b, two.b]);
  assertEquals([await one.b.recv(), await two.b.recv()], ["y", "x"]);
  one.a.close();
  assertEquals(await waitAny([one.b, two.b]), [one.b]);
});

Deno.test("waitAny() reads a hundred connections to their ends, as CPython's test_wait does", async () => {
  const pairs: Awaited<ReturnType<typeof pair>>[] = [];
  for (let i = 0; i < 100; i++) pairs.push(await pair());
  const messages: string[] = [];
  const writing = pairs.map(async ({ a }, i) => {
    for (let n = 0; n < 3; n++) {
      await a.send(`${i}:${n}`);
      if (i % 7 === 0) await turn();
    }
    a.close();
  });
  const open = new Set(pairs.map(({ b }) => b));
  while (open.size > 0) {
    for (const connection of await waitAny(open, { timeout: 30_000 })) {
      try {
        messages.push(await connection.recv() as string);
      } catch (error) {
        assert(error instanceof Deno.errors.UnexpectedEof);
        open.delete(connection);
      }
    }
  }
  await Promise.all(writing);
  assertEquals(messages.length, 300);
  assertEquals(new Set(messages).size, 300);
  for (const each of pairs) each[Symbol.dispose]();
});

Deno.test("Connection with a limit that is none is a RangeError", () => {
  for (const maxBytes of [-1, NaN]) {
    assertThrows(() => new Connection(new Script(), { maxBytes }), RangeError);
  }
});

Deno.test("Connection sends more than 2 GiB with the long header", async () => {
  const headers: Uint8Array[] = [];
  let total = 0;
  using connection = new Connection({
    read: () => new Promise(() => {}),
    write(bytes) {
      if (total < 12) headers.push(bytes.slice(0, 12));
      total += bytes.length;
      return Promise.resolve(bytes.length);
    },
    close() {},
  });
  // Optimised code is to see the difference between a small message and one of 2 GiB too.
  for (let i = 0; i < 3000; i++) connection.trySendBytes(new Uint8Array(i % 10));
  await connection.flush();
  total = 0;
  headers.length = 0;
  // Zeros that nobody reads: the system need not have them.
  await connection.sendBytes(new Uint8Array(2 ** 31));
  assertEquals(join(...headers).slice(0, 12).toHex(), "ffffffff0000000080000000");
  assertEquals(total, 2 ** 31 + 12);
});

Deno.test("Connection: a buffer that is detached before it was sent is an error, not half a message", async () => {
  using ends = await pair();
  const { a } = ends;
  const large = new Uint8Array(1 << 20);
  const sent = a.sendBytes(large);
  large.buffer.transfer();
  await assertRejects(() => sent, TypeError, "detached before it was sent");
  await assertRejects(() => a.send(1), TypeError, "detached before it was sent");
});
