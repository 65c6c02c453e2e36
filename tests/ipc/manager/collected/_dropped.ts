// A program whose proxies are dropped and collected: `deno run --v8-flags=--expose-gc _dropped.ts HOW [URL]`. It ends well if the
// server forgets their objects, and keeps those whose proxies are still referred to.
import { BaseProxy, Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { assert, assertEquals } from "@std/assert";

declare const gc: () => void;

const [how, url] = Deno.args;
const TIME = 50_000;

type Listener = (word: unknown) => Promise<unknown>;

await using server = new ManagerServer({ port: 0 }, {
  authKey: "k",
  types: {
    Ears: { factory: () => ({ hear: (listener: Listener, word: unknown) => listener(word) }) },
  },
});
await using manager = how === "local"
  ? await Manager.start()
  : how === "redis"
  ? await Manager.connect(url!)
  : await Manager.connect(server.address, { authKey: "k" });

/** Makes objects whose proxies nobody has afterwards. */
async function drop(): Promise<void> {
  const list = await manager.list([1, 2, 3]);
  const outer = await manager.dict();
  // What is in an object of a process of its own goes when the collector of that process has seen it.
  if (how !== "local") {
    await outer.set("list", list);
    assert(await outer.get("list") instanceof BaseProxy);
  }
  await (await manager.queue<number>()).put(1);
  await manager.lock();
}

/** Has the server call a function often, which it has let go each time, and which nobody has afterwards. */
async function lend(): Promise<WeakRef<(item: string) => string>> {
  await using ears = await manager.create("Ears");
  const echo = (word: string) => word;
  for (let i = 0; i < 10; i++) {
    const answer = ears.call("hear", [echo, i]);
    gc();
    assertEquals(await answer, i);
  }
  for (let i = 0; i < 3; i++) assertEquals(await ears.call("hear", [echo, i]), i);
  return new WeakRef(echo);
}

const kept = await manager.list(["kept"]);
await drop();
assertEquals(await manager.objectCount(), 5);
for (const start = performance.now(); await manager.objectCount() > 1;) {
  assert(performance.now() - start < TIME, `${await manager.objectCount()} objects are left`);
  gc();
  // Finalizers have a task of their own.
  await new Promise((resolve) => setTimeout(resolve));
}
if (how === "socket") {
  // Once the server has let the function go it is let go here, too, and not before.
  const lent = await lend();
  for (const start = performance.now(); lent.deref() !== undefined;) {
    assert(performance.now() - start < TIME, "a function is kept");
    await new Promise((resolve) => setTimeout(resolve));
    gc();
  }
}
// What is still referred to is there, and its proxy can be released by hand.
assertEquals(await kept.toArray(), ["kept"]);
await kept[Symbol.asyncDispose]();
assertEquals(await manager.objectCount(), 0);
console.log("forgotten");
