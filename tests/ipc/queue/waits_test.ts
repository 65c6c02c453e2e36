// How waits on a queue end: by room and items, by closing, by timeouts and aborts.
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { Pipe, Queue, QueueFullError, SharedEvent, UnsendableError } from "@ferry/std/ipc";
import { ASLEEP, fallenAsleep } from "../../_support/asleep.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { random, seedFor } from "../../_support/random.ts";

const { BadResource } = Deno.errors;

Deno.test("Queue refuses a timeout that is no number, and then has not put or taken anything", async () => {
  using queue = new Queue<number>();
  queue.putSync(1);
  const wrongs = [[NaN, RangeError, "received NaN"], [null, TypeError, "received null"], [
    "5",
    TypeError,
    'received "5"',
  ]];
  for (const [wrong, type, text] of wrongs as [never, typeof TypeError, string][]) {
    const options = { timeout: wrong };
    await assertRejects(() => queue.put(2, options), type, text);
    await assertRejects(() => queue.get(options), type, text);
    assertThrows(() => queue.putSync(2, options), type, text);
    assertThrows(() => queue.getSync(options), type, text);
  }
  assertEquals([queue.size, queue.tryGet()], [1, 1]);
});

Deno.test("Queue's waits in one process are ended by puts and gets in another", async () => {
  using there = new Queue<number>({ maxSize: 1 });
  using back = new Queue<number>({ maxSize: 1 });
  await using process = launch(
    async (there: Queue<number>, back: Queue<number>) => {
      for (let i = 0; i < 500; i++) {
        if (i % 2 === 0) back.putSync(there.getSync({ timeout: 20_000 }), { timeout: 20_000 });
        else await back.put(await there.get({ timeout: 20_000 }), { timeout: 20_000 });
      }
    },
    there,
    back,
  );
  const putting = (async () => {
    for (let i = 0; i < 500; i++) await there.put(i, LONG);
  })();
  for (let i = 0; i < 500; i++) assertEquals(await back.get(LONG), i);
  await putting;
  await finish(process);
});

Deno.test("Queue.put() that waits for room puts the item as it was when it was called", async () => {
  using queue = new Queue<unknown>({ maxSize: 1 });
  queue.putSync("first");
  const item: { n: number; callback?: () => void } = { n: 1 };
  const put = queue.put(item);
  const other = queue.put("second");
  item.n = 2;
  item.callback = () => {};
  assertEquals(queue.getSync(), "first");
  await within(put);
  assertEquals(queue.getSync(), { n: 1 });
  await within(other);
  assertEquals(queue.getSync(), "second");
});

Deno.test("Queue.put() and putSync() refuse what cannot be sent also while the queue is full", async () => {
  using queue = new Queue<unknown>({ maxSize: 1 });
  queue.putSync("first");
  const item = { callback: () => {} };
  const error = await assertRejects(() => queue.put(item, LONG), UnsendableError);
  assertEquals(error.path, "value.callback");
  assertThrows(() => queue.putSync(item, LONG), UnsendableError);
  assertEquals([queue.getSync(), queue.size], ["first", 0]);
});

Deno.test("Queue.put() that waited in vain gives back what its item refers to", async () => {
  using queue = new Queue<unknown>({ maxSize: 1 });
  queue.putSync("first");
  const reason = new RangeError("enough");
  const signal = AbortSignal.abort(reason);
  for (
    const give of [
      (end: unknown) => assertRejects(() => queue.put([end], { timeout: 1 }), QueueFullError),
      (end: unknown) => assertRejects(() => queue.put([end], { signal }), RangeError),
      (end: unknown) => assertThrows(() => queue.putSync([end], { timeout: 1 }), QueueFullError),
    ]
  ) {
    const [here, there] = new Pipe<string>();
    await give(there);
    // It stayed here, and is as good as before.
    here.sendSync("still here");
    assertEquals(there.recvSync(LONG), "still here");
    there.close();
    assertThrows(() => here.recvSync(LONG), Deno.errors.UnexpectedEof);
    here.close();
  }
});

Deno.test("Queue closed here ends the waits of this process only; others go on with it", async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  using back = new Queue<string>();
  await using process = launch(
    (queue: Queue<number>, back: Queue<string>) => {
      back.putSync("started");
      back.putSync(`got ${queue.getSync({ timeout: 20_000 })}`);
      for (let i = 0; i < 10; i++) {
        queue.putSync(i, { timeout: 0 });
        if (queue.getSync({ timeout: 0 }) !== i) Deno.exit(3);
      }
    },
    queue,
    back,
  );
  assertEquals(await back.get(LONG), "started");
  queue.putSync(1);
  assertEquals(await back.get(LONG), "got 1");
  await finish(process);

  const other = new Queue<number>({ maxSize: 1 });
  const gets = [other.get(), other.get()].map((get) => assertRejects(() => get, BadResource));
  await Promise.resolve();
  other.close();
  await within(Promise.all(gets));
  queue.putSync(1);
  const put = assertRejects(() => queue.put(2), BadResource);
  queue.close();
  await within(put);
});

Deno.test("Queue.put() and get() reject with the signal's reason when aborted before and during the wait", async () => {
  using queue = new Queue<number>({ maxSize: 1 });
  const reason = new SyntaxError("no more");
  const signal = AbortSignal.abort(reason);
  assertStrictEquals(await assertRejects(() => queue.put(1, { signal })), reason);
  assertEquals(queue.size, 0);
  queue.putSync(5);
  assertStrictEquals(await assertRejects(() => queue.get({ signal })), reason);
  assertEquals(queue.size, 1);
  const aborter = new AbortController();
  const put = queue.put(2, { signal: aborter.signal });
  await Promise.resolve();
  aborter.abort(reason);
  assertStrictEquals(await within(assertRejects(() => put)), reason);
  assertEquals([queue.getSync(), queue.size], [5, 0]);
  const again = new AbortController();
  const get = queue.get({ signal: again.signal });
  await Promise.resolve();
  again.abort(reason);
  assertStrictEquals(await within(assertRejects(() => get)), reason);
  queue.putSync(6);
  assertEquals(queue.getSync(), 6);
});

for (const [when, settled] of [["", true], [" and has not noticed yet", false]] as const) {
  Deno.test(`Queue.get() that was aborted${when} does not swallow the wake-up of a getSync() of its process`, async () => {
    using queue = new Queue<number>();
    using asleep = new SharedEvent();
    using back = new Queue<unknown>();
    await using process = launch(
      async (
        queue: Queue<number>,
        asleep: SharedEvent,
        back: Queue<unknown>,
        helper: string,
        settled: boolean,
      ) => {
        const { tellWhenAsleep } = await import(helper);
        const aborter = new AbortController();
        const aborted = queue.get({ signal: aborter.signal }).catch((reason) => reason);
        aborter.abort("given up");
        if (settled) await aborted;
        tellWhenAsleep(asleep);
        const item = queue.getSync(); // without a timeout: it would look again and hide that nobody woke it
        back.putSync([item, await aborted]);
      },
      queue,
      asleep,
      back,
      ASLEEP,
      settled,
    );
    await using _witness = await fallenAsleep(asleep);
    queue.putSync(1);
    assertEquals(await back.get(LONG), [1, "given up"]);
    await finish(process);
  });
}

Deno.test("Queue loses no item and no place when some of those who wait are aborted at that very moment", async () => {
  const next = random(seedFor("aborts of waiting getters and putters"));
  const reason = new SyntaxError("no more");
  for (let round = 0; round < 60; round++) {
    using queue = new Queue<number>({ maxSize: 4 });
    const putting = round % 2 === 1;
    if (putting) { for (let i = 0; i < 4; i++) queue.putSync(-1); }
    const aborters = Array.from({ length: 4 }, () => new AbortController());
    const waits = aborters.map(({ signal }, i) =>
      putting ? queue.put(i, { signal }).then(() => i) : queue.get({ signal })
    );
    const outcomes = Promise.allSettled(waits);
    if (next() % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
    const doomed = next() & 15;
    const before = next() % 4;
    const serve = (n: number) =>
      putting ? assertEquals(queue.getSync(), -1) : queue.putSync(100 + n);
    const kept = [0, 1, 2, 3].filter((i) => (doomed & (1 << i)) === 0).length;
    const early = Math.min(before, kept);
    for (let n = 0; n < early; n++) serve(n);
    aborters.forEach((aborter, i) => (doomed & (1 << i)) !== 0 && aborter.abort(reason));
    for (let n = early; n < kept; n++) serve(n);
    // Those who are not aborted are all served, whoever was woken first.
    const survivors = waits.filter((_, i) => (doomed & (1 << i)) === 0);
    // An aborted one may have been quicker than its abort: then the others get what is put for it here.
    let served = 0;
    const settled = outcomes.then((all) => {
      served = all.filter(({ status }) => status === "fulfilled").length;
    });
    await within(
      Promise.all(
        waits.filter((_, i) => (doomed & (1 << i)) !== 0).map((w) =>
          w.then(() => serve(9), (error) => assertStrictEquals(error, reason))
        ),
      ),
    );
    await within(Promise.all(survivors));
    await settled;
    assert(served >= kept);
    const left: number[] = [];
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) left.push(item);
    if (!putting) assertEquals(left, []);
    else assertEquals(left.length, 4);
  }
});
