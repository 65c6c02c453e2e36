// Connections that have not spoken yet share memory for what will come first; nobody ever sees it.
import { assert, assertEquals, assertNotStrictEquals } from "@std/assert";
import { openConnection, startServer, type StreamConnection } from "@ferry/std/net";
import { bytes, text } from "../support/source.ts";

const LONG = { timeout: 60_000 };

/** A server whose connections are read by the test, one after the other. */
async function pairs(count: number) {
  const accepted = new Map<number, StreamConnection>();
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const server = await startServer(async (connection) => {
    accepted.set((connection.remoteAddress as Deno.NetAddr).port, connection);
    if (accepted.size === count) resolve();
    await connection.writer.waitClosed();
  }, { port: 0 });
  const clients = await Promise.all(
    Array.from({ length: count }, () => openConnection(server.address)),
  );
  await all;
  const servers = clients.map((each) => accepted.get((each.localAddress as Deno.NetAddr).port)!);
  return { server, clients, servers };
}

Deno.test("StreamReader: the first bytes of each connection lie in memory of its own", async () => {
  const { server, clients, servers } = await pairs(40);
  // All wait at once, and each is spoken to in its turn, with what fits the shared memory and what does not.
  const reading = servers.map((each) => each.reader.read(Infinity, LONG));
  for (const [i, client] of clients.entries()) {
    client.writer.write(bytes(`${i} `.repeat(1 + 10 * i)));
    await client.writer.flush();
  }
  const first = await Promise.all(reading) as Uint8Array[];
  const rest = servers.map((each) => each.reader.readAll(LONG));
  for (const client of clients) await client.writer.writeEof();
  for (const [i, each] of first.entries()) {
    assertEquals(text(each)! + text(await rest[i]), `${i} `.repeat(1 + 10 * i));
    for (const other of first.slice(0, i)) assertNotStrictEquals(each.buffer, other.buffer);
  }
  // Handing the memory of a chunk to somebody else concerns no other connection.
  structuredClone(first[0]!.buffer, { transfer: [first[0]!.buffer as ArrayBuffer] });
  assert(first.slice(1).every((each, i) => text(each)!.startsWith(`${i + 1} `)));
  await server.shutdown({ grace: 0 });
  await Promise.all(clients.map((each) => each.close()));
});

Deno.test("StreamReader: reads that ended with their connection, or in vain, leave their place to others", async () => {
  for (let round = 0; round < 3; round++) {
    const { server, clients, servers } = await pairs(30);
    // A third is closed here while it reads, a third by its peer; the others' calls give up, and their reads stay.
    const outcomes = servers.map((each, i) =>
      each.reader.readLine(i % 3 === 2 ? { timeout: 1 } : LONG).then(text, (error) => error.name)
    );
    for (const [i, each] of servers.entries()) {
      if (i % 3 === 0) each.abort();
      if (i % 3 === 1) await clients[i]!.close();
    }
    const found = await Promise.all(outcomes);
    assertEquals(found.filter((_, i) => i % 3 === 0), Array(10).fill("ConnectionAbortedError"));
    assertEquals(found.filter((_, i) => i % 3 === 1), Array(10).fill(null));
    assertEquals(found.filter((_, i) => i % 3 === 2), Array(10).fill("TimeoutError"));
    for (const [i, client] of clients.entries()) if (i % 3 === 2) client.writer.write(`${i}\n`);
    for (const [i, each] of servers.entries()) {
      if (i % 3 !== 2) continue;
      assertEquals(text(await each.reader.readLine(LONG)), String(i));
    }
    await server.shutdown({ grace: 0 });
    await Promise.all(clients.map((each) => each.close()));
  }
});

Deno.test("StreamReader.unread(): before anything has arrived, while a read waits", async () => {
  const { server, clients, servers } = await pairs(1);
  const [client, served] = [clients[0]!, servers[0]!];
  assertEquals(
    await served.reader.readLine({ timeout: 1 }).catch((error) => error.name),
    "TimeoutError",
  );
  served.reader.unread(bytes("put back, "));
  client.writer.write("and received\n");
  assertEquals(text(await served.reader.readLine(LONG)), "put back, and received");
  await server.shutdown({ grace: 0 });
  await client.close();
});
