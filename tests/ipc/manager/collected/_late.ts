// A program whose proxies are collected when their server has been killed, which nobody here has noticed: nothing is thrown.
import { activeChildren } from "@ferry/std/ipc";
import { Manager } from "@ferry/std/ipc/manager";
import { assert } from "@std/assert";

declare const gc: () => void;

const TIME = 50_000;
let collected = 0;
const seen = new FinalizationRegistry<void>(() => void collected++);

const manager = await Manager.start();

async function drop(): Promise<void> {
  for (let i = 0; i < 10; i++) {
    const list = await manager.list([i]);
    seen.register(list, undefined);
  }
}

await drop();
for (const child of activeChildren()) {
  child.kill();
  await child.join();
}
for (const start = performance.now(); collected < 10;) {
  assert(performance.now() - start < TIME, `${collected} of 10 proxies were collected`);
  gc();
  await new Promise((resolve) => setTimeout(resolve));
}
manager.close();
console.log("forgotten");
