// A program whose proxy is dropped, and would be collected, while its call is under way: the object stays until that is answered.
import { Manager } from "@ferry/std/ipc/manager";
import { assert, assertEquals } from "@std/assert";

declare const gc: () => void;

const types = { module: import.meta.resolve("../_types.ts") };
await using manager = await Manager.start({ address: null, types });
const sleeper = await manager.create("Sleeper");
let collected = false;
const seen = new FinalizationRegistry<void>(() => void (collected = true));

async function drop(): Promise<Promise<unknown>[]> {
  const counter = await manager.create("Counter", [5]);
  seen.register(counter, undefined);
  // The server is busy, counts its objects, which lets go of those that nobody has, and comes to the call only then.
  return [sleeper.call("block", [2000]), manager.objectCount(), counter.call("add", [1])];
}

const answers = await drop();
for (const start = performance.now(); performance.now() - start < 500 && !collected;) {
  gc();
  await new Promise((resolve) => setTimeout(resolve));
}
const [, count, sum] = await Promise.all(answers);
assertEquals([count, sum], [2, 6]);
// Then it goes.
for (const start = performance.now(); await manager.objectCount() > 1;) {
  assert(performance.now() - start < 50_000, "the object is kept");
  gc();
  await new Promise((resolve) => setTimeout(resolve));
}
console.log("forgotten");
