// What can be said of a process besides what it runs, and what is no option at all.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { currentProcess, Process, type ProcessOptions, Queue, SharedEvent } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

Deno.test("Process and its methods refuse options that are none, and show the right form", async () => {
  // deno-lint-ignore no-explicit-any
  const make = (options: any) => () => new Process(() => {}, options);
  const form = 'options must be an object such as { args: [1, 2], name: "Worker" }, received ';
  assertThrows(make([1, 2]), TypeError, `Cannot make a process: ${form}an array`);
  assertThrows(make("name"), TypeError, `${form}"name"`);
  assertThrows(make(true), TypeError, `${form}true`);
  assertThrows(make(null), TypeError, `${form}null`);
  assertThrows(make({ signal: {} }), TypeError, "signal must be an AbortSignal, received");
  assertThrows(make({ args: { 0: 1 } }), TypeError, "args must be an array such as [1, 2]");
  assertThrows(make({ imports: "x" }), TypeError, "imports must be an array such as");

  await using process = new Process(() => {}, { name: "A" });
  process.start();
  // deno-lint-ignore no-explicit-any
  const any = process as any;
  const wait = "options must be an object such as { timeout: 1000 } (milliseconds), received 5";
  await assertRejects(() => any.join(5), TypeError, `Cannot join A: ${wait}`);
  assertThrows(() => any.joinSync(5), TypeError, `Cannot join A: ${wait}`);
  await assertRejects(() => any.result(5), TypeError, `Cannot get the result of A: ${wait}`);
  await assertRejects(() => any.join({ signal: {} }), TypeError, "signal must be an AbortSignal");
  await assertRejects(() => any.join({ timeout: "5" }), TypeError, "timeout must be a number");
  assert(await process.join(LONG));
});

Deno.test("Options of a process that are undefined mean what those mean that are not there", async () => {
  const undefinedOnes: ProcessOptions<[]> = {
    args: undefined,
    name: undefined,
    daemon: undefined,
    maxHeap: undefined,
    imports: undefined,
    signal: undefined,
  };
  await using process = new Process(() => 3, undefinedOnes);
  process.start();
  assert(await process.join({ signal: undefined, timeout: undefined }));
  assertEquals(await process.result({ signal: undefined, timeout: undefined }), 3);
  assertEquals(process.daemon, false);
});

Deno.test("The signal of a process terminates it when it aborts, and its reason is the result", async () => {
  using started = new SharedEvent();
  const controller = new AbortController();
  await using process = new Process((started: SharedEvent) => {
    started.set();
    for (;;);
  }, { args: [started], signal: controller.signal });
  process.start();
  assert(await started.wait(LONG));
  const reason = new RangeError("no longer needed");
  controller.abort(reason);
  const error = await process.result(LONG).catch((error) => error);
  assert(error === reason);
  assertEquals(process.exitCode, -15);
  assert(process.signal.aborted && process.signal.reason === reason);
});

Deno.test("The signal of a process does nothing after its end, and lets start() throw when it has aborted before", async () => {
  const controller = new AbortController();
  await using process = new Process(() => 5, { signal: controller.signal });
  process.start();
  assertEquals(await process.result(LONG), 5);
  controller.abort();
  assertEquals([process.exitCode, await process.result(), process.signal.aborted], [0, 5, false]);

  const reason = new RangeError("too late");
  const other = new Process(() => 5, { signal: AbortSignal.abort(reason) });
  const thrown = assertThrows(() => other.start());
  assert(thrown === reason);
  assertEquals([other.isAlive, other.id], [false, undefined]);
});

Deno.test("The signal of a process aborted while it starts stops it", async () => {
  const controller = new AbortController();
  await using process = new Process(() => {
    for (;;);
  }, { signal: controller.signal });
  process.start();
  controller.abort();
  assert(await process.join(LONG));
  assertEquals(process.exitCode, -15);
});

Deno.test("A getter of the arguments that starts, closes or aborts its process does not start two", async () => {
  let calls = 0;
  const attempts: unknown[] = [];
  const argument = {
    get value(): number {
      calls++;
      for (const attempt of [() => process.start(), () => process.close()]) {
        try {
          attempt();
        } catch (error) {
          attempts.push(error);
        }
      }
      return 7;
    },
  };
  using queue = new Queue<number>();
  const process = new Process(
    ({ value }: { value: number }, queue: Queue<number>) => queue.putSync(value),
    { args: [argument, queue], name: "Once" },
  );
  process.start();
  assertEquals(attempts.map((error) => (error as Error).message), [
    "Cannot start Once: it was started before",
    "Cannot close Once: it is still running; join or terminate it first",
  ]);
  assert(await process.join(LONG));
  assertEquals([calls, queue.tryGet(), queue.tryGet()], [1, 7, undefined]);
  process.close();

  const controller = new AbortController();
  await using aborted = new Process((_: unknown) => {
    for (;;);
  }, {
    args: [{
      get value() {
        controller.abort();
        return 1;
      },
    }],
    signal: controller.signal,
  });
  aborted.start();
  assert(await aborted.join(LONG));
  assertEquals(aborted.exitCode, -15);
});

Deno.test("Process's types: arguments are a tuple, and not left out; the result is what the target returns", async () => {
  const module = { module: import.meta.url, export: "none" };
  const byModule: Process<[number, string]> = new Process(module, { args: [1, "a"] });
  const byFunction = new Process((n: number, s: string) => s.repeat(n), { args: [2, "ab"] });
  const typed: Process<[n: number, s: string], string> = byFunction;
  const untyped = new Process((n, s) => [n.toFixed(), s.length], { args: [1, "a"] });
  const general: Process[] = [byModule, typed, untyped];
  assertEquals(general.length, 3);
  byFunction.start();
  const result: string = await byFunction.result(LONG);
  assertEquals(result, "abab");
  const late: Promise<number> = new Process(() => Promise.resolve(5)).result({ timeout: 0 });
  await late.catch(() => {});
  const optional = new Process((n?: number) => n);
  assertEquals(optional.isAlive, false);

  // Checked by the compiler alone.
  const _wrong = () => {
    // @ts-expect-error Its argument is left out.
    new Process((n: number) => n);
    // @ts-expect-error Its argument is left out.
    new Process((n: number) => n, { name: "A" });
    // @ts-expect-error One argument is left out.
    new Process((n: number, s: string) => [n, s], { args: [1] });
    // @ts-expect-error It is of another type.
    new Process((n: number) => n, { args: ["1"] });
    // @ts-expect-error The result is a string.
    const _: Promise<number> = byFunction.result();
  };
});

Deno.test("currentProcess() in the main program is the MainProcess", () => {
  assertEquals(currentProcess().name, "MainProcess");
});
