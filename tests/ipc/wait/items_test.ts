// Iterating over what comes, with a way out: Queue.items() and Connection.items().
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Pipe, Queue, QueueEmptyError, SharedEvent, TimeoutError } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG, slay } from "../../_support/processes.ts";

Deno.test("Queue.items() gives the items in order and ends when the queue is shut down and empty", async () => {
  using queue = new Queue<number>();
  for (let i = 0; i < 5; i++) queue.putSync(i);
  queue.shutdown();
  const seen: number[] = [];
  for await (const item of queue.items(LONG)) seen.push(item);
  assertEquals(seen, [0, 1, 2, 3, 4]);
  for await (const item of queue.items()) seen.push(item);
  assertEquals(seen.length, 5);
});

Deno.test("Connection.items() gives the messages in order and ends with the pipe", async () => {
  const [here, there] = new Pipe<number>();
  for (let i = 0; i < 5; i++) there.sendSync(i);
  there.close();
  const seen: number[] = [];
  for await (const message of here.items(LONG)) seen.push(message);
  assertEquals(seen, [0, 1, 2, 3, 4]);
  here.close();
});

for (const kind of ["Queue", "Connection"] as const) {
  const make = () => {
    const queue = new Queue<number>();
    const pipe = new Pipe<number>();
    return {
      items: kind === "Queue"
        ? (options?: object) => queue.items(options)
        : (options?: object) => pipe.first.items(options),
      give: (n: number) => kind === "Queue" ? queue.putSync(n) : pipe.second.sendSync(n),
      take: () => kind === "Queue" ? queue.tryGet() : pipe.first.tryRecv(),
      close: () => kind === "Queue" ? queue.close() : pipe.first.close(),
      [Symbol.dispose]() {
        queue.close();
        pipe[Symbol.dispose]();
      },
    };
  };

  Deno.test(`${kind}.items({ signal }) rejects with the signal's reason while it waits, and loses nothing`, async () => {
    using source = make();
    const stop = new AbortController();
    const reason = new RangeError("enough");
    source.give(1);
    const seen: number[] = [];
    const failed = assertRejects(async () => {
      for await (const item of source.items({ signal: stop.signal })) {
        seen.push(item);
        // It waits for the second one when the abort comes.
        queueMicrotask(() => queueMicrotask(() => setTimeout(() => stop.abort(reason), 0)));
      }
    }, RangeError);
    assertEquals(await within(failed), reason);
    assertEquals(seen, [1]);
    source.give(2);
    assertEquals(source.take(), 2);
  });

  Deno.test(`${kind}.items({ signal }) with an aborted signal gives nothing and takes nothing`, async () => {
    using source = make();
    source.give(1);
    const reason = new RangeError("too late");
    const iterator = source.items({ signal: AbortSignal.abort(reason) });
    assertEquals(await assertRejects(() => iterator.next(), RangeError), reason);
    assertEquals((await iterator.next()).done, true);
    assertEquals(source.take(), 1);
  });

  Deno.test(`${kind}.items({ timeout }) waits so long for each item`, async () => {
    using source = make();
    source.give(1);
    source.give(2);
    const seen: number[] = [];
    await assertRejects(async () => {
      for await (const item of source.items({ timeout: 1 })) seen.push(item);
    }, kind === "Queue" ? QueueEmptyError : TimeoutError);
    assertEquals(seen, [1, 2]);
  });

  Deno.test(`${kind}.items() can be left and begun again, and takes no more than it gives`, async () => {
    using source = make();
    for (let i = 0; i < 4; i++) source.give(i);
    for await (const item of source.items()) if (item === 1) break;
    assertEquals(source.take(), 2);
    for await (const item of source.items()) {
      assertEquals(item, 3);
      break;
    }
    assertEquals(source.take(), undefined);
  });

  Deno.test(`${kind}.items() rejects when the ${kind === "Queue" ? "queue" : "end"} is closed in this worker meanwhile`, async () => {
    using source = make();
    const next = source.items().next();
    await Promise.resolve();
    source.close();
    await within(assertRejects(() => next, Deno.errors.BadResource));
  });

  Deno.test(`${kind}.items() checks its options when it is called`, () => {
    using source = make();
    assertThrows(() => source.items(1 as never), TypeError, "received 1");
    assertThrows(() => source.items({ timeout: "1" } as never), TypeError, "timeout");
    assertThrows(() => source.items({ signal: {} } as never), TypeError, "AbortSignal");
  });
}

Deno.test("A signal for the end of a worker ends the iteration over its queue, though it was never shut down", async () => {
  using queue = new Queue<number>();
  using put = new SharedEvent();
  const worker = launch(
    (queue: Queue<number>, put: SharedEvent) => {
      queue.putSync(1);
      put.set();
      for (;;);
    },
    queue,
    put,
  );
  const ended = new AbortController();
  const seen: number[] = [];
  const failed = assertRejects(
    async () => {
      for await (const item of queue.items({ signal: ended.signal })) seen.push(item);
    },
    RangeError,
    "the worker ended",
  );
  assert(await put.wait(LONG));
  await slay(worker);
  ended.abort(new RangeError("the worker ended"));
  await within(failed);
  assertEquals(seen, [1]);
});

Deno.test("Connection.items() of a process ends when its peer closes, whole and in order", async () => {
  const [here, there] = new Pipe<number>();
  using sums = new Queue<number[]>();
  await using worker = launch(
    async (end: typeof there, sums: Queue<number[]>) => {
      const seen: number[] = [];
      for await (const n of end.items({ timeout: 20_000 })) seen.push(n);
      sums.putSync(seen);
    },
    there,
    sums,
  );
  for (let i = 0; i < 100; i++) await here.send(i, LONG);
  here.close();
  assertEquals(await sums.get(LONG), Array.from({ length: 100 }, (_, i) => i));
  await finish(worker);
});
