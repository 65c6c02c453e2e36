// What is left of what is over: of processes, messages and rounds of a barrier. (After CPython's
// test_child_fd_inflation, test_sys_exit, test_reset.)
import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Barrier,
  Lock,
  Pipe,
  Process,
  registerClass,
  SharedArray,
  SharedEvent,
} from "@ferry/std/ipc";
import { finish, launch, LONG } from "../../_support/processes.ts";
import { program } from "../../_support/program.ts";
import { rounds } from "../../_support/random.ts";

/** How many times five processes. */
const FIVES = rounds(4, 10);
const endings: Record<string, [target: string, before: string]> = {
  "call Deno.exit()": ["() => Deno.exit(3)", ""],
  "are killed": [
    "(up) => { up.set(); for (;;); }",
    "await up.wait({ timeout: 20_000 }); child.kill();",
  ],
};
for (const [how, [target, before]] of Object.entries(endings)) {
  Deno.test({
    name: `${FIVES * 5} processes that ${how} leave no file of the program open (on Linux)`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      const { code, out, err } = await program(`
        import { Process, SharedEvent } from "@ferry/std/ipc";
        const open = () => [...Deno.readDirSync("/proc/self/fd")].length;
        const five = () => Promise.all([1, 2, 3, 4, 5].map(async () => {
          const up = new SharedEvent();
          const child = new Process(${target}, { args: [up] });
          child.start();
          ${before}
          await child.join({ timeout: 20_000 });
        }));
        await five(); // the runtime opens some of its own with the first worker
        const few = open();
        for (let i = 0; i < ${FIVES}; i++) await five();
        // Those of a thread are closed a little after it is over.
        const until = performance.now() + 20_000;
        while (open() > few + ${FIVES} && performance.now() < until) {
          await new Promise((resolve) => setTimeout(resolve, 1));
        }
        console.log(few, open());
      `);
      assertEquals(code, 0, err);
      const [few, after] = out.trim().split(" ").map(Number);
      assert(few! > 3, "the files were not seen");
      // One for each process would be five times as many more.
      assert(after! <= few! + FIVES, `${out.trim()}`);
    },
  });
}

Deno.test("Process that calls Deno.exit() with what is no number at all ends with exit code 1, also for those who block", async () => {
  for (const argument of ["Symbol()", "5n", "{ valueOf() { throw 5 } }"]) {
    await using process = new Process(new Function(`return () => Deno.exit(${argument})`)());
    process.start();
    assert(process.joinSync(LONG), `after Deno.exit(${argument})`);
    assertEquals(process.exitCode, 1);
    assert(await process.join(LONG));
  }
});

class Unreadable {}
registerClass("ported_leftovers_test.Unreadable", Unreadable, {
  encode: () => 1,
  decode: () => {
    throw new RangeError("unreadable");
  },
});

Deno.test("Connection that arrives in a message of which something else does not decode is closed", () => {
  using pipe = new Pipe<unknown>();
  for (const first of [false, true]) {
    const [left, right] = new Pipe<unknown>();
    pipe.first.sendSync(first ? [right, new Unreadable()] : [new Unreadable(), right]);
    assertThrows(() => pipe.second.recvSync(LONG), RangeError, "unreadable");
    assertThrows(() => left.recvSync({ timeout: 100 }), Deno.errors.UnexpectedEof);
    left.close();
  }
});

Deno.test("Barrier.waiting is 0 for those who have passed, until somebody comes again", async () => {
  using barrier = new Barrier(3);
  using again = new Barrier(3);
  using wrong = new SharedArray("int32", 1);
  const party = (barrier: Barrier, again: Barrier, wrong: SharedArray) => {
    for (let round = 0; round < 500; round++) {
      barrier.waitSync({ timeout: 20_000 });
      // Nobody comes again before all have passed the other one.
      if (barrier.waiting !== 0) wrong.add(0, 1);
      again.waitSync({ timeout: 20_000 });
    }
  };
  await using one = launch(party, barrier, again, wrong);
  await using two = launch(party, barrier, again, wrong);
  party(barrier, again, wrong);
  await finish(one, two);
  assertEquals(wrong.get(0), 0);
});

Deno.test("Process that leaves five thousand queues, each inside the next, is reaped like any other", async () => {
  for (const how of ["is killed", "returns"]) {
    using lock = new Lock();
    using up = new SharedEvent();
    await using process = launch(
      async (lock: Lock, up: SharedEvent, how: string) => {
        const { Queue } = await import("@ferry/std/ipc");
        let outer = new Queue<unknown>();
        for (let i = 0; i < 5000; i++) {
          const next = new Queue<unknown>();
          next.putSync(outer);
          outer.close();
          outer = next;
        }
        lock.acquireSync();
        up.set();
        while (how === "is killed");
      },
      lock,
      up,
      how,
    );
    assert(await up.wait(LONG));
    if (how === "is killed") process.kill();
    assert(lock.acquireSync(LONG).abandoned);
    assert(await process.join(LONG));
    assertEquals(process.exitCode, how === "is killed" ? -9 : 0);
  }
});

Deno.test("The event loop of a parent turns while a grandchild of the process it has killed takes its time to stop", async () => {
  const folder = await Deno.makeTempDir();
  await using process = launch(async (folder: string) => {
    const { Process } = await import("@ferry/std/ipc");
    new Process((folder: string) => {
      new Deno.Command("sh", { args: ["-c", `touch ${folder}/inside; sleep 1`] }).outputSync();
    }, { args: [folder] }).start();
    await new Promise(() => {});
  }, folder);
  const deadline = performance.now() + LONG.timeout;
  while ([...Deno.readDirSync(folder)].length === 0) {
    assert(performance.now() < deadline, "the command does not run");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  let turns = 0;
  const timer = setInterval(() => turns++, 10);
  process.kill();
  assert(await process.join(LONG));
  clearInterval(timer);
  await Deno.remove(folder, { recursive: true });
  // A hundred in that second; it is enough that the loop is not stopped.
  assert(turns >= 5, `${turns} turns`);
});

Deno.test("Process killed in a call that takes longer than a stop may take is joined when that returns, and reaped", async () => {
  const folder = await Deno.makeTempDir();
  const [here, there] = new Pipe<unknown>();
  const process = launch(
    (folder: string, _end: unknown) => {
      new Deno.Command("sh", { args: ["-c", `touch ${folder}/inside; sleep 7`] }).outputSync();
    },
    folder,
    there,
  );
  const deadline = performance.now() + LONG.timeout;
  while ([...Deno.readDirSync(folder)].length === 0) {
    assert(performance.now() < deadline, "the command does not run");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  process.kill();
  // Whether the runtime can stop a thread at all is tried out meanwhile; it can.
  assertEquals(await process.join({ timeout: 1 }), false);
  assertEquals([process.isAlive, process.exitCode, here.tryPoll()], [true, undefined, false]);
  assert(await process.join());
  assertEquals([process.isAlive, process.exitCode], [false, -9]);
  assertThrows(() => here.recvSync(LONG), Deno.errors.UnexpectedEof);
  here.close();
  process.close();
  await Deno.remove(folder, { recursive: true });
});
