// How a process ends by itself: its exit code, and what is said about it on stderr.
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Process, Queue, type TargetFunction } from "@ferry/std/ipc";
import { program, run } from "../../_support/program.ts";

const LONG = { timeout: 60_000 };
const HERE = new URL("./", import.meta.url);
const CONFIG = fileURLToPath(new URL("../../../deno.json", import.meta.url));

/** Runs a target to its end and gives the exit code. */
async function codeOf(target: TargetFunction): Promise<number | undefined> {
  await using process = new Process(target);
  process.start();
  assert(await process.join(LONG), `${target} did not end`);
  return process.exitCode;
}

Deno.test("Process.exitCode is 0 after a return, whatever is returned", async () => {
  assertEquals(await codeOf(() => {}), 0);
  assertEquals(await codeOf(() => 7), 0);
  assertEquals(await codeOf(() => Promise.resolve(false)), 0);
});

Deno.test("Process.exitCode is the number given to Deno.exit() and process.exit()", async () => {
  for (
    const [target, code] of [
      [() => Deno.exit(), 0],
      [() => Deno.exit(8), 8],
      [() => Deno.exit(255), 255],
      [async () => {
        const { default: process } = await import("node:process");
        process.exit(5);
      }, 5],
      [async () => {
        const { default: process } = await import("node:process");
        process.exit();
      }, 0],
      [() => {
        Deno.exitCode = 6;
        Deno.exit();
      }, 6],
      [() => {
        Deno.exitCode = 7;
      }, 7],
    ] as [TargetFunction, number][]
  ) assertEquals(await codeOf(target), code, String(target));
});

Deno.test("Process goes on after an error that its own listener has dealt with, and ends with 1 after any other", async () => {
  for (const first of ["error", "unhandledrejection"]) {
    for (const prevents of [true, false]) {
      using queue = new Queue<unknown>();
      await using process = new Process(
        async (queue: Queue<unknown>, type: string, prevents: boolean) => {
          const heard = Promise.withResolvers<void>();
          globalThis.addEventListener(type, (event) => {
            if (prevents) event.preventDefault();
            queue.putSync(type);
            heard.resolve();
          });
          if (type === "error") reportError(new RangeError("dealt with?"));
          else Promise.reject(new RangeError("dealt with?"));
          await heard.promise;
          // Were it to end for that error, it would have done so by now.
          await new Promise((resolve) => setTimeout(resolve, 0));
          queue.putSync("goes on");
        },
        { args: [queue, first, prevents] },
      );
      process.start();
      assertEquals(await queue.get(LONG), first);
      assert(await process.join(LONG));
      assertEquals([process.exitCode, queue.tryGet()], prevents ? [0, "goes on"] : [1, undefined]);
    }
  }
});

Deno.test("A module that starts a process of itself at its top level is told so, not started again and again", async () => {
  const { code, out, err } = await run({
    args: ["-A", "--config", CONFIG, fileURLToPath(new URL("_starts_itself.ts", HERE))],
  });
  assertEquals([code, out], [0, "its process ended with 1\n"], err);
  assertStringIncludes(err, "put that under if (import.meta.main)");
});

Deno.test("Deno.exit() in a process ends it at once, finally blocks and timers notwithstanding", async () => {
  using queue = new Queue<string>();
  await using process = new Process((queue: Queue<string>) => {
    setTimeout(() => queue.putSync("timer"), 0);
    try {
      try {
        queue.putSync("try");
        Deno.exit(3);
      } finally {
        queue.putSync("finally");
        Deno.exit(4);
      }
    } finally {
      queue.putSync("outer finally");
    }
  }, { args: [queue] });
  process.start();
  assert(await process.join(LONG));
  assertEquals(process.exitCode, 3);
  assertEquals(queue.tryGet(), "try");
  assertEquals(queue.isEmpty, true);
});

Deno.test("Deno.exit() inside a finally block replaces the error on its way", async () => {
  assertEquals(
    await codeOf(() => {
      try {
        throw new RangeError("lost");
      } finally {
        Deno.exit(4);
      }
    }),
    4,
  );
});

Deno.test("A process that returns with timers still running ends", async () => {
  assertEquals(
    await codeOf(() => {
      setInterval(() => {}, 1000);
      setTimeout(() => Deno.exit(50), 60_000);
    }),
    0,
  );
});

/** A program that runs one target in a process and prints its exit code. */
function running(target: string, options = "{}"): string {
  return `
    import { Process } from "@ferry/std/ipc";
    const child = new Process(${target}, ${options});
    child.start();
    await child.join();
    console.log(child.exitCode);`;
}

const failures: Record<string, { target: string; says: RegExp }> = {
  "a thrown error": {
    target: "function work() { throw new RangeError('the reason') }",
    says: /^Worker-A: RangeError: the reason\n {4}at work /,
  },
  "a thrown error with its cause": {
    target: "() => { throw new TypeError('outer', { cause: new RangeError('inner') }) }",
    says: /^Worker-A: TypeError: outer\n {4}at [^]*\[cause\]: RangeError: inner\n/,
  },
  "a thrown string": {
    target: "() => { throw 'text' }",
    says: /^Worker-A: Uncaught "text"\n$/,
  },
  "a thrown array": {
    target: "() => { throw [1, 2, 3] }",
    says: /^Worker-A: Uncaught \[ 1, 2, 3 \]\n$/,
  },
  "a thrown undefined": {
    target: "() => { throw undefined }",
    says: /^Worker-A: Uncaught undefined\n$/,
  },
  "a rejection": {
    target: "async () => { await null; throw new RangeError('later') }",
    says: /^Worker-A: RangeError: later\n {4}at /,
  },
  "a rejection nobody handles": {
    target:
      "() => { Promise.reject(new RangeError('unhandled')); return new Promise((r) => setTimeout(r, 60_000)) }",
    says: /^Worker-A: RangeError: unhandled\n {4}at /,
  },
  "an error in a timer": {
    target:
      "() => { setTimeout(() => { throw new RangeError('in a timer') }); return new Promise((r) => setTimeout(r, 60_000)) }",
    says: /^Worker-A: RangeError: in a timer\n {4}at /,
  },
  "a module that throws": {
    target: `{ module: ${JSON.stringify(new URL("_broken.ts", HERE).href)} }`,
    says: /^Worker-A: RangeError: broken at import\n {4}at .*_broken\.ts/,
  },
  "a module that is not there": {
    target: `{ module: ${JSON.stringify(new URL("_absent.ts", HERE).href)} }`,
    says: /^Worker-A: TypeError: Module not found .*_absent\.ts/,
  },
  "an export that is not there": {
    target: `{ module: ${JSON.stringify(new URL("_targets.ts", HERE).href)}, export: "no" }`,
    says: /^Worker-A: TypeError: Cannot run "no" of .*_targets\.ts: there is no such export\n/,
  },
  "an export that is no function": {
    target: `{ module: ${
      JSON.stringify(new URL("_targets.ts", HERE).href)
    }, export: "notAFunction" }`,
    says: /^Worker-A: TypeError: Cannot run "notAFunction" of .*_targets\.ts: it is a number\n/,
  },
  "an export that is a generator function": {
    target: `{ module: ${JSON.stringify(new URL("_targets.ts", HERE).href)}, export: "generator" }`,
    says:
      /^Worker-A: TypeError: Cannot run "generator" of .*_targets\.ts: it is a generator function\n/,
  },
};

Deno.test("Process ends with exit code 1 and a traceback under its name on stderr after each kind of failure", async (t) => {
  for (const [kind, { target, says }] of Object.entries(failures)) {
    await t.step(kind, async () => {
      const { code, out, err } = await program(running(target, "{ name: 'Worker-A' }"));
      assertEquals([code, out], [0, "1\n"], err);
      assertMatch(err, says);
      assertEquals(err.split("Worker-A:").length, 2, err);
    });
  }
});

Deno.test("A traceback is written whole, however long it is", async () => {
  const { out, err } = await program(
    running("() => { throw new RangeError('x'.repeat(1_000_000) + 'end') }"),
  );
  assertEquals(out, "1\n");
  assert(err.includes("xend\n"), err.slice(-200));
  assert(err.length > 1_000_000);
});

Deno.test("A process ends with exit code 1 also when nobody can be told why", async () => {
  const { code, out } = await program(`
    import { Process } from "@ferry/std/ipc";
    Deno.stderr.close();
    const child = new Process(() => {
      Deno.stderr.close();
      throw new RangeError("unheard");
    });
    child.start();
    console.log(await child.join({ timeout: 20_000 }), child.exitCode);
  `);
  assertEquals([code, out], [0, "true 1\n"]);
});

Deno.test("Process out of memory ends alone, with exit code 1 and a line that says so", async () => {
  const { code, out, err } = await program(`
    import { Lock, Process, Queue } from "@ferry/std/ipc";
    const queue = new Queue(), lock = new Lock();
    const child = new Process((queue, lock) => {
      lock.acquireSync();
      queue.putSync("started");
      const kept = [];
      for (let i = 0;; i++) kept.push({ i, text: "number " + i });
    }, { args: [queue, lock], maxHeap: 64, name: "Glutton" });
    child.start();
    console.log(await queue.get({ timeout: 20_000 }));
    console.log(await child.join({ timeout: 40_000 }), child.exitCode, child.isAlive);
    console.log(lock.acquireSync({ timeout: 20_000 }).abandoned);
    const next = new Process((queue) => queue.putSync("the next one runs"), { args: [queue] });
    next.start();
    console.log(await queue.get({ timeout: 20_000 }));
    await next.join();
  `);
  assertEquals(
    [code, out],
    [0, "started\ntrue 1 false\ntrue\nthe next one runs\n"],
    err,
  );
  assertStringIncludes(err, "Glutton: out of memory: its heap reached 64 MiB\n");
});
