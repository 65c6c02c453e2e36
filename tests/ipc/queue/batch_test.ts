// Many items at once: putMany() and getMany() in all forms.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Connection,
  JoinableQueue,
  Pipe,
  Queue,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  registerClass,
  SharedArray,
  SharedValue,
  UnsendableError,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../_support/random.ts";

function upTo(n: number, from = 0): number[] {
  return Array.from({ length: n }, (_, i) => from + i);
}

Deno.test("Queue.putMany() and getMany() keep the order, in all their forms and among single items", async () => {
  using queue = new Queue<number>();
  await queue.putMany(upTo(3));
  queue.putManySync(new Set(upTo(3, 3)), LONG);
  assertEquals(
    queue.tryPutMany((function* () {
      yield* upTo(2, 6);
    })()),
    2,
  );
  queue.putSync(8);
  assertEquals(queue.size, 9);
  assertEquals(await queue.getMany(2), [0, 1]);
  assertEquals(queue.getSync(), 2);
  assertEquals(queue.getManySync(3, LONG), [3, 4, 5]);
  assertEquals(queue.tryGetMany(1), [6]);
  assertEquals(queue.tryGetMany(), [7, 8]);
  assertEquals(queue.tryGetMany(), []);
  await queue.putMany([]);
  queue.putManySync([]);
  assertEquals([queue.tryPutMany([]), queue.size], [0, 0]);
});

Deno.test("Queue carries batches of items of all sizes, with shared objects among them, through many segments", () => {
  const random = new Random(seedFor("batches of all sizes"));
  using counter = new SharedValue("int32", 7);
  using queue = new Queue<unknown>();
  const make = (i: number): unknown => {
    switch (random.below(12)) {
      case 0:
        return { i, counter };
      case 1:
        return { i, text: "é".repeat(random.below(50_000)) };
      case 2:
        return new Uint8Array(random.below(200_000)).fill(i);
      case 3:
        return [counter, counter, i];
      default:
        return { i, filler: new Uint8Array(random.below(1000)).fill(i) };
    }
  };
  let made = 0;
  const expected: unknown[] = [];
  const got: unknown[] = [];
  for (let round = 0; round < 60 * EFFORT; round++) {
    const items = Array.from({ length: random.below(40) }, () => make(made++));
    if (random.below(4) === 0) items.forEach((item) => queue.putSync(item));
    else queue.putManySync(items);
    expected.push(...items);
    assertEquals(queue.size, expected.length - got.length);
    if (random.below(4) === 0) {
      for (let n = random.below(30); n > 0 && !queue.isEmpty; n--) got.push(queue.getSync());
    } else if (random.below(3) > 0) got.push(...queue.tryGetMany(1 + random.below(60)));
    if (round % 20 === 19) {
      got.push(...queue.tryGetMany());
      assertEquals(got.length, expected.length);
      for (const [i, item] of got.entries()) {
        const other = expected[i];
        if (item instanceof Uint8Array) {
          assert(latin1(item) === latin1(other as Uint8Array), `item ${i}`);
        } else assertEquals(item, other, `item ${i}`);
      }
      got.length = expected.length = 0;
    }
  }
});

/** Bytes as a string, which compares much faster. */
function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}

Deno.test("Queue.putMany() never puts more than maxSize, and goes on as room comes", async () => {
  using queue = new Queue<number>({ maxSize: 10 });
  const putting = queue.putMany(upTo(35), LONG);
  const seen: number[] = [];
  while (seen.length < 35) {
    const items = await queue.getMany(7, LONG);
    assert(items.length >= 1 && items.length <= 7);
    seen.push(...items);
    assert(queue.size <= 10);
  }
  await within(putting);
  assertEquals(seen, upTo(35));
});

Deno.test("Queue.putMany() that comes to its timeout says which items it has not put; the others are", async () => {
  using queue = new Queue<number>({ maxSize: 3 });
  queue.putSync(0);
  for (const timeout of [0, -1, 1]) {
    const errors = [
      await assertRejects(() => queue.putMany(upTo(5, 1), { timeout }), QueueFullError, "3 of 3"),
    ];
    queue.tryGetMany();
    queue.putSync(0);
    errors.push(
      assertThrows(() => queue.putManySync(upTo(5, 1), { timeout }), QueueFullError, "3 of 3"),
    );
    for (const error of errors) assertEquals(error.value, [3, 4, 5]);
    assertEquals(queue.tryGetMany(), [0, 1, 2]);
    queue.putSync(0);
  }
  assertEquals(queue.tryPutMany(upTo(5, 1)), 2);
  assertEquals(queue.tryPutMany(upTo(5, 1)), 0);
  assertEquals(queue.tryGetMany(), [0, 1, 2]);
});

Deno.test("Queue.putMany() puts none of its items when one cannot be sent, and says which", async () => {
  using counter = new SharedValue("int32", 7);
  for (const maxSize of [0, 2]) {
    using queue = new Queue<unknown>({ maxSize });
    const bad = { list: [() => {}] };
    for (
      const items of [
        [1, 2, bad, 4],
        [{ counter }, counter, bad],
        [...upTo(3), new Uint8Array(100_000), "x".repeat(100_000), bad],
        [...Array(5000).keys(), bad],
      ]
    ) {
      const path = `value[${items.indexOf(bad)}].list[0]`;
      for (
        const put of [() => queue.putManySync(items, LONG), () => queue.putMany(items, LONG)]
      ) {
        const error = await assertRejects(async () => await put(), UnsendableError, path);
        assertEquals([error.path, error.value, queue.size], [path, bad.list[0], 0]);
      }
    }
    // What there is no room for is not even looked at.
    if (maxSize === 2) {
      assertEquals(queue.tryPutMany([1, 2, bad]), 2);
      assertEquals(queue.tryGetMany(), [1, 2]);
    } else assertThrows(() => queue.tryPutMany([1, 2, bad]), UnsendableError, "value[2].list[0]");
    queue.putManySync(["still", "works"]);
    assertEquals(queue.tryGetMany(), ["still", "works"]);
  }
});

Deno.test("Queue.putMany() puts its items as they were when it was called", async () => {
  using queue = new Queue<{ n: number }>({ maxSize: 2 });
  const items = upTo(6).map((n) => ({ n }));
  const putting = queue.putMany(items, LONG);
  for (const item of items) item.n = -1;
  items.length = 0;
  const seen: number[] = [];
  while (seen.length < 6) seen.push(...(await queue.getMany(2, LONG)).map(({ n }) => n));
  await within(putting);
  assertEquals(seen, upTo(6));
});

Deno.test("Queue.putMany() and getMany() give up with the signal's reason, and lose nothing", async () => {
  using queue = new Queue<number>({ maxSize: 2 });
  const reason = new RangeError("enough");
  const aborted = { signal: AbortSignal.abort(reason) };
  assertEquals(await assertRejects(() => queue.putMany([1], aborted), RangeError), reason);
  assertEquals(await assertRejects(() => queue.getMany(1, aborted), RangeError), reason);
  assertEquals(queue.size, 0);
  const stop = new AbortController();
  const getting = assertRejects(() => queue.getMany(5, { signal: stop.signal }), RangeError);
  await Promise.resolve();
  stop.abort(reason);
  assertEquals(await within(getting), reason);
  const enough = new AbortController();
  const putting = assertRejects(
    () => queue.putMany(upTo(5), { signal: enough.signal }),
    RangeError,
  );
  await Promise.resolve();
  enough.abort(reason);
  await within(putting);
  assertEquals(queue.tryGetMany(), [0, 1]);
  assertEquals(queue.tryGetMany(), []);
});

Deno.test("Queue.getMany() of an empty queue gives up after its timeout, and refuses what is no number of items", async () => {
  using queue = new Queue<number>();
  for (const timeout of [0, -1, 1]) {
    await assertRejects(() => queue.getMany(1, { timeout }), QueueEmptyError);
    assertThrows(() => queue.getManySync(1, { timeout }), QueueEmptyError);
  }
  for (const max of [0, -1, 0.5, NaN, -Infinity]) {
    await assertRejects(() => queue.getMany(max, LONG), RangeError, `received ${max}`);
    assertThrows(() => queue.getManySync(max, LONG), RangeError, `received ${max}`);
    assertThrows(() => queue.tryGetMany(max), RangeError, `received ${max}`);
  }
  assertThrows(() => queue.getManySync({ timeout: 5 } as never), TypeError, "{ timeout: 1000 }");
  for (const items of [5, null, undefined, {}]) {
    await assertRejects(() => queue.putMany(items as never), TypeError, "iterable");
    assertThrows(() => queue.putManySync(items as never), TypeError, "iterable");
    assertThrows(() => queue.tryPutMany(items as never), TypeError, "iterable");
  }
});

Deno.test("Queue.shutdown() ends putMany() with what is left, and getMany() once the queue is empty", async () => {
  using queue = new Queue<number>({ maxSize: 2 });
  const putting = assertRejects(() => queue.putMany(upTo(5), LONG), QueueShutDownError);
  await Promise.resolve();
  queue.shutdown();
  assertEquals((await within(putting)).value, [2, 3, 4]);
  assertEquals(await queue.getMany(), [0, 1]);
  await assertRejects(() => queue.getMany(), QueueShutDownError);
  assertThrows(() => queue.getManySync(1), QueueShutDownError);
  assertThrows(() => queue.tryGetMany(), QueueShutDownError);
  const error = assertThrows(() => queue.putManySync([7, 8]), QueueShutDownError);
  assertEquals(error.value, [7, 8]);
});

class Fragile {
  readonly n: number;

  constructor(n: number) {
    this.n = n;
  }
}
registerClass("test.queue.Fragile", Fragile, {
  encode: ({ n }) => n,
  decode: (n: number) => {
    if (n < 0) throw new SyntaxError(`number ${n}`);
    return new Fragile(n);
  },
});

Deno.test("Queue.getMany() stops before an item that does not decode, and gives its error next time", () => {
  using queue = new Queue<Fragile>();
  queue.putManySync([1, 2, -3, 4, -5, -6, 7].map((n) => new Fragile(n)));
  const numbers = () => queue.getManySync().map(({ n }) => n);
  assertEquals(numbers(), [1, 2]);
  assertThrows(numbers, SyntaxError, "number -3");
  assertEquals(numbers(), [4]);
  assertThrows(numbers, SyntaxError, "number -5");
  assertThrows(numbers, SyntaxError, "number -6");
  assertEquals(numbers(), [7]);
  assertEquals(queue.size, 0);
});

Deno.test("Queue refuses code of an item's own that uses the queue it travels through, in batches too", () => {
  using queue = new Queue<unknown>();
  const greedy = {
    get all() {
      return queue.tryPutMany([1]);
    },
  };
  assertThrows(() => queue.putManySync([1, greedy]), Deno.errors.Busy);
  const closing = {
    get n() {
      queue.close();
      return 5;
    },
  };
  assertEquals(queue.size, 0);
  queue.putManySync([1, closing, 2]);
  assert(queue.disposed);
});

Deno.test("Queue.putMany() moves connections, each with its item, and keeps them when it refuses", async () => {
  using queue = new Queue<{ end: Connection<string> } | (() => void)>();
  const [here, there] = new Pipe<string>();
  const [here2, there2] = new Pipe<string>();
  assertThrows(
    () => queue.putManySync([{ end: there }, { end: there2 }, () => {}]),
    UnsendableError,
  );
  assert(!there.closed && !there2.closed);
  there.sendSync("still mine");
  queue.putManySync([{ end: there }, { end: there2 }]);
  assert(there.closed && there2.closed);
  await using process = launch((queue: Queue<{ end: Connection<string> }>) => {
    for (const { end } of queue.getManySync(2, { timeout: 20_000 })) {
      end.sendSync("from the process");
      end.close();
    }
  }, queue as Queue<{ end: Connection<string> }>);
  assertEquals(here.recvSync(LONG), "still mine");
  for (const end of [here, here2]) {
    assertEquals(await end.recv(LONG), "from the process");
    await assertRejects(() => end.recv(LONG), Deno.errors.UnexpectedEof);
    end.close();
  }
  await finish(process);
});

Deno.test("JoinableQueue.taskDone(n) reports as many as getMany() gave", async () => {
  using queue = new JoinableQueue<number>();
  queue.putManySync(upTo(10));
  const joined = queue.join(LONG);
  queue.taskDone((await queue.getMany(4)).length);
  queue.taskDone(0);
  assertThrows(() => queue.taskDone(7), RangeError, "more often");
  for (const wrong of [-1, 0.5, NaN]) assertThrows(() => queue.taskDone(wrong), RangeError);
  queue.taskDone(queue.tryGetMany().length);
  await within(joined);
});

for (const sync of [false, true]) {
  Deno.test(`A batch wakes as many getters that ${sync ? "block" : "await"} as it has items`, async () => {
    using queue = new Queue<number>();
    using ready = new SharedArray("int32", 1, { lock: false });
    using sums = new Queue<number>();
    const target = sync
      ? (queue: Queue<number>, ready: SharedArray, sums: Queue<number>) => {
        ready.add(0, 1);
        sums.putSync(queue.getSync({ timeout: 20_000 }));
      }
      : async (queue: Queue<number>, ready: SharedArray, sums: Queue<number>) => {
        ready.add(0, 1);
        await sums.put(await queue.get({ timeout: 20_000 }));
      };
    const processes = upTo(3).map(() => launch(target, queue, ready, sums));
    while (ready.get(0) < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    queue.putManySync([1, 2, 3]);
    const got = [await sums.get(LONG), await sums.get(LONG), await sums.get(LONG)];
    assertEquals(got.toSorted(), [1, 2, 3]);
    await finish(...processes);
  });
}
