// What becomes of a Broadcast when publishers and subscribers are killed, and that several of each lose and tear nothing.
import { assert, assertEquals } from "@std/assert";
import {
  Barrier,
  Broadcast,
  type Lock,
  Process,
  SharedEvent,
  type Subscription,
} from "@ferry/std/ipc";
import { census } from "../../../_support/census.ts";
import { within } from "../../../_support/crew.ts";
import { launch, LONG, slay } from "../../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../../_support/random.ts";

/** Kills of publishers and of subscribers each. */
const KILLS = EFFORT > 1 ? 300 : 8;

type Item = { from: number; n: number; text: string; lock?: Lock };

/** Publishes until it is killed. */
async function publisher(
  news: Broadcast<Item>,
  ready: SharedEvent,
  from: number,
): Promise<void> {
  const { Lock } = await import("@ferry/std/ipc");
  for (let n = 1;; n++) {
    const item: Item = { from, n, text: String(n % 10).repeat(n % 7 === 0 ? 3000 : n % 50) };
    if (n % 11 === 0) {
      using lock = new Lock();
      news.publishSync({ ...item, lock });
    } else news.publishSync(item);
    if (n === 20) ready.set();
  }
}

/** Gets until it is killed. */
function subscriber(news: Subscription<Item>, ready: SharedEvent, how: number): void {
  for (;;) {
    const items = how % 2 === 0 ? [news.getSync()] : news.getManySync(how);
    for (const { n, text, lock } of items) {
      for (const digit of text) if (digit !== String(n % 10)) throw new RangeError("torn");
      lock?.[Symbol.dispose]();
    }
    ready.set();
  }
}

Deno.test(`Broadcast survives ${KILLS} publishers and ${KILLS} subscribers that are killed`, async () => {
  const seed = seedFor("Broadcast under kills");
  const random = new Random(seed);
  using news = new Broadcast<Item>({ capacity: 100 });
  using ready = new SharedEvent();
  const before = census(news);
  for (let kill = 0; kill < KILLS; kill++) {
    const policies = ["block", "dropOldest", "block"] as const;
    {
      using mine = news.subscribe();
      using drops = news.subscribe({ slow: "dropOldest" });
      const theirs = news.subscribe({ slow: policies[kill % 3]! });
      await using victim = launch(subscriber, theirs, ready, random.below(20) + 1);
      theirs.close();
      await using writer = launch(publisher, news, ready, kill);
      ready.clear();
      let last = 0;
      const take = (items: Item[]) => {
        for (const { from, n, text, lock } of items) {
          assertEquals([from, n, text.length], [kill, last + 1, n % 7 === 0 ? 3000 : n % 50]);
          for (const digit of text) if (digit !== String(n % 10)) throw new RangeError("torn");
          last = n;
          lock?.[Symbol.dispose]();
        }
      };
      const until = random.next() * 5;
      while (last < 30) take(mine.getManySync(1 + random.below(50), LONG));
      for (const start = performance.now(); performance.now() - start < until;) {
        take(mine.tryGetMany(1 + random.below(50)));
      }
      const [first, second] = random.below(2) === 0 ? [victim, writer] : [writer, victim];
      first.kill();
      if (first === victim) {
        // Nobody waits for the dead subscriber: this needs more than there is room for.
        for (const goal = last + 300; last < goal;) take(mine.getManySync(100, LONG));
      }
      second.kill();
      await slay(first);
      await slay(second);
      take(mine.tryGetMany());
      for (const { lock } of drops.tryGetMany()) lock?.[Symbol.dispose]();
      // Whatever the killed publisher was about to do, the next one can go on.
      for (let i = 0; i < 100; i++) news.publishSync({ from: -1, n: i, text: "" }, LONG);
      assertEquals(mine.tryGetMany().map(({ n }) => n), Array.from({ length: 100 }, (_, i) => i));
      assertEquals(news.subscriptions, 2);
    }
    if (kill % 10 === 9 || kill === KILLS - 1) {
      for (let i = 0; i < 200; i++) news.publishSync({ from: -1, n: 0, text: "x".repeat(1000) });
      assertEquals(census(news), before, `after ${kill + 1} of each`);
    }
  }
});

Deno.test("Broadcast lets publishers go on when the subscriber that they wait for is killed", async () => {
  using news = new Broadcast<number>({ capacity: 1 });
  using ready = new SharedEvent();
  const theirs = news.subscribe();
  await using process = launch(
    (theirs: Subscription<number>, ready: SharedEvent) => {
      theirs.getSync();
      ready.set();
      for (;;);
    },
    theirs,
    ready,
  );
  theirs.close();
  news.publishSync(1);
  assert(await ready.wait(LONG));
  news.publishSync(2);
  const late = news.publish(3);
  await slay(process);
  await within(late);
  news.publishSync(4, LONG);
  assertEquals(news.subscriptions, 0);
});

Deno.test("Broadcast gives all subscribers the items of all publishers, in the same order, each publisher's in its own", async () => {
  const PUBLISHERS = 2;
  const ITEMS = 5000 * Math.min(EFFORT, 10);
  using news = new Broadcast<[number, number]>({ capacity: 64 });
  using start = new Barrier(PUBLISHERS + 1);
  const listen = async (news: Subscription<[number, number]>, how: number) => {
    let hash = 0;
    let count = 0;
    const last = [0, 0];
    const take = ([from, n]: [number, number]) => {
      if (n !== last[from]! + 1) throw new RangeError(`${n} after ${last[from]}`);
      last[from] = n;
      hash = Math.imul(hash, 31) + from | 0;
      count++;
    };
    try {
      for (;;) {
        if (how === 0) take(await news.get());
        else if (how === 1) take(news.getSync());
        else for (const item of news.getManySync(17)) take(item);
      }
    } catch (error) {
      if ((error as Error).name !== "BroadcastShutDownError") throw error;
    }
    return [count, hash] as const;
  };
  const listeners = [0, 1, 2].map((how) => {
    const subscription = news.subscribe();
    const process = new Process(listen, { args: [subscription, how] as const });
    process.start();
    subscription.close();
    return process;
  });
  const publishers = Array.from({ length: PUBLISHERS }, (_, from) =>
    launch(
      async (news: Broadcast<[number, number]>, start: Barrier, from: number, items: number) => {
        await start.wait();
        for (let n = 1; n <= items; n++) {
          if (n % 3 === 0) await news.publish([from, n]);
          else news.publishSync([from, n]);
        }
      },
      news,
      start,
      from,
      ITEMS,
    ));
  await start.wait(LONG);
  for (const publisher of publishers) await publisher.result(LONG);
  news.shutdown();
  const results = [];
  for (const listener of listeners) results.push(await listener.result(LONG));
  assertEquals(results[0]![0], PUBLISHERS * ITEMS);
  assertEquals(results[1], results[0]);
  assertEquals(results[2], results[0]);
});
