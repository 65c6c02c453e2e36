// The file of an object with a name, whose words say who may open it and who is alive.
import { assertEquals, assertThrows } from "@std/assert";
import { Lock, TimeoutError } from "@ferry/std/ipc";
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
