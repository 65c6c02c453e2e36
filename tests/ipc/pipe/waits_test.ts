// Waits of several on one pipe end, their timeouts and aborts.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { type Connection, Pipe, Queue, SharedEvent, TimeoutError } from "@ferry/std/ipc";
import { assertAtItsEnd } from "./_at_its_end.ts";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";

const { Busy } = Deno.errors;

Deno.test("Connection's waits end with their timeout, and take no message with them", async () => {
  using pipe = new Pipe<unknown>({ capacity: 1024 });
  const { first, second } = pipe;
  for (const timeout of [0, -1, -Infinity, 1, 5]) {
    const error = await assertRejects(() => first.recv({ timeout }), TimeoutError, `${timeout} ms`);
    assertEquals(error.timeout, timeout);
    await assertRejects(() => first.recvBytes({ timeout }), TimeoutError);
    await assertRejects(() => first.recvBytesInto(new Uint8Array(1), { timeout }), TimeoutError);
    assertThrows(() => first.recvSync({ timeout }), TimeoutError);
    assertThrows(() => first.recvBytesSync({ timeout }), TimeoutError);
    assertThrows(() => first.recvBytesIntoSync(new Uint8Array(1), { timeout }), TimeoutError);
    assertEquals([await first.poll({ timeout }), first.pollSync({ timeout })], [false, false]);
  }
  // One that is there is received whatever the timeout is.
  for (const timeout of [0, -1, 1, Infinity]) {
    second.sendSync(timeout);
    assertEquals([await first.poll({ timeout }), first.pollSync({ timeout })], [true, true]);
    assertEquals(await first.recv({ timeout }), timeout);
    second.sendSync(timeout);
    assertEquals(first.recvSync({ timeout }), timeout);
  }
  let sent = 0;
  while (second.trySend(sent)) sent++;
  for (const timeout of [0, -1, 1]) {
    await assertRejects(() => second.send("x".repeat(100), { timeout }), TimeoutError, "full");
    await assertRejects(() => second.sendBytes(new Uint8Array(100), { timeout }), TimeoutError);
    assertThrows(() => second.sendSync("x".repeat(100), { timeout }), TimeoutError, "full");
    assertThrows(() => second.sendBytesSync(new Uint8Array(100), { timeout }), TimeoutError);
  }
  for (let i = 0; i < sent; i++) assertEquals(first.tryRecv(), i);
  assertStrictEquals(first.tryRecv(), undefined);
});

Deno.test("Connection refuses a timeout that is no number", async () => {
  using pipe = new Pipe<unknown>();
  const { first } = pipe;
  const wrongs = [[NaN, RangeError, "received NaN"], [null, TypeError, "received null"], [
    "5",
    TypeError,
    'received "5"',
  ]];
  for (const [wrong, type, text] of wrongs as [never, typeof TypeError, string][]) {
    const options = { timeout: wrong };
    await assertRejects(() => first.recv(options), type, text);
    await assertRejects(() => first.recvBytes(options), type, text);
    await assertRejects(() => first.poll(options), type, text);
    await assertRejects(() => first.send(1, options), type, text);
    await assertRejects(() => first.sendBytes(new Uint8Array(1), options), type, text);
    assertThrows(() => first.recvSync(options), type, text);
    assertThrows(() => first.pollSync(options), type, text);
    assertThrows(() => first.sendSync(1, options), type, text);
    assertThrows(() => first.sendBytesSync(new Uint8Array(1), options), type, text);
  }
  assertEquals(pipe.second.tryPoll(), false);
});

Deno.test("Connection rejects with the signal's reason when aborted before and during a wait", async () => {
  using pipe = new Pipe<unknown>({ capacity: 1024 });
  const { first, second } = pipe;
  const reason = new SyntaxError("no more");
  second.sendSync("stays");
  const calls: ((signal: AbortSignal) => Promise<unknown>)[] = [
    (signal) => first.recv({ signal }),
    (signal) => first.recvBytes({ signal }),
    (signal) => first.recvBytesInto(new Uint8Array(1), { signal }),
    (signal) => first.poll({ signal }),
    (signal) => first.send(1, { signal }),
    (signal) => first.sendBytes(new Uint8Array(1), { signal }),
    (signal) => first.sendBytes(new Uint8Array(10_000), { signal }),
  ];
  for (const call of calls) {
    const signal = AbortSignal.abort(reason);
    assertStrictEquals(await assertRejects(() => call(signal)), reason);
  }
  assertEquals(first.recvSync(LONG), "stays");
  assertStrictEquals(second.tryRecv(), undefined);
  while (first.trySendBytes(new Uint8Array(0)));
  for (const call of calls) {
    const aborter = new AbortController();
    const aborted = call(aborter.signal);
    await Promise.resolve();
    aborter.abort(reason);
    assertStrictEquals(await within(assertRejects(() => aborted)), reason);
  }
  while (second.tryPoll()) assertEquals(second.tryRecvBytes()?.length, 0);
  first.sendSync("works");
  assertEquals(second.recvSync(LONG), "works");
});

Deno.test("Connection.recv() that was aborted does not swallow the wake-up of a recvSync() of its process", async () => {
  const [mine, theirs] = new Pipe<number>();
  using asleep = new SharedEvent();
  using back = new Queue<unknown>();
  await using process = launch(
    async (end: Connection<number>, asleep: SharedEvent, back: Queue<unknown>, helper: string) => {
      const { tellWhenAsleep } = await import(helper);
      const aborter = new AbortController();
      const aborted = end.recv({ signal: aborter.signal }).catch((reason) => reason);
      aborter.abort("given up");
      const reason = await aborted;
      tellWhenAsleep(asleep);
      back.putSync([end.recvSync(), reason]); // without a timeout: it would hide that nobody woke it
    },
    theirs,
    asleep,
    back,
    ASLEEP,
  );
  await using _witness = await fallenAsleep(asleep);
  mine.sendSync(1);
  assertEquals(await back.get(LONG), [1, "given up"]);
  await finish(process);
  mine.close();
});

Deno.test("Connection gives its messages to those of several waiting who are not aborted, in their order", async () => {
  using pipe = new Pipe<number>();
  const reason = new SyntaxError("no more");
  for (let aborted = 0; aborted < 8; aborted++) {
    const aborters = [0, 1, 2].map(() => new AbortController());
    const waits = aborters.map(({ signal }) => pipe.first.recv({ signal }));
    const outcomes = Promise.allSettled(waits);
    await Promise.resolve();
    const kept = [0, 1, 2].filter((i) => (aborted & (1 << i)) === 0);
    // The message comes at the moment of the abort: it must go to one who still waits.
    kept.forEach((_, n) => n % 2 === 0 && pipe.second.sendSync(n));
    aborters.forEach((aborter, i) => kept.includes(i) || aborter.abort(reason));
    kept.forEach((_, n) => n % 2 === 1 && pipe.second.sendSync(n));
    const got = (await within(outcomes)).map((outcome) =>
      outcome.status === "fulfilled" ? outcome.value : outcome.reason
    );
    const values = got.filter((value) => value !== reason) as number[];
    assertEquals(values.length, kept.length, `aborted: ${aborted.toString(2)}`);
    const sent = kept.filter((_, n) => n % 2 === 0).length;
    const order = [...kept.keys()].sort((a, b) => a % 2 - b % 2 || a - b);
    assert(sent <= order.length);
    assertEquals(values, order);
    assertStrictEquals(pipe.first.tryRecv(), undefined);
  }
});

Deno.test("Connection sends messages of several awaiting tasks in their order, without those aborted", async () => {
  const [mine, theirs] = new Pipe<string>({ capacity: 1024 });
  const reason = new SyntaxError("no more");
  const aborter = new AbortController();
  const long = (letter: string) => letter.repeat(5000);
  const sends = [
    mine.send(long("a")),
    mine.send(long("b"), { signal: aborter.signal }),
    mine.send(long("c"), { timeout: 1 }),
    mine.send(long("d")),
  ];
  const outcomes = Promise.allSettled(sends);
  assertThrows(() => mine.sendSync("e"), Busy);
  assertEquals(mine.trySend("f"), false);
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => sends[1]!), reason);
  await assertRejects(() => sends[2]!, TimeoutError);
  const received = [await theirs.recv(LONG), await theirs.recv(LONG)];
  assertEquals(received, [long("a"), long("d")]);
  assertEquals((await within(outcomes)).map(({ status }) => status), [
    "fulfilled",
    "rejected",
    "rejected",
    "fulfilled",
  ]);
  mine.close();
  theirs.close();
});

Deno.test("Connection's reader never sees a large message whose sender was aborted in the middle", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 1024 });
  for (const bytes of [true, false]) {
    const aborter = new AbortController();
    const large = bytes
      ? mine.sendBytes(new Uint8Array(50_000), { signal: aborter.signal })
      : mine.send("x".repeat(50_000), { signal: aborter.signal });
    const received = theirs.recv(LONG);
    await Promise.resolve();
    aborter.abort();
    assertInstanceOf(await assertRejects(() => large), DOMException);
    const next = mine.send({ next: bytes }, LONG);
    assertEquals(await received, { next: bytes });
    await next;
  }
  mine.close();
  await assertAtItsEnd(theirs); // not in the middle of a message
  theirs.close();
});

Deno.test("Connection refuses to block on what its own awaiting task is about to receive", async () => {
  using pipe = new Pipe<number>();
  const first = pipe.first.recv(LONG);
  assertThrows(() => pipe.first.recvSync({ timeout: 0 }), Busy);
  assertStrictEquals(pipe.first.tryRecv(), undefined);
  pipe.second.sendSync(1);
  assertEquals(await first, 1);
  pipe.second.sendSync(2);
  assertEquals(pipe.first.recvSync(LONG), 2);
});

Deno.test("Connection refuses to move in the middle of receiving a large message, and moves after it", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 1024 });
  using carrier = new Pipe<unknown>();
  const aborter = new AbortController();
  const begun = mine.recv({ signal: aborter.signal });
  const sent = theirs.send("x".repeat(9000), LONG);
  assertEquals(await mine.poll(LONG), true);
  aborter.abort();
  // The abort may have been too late for a part of the message, not for all of it.
  await assertRejects(() => begun, DOMException);
  assertThrows(() => carrier.first.sendSync({ mine }), Busy, "large message");
  assertEquals(carrier.second.tryPoll(), false);
  assertEquals(await mine.recv(LONG), "x".repeat(9000));
  await sent;
  carrier.first.sendSync({ mine });
  const { mine: moved } = carrier.second.recvSync(LONG) as { mine: Connection };
  theirs.sendSync("after");
  assertEquals(moved.recvSync(LONG), "after");
  moved.close();
  theirs.close();
});

Deno.test("Connection received into twice at once gives each task a message of its own", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 1024 });
  const target = new Uint8Array(5000);
  const tasks = Promise.all([
    mine.recvBytes(LONG),
    mine.recvBytesInto(target, LONG),
    mine.recv(LONG),
    mine.recvBytes(LONG),
  ]);
  for (const length of [3000, 4000]) await theirs.sendBytes(new Uint8Array(length).fill(9), LONG);
  await theirs.send("object", LONG);
  await theirs.sendBytes(new Uint8Array(1), LONG);
  const [first, second, third, fourth] = await within(tasks);
  assertEquals([first.length, second, third, fourth.length], [3000, 4000, "object", 1]);
  assertEquals([target[3999], target[4000]], [9, 0]);
  mine.close();
  theirs.close();
});
