// Deadlines: order, rearming, disarming, and what they leave behind.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  createServer,
  Deadline,
  openConnection,
  socketPair,
  startServer,
  StreamReader,
  TimeoutError,
  wait,
} from "@ferry/std/net";
import { Semaphore, wait as waitForTasks } from "@ferry/std/net/tasks";
import { fractions, rounds, seedFor } from "../_support/random.ts";

Deno.test("Deadline: many fire in order, those that were disarmed or moved do not", async () => {
  const random = fractions(seedFor("many deadlines"));
  const fired: number[] = [];
  const done = Promise.withResolvers<void>();
  const deadlines: Deadline[] = [];
  const expected: [at: number, id: number][] = [];
  for (let id = 0; id < 300; id++) {
    const deadline = new Deadline(() => fired.push(id));
    deadlines.push(deadline);
    for (let moves = Math.floor(random() * 4); moves >= 0; moves--) deadline.arm(1 + random() * 5);
    // 25 ms apart from the rest, so that the order is known.
    const late = id % 3 === 0;
    if (late) deadline.arm(60);
    if (id % 5 === 0) deadline.disarm();
    else expected.push([late ? 1 : 0, id]);
  }
  using last = new Deadline(done.resolve);
  last.arm(120);
  await done.promise;
  assertEquals(fired.length, expected.length);
  assertEquals(new Set(fired), new Set(expected.map(([, id]) => id)));
  const early = expected.filter(([at]) => at === 0).length;
  assert(fired.slice(0, early).every((id) => id % 3 !== 0), "not in order");
  for (const each of deadlines) each[Symbol.dispose]();
});

Deno.test("Deadline: one that is moved further with every read does not fire meanwhile", async () => {
  let fired = 0;
  using deadline = new Deadline(() => fired++);
  for (let i = 0; i < 20; i++) {
    deadline.arm(10_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals([fired, deadline.armed], [0, true]);
});

Deno.test("Deadline: what fires may arm itself again, and others", async () => {
  const done = Promise.withResolvers<void>();
  let count = 0;
  const other = new Deadline(() => done.resolve());
  using deadline = new Deadline(() => {
    if (++count < 3) deadline.arm(1);
    else other.arm(1);
  });
  deadline.arm(1);
  await done.promise;
  other[Symbol.dispose]();
  assertEquals(count, 3);
});

/** More than a timer of the runtime takes: it would fire at once. */
const LONG = 2 ** 32;

Deno.test("Deadline: a time of more than 2**31 ms does not fire at once, NaN is refused", async () => {
  let fired = 0;
  using long = new Deadline(() => fired++);
  using short = new Deadline(() => {});
  assertThrows(() => long.arm(NaN), RangeError, "received NaN");
  long.arm(LONG);
  for (let i = 0; i < 10; i++) {
    short.arm(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals([fired, long.armed], [0, true]);
});

Deno.test("timeouts and graces of more than 2**31 ms are not over at once", async () => {
  const go = Promise.withResolvers<void>();
  const entered = Promise.withResolvers<void>();
  const server = await startServer(async ({ reader, writer }) => {
    await reader.readLine({ timeout: LONG });
    entered.resolve();
    await go.promise;
    writer.write("done");
  }, { port: 0 });
  const client = await openConnection(server.address, { connectTimeout: LONG });
  client.writer.write("begin\n");
  await client.writer.flush({ timeout: LONG });
  await entered.promise;
  const ready = wait([client], { timeout: LONG });
  const down = server.shutdown({ grace: LONG });
  using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept({ timeout: LONG });
  const semaphore = new Semaphore(0);
  const permit = semaphore.acquire({ timeout: LONG });
  const task = waitForTasks([go.promise], { timeout: LONG });
  // Whatever takes the time for none is over now.
  await new Promise((resolve) => setTimeout(resolve, 50));

  go.resolve();
  semaphore.release();
  const late = await openConnection(listener.address);
  assertEquals(await ready, [client]);
  assertEquals((await down).drained, 1);
  (await accepted).abort();
  late.abort();
  await permit;
  assertEquals((await task).done.size, 1);
  await client.close();
});

Deno.test("timeouts that are no number are refused, and the reader can go on", async () => {
  const reader = new StreamReader({ read: (into) => Promise.resolve(into.fill(10, 0, 1) && 1) });
  await assertRejects(() => reader.readLine({ timeout: NaN }), RangeError, "received NaN");
  assertEquals(await reader.readLine(), new Uint8Array(0));
  const semaphore = new Semaphore(0);
  await assertRejects(() => semaphore.acquire({ timeout: NaN }), RangeError, "received NaN");
  semaphore.release();
  assertEquals(semaphore.value, 1, "who gave up has taken the permit");
  await using server = await startServer(() => {}, { port: 0 });
  await assertRejects(() => server.shutdown({ grace: NaN }), RangeError, "received NaN");
  assert(server.isServing);
});

Deno.test("Deadline: those that are disposed of long before their time take no memory", () => {
  using keeps = new Deadline(() => {});
  keeps.arm(600_000);
  const before = Deno.memoryUsage().heapUsed;
  for (let i = 0; i < 400_000; i++) {
    const deadline = new Deadline(() => {});
    deadline.arm(600_000);
    deadline[Symbol.dispose]();
  }
  // 230 bytes each, if they stayed.
  const grown = (Deno.memoryUsage().heapUsed - before) / 2 ** 20;
  assert(grown < 45, `${grown.toFixed(0)} MiB more`);
});

Deno.test("timeouts that race with what arrives lose no byte and double none", async () => {
  const calls = rounds(20_000, 100_000);
  const READERS = 100;
  const random = fractions(seedFor("timeouts that race"));
  let timedOut = 0;
  let done = 0;
  await Promise.all(Array.from({ length: READERS }, async () => {
    const [a, b] = socketPair();
    let sent = 0;
    let received = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        const size = Math.floor(random() * 20);
        a.writer.write(Uint8Array.from({ length: size }, () => sent++));
        await new Promise((resolve) => setTimeout(resolve, random() * 3));
      }
      a.close();
    })();
    const check = (bytes: Uint8Array | null) => {
      for (const byte of bytes ?? []) assertEquals(byte, received++ & 255);
    };
    for (let i = 0; i < calls / READERS; i++) {
      const timeout = random() * 2;
      const roll = random();
      try {
        if (roll < 0.4) check(await b.reader.read(1 + Math.floor(random() * 9), { timeout }));
        else if (roll < 0.8) check(await b.reader.readExactly(5, { timeout }));
        else {
          const into = new Uint8Array(7);
          const count = await b.reader.readInto(into, { timeout });
          check(into.subarray(0, count ?? 0));
        }
      } catch (error) {
        assert(error instanceof TimeoutError, String(error));
        timedOut++;
      }
      done++;
    }
    writing = false;
    check(await b.reader.readAll());
    await writer;
    assertEquals(received, sent);
    b.close();
  }));
  assertEquals(done, calls);
  assert(timedOut > calls / 20 && timedOut < calls, `${timedOut} of ${calls} timed out`);
});
