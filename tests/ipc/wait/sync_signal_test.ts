/** Calls that block their thread refuse a signal, which could not end them, and do not wait for ever. */
import { assertThrows } from "@std/assert";
import {
  Barrier,
  Condition,
  JoinableQueue,
  Lock,
  Pipe,
  Queue,
  RLock,
  Semaphore,
  SharedEvent,
  type WaitOptions,
} from "@ferry/std/ipc";

Deno.test("the same options serve the calls that wait without blocking", async () => {
  const options: WaitOptions = { signal: new AbortController().signal, timeout: 10_000 };
  using barrier = new Barrier(2);
  await Promise.all([barrier.wait(options), barrier.wait(options)]);
  using queue = new Queue<number>();
  await queue.put(1, options);
  await queue.get(options);
});

Deno.test("a Sync call refuses a signal instead of ignoring it", () => {
  // The types let it pass in a variable; the timeout is there so that this ends where it is not refused.
  const options: WaitOptions = { signal: new AbortController().signal, timeout: 0 };
  using queue = new Queue<number>();
  using joinable = new JoinableQueue<number>();
  using lock = new Lock();
  using rlock = new RLock();
  using semaphore = new Semaphore(1);
  using condition = new Condition();
  using barrier = new Barrier(2);
  using event = new SharedEvent();
  const [left, right] = new Pipe<string, string>();
  using _left = left;
  using _right = right;
  const calls: (() => unknown)[] = [
    () => queue.getSync(options),
    () => queue.putSync(1, options),
    () => queue.getManySync(2, options),
    () => queue.putManySync([1], options),
    () => joinable.joinSync(options),
    () => lock.acquireSync(options),
    () => rlock.acquireSync(options),
    () => semaphore.acquireSync(options),
    () => barrier.waitSync(options),
    () => event.waitSync(options),
    () => left.sendSync("text", options),
    () => right.recvSync(options),
    () => right.pollSync(options),
    () => {
      using _held = condition.acquireSync();
      condition.waitSync(options);
    },
  ];
  for (const call of calls) assertThrows(call, TypeError, "no signal can end", String(call));
  queue.putSync(2, { timeout: 0, signal: undefined } as WaitOptions);
});
