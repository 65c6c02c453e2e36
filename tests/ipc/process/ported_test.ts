// What CPython's tests of processes check and the other tests here do not.
import { assert, assertEquals } from "@std/assert";
import { Process, Queue } from "@ferry/std/ipc";
import type { Introduction } from "./_nested_targets.ts";
import { finish, LONG } from "../../_support/processes.ts";
import { program, run } from "../../_support/program.ts";
import { rounds } from "../../_support/random.ts";

// CPython: _TestAtExit.
for (
  const [how, end, code] of [
    ["returns", "", 0],
    ["calls Deno.exit()", "Deno.exit(3);", 3],
    ["throws", "throw undefined;", 1],
  ] as const
) {
  Deno.test(`A process that ${how} runs its unload listeners, once, before it gives its shared memory back`, async () => {
    const { code: own, out, err } = await program(`
      import { Lock, Process, SharedValue } from "@ferry/std/ipc";
      const lock = new Lock(), value = new SharedValue("int32", 5);
      const child = new Process((lock, value) => {
        lock.acquireSync();
        globalThis.addEventListener("unload", () => {
          const say = (text) => Deno.stderr.writeSync(new TextEncoder().encode(text + "\\n"));
          try {
            say("unload: " + value.value++);
          } catch (error) {
            say("unload: " + error.name);
          }
        });
        ${end}
      }, { args: [lock, value] });
      child.start();
      const ended = await child.join({ timeout: 20_000 });
      const guard = lock.tryAcquire();
      console.log(ended, child.exitCode, guard?.abandoned, value.value);
    `);
    assertEquals([own, out], [0, `true ${code} true 6\n`], err);
    assertEquals(err.split("\n").filter((line) => line.startsWith("unload")), [
      "unload: 5",
    ]);
  });
}

// CPython: test_sys_exit.
Deno.test("Process.exitCode after Deno.exit() is what the argument is as an int32", async () => {
  const table: [argument: string, code: number][] = [
    ["", 0],
    ["undefined", 0],
    ["null", 0],
    ["-0", 0],
    ["1", 1],
    ["256", 256],
    ["-1", -1],
    ["-9", -9],
    ["1.9", 1],
    ["-1.9", -1],
    ["NaN", 0],
    ["Infinity", 0],
    ["2 ** 31 - 1", 2 ** 31 - 1],
    ["2 ** 31", -(2 ** 31)],
    ["2 ** 32 + 5", 5],
    ["true", 1],
    ["false", 0],
    ["'8'", 8],
    ["'text'", 0],
    ["{}", 0],
    ["[]", 0],
    ["[3]", 3],
    ["[1, 2, 3]", 0],
  ];
  await using stack = new AsyncDisposableStack();
  const processes = table.map(([argument]) => {
    const target = new Function(`return () => Deno.exit(${argument})`)();
    return stack.use(new Process(target));
  });
  // Few at a time.
  for (let i = 0; i < processes.length; i += 4) {
    const group = processes.slice(i, i + 4);
    for (const process of group) process.start();
    for (const process of group) assert(await process.join(LONG), "a process did not end");
  }
  assertEquals(table.map(([argument], i) => [argument, processes[i]!.exitCode]), table);
});

// CPython: test_lose_target_ref.
Deno.test("Process that has ended, however it ends, is kept alive by nothing, nor are its arguments; its target is not even by itself", async () => {
  const { code, out, err } = await run({
    args: ["-A", "--v8-flags=--expose-gc", "--config", "deno.json", "-"],
    stdin: `
      import { Process, SharedValue } from "@ferry/std/ipc";
      const ends = {
        return: () => {},
        throw: () => { throw undefined },
        exit: () => Deno.exit(2),
        kill: () => { for (;;); },
      };
      const refs = {};
      for (const how in ends) {
        await (async () => {
          const target = Object.assign(new Function("return " + ends[how])(), { big: new Array(1000) });
          const argument = { large: "x".repeat(100_000) }, value = new SharedValue("int32");
          const process = new Process(target, { args: [argument, value] });
          process.start();
          if (how === "kill") process.kill();
          if (!await process.join({ timeout: 20_000 })) console.log("did not end");
          Object.assign(refs, {
            [how + " target"]: new WeakRef(target),
            [how + " argument"]: new WeakRef(argument),
            [how + " value"]: new WeakRef(value),
            [how + " process"]: new WeakRef(process),
          });
        })();
      }
      const keeper = await (async () => {
        const target = () => {};
        refs["target of one that stays"] = new WeakRef(target);
        const process = new Process(target);
        process.start();
        await process.join({ timeout: 20_000 });
        return process;
      })();
      const left = () => Object.keys(refs).filter((name) => refs[name].deref() !== undefined);
      const until = performance.now() + 20_000;
      while (left().length > 0 && performance.now() < until) {
        // What was asked for is kept until the turn ends.
        await new Promise((resolve) => setTimeout(resolve, 0));
        gc();
      }
      console.log(left(), Object.keys(refs).length, keeper.exitCode);
    `,
  });
  assertEquals([code, out], [0, "[] 17 0\n"], err);
});

Deno.test("Process that has ended does not keep its arguments alive", async () => {
  const { code, out, err } = await run({
    args: ["-A", "--v8-flags=--expose-gc", "--config", "deno.json", "-"],
    stdin: `
      import { Process } from "@ferry/std/ipc";
      let argument = { large: "x".repeat(100_000) };
      const ref = new WeakRef(argument);
      const process = new Process(() => {}, { args: [argument] });
      argument = undefined;
      process.start();
      await process.join({ timeout: 20_000 });
      for (let i = 0; i < 50; i++) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        gc();
      }
      console.log(process.exitCode, ref.deref() === undefined);
    `,
  });
  assertEquals([code, out], [0, "0 true\n"], err);
});

// CPython: test_child_fd_inflation. Read from /proc, so only where there is one.
/** How many times five processes. */
const FIVES = rounds(4, 10);
const endings: Record<string, string> = {
  return: "() => {}",
  throw: "() => { throw undefined; }",
};
for (const [how, target] of Object.entries(endings)) {
  Deno.test({
    name: `${FIVES * 5} processes that ${how} leave no file of the program open (on Linux)`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const { code, out, err } = await program(`
        import { Process, SharedEvent } from "@ferry/std/ipc";
        const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
        const five = async () => {
          const up = [1, 2, 3, 4, 5].map(() => new SharedEvent());
          const children = up.map((up) => new Process(${target}, { args: [up] }));
          for (const child of children) child.start();
          if ("${how}" === "are killed") {
            for (const each of up) await each.wait({ timeout: 20_000 });
            for (const child of children) child.kill();
          }
          for (const child of children) await child.join({ timeout: 20_000 });
        };
        const before = open();
        await five(); // the runtime opens some of its own with the first worker
        const few = open();
        for (let i = 0; i < ${FIVES}; i++) await five();
        // Those of a thread are closed a little after it is over.
        const until = performance.now() + 20_000;
        while (open() > few + ${FIVES} && performance.now() < until) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        console.log(JSON.stringify({ before, few, after: open() }));
      `);
      assertEquals(code, 0, err);
      const { before, few, after } = JSON.parse(out);
      assert(before > 3, "the files were not seen");
      // One for each process would be five times as many more.
      assert(after <= few + FIVES, out);
    },
  });
}

// CPython: TestStdinBadfiledescriptor.test_queue_in_process and test_pool_in_process, test_current.
Deno.test("Queues and processes work in a process in a process in a process, each of which knows who it is", async () => {
  using who = new Queue<Introduction>();
  using results = new Queue<number>();
  const work = Array.from({ length: 30 }, (_, i) => i);
  await using process = new Process(
    { module: import.meta.resolve("./_nested_targets.ts"), export: "outer" },
    { args: [who, results, work], name: "Outer" },
  );
  process.start();
  const squares: number[] = [];
  for (const _ of work) squares.push(await results.get(LONG));
  assertEquals(squares.sort((a, b) => a - b), work.map((n) => n * n));
  await finish(process);
  const introductions = Array.from({ length: 5 }, () => who.getSync({ timeout: 0 }));
  assert(who.isEmpty);
  const ids = new Map(introductions.map(([name, , , id]) => [name, id]));
  assertEquals(ids.get("Outer"), process.id);
  assertEquals(new Set(ids.values()).size, 5);
  assertEquals(introductions.slice(0, 2).map(([name]) => name), ["Outer", "Inner"]);
  assertEquals(introductions.toSorted(), [
    ["A", "Inner", false, ids.get("A"), ids.get("Inner")],
    ["B", "Inner", false, ids.get("B"), ids.get("Inner")],
    ["C", "Inner", false, ids.get("C"), ids.get("Inner")],
    ["Inner", "Outer", false, ids.get("Inner"), ids.get("Outer")],
    ["Outer", "MainProcess", false, ids.get("Outer"), 1],
  ] as Introduction[]);
});
