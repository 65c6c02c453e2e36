// The package loaded over http, as it is from a registry, with the user's modules on disk.
import { assertEquals, assertMatch } from "@std/assert";
import { type Outcome, run } from "../_support/program.ts";

const ROOT = new URL("../../", import.meta.url);

/** Serves `ipc` of this package and what that imports, and nothing else. */
async function serve(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (!/^\/((ipc|net)\/(\w+\/)*\w+|persist\/options)\.ts$/.test(pathname)) {
    return new Response("Not found", { status: 404 });
  }
  const text = await Deno.readTextFile(new URL(`.${pathname}`, ROOT));
  return new Response(text, { headers: { "content-type": "application/typescript" } });
}

/** Runs a user's program, `main.ts` among the files, with a cache of its own; `PACKAGE` stands for the package's URL. */
async function userProgram(
  files: Record<string, string>,
  flags: (host: string, folder: string) => string[],
): Promise<Outcome> {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, serve);
  const host = `127.0.0.1:${server.addr.port}`;
  const folder = await Deno.makeTempDir({ prefix: "ferry-http-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(
        `${folder}/${name}`,
        text.replaceAll("PACKAGE", `http://${host}/ipc/mod.ts`),
      );
    }
    const args = ["--no-config", "--no-lock", ...flags(host, folder), `${folder}/main.ts`];
    return await run({ args, env: { DENO_DIR: `${folder}/cache` } });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Without the lines that tell of downloads. */
function said(err: string): string {
  return err.split("\n").filter((line) => !line.startsWith("Download ")).join("\n");
}

Deno.test("Process runs functions and modules on disk when the package was loaded over http", async () => {
  const { code, out, err } = await userProgram({
    "main.ts": `
      import { currentProcess, Lock, Process, Queue, SharedValue } from "PACKAGE";
      const queue = new Queue<string>(), value = new SharedValue("int32", 1), lock = new Lock();
      const long = { timeout: 20_000 };

      const inline = new Process((queue: Queue<string>, value: SharedValue<"int32">) => {
        value.update((n) => n + 1);
        queue.putSync("from the function");
      }, { args: [queue, value] });
      inline.start();
      console.log(await queue.get(long), await inline.join(long), inline.exitCode);

      const onDisk = new Process({ module: new URL("./worker.ts", import.meta.url), export: "work" }, {
        args: [queue, value],
      });
      onDisk.start();
      console.log(await queue.get(long), await onDisk.join(long), onDisk.exitCode, value.value);

      const busy = new Process((lock: Lock, queue: Queue<string>) => {
        lock.acquireSync();
        queue.putSync("busy");
        for (;;);
      }, { args: [lock, queue] });
      busy.start();
      console.log(await queue.get(long));
      busy.kill();
      console.log(await busy.join(long), busy.exitCode, (await lock.acquire(long)).abandoned);

      const failing = new Process({ module: new URL("./worker.ts", import.meta.url), export: "fail" });
      failing.start();
      console.log(await failing.join(long), failing.exitCode, currentProcess().name);
    `,
    "worker.ts": `
      import { Process, Queue, SharedValue, parentProcess } from "PACKAGE";
      export async function work(queue: Queue<string>, value: SharedValue<"int32">) {
        value.update((n) => n + 10);
        const child = new Process((value: SharedValue<"int32">) => value.update((n) => n + 100), {
          args: [value],
        });
        child.start();
        await child.join();
        queue.putSync([queue instanceof Queue, parentProcess()!.name, child.name].join());
      }
      export function fail() {
        throw new RangeError("on disk");
      }
    `,
  }, () => ["-A"]);
  assertEquals(
    [code, out],
    [
      0,
      "from the function true 0\n" +
      "true,MainProcess,Process-2:1 true 0 112\n" +
      "busy\ntrue -9 true\n" +
      "true 1 MainProcess\n",
    ],
    err,
  );
  assertMatch(said(err), /^Process-4: RangeError: on disk\n {4}at fail .*worker\.ts:/);
});

Deno.test("share() and attach() work in an attached worker when the package was loaded over http", async () => {
  const { code, out, err } = await userProgram({
    "main.ts": `
      import { Queue, share, SharedArray } from "PACKAGE";
      const array = new SharedArray("int32", [1, 2, 3]), queue = new Queue<number>();
      const worker = new Worker(new URL("./raw.ts", import.meta.url), { type: "module" });
      worker.postMessage([share(array), share(queue)]);
      console.log(await queue.get({ timeout: 20_000 }), array.get(1));
      worker.terminate();
    `,
    "raw.ts": `
      import { attach, Queue, SharedArray } from "PACKAGE";
      self.onmessage = ({ data: [first, second] }) => {
        const array = attach<SharedArray<"int32">>(first), queue = attach<Queue<number>>(second);
        array.set(1, 20);
        queue.putSync([...array].reduce((sum, n) => sum + n));
      };
    `,
  }, () => ["-A"]);
  assertEquals([code, out, said(err)], [0, "24 20\n", ""], err);
});

const PERMISSIONS = {
  "main.ts": `
    import { Process, Queue } from "PACKAGE";
    const queue = new Queue();
    for (const target of [
      (queue) => queue.putSync("function"),
      { module: new URL("./worker.ts", import.meta.url) },
    ]) {
      const child = new Process(target, { args: [queue] });
      try {
        child.start();
      } catch (error) {
        console.log(String(error).replace(/".*"/, "it"));
        continue;
      }
      await child.join();
      console.log(child.exitCode === 0 ? queue.tryGet() : "failed");
    }
  `,
  "worker.ts": `export default (queue: any) => queue.putSync("module");`,
};

Deno.test("Process needs no permission when the package is not on disk, but for targets that are", async () => {
  const none = await userProgram(PERMISSIONS, (host) => [`--allow-import=${host}`]);
  const refused =
    "NotCapable: Cannot start Process-2: it needs to read it; run again with --allow-read";
  assertEquals(
    [none.code, none.out, said(none.err)],
    [0, `function\n${refused}\n`, ""],
    none.err,
  );
  const read = await userProgram(PERMISSIONS, (host, folder) => [
    `--allow-import=${host}`,
    `--allow-read=${folder}/worker.ts`,
  ]);
  assertEquals([read.code, read.out, said(read.err)], [0, "function\nmodule\n", ""], read.err);
});
