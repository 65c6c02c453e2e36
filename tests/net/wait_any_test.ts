// Connections beside queues: waitAny() of ipc knows nothing of net, and waits for both.
import { assertEquals } from "@std/assert";
import { Queue, waitAny } from "@ferry/std/ipc";
import { createServer, openConnection } from "@ferry/std/net";

const LONG = { timeout: 60_000 };

Deno.test("waitAny() waits for a connection, a listener and a queue together", async () => {
  using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
  using queue = new Queue<number>();
  const connecting = openConnection(listener.address);
  assertEquals(await waitAny([listener, queue], LONG), [listener]);
  await using server = await listener.accept(LONG);
  await using client = await connecting;
  const both = [client, queue];
  assertEquals(await waitAny(both, { timeout: 0 }), []);
  const waiting = waitAny(both, LONG);
  await server.sendAll("x");
  assertEquals(await waiting, [client]);
  client.reader.tryRead();
  const again = waitAny(both, LONG);
  await queue.put(1);
  assertEquals(await again, [queue]);
});
