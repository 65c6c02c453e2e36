import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  activeChildren,
  Pipe,
  Pool,
  Process,
  Queue,
  share,
  SharedArray,
  SharedEvent,
  SharedValue,
} from "@ferry/std/ipc";
import { program } from "../../../_support/program.ts";

const LONG = { timeout: 60_000 };
const TARGETS = new URL("../_targets.ts", import.meta.url);

Deno.test("Process.prestart() starts workers that the next processes take, one each", async () => {
  await using spares = Process.prestart(2);
  assertEquals(spares.size, 2);
  await spares.ready(LONG);
  assertEquals([spares.size, activeChildren()], [2, []]);

  using queue = new Queue<[string, boolean, number]>();
  const tell = async (queue: Queue<[string, boolean, number]>) => {
    const { currentProcess } = await import("@ferry/std/ipc");
    const { name, daemon, id } = currentProcess();
    queue.putSync([name, daemon, id]);
    return name;
  };
  for (const [left, name] of [[1, "First"], [0, "Second"], [0, "Third"]] as const) {
    await using process = new Process(tell, { args: [queue], name, daemon: true });
    process.start();
    assertEquals(spares.size, left);
    assertEquals(activeChildren(), [process]);
    assertEquals(await queue.get(LONG), [name, true, process.id!]);
    assertEquals(await process.result(LONG), name);
    assertEquals(process.exitCode, 0);
  }
});

Deno.test("Process takes a spare that is not warm yet, and runs", async () => {
  await using spares = Process.prestart(1);
  await using process = new Process((n: number) => n + 1, { args: [41] });
  process.start();
  assertEquals(spares.size, 0);
  assertEquals(await process.result(LONG), 42);
});

Deno.test("Process in a spare gets modules, closures, ends of pipes and what is large", async () => {
  await using spares = Process.prestart(3);
  await spares.ready(LONG);
  const [mine, theirs] = new Pipe<Uint8Array, number>();
  await using echo = new Process(async (end: typeof theirs) => {
    const bytes = await end.recv();
    await end.send(bytes.reduce((sum, byte) => sum + byte, 0));
  }, { args: [theirs] });
  echo.start();
  await mine.send(new Uint8Array(200_000).fill(1));
  assertEquals(await mine.recv(LONG), 200_000);
  mine.close();

  using total = new SharedValue("float64", 0);
  const prices = new Map([["tea", 2.5]]);
  await using closure = new Process(() => total.update((sum) => sum + prices.get("tea")!), {
    capture: true,
  });
  closure.start();
  assertEquals(await closure.result(LONG), 2.5);

  await using module = new Process({ module: TARGETS, export: "nothing" });
  module.start();
  await assertRejects(() => module.result(LONG), TypeError, "there is no such export");
  assertEquals(spares.size, 0);
});

Deno.test("Process with another maxHeap takes no spare, one with the same does", async () => {
  await using spares = Process.prestart(1, { maxHeap: 64 });
  await using other = new Process(() => "other");
  other.start();
  assertEquals(spares.size, 1);
  await using same = new Process(() => "same", { maxHeap: 64 });
  same.start();
  assertEquals(spares.size, 0);
  assertEquals([await other.result(LONG), await same.result(LONG)], ["other", "same"]);
});

Deno.test("Process whose arguments cannot be sent leaves the spare where it is", async () => {
  await using spares = Process.prestart(1);
  await using bad = new Process((_: unknown) => {}, { args: [() => {}] });
  assertThrows(() => bad.start(), TypeError);
  assertEquals(spares.size, 1);
  await using good = new Process(() => "good");
  good.start();
  assertEquals(spares.size, 0);
  assertEquals(await good.result(LONG), "good");
});

Deno.test("A process in a spare can be stopped, and its locks and arguments are given back", async () => {
  await using spares = Process.prestart(2);
  await spares.ready(LONG);
  using started = new SharedEvent();
  await using busy = new Process((started: SharedEvent) => {
    started.set();
    for (;;);
  }, { args: [started] });
  busy.start();
  assert(await started.wait(LONG));
  busy.kill();
  assert(await busy.join(LONG));
  assertEquals(busy.exitCode, -9);

  // Stopped before it can have read what it is to run.
  using array = new SharedArray("float64", 1000);
  await using early = new Process((_: SharedArray<"float64">) => {}, { args: [array] });
  early.start();
  early.terminate();
  assert(await early.join(LONG));
  assertEquals(early.exitCode, -15);
});

Deno.test("Spares give back their memory, whether they are taken, dropped or stopped with arguments", async () => {
  using value = new SharedValue("int32", 0);
  let before = 0;
  for (let i = 0; i < 12; i++) {
    await using spares = Process.prestart(2);
    if (i % 3 !== 0) await spares.ready(LONG);
    using array = new SharedArray("float64", 100_000);
    await using process = new Process((_: SharedArray<"float64">) => {}, { args: [array] });
    process.start();
    if (i % 2 === 0) process.kill();
    assert(await process.join(LONG));
    if (i === 4) before = share(value).buffer.byteLength;
  }
  assertEquals(share(value).buffer.byteLength, before);
});

Deno.test("Prestarted ends what nobody has taken when it is disposed of, warm or not, and nothing else", async () => {
  const spares = Process.prestart(3);
  await using process = new Process((go: SharedEvent) => go.waitSync({ timeout: 60_000 }), {
    args: [new SharedEvent()],
  });
  process.start();
  await spares[Symbol.asyncDispose]();
  assertEquals([spares.size, process.isAlive], [0, true]);
  await spares[Symbol.asyncDispose]();
  await using next = new Process(() => "next");
  next.start();
  assertEquals(await next.result(LONG), "next");
});

Deno.test("Prestarted.ready() ends with the timeout and with the signal", async () => {
  await using spares = Process.prestart(1);
  assertEquals(await spares.ready({ timeout: 0 }), false);
  const reason = new RangeError("no longer");
  await assertRejects(() => spares.ready({ signal: AbortSignal.abort(reason) }), RangeError);
  assertEquals(await spares.ready(LONG), true);
  assertEquals(await spares.ready({ timeout: 60_000 }), true);
});

Deno.test("Process.prestart() refuses what is no number of workers, and no heap", () => {
  for (const count of [-1, 1.5, NaN, Infinity, "2" as unknown as number]) {
    assertThrows(() => Process.prestart(count), RangeError, "their number must be a whole number");
  }
  assertThrows(() => Process.prestart(1, { maxHeap: 8 }), RangeError, "maxHeap must be");
  assertThrows(() => Process.prestart(1, 8 as never), TypeError, "start workers in advance");
});

Deno.test("Pool takes spares for its workers", async () => {
  await using spares = Process.prestart(2);
  await using pool = new Pool({ processes: 2 });
  assertEquals(await pool.map((n: number) => n * n, [1, 2, 3]), [1, 4, 9]);
  assertEquals(spares.size, 0);
});

Deno.test("A program with spares ends by itself, in its processes too", async () => {
  const { code, out, err } = await program(`
    import { Process } from "@ferry/std/ipc";
    const spares = Process.prestart(2);
    await spares.ready();
    const child = new Process(async () => {
      const { Process } = await import("@ferry/std/ipc");
      await Process.prestart(1).ready();
      return "child";
    });
    child.start();
    console.log(await child.result(), spares.size);
  `);
  assertEquals([code, out, err], [0, "child 1\n", ""]);
});

Deno.test("A daemon starts no workers in advance", async () => {
  await using daemon = new Process(async () => {
    const { Process } = await import("@ferry/std/ipc");
    Process.prestart(1);
  }, { daemon: true });
  daemon.start();
  await assertRejects(() => daemon.result(LONG), TypeError, "may not have children");
});
