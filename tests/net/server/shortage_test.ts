// More clients than there are file descriptors: a server waits, tells, and goes on.
import { assert, assertEquals } from "@std/assert";
import { openConnection, type StreamConnection } from "@ferry/std/net";
import { connect } from "@ferry/std/net/connection";
import { Program } from "../support/programs.ts";
import { fileURLToPath } from "node:url";

const LONG = { timeout: 60_000 };
const SERVER = fileURLToPath(new URL("./_shortage_server.ts", import.meta.url));

/** A server that may have 64 descriptors. */
function shortOfFiles(role: string): Program {
  const command = 'ulimit -n 64; exec "$0" run -A --no-check "$@"';
  return new Program("bash", "-c", command, Deno.execPath(), SERVER, role);
}

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
    await using server = shortOfFiles(role);
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

Deno.test("EMFILE: a Listener drops handshakes that do not end, and serves who has the key", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  await using server = shortOfFiles("keyed");
  const address = { hostname: "127.0.0.1", port: Number(await server.line()) };
  const silent: Deno.TcpConn[] = [];
  for (let i = 0; i < 150; i++) silent.push(await Deno.connect(address));
  // All of them are before it in the backlog, and none of their handshakes will be over before ten minutes.
  using client = await connect(address, { authKey: "key", handshakeTimeout: 60_000 });
  assertEquals(await client.recvBytes(LONG), new Uint8Array(0));
  await server.write("?\n");
  assert(Number(await server.line()) > 0, "there was a shortage");
  for (const each of silent) each.close();
  client.close();
  await server.endInput();
  assertEquals(await server.line(), "stopped");
});
