// Options that are no options: what looks right to those who come from Python is refused, with the right form.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Barrier,
  BoundedSemaphore,
  Condition,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";

/** A call that takes wait options in its last argument. */
type Call = (options: never) => unknown;

const queue = new Queue<number>();
const joinable = new JoinableQueue<number>();
const [here, there] = new Pipe<unknown>();
const lock = new Lock();
const rlock = new RLock();
const semaphore = new Semaphore(1);
const bounded = new BoundedSemaphore(1);
const condition = new Condition();
const event = new SharedEvent();
const value = new SharedValue("int32", 1);
const barrier = new Barrier(2);
const bytes = new Uint8Array(8);

const ASYNC: readonly [string, Call][] = [
  ["Queue.put", (options) => queue.put(1, options)],
  ["Queue.get", (options) => queue.get(options)],
  ["Queue.putMany", (options) => queue.putMany([1], options)],
  ["Queue.getMany", (options) => queue.getMany(1, options)],
  ["JoinableQueue.join", (options) => joinable.join(options)],
  ["Connection.send", (options) => here.send(1, options)],
  ["Connection.recv", (options) => here.recv(options)],
  ["Connection.sendBytes", (options) => here.sendBytes(bytes, options)],
  ["Connection.recvBytes", (options) => here.recvBytes(options)],
  ["Connection.recvBytesInto", (options) => here.recvBytesInto(bytes, options)],
  ["Connection.poll", (options) => here.poll(options)],
  ["Lock.acquire", (options) => lock.acquire(options)],
  ["RLock.acquire", (options) => rlock.acquire(options)],
  ["Semaphore.acquire", (options) => semaphore.acquire(options)],
  ["BoundedSemaphore.acquire", (options) => bounded.acquire(options)],
  ["SharedValue.lock.acquire", (options) => value.lock.acquire(options)],
  ["Condition.acquire", (options) => condition.acquire(options)],
  ["Condition.wait", (options) => condition.wait(options)],
  ["Condition.waitFor", (options) => condition.waitFor(() => true, options)],
  ["SharedEvent.wait", (options) => event.wait(options)],
  ["Barrier.wait", (options) => barrier.wait(options)],
  ["waitAny", (options) => waitAny([queue], options)],
];

const SYNC: readonly [string, Call][] = [
  ["Queue.putSync", (options) => queue.putSync(1, options)],
  ["Queue.getSync", (options) => queue.getSync(options)],
  ["Queue.putManySync", (options) => queue.putManySync([1], options)],
  ["Queue.getManySync", (options) => queue.getManySync(1, options)],
  ["JoinableQueue.joinSync", (options) => joinable.joinSync(options)],
  ["Connection.sendSync", (options) => here.sendSync(1, options)],
  ["Connection.recvSync", (options) => here.recvSync(options)],
  ["Connection.sendBytesSync", (options) => here.sendBytesSync(bytes, options)],
  ["Connection.recvBytesSync", (options) => here.recvBytesSync(options)],
  ["Connection.recvBytesIntoSync", (options) => here.recvBytesIntoSync(bytes, options)],
  ["Connection.pollSync", (options) => here.pollSync(options)],
  ["Lock.acquireSync", (options) => lock.acquireSync(options)],
  ["RLock.acquireSync", (options) => rlock.acquireSync(options)],
  ["Semaphore.acquireSync", (options) => semaphore.acquireSync(options)],
  ["BoundedSemaphore.acquireSync", (options) => bounded.acquireSync(options)],
  ["SharedValue.lock.acquireSync", (options) => value.lock.acquireSync(options)],
  ["Condition.acquireSync", (options) => condition.acquireSync(options)],
  ["Condition.waitSync", (options) => condition.waitSync(options)],
  ["Condition.waitForSync", (options) => condition.waitForSync(() => true, options)],
  ["SharedEvent.waitSync", (options) => event.waitSync(options)],
  ["Barrier.waitSync", (options) => barrier.waitSync(options)],
  ["waitAnySync", (options) => waitAnySync([queue], options)],
];

/** What is no options object, and how the error shows it. */
const WRONG: readonly [unknown, string][] = [
  [0.1, "0.1"],
  [2, "2"],
  [0, "0"],
  [true, "true"],
  [false, "false"],
  ["1s", '"1s"'],
  [1n, "1n"],
  [null, "null"],
  [[1], "an array"],
  [() => {}, "a function"],
  [Symbol("s"), "Symbol(s)"],
];

/** The objects are as they were: nothing was put, sent, taken or held. */
function untouched(): void {
  assertEquals([queue.size, joinable.size], [0, 0]);
  assertEquals([there.tryPoll(), here.tryPoll()], [false, false]);
  assertEquals(
    [lock.locked, rlock.locked, condition.locked, value.lock.locked],
    Array(4).fill(false),
  );
  assertEquals([semaphore.value, bounded.value, barrier.waiting], [1, 1, 0]);
}

for (const [name, call] of ASYNC) {
  Deno.test(`${name}() refuses options that are no object, and shows the right form`, async () => {
    const held = name.startsWith("Condition.wait") ? condition.acquireSync() : undefined;
    for (const [wrong, shown] of WRONG) {
      const error = await assertRejects(async () => await call(wrong as never), TypeError);
      assert(error.message.startsWith("Cannot "), error.message);
      assert(
        /options must be an object such as \{ timeout: 1000/.test(error.message),
        error.message,
      );
      assert(
        error.message.endsWith(`received ${shown}`) || error.message.includes(`received ${shown};`),
        error.message,
      );
    }
    for (const signal of [{}, "abort", 1, null, new AbortController()]) {
      await assertRejects(
        async () => await call({ signal } as never),
        TypeError,
        "signal must be an AbortSignal",
      );
    }
    for (const timeout of ["1", null, true, {}, 1n]) {
      await assertRejects(
        async () => await call({ timeout } as never),
        TypeError,
        "timeout must be a number of milliseconds",
      );
    }
    held?.release();
    untouched();
  });
}

for (const [name, call] of SYNC) {
  Deno.test(`${name}() refuses options that are no object, and shows the right form`, () => {
    const held = name.startsWith("Condition.wait") ? condition.acquireSync() : undefined;
    for (const [wrong, shown] of WRONG) {
      const { message } = assertThrows(() => call(wrong as never), TypeError);
      assert(message.startsWith("Cannot "), message);
      assert(/options must be an object such as \{ timeout: 1000/.test(message), message);
      assert(
        message.endsWith(`received ${shown}`) || message.includes(`received ${shown};`),
        message,
      );
    }
    for (const timeout of ["1", null, true, {}, 1n]) {
      assertThrows(
        () => call({ timeout } as never),
        TypeError,
        "timeout must be a number of milliseconds",
      );
    }
    held?.release();
    untouched();
  });
}

Deno.test("acquire(false) and get(false), as in Python, are answered with what to write", () => {
  assertThrows(() => lock.acquireSync(false as never), TypeError, "{ timeout: 0 } tries once");
  assertThrows(() => queue.getSync(false as never), TypeError, "{ timeout: 0 } tries once");
});

Deno.test("acquire(0.1) and get(0.1), as in Python, are answered in milliseconds", () => {
  assertThrows(() => lock.acquireSync(0.1 as never), TypeError, "(milliseconds)");
});

Deno.test("Constructors and other calls refuse options that are no object, and show the right form", () => {
  const cases: readonly [string, (wrong: never) => unknown, string][] = [
    ["new Queue(2)", (wrong) => new Queue(wrong), "{ maxSize: 10 }"],
    ["new JoinableQueue(2)", (wrong) => new JoinableQueue(wrong), "{ maxSize: 10 }"],
    ["new Pipe(false)", (wrong) => new Pipe(wrong), "{ duplex: false }"],
    ["new SharedValue", (wrong) => new SharedValue("int32", 0, wrong), "{ lock: false }"],
    ["new SharedArray", (wrong) => new SharedArray("int32", 3, wrong), "{ lock: false }"],
    ["new Barrier", (wrong) => new Barrier(2, wrong), "{ timeout: 1000"],
    ["shutdown(true)", (wrong) => queue.shutdown(wrong), "{ immediate: true }"],
    ["fill", (wrong) => new SharedArray("int32", 3).fill(0, wrong), "{ start: 1 }"],
    ["items", (wrong) => queue.items(wrong), "{ timeout: 1000"],
  ];
  for (const [name, call, form] of cases) {
    for (const [wrong, shown] of WRONG) {
      const { message } = assertThrows(() => call(wrong as never), TypeError, undefined, name);
      assert(message.includes(`must be an object such as ${form}`), `${name}: ${message}`);
      assert(message.includes(`received ${shown}`), `${name}: ${message}`);
    }
  }
  assertEquals(queue.isShutDown, false);
});

Deno.test("Options may be absent, empty, without a prototype or an instance of a class", async () => {
  class Options {
    timeout = 1000;
  }
  for (const options of [undefined, {}, Object.create(null), new Options()]) {
    await queue.put(1, options);
    queue.putSync(2, options);
    assertEquals(await queue.get(options), 1);
    assertEquals(queue.getSync(options), 2);
    lock.acquireSync(options).release();
  }
  untouched();
});
