// The file of an object with a name, whose words say who may open it and who is alive.
import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { Lock, Queue, SharedEvent, TimeoutError } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import { freshName, Program } from "./_program.ts";

/** The words of the file of an object with a name, as another program could change them. */
class Words implements Disposable {
  readonly #file: Deno.FsFile;

  constructor(name: string) {
    this.#file = Deno.openSync(`/dev/shm/ferry-ipc-${name}`, { read: true, write: true });
  }

  /** Adds to a word. */
  add(index: number, more: number): number {
    const word = new Int32Array(1);
    const bytes = new Uint8Array(word.buffer);
    this.#file.seekSync(4 * index, Deno.SeekMode.Start);
    this.#file.readSync(bytes);
    word[0]! += more;
    this.#file.seekSync(4 * index, Deno.SeekMode.Start);
    this.#file.writeSync(bytes);
    return word[0]!;
  }

  /** The first word of the block with the table of threads. */
  get threads(): number {
    return 16 * this.add(8, 0);
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}

Deno.test("What another version has made, or a program of another container, is not opened", () => {
  const name = freshName();
  using lock = new Lock({ name });
  using words = new Words(name);
  const [version, space] = [7, words.threads + 5];
  for (
    const [at, message] of [[version, "another version"], [space, "another container"]] as const
  ) {
    words.add(at, 1);
    assertThrows(() => new Lock({ name }), Deno.errors.NotSupported, message);
    words.add(at, -1);
    using again = new Lock({ name });
    assertEquals(again.locked, lock.locked);
  }
});

Deno.test("A thread whose number is that of a younger one is dead, and what it held goes to the next", async () => {
  const name = freshName();
  using lock = new Lock({ name });
  await using other = new Program(`
    const lock = new Lock({ name: "${name}" });
    lock.acquireSync();
    say("held");
    setInterval(() => {}, 1000);
  `);
  assertEquals(await other.said(), "held");
  assertThrows(() => lock.acquireSync({ timeout: 300 }), TimeoutError);
  // The second entry is the other program's; the word behind the number says when the thread began.
  using words = new Words(name);
  words.add(words.threads + 16 * 3 + 1, 1);
  const held = lock.acquireSync({ timeout: 60_000 });
  assertEquals(held.abandoned, true);
  held.release();
});

Deno.test("Whoever waits makes room for others where a program was killed, also one that was reaping", async () => {
  for (const wasReaping of [false, true]) {
    const name = freshName();
    using event = new SharedEvent({ name });
    using words = new Words(name);
    await using other = new Program(`
      const event = new SharedEvent({ name: "${name}" });
      say("ready");
      setInterval(() => {}, 1000);
    `);
    assertEquals(await other.said(), "ready");
    // The second entry is its.
    const entry = words.threads + 16 * 3;
    assertNotEquals(words.add(entry, 0), 0);
    await other.kill();
    if (wasReaping) words.add(11, 2 << 2);
    const end = performance.now() + 30_000;
    while (words.add(entry, 0) !== 0) {
      assert(performance.now() < end, "its entry is still taken");
      assertEquals(event.waitSync({ timeout: 20 }), false);
    }
    assertEquals(words.add(11, 0), 0);
  }
});

Deno.test("Who has made an object may leave: others go on with it, and new ones come", async () => {
  const name = freshName();
  const lock = new Lock({ name });
  await using other = new Program(`
    const lock = new Lock({ name: "${name}" });
    lock.acquireSync();
    say("held");
    setInterval(() => {}, 1000);
  `);
  assertEquals(await other.said(), "held");
  using words = new Words(name);
  const table = [0, 1, 2].map((i) => words.add(words.threads + i, 0));
  lock[Symbol.dispose]();
  // The table of threads stays: what kind of block it is, its length, and that there is a reference.
  assertEquals([0, 1, 2].map((i) => words.add(words.threads + i, 0)), table);
  using again = new Lock({ name });
  assertEquals(again.locked, true);
});

Deno.test("Who was killed while it took memory or gave it back leaves it whole", async () => {
  const name = freshName();
  using queue = new Queue<Uint8Array>({ name });
  await using other = new Program(`
    const queue = new Queue({ name: "${name}" });
    say("ready");
    setInterval(() => {}, 1000);
  `);
  assertEquals(await other.said(), "ready");
  const items = Array.from({ length: 12 }, (_, i) => new Uint8Array(20_000).fill(i));
  /** Each is a block of its own, which is free once the next item is taken. */
  const pass = () => {
    for (const item of items) queue.putSync(item);
    for (const item of items) assertEquals(queue.getSync({ timeout: 60_000 }), item);
  };
  pass();
  await other.kill();
  // The lock of the allocator is the other program's, the second one in the table.
  using words = new Words(name);
  words.add(1, 2 << 2);
  pass();
  pass();
  assertEquals(words.add(1, 0), 0);
});
