// Functions as targets: what they cannot take along, and what their errors say.
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { Process, Queue } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };
const HERE = import.meta.url;

/** The error that a process ends with. */
async function errorOf(process: Process): Promise<Error & { stack: string }> {
  process.start();
  return await process.result(LONG).then(() => {
    throw new TypeError("it ended well");
  }, (error) => error);
}

Deno.test("A function target that uses a variable around it is told its name, and args", async () => {
  const outside = 5;
  const missing: [() => unknown, string][] = [
    [() => outside + 1, "outside"],
    [async () => {
      await null;
      return outside;
    }, "outside"],
    [() => new Queue(), "Queue"],
    [() => {
      setTimeout(() => outside);
      return new Promise(() => {});
    }, "outside"],
  ];
  for (const [target, name] of missing) {
    await using process = new Process(target);
    const error = await errorOf(process as Process);
    assert(error instanceof ReferenceError, Deno.inspect(error));
    const text =
      `${name} is not defined: a function that runs in a process has no variables around it; ` +
      `pass ${name} in args, import it inside the function, or send copies with { capture: true }`;
    assertEquals(error.message, text);
    assertStringIncludes(error.stack, `ReferenceError: ${text}\n    at `);
  }
});

Deno.test("A ReferenceError of a module that a function target imports is left as it is", async () => {
  await using process = new Process(async () => {
    await import(`data:text/javascript,export default nowhere;`);
  });
  const error = await errorOf(process as Process);
  assertEquals([error.name, error.message], ["ReferenceError", "nowhere is not defined"]);
});

Deno.test("A function target that catches the ReferenceError itself sees the engine's", async () => {
  const outside = 5;
  await using process = new Process(() => {
    let seen: unknown;
    try {
      seen = outside;
    } catch (error) {
      seen = (error as Error).message;
    }
    return seen;
  });
  process.start();
  assertEquals(await process.result(LONG), "outside is not defined");
});

Deno.test("Stacks of a function target name the file and the line where its process was made, and the place inside it", async () => {
  const work = function work() {
    throw new RangeError("here");
  };
  const line = lineOfCaller() + 1;
  await using process = new Process(work);
  const error = await errorOf(process as Process);
  // The runtime shows the URLs of such scripts decoded.
  assertEquals(
    decodeURI(error.stack.split("\n")[1]!),
    `    at work (${decodeURI(HERE)}:${line}#work:2:11)`,
  );

  // A subclass's constructor is not the caller, nor is this package.
  class Job extends Process {}
  const lineOfJob = lineOfCaller() + 1;
  await using job = new Job(() => {
    throw new RangeError("there");
  });
  assertMatch((await errorOf(job)).stack, new RegExp(`at .*:${lineOfJob}#function:2:11\\)?\n`));
});

/** The line that this is called in. */
function lineOfCaller(): number {
  return Number(/:(\d+):\d+\)?$/.exec(new TypeError().stack!.split("\n")[2]!)![1]);
}

Deno.test("A relative import() in a function target is resolved against the file that made the process", async () => {
  await using process = new Process(async () => {
    const targets = await import("./_targets.ts");
    const { Queue } = await import("@ferry/std/ipc");
    return [typeof targets.repeat, typeof Queue, targets.notAFunction];
  });
  process.start();
  assertEquals(await process.result(LONG), ["function", "function", 42]);
});

Deno.test("A relative import() in a function target that is not there fails with the name of that file", async () => {
  await using process = new Process(async () => {
    // @ts-ignore There is no such module.
    await import("./_absent.ts");
  });
  await assertRejects(
    () => {
      process.start();
      return process.result(LONG);
    },
    TypeError,
    new URL("./_absent.ts", HERE).href,
  );
});

Deno.test("A function target is in strict mode, with the globals of its thread", async () => {
  await using process = new Process(function (this: unknown) {
    return [this === undefined, typeof globalThis, typeof Deno.version.deno];
  });
  process.start();
  assertEquals(await process.result(LONG), [true, "object", "string"]);
});
