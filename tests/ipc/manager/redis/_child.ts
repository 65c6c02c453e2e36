// Another program that uses a manager on Redis, and may be killed.
import { Manager, QueueShutDownError } from "@ferry/std/ipc/manager";

const [what, url, lease = "1000"] = Deno.args;
const manager = await Manager.connect(url!, { lease: Number(lease) });

switch (what) {
  case "hold": {
    const lock = await manager.lock({ name: "lock" });
    const guard = await lock.acquire();
    console.log(`held ${guard.token}`);
    guard.signal!.addEventListener("abort", () => console.log(guard.signal!.reason.name));
    break;
  }
  case "take": {
    const queue = await manager.joinableQueue<number>(0, { name: "queue" });
    console.log(`took ${await queue.get()}`);
    break;
  }
  case "work": {
    // Each item that was taken is told before anything is done with it, which is when this program may be killed.
    const queue = await manager.joinableQueue<number>(0, { name: "queue" });
    const sum = await manager.value("i", 0, { name: "sum" });
    try {
      for (;;) {
        const item = await queue.get();
        console.log(item);
        await sum.add(item);
        await queue.taskDone();
      }
    } catch (error) {
      if (!(error instanceof QueueShutDownError)) throw error;
    }
    await manager[Symbol.asyncDispose]();
    break;
  }
  case "lock": {
    // What the lock protects is never seen half done.
    const lock = await manager.lock({ name: "lock" });
    const state = await manager.dict<string, number>({}, { name: "state" });
    for (;;) {
      await using guard = await lock.acquire();
      const seen = await state.get("token") ?? 0;
      if (guard.token! <= seen) console.log(`old token ${guard.token} after ${seen}`);
      await state.set("token", guard.token!);
      const n = await state.get("n") ?? 0;
      await state.set("n", n + 1);
      console.log(n + 1);
    }
  }
}
