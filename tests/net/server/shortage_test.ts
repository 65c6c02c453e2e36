// More clients than there are file descriptors: a server waits, tells, and goes on.
import { assert, assertEquals } from "@std/assert";
import { openConnection, type StreamConnection } from "@ferry/std/net";
import { connect } from "@ferry/std/net/connection";
import { Program } from "../support/programs.ts";
import { fileURLToPath } from "node:url";

const LONG = { timeout: 60_000 };
const SERVER = fileURLToPath(new URL("./_shortage_server.ts", import.meta.url));

/** Starts a server that may have 64 descriptors; it has opened by then what it needs for itself. */
async function shortOfFiles(role: string): Promise<{ server: Program; port: number }> {
  const command = 'ulimit -n 64; export DENO_NO_UPDATE_CHECK=1; exec "$0" run -A --no-check "$@"';
  const server = new Program("bash", "-c", command, Deno.execPath(), SERVER, role);
  const port = Number(await server.line());
  const first = await Deno.connect({ port });
  await first.read(new Uint8Array(1));
  first.close();
  assertEquals(await shortagesOf(server), 0);
  return { server, port };
}

/** How many shortages the server has seen so far. */
async function shortagesOf(server: Program): Promise<number> {
  await server.write("?\n");
  return Number(await server.line());
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
    const { server: started, port } = await shortOfFiles(role);
    await using server = started;
    const clients: StreamConnection[] = [];
    for (let i = 0; i < 80; i++) {
      clients.push(await openConnection({ hostname: "127.0.0.1", port }));
    }
    while (await shortagesOf(server) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
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
  const { server: started, port } = await shortOfFiles("keyed");
  await using server = started;
  const address = { hostname: "127.0.0.1", port };
  const silent: Deno.TcpConn[] = [];
  for (let i = 0; i < 150; i++) silent.push(await Deno.connect(address));
  // All of them are before it in the backlog, and none of their handshakes will be over before ten minutes.
  using client = await connect(address, { authKey: "key", handshakeTimeout: 60_000 });
  assertEquals(await client.recvBytes(LONG), new Uint8Array(0));
  assert(await shortagesOf(server) > 0, "there was a shortage");
  for (const each of silent) each.close();
  client.close();
  await server.endInput();
  assertEquals(await server.line(), "stopped");
});
