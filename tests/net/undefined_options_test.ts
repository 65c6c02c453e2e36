// An option that is undefined stands for its default, in the types, too: `{ timeout: given.timeout }` needs no condition.
import { assert, assertEquals } from "@std/assert";
import * as net from "@ferry/std/net";
import { connect, Listener, Pipe } from "@ferry/std/net/connection";
import * as tasks from "@ferry/std/net/tasks";
import { serveWorkers } from "@ferry/std/net/techniques";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const none = { signal: undefined, timeout: undefined };

Deno.test("tasks: options that are undefined are left out", async () => {
  const semaphore = new tasks.Semaphore(1, { bounded: undefined });
  using _permit = await semaphore.acquire(none);
  assertEquals(await tasks.waitFor(() => 1, none), 1);
  assertEquals(await tasks.gather([() => 1], { returnExceptions: undefined, signal: undefined }), [
    1,
  ]);
  assertEquals(
    (await tasks.wait([Promise.resolve(1)], { ...none, returnWhen: undefined })).done.size,
    1,
  );
  for await (const { value } of tasks.asCompleted([() => 1], none)) assertEquals(value, 1);
  assertEquals(await tasks.shield(Promise.resolve(1), { signal: undefined }), 1);
  const named = { name: undefined, signal: undefined };
  assertEquals(await new tasks.Task(() => 1, named), 1);
  assertEquals(await tasks.TaskGroup.run(() => 1, { signal: undefined }), 1);
});

Deno.test("connections: options that are undefined are left out", async () => {
  const limits = { maxBytes: undefined, dump: undefined, load: undefined };
  const handshake = { handshakeTimeout: undefined, allowMd5: undefined };
  using listener = new Listener(LOOPBACK, { ...limits, ...handshake });
  const options = { ...limits, ...handshake, ...none, tls: undefined };
  using client = await connect(listener.address, options);
  using server = await listener.accept(none);
  await client.send("tea");
  assertEquals(await server.recv(none), "tea");
  await client.sendBytes(new Uint8Array(3));
  assertEquals((await server.recvBytes({ ...none, maxLength: undefined })).length, 3);
  using pipe = new Pipe({ ...limits, duplex: undefined });
  await pipe[0].send(1);
  assertEquals(await pipe[1].recv(), 1);
  const found = await net.getAddrInfo("127.0.0.1", 80, { family: undefined, signal: undefined });
  assertEquals(found[0]?.port, 80);
});

Deno.test("servers: options that are undefined are left out", async () => {
  const module = "data:text/javascript,export default ({ writer }) => { writer.write('tea'); }";
  const options = { ...LOOPBACK, workers: 1, tls: undefined, idleTimeout: undefined };
  await using server = await serveWorkers({ module }, options);
  await using client = await net.openConnection(server.address, { tls: undefined });
  assert((await client.reader.readAll()).length === 3);
});
