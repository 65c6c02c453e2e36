// Shutting queues down: what ends with it, in which order, in all processes.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  JoinableQueue,
  Pipe,
  Queue,
  QueueShutDownError,
  SharedArray,
  SharedEvent,
  SimpleQueue,
  waitAny,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { EFFORT, random, seedFor } from "../../_support/random.ts";

/** Makes one queue of each kind. */
const kinds = [
  () => new Queue<unknown>({ maxSize: 4 }),
  () => new JoinableQueue<unknown>({ maxSize: 4 }),
  () => new SimpleQueue<unknown>(),
];

async function assertOver(queue: Queue<unknown>): Promise<void> {
  assertEquals([queue.isShutDown, queue.isEmpty], [true, true]);
  await assertRejects(() => queue.get(), QueueShutDownError, "get");
  assertThrows(() => queue.getSync(), QueueShutDownError, "get");
  assertThrows(() => queue.tryGet(), QueueShutDownError, "get");
  for await (const item of queue) assert(false, `came after the end: ${item}`);
}

Deno.test("Queue that is shut down refuses puts, gives what is left, then refuses gets", async () => {
  for (const make of kinds) {
    using queue = make();
    assertEquals(queue.isShutDown, false);
    for (let i = 0; i < 3; i++) queue.putSync(i);
    queue.shutdown();
    queue.shutdown();
    const item = { any: "item" };
    const errors = [
      await assertRejects(() => queue.put(item), QueueShutDownError, "put"),
      await assertRejects(() => queue.put(item, { timeout: 0 }), QueueShutDownError),
      assertThrows(() => queue.putSync(item), QueueShutDownError, "put"),
      assertThrows(() => queue.tryPut(item), QueueShutDownError, "put"),
    ];
    for (const error of errors) {
      assertStrictEquals(error.value, item);
      assertInstanceOf(error, Deno.errors.BadResource);
    }
    assertEquals(queue.size, 3);
    assertEquals([await queue.get(), queue.getSync(), queue.tryGet()], [0, 1, 2]);
    await assertOver(queue);
  }
});

Deno.test("Queue.shutdown({ immediate: true }) drops what is left", async () => {
  for (const make of kinds) {
    using queue = make();
    for (let i = 0; i < 3; i++) queue.putSync({ i });
    queue.shutdown({ immediate: true });
    await assertOver(queue);
    assertThrows(() => queue.putSync(1), QueueShutDownError);
    queue.shutdown({ immediate: true });
    await assertOver(queue);
  }
});

Deno.test("Queue.shutdown() first, and immediately afterwards, drops what is left then", async () => {
  using queue = new Queue<unknown>();
  queue.putSync(1);
  queue.shutdown();
  assertEquals(queue.size, 1);
  queue.shutdown({ immediate: true });
  await assertOver(queue);
});

for (const immediate of [false, true]) {
  const call = `Queue.shutdown({ immediate: ${immediate} })`;

  Deno.test(`${call} ends the waits of all getters, in all processes, blocking and awaiting`, async () => {
    using queue = new Queue<unknown>();
    using outcomes = new Queue<string>();
    const blocking = async (queue: Queue<unknown>, outcomes: Queue<string>) => {
      outcomes.putSync("started");
      try {
        queue.getSync();
      } catch (error) {
        outcomes.putSync((error as Error).name);
      }
      await Promise.resolve();
    };
    const awaiting = async (queue: Queue<unknown>, outcomes: Queue<string>) => {
      const gets = [queue.get(), queue.get(), queue.get()];
      outcomes.putSync("started");
      for (const { status, reason } of await Promise.allSettled(gets) as PromiseRejectedResult[]) {
        outcomes.putSync(status === "rejected" ? reason.name : status);
      }
    };
    await using one = launch(blocking, queue, outcomes);
    await using two = launch(awaiting, queue, outcomes);
    await using three = launch(blocking, queue, outcomes);
    const mine = [queue.get(), queue.get()].map((get) =>
      assertRejects(() => get, QueueShutDownError)
    );
    for (let i = 0; i < 3; i++) assertEquals(await outcomes.get(LONG), "started");
    queue.shutdown({ immediate });
    await within(Promise.all(mine));
    for (let i = 0; i < 5; i++) assertEquals(await outcomes.get(LONG), "QueueShutDownError");
    await finish(one, two, three);
  });

  Deno.test(`${call} ends the waits of all putters, in all processes, blocking and awaiting`, async () => {
    using queue = new Queue<unknown>({ maxSize: 1 });
    using outcomes = new Queue<unknown>();
    queue.putSync("first");
    const blocking = (queue: Queue<unknown>, outcomes: Queue<unknown>) => {
      outcomes.putSync("started");
      try {
        queue.putSync("blocked");
      } catch (error) {
        const { name, value } = error as QueueShutDownError;
        outcomes.putSync([name, value]);
      }
    };
    const awaiting = async (queue: Queue<unknown>, outcomes: Queue<unknown>) => {
      const puts = [queue.put("blocked"), queue.put("blocked")];
      outcomes.putSync("started");
      for (const { reason } of await Promise.allSettled(puts) as PromiseRejectedResult[]) {
        outcomes.putSync([reason?.name, reason?.value]);
      }
    };
    await using one = launch(blocking, queue, outcomes);
    await using two = launch(awaiting, queue, outcomes);
    const mine = [1, 2].map((i) => {
      const put = queue.put(i);
      return assertRejects(() => put, QueueShutDownError).then(({ value }) =>
        assertEquals(value, i)
      );
    });
    for (let i = 0; i < 2; i++) assertEquals(await outcomes.get(LONG), "started");
    queue.shutdown({ immediate });
    await within(Promise.all(mine));
    for (let i = 0; i < 3; i++) {
      assertEquals(await outcomes.get(LONG), ["QueueShutDownError", "blocked"]);
    }
    await finish(one, two);
    assertEquals(queue.size, immediate ? 0 : 1);
    if (!immediate) assertEquals(queue.getSync(), "first");
    await assertOver(queue);
  });

  Deno.test(`${call} ends waitAny(), join() and iterations`, async () => {
    using queue = new JoinableQueue<number>();
    using go = new SharedEvent();
    const seen: number[] = [];
    const iteration = (async () => {
      for await (const item of queue) {
        seen.push(item);
        queue.taskDone();
      }
    })();
    queue.putSync(1);
    queue.putSync(2);
    await within(queue.join());
    const any = waitAny([go, queue]);
    queue.shutdown({ immediate });
    assertEquals(await within(any), [queue]);
    await within(iteration);
    assertEquals(seen, [1, 2]);
    await within(queue.join());
  });
}

Deno.test("Queue.shutdown({ immediate: true }) ends join(), as nobody can do the work any more", async () => {
  using queue = new JoinableQueue<number>();
  for (let i = 0; i < 3; i++) queue.putSync(i);
  assertEquals(queue.getSync(), 0);
  const joined = queue.join();
  queue.shutdown({ immediate: true });
  await assertRejects(() => queue.join({ timeout: 0 }), Deno.errors.TimedOut); // the one taken is open
  queue.taskDone();
  await within(joined);
  assertThrows(() => queue.taskDone(), RangeError);
});

Deno.test("Queue.shutdown() leaves join() to those who do the work that is left", async () => {
  using queue = new JoinableQueue<number>();
  for (let i = 0; i < 3; i++) queue.putSync(i);
  queue.shutdown();
  const joined = queue.join();
  for (let i = 0; i < 3; i++) {
    await assertRejects(() => queue.join({ timeout: 0 }), Deno.errors.TimedOut);
    assertEquals(queue.getSync(), i);
    queue.taskDone();
  }
  await within(joined);
});

Deno.test("Queue.shutdown() by one process while others put and get loses no item that was put", async () => {
  for (let round = 0; round < 5; round++) {
    using queue = new Queue<number>({ maxSize: round % 2 === 0 ? 50 : 3 });
    using counts = new Queue<{ put?: number; got?: number }>();
    const producer = (queue: Queue<number>, counts: Queue<{ put?: number; got?: number }>) => {
      let put = 0;
      try {
        for (;;) {
          queue.putSync(put);
          put++;
        }
      } catch (error) {
        if ((error as Error).name !== "QueueShutDownError") throw error;
      }
      counts.putSync({ put });
    };
    const consumer = async (
      queue: Queue<number>,
      counts: Queue<{ put?: number; got?: number }>,
    ) => {
      let got = 0;
      for await (const _ of queue) got++;
      counts.putSync({ got });
    };
    await using one = launch(producer, queue, counts);
    await using two = launch(producer, queue, counts);
    await using three = launch(consumer, queue, counts);
    await using four = launch(consumer, queue, counts);
    for (let i = 0; i < 20; i++) await queue.get(LONG);
    queue.shutdown();
    let balance = -20;
    for (let i = 0; i < 4; i++) {
      const { put = 0, got = 0 } = await counts.get(LONG);
      balance += put - got;
    }
    assertEquals(balance, 0);
    await finish(one, two, three, four);
    await assertOver(queue);
  }
});

Deno.test("Queue.shutdown({ immediate: true }) closes the pipe ends in the items it drops", async () => {
  using queue = new Queue<unknown>();
  const [mine, theirs] = new Pipe();
  await using process = launch((queue: Queue<unknown>) => {
    const item = queue.getSync({ timeout: 20_000 });
    queue.putSync({ item });
    queue.shutdown({ immediate: true });
  }, queue);
  await queue.put(theirs);
  await assertRejects(() => mine.recv(LONG), Deno.errors.UnexpectedEof);
  await finish(process);
  mine.close();
});

for (const putting of [false, true]) {
  const name = putting ? "put" : "get";

  Deno.test(`Queue.shutdown() is seen by a ${name} that begins at the same moment`, async () => {
    const next = random(seedFor(`shutdown at the moment of a ${name}`));
    const ROUNDS = 10_000 * EFFORT;
    using round = new SharedArray("int32", 1, { lock: false });
    using queues = new Queue<Queue<number>>();
    await using process = launch(
      (queues: Queue<Queue<number>>, round: SharedArray, rounds: number, putting: boolean) => {
        for (let i = 1; i <= rounds; i++) {
          using queue = queues.getSync({ timeout: 20_000 });
          Atomics.store(round.view as Int32Array, 0, i);
          try {
            if (putting) queue.putSync(2, { timeout: 20_000 });
            else queue.getSync({ timeout: 20_000 });
            Deno.exit(3);
          } catch (error) {
            if ((error as Error).name !== "QueueShutDownError") throw error;
          }
        }
      },
      queues,
      round,
      ROUNDS,
      putting,
    );
    for (let i = 1; i <= ROUNDS; i++) {
      using queue = new Queue<number>({ maxSize: 1 });
      if (putting) queue.putSync(1);
      queues.putSync(queue);
      while (Atomics.load(round.view as Int32Array, 0) < i) assert(process.isAlive);
      for (let turns = next() % 3000; turns > 0; turns--);
      queue.shutdown();
    }
    await finish(process);
  });
}
