// Datagrams: sizes, timeouts, who may send.
import { getAddrInfo } from "@ferry/std/net/address";
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AddressInUseError,
  BusyError,
  ClosedError,
  createDatagramEndpoint,
  DatagramRequestHandler,
  TimeoutError,
  UdpServer,
  UdpSocket,
  wait,
} from "@ferry/std/net";
import { text } from "../support/source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 60_000 };

Deno.test("DatagramEndpoint: 0 bytes and 65,507 bytes arrive, 65,508 are refused", async () => {
  using a = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE);
  for (const size of [0, 1, 1400, 65507]) {
    const data = new Uint8Array(size).fill(7);
    await a.send(data, b.address);
    const got = await b.receive(LONG);
    assertEquals(got, { data, from: a.address });
  }
  await assertRejects(() => a.send(new Uint8Array(65508), b.address), RangeError);
});

Deno.test("DatagramEndpoint: a receive that times out loses no datagram", async () => {
  using a = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE);
  await assertRejects(() => b.receive({ timeout: 1 }), TimeoutError);
  const first = b.receive(LONG);
  await assertRejects(() => b.receive(), BusyError);
  await a.send("late", b.address);
  assertEquals(text((await first).data), "late");
  await a.send("ready", b.address);
  assertEquals(await wait([b], LONG), [b]);
  assertEquals(text((await b.receive({ timeout: 0 })).data), "ready");
});

Deno.test("DatagramEndpoint with a remote hears nobody else", async () => {
  using a = await createDatagramEndpoint(HERE);
  using stranger = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE, { remote: a.address });
  await stranger.send("psst", b.address);
  await a.send("hello", b.address);
  assertEquals(text((await b.receive(LONG)).data), "hello");
  await b.send("back");
  assertEquals(text((await a.receive(LONG)).data), "back");
  await assertRejects(() => b.send("x", stranger.address), TypeError);
  await assertRejects(() => a.send("x"), TypeError);
});

Deno.test("DatagramEndpoint: closing ends what waits, twice is once, and the loop ends", async () => {
  const a = await createDatagramEndpoint(HERE);
  const waiting = a.receive();
  a.close();
  await assertRejects(() => waiting, ClosedError);
  a.close();
  await assertRejects(() => a.receive(), ClosedError);
  const b = await createDatagramEndpoint(HERE);
  const loop = Array.fromAsync(b);
  b.close();
  assertEquals(await loop, []);
});

Deno.test("DatagramEndpoint: an address in use says so", async () => {
  using a = await createDatagramEndpoint(HERE);
  await assertRejects(() => createDatagramEndpoint(a.address), AddressInUseError);
});

Deno.test(
  "DatagramEndpoint: without the flag a Unix socket names it; a full queue drops and counts",
  {
    ignore: "listenDatagram" in Deno,
  },
  async () => {
    await assertRejects(
      () => createDatagramEndpoint({ path: "/tmp/none.sock" }),
      Deno.errors.NotSupported,
      "--unstable-net",
    );
    using a = await createDatagramEndpoint(HERE);
    using b = await createDatagramEndpoint(HERE, { maxQueue: 2 });
    for (let i = 0; i < 50; i++) await a.send(`${i}`, b.address);
    while (b.dropped === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    assert(b.dropped > 0);
    assertEquals(text((await b.receive(LONG)).data), "0");
  },
);

Deno.test("DatagramEndpoint: receive({ timeout: 0 }), asked again and again, finds what has come", async () => {
  using a = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE);
  await b.send("x", a.address);
  let received: string | null | undefined;
  for (const end = Date.now() + 20_000; received === undefined && Date.now() < end;) {
    try {
      received = text((await a.receive({ timeout: 0 })).data);
    } catch (error) {
      assert(error instanceof TimeoutError);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  assertEquals(received, "x");
});

Deno.test("DatagramEndpoint: a remote may be a name, its answers are heard", async () => {
  using server = await createDatagramEndpoint(HERE);
  const remote = { hostname: "localhost", port: (server.address as Deno.NetAddr).port };
  using client = await createDatagramEndpoint(HERE, { remote });
  await client.send("ping");
  const { from } = await server.receive({ timeout: 20_000 });
  await server.send("pong", from);
  assertEquals(text((await client.receive({ timeout: 20_000 })).data), "pong");
  assertEquals(client.remote, { hostname: "127.0.0.1", port: remote.port });
});

Deno.test("DatagramEndpoint: a send that is under way when it is closed ends", async () => {
  const endpoint = await createDatagramEndpoint(HERE);
  // Resolving the name takes a turn of the event loop.
  const sent = endpoint.send("x", { hostname: "localhost", port: 9 });
  endpoint.close();
  // Deno's own socket, with --unstable-net, still sends it.
  const outcome = await sent.catch((error) => error);
  assert(outcome === undefined || outcome instanceof ClosedError, String(outcome));
  // The runtime's search for the name cannot be cancelled: it is to end in this test, and later ones end after it.
  for (let i = 0; i < 3; i++) await getAddrInfo("localhost", 9);
});

Deno.test("UdpServer.shutdown({ grace: Infinity }) waits for the handlers", async () => {
  const entered = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  class Slow extends DatagramRequestHandler {
    async handle(): Promise<void> {
      entered.resolve();
      await go.promise;
      await this.reply("late");
    }
  }
  const server = await UdpServer.start(HERE, Slow);
  using client = await createDatagramEndpoint(HERE);
  await client.send("x", server.address);
  await entered.promise;
  const down = server.shutdown({ grace: Infinity });
  // What takes Infinity for no time is over now.
  await new Promise((resolve) => setTimeout(resolve, 20));
  go.resolve();
  await down;
  assertEquals(text((await client.receive({ timeout: 20_000 })).data), "late");
});

Deno.test("UdpSocket: what does not fit into the buffer is dropped, and 0 bytes are a datagram", async () => {
  using a = await UdpSocket.bind(HERE);
  using b = await UdpSocket.bind(HERE);
  b.timeout = 20_000;
  const buffer = new Uint8Array(4).fill(9);
  for (const [sent, received] of [["abcdef", "abcd"], ["", ""], ["xy", "xy"]] as const) {
    await a.sendTo(sent, b.address);
    const [count, from] = await b.recvFromInto(buffer);
    assertEquals([text(buffer.subarray(0, count)), from], [received, a.address]);
  }
  // The rest of the first one did not come with the others.
  b.timeout = 1;
  await assertRejects(() => b.recvFrom(), TimeoutError);
  await assertRejects(() => a.sendTo(new Uint8Array(65_508), b.address), RangeError);
});
