// What importing loads of the runtime: each of these takes milliseconds to load, and is loaded when it is first used.
import { assertEquals } from "@std/assert";
import { program } from "../_support/program.ts";

/** A program in which these cannot be used while an entry point is imported. */
const importing = (entry: string, late: readonly string[]) => `
  for (const name of ${JSON.stringify(late)}) {
    const get = () => { throw new TypeError("Cannot load " + name + " yet"); };
    Object.defineProperty(globalThis, name, { get, configurable: true });
  }
  console.log(typeof await import(${JSON.stringify(entry)}));
`;

const LATE = ["Buffer", "process", "setImmediate", "setInterval", "setTimeout", "Temporal", "URL"];

const ENTRIES = ["ipc", "net", "persist", "markup", "formats/csv", "formats/msgpack"]
  .map((name) => `@ferry/std/${name}`);

Deno.test("Importing loads neither timers nor Buffer, process, Temporal or URL", async () => {
  for (const entry of ENTRIES) {
    const { code, out, err } = await program(importing(entry, LATE));
    assertEquals([code, out], [0, "object\n"], `${entry}: ${err}`);
  }
});

Deno.test("A program is kept alive by what it awaits, time after time, and ends once nothing is awaited", async () => {
  const { code, out, err } = await program(`
    import { Process, Queue } from "@ferry/std/ipc";
    const queue = new Queue();
    const child = new Process((queue) => {
      for (let i = 0; i < 3; i++) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
        queue.putSync(i);
      }
    }, { args: [queue], daemon: true });
    child.start();
    for (let i = 0; i < 3; i++) console.log(await queue.get());
    await child.join();
    console.log(await queue.get({ timeout: 10 }).catch(({ name }) => name));
  `);
  assertEquals([code, out], [0, "0\n1\n2\nQueueEmptyError\n"], err);
});
