// The permission table: each row with exactly what it says, and the error without it.
import { assertEquals, assertRejects } from "@std/assert";
import {
  createDatagramEndpoint,
  openConnection,
  socketPair,
  startServer,
  StreamReader,
} from "@ferry/std/net";
import { ca, pair } from "./support/certs.ts";
import { bytes, text } from "./support/source.ts";

const LONG = { timeout: 60_000 };
const HERE = { hostname: "127.0.0.1", port: 0 };
const localhost = pair("localhost");
const folder = Deno.makeTempDirSync();

Deno.test(
  "without a permission: pairs, readers and framing work",
  { permissions: "none" },
  async () => {
    const [a, b] = socketPair();
    await a.sendAll("hi");
    assertEquals(text(await b.recvExactly(2)), "hi");
    a.close();
    b.close();
    assertEquals(text(await StreamReader.from(bytes("x\n")).readLine()), "x");
  },
);

Deno.test(
  "without a permission: the network is refused by name",
  { permissions: "none" },
  async () => {
    await assertRejects(() => openConnection({ ...HERE, port: 80 }), Deno.errors.NotCapable, "net");
    await assertRejects(() => startServer(() => {}, { port: 0 }), Deno.errors.NotCapable, "net");
    await assertRejects(
      () => startServer(() => {}, { port: 0, reusePort: true }),
      Deno.errors.NotCapable,
      "net",
    );
    await assertRejects(() => createDatagramEndpoint(HERE), Deno.errors.NotCapable, "net");
    const localAddress = { hostname: "127.0.0.1" };
    await assertRejects(
      () => openConnection({ ...HERE, port: 80 }, { localAddress }),
      Deno.errors.NotCapable,
      "net",
    );
  },
);

for (
  const [name, options] of [
    ["plain", {}],
    ["TLS", { tls: localhost }],
    ["TLS by Deno", { tls: { ...localhost, engine: "deno" } }],
    ["a shared port", { reusePort: true }],
  ] as const
) {
  Deno.test(
    `with --allow-net=127.0.0.1: TCP, ${name}`,
    { permissions: { net: ["127.0.0.1"] } },
    async () => {
      await using server = await startServer(({ writer }) => writer.write("hi"), {
        port: 0,
        ...options,
      });
      const tls = "tls" in options ? { tls: { ca, serverName: "localhost" } } : {};
      await using client = await openConnection(server.address, tls);
      assertEquals(text(await client.reader.readAll(LONG)), "hi");
    },
  );
}

Deno.test(
  "with --allow-net=127.0.0.1: a source address",
  { permissions: { net: ["127.0.0.1"] } },
  async () => {
    await using server = await startServer(
      ({ writer, remoteAddress }) => writer.write(JSON.stringify(remoteAddress)),
      { port: 0 },
    );
    await using client = await openConnection(server.address, {
      localAddress: { hostname: "127.0.0.1" },
    });
    const seen = JSON.parse(text(await client.reader.readAll(LONG))!);
    assertEquals(seen, client.localAddress);
  },
);

Deno.test("with --allow-net=127.0.0.1: UDP", { permissions: { net: ["127.0.0.1"] } }, async () => {
  using a = await createDatagramEndpoint(HERE);
  using b = await createDatagramEndpoint(HERE);
  await a.send("hi", b.address);
  assertEquals(text((await b.receive(LONG)).data), "hi");
});

Deno.test("with --allow-read and --allow-write of its path and --allow-net: a Unix socket", {
  permissions: { read: [folder], write: [folder], net: true },
  ignore: Deno.build.os === "windows",
}, async () => {
  const path = `${folder}/s.sock`;
  await using server = await startServer(({ writer }) => writer.write("hi"), { path });
  await using client = await openConnection({ path });
  assertEquals(text(await client.reader.readAll(LONG)), "hi");
  assertEquals(server.address, { path });
});
