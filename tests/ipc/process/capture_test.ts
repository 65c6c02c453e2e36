// Processes whose function uses variables around it.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Connection,
  Pipe,
  Process,
  ProcessExitError,
  Queue,
  share,
  SharedValue,
} from "@ferry/std/ipc";
import { UndumpableError } from "@ferry/std/persist/dill";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };

Deno.test("Process with capture runs a closure with copies of its variables", async () => {
  let count = 40;
  const add = (n: number) => count += n;
  class Word {
    #text: string;
    constructor(text: string) {
      this.#text = text;
    }
    get text() {
      return this.#text;
    }
  }
  const word = new Word("tea");
  await using process = new Process(
    async (n: number) => {
      add(n);
      return await Promise.resolve([count, word.text, new Word("milk").text, join("a", "b")]);
    },
    { args: [2], capture: true },
  );
  process.start();
  assertEquals(await process.result(LONG), [42, "tea", "milk", "a/b"]);
  assertEquals(count, 40);
});

Deno.test("Shared objects among captured variables are the same objects, and their locks", async () => {
  using total = new SharedValue("int32", 1);
  using words = new Queue<string>();
  const log = (word: string) => words.putSync(word);
  await using process = new Process(() => {
    {
      using _held = total.lock.acquireSync();
      total.value += 41;
    }
    log(`from the process: ${total.value}`);
  }, { capture: true });
  process.start();
  assertEquals(await words.get(LONG), "from the process: 42");
  await process.join(LONG);
  assertEquals([process.exitCode, total.value], [0, 42]);
});

Deno.test("A captured Connection moves to the process", async () => {
  const [here, there] = new Pipe<string>();
  await using process = new Process(() => {
    there.sendSync(`${there.recvSync()} back`);
    there.close();
  }, { capture: true });
  process.start();
  here.sendSync("there and");
  assertEquals(await here.recv(LONG), "there and back");
  await process.join(LONG);
  assertEquals(there.closed, true);
  here.close();
});

Deno.test("What cannot be captured stops the process, and its result names it", async () => {
  const pending = { jobs: [Promise.resolve()] };
  await using process = new Process(() => pending.jobs.length, { capture: true });
  const { signal } = process;
  process.start();
  const error = await assertRejects(() => process.result(LONG), UndumpableError);
  assertEquals(error.path, "value <pending>.jobs[0]");
  assertEquals([process.exitCode, signal.reason], [-15, error]);
});

Deno.test("A process with capture can be stopped while its function is on its way", async () => {
  const data = new Uint8Array(1 << 20);
  for (const stop of ["terminate", "kill"] as const) {
    await using process = new Process(() => data.length, { capture: true });
    process.start();
    process[stop]();
    await assertRejects(() => process.result(LONG), ProcessExitError);
  }
});

Deno.test("joinSync() of a process whose function is on its way says that it would wait for ever", async () => {
  const answer = 42;
  await using process = new Process(() => answer, { capture: true });
  process.start();
  assertThrows(() => process.joinSync(), TypeError, "await join()");
  assertEquals(process.joinSync({ timeout: 0 }), false);
  assertEquals(await process.result(LONG), 42);
  assert(process.joinSync());
});

Deno.test("A process captures variables for a process of its own", async () => {
  const greeting = "hello";
  await using process = new Process(async () => {
    const { Process } = await import("@ferry/std/ipc");
    const inner = `${greeting} from within`;
    await using child = new Process(() => inner, { capture: true });
    child.start();
    return await child.result();
  }, { capture: true });
  process.start();
  assertEquals(await process.result(LONG), "hello from within");
});

Deno.test("capture is for functions that run when they are called", () => {
  const make = (target: unknown, capture: unknown = true) => () =>
    new Process(target as () => void, { capture: capture as boolean });
  assertThrows(make({ module: import.meta.url }), TypeError, "capture is for functions");
  assertThrows(make(function* () {}), TypeError, "generator");
  assertThrows(make(() => {}, "yes"), TypeError, 'capture must be a boolean, received "yes"');
});

Deno.test("Captured functions come and go without taking more shared memory", async () => {
  using value = new SharedValue("int32", 0);
  const round = async (fails: boolean) => {
    using queue = new Queue<number>();
    const [here, there] = new Pipe();
    const wrong = fails ? Promise.resolve() : undefined;
    await using process = new Process(() => [queue.size, there.closed, wrong], { capture: true });
    process.start();
    await process.result(LONG).catch(() => {});
    here.close();
    there.close();
  };
  for (let i = 0; i < 4; i++) await round(i % 2 === 1);
  const before = share(value).buffer.byteLength;
  for (let i = 0; i < 12; i++) await round(i % 2 === 1);
  assertEquals(share(value).buffer.byteLength, before);
});

const PROGRAM = `
  import { Process } from "@ferry/std/ipc";
  const rate = 2;
  const double = (n: number) => n * rate;
  await using process = new Process(() => double(21), { capture: true });
  process.start();
  try {
    console.log(await process.result({ timeout: 60_000 }));
  } catch (error) {
    console.log(error.name, error.variable);
  }
`;

/** Runs the program with exactly these flags. */
async function runWith(...flags: string[]) {
  const config = fileURLToPath(new URL("../../../deno.json", import.meta.url));
  return await run({ args: [...flags, "--config", config, "-"], stdin: PROGRAM });
}

Deno.test("capture needs --allow-sys and to read the package, and without the former names the variable", async () => {
  const allowed = await runWith("--allow-read", "--allow-sys");
  assertEquals([allowed.code, allowed.out, allowed.err], [0, "42\n", ""]);
  const denied = await runWith("--allow-read");
  assertEquals([denied.code, denied.out, denied.err], [0, "CaptureError double\n", ""]);
});

Deno.test("a connection that was captured is refused by its former owner", async () => {
  const [here, there] = new Pipe<number>();
  const send = (end: Connection<number>) => end.sendSync(1);
  await using process = new Process(() => send(there as Connection<number>), { capture: true });
  process.start();
  assertEquals(await here.recv(LONG), 1);
  await process.join(LONG);
  assertThrows(() => there.sendSync(2));
  here.close();
});
