// Queues: what CPython's tests of Queue and SimpleQueue check, and more.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  type Connection,
  JoinableQueue,
  Pipe,
  Queue,
  QueueEmptyError,
  QueueFullError,
  registerClass,
  share,
  SharedEvent,
  SimpleQueue,
  UnsendableError,
} from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";
import { random, seedFor } from "../../_support/random.ts";

const { BadResource } = Deno.errors;

Deno.test("Queue of six takes six items in every form of put, then is full in every form", async () => {
  using queue = new Queue<number>({ maxSize: 6 });
  assertEquals([queue.isEmpty, queue.isFull, queue.size, queue.maxSize], [true, false, 0, 6]);
  await queue.put(1);
  await queue.put(2, { timeout: 0 });
  await queue.put(3, LONG);
  queue.putSync(4);
  queue.putSync(5, { timeout: 0 });
  assertEquals([queue.isEmpty, queue.isFull], [false, false]);
  assert(queue.tryPut(6));
  assertEquals([queue.isEmpty, queue.isFull, queue.size], [false, true, 6]);
  for (const timeout of [0, -1, -Infinity, 1, 5]) {
    const errors = [
      await assertRejects(() => queue.put(7, { timeout }), QueueFullError, "6 of 6 items"),
      assertThrows(() => queue.putSync(7, { timeout }), QueueFullError, "6 of 6 items"),
    ];
    for (const error of errors) {
      assertInstanceOf(error, Deno.errors.WouldBlock);
      assertEquals(error.value, 7);
    }
  }
  assertEquals(queue.tryPut(7), false);
  for (let i = 1; i <= 6; i++) assertEquals(queue.getSync(), i);
  assertEquals([queue.isEmpty, queue.isFull, queue.size], [true, false, 0]);
});

Deno.test("Queue gives its items in every form of get, then is empty in every form", async () => {
  using queue = new Queue<number>();
  for (let i = 0; i < 6; i++) queue.putSync(i);
  assertEquals(await queue.get(), 0);
  assertEquals(await queue.get({ timeout: 0 }), 1);
  assertEquals(await queue.get(LONG), 2);
  assertEquals(queue.getSync(), 3);
  assertEquals(queue.getSync({ timeout: -1 }), 4);
  assertEquals(queue.tryGet(), 5);
  for (const timeout of [0, -1, -Infinity, 1, 5]) {
    await assertRejects(() => queue.get({ timeout }), QueueEmptyError, `${timeout} ms`);
    const error = assertThrows(() => queue.getSync({ timeout }), QueueEmptyError, "empty");
    assertInstanceOf(error, Deno.errors.WouldBlock);
  }
  assertStrictEquals(queue.tryGet(), undefined);
});

Deno.test("Queue's size goes 0, 1, 2, 1, 0", async () => {
  using queue = new Queue<number>();
  const sizes = [queue.size];
  await queue.put(1);
  sizes.push(queue.size);
  queue.putSync(2);
  sizes.push(queue.size);
  await queue.get();
  sizes.push(queue.size);
  queue.getSync();
  sizes.push(queue.size);
  assertEquals(sizes, [0, 1, 2, 1, 0]);
});

Deno.test("Queue holds without limit when maxSize is 0, negative, infinite or absent, and refuses what is no number of items", () => {
  for (const options of [undefined, {}, { maxSize: 0 }, { maxSize: -5 }, { maxSize: Infinity }]) {
    using queue = new Queue<number>(options);
    assertEquals(queue.maxSize, 0);
    for (let i = 0; i < 2000; i++) assert(queue.tryPut(i));
    assertEquals([queue.isFull, queue.size], [false, 2000]);
    for (let i = 0; i < 2000; i++) assertEquals(queue.tryGet(), i);
  }
  for (const maxSize of [NaN, 1.5, "3", null, {}]) {
    assertThrows(() => new Queue({ maxSize: maxSize as never }), TypeError, "whole number");
    assertThrows(() => new JoinableQueue({ maxSize: maxSize as never }), TypeError, "whole number");
  }
});

Deno.test("Queue gives a process that starts late what was put before, and in order", async () => {
  using queue = new Queue<number>();
  for (let i = 0; i < 10; i++) queue.putSync(i);
  using results = new Queue<unknown>();
  await using process = launch(
    (queue: Queue<number>, results: Queue<unknown>) => {
      for (let i = 0; i < 20; i++) results.putSync(queue.getSync({ timeout: 20_000 }));
      try {
        queue.getSync({ timeout: 0 });
      } catch (error) {
        results.putSync((error as Error).name);
      }
    },
    queue,
    results,
  );
  for (let i = 10; i < 20; i++) await queue.put(i);
  for (let i = 0; i < 20; i++) assertEquals(await results.get(LONG), i);
  assertEquals(await results.get(LONG), "QueueEmptyError");
  await finish(process);
});

Deno.test("Queue carries items of any size, and gives the room of large ones back", async () => {
  const next = random(seedFor("queue of large items"));
  using queue = new Queue<Uint8Array>();
  using back = new Queue<Uint8Array>();
  await using process = launch(
    (queue: Queue<Uint8Array>, back: Queue<Uint8Array>) => {
      for (let i = 0; i < 12; i++) back.putSync(queue.getSync({ timeout: 20_000 }));
    },
    queue,
    back,
  );
  const lengths = [
    0,
    1,
    4000,
    4040,
    4096,
    65_000,
    65_400,
    65_536,
    70_000,
    1 << 20,
    5 << 20,
    16 << 20,
  ];
  for (const length of lengths) {
    const item = new Uint8Array(length);
    for (let i = 0; i < length; i += 97) item[i] = next();
    await queue.put(item, LONG);
    assert(sameBytes(await back.get(LONG), item), `${length} bytes`);
  }
  await finish(process);
});

Deno.test("Queue refuses an item that cannot be sent, says where, and has its place free for others", async () => {
  for (const maxSize of [0, 1]) {
    for (const filler of ["", "x".repeat(100_000)]) {
      using queue = new Queue<unknown>({ maxSize });
      const bad = { filler, items: [1, { callback: () => {} }] };
      for (let round = 0; round < 2; round++) {
        const errors = [
          await assertRejects(() => queue.put(bad), UnsendableError),
          assertThrows(() => queue.putSync(bad), UnsendableError),
          assertThrows(() => queue.tryPut(bad), UnsendableError),
        ];
        for (const error of errors) assertEquals(error.path, "value.items[1].callback");
        assertEquals([queue.size, queue.isEmpty], [0, true]);
        await queue.put(["good", filler], { timeout: 0 });
        assertEquals(queue.size, 1);
        assertEquals(await queue.get({ timeout: 0 }), ["good", filler]);
      }
    }
  }
});

class Unreadable {}
registerClass("queue_test.Unreadable", Unreadable, {
  encode: () => 1,
  decode: () => {
    throw new RangeError("unreadable");
  },
});

for (const how of ["blocks", "awaits"]) {
  Deno.test(`Queue that is full drops an item which does not decode, and gives its place to a putter that ${how}`, async () => {
    const gets: ((queue: Queue<unknown>) => unknown)[] = [
      (queue) => queue.getSync(LONG),
      (queue) => queue.tryGet(),
      (queue) => queue.get(LONG),
    ];
    for (const get of gets) {
      using queue = new Queue<unknown>({ maxSize: 2 });
      using asleep = new SharedEvent();
      queue.putSync(new Unreadable());
      queue.putSync("second");
      // Without a timeout: one that ends would look again and hide that nobody woke it.
      await using process = launch(
        async (queue: Queue<unknown>, asleep: SharedEvent, helper: string, blocks: boolean) => {
          const { tellWhenAsleep } = await import(helper);
          if (blocks) {
            tellWhenAsleep(asleep);
            queue.putSync("third");
          } else {
            const put = queue.put("third");
            asleep.set();
            await put;
          }
        },
        queue,
        asleep,
        ASLEEP,
        how === "blocks",
      );
      await using _witness = await fallenAsleep(asleep);
      assertEquals(queue.size, 2);
      await assertRejects(async () => await get(queue), RangeError, "unreadable");
      await finish(process);
      assertEquals([queue.size, queue.isFull, queue.tryPut("fourth")], [2, true, false]);
      assertEquals([queue.getSync(LONG), await queue.get(LONG)], ["second", "third"]);
      assertEquals([queue.isEmpty, queue.tryPut("fourth"), queue.getSync(LONG)], [
        true,
        true,
        "fourth",
      ]);
    }
  });
}

Deno.test("Queue tells an item that is undefined from none", async () => {
  using queue = new Queue<undefined>();
  queue.putSync(undefined);
  assertEquals(queue.size, 1);
  assertStrictEquals(queue.getSync({ timeout: 0 }), undefined);
  assertThrows(() => queue.getSync({ timeout: 0 }), QueueEmptyError);
  const got = queue.get();
  queue.putSync(undefined);
  assertStrictEquals(await within(got), undefined);
});

Deno.test("Queue closed here refuses everything, also when it was never used, and may be closed again", async () => {
  for (const used of [false, true]) {
    for (
      const queue of [new Queue<number>(), new JoinableQueue<number>(), new SimpleQueue<number>()]
    ) {
      if (used) queue.putSync(1);
      queue.close();
      queue.close();
      queue[Symbol.dispose]();
      const name = queue.constructor.name;
      await assertRejects(() => queue.put(1), BadResource, name);
      await assertRejects(() => queue.get(), BadResource, name);
      await assertRejects(() => queue[Symbol.asyncIterator]().next(), BadResource, name);
      for (
        const use of [
          () => queue.putSync(1),
          () => queue.tryPut(1),
          () => queue.getSync(),
          () => queue.tryGet(),
          () => queue.shutdown(),
          () => queue.size,
          () => queue.isEmpty,
          () => queue.isShutDown,
        ]
      ) assertThrows(use, BadResource, name);
    }
  }
});

Deno.test("Queue stays while one process still has it, with what is in it", async () => {
  const queue = new Queue<string>();
  using go = new Queue<boolean>();
  using back = new Queue<string>();
  await using process = launch(
    (queue: Queue<string>, go: Queue<boolean>, back: Queue<string>) => {
      go.getSync({ timeout: 20_000 });
      back.putSync(queue.getSync({ timeout: 0 }));
    },
    queue,
    go,
    back,
  );
  queue.putSync("kept");
  queue.close();
  // Its memory must not have become somebody else's.
  using _other = new Queue<string>();
  _other.putSync("other");
  go.putSync(true);
  assertEquals(await back.get(LONG), "kept");
  await finish(process);
});

Deno.test("SimpleQueue is empty, not empty and empty again, as seen by another process too", async () => {
  using queue = new SimpleQueue<unknown>();
  using back = new SimpleQueue<unknown>();
  assertInstanceOf(queue, Queue);
  await using process = launch(
    (queue: SimpleQueue<unknown>, back: SimpleQueue<unknown>) => {
      back.putSync([queue.constructor.name, queue.isEmpty, queue.maxSize]);
      while (queue.getSync({ timeout: 20_000 }) !== "look");
      back.putSync(queue.isEmpty);
      back.putSync(queue.getSync({ timeout: 20_000 }));
      back.putSync(queue.isEmpty);
    },
    queue,
    back,
  );
  assertEquals(await back.get(LONG), ["SimpleQueue", true, 0]);
  queue.putSync("look");
  assertEquals(await back.get(LONG), true);
  await queue.put("item");
  assertEquals(await back.get(LONG), "item");
  assertEquals(await back.get(LONG), true);
  assertEquals([queue.isEmpty, back.isEmpty], [true, true]);
  await finish(process);
});

Deno.test("Queue of each kind arrives in another process as what it is, with its limit", async () => {
  using back = new Queue<unknown>();
  const queues = [new Queue({ maxSize: 7 }), new JoinableQueue({ maxSize: 3 }), new SimpleQueue()];
  await using process = launch(
    (back: Queue<unknown>, queues: Queue[]) => {
      back.putSync(queues.map((queue) => [queue.constructor.name, queue.maxSize]));
    },
    back,
    queues,
  );
  assertEquals(await back.get(LONG), [["Queue", 7], ["JoinableQueue", 3], ["SimpleQueue", 0]]);
  await finish(process);
  for (const queue of queues) queue.close();
});

Deno.test("Queue works in a process started by a process", async () => {
  using queue = new Queue<string>();
  await using process = launch(
    async (queue: Queue<string>, ipc: string) => {
      const { Process, Queue } = await import(ipc);
      const inner = new Queue();
      const child = new Process(
        (inner: Queue<string>) => inner.putSync("from the grandchild"),
        { args: [inner] },
      );
      child.start();
      queue.putSync(inner.getSync({ timeout: 20_000 }));
      await child.join();
    },
    queue,
    import.meta.resolve("@ferry/std/ipc"),
  );
  assertEquals(await queue.get(LONG), "from the grandchild");
  await finish(process);
});

Deno.test("Queue's iteration takes one item at a time, and leaves the others to whoever comes next", async () => {
  using queue = new Queue<number>();
  for (let i = 0; i < 6; i++) queue.putSync(i);
  for await (const item of queue) if (item === 2) break;
  assertEquals([queue.size, queue.getSync()], [3, 3]);
  queue.shutdown();
  const rest: number[] = [];
  for await (const item of queue) rest.push(item);
  assertEquals(rest, [4, 5]);
});

Deno.test("Queue inside a queue, a pipe's end inside a queue: they arrive usable", async () => {
  using carrier = new Queue<{ replies: Queue<string>; end: Connection<string> }>();
  using replies = new Queue<string>();
  const [mine, theirs] = new Pipe<string>();
  await using process = launch(
    (carrier: Queue<{ replies: Queue<string>; end: Connection<string> }>) => {
      const { replies, end } = carrier.getSync({ timeout: 20_000 });
      replies.putSync(end.recvSync({ timeout: 20_000 }));
    },
    carrier,
  );
  await carrier.put({ replies, end: theirs });
  assert(theirs.closed);
  await mine.send("through both", LONG);
  assertEquals(await replies.get(LONG), "through both");
  await finish(process);
  await assertRejects(() => mine.recv(LONG), Deno.errors.UnexpectedEof);
  mine.close();
});

Deno.test("Queues opened, filled and closed a thousand times take no more memory than a few of them", () => {
  using probe = new Queue();
  const use = (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      using queue = new Queue<unknown>({ maxSize: i % 3 });
      using joinable = new JoinableQueue<unknown>();
      using pipe = new Pipe<unknown>({ capacity: 4096 });
      queue.putSync({ pipe: pipe.first, filler: "x".repeat(i % 7 * 1000) });
      joinable.putSync([queue, queue]);
      joinable.putSync(i);
      using other = new SimpleQueue<unknown>();
      other.putSync("unread");
      pipe.second.sendSync([other, other]);
    }
  };
  use(50);
  const before = share(probe).buffer.byteLength;
  use(1000);
  assertEquals(share(probe).buffer.byteLength, before);
});

Deno.test("Queue gives its memory back while it is emptied, however much has passed through", () => {
  using queue = new Queue<Uint8Array>();
  const pass = (rounds: number) => {
    for (let i = 0; i < rounds; i++) {
      for (let k = 0; k < 20; k++) queue.putSync(new Uint8Array(i * 113 % 9000));
      for (let k = 0; k < 20; k++) assertEquals(queue.getSync().length, i * 113 % 9000);
    }
  };
  pass(100);
  const before = share(queue).buffer.byteLength;
  pass(1000);
  assertEquals(share(queue).buffer.byteLength, before);
});

Deno.test("Queue.isFull and maxSize of a closed queue throw as everything else of it does", () => {
  for (const maxSize of [0, 1]) {
    const queue = new Queue<number>({ maxSize });
    queue.close();
    assertThrows(() => queue.isFull, BadResource, "disposed of");
    assertThrows(() => queue.maxSize, BadResource, "disposed of");
    assertThrows(() => queue.isEmpty, BadResource, "disposed of");
  }
});
