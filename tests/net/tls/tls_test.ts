// TLS: on both sides, from the start and in the middle, with certificates for both.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  BusyError,
  openConnection,
  ProtocolError,
  type Server,
  type ServerOptions,
  startServer,
  type StreamConnection,
  TimeoutError,
  type TlsClientOptions,
  TlsError,
  type TlsServerOptions,
} from "@ferry/std/net";
import { text } from "../support/source.ts";
import { ca, pair } from "../support/certs.ts";

const serverTls = pair("localhost");
const silent: Partial<ServerOptions> = { onError: () => {} };

/** A server that tells what it knows, then echoes lines. */
function start(tls: TlsServerOptions, options: Partial<ServerOptions> = {}): Promise<Server> {
  return startServer(async ({ reader, writer, tls }) => {
    writer.write(
      `${tls?.alpn ?? "-"} ${tls?.peerCertificate?.subject ?? "-"} ${tls?.serverName ?? "-"}\n`,
    );
    for await (const line of reader.lines()) writer.write(`${line}\n`);
  }, { port: 0, tls, ...silent, ...options });
}

const addressOf = (server: Server) => ({
  hostname: "localhost",
  port: (server.address as Deno.NetAddr).port,
});

async function greeting(server: Server, tls: TlsClientOptions): Promise<string> {
  await using client = await openConnection(addressOf(server), { tls: { ca, ...tls } });
  const first = text(await client.reader.readLine())!;
  client.writer.write("echo\n");
  assertEquals(text(await client.reader.readLine()), "echo");
  return first;
}

for (const engine of ["node", "deno"] as const) {
  Deno.test(`TLS: the engine "${engine}" speaks it, with ALPN`, async () => {
    await using server = await start({ ...serverTls, engine, alpn: ["one", "two"] });
    assertEquals((await greeting(server, { alpn: ["two"] })).split(" ")[0], "two");
    await using client = await openConnection(addressOf(server), { tls: { ca, alpn: ["one"] } });
    assertEquals([client.tls?.alpn, client.tls?.side], ["one", "client"]);
  });
}

Deno.test('TLS: the engine "deno" refuses what it cannot do', async () => {
  for (const options of [{ sni: () => undefined }, { clientAuth: "require", ca }] as const) {
    await assertRejects(() => start({ ...serverTls, engine: "deno", ...options }), TypeError);
  }
});

Deno.test("TLS: a certificate of a stranger and a wrong name are refused, unless that is wished", async () => {
  await using server = await start(serverTls);
  const open = (tls: TlsClientOptions) => openConnection(addressOf(server), { tls });
  await assertRejects(() => open({}), TlsError, "UnknownIssuer");
  await assertRejects(() => open({ ca, serverName: "other.example" }), TlsError);
  await (await open({ ca, serverName: "other.example", verify: "chain" })).close();
  const anyone = await open({ verify: "none", serverName: "other.example" });
  assertEquals(anyone.tls?.version, "TLSv1.3");
  await anyone.close();
});

Deno.test("TLS: node's on the client refuses a wrong name and a stranger's certificate too", async () => {
  await using server = await start(serverTls);
  const mine = pair("client");
  const open = (tls: TlsClientOptions) =>
    openConnection(addressOf(server), { tls: { ...mine, ...tls } });
  await assertRejects(() => open({ ca, serverName: "other.example" }), TlsError);
  await assertRejects(() => open({}), TlsError);
  await using client = await open({ ca });
  assert(client.tls?.peerCertificate?.altNames.includes("DNS:localhost"));
});

for (const clientAuth of ["require", "request"] as const) {
  Deno.test(`TLS: clientAuth "${clientAuth}" lets in whom an authority of ours has signed, and no stranger`, async () => {
    await using server = await start({ ...serverTls, clientAuth, ca, alpn: ["x"] });
    assertEquals(
      await greeting(server, { ...pair("client"), alpn: ["x"] }),
      "x CN=a client localhost",
    );
    await assertRejects(() => greeting(server, pair("stranger")));
    if (clientAuth === "require") await assertRejects(() => greeting(server, {}));
    else assertEquals(await greeting(server, {}), "- - localhost");
  });
}

Deno.test("TLS: a certificate by the name the client asks for (SNI)", async () => {
  await using server = await start({
    ...serverTls,
    sni: (name) => name === "other.example" ? pair("other") : undefined,
  });
  assertEquals(await greeting(server, {}), "- - localhost");
  assertEquals(await greeting(server, { serverName: "other.example" }), "- - other.example");
});

Deno.test("TLS: a client that says nothing is thrown out, and holds up nobody", async () => {
  const failed = Promise.withResolvers<unknown>();
  await using server = await start({ ...serverTls, handshakeTimeout: 100 }, {
    onError: failed.resolve,
  });
  await using mute = await openConnection(addressOf(server));
  assertEquals(await greeting(server, {}), "- - localhost");
  assert(await failed.promise instanceof TimeoutError);
  const end = await mute.reader.read(1, { timeout: 10_000 }).catch((error) => error);
  assert(end === null || end instanceof Deno.errors.ConnectionReset, String(end));
});

for (const engine of ["node", "deno"] as const) {
  Deno.test(`TLS: garbage instead of a handshake is a TlsError with the engine "${engine}"`, async () => {
    const failed = Promise.withResolvers<unknown>();
    await using server = await start({ ...serverTls, engine }, { onError: failed.resolve });
    await using client = await openConnection(addressOf(server));
    client.writer.write("GET / HTTP/1.1\r\n\r\n".repeat(4));
    assert(await failed.promise instanceof TlsError, String(await failed.promise));
  });
}

Deno.test("TLS on a Unix socket", async () => {
  const path = `${await Deno.makeTempDir()}/tls.sock`;
  await using server = await startServer(({ writer }) => writer.write("hi"), {
    path,
    tls: serverTls,
  });
  await using client = await openConnection({ path }, { tls: { ca } });
  assertEquals(text(await client.reader.readAll()), "hi");
  assertEquals(server.address, { path });
});

/** A server of lines that goes on in TLS when asked. */
const upgrading = async (connection: StreamConnection) => {
  const { reader, writer } = connection;
  for await (const line of reader.lines()) {
    if (line !== "STARTTLS") {
      writer.write(`${connection.tls ? "secret" : "plain"} ${line}\n`);
      continue;
    }
    writer.write("go\n");
    await connection.startTls({ side: "server", ...serverTls });
  }
};

Deno.test("startTls() on both sides: the reader and the writer stay", async () => {
  await using server = await startServer(upgrading, { port: 0 });
  await using client = await openConnection(addressOf(server));
  const { reader, writer } = client;
  writer.write("a\nSTARTTLS\n");
  assertEquals(text(await reader.readLine()), "plain a");
  assertEquals(text(await reader.readLine()), "go");
  await writer.startTls({ ca, serverName: "localhost" });
  writer.write("b\n");
  assertEquals(text(await reader.readLine()), "secret b");
});

Deno.test("startTls() as a client refuses bytes that came before the handshake", async () => {
  await using server = await startServer(async ({ reader, writer }) => {
    await reader.readLine();
    writer.write("go\nyou have been promoted\n");
    await reader.read();
  }, { port: 0, ...silent });
  await using client = await openConnection(addressOf(server));
  client.writer.write("STARTTLS\n");
  assertEquals(text(await client.reader.readLine()), "go");
  await client.reader.peek();
  await assertRejects(
    () => client.startTls({ ca, serverName: "localhost" }),
    ProtocolError,
    "23 bytes came before the handshake",
  );
  assert(client.closed);
});

Deno.test("startTls() as a server feeds what came with the request to the handshake", async () => {
  // The client's hello, caught from a real handshake, comes in one piece with the line before it.
  const hello = await clientHello();
  await using server = await startServer(async (connection) => {
    assertEquals(text(await connection.reader.readLine()), "STARTTLS");
    assert(connection.reader.buffered > 0, "the hello was not sent along");
    await connection.startTls({ side: "server", ...serverTls });
  }, { port: 0, ...silent });
  await using client = await openConnection(addressOf(server));
  const both = new Uint8Array(9 + hello.length);
  both.set(new TextEncoder().encode("STARTTLS\n"));
  both.set(hello, 9);
  client.writer.write(both);
  const answer = await client.reader.readExactly(6, { timeout: 10_000 });
  assertEquals([answer[0], answer[5]], [22, 2], "a ServerHello was expected");
});

async function clientHello(): Promise<Uint8Array> {
  const caught = Promise.withResolvers<Uint8Array>();
  await using server = await startServer(
    async ({ reader }) => caught.resolve((await reader.read())!),
    { port: 0 },
  );
  await openConnection(addressOf(server), { tls: { ca } }).catch(() => {});
  return caught.promise;
}

Deno.test("startTls() while a read is pending is refused, the connection stays as it is", async () => {
  await using server = await startServer(upgrading, { port: 0 });
  await using client = await openConnection(addressOf(server));
  await assertRejects(() => client.reader.readLine({ timeout: 1 }), TimeoutError);
  await assertRejects(() => client.startTls({ ca }), BusyError);
  client.writer.write("still\n");
  assertEquals(text(await client.reader.readLine()), "plain still");
});

Deno.test("TLS: node's on the client takes an address where a name could be, and verifies it", async () => {
  await using server = await start(serverTls);
  const address = server.address as Deno.NetAddr;
  const mutual = { ca, ...pair("client") };
  await using client = await openConnection(address, { tls: mutual });
  await client.reader.readLine();
  await using stranger = await start(pair("other"));
  await assertRejects(() => openConnection(stranger.address, { tls: mutual }), TlsError);
  await using trusted = await openConnection(stranger.address, {
    tls: { ...mutual, verify: "chain" },
  });
  await trusted.reader.readLine();
});

Deno.test("startTls(): what is written meanwhile is refused, and nothing of it goes out in plain text", async () => {
  const refused: unknown[] = [];
  await using server = await startServer(async (connection) => {
    const { writer } = connection;
    writer.write("go\n");
    const upgraded = connection.startTls({ side: "server", ...serverTls });
    for (const attempt of [() => writer.write("secret\n"), () => connection.startTls({})]) {
      try {
        await attempt();
      } catch (error) {
        refused.push(error);
      }
    }
    await upgraded;
    writer.write("after\n");
  }, { port: 0, ...silent });
  await using client = await openConnection(addressOf(server));
  assertEquals(text(await client.reader.readLine()), "go");
  await client.startTls({ ca, serverName: "localhost" });
  assertEquals(text(await client.reader.readLine()), "after");
  assertEquals(refused.map((error) => error instanceof BusyError), [true, true]);
});

Deno.test("shutdown() lets a startTls that is under way come to its end", async () => {
  const begun = Promise.withResolvers<void>();
  await using server = await startServer(async (connection) => {
    const upgraded = connection.startTls({ side: "server", ...serverTls });
    begun.resolve();
    await upgraded;
    connection.writer.write("hello");
  }, { port: 0, ...silent });
  await using client = await openConnection(addressOf(server));
  await begun.promise;
  const down = server.shutdown({ grace: 20_000 });
  // Longer than the last call that a read between two messages is given.
  await new Promise((resolve) => setTimeout(resolve, 100));
  await client.startTls({ ca, serverName: "localhost" });
  assertEquals(text(await client.reader.readAll()), "hello");
  assertEquals(await down, { idle: 0, drained: 1, aborted: 0 });
});

Deno.test("openConnection(): a signal ends the handshake, with its own reason", async () => {
  using silentServer = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = silentServer.accept();
  for (const verify of ["full", "none"] as const) {
    const stop = new AbortController();
    const reason = new Error("not today");
    const call = openConnection(silentServer.addr as Deno.NetAddr, {
      tls: { verify, handshakeTimeout: 120_000 },
      signal: stop.signal,
    });
    const peer = await (verify === "full" ? accepted : silentServer.accept());
    await peer.read(new Uint8Array(1)); // the handshake has begun
    stop.abort(reason);
    assertEquals(await call.catch((error) => error), reason);
    peer.close();
  }
});

Deno.test("startServer() refuses a certificate that is none, another's key, and a clientAuth that is none", async () => {
  const wrong: [TlsServerOptions, string][] = [
    [{ ...serverTls, cert: "localhost.pem" }, "a certificate as PEM"],
    [{ ...serverTls, key: "localhost.key" }, "a private key as PEM"],
    [{ cert: serverTls.cert, key: pair("other").key }, "not the key of the certificate"],
    [
      { ...serverTls, ca, clientAuth: "required" as never },
      '"require" is needed, received required',
    ],
  ];
  for (const [tls, message] of wrong) {
    await assertRejects(() => start(tls), TypeError, message);
  }
  await using server = await startServer(async (connection) => {
    await connection.startTls({ side: "server", ...wrong[3]![0] });
    connection.writer.write("let in");
  }, { port: 0, ...silent });
  await using client = await openConnection(addressOf(server));
  await assertRejects(() => client.startTls({ ca, serverName: "localhost" }));
});
