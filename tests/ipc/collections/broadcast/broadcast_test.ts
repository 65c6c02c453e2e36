// What a Broadcast and its subscriptions do in one worker, and that others hear it.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  attach,
  Broadcast,
  BroadcastShutDownError,
  Lock,
  Pipe,
  Queue,
  registerClass,
  share,
  SharedEvent,
  SharedValue,
  SubscriberLaggedError,
  Subscription,
  TimeoutError,
  UnsendableError,
  waitAny,
  waitAnySync,
} from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { within } from "../../../_support/crew.ts";
import { finish, launch, LONG } from "../../../_support/processes.ts";

Deno.test("Broadcast gives every subscription every item that was published after it was made, in order", async () => {
  using news = new Broadcast<unknown>();
  news.publishSync("nobody hears");
  using one = news.subscribe();
  news.publishSync(1);
  using two = news.subscribe();
  await news.publish({ two: 2n });
  assert(news.tryPublish([3]));
  assertEquals([one.size, two.size, news.subscriptions], [3, 2, 2]);
  assertEquals([one.getSync(), await one.get(), one.tryGet(), one.tryGet()], [
    1,
    { two: 2n },
    [3],
    undefined,
  ]);
  assertEquals(two.getManySync(), [{ two: 2n }, [3]]);
  assertEquals(await Promise.all([news.publish(4), one.getMany(5), two.getMany(1)]), [
    undefined,
    [4],
    [4],
  ]);
  assertEquals([one.tryGetMany(), one.lagged, one.slow], [[], 0, "block"]);
});

Deno.test("Broadcast keeps an item as it was when it was published, and gives each its own copy", () => {
  using news = new Broadcast<number[]>();
  using one = news.subscribe();
  using two = news.subscribe();
  const item = [1];
  news.publishSync(item);
  item.push(2);
  one.getSync().push(3);
  assertEquals(two.getSync(), [1]);
});

Deno.test("Broadcast waits for a subscription that blocks, and goes on when it gets, or is closed", async () => {
  using news = new Broadcast<number>({ capacity: 2 });
  const slow = news.subscribe();
  using fast = news.subscribe({ slow: "dropOldest" });
  news.publishSync(1);
  news.publishSync(2);
  assert(!news.tryPublish(3));
  assertThrows(() => news.publishSync(3, { timeout: 1 }), TimeoutError, "Cannot publish");
  await assertRejects(() => news.publish(3, { timeout: 0 }), TimeoutError);
  const reason = new RangeError("enough");
  const stop = new AbortController();
  const aborted = news.publish(3, { signal: stop.signal });
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  const waiting = [news.publish(3), news.publish(4)];
  assertEquals(slow.getSync(), 1);
  await within(waiting[0]!);
  assertEquals(fast.tryGetMany(), [2, 3]);
  slow.close();
  await within(waiting[1]!);
  assertEquals([fast.tryGetMany(), fast.lagged], [[4], 1]);
});

Deno.test("Subscription that drops the oldest items keeps the newest, and counts what it has lost", () => {
  using news = new Broadcast<number>({ capacity: 3 });
  using slow = news.subscribe({ slow: "dropOldest" });
  for (let n = 1; n <= 3; n++) news.publishSync(n);
  assertEquals([slow.getSync(), slow.lagged], [1, 0]);
  for (let n = 4; n <= 7; n++) news.publishSync(n);
  assertEquals([slow.size, slow.lagged], [3, 0]);
  assertEquals([slow.getSync(), slow.lagged], [5, 3]);
  // Many segments later.
  for (let n = 8; n <= 50_000; n++) news.publishSync(n);
  assertEquals([slow.tryGetMany(), slow.lagged], [[49_998, 49_999, 50_000], 49_995]);
  assertEquals(slow.tryGet(), undefined);
});

Deno.test("Subscription that is cut off says so, and how many items it has lost", async () => {
  using news = new Broadcast<number>({ capacity: 3 });
  using slow = news.subscribe({ slow: "cutOff" });
  for (let n = 1; n <= 4; n++) news.publishSync(n);
  const error = assertThrows(() => slow.getSync(), SubscriberLaggedError) as SubscriberLaggedError;
  assertEquals(error.lagged, 4);
  assertEquals([slow.lagged, slow.size], [4, 0]);
  assertThrows(() => slow.tryGetMany(), SubscriberLaggedError, "4 items behind");
  await assertRejects(() => slow.items().next(), SubscriberLaggedError);
  assertEquals(await waitAny([slow]), [slow]);
  using again = news.subscribe({ slow: "cutOff" });
  for (let n = 5; n <= 7; n++) news.publishSync(n);
  assertEquals(again.tryGetMany(), [5, 6, 7]);
});

Deno.test("Broadcast has limits in bytes", () => {
  using news = new Broadcast<Uint8Array>({ maxBytes: 100_000 });
  using drops = news.subscribe({ slow: "dropOldest" });
  using cut = news.subscribe({ slow: "cutOff" });
  {
    using blocks = news.subscribe();
    for (let i = 0; i < 9; i++) news.publishSync(new Uint8Array(10_000).fill(i));
    assert(!news.tryPublish(new Uint8Array(10_000)));
    assertEquals(blocks.getMany.length, 0);
    blocks.getSync();
    assert(news.tryPublish(new Uint8Array(10_000).fill(9)));
  }
  for (let i = 10; i < 15; i++) news.publishSync(new Uint8Array(10_000).fill(i));
  assertEquals(drops.tryGetMany().map(([first]) => first), [6, 7, 8, 9, 10, 11, 12, 13, 14]);
  assertEquals(drops.lagged, 6);
  assertThrows(() => cut.getSync(), SubscriberLaggedError);
  assertThrows(() => news.publishSync(new Uint8Array(100_000)), RangeError, "maxBytes");
  news.publishSync(new Uint8Array(99_000));
  assertEquals(drops.getSync().length, 99_000);
});

Deno.test("Broadcast keeps what its subscriptions still need, and no more", () => {
  using news = new Broadcast<string>({ capacity: 10_000 });
  const before = census(news);
  const text = "x".repeat(1000);
  {
    using slow = news.subscribe();
    using fast = news.subscribe();
    for (let n = 0; n < 10_000; n++) {
      news.publishSync(text);
      if (n % 100 === 0) fast.tryGetMany();
    }
    assert(!news.tryPublish(text));
    assertEquals(slow.tryGetMany().length, 10_000);
    for (let n = 0; n < 10_000; n++) {
      news.publishSync(text);
      if (n % 100 === 0) fast.tryGetMany().length + slow.tryGetMany().length;
    }
    // What was needed once is used again.
    assert(share(news).buffer.byteLength < 40_000_000);
    const kinds = Object.values(census(news).kinds).reduce((a, b) => a + b);
    assert(kinds <= 8, `${kinds} blocks`);
  }
  for (let n = 0; n < 1000; n++) news.publishSync(text);
  assertEquals(census(news), before);
});

Deno.test("Broadcast keeps shared objects in its items alive until they are got, or nobody will get them", () => {
  using news = new Broadcast<unknown>({ capacity: 4 });
  using elsewhere = new Broadcast<number>();
  const before = census(news);
  {
    using one = news.subscribe();
    using two = news.subscribe({ slow: "dropOldest" });
    const value = new SharedValue("int32", 7);
    news.publishSync({ value, again: value });
    value[Symbol.dispose]();
    const got = (one.getSync() as { value: SharedValue }).value;
    assertEquals(got.value, 7);
    got[Symbol.dispose]();
    const other = two.getSync() as { value: SharedValue; again: SharedValue };
    assertEquals(other.value.value, 7);
    assertStrictEquals(other.value, other.again);
    other.value[Symbol.dispose]();
    for (let i = 0; i < 3000; i++) {
      using lock = new Lock();
      news.publishSync([lock, "x".repeat(i % 500)]);
      if (i % 3 === 2) {
        for (const [lock] of one.tryGetMany() as [Lock][]) lock[Symbol.dispose]();
      }
    }
    news.publishSync(0);
    // A subscription can travel, too, also when nobody receives it.
    {
      using traveller = elsewhere.subscribe();
      news.publishSync(traveller);
    }
    assertEquals(elsewhere.subscriptions, 1);
    news.publishSync(1);
  }
  for (let i = 0; i < 100; i++) news.publishSync("x".repeat(2000));
  assertEquals([news.subscriptions, elsewhere.subscriptions], [0, 0]);
  const { kinds } = census(news);
  assert(Object.values(kinds).reduce((a, b) => a + b) < 10, Deno.inspect(kinds));
  assert(before.orphans === 0);
});

Deno.test("Broadcast refuses what has one owner, and what cannot be sent, with its path", () => {
  using news = new Broadcast<unknown>();
  using one = news.subscribe();
  using pipe = new Pipe();
  const error = assertThrows(
    () => news.publishSync([{ end: pipe.first }]),
    UnsendableError,
  ) as UnsendableError;
  assertEquals(error.path, "value[0].end");
  assertThrows(() => news.publishSync({ f: () => 1 }), UnsendableError, "value.f");
  news.publishSync("after");
  assertEquals(one.tryGetMany(), ["after"]);
  pipe.first.sendSync("still open");
});

Deno.test("Broadcast that is shut down gives what was published, then ends all loops and waits", async () => {
  using news = new Broadcast<number>({ capacity: 1 });
  using one = news.subscribe();
  using two = news.subscribe({ slow: "dropOldest" });
  const items = Array.fromAsync(two);
  news.publishSync(1);
  const late = news.publish(2);
  news.shutdown();
  assert(news.isShutDown);
  await assertRejects(() => within(late), BroadcastShutDownError, "Cannot publish");
  assertEquals(await within(items), [1]);
  assertEquals(one.getSync(), 1);
  assertThrows(() => one.getSync(), BroadcastShutDownError, "Cannot get");
  assertThrows(() => one.tryGetMany(), BroadcastShutDownError);
  assertThrows(() => news.tryPublish(1), BroadcastShutDownError);
  assertThrows(() => news.subscribe(), BroadcastShutDownError, "Cannot subscribe");
  news.shutdown();
  assertEquals(waitAnySync([one], LONG), [one]);
});

Deno.test("waitAny() waits for items of subscriptions, blocking or not", async () => {
  using news = new Broadcast<number>();
  using other = new Broadcast<number>();
  using one = news.subscribe();
  using two = other.subscribe();
  using event = new SharedEvent();
  assertEquals(await waitAny([one, two, event], { timeout: 0 }), []);
  const first = waitAny<Subscription | SharedEvent>([one, two, event], LONG);
  other.publishSync(1);
  assertEquals(await first, [two]);
  assertEquals(waitAnySync<Subscription | SharedEvent>([event, one, two], LONG), [two]);
  assertEquals(two.getSync(), 1);
  const closed = waitAny([one], LONG);
  one.close();
  await assertRejects(() => closed, Deno.errors.BadResource, "Cannot use this Subscription");
  assertThrows(() => waitAnySync([news as never]), TypeError, "Cannot wait for a Broadcast");
});

Deno.test("Subscription that is closed while it is awaited ends the wait", async () => {
  using news = new Broadcast<number>();
  const one = news.subscribe();
  const item = one.get();
  one.close();
  await assertRejects(() => within(item), Deno.errors.BadResource, "Cannot use this Subscription");
  assertEquals(news.subscriptions, 0);
  const full = new Broadcast<number>({ capacity: 1 });
  using _slow = full.subscribe();
  full.publishSync(1);
  const late = full.publish(2);
  full.close();
  await assertRejects(() => within(late), Deno.errors.BadResource, "Cannot use this Broadcast");
});

class Nosy {
  readonly run: () => unknown;
  constructor(run: () => unknown) {
    this.run = run;
  }
}
let decoding: () => unknown = () => {};
registerClass("broadcast_test.Nosy", Nosy, {
  encode: (nosy) => nosy.run() as never,
  decode: (value) => {
    decoding();
    return new Nosy(() => value);
  },
});

Deno.test("Broadcast can be used, and closed, by the code of its items", () => {
  using news = new Broadcast<unknown>();
  const one = news.subscribe();
  news.publishSync(
    new Nosy(() => {
      news.publishSync("inner");
      return 1;
    }),
  );
  assertEquals(one.getSync(), "inner");
  decoding = () => {
    assertThrows(() => one.getSync(), Deno.errors.Busy, "in the middle of doing so");
    news.publishSync("from decode");
  };
  assertEquals((one.getSync() as Nosy).run(), 1);
  assertEquals(one.getSync(), "from decode");
  decoding = () => {
    throw new RangeError("unreadable");
  };
  for (const item of [1, new Nosy(() => 1), 2]) news.publishSync(item);
  assertEquals(one.tryGetMany(), [1]);
  assertThrows(() => one.tryGetMany(), RangeError, "unreadable");
  assertEquals(one.tryGetMany(), [2]);
  decoding = () => one.close();
  news.publishSync(new Nosy(() => 5));
  assertEquals((one.getSync() as Nosy).run(), 5);
  assert(one.disposed);
  assertEquals(news.subscriptions, 0);
  const gone = new Broadcast<unknown>();
  assertThrows(() => gone.publishSync(new Nosy(() => gone.close())), Deno.errors.BadResource);
});

Deno.test("Broadcast and its subscriptions can be shared and sent, and workers that have one share its items", async () => {
  using news = new Broadcast<number>({ capacity: 2000 });
  using mine = news.subscribe();
  using theirs = news.subscribe();
  assertStrictEquals(attach(share(news)), news);
  assertStrictEquals(attach(share(mine)), mine);
  using sums = new Queue<number>();
  const target = async (
    theirs: Subscription<number>,
    news: Broadcast<number>,
    sums: Queue<number>,
  ) => {
    let sum = 0;
    for await (const n of theirs) {
      sum += n;
      if (n === 2000) news.shutdown();
    }
    sums.putSync(sum);
  };
  await using one = launch(target, theirs, news, sums);
  await using two = launch(target, theirs, news, sums);
  for (let n = 1; n <= 2000; n++) await news.publish(n, LONG);
  // Some items are in the hands of one while the other has ended already.
  assertEquals(sums.getSync(LONG) + sums.getSync(LONG), 2001 * 1000);
  await finish(one, two);
  let sum = 0;
  for (let n = mine.tryGet(); n !== undefined && n < 2000; n = mine.tryGet()) sum += n;
  assertEquals(sum, 1999 * 1000);
});

Deno.test("Broadcast and its subscriptions show what they are", () => {
  using news = new Broadcast<number>({ capacity: 5, maxBytes: 4096 });
  using one = news.subscribe({ slow: "cutOff" });
  news.publishSync(1);
  assertEquals(
    Deno.inspect(news, { breakLength: 200 }),
    "Broadcast { subscriptions: 1, capacity: 5, maxBytes: 4096, isShutDown: false }",
  );
  assertEquals(Deno.inspect(one), 'Subscription { size: 1, lagged: 0, slow: "cutOff" }');
  one.close();
  assertEquals(Deno.inspect(one), "Subscription { disposed: true }");
  assertThrows(() => new Subscription({}), TypeError, "use Broadcast.subscribe()");
});

Deno.test("Broadcast.publishMany() publishes in order, as far as there is room, and waits for the rest", async () => {
  using news = new Broadcast<number>({ capacity: 3 });
  using slow = news.subscribe();
  using other = news.subscribe({ slow: "dropOldest" });
  await news.publishMany([]);
  news.publishManySync(new Set([1, 2]));
  assertThrows(
    () => news.publishManySync([3, 4, 5], { timeout: 1 }),
    TimeoutError,
    "Cannot publish 3 items (1 are published)",
  );
  assertEquals(slow.tryGetMany(), [1, 2, 3]);
  const many = Array.from({ length: 5000 }, (_, n) => n + 10);
  const published = news.publishMany(many);
  const seen: number[] = [];
  while (seen.length < many.length) seen.push(...await slow.getMany());
  await within(published);
  assertEquals(seen, many);
  assertEquals([other.tryGetMany(), other.lagged], [[5007, 5008, 5009], 5000]);
  const reason = new RangeError("enough");
  const stop = new AbortController();
  const aborted = news.publishMany([1, 2, 3, 4], { signal: stop.signal });
  stop.abort(reason);
  assertStrictEquals(await assertRejects(() => aborted), reason);
  assertEquals(slow.tryGetMany(), [1, 2, 3]);
});

Deno.test("Broadcast.publishMany() of what cannot be sent publishes nothing, and keeps shared objects alive that it sends", async () => {
  using news = new Broadcast<unknown>({ maxBytes: 4096 });
  using subscription = news.subscribe();
  const error = await assertRejects(
    () => news.publishMany([1, { run: () => {} }]),
    UnsendableError,
  );
  assertEquals((error as UnsendableError).path, "value[1].run");
  await assertRejects(() => news.publishMany([1, new Uint8Array(5000)]), RangeError, "maxBytes");
  await assertRejects(() => news.publishMany(5 as never), TypeError, "iterable");
  assertEquals(subscription.tryGetMany(), []);
  {
    using value = new SharedValue("int32", 7);
    await news.publishMany([value, { value }, "x".repeat(3000)]);
  }
  const [value, inside] = await subscription.getMany() as [SharedValue, { value: SharedValue }];
  assertEquals([value.value, inside.value.value], [7, 7]);
  value[Symbol.dispose]();
  news.shutdown();
  assertThrows(() => news.publishManySync([1]), BroadcastShutDownError);
});
