// Datagrams: sizes, timeouts, who may send.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  AddressInUseError,
  BusyError,
  ClosedError,
  createDatagramEndpoint,
  TimeoutError,
  wait,
} from "@ferry/std/net";
import { text } from "./_source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 20_000 };

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
