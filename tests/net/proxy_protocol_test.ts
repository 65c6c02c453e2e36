// The PROXY protocol: headers, whole and cut, true and false; servers behind a balancer.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  isTrusted,
  openConnection,
  parseProxyHeader,
  ProtocolError,
  type ProxyHeader,
  proxyHeaderOf,
  type ProxyProtocolOptions,
  startServer,
  TimeoutError,
} from "@ferry/std/net";
import { bytes, text } from "./support/source.ts";
import { ca, pair } from "./support/certs.ts";

const SIGNATURE = [13, 10, 13, 10, 0, 13, 10, 81, 85, 73, 84, 10];

/** A header of version 2 by hand: command and family, then what follows. */
function v2(command: number, family: number, body: number[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...SIGNATURE,
    command,
    family,
    body.length >> 8,
    body.length & 255,
    ...body,
  ]);
}
const ports = [0xdc, 0x04, 0x01, 0xbb]; // 56324, 443
const tcp4 = [192, 0, 2, 1, 192, 0, 2, 2, ...ports];
const tcp6 = [
  ...[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
  ...[0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2],
  ...ports,
];
const path = (name: string) => [...bytes(name), ...Array<number>(108 - name.length).fill(0)];

const from4 = { hostname: "192.0.2.1", port: 56324 };
const to4 = { hostname: "192.0.2.2", port: 443 };
const GOOD: [name: string, header: Uint8Array, source: unknown, destination: unknown][] = [
  ["v1 TCP4", bytes("PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n"), from4, to4],
  [
    "v1 TCP6",
    bytes("PROXY TCP6 2001:db8::1 ::1 1 65535\r\n"),
    { hostname: "2001:db8::1", port: 1 },
    { hostname: "::1", port: 65535 },
  ],
  ["v1 UNKNOWN", bytes("PROXY UNKNOWN ffff::1 whatever\r\n"), undefined, undefined],
  ["v2 TCP4", v2(0x21, 0x11, tcp4), from4, to4],
  [
    "v2 TCP6",
    v2(0x21, 0x21, tcp6),
    { hostname: "2001:db8::1", port: 56324 },
    { hostname: "2001:db8::2", port: 443 },
  ],
  ["v2 Unix", v2(0x21, 0x31, [...path("/a"), ...path("/b")]), { path: "/a" }, { path: "/b" }],
  ["v2 LOCAL", v2(0x20, 0x00, []), undefined, undefined],
  ["v2 with values", v2(0x21, 0x11, [...tcp4, 1, 0, 2, 104, 50, 4, 0, 0]), from4, to4],
];

for (const [name, header, source, destination] of GOOD) {
  Deno.test(`parseProxyHeader() reads ${name}, whole, cut at each byte, and with more behind it`, () => {
    const more = Uint8Array.from([...header, ...header]);
    const found = parseProxyHeader(more) as ProxyHeader;
    assertEquals([found.source, found.destination, found.length], [
      source,
      destination,
      header.length,
    ]);
    for (let end = 1; end < header.length; end++) {
      const needed = parseProxyHeader(header.subarray(0, end));
      assert(
        typeof needed === "number" && needed > end && needed <= header.length,
        `${needed} at ${end}`,
      );
    }
    if (name.includes("values")) assertEquals(text(found.values.get(1)), "h2");
  });
}

const BAD: [name: string, header: Uint8Array][] = [
  ["a v1 line without CR", bytes("PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n")],
  ["a v1 line of more than 107 bytes", bytes("PROXY TCP4 " + "1".repeat(120))],
  ["an IPv4 address out of range", bytes("PROXY TCP4 192.0.2.256 192.0.2.2 1 2\r\n")],
  ["IPv6 under TCP4", bytes("PROXY TCP4 ::1 ::2 1 2\r\n")],
  ["no address", bytes("PROXY TCP6 x::y ::2 1 2\r\n")],
  ["a port too large", bytes("PROXY TCP4 1.1.1.1 1.1.1.1 65536 2\r\n")],
  ["a port with a zero in front", bytes("PROXY TCP4 1.1.1.1 1.1.1.1 01 2\r\n")],
  ["a part too many", bytes("PROXY TCP4 1.1.1.1 1.1.1.1 1 2 3\r\n")],
  ["UDP in v1", bytes("PROXY UDP4 1.1.1.1 1.1.1.1 1 2\r\n")],
  ["version 3", v2(0x31, 0x11, tcp4)],
  ["command 2", v2(0x22, 0x11, tcp4)],
  ["an address family that is not known", v2(0x21, 0x41, tcp4)],
  ["addresses that are cut off", v2(0x21, 0x11, tcp4.slice(1))],
  ["a value that is cut off", v2(0x21, 0x11, [...tcp4, 1, 0, 9, 1])],
  ["a wrong checksum", v2(0x21, 0x11, [...tcp4, 3, 0, 4, 1, 2, 3, 4])],
  ["an announced length of 65,535", Uint8Array.from([...SIGNATURE, 0x21, 0x11, 255, 255])],
];
for (const [name, header] of BAD) {
  Deno.test(`parseProxyHeader() refuses ${name}`, () => {
    assertThrows(() => parseProxyHeader(header), ProtocolError, "no PROXY header");
  });
}

Deno.test("parseProxyHeader() accepts the checksum that CRC-32C gives", () => {
  const header = v2(0x21, 0x11, [...tcp4, 3, 0, 4, 0, 0, 0, 0]);
  let crc = 0xffffffff;
  for (const byte of header) {
    for (let bit = 0, low = byte; bit < 8; bit++, low >>= 1) {
      crc = (crc ^ low) & 1 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
    }
  }
  new DataView(header.buffer).setUint32(header.length - 4, (crc ^ 0xffffffff) >>> 0);
  assertEquals((parseProxyHeader(header) as ProxyHeader).source, from4);
});

Deno.test("parseProxyHeader() lets alone what does not begin as a header", () => {
  for (const start of ["GET / HTTP/1.1\r\n", "PROXYX", "\r\n\r\n\0\r\nQUIX", "\x16\x03\x01"]) {
    assertEquals(parseProxyHeader(bytes(start)), undefined);
  }
});

Deno.test("isTrusted() knows addresses and networks of both families", () => {
  const inet = (hostname: string) => ({ hostname, port: 1 });
  assert(isTrusted(inet("10.1.2.3"), ["10.0.0.0/8"]));
  assert(!isTrusted(inet("11.1.2.3"), ["10.0.0.0/8"]));
  assert(isTrusted(inet("::ffff:10.1.2.3"), ["10.0.0.0/8"]));
  assert(isTrusted(inet("2001:db8::5"), ["2001:db8::/32"]));
  assert(!isTrusted(inet("2001:db9::5"), ["2001:db8::/32"]));
  assert(isTrusted(inet("127.0.0.1"), ["0.0.0.0/0"]));
  assert(!isTrusted(inet("::1"), ["0.0.0.0/0"]));
  assert(isTrusted({ path: null }, ["unix"]) && !isTrusted({ path: null }, ["::/0"]));
  assertThrows(() => isTrusted(inet("::1"), ["::1/129"]), RangeError);
  assertThrows(() => isTrusted(inet("::1"), ["localhost"]), TypeError);
});

/** Sends bytes to a server with these options; what it answers: who it thinks we are, and our first line. */
async function ask(
  proxyProtocol: ProxyProtocolOptions,
  send: Uint8Array | string,
  pieces = 1,
): Promise<{ answer: string | null | undefined; errors: unknown[] }> {
  const errors: unknown[] = [];
  await using server = await startServer(async (connection) => {
    const { reader, writer, remoteAddress } = connection;
    const line = text(await reader.readLine());
    writer.write(JSON.stringify([remoteAddress, line, proxyHeaderOf(connection)?.version]));
  }, { port: 0, proxyProtocol, onError: (error) => errors.push(error) });
  await using client = await openConnection(server.address);
  const data = typeof send === "string" ? bytes(send) : send;
  const size = Math.ceil(data.length / pieces);
  for (let at = 0; at < data.length; at += size) {
    client.writer.write(data.subarray(at, at + size));
    await client.writer.flush();
    if (pieces > 1) await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const answer = text(await client.reader.readAll({ timeout: 10_000 }).catch(() => null));
  return { answer, errors };
}

const trusted = ["127.0.0.0/8"];
const HEADER = "PROXY TCP4 192.0.2.1 192.0.2.2 56324 443\r\n";

Deno.test("a server behind a balancer sees the client, with the header and the first line in one piece or many", async () => {
  for (const pieces of [1, 3, 45]) {
    const { answer } = await ask({ mode: "require", trusted }, `${HEADER}hello\n`, pieces);
    assertEquals(answer, JSON.stringify([from4, "hello", 1]));
  }
  const both = Uint8Array.from([...v2(0x21, 0x11, tcp4), ...bytes("hello\n")]);
  const { answer } = await ask({ mode: "require", trusted }, both);
  assertEquals(answer, JSON.stringify([from4, "hello", 2]));
});

Deno.test('proxyProtocol "require" refuses a connection without a header, and one from a stranger', async () => {
  const none = await ask({ mode: "require", trusted }, "GET / HTTP/1.1\n");
  assertEquals([none.answer || null, none.errors[0] instanceof ProtocolError], [null, true]);
  const stranger = await ask({ mode: "require", trusted: ["10.0.0.0/8"] }, `${HEADER}hello\n`);
  assertEquals([stranger.answer || null, stranger.errors[0] instanceof ProtocolError], [
    null,
    true,
  ]);
});

Deno.test('proxyProtocol "accept" takes a connection without a header, and believes no stranger', async () => {
  const none = await ask({ mode: "accept", trusted }, "hello\n");
  assertEquals(JSON.parse(none.answer!)[1], "hello");
  const stranger = await ask({ mode: "accept", trusted: ["10.0.0.0/8"] }, `${HEADER}hello\n`);
  assertEquals(JSON.parse(stranger.answer!)[0].hostname, "127.0.0.1");
  assertEquals(JSON.parse(stranger.answer!)[1], HEADER.trimEnd());
});

Deno.test("a balancer that sends half a header is thrown out in time", async () => {
  const { errors } = await ask({ mode: "require", trusted, timeout: 50 }, "PROXY TCP4 192");
  assert(errors[0] instanceof TimeoutError, String(errors[0]));
});

Deno.test("a header, and the client's TLS handshake right behind it in one piece", async () => {
  await using server = await startServer(
    ({ writer, remoteAddress, tls }) => writer.write(JSON.stringify([remoteAddress, tls?.side])),
    {
      port: 0,
      proxyProtocol: { mode: "require", trusted },
      tls: pair("localhost"),
      onError: () => {},
    },
  );
  // A balancer that puts its header into the client's first segment.
  await using balancer = await startServer(async (client) => {
    await using upstream = await openConnection(server.address);
    const first = (await client.reader.read())!;
    upstream.writer.write(Uint8Array.from([...bytes(HEADER), ...first]));
    await Promise.all([pipe(client, upstream), pipe(upstream, client)]);
  }, { port: 0, onError: () => {} });
  const { port } = balancer.address as Deno.NetAddr;
  await using client = await openConnection({ hostname: "localhost", port }, { tls: { ca } });
  assertEquals(
    text(await client.reader.readAll({ timeout: 10_000 })),
    JSON.stringify([from4, "server"]),
  );
});

type Ends = Awaited<ReturnType<typeof openConnection>>;
async function pipe(from: Ends, to: Ends): Promise<void> {
  try {
    for await (const chunk of from.reader) {
      to.writer.write(chunk);
      await to.writer.drain();
    }
    await to.writer.writeEof();
  } catch {
    to.abort();
  }
}

Deno.test("a list of balancers that is none is refused when the server starts", async () => {
  await assertRejects(
    () =>
      startServer(() => {}, {
        port: 0,
        proxyProtocol: { mode: "require", trusted: ["10.0.0.0/33"] },
      }),
    RangeError,
  );
});

Deno.test("a balancer may have all the time there is for its header", async () => {
  const proxyProtocol: ProxyProtocolOptions = { mode: "require", trusted, timeout: Infinity };
  const { answer, errors } = await ask(proxyProtocol, `${HEADER}hello\n`, 45);
  assertEquals([answer, errors], [JSON.stringify([from4, "hello", 1]), []]);
});
