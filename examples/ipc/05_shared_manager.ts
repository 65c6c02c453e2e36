// deno run --allow-read --allow-net --allow-run examples/ipc/05_shared_manager.ts
/**
 * Two programs, one dict: the first keeps a manager, the second is another program that connects to it. Both mean the same
 * objects by their names. A manager of CPython on either end does, too: see `docs/managers.md`.
 */
import { Manager } from "@ferry/std/ipc/manager";

const KEY = "only who knows this is answered";

/** The second program: it counts what it finds in the queue, until that is shut down. */
async function second(port: number): Promise<void> {
  await using manager = await Manager.connect({ port }, { authKey: KEY });
  const counts = await manager.dict<string, number>({}, { name: "counts" });
  const words = await manager.joinableQueue<string | null>(0, { name: "words" });
  for (let word = await words.get(); word !== null; word = await words.get()) {
    await counts.set(word, (await counts.get(word) ?? 0) + 1);
    await words.taskDone();
  }
  await words.taskDone();
}

/** The first: it starts the manager, and the other program. */
async function first(): Promise<void> {
  await using manager = await Manager.start({ authKey: KEY });
  const address = manager.address as { port: number };
  const other = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--allow-read",
      "--allow-net",
      import.meta.filename!,
      `${address.port}`,
    ],
  }).spawn();

  const words = await manager.joinableQueue<string | null>(0, { name: "words" });
  for (const word of "to be or not to be".split(" ")) await words.put(word);
  await words.join();

  const counts = await manager.dict<string, number>({}, { name: "counts" });
  for await (const [word, count] of counts) console.log(word, count);
  // Nothing comes any more: the other one ends by itself.
  await words.put(null);
  console.log("the other program ended well:", (await other.status).success);
}

const [port] = Deno.args;
await (port === undefined ? first() : second(Number(port)));
