// What is different with --unstable-net; run by unstable_net_test.ts with that flag.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  bindProtocol,
  createDatagramEndpoint,
  type DatagramTransport,
  openConnection,
  startServer,
} from "@ferry/std/net";
import { serveWorkers } from "@ferry/std/net/techniques";
import { ca, pair } from "./support/certs.ts";
import { text } from "./support/source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 60_000 };

Deno.test("with --unstable-net: a Unix socket for datagrams", async () => {
  const folder = await Deno.makeTempDir();
  using server = await createDatagramEndpoint({ path: `${folder}/server.sock` });
  using client = await createDatagramEndpoint({ path: `${folder}/client.sock` });
  await client.send("ping", server.address);
  const { data, from } = await server.receive(LONG);
  assertEquals([text(data), from], ["ping", client.address]);
  await server.send("pong", from);
  assertEquals(text((await client.receive(LONG)).data), "pong");
  const { transport } = await bindProtocol(() => ({
    transport: undefined as DatagramTransport | undefined,
    connectionMade(transport: DatagramTransport) {
      this.transport = transport;
    },
    datagramReceived(data: Uint8Array, from: Parameters<DatagramTransport["sendTo"]>[1]) {
      this.transport!.sendTo(data.toReversed(), from);
    },
  }), { path: `${folder}/protocol.sock` });
  await client.send("ferry", transport.localAddress);
  assertEquals(text((await client.receive(LONG)).data), "yrref");
  transport.close();
  await transport.finished;
});

Deno.test("with --unstable-net: a shared port of Deno's own, also with its own TLS", async () => {
  const tls = { ...pair("localhost"), engine: "deno" } as const;
  const seen = new Set<string>();
  const serve = (name: string, port: number) =>
    startServer(({ writer }) => writer.write(name), { port, reusePort: true, tls });
  await using one = await serve("one", 0);
  await using _two = await serve("two", (one.address as Deno.NetAddr).port);
  for (let i = 0; seen.size < 2 && i < 200; i++) {
    await using client = await openConnection(one.address, {
      tls: { ca, serverName: "localhost" },
    });
    seen.add(text(await client.reader.readAll(LONG))!);
  }
  assertEquals(seen, new Set(["one", "two"]));
});

Deno.test("with --unstable-net: multicast and ttl still go through node", async () => {
  using endpoint = await createDatagramEndpoint(HERE, { ttl: 3 });
  await endpoint.send("x", endpoint.address);
  assertEquals(text((await endpoint.receive(LONG)).data), "x");
});

Deno.test("with --unstable-net: what nobody receives stays with the kernel", async () => {
  using a = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE, { maxQueue: 1 });
  for (let i = 0; i < 20; i++) await a.send(`${i}`, b.address);
  for (let i = 0; i < 20; i++) assertEquals(text((await b.receive(LONG)).data), `${i}`);
  assertEquals(b.dropped, 0);
});

Deno.test("with --unstable-net: workers share a port", async () => {
  const module = "data:text/javascript," +
    encodeURIComponent("export default ({ writer }) => { writer.write('hello'); };");
  await using server = await serveWorkers({ module }, { port: 0, workers: 2 });
  await using client = await openConnection(server.address);
  assertEquals(text(await client.reader.readAll(LONG)), "hello");
});

Deno.test("with --unstable-net: a taken port is still refused", async () => {
  using a = await createDatagramEndpoint(HERE);
  const error = await assertRejects(() => createDatagramEndpoint(a.address));
  assert(error instanceof Deno.errors.AddrInUse, String(error));
});
