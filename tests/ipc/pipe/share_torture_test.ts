// Ends of pipes that are handed to workers, which die at any moment: the peer always comes to the end.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, Pipe, Queue, share, SharedEvent } from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import { launch, LONG } from "../../_support/processes.ts";
import { EFFORT, Random, seedFor } from "../../_support/random.ts";
import type { EndErrand } from "./_end_worker.ts";

Deno.test("Whenever a worker that is handed an end by share() is terminated, its peer comes to the end of the pipe", async () => {
  const random = new Random(seedFor("share to workers that die"));
  for (let round = 0; round < 5 * EFFORT; round++) {
    const [here, there] = new Pipe<unknown>();
    const worker = new Worker(new URL("./_end_worker.ts", import.meta.url), { type: "module" });
    const attached = Promise.withResolvers<void>();
    worker.onmessage = () => attached.resolve();
    const errand: EndErrand = { task: random.pick(["hold", "echo"] as const), end: share(there) };
    worker.postMessage(errand);
    await within(attached.promise, "The worker");
    const sent = random.below(20);
    for (let i = 0; i < sent; i++) here.sendSync(i);
    if (random.below(2) === 0) await new Promise((resolve) => setTimeout(resolve, random.below(3)));
    worker.terminate();
    let seen = 0;
    await assertRejects(async () => {
      for (;;) {
        const message = await here.recv(LONG);
        if (message !== "last words") assertEquals(message, seen++);
      }
    }, Deno.errors.UnexpectedEof);
    here.close();
  }
});

Deno.test("An end that processes share, attach again and pass on is never lost, whoever is killed", async () => {
  const random = new Random(seedFor("share in processes that die"));
  for (let round = 0; round < 5 * EFFORT; round++) {
    const [here, there] = new Pipe<number>();
    using queue = new Queue<Connection<number>>();
    using started = new SharedEvent();
    // Takes the end out of the queue, offers it to itself, and puts it back, again and again.
    const circulate = async (queue: Queue<Connection<number>>, started: SharedEvent) => {
      const { attach, share } = await import("@ferry/std/ipc");
      for (;;) {
        const end = queue.getSync({ timeout: 60_000 });
        end.sendSync(1);
        queue.putSync(attach(share(end)));
        started.set();
      }
    };
    queue.putSync(there);
    const one = launch(circulate, queue, started);
    const two = launch(circulate, queue, started);
    assert(await started.wait(LONG));
    for (let i = random.below(200); i > 0; i--) await here.recv(LONG);
    one.kill();
    if (random.below(2) === 0) await one.join(LONG);
    two.kill();
    assert(await one.join(LONG));
    assert(await two.join(LONG));
    // The end is in the queue, or it was in the hands of one that died.
    const left = queue.tryGet();
    if (left !== undefined) {
      left.sendSync(2);
      left.close();
    }
    let last = 0;
    await assertRejects(async () => {
      for (;;) last = await here.recv(LONG);
    }, Deno.errors.UnexpectedEof);
    if (left !== undefined) assertEquals(last, 2);
    here.close();
  }
});

Deno.test("Queue.items() and Connection.items() that are aborted at any moment lose nothing and give nothing twice", async () => {
  const random = new Random(seedFor("items() aborted at any moment"));
  for (let round = 0; round < 10 * EFFORT; round++) {
    using queue = new Queue<number>({ maxSize: random.below(4) });
    const [here, there] = new Pipe<number>();
    const COUNT = 60;
    await using process = launch(
      async (queue: Queue<number>, end: Connection<number>, count: number) => {
        for (let i = 0; i < count; i++) {
          await queue.put(i, { timeout: 60_000 });
          await end.send(i, { timeout: 60_000 });
        }
      },
      queue,
      there,
      COUNT,
    );
    for (
      const items of [
        (signal: AbortSignal) => queue.items({ signal }),
        (signal: AbortSignal) => here.items({ signal }),
      ]
    ) {
      const seen: number[] = [];
      const collecting = async () => {
        while (seen.length < COUNT) {
          const stop = new AbortController();
          const timer = setTimeout(() => stop.abort(new RangeError("enough")), random.below(4));
          try {
            for await (const item of items(stop.signal)) {
              seen.push(item);
              if (random.below(10) === 0) stop.abort(new RangeError("enough"));
              if (seen.length === COUNT) break;
            }
          } catch (error) {
            assert(error instanceof RangeError, String(error));
          } finally {
            clearTimeout(timer);
          }
        }
      };
      await within(collecting(), "Collecting");
      assertEquals(seen, Array.from({ length: COUNT }, (_, i) => i));
    }
    assert(await process.join(LONG));
    here.close();
  }
});
