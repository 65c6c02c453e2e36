// Protocols with asynchronous methods: an error of one ends its connection, and no more.
import { assertEquals, assertRejects } from "@std/assert";
import {
  bindProtocol,
  connectProtocol,
  openConnection,
  type Protocol,
  serveProtocol,
  type Transport,
  UdpSocket,
} from "@ferry/std/net";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const fails = async () => {
  await Promise.resolve();
  throw new RangeError("Cannot brew");
};

Deno.test("a protocol's asynchronous method that fails ends its connection, and the server goes on", async (t) => {
  const errors: string[] = [];
  let protocol: Protocol = {};
  await using server = await serveProtocol(() => protocol, {
    ...LOOPBACK,
    onError: (error) => void errors.push((error as Error).message),
  });
  const calls: Record<string, Protocol> = {
    connectionMade: { connectionMade: fails },
    dataReceived: { dataReceived: fails },
    pauseWriting: {
      connectionMade: (transport) => transport.write(new Uint8Array(1_000_000)),
      pauseWriting: fails,
    },
  };
  for (const [name, failing] of Object.entries(calls)) {
    await t.step(name, async () => {
      const lost = Promise.withResolvers<Error | undefined>();
      protocol = { ...failing, connectionLost: lost.resolve };
      await using client = await openConnection(server.address);
      client.writer.write("tea");
      assertEquals((await lost.promise)?.message, "Cannot brew");
      await client.reader.readAll({ limit: Infinity }).catch(() => {});
    });
  }
  protocol = {
    connectionMade(transport: Transport) {
      transport.write("served");
      transport.close();
    },
  };
  await using client = await openConnection(server.address);
  assertEquals(new TextDecoder().decode(await client.reader.readAll()), "served");
  assertEquals(errors, Array(3).fill("Cannot brew"));
});

Deno.test("what an asynchronous method throws is what Transport.finished rejects with", async () => {
  await using server = await serveProtocol(() => ({
    connectionMade: (transport: Transport) => transport.write("tea"),
  }), LOOPBACK);
  const { transport } = await connectProtocol(() => ({ dataReceived: fails }), server.address);
  await assertRejects(() => transport.finished, RangeError, "Cannot brew");
});

Deno.test("what an asynchronous method throws is what DatagramTransport.finished rejects with", async () => {
  const { transport } = await bindProtocol(() => ({ datagramReceived: fails }), LOOPBACK);
  await using socket = await UdpSocket.bind(LOOPBACK);
  await socket.sendTo("tea", transport.localAddress as Deno.NetAddr);
  await assertRejects(() => transport.finished, RangeError, "Cannot brew");
});

Deno.test("an asynchronous method that fails after the end is an uncaught error, unless it is that of the end", async () => {
  const reported: string[] = [];
  const note = (event: ErrorEvent) => {
    event.preventDefault();
    reported.push(event.message);
  };
  globalThis.addEventListener("error", note);
  try {
    const here = Promise.withResolvers<Transport>();
    const done = Promise.withResolvers<void>();
    await using server = await serveProtocol(() => ({
      connectionMade: here.resolve,
      async dataReceived() {
        const transport = await here.promise;
        await transport.finished;
        done.resolve();
        transport.write("too late");
      },
      async connectionLost() {
        await done.promise;
        throw new RangeError("Cannot clean up");
      },
    }), LOOPBACK);
    const client = await openConnection(server.address);
    client.writer.write("tea");
    client.writer.close();
    await done.promise;
    while (reported.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  } finally {
    globalThis.removeEventListener("error", note);
  }
  assertEquals(reported.map((text) => text.includes("Cannot clean up")), [true]);
});
