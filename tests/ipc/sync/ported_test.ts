// What CPython's tests of barriers check between processes.
import { assert, assertEquals } from "@std/assert";
import { Barrier, Lock, Process, Queue, SharedArray } from "@ferry/std/ipc";
import * as parties from "./_barrier_parties.ts";
import { within } from "../../_support/crew.ts";
import { finish } from "../../_support/processes.ts";
import { EFFORT } from "../../_support/random.ts";

const N = 5;
const { AGAIN, BROKEN, PASSED } = parties;

type Parties = Omit<typeof parties, "AGAIN" | "BROKEN" | "PASSED">;
type ArgsOf<F> = F extends (blocks: boolean, ...args: infer A) => unknown ? A : never;

/** Runs one function in four processes, of which two block and two await, and in this one. */
async function together<K extends keyof Parties>(what: K, ...args: ArgsOf<Parties[K]>) {
  const module = import.meta.resolve("./_barrier_parties.ts");
  await using stack = new AsyncDisposableStack();
  const processes = Array.from({ length: N - 1 }, (_, i) => {
    const target = { module, export: what };
    return stack.use(new Process<unknown[]>(target, { args: [i % 2 === 0, ...args] }));
  });
  for (const process of processes) process.start();
  await within((parties[what] as (...args: unknown[]) => Promise<void>)(false, ...args));
  await finish(...processes);
}

// CPython: test_wait_return.
Deno.test("Barrier gives exactly one of five processes each place, in every round", async () => {
  using barrier = new Barrier(N);
  using places = new Queue<[number, number]>();
  const rounds = 20;
  await together("waitReturn", barrier, rounds, places);
  const found: number[][] = Array.from({ length: rounds }, () => []);
  for (let i = 0; i < rounds * N; i++) {
    const [round, place] = places.getSync({ timeout: 0 });
    found[round]!.push(place);
  }
  for (const round of found) assertEquals(round.sort(), [0, 1, 2, 3, 4]);
  assert(places.isEmpty);
});

// CPython: test_action.
Deno.test("Barrier of five processes runs its action once a round, before anybody goes on", async () => {
  using barrier = new Barrier(N);
  using count = new SharedArray("int32", 1);
  await together("action", barrier, 20, count);
  assertEquals(count.get(0), 20);
});

// CPython: test_abort.
Deno.test("Barrier.abort() in one of five processes breaks it for the four others", async () => {
  using barrier = new Barrier(N);
  using counts = new SharedArray("int32", 3);
  await together("abort", barrier, counts);
  assertEquals([...counts], [0, N - 1, 0]);
  assert(barrier.broken);
});

// CPython: test_reset.
Deno.test("Barrier.reset() in one of five processes frees the four who wait, and then all pass", async () => {
  using barrier = new Barrier(N);
  using counts = new SharedArray("int32", 4);
  await together("reset", barrier, counts);
  assertEquals([counts.get(PASSED), counts.get(BROKEN), counts.get(AGAIN)], [0, N - 1, N]);
  assertEquals([barrier.broken, barrier.waiting], [false, 0]);
});

// CPython: test_abort_and_reset.
Deno.test("Barrier that one of five processes aborts can be reset, and then all pass", async () => {
  using barrier = new Barrier(N);
  using other = new Barrier(N);
  using counts = new SharedArray("int32", 3);
  await together("abortAndReset", barrier, counts, other);
  assertEquals([counts.get(PASSED), counts.get(BROKEN), counts.get(AGAIN)], [0, N - 1, N]);
  assertEquals([barrier.broken, barrier.waiting], [false, 0]);
});

// CPython: test_timeout and test_default_timeout.
for (
  const [whose, own, given] of [["a wait's", {}, { timeout: 1 }], ["its own", { timeout: 1 }, {}]]
) {
  Deno.test(`Barrier breaks for five processes when one comes after ${whose} timeout`, async () => {
    using barrier = new Barrier(N, own as { timeout?: number });
    using counts = new SharedArray("int32", 3);
    await together("late", barrier, counts, given as { timeout?: number });
    assertEquals([...counts], [0, N, 0]);
    assert(barrier.broken);
  });
}

// CPython: test_thousand.
Deno.test("Barrier that five processes pass a thousand times in a row keeps their rounds apart", async () => {
  const passes = EFFORT > 1 ? 20_000 : 1000;
  using barrier = new Barrier(N);
  using lock = new Lock();
  using log = new SharedArray("int32", 1 + passes * N);
  await together("thousand", barrier, passes, log, lock);
  assertEquals(log.get(0), passes * N);
  for (let i = 0; i < passes * N; i++) assertEquals(log.view[1 + i], Math.floor(i / N));
});
