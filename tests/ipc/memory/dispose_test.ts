import { assertEquals, assertRejects } from "@std/assert";
import {
  Barrier,
  Condition,
  Lock,
  RLock,
  Semaphore,
  SharedArray,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import { Crew, within } from "../../_support/crew.ts";

Deno.test("An object disposed of while it is awaited ends the wait and leaves other objects alone", async () => {
  using crew = new Crew(1);
  const semaphore = new Semaphore(0);
  const event = new SharedEvent();
  const lock = new Lock();
  lock.acquireSync();
  const rlock = new RLock();
  await crew.run(0, "acquire", [rlock]);
  const waits = [semaphore.acquire(), event.wait(), lock.acquire(), rlock.acquire()];
  for (const object of [semaphore, event, lock, rlock]) object[Symbol.dispose]();
  // These would be made on the memory given back.
  const values = Array.from({ length: 20 }, (_, i) => new SharedValue("int32", i));
  const counts = Array.from({ length: 20 }, (_, i) => new Semaphore(i));
  const ends = waits.map((wait) =>
    assertRejects(() => wait as Promise<unknown>, Deno.errors.BadResource)
  );
  await within(Promise.all(ends));
  assertEquals(values.map((value) => value.value), values.map((_, i) => i));
  assertEquals(values.map((value) => value.lock.locked), values.map(() => false));
  assertEquals(counts.map((count) => count.value), counts.map((_, i) => i));
  for (const object of [...values, ...counts]) object[Symbol.dispose]();
});

Deno.test("Condition and Barrier disposed of by their makers go on for those who wait in other workers", async () => {
  using crew = new Crew(2);
  const condition = new Condition();
  using sleeping = new Semaphore(0);
  using woken = new Semaphore(0);
  const sleeper = crew.run(0, "sleepAsync", [condition, sleeping, woken]);
  await sleeping.acquire({ timeout: 20_000 });
  const barrier = new Barrier(2);
  using counts = new SharedArray("int32", 1);
  const first = crew.run<number[]>(1, "pass", [barrier, counts], 1, true);
  counts.add(0, 1); // as each party does in this task
  assertEquals(await barrier.wait({ timeout: 20_000 }) + (await first)[0]!, 1);
  barrier[Symbol.dispose]();
  {
    using _held = await condition.acquire({ timeout: 20_000 });
    assertEquals(condition.notify(), 1);
  }
  condition[Symbol.dispose]();
  const others = Array.from({ length: 20 }, () => new Condition());
  assertEquals(await sleeper, true);
  for (const other of others) other[Symbol.dispose]();
});
