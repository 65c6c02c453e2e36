// Code of the user's own that runs in the middle of an operation, and disposes of the object or uses it again.
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Barrier,
  Condition,
  Lock,
  Pipe,
  Queue,
  registerClass,
  SharedArray,
  SharedValue,
  waitAny,
} from "@ferry/std/ipc";
import { within } from "../_support/crew.ts";
import { occupy } from "../_support/occupy.ts";

/** What a decode() of the next Bell is to do. */
let onDecode: () => unknown = () => {};

class Bell {
  rung: unknown;
}
registerClass("reentrancy_test.Bell", Bell, {
  encode: () => null,
  decode: () => {
    const bell = new Bell();
    bell.rung = onDecode();
    return bell;
  },
});

Deno.test("Queue disposed of by what is being put does not touch what comes into its memory", () => {
  const queue = new Queue<unknown>();
  let check = () => {};
  queue.putSync({
    get x() {
      queue.close();
      check = occupy();
      return "x".repeat(100);
    },
    y: 2,
  });
  check();
  assertThrows(() => queue.putSync(1), Deno.errors.BadResource);
});

Deno.test("Queue disposed of by what is being got does not touch what comes into its memory", () => {
  const queue = new Queue<Bell>({ maxSize: 2 });
  queue.putSync(new Bell());
  let check = () => {};
  onDecode = () => {
    queue.close();
    check = occupy();
    return "rung";
  };
  assertEquals(queue.getSync().rung, "rung");
  check();
  assertThrows(() => queue.tryGet(), Deno.errors.BadResource);
});

Deno.test("Connection closed by what is being sent or received does not touch what comes into its memory", () => {
  for (const size of [10, 5000]) {
    const [a, b] = new Pipe<unknown>({ capacity: 4096 });
    let check = () => {};
    const value = {
      get x() {
        a.close();
        check = occupy();
        return "x".repeat(size);
      },
    };
    if (size === 10) a.sendSync(value);
    else assertThrows(() => a.sendSync(value), Deno.errors.BadResource);
    check();
    if (size === 10) assertEquals(b.recvSync(), { x: "x".repeat(10) });
    assertThrows(() => b.recvSync({ timeout: 20_000 }), Deno.errors.UnexpectedEof);
    b.close();
  }
  const [a, b] = new Pipe<Bell>();
  a.sendSync(new Bell());
  let check = () => {};
  onDecode = () => {
    b.close();
    a.close();
    check = occupy();
  };
  b.recvSync();
  check();
  assertEquals([a.closed, b.closed], [true, true]);
});

Deno.test("SharedValue and SharedArray disposed of by their update() do not touch what comes into their memory", () => {
  for (const lock of [true, false]) {
    let check = () => {};
    const array = new SharedArray("int32", [0, 0, 0, 0], { lock });
    array.update(0, () => {
      array[Symbol.dispose]();
      check = occupy();
      return 99;
    });
    check();
    const value = new SharedValue("int32", 0, { lock });
    value.update(() => {
      value[Symbol.dispose]();
      check = occupy();
      return 99;
    });
    check();
    const assigned = new SharedArray("int32", 4, { lock });
    assertThrows(
      () =>
        assigned.assign(
          0,
          function* () {
            yield 99;
            assigned[Symbol.dispose]();
            check = occupy();
          }(),
        ),
      Deno.errors.BadResource,
    );
    check();
  }
});

Deno.test("Barrier disposed of by its action does not touch what comes into its memory", () => {
  let check = () => {};
  const barrier = new Barrier(1, {
    action: () => {
      barrier[Symbol.dispose]();
      check = occupy();
    },
  });
  assertEquals(barrier.waitSync(), 0);
  check();
  assertEquals(barrier.disposed, true);
});

Deno.test("Connection.recvSync() from inside the decoding of its message is refused, and every message comes once", async () => {
  for (const pad of [0, 3000]) {
    using pipe = new Pipe<unknown>({ capacity: 4096 });
    const [a, b] = pipe;
    let inner: unknown;
    onDecode = () => {
      inner = assertThrows(() => b.recvSync({ timeout: 20_000 }), Deno.errors.Busy);
      return assertThrows(() => b.tryRecv(), Deno.errors.Busy);
    };
    // A large one is received while it is sent.
    const sent = a.send([new Bell(), "one", "x".repeat(pad)]);
    const first = b.recvSync({ timeout: 20_000 }) as unknown[];
    await within(sent);
    a.sendSync("two");
    assertEquals(first[1], "one");
    assertEquals(inner instanceof Deno.errors.Busy, true);
    assertEquals(b.recvSync({ timeout: 20_000 }), "two");
  }
});

Deno.test("Condition.wait(), Barrier.wait() and waitAny() of a Queue end when their object is disposed of", async () => {
  const condition = new Condition(new Lock());
  await condition.acquire();
  const waits: Promise<unknown>[] = [condition.wait()];
  const queue = new Queue();
  waits.push(waitAny([queue]));
  const barrier = new Barrier(2);
  waits.push(barrier.wait());
  // Each has begun to wait: the condition's lock is free again.
  (await condition.acquire({ timeout: 20_000 })).release();
  for (const object of [condition, barrier, queue]) object[Symbol.dispose]();
  const check = occupy();
  const ends = waits.map((wait) => assertRejects(() => wait, Deno.errors.BadResource));
  await within(Promise.all(ends));
  check();
});

Deno.test("Queue closed while it is awaited does not touch what comes into its memory", async () => {
  for (const how of ["get", "put", "waitAny"] as const) {
    const queue = new Queue<number>({ maxSize: 1 });
    if (how === "put") queue.putSync(1);
    const wait: Promise<unknown> = how === "get"
      ? queue.get()
      : how === "put"
      ? queue.put(2)
      : waitAny([queue]);
    queue.close();
    // As large as a queue, and full of numbers that a waiter would count down.
    const arrays = Array.from({ length: 8 }, () => new SharedArray("int32", 80, { lock: false }));
    for (const array of arrays) array.fill(100);
    await within(assertRejects(() => wait, Deno.errors.BadResource));
    for (const array of arrays) {
      assertEquals(new Set(array), new Set([100]));
      array[Symbol.dispose]();
    }
  }
});

Deno.test("An object that a message has met and then disposed of is not sent, nor what comes into its memory", () => {
  using pipe = new Pipe<unknown>();
  using queue = new Queue<unknown>();
  for (const give of [(value: unknown) => pipe.first.sendSync(value), queue.putSync.bind(queue)]) {
    const lock = new Lock();
    let check = () => {};
    const value = {
      lock,
      get x() {
        lock[Symbol.dispose]();
        check = occupy();
        return 1;
      },
    };
    assertThrows(() => give(value), Deno.errors.BadResource);
    check();
    // No two objects share a place now.
    const locks = Array.from({ length: 20 }, () => new Lock());
    for (const each of locks) each.acquireSync({ timeout: 0 });
    for (const each of locks) each[Symbol.dispose]();
  }
  assertEquals([pipe.second.tryRecv(), queue.tryGet()], [undefined, undefined]);
});

Deno.test("Connection cannot be sent away by the code of a message that is being sent or received on it", () => {
  using queue = new Queue<unknown>();
  {
    using pipe = new Pipe<unknown>();
    const [a, b] = pipe;
    a.sendSync({
      get x() {
        return assertThrows(() => queue.putSync(a), Deno.errors.Busy).name;
      },
    });
    a.sendSync("next");
    assertEquals([b.recvSync(), b.recvSync()], [{ x: "Busy" }, "next"]);
  }
  using pipe = new Pipe<unknown>();
  const [a, b] = pipe;
  a.sendSync(new Bell());
  a.sendSync("next");
  onDecode = () => assertThrows(() => queue.putSync(b), Deno.errors.Busy).name;
  assertEquals([(b.recvSync() as Bell).rung, b.recvSync()], ["Busy", "next"]);
  assertEquals(queue.size, 0);
});

Deno.test("Connection.trySend() that finds the pipe broken leaves what it was to send as it was", () => {
  const [a, b] = new Pipe<unknown>({ capacity: 1024 });
  const [x, y] = new Pipe<string>();
  while (a.trySendBytes(new Uint8Array(200)));
  while (a.trySendBytes(new Uint8Array(8)));
  const value = {
    x,
    pad: "z".repeat(150),
    get closer() {
      b.close();
      return 1;
    },
  };
  assertThrows(() => a.trySend(value), Deno.errors.BrokenPipe);
  x.sendSync("still here");
  assertEquals(y.recvSync({ timeout: 20_000 }), "still here");
  x.close();
  assertThrows(() => y.recvSync({ timeout: 20_000 }), Deno.errors.UnexpectedEof);
  y.close();
  a.close();
});

Deno.test("SharedArray is not made with a lock that its values dispose of", () => {
  const lock = new Lock();
  function* values() {
    lock[Symbol.dispose]();
    yield 1;
  }
  assertThrows(() => new SharedArray("int32", values(), { lock }), Deno.errors.BadResource);
  const [one, two] = [new Lock(), new Lock()];
  one.acquireSync();
  assertEquals(two.locked, false);
  for (const each of [one, two]) each[Symbol.dispose]();
});
