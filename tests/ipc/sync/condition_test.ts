import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  Condition,
  type ExclusiveLock,
  Lock,
  LockNotHeldError,
  RLock,
  Semaphore,
  SharedArray,
  SharedValue,
} from "@ferry/std/ipc";
import { Crew } from "../../_support/crew.ts";
import { EFFORT, seedFor } from "../../_support/random.ts";

const LONG = { timeout: 60_000 };

/** What Python's tests count: who sleeps, who has woken up. */
class Sleepers implements Disposable {
  readonly condition: Condition;
  readonly sleeping: Semaphore = new Semaphore(0);
  readonly woken: Semaphore = new Semaphore(0);
  readonly ends: Promise<boolean>[] = [];

  constructor(condition: Condition = new Condition()) {
    this.condition = condition;
  }

  /** One function of this worker goes to sleep. */
  async add(options: { timeout?: number; signal?: AbortSignal } = LONG): Promise<void> {
    const end = (async () => {
      using _held = await this.condition.acquire(LONG);
      this.sleeping.release();
      try {
        return await this.condition.wait(options);
      } finally {
        this.woken.release();
      }
    })();
    this.ends.push(end);
    await this.asleep(1);
  }

  /** The workers of a crew go to sleep, every other one awaiting. */
  async addCrew(crew: Crew, timeout: number = LONG.timeout): Promise<void> {
    const objects = [this.condition, this.sleeping, this.woken];
    for (let i = 0; i < crew.size; i++) {
      this.ends.push(crew.run(i, i % 2 === 0 ? "sleep" : "sleepAsync", objects, timeout));
    }
    await this.asleep(crew.size);
  }

  /** So many more have taken the lock, and let it go to wait. */
  async asleep(count: number): Promise<void> {
    for (let i = 0; i < count; i++) await this.sleeping.acquire(LONG);
    (await this.condition.acquire(LONG)).release();
  }

  /** Notifies, and awaits that just so many wake up. */
  async notify(count: number | "all", expected: number): Promise<void> {
    {
      using _held = await this.condition.acquire(LONG);
      const woken = count === "all" ? this.condition.notifyAll() : this.condition.notify(count);
      assertEquals(woken, expected);
    }
    for (let i = 0; i < expected; i++) await this.woken.acquire(LONG);
    // Nobody can be on the way: all who were to wake up have, and the others' places say "waiting".
    assertEquals(this.woken.value, 0);
  }

  [Symbol.dispose](): void {
    this.condition[Symbol.dispose]();
    this.sleeping[Symbol.dispose]();
    this.woken[Symbol.dispose]();
  }
}

Deno.test("Condition.notify() wakes exactly one of those who wait in this and other workers", async () => {
  using crew = new Crew(2);
  using sleepers = new Sleepers();
  await sleepers.addCrew(crew);
  await sleepers.add();
  await sleepers.notify(1, 1);
  await sleepers.notify(1, 1);
  await sleepers.notify(1, 1);
  await sleepers.notify(1, 0);
  assertEquals(await Promise.all(sleepers.ends), [true, true, true]);
});

Deno.test("Condition.notify(n) wakes n, then as many as there are, then nobody", async () => {
  using crew = new Crew(3);
  using sleepers = new Sleepers();
  await sleepers.addCrew(crew);
  for (let i = 0; i < 3; i++) await sleepers.add();
  await sleepers.notify(0, 0);
  await sleepers.notify(2, 2);
  await sleepers.notify(5, 4);
  await sleepers.notify(3, 0);
  assertEquals(await Promise.all(sleepers.ends), Array(6).fill(true));
});

Deno.test("Condition.notifyAll() wakes all who wait, but not those who gave up before", async () => {
  using crew = new Crew(3);
  using sleepers = new Sleepers();
  await sleepers.addCrew(crew, 1);
  for (let i = 0; i < 3; i++) await sleepers.add({ timeout: 1 });
  assertEquals(await Promise.all(sleepers.ends), Array(6).fill(false));
  for (let i = 0; i < 6; i++) sleepers.woken.acquireSync(LONG);
  sleepers.ends.length = 0;
  await sleepers.notify("all", 0);
  await sleepers.addCrew(crew);
  for (let i = 0; i < 3; i++) await sleepers.add();
  await sleepers.notify("all", 6);
  assertEquals(await Promise.all(sleepers.ends), Array(6).fill(true));
});

Deno.test("Condition.notify() wakes who has waited longest", async () => {
  using sleepers = new Sleepers(new Condition(new Lock()));
  const order: number[] = [];
  for (let i = 0; i < 25; i++) { // more than fit into its first block
    await sleepers.add();
    sleepers.ends[i]!.then(() => order.push(i));
  }
  for (let i = 0; i < 25; i++) await sleepers.notify(1, 1);
  await Promise.all(sleepers.ends);
  assertEquals(order, Array.from({ length: 25 }, (_, i) => i));
});

Deno.test("Condition's notify is not for those who begin to wait after it", async () => {
  using sleepers = new Sleepers(new Condition(new Lock()));
  const { condition } = sleepers;
  await sleepers.add();
  condition.acquireSync();
  assertEquals(condition.notify(5), 1);
  assertEquals(await condition.wait({ timeout: 0 }), false);
  condition.release();
  assertEquals(await sleepers.ends[0], true);
});

Deno.test("Condition.wait() that is aborted after it was notified passes the notify on", async () => {
  using sleepers = new Sleepers(new Condition(new Lock()));
  const { condition } = sleepers;
  const aborter = new AbortController();
  await sleepers.add({ ...LONG, signal: aborter.signal });
  await sleepers.add();
  await sleepers.add();
  condition.acquireSync();
  // Aborted first, so that the waiter gives up; notified while it still waits for the lock.
  aborter.abort(new SyntaxError("enough"));
  await Promise.resolve();
  assertEquals(condition.notify(1), 1);
  condition.release();
  await assertRejects(() => sleepers.ends[0]!, SyntaxError, "enough");
  assertEquals(await sleepers.ends[1], true);
  for (let i = 0; i < 2; i++) await sleepers.woken.acquire(LONG);
  await sleepers.notify("all", 1);
  assertEquals(await sleepers.ends[2], true);
});

Deno.test("Condition.wait() whose timeout a notify overtook is notified", async () => {
  using crew = new Crew(1);
  using sleepers = new Sleepers();
  const { condition } = sleepers;
  const timeout = 20;
  await sleepers.addCrew(crew, timeout);
  condition.acquireSync();
  assertEquals(condition.notify(), 1);
  // Its timeout passes while it is kept from the lock.
  using never = new Semaphore(0);
  assertThrows(() => never.acquireSync({ timeout: 3 * timeout }));
  condition.release();
  assertEquals(await sleepers.ends[0], true);
});

Deno.test("Condition.wait() rejects with the signal's reason and has the lock again", async () => {
  using condition = new Condition();
  const reason = new SyntaxError("enough");
  condition.acquireSync();
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => condition.wait({ signal })), reason);
  assert(condition.locked);
  const aborter = new AbortController();
  const waiting = condition.wait({ signal: aborter.signal });
  assert(!condition.locked);
  aborter.abort(reason);
  assertStrictEquals(await assertRejects(() => waiting), reason);
  assert(condition.locked);
  condition.release();
  assert(!condition.locked);
});

Deno.test("Condition.wait() and waitSync() are false after their timeout and have the lock again", async () => {
  using condition = new Condition();
  using _held = condition.acquireSync();
  for (const timeout of [0, -1, -Infinity, 1]) {
    assertEquals(condition.waitSync({ timeout }), false);
    assertEquals(await condition.wait({ timeout }), false);
    assert(condition.locked);
  }
  assertThrows(() => condition.waitSync({ timeout: NaN }), RangeError, "NaN");
  await assertRejects(() => condition.wait({ timeout: NaN }), RangeError, "NaN");
  assert(condition.locked);
});

Deno.test("Condition.wait() lets a recursive lock go entirely and takes it as deep as before", async () => {
  using crew = new Crew(1);
  using condition = new Condition();
  for (let i = 0; i < 3; i++) condition.acquireSync();
  assertEquals(await crew.run(0, "tryAcquire", [condition]), false);
  const waiting = condition.wait(LONG);
  assertEquals(await crew.run(0, "acquire", [condition]), false);
  assertEquals(await crew.run(0, "release", [condition]), "released");
  condition.acquireSync();
  condition.notify();
  condition.release();
  assertEquals(await waiting, true);
  for (let i = 0; i < 3; i++) {
    assertEquals(await crew.run(0, "tryAcquire", [condition]), false);
    condition.release();
  }
  assertEquals(await crew.run(0, "tryAcquire", [condition]), true);
});

Deno.test("Condition waits and notifies only with its lock held", async () => {
  using crew = new Crew(1);
  for (const lock of [undefined, new Lock(), new RLock()]) {
    using condition = new Condition(lock);
    const without = async () => {
      assertThrows(() => condition.waitSync(), LockNotHeldError, "Cannot wait on the condition");
      assertThrows(() => condition.waitForSync(() => true), LockNotHeldError);
      assertThrows(() => condition.notify(), LockNotHeldError, "Cannot notify");
      assertThrows(() => condition.notifyAll(), LockNotHeldError);
      await assertRejects(() => condition.wait(), LockNotHeldError);
      await assertRejects(() => condition.waitFor(() => true), LockNotHeldError);
    };
    await without();
    await crew.run(0, "acquire", [condition]);
    await without();
    await crew.run(0, "release", [condition]);
  }
});

Deno.test("Condition.notify() rejects a count that is negative or not whole", () => {
  using condition = new Condition();
  using _held = condition.acquireSync();
  for (const count of [-1, 0.5, NaN, Infinity, "1" as never]) {
    assertThrows(() => condition.notify(count), RangeError, "Cannot notify");
  }
});

Deno.test("Condition.waitFor() waits until its predicate holds, across workers", async () => {
  using crew = new Crew(2);
  using condition = new Condition();
  using state = new SharedValue("int32", 0, { lock: condition.lock });
  const last = crew.run<number>(0, "waitForState", [condition, state], 4);
  for (let i = 1; i <= 4; i++) {
    using _held = await condition.acquire(LONG);
    state.value += 1;
    condition.notifyAll();
  }
  assertEquals(await last, 100);
  using _held = await condition.acquire(LONG);
  assertEquals(await condition.waitFor(() => state.value === 100, LONG), true);
});

Deno.test("Condition.waitFor() gives the predicate's last value when its timeout passes", async () => {
  using condition = new Condition();
  using _held = condition.acquireSync();
  let looks = 0;
  assertEquals(await condition.waitFor(() => (looks++, null), { timeout: 0 }), null);
  assertEquals(looks, 1);
  assertEquals(condition.waitForSync(() => (looks++, ""), { timeout: 2 }), "");
  assertEquals(looks, 3);
  assertEquals(await condition.waitFor(() => Promise.resolve("yes")), "yes");
  await assertRejects(() => condition.waitFor(() => false, { timeout: NaN }), RangeError);
  const signal = AbortSignal.abort(new SyntaxError("enough"));
  await assertRejects(() => condition.waitFor(() => true, { signal }), SyntaxError);
  assert(condition.locked);
});

Deno.test("Condition.waitFor() goes on waiting when it is notified too early", async () => {
  using crew = new Crew(1);
  using condition = new Condition();
  using state = new SharedValue("int32");
  condition.acquireSync();
  const ended = crew.run<number>(0, "waitForState", [condition, state], 1);
  let notified = 0;
  while (notified < 3) {
    notified += condition.notify();
    condition.waitSync({ timeout: 1 });
  }
  state.value = 1;
  condition.notify();
  condition.release();
  assertEquals(await ended, 100);
});

Deno.test("Condition uses the lock it is given, also a shared value's", () => {
  for (const lock of [new Lock(), new RLock()]) {
    using condition = new Condition(lock);
    assertStrictEquals(condition.lock, lock);
    using _held = condition.acquireSync();
    assert(lock.locked);
  }
  using value = new SharedValue("int32");
  using condition = new Condition(value.lock);
  assertStrictEquals(condition.lock, value.lock);
  for (const wrong of [false, "lock", {}, new Semaphore(1), null]) {
    assertThrows(
      () => new Condition(wrong as unknown as ExclusiveLock),
      TypeError,
      "Cannot make a condition",
    );
  }
});

Deno.test("Condition throws a typed error after it was disposed of", () => {
  const condition = new Condition();
  condition[Symbol.dispose]();
  assertThrows(() => condition.acquireSync(), Deno.errors.BadResource, "Condition");
  assertThrows(() => condition.notify(), Deno.errors.BadResource, "Condition");
  assertThrows(() => condition.locked, Deno.errors.BadResource);
});

Deno.test("Condition carries each item of two producers to one of two consumers once", async () => {
  const seed = seedFor("Condition carries each item");
  using crew = new Crew(4);
  for (const lock of [undefined, new Lock()]) {
    using condition = new Condition(lock);
    using ring = new SharedArray("int32", 3 + 4, { lock: condition.lock });
    const total = 1_000 * EFFORT;
    const objects = [condition, ring];
    const [, , first, second] = await Promise.all([
      crew.run(0, "produce", objects, 0, total / 2),
      crew.run(1, "produce", objects, total / 2, total),
      crew.run<number[]>(2, "consume", objects, total, seed),
      crew.run<number[]>(3, "consume", objects, total, seed + 1),
    ]);
    const all = [...first, ...second].sort((a, b) => a - b);
    assertEquals(all, Array.from({ length: total }, (_, i) => i));
  }
});

Deno.test("Condition.waitForSync() refuses a predicate that returns a promise, and still holds the lock", () => {
  using condition = new Condition();
  using _held = condition.acquireSync();
  const wrong = [async () => await Promise.resolve(false), () => ({ then() {} })];
  for (const predicate of wrong) {
    assertThrows(() => condition.waitForSync(predicate, { timeout: 5 }), TypeError, "waitFor()");
    assert(condition.locked);
  }
});
