/** What the tests' child processes do: `_child.ts <task> <backend> <path> …`. They say on stdout how far they are. */
import { open, type OpenOptions, openSync } from "@ferry/std/persist/shelve";
import { operation, type Value } from "./_model.ts";
import { Random } from "../../_support/random.ts";
import { numbered } from "./_places.ts";

const [task, backend, path, ...rest] = Deno.args as [string, string, string, ...string[]];
const options = { backend } as OpenOptions<never>;

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

const TASKS: Record<string, () => Promise<void>> = {
  /** Overwrites one value again and again, and says what was acknowledged. */
  async overwrite() {
    const [size, from, times] = rest.map(Number) as [number, number, number];
    await using shelf = await open<Uint8Array>(path, options);
    say("open");
    for (let i = from; i < from + times; i++) {
      await shelf.set("value", numbered(i, size));
      say(String(i));
    }
  },
  /** Sets twenty keys in as many loops, for ever, to numbers that go up by twenty, and says what was acknowledged. */
  async many() {
    await using shelf = await open<Uint8Array>(path, options);
    let n = 0;
    await Promise.all(Array.from({ length: 20 }, async (_, loop) => {
      while (true) {
        const mine = n++;
        await shelf.set(`k${loop}`, numbered(mine, 100 + mine % 7000));
        say(`k${loop} ${mine}`);
      }
    }));
  },
  /** Increments a number in transactions. */
  async increment() {
    await using shelf = await open<number>(path, options);
    for (let i = 0; i < Number(rest[0]); i++) {
      await shelf.transaction(async (tx) => tx.set("n", (await tx.get("n") ?? 0) + 1));
    }
  },
  incrementSync() {
    using shelf = openSync<number>(path);
    for (let i = 0; i < Number(rest[0]); i++) {
      shelf.transaction(() => shelf.set("n", (shelf.get("n") ?? 0) + 1));
    }
    return Promise.resolve();
  },
  /** Takes entries off the shelf until there is none left, and says which. */
  async pop() {
    await using shelf = await open(path, options);
    for (let entry; (entry = await shelf.popItem()) !== undefined;) say(entry[0]);
  },
  /** Does random operations from one on, for ever, and says how many are done. */
  async random() {
    const [seed, from] = rest.map(Number) as [number, number];
    const numbers = new Random(seed);
    for (let i = 0; i < from; i++) operation(numbers);
    await using shelf = await open<Value>(path, options);
    for (let i = from;;) {
      await operation(numbers).run(shelf);
      say(String(++i));
    }
  },
  async backup() {
    await using shelf = await open(path, options);
    say("open");
    for (let i = 0;; i++) {
      await shelf.backup(rest[0]!);
      say(String(i));
    }
  },
  async reorganize() {
    await using shelf = await open<Uint8Array>(path, options);
    say("open");
    for (let i = 0;; i++) {
      await shelf.set("waste", numbered(i, 3_000_000));
      await shelf.delete("waste");
      await shelf.reorganize();
      say(String(i));
    }
  },
  /** Opens the shelf, writes what it is told to on stdin, a key each line, and says so. */
  async obey() {
    await using shelf = await open<number>(path, options);
    say("open");
    const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream());
    for await (const line of lines) {
      await shelf.set(line.trim(), 1);
      say(line.trim());
    }
  },
  async open() {
    for (let i = 0;; i++) {
      const shelf = await open(path, options);
      say("open");
      await shelf.close();
      say(String(i));
    }
  },
};

await TASKS[task]!();
