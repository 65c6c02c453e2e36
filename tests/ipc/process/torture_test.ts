// Processes stopped at any moment, between their start and the last thing they do.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  activeChildren,
  type Connection,
  Lock,
  Pipe,
  Process,
  ProcessExitError,
  Queue,
  share,
  SharedValue,
} from "@ferry/std/ipc";
import { EFFORT, Random, seedFor } from "../../_support/random.ts";

const LONG = { timeout: 30_000 };

/** What a process does in the end. */
const ENDINGS = ["returns", "throws", "exits", "listens", "loops", "gives", "has a child"] as const;
type Ending = typeof ENDINGS[number];

/** Holds a lock and one end of a pipe, puts two items, and ends somehow. */
async function work(
  ending: Ending,
  lock: Lock,
  queue: Queue<number[]>,
  end: Connection<string>,
): Promise<unknown> {
  const held = lock.acquireSync();
  for (let i = 0; i < 2; i++) queue.putSync(Array.from({ length: 100 }, () => i));
  end.sendSync("here");
  if (ending === "throws") throw new RangeError("as it was told");
  if (ending === "exits") Deno.exit(7);
  if (ending === "loops") { for (;;); }
  if (ending === "listens") {
    globalThis.addEventListener("unload", () => {
      for (let i = 0; i < 50; i++) queue.putSync([i]);
    });
  }
  if (ending === "gives") {
    const { Pipe, SharedArray } = await import("@ferry/std/ipc");
    return { array: new SharedArray("float64", 50_000), ends: [...new Pipe()], held: lock };
  }
  if (ending === "has a child") {
    const { Process } = await import("@ferry/std/ipc");
    const child = new Process((lock: Lock) => lock.acquireSync().release(), { args: [lock] });
    child.start();
  }
  held.release();
  return ending;
}

Deno.test("Processes stopped at random moments leave no lock taken, nobody waiting, no memory, and one outcome each", async () => {
  const random = new Random(seedFor("process torture"));
  using lock = new Lock();
  using probe = new SharedValue("int32", 0);
  let before = 0;
  const rounds = 24 * EFFORT;
  for (let round = 0; round < rounds; round++) {
    const ending = random.pick(ENDINGS);
    const how = ending === "loops"
      ? random.pick(["kill", "terminate", "abort"] as const)
      : random.pick(["kill", "terminate", "abort", "leave", "leave"] as const);
    const after = random.below(3) === 0 ? 0 : random.next() * 120;
    const blocking = random.below(2) === 0;
    const what = `round ${round}: ${ending}, ${how} after ${after} ms`;
    using queue = new Queue<number[]>();
    const [here, there] = new Pipe<string>();
    const controller = new AbortController();
    await using process = new Process(work, {
      args: [ending, lock, queue, there],
      signal: controller.signal,
    });
    process.start();
    const { signal } = process;
    const result = process.result(LONG).then((value) => ({ value }), (error) => ({ error }));
    const until = performance.now() + after;
    while (performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 0));
    if (how === "abort") controller.abort(new RangeError("given up"));
    else if (how !== "leave") process[how]();
    if (blocking) assert(process.joinSync(LONG), what);
    else assert(await process.join(LONG), what);

    const { exitCode } = process;
    const outcome = await result;
    const natural = ending === "throws" ? 1 : ending === "exits" ? 7 : 0;
    const stopped = how === "kill" ? -9 : how === "leave" ? natural : -15;
    assert(exitCode === natural || exitCode === stopped, `${what}: exit code ${exitCode}`);
    assertEquals(signal.aborted, exitCode !== 0, what);
    if (exitCode === 0) {
      assert("value" in outcome, what);
      if (ending === "gives") {
        const { array, ends } = outcome.value as { array: Disposable; ends: Disposable[] };
        for (const object of [array, ...ends]) object[Symbol.dispose]();
      } else assertEquals(outcome.value, ending, what);
    } else {
      assert("error" in outcome && outcome.error === signal.reason, what);
      if (exitCode === 1) assertEquals(outcome.error.message, "as it was told", what);
      else if (how === "abort" && exitCode === -15) {
        assert(outcome.error === controller.signal.reason, what);
      } else {
        assertInstanceOf(outcome.error, ProcessExitError, what);
        assertEquals(outcome.error.exitCode, exitCode, what);
      }
    }
    // What it held is free, what it put is whole, and its end of the pipe is closed.
    (await lock.acquire(LONG)).release();
    for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) {
      assert(item.every((n) => n === item![0]), what);
    }
    const end = await here.recv(LONG).then(() => here.recv(LONG)).catch((error) => error);
    assertInstanceOf(end, Deno.errors.UnexpectedEof, what);
    here.close();
    assertEquals(activeChildren(), [], what);
    if (round === Math.floor(rounds / 2)) before = share(probe).buffer.byteLength;
  }
  // It may be in pieces of other sizes (a few arrays of 400 kB may be alive at once, by chance), but there is not more
  // and more of it.
  const now = share(probe).buffer.byteLength;
  assert(now <= before * 1.5 + (4 << 20), `${before} bytes half-way, ${now} at the end`);
});
