// Mistakes of a beginner: what was given is no address, no handler, no certificate. The error says what is needed.
import { assert, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  bindProtocol,
  connectProtocol,
  createDatagramEndpoint,
  createServer,
  openConnection,
  serveProtocol,
  socketPair,
  startServer,
  StreamRequestHandler,
  Task,
  TcpServer,
  UdpServer,
  UnixServer,
} from "@ferry/std/net";
import { connect, Listener } from "@ferry/std/net/connection";
import { ca, pair } from "./support/certs.ts";

// deno-lint-ignore no-explicit-any
const any = (value: unknown) => value as any;
const LOOPBACK = { hostname: "127.0.0.1", port: 0 };

Deno.test("what is no address is refused, and the error has one that is", async () => {
  for (const address of [null, undefined, "127.0.0.1:80", 5, ["127.0.0.1", 80]]) {
    for (const open of [openConnection, connect, createServer, createDatagramEndpoint]) {
      const error = await assertRejects(() => open(any(address)), TypeError);
      assertStringIncludes(
        error.message,
        "needed an address, { hostname, port } or { path }, rece",
      );
    }
    assertThrows(() => new Listener(any(address)), TypeError, "needed an address, { hostname");
  }
});

Deno.test("a peer needs a host and a port: nothing stands for this machine", async () => {
  const wrong: [unknown, string][] = [
    [{ port: 80 }, 'needed a hostname such as "127.0.0.1", received undefined'],
    [{ host: "db.example", port: 80 }, "did you mean hostname instead of host?"],
    [{ hostname: "127.0.0.1" }, "needed a port from 1 to 65535, received undefined"],
    [{ hostname: "127.0.0.1", port: "80" }, 'needed a port from 1 to 65535, received "80"'],
  ];
  for (const [address, message] of wrong) {
    await assertRejects(() => openConnection(any(address)), TypeError, message);
    await assertRejects(() => connect(any(address)), TypeError, message);
  }
  for (const port of [0, -1, 65536, 1.5, NaN]) {
    await assertRejects(
      () => openConnection({ hostname: "127.0.0.1", port }),
      RangeError,
      `needed a port from 1 to 65535, received ${port}`,
    );
  }
});

Deno.test("a path that no socket can have is refused with its length", async () => {
  const path = "/tmp/" + "é".repeat(60);
  const message =
    "needed a path of 1 to 107 bytes (103 on macOS) without a zero byte in it, received";
  await assertRejects(() => openConnection({ path }), TypeError, `${message} one of 125`);
  await assertRejects(() => openConnection({ path: "" }), TypeError, `${message} one of 0`);
  await assertRejects(() => openConnection({ path: "a\0b" }), TypeError, `${message} one of 3`);
  await assertRejects(() => startServer(() => {}, { path }), TypeError, `${message} one of 125`);
  assertThrows(() => new Listener({ path }), TypeError, `${message} one of 125`);
});

Deno.test("a server without a handler does not start", async () => {
  for (const handler of [undefined, LOOPBACK, "export default"]) {
    await assertRejects(
      () => startServer(any(handler), LOOPBACK),
      TypeError,
      "Cannot start a server: needed a function that handles a connection, received",
    );
  }
});

Deno.test("a client's certificates and keys are PEM, not the names of files, and come in pairs", async () => {
  const { cert, key } = pair("client");
  const wrong: [object, string][] = [
    [
      { ca: "/etc/ssl/ca.pem" },
      'ca must be PEM, "-----BEGIN CERTIFICATE-----" and so on, received',
    ],
    [{ ca: [ca, key] }, 'ca must be PEM, "-----BEGIN CERTIFICATE-----" and so on, received'],
    [{ cert: "client.pem", key }, "cert must be PEM"],
    [{ cert, key: "secret" }, "key must be PEM"],
    [{ cert: key, key: cert }, "cert must be PEM"],
    [{ cert }, "cert and key are needed together, received cert"],
    [{ key }, "cert and key are needed together, received key"],
  ];
  await using server = await startServer(() => {}, LOOPBACK);
  const { hostname, port } = server.address as Deno.NetAddr;
  const [a, b] = socketPair();
  await using _a = a;
  await using _b = b;
  for (const [tls, message] of wrong) {
    const error = await assertRejects(
      () => openConnection({ hostname, port }, { tls: any(tls) }),
      TypeError,
      message,
    );
    assert(!error.message.includes("secret"));
    await assertRejects(() => connect({ hostname, port }, { tls: any(tls) }), TypeError, message);
    await assertRejects(() => a.connection.startTls(any(tls)), TypeError, message);
  }
});

Deno.test("what is no class, no factory and no work is refused before anything is opened", async () => {
  const arrow = () => {};
  for (const Handler of [undefined, LOOPBACK, arrow]) {
    const message = "needed a class that handles a";
    await assertRejects(() => TcpServer.start(LOOPBACK, any(Handler)), TypeError, message);
    await assertRejects(() => UdpServer.start(LOOPBACK, any(Handler)), TypeError, message);
  }
  await assertRejects(
    () => UnixServer.start(any(LOOPBACK), any(StreamRequestHandler)),
    TypeError,
    "Cannot start a server: needed the path of a socket, received undefined",
  );
  const factory = "needed a function that makes a protocol, received an object";
  await assertRejects(() => serveProtocol(any({}), LOOPBACK), TypeError, factory);
  await assertRejects(() => bindProtocol(any({}), LOOPBACK), TypeError, factory);
  await assertRejects(
    () => connectProtocol(any({}), { ...LOOPBACK, port: 9 }),
    TypeError,
    factory,
  );
  assertThrows(
    () => new Task(any(5)),
    TypeError,
    "needed a function that does the work, received 5",
  );
  const [a, b] = socketPair();
  await using _a = a;
  await using _b = b;
  await assertRejects(
    () => a.reader.readUntil(any(5)),
    TypeError,
    "needed text, bytes or an array",
  );
});

Deno.test("a datagram goes to an address, and is bytes or text", async () => {
  using endpoint = await createDatagramEndpoint(LOOPBACK);
  const shape = "Cannot send: needed an address, { hostname, port } or { path }, received";
  await assertRejects(() => endpoint.send("tea", any("127.0.0.1:9")), TypeError, shape);
  const bytes = "Cannot send: needed bytes or text, received an object";
  await assertRejects(() => endpoint.send(any({}), endpoint.address), TypeError, bytes);
});
