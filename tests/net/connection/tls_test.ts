// Listener and connect over TLS. The certificates are those of the tests of net/tls.
import { assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { connect, Listener } from "@ferry/std/net/connection";
import { TlsError } from "@ferry/std/net/errors";

const certs = new URL("../certs/", import.meta.url);
const pem = (name: string) => Deno.readTextFileSync(new URL(name, certs));
const pair = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) });
const ca = pem("ca.pem");

Deno.test("Messages go through TLS, with a key and without one", async () => {
  for (const key of [{ authKey: "k" }, {}]) {
    await using listener = new Listener({ port: 0 }, { ...key, tls: pair("localhost") });
    const { port } = listener.address as Deno.NetAddr;
    using client = await connect({ hostname: "localhost", port }, { ...key, tls: { ca } });
    using server = await listener.accept();
    await client.send(["hello", 1]);
    assertEquals(await server.recv(), ["hello", 1]);
    const large = "x".repeat(300_000);
    const [, received] = await Promise.all([server.send(large), client.recv()]);
    assertEquals(received, large);
  }
});

Deno.test("Who is refused in the TLS handshake is counted, and keeps nobody waiting", async () => {
  const refused: unknown[] = [];
  await using listener = new Listener({ port: 0 }, {
    authKey: "k",
    tls: { ...pair("localhost"), handshakeTimeout: 200 },
    onRefused: (error) => refused.push(error),
  });
  const { port } = listener.address as Deno.NetAddr;
  const address = { hostname: "localhost", port };
  await assertRejects(() => connect(address, { authKey: "k", tls: true }), TlsError);
  using _silent = await Deno.connect({ port });
  using client = await connect(address, { authKey: "k", tls: { ca } });
  using server = await listener.accept();
  await client.send(1);
  assertEquals(await server.recv(), 1);
  while (listener.refused < 2) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const error of refused) assertInstanceOf(error, Error);
});

Deno.test("A listener whose certificate is none says so", async () => {
  assertThrows(
    () => new Listener({ port: 0 }, { tls: { ...pair("localhost"), engine: "deno" } }),
    TypeError,
    "engine",
  );
  await using listener = new Listener({ port: 0 }, { tls: { cert: "none", key: "none" } });
  await assertRejects(() => listener.accept({ timeout: 60_000 }), TypeError);
});
