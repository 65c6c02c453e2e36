// Errors nobody caught in a process that uses Node's way to listen for them.
import { assert, assertEquals } from "@std/assert";
import { Process, Queue } from "@ferry/std/ipc";

const LONG = { timeout: 60_000 };

for (const type of ["unhandledRejection", "uncaughtException"] as const) {
  for (const also of [false, true]) {
    Deno.test(`process.on("${type}") is asked in a process${also ? ", also after a listener of the web's kind" : ""}, which goes on`, async () => {
      using queue = new Queue<unknown>();
      await using process = new Process(
        async (queue: Queue<unknown>, type: string, also: boolean) => {
          const { default: process } = await import("node:process");
          const heard = Promise.withResolvers<void>();
          process.on(type, (error: Error) => {
            queue.putSync(error.message);
            heard.resolve();
          });
          if (also) globalThis.addEventListener(type.toLowerCase(), () => queue.putSync("web"));
          if (type === "unhandledRejection") Promise.reject(new RangeError("dealt with"));
          else {
            setTimeout(() => {
              throw new RangeError("dealt with");
            });
          }
          await heard.promise;
          // Were it to end for that error, it would have done so by now.
          await new Promise((resolve) => setTimeout(resolve, 0));
          queue.putSync("goes on");
        },
        { args: [queue, type, also] },
      );
      process.start();
      assert(await process.join(LONG));
      const heard: unknown[] = [];
      for (let item = queue.tryGet(); item !== undefined; item = queue.tryGet()) heard.push(item);
      // The web's event of an exception has another name.
      const web = also && type === "unhandledRejection" ? ["web"] : [];
      assertEquals([process.exitCode, heard], [0, [...web, "dealt with", "goes on"]]);
    });
  }
}

Deno.test('process.on("unhandledRejection") that was taken off is not asked, and the process ends with that error', async () => {
  await using process = new Process(async () => {
    const { default: process } = await import("node:process");
    const listener = () => {};
    process.on("unhandledRejection", listener);
    process.off("unhandledRejection", listener);
    Promise.reject(new RangeError("nobody"));
    await new Promise(() => {});
  });
  process.start();
  const error = await process.result(LONG).catch((error) => error);
  assertEquals([error.message, process.exitCode], ["nobody", 1]);
});
