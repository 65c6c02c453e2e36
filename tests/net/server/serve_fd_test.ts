// Servers on a socket that another process has opened.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { openConnection, serveFd } from "@ferry/std/net";
import { fileURLToPath } from "node:url";
import { has, Program } from "../support/programs.ts";
import { text } from "../support/source.ts";

const LONG = { timeout: 30_000 };

Deno.test(
  "serveFd() serves on a socket that was handed over, one server after the other, and nobody is lost",
  {
    ignore: Deno.build.os === "windows",
  },
  async () => {
    if (!await has("python3", "--version")) return;
    const file = fileURLToPath(new URL("_activated.ts", import.meta.url));
    // What systemd does: a socket is descriptor 3, and the program that is started learns of it by two variables.
    await using python = new Program(
      "python3",
      "-c",
      `
import os, socket, subprocess, sys
listener = socket.create_server(("127.0.0.1", 0), backlog=50)
print(listener.getsockname()[1], flush=True)
def ready():
    os.dup2(listener.fileno(), 3)
    os.set_inheritable(3, True)
    os.environ["LISTEN_FDS"] = "1"
    os.environ["LISTEN_PID"] = str(os.getpid())
    os.execv(sys.argv[1], [sys.argv[1], "run", "--allow-net", "--allow-env", "--allow-read", "--no-check", sys.argv[2]])
for name in ("first", "second"):
    os.environ["NAME"] = name
    pid = os.fork()
    if pid == 0:
        ready()
    os.waitpid(pid, 0)
    print("ended", flush=True)`,
      Deno.execPath(),
      file,
    );
    const port = Number(await python.line());
    const address = { hostname: "127.0.0.1", port };
    const names: string[] = [];
    for (let i = 0; i < 4; i++) {
      // Between two servers it waits in the backlog.
      await using client = await openConnection(address);
      client.writer.write("hello\n");
      names.push(text(await client.reader.readLine(LONG))!);
    }
    assertEquals(names, ["first hello", "first hello", "second hello", "second hello"]);
    assertEquals(await python.line(), "ended");
  },
);

Deno.test("serveFd(): a descriptor that is none is refused", async () => {
  await assertRejects(() => serveFd(() => {}, { fd: -1 }), TypeError, "received -1");
  await assertRejects(() => serveFd(() => {}), TypeError, "LISTEN_FDS");
  const error = await assertRejects(() => serveFd(() => {}, { fd: 9999 }));
  assert(error instanceof Error && "op" in error, String(error));
});
