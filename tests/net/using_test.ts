// What is opened can be given to `await using`: it sends what was written, and is gone when the scope ends.
import { assert, assertEquals } from "@std/assert";
import {
  createDatagramEndpoint,
  DatagramTransport,
  openConnection,
  socketPair,
  startServer,
  Transport,
} from "@ferry/std/net";

const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

Deno.test("Transport in a scope sends what was written, and has told its protocol of the end", async () => {
  const [client, server] = socketPair();
  await using peer = client;
  let lost = 0;
  {
    await using transport = new Transport(server.connection, { connectionLost: () => void lost++ });
    transport.write("all of it");
  }
  assertEquals(lost, 1);
  assertEquals(text(await peer.recvExactly(9)), "all of it");
  assertEquals(await peer.recv(1), null);
});

Deno.test("DatagramTransport in a scope is closed at its end", async () => {
  const endpoint = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 });
  let lost = 0;
  {
    await using transport = new DatagramTransport(endpoint, { connectionLost: () => void lost++ });
    transport.sendTo("to myself", endpoint.address);
  }
  assertEquals(lost, 1);
  assert(endpoint.closed);
});

Deno.test("StreamWriter in a scope closes its connection once all is sent", async () => {
  await using server = await startServer(async ({ writer }) => {
    await using answer = writer;
    answer.write("x".repeat(100_000));
  }, { hostname: "127.0.0.1", port: 0 });
  await using connection = await openConnection(server.address);
  let count = 0;
  for await (const chunk of connection.reader) count += chunk.length;
  assertEquals(count, 100_000);
});
