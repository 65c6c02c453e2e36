// Managers that speak TLS. The certificates are those of net's own tests, made with openssl for "localhost".
import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
import { AuthenticationError } from "@ferry/std/net/connection";
import { TlsError } from "@ferry/std/net/errors";

const certs = new URL("../../net/certs/", import.meta.url);
const pem = (name: string) => Deno.readTextFileSync(new URL(name, certs));
const pair = (name: string) => ({ cert: pem(`${name}.pem`), key: pem(`${name}.key`) });
const ca = pem("ca.pem");

function at(server: ManagerServer): { hostname: string; port: number } {
  return { hostname: "localhost", port: (server.address as Deno.NetAddr).port };
}

Deno.test("A manager speaks TLS, and asks for the key all the same", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: "k", tls: pair("localhost") });
  await using manager = await Manager.connect(at(server), { authKey: "k", tls: { ca } });
  const list = await manager.list(["over TLS"]);
  await list.push("x".repeat(200_000));
  assertEquals((await list.toArray()).map((text) => text.length), [8, 200_000]);
  await assertRejects(
    () => Manager.connect(at(server), { authKey: "other", tls: { ca } }),
    AuthenticationError,
  );
});

Deno.test("A certificate that is not trusted, or for another name, is refused", async () => {
  await using server = new ManagerServer({ port: 0 }, { authKey: "k", tls: pair("localhost") });
  await assertRejects(() => Manager.connect(at(server), { authKey: "k", tls: true }), TlsError);
  const tls = { ca, serverName: "elsewhere.example" };
  await assertRejects(() => Manager.connect(at(server), { authKey: "k", tls }), TlsError);
  await using manager = await Manager.connect(at(server), { authKey: "k", tls: { ca } });
  assertEquals(await manager.objectCount(), 0);
});

Deno.test("Where a server asks for certificates, a client shows one", async () => {
  await using server = new ManagerServer({ port: 0 }, {
    authKey: "k",
    tls: { ...pair("localhost"), clientAuth: "require", ca },
  });
  await using manager = await Manager.connect(at(server), {
    authKey: "k",
    tls: { ca, ...pair("client") },
  });
  assertEquals(await manager.objectCount(), 0);
  await assertRejects(() =>
    Manager.connect(at(server), { authKey: "k", tls: { ca, ...pair("stranger") } })
  );
});

Deno.test("Only one side speaks TLS: neither waits for ever, and others are served", async () => {
  await using server = new ManagerServer({ port: 0 }, {
    authKey: "k",
    tls: { ...pair("localhost"), handshakeTimeout: 500 },
  });
  await assertRejects(() => Manager.connect(at(server), { authKey: "k" }));
  await using plain = new ManagerServer({ port: 0 }, { authKey: "k" });
  await assertRejects(() =>
    Manager.connect(at(plain), { authKey: "k", tls: { ca, handshakeTimeout: 500 } })
  );
  await using manager = await Manager.connect(at(server), { authKey: "k", tls: { ca } });
  assertEquals(await manager.objectCount(), 0);
});

Deno.test("A server that is started speaks TLS with other programs", async () => {
  await using here = await Manager.start({ authKey: "k", tls: pair("localhost") });
  const dict = await here.dict({ a: 1 });
  const { port } = here.address as Deno.NetAddr;
  const address = { hostname: "localhost", port };
  await using there = await Manager.connect(address, { authKey: "k", tls: { ca } });
  assertEquals([await there.objectCount(), dict.getSync("a")], [1, 1]);
});

Deno.test("A server that is started asks for certificates if it is told to", async () => {
  const tls = { ...pair("localhost"), clientAuth: "require", ca } as const;
  await using here = await Manager.start({ authKey: "k", tls });
  const { port } = here.address as Deno.NetAddr;
  const address = { hostname: "localhost", port };
  await assertRejects(() => Manager.connect(address, { authKey: "k", tls: { ca } }));
  const shown = { ca, ...pair("client") };
  await using there = await Manager.connect(address, { authKey: "k", tls: shown });
  assertEquals(await there.objectCount(), 0);
});

Deno.test("TLS that cannot be spoken is refused", () => {
  assertThrows(
    () =>
      new ManagerServer({ port: 0 }, {
        authKey: "k",
        tls: { ...pair("localhost"), engine: "deno" },
      }),
    TypeError,
    "engine",
  );
});
