// Processes that came and went leave nothing behind: no memory, no numbers, no threads.
import { assert, assertEquals, assertThrows } from "@std/assert";
import { Pipe, Process, Queue, share, SharedArray, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { program } from "../../_support/program.ts";
import { rounds } from "../../_support/random.ts";

const LONG = { timeout: 60_000 };

/** Bytes of shared memory in use by the program. */
function arenaBytes(value: SharedValue): number {
  return share(value).buffer.byteLength;
}

Deno.test("Process: starting and ending them, however they end, does not take more and more shared memory", async () => {
  using value = new SharedValue("int32", 0);
  const round = async (how: number) => {
    // Large enough that leaking one a few times shows.
    using array = new SharedArray("float64", 100_000);
    using started = new SharedEvent();
    const [here, there] = new Pipe<number[]>();
    await using process = new Process(
      (
        array: SharedArray<"float64">,
        started: SharedEvent,
        there: unknown,
        how: number,
        _: string,
      ) => {
        array.set(99_999, how);
        started.set();
        if (how === 1) { for (;;); }
        if (how === 2) Deno.exit(5);
        return there;
      },
      { args: [array, started, there, how, "x".repeat(100_000)] },
    );
    process.start();
    if (how < 3) assert(await started.wait(LONG));
    if (how === 1 || how === 3) process.kill();
    assert(await process.join(LONG));
    here.close();
  };
  for (let i = 0; i < 8; i++) await round(i % 4);
  const before = arenaBytes(value);
  for (let i = 0; i < rounds(16, 100); i++) await round(i % 4);
  assertEquals(arenaBytes(value), before);
});

Deno.test("Process.start() that throws does not take more and more shared memory or numbers", async () => {
  using value = new SharedValue("int32", 0);
  const fail = () => {
    using queue = new Queue<number>();
    const pipe = new Pipe();
    const process = new Process((..._: unknown[]) => {}, {
      args: [queue, value, pipe[0], "x".repeat(10_000), () => {}],
    });
    assertThrows(() => process.start());
    for (const end of pipe) end.close();
  };
  for (let i = 0; i < 50; i++) fail();
  const before = arenaBytes(value);
  for (let i = 0; i < 5000; i++) fail();
  assertEquals(arenaBytes(value), before);
  await using process = new Process(() => {});
  process.start();
  assert(process.id! < 100, `${process.id}`);
  assert(await process.join(LONG));
});

/** How many groups of four processes. */
const GROUPS = rounds(8, 25);

Deno.test(`${4 * GROUPS} processes, four at a time, leave no thread and use four numbers, and the program ends by itself`, async () => {
  const { code, out, err } = await program(`
    import { Process, Queue } from "@ferry/std/ipc";
    const threads = () => {
      try {
        return [...Deno.readDirSync("/proc/self/task")].filter(({ name }) => {
          try {
            return Deno.readTextFileSync("/proc/self/task/" + name + "/comm").startsWith("worker-");
          } catch {
            return false;
          }
        }).length;
      } catch {
        return 0;
      }
    };
    const queue = new Queue(), ids = new Set(), codes = new Map();
    let most = 0;
    for (let i = 0; i < ${4 * GROUPS}; i += 4) {
      const group = [0, 1, 2, 3].map((j) => new Process((queue, i) => {
        queue.putSync(i);
        if (i % 4 === 1) for (;;);
        if (i % 4 === 2) Deno.exit(2);
      }, { args: [queue, i + j] }));
      for (const child of group) {
        child.start();
        ids.add(child.id);
      }
      for (const _ of group) await queue.get({ timeout: 20_000 });
      most = Math.max(most, threads());
      group[1].kill();
      for (const child of group) {
        if (!(await child.join({ timeout: 20_000 }))) console.log("stuck");
        codes.set(child.exitCode, (codes.get(child.exitCode) ?? 0) + 1);
      }
    }
    // The runtime says that a worker is over a little before its thread is.
    const until = performance.now() + 20_000;
    while (threads() > 0 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    console.log(JSON.stringify({ ids: ids.size, codes: [...codes].sort(), left: threads(), most }));
  `);
  assertEquals([code, err], [0, ""]);
  const { ids, codes, left, most } = JSON.parse(out);
  assertEquals({ ids, left }, { ids: 4, left: 0 });
  assertEquals(codes, [[-9, GROUPS], [0, 2 * GROUPS], [2, GROUPS]]);
  if (Deno.build.os === "linux") assert(most >= 1, "the threads were not seen while they ran");
});
