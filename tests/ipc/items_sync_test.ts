// Loops that block their thread: what the asynchronous ones give, they give.
import { assertEquals, assertThrows } from "@std/assert";
import {
  Broadcast,
  JoinableQueue,
  Pipe,
  Process,
  Queue,
  QueueEmptyError,
  TimeoutError,
} from "@ferry/std/ipc";

const WAIT = { timeout: 60_000 };

Deno.test("itemsSync() of queues, pipes and subscriptions ends when nothing more will come", () => {
  using queue = new Queue<number>();
  queue.putManySync([1, 2]);
  queue.shutdown();
  assertEquals([...queue.itemsSync()], [1, 2]);
  assertEquals([...queue.itemsSync()], []);

  using pipe = new Pipe<number>();
  const [a, b] = pipe;
  a.sendSync(1);
  a.sendSync(2);
  a.close();
  assertEquals([...b.itemsSync()], [1, 2]);

  using news = new Broadcast<number>();
  using subscription = news.subscribe();
  news.publishSync(1);
  news.shutdown();
  assertEquals([...subscription.itemsSync()], [1]);
});

Deno.test("itemsSync() leaves what was not asked for, and its timeout is for each item", () => {
  using queue = new Queue<number>();
  queue.putManySync([1, 2]);
  for (const item of queue.itemsSync()) {
    assertEquals(item, 1);
    break;
  }
  assertEquals(queue.size, 1);
  const items = queue.itemsSync({ timeout: 1 });
  assertEquals(items.next().value, 2);
  assertThrows(() => items.next(), QueueEmptyError);

  using pipe = new Pipe<number>();
  assertThrows(() => pipe[1].itemsSync({ timeout: 1 }).next(), TimeoutError);
  using news = new Broadcast<number>();
  using subscription = news.subscribe();
  assertThrows(() => subscription.itemsSync({ timeout: 1 }).next(), TimeoutError);
});

Deno.test("itemsSync() refuses a signal at once, which could not end a blocked thread", () => {
  using queue = new Queue<number>();
  using pipe = new Pipe<number>();
  using news = new Broadcast<number>();
  using subscription = news.subscribe();
  const options: object = { signal: AbortSignal.timeout(1) };
  for (const source of [queue, pipe[1], subscription]) {
    assertThrows(
      () => source.itemsSync(options),
      TypeError,
      "no signal can end a call that blocks",
    );
  }
});

Deno.test("itemsSync() in processes: each item goes to one of them, and each is counted", async () => {
  using jobs = new JoinableQueue<number>({ maxSize: 4 });
  const add = (jobs: JoinableQueue<number>) => {
    let sum = 0;
    for (const job of jobs.itemsSync()) {
      sum += job;
      jobs.taskDone();
    }
    return sum;
  };
  await using one = new Process(add, { args: [jobs] });
  await using two = new Process(add, { args: [jobs] });
  one.start();
  two.start();
  for (let n = 1; n <= 100; n++) await jobs.put(n, WAIT);
  await jobs.join(WAIT);
  jobs.shutdown();
  assertEquals(await one.result(WAIT) + await two.result(WAIT), 5050);
});
