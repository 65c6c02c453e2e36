// Results one by one: lazily read sources, and tasks that yield.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Pool, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";

const module = new URL("./_tasks.ts", import.meta.url);

Deno.test("imap() keeps the order and takes any source; imapUnordered() gives what is done", async () => {
  await using pool = new Pool({ processes: 2 });
  async function* later() {
    for (let n = 0; n < 50; n++) yield await Promise.resolve(n);
  }
  const expected = Array.from({ length: 50 }, (_, n) => n * 2);
  for (const chunkSize of [1, 3, 100]) {
    assertEquals(await Array.fromAsync(pool.imap({ module }, later(), { chunkSize })), expected);
    const found = await Array.fromAsync(pool.imapUnordered((n: number) => n * 2, later()));
    assertEquals(found.sort((a, b) => a - b), expected);
  }
  assertEquals(await Array.fromAsync(pool.imap((n: number) => n, [])), []);
  assertEquals(await Array.fromAsync(pool.imap((c: string) => c, "sea")), ["s", "e", "a"]);

  using go = new SharedEvent();
  const wait = (wait: SharedEvent | undefined) => wait?.waitSync() ?? "quick";
  const unordered = pool.imapUnordered(wait, [go, undefined, undefined]);
  assertEquals((await unordered.next()).value, "quick");
  assertEquals((await unordered.next()).value, "quick");
  go.set();
  assertEquals((await unordered.next()).value, true);
  assertEquals((await unordered.next()).done, true);
});

Deno.test("imap() reads no further than bufferSize ahead of its reader", async () => {
  await using pool = new Pool({ processes: 2 });
  for (const chunkSize of [1, 4]) {
    let read = 0, closed = false;
    const endless = function* () {
      try {
        for (;;) yield read++;
      } finally {
        closed = true;
      }
    };
    const results = pool.imap((n: number) => n, endless(), { bufferSize: 10, chunkSize });
    assertEquals(read, 0);
    for (let n = 0; n < 100; n++) {
      assertEquals((await results.next()).value, n);
      assert(read <= n + 11, `It read ${read} for ${n + 1}`);
    }
    await results.return();
    assertEquals(closed, true);
  }
});

Deno.test("imap() gives the results before a failure, then the failure", async () => {
  await using pool = new Pool({ processes: 2 });
  const picky = (n: number) => {
    if (n === 3) throw new RangeError("three");
    return n;
  };
  const seen: number[] = [];
  await assertRejects(
    async () => {
      for await (const n of pool.imap(picky, [0, 1, 2, 3, 4, 5])) seen.push(n);
    },
    RangeError,
    "three",
  );
  assertEquals(seen, [0, 1, 2]);

  function* broken() {
    yield 1;
    yield 2;
    throw new TypeError("source");
  }
  seen.length = 0;
  await assertRejects(
    async () => {
      for await (const n of pool.imap((n: number) => n, broken(), { chunkSize: 5 })) seen.push(n);
    },
    TypeError,
    "source",
  );
  assertEquals(seen, [1, 2]);
});

Deno.test("imap() ends with its signal, its pool, and its reader, also while the source does not answer", async () => {
  await using pool = new Pool({ processes: 1 });
  const stop = new AbortController();
  async function* never() {
    yield 1;
    await new Promise(() => {});
  }
  const aborted = pool.imap((n: number) => n, never(), { signal: stop.signal });
  assertEquals((await aborted.next()).value, 1);
  const next = aborted.next();
  stop.abort("enough");
  assertEquals(await within(next.then(() => undefined, (reason) => reason)), "enough");

  const hang = () => {
    for (;;);
  };
  const left = pool.imap(hang, [1, 2]);
  const first = left.next();
  pool.terminate();
  await assertRejects(() => within(first), Deno.errors.Interrupted);
});

Deno.test("stream() gives what a task yields while it runs, never more than bufferSize ahead", async () => {
  await using pool = new Pool({ processes: 1 });
  using made = new SharedValue("int32", 0);
  const count = async function* (made: SharedValue<"int32">) {
    for (;;) {
      yield made.add(1);
      await Promise.resolve();
    }
  };
  const items = pool.stream(count, [made], { bufferSize: 4 });
  for (let n = 0; n < 20; n++) {
    assertEquals((await within(items.next())).value, n);
    assert(made.value <= n + 6, `It made ${made.value} for ${n + 1}`);
  }
  await items.return();
  // The worker is free again.
  assertEquals(await within(pool.apply(() => 1)), 1);

  assertEquals(await Array.fromAsync(pool.stream({ module, export: "countdown" }, [3])), [3, 2, 1]);
  assertEquals(await Array.fromAsync(pool.stream(() => new Set(["a"]), [])), ["a"]);
});

Deno.test("stream() gives what came before an error, and refuses tasks that yield nothing", async () => {
  await using pool = new Pool({ processes: 1 });
  const seen: number[] = [];
  await assertRejects(
    async () => {
      const items = pool.stream(function* () {
        yield 1;
        throw new RangeError("two");
      }, []);
      for await (const item of items) seen.push(item);
    },
    RangeError,
    "two",
  );
  assertEquals(seen, [1]);
  await assertRejects(() => pool.stream(() => 5 as never, []).next(), TypeError, "iterable");
  await assertRejects(
    () =>
      pool.stream(function* () {}, [], { signal: AbortSignal.abort("no") }).next().catch((e) => {
        throw new TypeError(e);
      }),
    TypeError,
    "no",
  );
});
