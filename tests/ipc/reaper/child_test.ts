/** Processes that reap. */
import { assertEquals } from "@std/assert";
import { Lock, Process, SharedArray } from "@ferry/std/ipc";

/** Kills a process, and makes this thread believe meanwhile that its thread runs on, or it may reap it at once. */
function killWithoutReaping(process: { kill(): void }): void {
  const { notify } = Atomics;
  Atomics.notify = (...args: unknown[]) => {
    Reflect.apply(notify, Atomics, args);
    return 1;
  };
  try {
    process.kill();
  } finally {
    Atomics.notify = notify;
  }
}

Deno.test("a process with shared objects reaps, though its own module has nothing of the package", async () => {
  using lock = new Lock();
  using words = new SharedArray("int32", 4);
  const { view } = words;
  // This thread must wait without the package, whose waits reap.
  const waitFor = (index: number, what: string) => {
    Atomics.wait(view, index, 0, 30_000);
    assertEquals(view[index] !== 0, true, what);
  };
  const module = new URL("./_sleepers.ts", import.meta.url);
  await using owner = new Process({ module, export: "hold" }, { args: [lock, words] });
  owner.start();
  waitFor(0, "the first process has the lock");
  await using heir = new Process({ module, export: "takeOver" }, { args: [lock, words] });
  heir.start();
  waitFor(1, "the second process is about to sleep");
  killWithoutReaping(owner);
  waitFor(2, "the second process has the lock");
  assertEquals(view[2], 2, "it was told that the owner had died");
  assertEquals(await heir.join(), true);
  assertEquals(owner.exitCode, -9);
});
