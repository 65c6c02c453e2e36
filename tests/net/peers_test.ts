// Real peers: nc, socat, openssl and Python on the other end.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  createConnection,
  createDatagramEndpoint,
  DatagramRequestHandler,
  openConnection,
  type Server,
  startServer,
  UdpServer,
} from "@ferry/std/net";
import { ca, fileOf, pair } from "./support/certs.ts";
import { eventually, freePort, has, Program } from "./support/programs.ts";
import { text } from "./support/source.ts";

const LONG = { timeout: 60_000 };
const PYTHON = "python3";

/** Answers each line in upper case. */
const upper = (options: Partial<Parameters<typeof startServer>[1]> = {}): Promise<Server> =>
  startServer(async ({ reader, writer }) => {
    for await (const line of reader.lines()) {
      writer.write(`${line.toUpperCase()}\n`);
      await writer.drain();
    }
  }, { port: 0, onError: () => {}, ...options } as Parameters<typeof startServer>[1]);

const portOf = (server: Server) => String((server.address as Deno.NetAddr).port);

async function talk(program: Program): Promise<void> {
  for (const line of ["hello", "from outside"]) {
    await program.write(`${line}\n`);
    assertEquals(await program.line(), line.toUpperCase());
  }
}

for (
  const [name, args] of [
    ["nc", (port: string) => ["127.0.0.1", port]],
    ["socat", (port: string) => ["-", `TCP:127.0.0.1:${port}`]],
  ] as const
) {
  Deno.test(`peer: ${name} as the client`, async () => {
    if (!await has(name)) return;
    await using server = await upper();
    await using client = new Program(name, ...args(portOf(server)));
    await talk(client);
  });
}

Deno.test("peer: socat as the client on a Unix socket, and as the server", async () => {
  if (!await has("socat", "-V")) return;
  const path = `${await Deno.makeTempDir()}/peer.sock`;
  await using _server = await upper({ path } as never);
  await using client = new Program("socat", "-", `UNIX-CONNECT:${path}`);
  await talk(client);

  const port = freePort();
  await using _cat = new Program("socat", `TCP-LISTEN:${port},bind=127.0.0.1,fork`, "EXEC:cat");
  await using connection = await eventually(() => openConnection({ hostname: "127.0.0.1", port }));
  const data = new Uint8Array(1 << 20).map((_, i) => i % 251);
  connection.writer.write(data);
  assertEquals(await connection.reader.readExactly(data.length, LONG), data);
});

Deno.test("peer: nc as the server", async () => {
  if (!await has("nc")) return;
  const port = freePort();
  await using nc = new Program("nc", "-l", "127.0.0.1", String(port));
  await using connection = await eventually(() => openConnection({ hostname: "127.0.0.1", port }));
  connection.writer.write("to nc\n");
  assertEquals(await nc.line(), "to nc");
  await nc.write("from nc\n");
  assertEquals(text(await connection.reader.readLine(LONG)), "from nc");
});

for (const version of ["-tls1_2", "-tls1_3"]) {
  Deno.test(`peer: openssl s_client ${version}, with and without a certificate`, async () => {
    if (!await has("openssl", "version")) return;
    const args = (server: Server, ...more: string[]) => [
      ...[
        "s_client",
        "-connect",
        `127.0.0.1:${portOf(server)}`,
        version,
        "-quiet",
        "-verify_quiet",
      ],
      ...["-CAfile", fileOf("ca.pem"), "-servername", "localhost", "-verify_return_error", ...more],
    ];
    {
      await using server = await upper({ tls: pair("localhost") });
      await using client = new Program("openssl", ...args(server));
      await talk(client);
    }
    await using server = await upper({ tls: { ...pair("localhost"), ca, clientAuth: "require" } });
    const cert = (name: string) => ["-cert", fileOf(`${name}.pem`), "-key", fileOf(`${name}.key`)];
    {
      await using client = new Program("openssl", ...args(server, ...cert("client")));
      await talk(client);
    }
    for (const refused of [[], cert("stranger")]) {
      await using client = new Program("openssl", ...args(server, ...refused));
      await client.write("hello\n").catch(() => {});
      assertEquals(await client.line(), undefined);
    }
  });

  Deno.test(`peer: openssl s_server ${version}, with and without our certificate`, async () => {
    if (!await has("openssl", "version")) return;
    for (const mutual of [false, true]) {
      const port = freePort();
      await using _server = new Program(
        "openssl",
        ...["s_server", "-accept", `127.0.0.1:${port}`, version, "-rev", "-quiet"],
        ...[
          "-cert",
          fileOf("localhost.pem"),
          "-key",
          fileOf("localhost.key"),
          "-CAfile",
          fileOf("ca.pem"),
        ],
        ...(mutual ? ["-Verify", "1", "-verify_return_error"] : []),
      );
      const tls = { ca, serverName: "localhost", ...(mutual ? pair("client") : {}) };
      const address = { hostname: "127.0.0.1", port };
      await using connection = await eventually(() => openConnection(address, { tls }));
      connection.writer.write("ferry\n");
      assertEquals(text(await connection.reader.readLine(LONG)), "yrref");
      if (mutual) {
        assertEquals(connection.tls?.version, version === "-tls1_2" ? "TLSv1.2" : "TLSv1.3");
      }
    }
  });
}

/** Runs a program of Python's; its output. */
async function python(code: string, ...args: string[]): Promise<string> {
  const command = new Deno.Command(PYTHON, {
    args: ["-c", code, ...args],
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  assert(success, text(stderr)!);
  return text(stdout)!;
}

Deno.test("peer: Python's socket and makefile as the client", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = await upper();
  const out = await python(
    `
import socket, sys
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s, s.makefile("rw") as f:
    for i in range(100):
        f.write(f"line {i}\\n"); f.flush()
        assert f.readline() == f"LINE {i}\\n"
    s.sendall(b"x" * 60000 + b"\\nand more\\n")
    assert f.readline() == "X" * 60000 + "\\n"
    assert f.readline() == "AND MORE\\n"
    s.shutdown(socket.SHUT_WR)
    assert f.read() == ""
print("ok")`,
    portOf(server),
  );
  assertEquals(out, "ok\n");
});

Deno.test("peer: Python's asyncio as the client, many at once, and in TLS", async () => {
  if (!await has(PYTHON, "--version")) return;
  const client = `
import asyncio, ssl, sys
async def one(i, context):
    r, w = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]), ssl=context, server_hostname="localhost" if context else None)
    for n in range(20):
        w.write(f"client {i} line {n}\\n".encode()); await w.drain()
        assert await r.readline() == f"CLIENT {i} LINE {n}\\n".encode()
    w.close(); await w.wait_closed()
async def main():
    context = ssl.create_default_context(cafile=sys.argv[2]) if len(sys.argv) > 2 else None
    await asyncio.gather(*(one(i, context) for i in range(20)))
    print("ok")
asyncio.run(main())`;
  await using plain = await upper();
  assertEquals(await python(client, portOf(plain)), "ok\n");
  await using secret = await upper({ tls: pair("localhost") });
  assertEquals(await python(client, portOf(secret), fileOf("ca.pem")), "ok\n");
});

Deno.test("peer: Python's asyncio as the server", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = new Program(
    PYTHON,
    "-c",
    `
import asyncio
async def handle(r, w):
    while line := await r.readline():
        w.write(line.upper()); await w.drain()
    w.close()
async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())`,
  );
  const port = Number(await server.line());
  await Promise.all(Array.from({ length: 20 }, async (_, i) => {
    await using connection = await openConnection({ hostname: "127.0.0.1", port });
    for (let n = 0; n < 20; n++) {
      connection.writer.write(`client ${i} line ${n}\n`);
      assertEquals(text(await connection.reader.readLine(LONG)), `CLIENT ${i} LINE ${n}`);
    }
    await connection.writer.writeEof();
    assertEquals(await connection.reader.readLine(LONG), null);
  }));
});

Deno.test("peer: Python's socketserver as the server, TCP and UDP", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = new Program(
    PYTHON,
    "-c",
    `
import socketserver, threading
class Tcp(socketserver.StreamRequestHandler):
    def handle(self):
        for line in self.rfile:
            self.wfile.write(line.upper())
class Udp(socketserver.DatagramRequestHandler):
    def handle(self):
        self.wfile.write(self.rfile.read().upper())
tcp = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tcp)
udp = socketserver.UDPServer(("127.0.0.1", 0), Udp)
print(tcp.server_address[1], udp.server_address[1], flush=True)
threading.Thread(target=udp.serve_forever, daemon=True).start()
tcp.serve_forever()`,
  );
  const [tcp, udp] = (await server.line())!.split(" ").map(Number);
  await using connection = await openConnection({ hostname: "127.0.0.1", port: tcp! });
  connection.writer.write("over tcp\n");
  assertEquals(text(await connection.reader.readLine(LONG)), "OVER TCP");
  using endpoint = await createDatagramEndpoint({ hostname: "127.0.0.1", port: 0 }, {
    remote: { hostname: "127.0.0.1", port: udp! },
  });
  await endpoint.send("over udp");
  assertEquals(text((await endpoint.receive(LONG)).data), "OVER UDP");
});

class Upper extends DatagramRequestHandler {
  override async handle(): Promise<void> {
    await this.reply(text(this.data)!.toUpperCase());
  }
}

Deno.test("peer: Python's socket as the client of a UdpServer", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = await UdpServer.start({ hostname: "127.0.0.1", port: 0 }, Upper);
  const out = await python(
    `
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(20)
for i in range(50):
    s.sendto(f"datagram {i}".encode(), ("127.0.0.1", int(sys.argv[1])))
    assert s.recv(100) == f"DATAGRAM {i}".encode()
print("ok")`,
    String((server.address as Deno.NetAddr).port),
  );
  assertEquals(out, "ok\n");
});

Deno.test("peer: a Python client that resets in the middle, and one that does not trust us", async () => {
  if (!await has(PYTHON, "--version")) return;
  const failed = Promise.withResolvers<unknown>();
  await using server = await startServer(async ({ reader, writer }) => {
    writer.write("go");
    await reader.readExactly(100);
  }, { port: 0, onError: failed.resolve });
  await python(
    `
import socket, struct, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
assert s.recv(2) == b"go"  # whoever resets before it is accepted is no connection
s.sendall(b"half")
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
s.close()`,
    portOf(server),
  );
  assert(await failed.promise instanceof Deno.errors.ConnectionReset, String(await failed.promise));
  await using secret = await upper({ tls: pair("localhost") });
  await assertRejects(() =>
    python(
      `
import socket, ssl, sys
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
ssl.create_default_context().wrap_socket(s, server_hostname="localhost")`,
      portOf(secret),
    )
  );
});

Deno.test("peer: Python's plain socket as the server, with its own buffer sizes and a half-closed end", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = new Program(
    PYTHON,
    "-c",
    `
import socket
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        s, _ = listener.accept()
        with s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16384)
            parts = []
            while data := s.recv(1000):
                parts.append(data)
            s.sendall(b"".join(parts)[::-1])`,
  );
  const port = Number(await server.line());
  for (const size of [1, 1000, 100_000]) {
    const data = new Uint8Array(size).map((_, i) => i * 7);
    await using socket = await createConnection({ hostname: "127.0.0.1", port });
    await socket.sendAll(data, LONG);
    await socket.shutdown("write");
    assertEquals(await socket.recvExactly(size, LONG), data.toReversed());
    assertEquals(await socket.recv(1, LONG), null);
  }
});

for (const version of ["TLSv1_2", "TLSv1_3"]) {
  Deno.test(`peer: Python's ssl as the server, ${version}, with certificates on both sides`, async () => {
    if (!await has(PYTHON, "--version")) return;
    await using server = new Program(
      PYTHON,
      "-c",
      `
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.minimum_version = context.maximum_version = ssl.TLSVersion.${version}
context.load_cert_chain(sys.argv[1], sys.argv[2])
context.load_verify_locations(sys.argv[3])
context.verify_mode = ssl.CERT_REQUIRED
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    while True:
        raw, _ = listener.accept()
        try:
            with context.wrap_socket(raw, server_side=True) as s:
                who = dict(pair[0] for pair in s.getpeercert()["subject"])["commonName"]
                s.sendall(f"{who} {s.version()}\\n".encode() + s.recv(100).upper())
                s.unwrap()
        except OSError:
            raw.close()`,
      fileOf("localhost.pem"),
      fileOf("localhost.key"),
      fileOf("ca.pem"),
    );
    const address = { hostname: "127.0.0.1", port: Number(await server.line()) };
    const tls = { ca, serverName: "localhost" };
    // Without a certificate, and with one of a stranger, there is nothing to be read.
    for (const mine of [{}, pair("stranger")]) {
      await assertRejects(async () => {
        await using refused = await openConnection(address, { tls: { ...tls, ...mine } });
        await refused.reader.readExactly(1, LONG);
      });
    }
    await using connection = await openConnection(address, { tls: { ...tls, ...pair("client") } });
    connection.writer.write("ferry");
    assertEquals(
      text(await connection.reader.readAll(LONG)),
      `a client ${version.replace("_", ".")}\nFERRY`,
    );
  });
}

Deno.test("peer: Python's asyncio goes on in TLS (start_tls), as the client and as the server", async () => {
  if (!await has(PYTHON, "--version")) return;
  await using server = await startServer(async (connection) => {
    for await (const line of connection.reader.lines()) {
      if (line !== "STARTTLS") {
        connection.writer.write(`${connection.tls ? "secret" : "plain"} ${line}\n`);
        continue;
      }
      connection.writer.write("go\n");
      await connection.startTls({ side: "server", ...pair("localhost") });
    }
  }, { port: 0 });
  await using python = new Program(
    PYTHON,
    "-c",
    `
import asyncio, ssl, sys
async def handle(r, w):
    w.write(b"plain " + await r.readline())
    await r.readline()
    w.write(b"go\\n")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    if hasattr(w, "start_tls"):
        await w.start_tls(context)
        w.write(b"secret " + await r.readline())
        await w.drain()
    w.close()
async def main():
    mine = await asyncio.start_server(handle, "127.0.0.1", 0)
    print(mine.sockets[0].getsockname()[1], int(hasattr(asyncio.StreamWriter, "start_tls")), flush=True)
    if hasattr(asyncio.StreamWriter, "start_tls"):
        r, w = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
        w.write(b"one\\n")
        assert await r.readline() == b"plain one\\n"
        w.write(b"STARTTLS\\n")
        assert await r.readline() == b"go\\n"
        await w.start_tls(ssl.create_default_context(cafile=sys.argv[2]), server_hostname="localhost")
        w.write(b"two\\n")
        assert await r.readline() == b"secret two\\n"
        w.close()
        print("ok", flush=True)
    await asyncio.sleep(60)
asyncio.run(main())`,
    portOf(server),
    fileOf("ca.pem"),
    fileOf("localhost.pem"),
    fileOf("localhost.key"),
  );
  const [port, able] = (await python.line())!.split(" ").map(Number);
  if (!able) return console.log("    skipped: this python3 has no StreamWriter.start_tls");
  assertEquals(await python.line(), "ok");
  await using client = await openConnection({ hostname: "127.0.0.1", port: port! });
  client.writer.write("one\n");
  assertEquals(text(await client.reader.readLine(LONG)), "plain one");
  client.writer.write("STARTTLS\n");
  assertEquals(text(await client.reader.readLine(LONG)), "go");
  await client.writer.startTls({ ca, serverName: "localhost" });
  client.writer.write("two\n");
  assertEquals(text(await client.reader.readLine(LONG)), "secret two");
});
