// More clients than there are file descriptors: a server waits, tells, and goes on.
import { assert, assertEquals } from "@std/assert";
import { openConnection, type StreamConnection } from "@ferry/std/net";
import { Program } from "../support/programs.ts";
import { fileURLToPath } from "node:url";

const LONG = { timeout: 60_000 };
const SERVER = fileURLToPath(new URL("./_shortage_server.ts", import.meta.url));

for (
  const [role, name] of [
    ["server", "startServer()"],
    ["listener", "a Listener of multiprocessing.connection"],
    ["socket", "the accept() of a ServerSocket"],
  ] as const
) {
  Deno.test(`EMFILE: ${name} tells, and goes on when descriptors are free again`, {
    ignore: Deno.build.os !== "linux",
  }, async () => {
    await using server = new Program(
      "bash",
      "-c",
      'ulimit -n 64; exec "$0" run -A --no-check "$@"',
      Deno.execPath(),
      SERVER,
      role,
    );
    const port = Number(await server.line());
    const clients: StreamConnection[] = [];
    for (let i = 0; i < 80; i++) {
      clients.push(await openConnection({ hostname: "127.0.0.1", port }));
    }
    for (let shortages = 0; shortages === 0;) {
      await server.write("?\n");
      shortages = Number(await server.line());
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    for (const each of clients.splice(0, 70)) each.abort();
    // The last ones have been in the backlog all the time.
    for (const each of clients) assertEquals((await each.reader.readExactly(4, LONG)).length, 4);
    const late = await openConnection({ hostname: "127.0.0.1", port });
    assertEquals((await late.reader.readExactly(4, LONG)).length, 4);
    for (const each of [...clients, late]) each.abort();
    await server.endInput();
    let last: string | undefined;
    for (let line; (line = await server.line()) !== undefined;) last = line;
    assert(last === "stopped", last);
  });
}
