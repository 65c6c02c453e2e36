// Waits that end by looking, before they sleep.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type Connection, Pipe, Queue } from "@ferry/std/ipc";
import { finish, launch } from "../../_support/processes.ts";

/** Milliseconds until a test gives up. */
const PATIENCE = 60_000;

/** Lets no wait of this thread sleep: the word has always changed just before. */
function sleepless(): Disposable {
  const { waitAsync } = Atomics;
  type Wait = typeof waitAsync;
  Atomics.waitAsync = ((words: Int32Array, index: number, expected: number) => {
    while (Atomics.load(words, index) === expected);
    return { async: false, value: "not-equal" };
  }) as unknown as Wait;
  return { [Symbol.dispose]: () => void (Atomics.waitAsync = waitAsync) };
}

/** Sends back what comes, until that is 0. */
async function echo(connection: Connection<number>, blocks: boolean): Promise<void> {
  for (let n = -1; n !== 0;) {
    n = blocks ? connection.recvSync() : await connection.recv();
    connection.sendSync(n);
  }
}

for (const blocks of [true, false]) {
  Deno.test(
    `Timers and signals come while one answer after the other is awaited, and ${
      blocks ? "a blocking" : "an awaiting"
    } process gives them at once`,
    async () => {
      const [here, there] = new Pipe<number>();
      const process = launch(echo, there, blocks);
      // It has started.
      await here.send(1);
      assertEquals(await here.recv(), 1);
      const trip = async (n: number, signal?: AbortSignal) => {
        await here.send(n);
        return await here.recv({ signal });
      };
      const end = performance.now() + PATIENCE;
      let turns = 0;
      const interval = setInterval(() => turns++, 1);
      let n = 1;
      {
        using _ = sleepless();
        for (; turns < 5 && performance.now() < end; n++) assertEquals(await trip(n), n);
      }
      clearInterval(interval);
      assert(turns >= 5, `no timer came in ${n} round trips`);
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(new RangeError("enough")), 1);
      let last = 0;
      await assertRejects(
        async () => {
          while (performance.now() < end) last = await trip(++n, stop.signal);
        },
        RangeError,
        "enough",
      );
      clearTimeout(timer);
      // Its answer is still there.
      if (last < n) assertEquals(await here.recv(), n);
      assertEquals(await trip(0), 0);
      await finish(process);
      here.close();
    },
  );
}

Deno.test("What a thread looks for is found by others, too: each item goes to one getter", async () => {
  const items = 20_000;
  using queue = new Queue<number>();
  using sums = new Queue<number>();
  const sum = async (queue: Queue<number>, sums: Queue<number>, blocks: boolean) => {
    let sum = 0;
    for (let item = 1; item > 0;) {
      item = blocks ? queue.getSync() : await queue.get();
      sum += item;
    }
    sums.putSync(sum);
  };
  const getters = [launch(sum, queue, sums, true), launch(sum, queue, sums, false)];
  for (let i = 1; i <= items; i++) queue.putSync(i);
  for (const _ of getters) queue.putSync(0);
  assertEquals(await sums.get() + await sums.get(), items * (items + 1) / 2);
  await finish(...getters);
});
