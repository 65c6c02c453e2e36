// Queues that count the work that is not done.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { JoinableQueue, Queue, SharedValue, TimeoutError } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";

Deno.test("JoinableQueue.join() ends when four processes have reported all work done, not before", async () => {
  using queue = new JoinableQueue<number | null>();
  using done = new SharedValue("int32", 0);
  const worker = async (queue: JoinableQueue<number | null>, done: SharedValue) => {
    for (let item = queue.getSync(); item !== null; item = await queue.get()) {
      done.add(1);
      queue.taskDone();
    }
    queue.taskDone();
  };
  await using one = launch(worker, queue, done);
  await using two = launch(worker, queue, done);
  await using three = launch(worker, queue, done);
  await using four = launch(worker, queue, done);
  for (let round = 1; round <= 5; round++) {
    for (let i = 0; i < 200; i++) queue.putSync(i);
    // The first time the processes have still to start, all at once.
    if (round % 2 === 0) await queue.join(LONG);
    else queue.joinSync({ timeout: 60_000 });
    assertEquals(done.value, 200 * round);
  }
  for (let i = 0; i < 4; i++) queue.putSync(null);
  await queue.join(LONG);
  await finish(one, two, three, four);
  assert(queue.isEmpty);
});

Deno.test("JoinableQueue.join() returns at once when there is no open work", async () => {
  using queue = new JoinableQueue<number>();
  await queue.join({ timeout: 0 });
  queue.joinSync({ timeout: 0 });
  queue.putSync(1);
  queue.getSync();
  queue.taskDone();
  await queue.join({ timeout: 0 });
  queue.joinSync({ timeout: 0 });
});

Deno.test("JoinableQueue.join() waits for what was taken but not reported, until its timeout", async () => {
  using queue = new JoinableQueue<number>();
  queue.putSync(1);
  queue.getSync();
  for (const timeout of [0, -1, 1]) {
    const error = await assertRejects(() => queue.join({ timeout }), TimeoutError, "not all work");
    assertEquals(error.timeout, timeout);
    assertThrows(() => queue.joinSync({ timeout }), TimeoutError, "not all work");
  }
  await assertRejects(() => queue.join({ timeout: NaN }), RangeError, "NaN");
  assertThrows(() => queue.joinSync({ timeout: NaN }), RangeError, "NaN");
  queue.taskDone();
  queue.joinSync({ timeout: 0 });
});

Deno.test("JoinableQueue.taskDone() refuses more reports than there were items", () => {
  using queue = new JoinableQueue<number>();
  assertThrows(() => queue.taskDone(), RangeError, "more often");
  queue.putSync(1);
  queue.putSync(2);
  queue.taskDone();
  queue.taskDone();
  assertThrows(() => queue.taskDone(), RangeError, "more often");
  queue.joinSync({ timeout: 0 });
  // The refused ones count for nothing.
  queue.putSync(3);
  assertThrows(() => queue.joinSync({ timeout: 0 }), TimeoutError);
  queue.taskDone();
  queue.joinSync({ timeout: 0 });
});

Deno.test("JoinableQueue.join() rejects with the signal's reason when aborted; other joins go on", async () => {
  using queue = new JoinableQueue<number>();
  const reason = new SyntaxError("no more");
  queue.putSync(1);
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => queue.join({ signal })), reason);
  const aborter = new AbortController();
  const aborted = queue.join({ signal: aborter.signal });
  const others = [queue.join(), queue.join()];
  await Promise.resolve();
  aborter.abort(reason);
  assertStrictEquals(await within(assertRejects(() => aborted)), reason);
  queue.taskDone();
  await within(Promise.all(others));
});

Deno.test("JoinableQueue.join() sees the work of a killed worker as open, and as done once another reports it", async () => {
  using queue = new JoinableQueue<string>();
  using took = new Queue<string>();
  queue.putSync("work");
  await using process = launch(
    (queue: JoinableQueue<string>, took: Queue<string>) => {
      took.putSync(queue.getSync());
      for (;;);
    },
    queue,
    took,
  );
  const joined = queue.join();
  assertEquals(await took.get(LONG), "work");
  process.kill();
  assert(await process.join(LONG));
  await assertRejects(() => queue.join({ timeout: 1 }), TimeoutError);
  queue.taskDone();
  await within(joined);
});

Deno.test("JoinableQueue refuses taskDone() and join() after it was closed here, and ends its own joins", async () => {
  const queue = new JoinableQueue<number>();
  queue.putSync(1);
  const joined = assertRejects(() => queue.join(), Deno.errors.BadResource);
  await Promise.resolve();
  queue.close();
  await within(joined);
  assertThrows(() => queue.taskDone(), Deno.errors.BadResource);
  assertThrows(() => queue.joinSync(), Deno.errors.BadResource);
  await assertRejects(() => queue.join(), Deno.errors.BadResource);
});
