// Options of sockets: what the kernel has, asked through the C library, and by CPython from outside this process.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  connect,
  createConnection,
  createDatagramEndpoint,
  createServer,
  Listener,
  NetError,
  openConnection,
  socketPair,
  startServer,
  type StreamConnection,
  UdpSocket,
} from "@ferry/std/net";
import { getSocketOptions, getSockOpt, setSocketOptions, setSockOpt } from "@ferry/std/net/sockopt";
import { ca, pair } from "../support/certs.ts";
import { has } from "../support/programs.ts";
import { text } from "../support/source.ts";

const HERE = { hostname: "127.0.0.1", port: 0 };
const LONG = { timeout: 60_000 };
const linux = { ignore: Deno.build.os !== "linux" };

/** Both ends of a connection. */
async function ends(
  options: Parameters<typeof openConnection>[1] & object,
  use: (client: StreamConnection, server: StreamConnection) => void | Promise<void>,
): Promise<void> {
  const accepted = Promise.withResolvers<StreamConnection>();
  const over = Promise.withResolvers<void>();
  const { tls, localAddress: _, ...rest } = options;
  await using server = await startServer((connection) => {
    accepted.resolve(connection);
    return over.promise;
  }, { port: 0, ...rest, ...(tls ? { tls: pair("localhost") } : {}) });
  await using client = await openConnection(server.address, options);
  try {
    await use(client, await accepted.promise);
  } finally {
    over.resolve();
  }
}

for (const noDelay of [undefined, true, false]) {
  for (const keepAlive of [undefined, true, false]) {
    Deno.test(
      `noDelay ${noDelay} and keepAlive ${keepAlive} reach the kernel on both sides`,
      linux,
      async () => {
        await ends({ noDelay, keepAlive }, (...both) => {
          for (const each of both) {
            const seen = getSocketOptions(each);
            assertEquals([seen.noDelay, seen.keepAlive], [noDelay ?? true, keepAlive ?? false]);
          }
        });
      },
    );
  }
}

Deno.test(
  "noDelay and keepAlive reach the kernel by every way to connect and to accept",
  linux,
  async () => {
    const wanted = { noDelay: false, keepAlive: true };
    const check = (...owners: Parameters<typeof getSocketOptions>[0][]) => {
      for (const each of owners) {
        const { noDelay, keepAlive } = getSocketOptions(each);
        assertEquals({ noDelay, keepAlive }, wanted);
      }
    };
    await ends({ ...wanted, tls: { ca, serverName: "localhost" } }, (...both) => check(...both));
    // These go through node:net.
    await ends({ ...wanted, localAddress: { hostname: "127.0.0.1" } }, (...both) => check(...both));
    const started = Promise.withResolvers<StreamConnection>();
    await using shared = await startServer((connection) => {
      started.resolve(connection);
      return connection.reader.read();
    }, { port: 0, reusePort: true, ...wanted });
    await using _client = await openConnection(shared.address);
    check(await started.promise);
    {
      using listener = await createServer(HERE, wanted);
      await using client = await createConnection(listener.address, wanted);
      await using server = await listener.accept(LONG);
      check(client, server);
    }
    using listener = new Listener({ port: 0 }, wanted);
    using client = await connect(listener.address, wanted);
    using server = await listener.accept(LONG);
    check(client, server);
  },
);

Deno.test(
  "setSocketOptions() sets what getSocketOptions() reads, and accepted sockets have their listener's",
  linux,
  async () => {
    using listener = await createServer(HERE);
    setSocketOptions(listener, {
      keepAlive: true,
      keepIdle: 7500,
      keepInterval: 3000,
      keepCount: 4,
      userTimeout: 12_345,
      linger: 2000,
      sendBuffer: 20_000,
      receiveBuffer: 30_000,
    });
    const expected = {
      keepAlive: true,
      keepIdle: 8000,
      keepInterval: 3000,
      keepCount: 4,
      userTimeout: 12_345,
      linger: 2000,
      sendBuffer: 40_000,
      receiveBuffer: 60_000,
      reuseAddress: true,
    };
    const { noDelay: _, ...own } = getSocketOptions(listener);
    assertEquals(own, expected);
    await using client = await createConnection(listener.address);
    await using server = await listener.accept(LONG);
    assertEquals(getSocketOptions(server), { ...expected, noDelay: true });
    setSocketOptions(server, { linger: null, keepAlive: false, reuseAddress: false });
    const { linger, keepAlive, reuseAddress } = getSocketOptions(server);
    assertEquals([linger, keepAlive, reuseAddress], [null, false, false]);
    // The other end is another socket.
    assertEquals(getSocketOptions(client).userTimeout, 0);
    await client.sendAll("still works");
    assertEquals(text(await server.recvExactly(11, LONG)), "still works");
  },
);

Deno.test("a small receive buffer holds a sender back sooner", linux, async () => {
  const room = async (options: Parameters<typeof setSocketOptions>[1]) => {
    using listener = await createServer(HERE);
    setSocketOptions(listener, options);
    await using client = await createConnection(listener.address);
    await using server = await listener.accept(LONG);
    setSocketOptions(client, options);
    // What the kernels of both sides take while nobody reads.
    await assertRejects(() => client.sendAll(new Uint8Array(64 << 20), { timeout: 300 }));
    const taken = client.connection.bytesSent;
    client.abort();
    server.abort();
    return taken;
  };
  const small = await room({ sendBuffer: 8192, receiveBuffer: 8192 });
  const large = await room({ sendBuffer: 200_000, receiveBuffer: 200_000 });
  assert(small * 2 < large, `${small} and ${large} bytes were taken`);
});

Deno.test("getSockOpt() and setSockOpt() take names, numbers, and bytes", linux, async () => {
  using listener = await createServer(HERE);
  assertEquals(getSockOpt(listener, "SO_ACCEPTCONN"), 1);
  setSockOpt(listener, "SO_PRIORITY", 3);
  assertEquals(getSockOpt(listener, [1, 12]), 3);
  const congestion = new TextDecoder().decode(getSockOpt(listener, "TCP_CONGESTION", 16));
  assert(/^[a-z]+\0*$/.test(congestion), congestion);
  setSockOpt(listener, "TCP_CONGESTION", new TextEncoder().encode(congestion.replace(/\0.*/, "")));
  setSockOpt(listener, "SO_LINGER", new Uint8Array(new Int32Array([1, 5]).buffer));
  assertEquals(getSocketOptions(listener).linger, 5000);
});

Deno.test("datagram sockets have options, too", linux, async () => {
  using endpoint = await createDatagramEndpoint(HERE, { broadcast: false });
  setSocketOptions(endpoint, { receiveBuffer: 50_000 });
  const seen = getSocketOptions(endpoint);
  assertEquals([seen.receiveBuffer, seen.noDelay, seen.userTimeout], [
    100_000,
    undefined,
    undefined,
  ]);
  using socket = await UdpSocket.bind(HERE);
  setSockOpt(socket, "SO_BROADCAST", 1);
  assertEquals(getSockOpt(socket, "SO_BROADCAST"), 1);
});

Deno.test("IPv6, and IPv4 that came to an IPv6 listener, are found", linux, async () => {
  let listener;
  try {
    listener = await createServer({ hostname: "::", port: 0 });
  } catch {
    console.log("    skipped: there is no IPv6");
    return;
  }
  using _listener = listener;
  const { port } = listener.address as Deno.NetAddr;
  for (const hostname of ["127.0.0.1", "::1"]) {
    await using client = await createConnection({ hostname, port });
    await using server = await listener.accept(LONG);
    setSocketOptions(client, { userTimeout: 1111 });
    setSocketOptions(server, { userTimeout: 2222 });
    assertEquals(getSocketOptions(client).userTimeout, 1111);
    assertEquals(getSocketOptions(server).userTimeout, 2222);
  }
});

Deno.test("Deno's own connections and listeners have options, too", linux, async () => {
  using listener = Deno.listen(HERE);
  using client = await Deno.connect({ port: listener.addr.port, hostname: "127.0.0.1" });
  using server = await listener.accept();
  setSocketOptions(server, { keepIdle: 9000 });
  assertEquals(getSocketOptions(server).keepIdle, 9000);
  assertEquals(getSocketOptions(client).noDelay, false);
  assertEquals(getSocketOptions(listener).reuseAddress, true);
});

Deno.test(
  "setSocketOptions(): what is no option, or has no socket, is refused and says why",
  linux,
  async () => {
    using listener = await createServer(HERE);
    const wrong = (options: unknown) => setSocketOptions(listener, options as never);
    assertThrows(() => wrong({ keepAlive: 1 }), TypeError, "Cannot set keepAlive: a boolean");
    assertThrows(() => wrong({ keepIdle: "1" }), TypeError, "received string");
    assertThrows(() => wrong({ keepCount: 1.5 }), RangeError, "received 1.5");
    assertThrows(() => wrong({ sendBuffer: -1 }), RangeError, "received -1");
    assertThrows(() => wrong({ userTimeout: Infinity }), RangeError);
    // All are looked at before the first is set.
    assertThrows(() => wrong({ userTimeout: 77, keepCount: NaN }), RangeError);
    assertEquals(getSocketOptions(listener).userTimeout, 0);
    const refused = assertThrows(
      () => wrong({ keepCount: 100_000 }),
      NetError,
      "refused TCP_KEEPCNT",
    );
    assertEquals(refused.code, "EINVAL");
    assertThrows(() => getSockOpt(listener, "SO_NOTHING" as never), TypeError, "SO_NOTHING");
    assertThrows(() => getSockOpt({} as never, "SO_ERROR"), TypeError, "without an address");
    const [a, b] = socketPair();
    assertThrows(() => getSocketOptions(a), Deno.errors.NotSupported, "no address");
    a.close();
    b.close();
    listener.close();
    assertThrows(() => getSocketOptions(listener), NetError, "no open socket");
  },
);

Deno.test(
  "without --allow-ffi the error names it",
  { ...linux, permissions: { net: true } },
  async () => {
    using listener = await createServer(HERE);
    assertThrows(() => getSocketOptions(listener), Deno.errors.NotCapable, "--allow-ffi is needed");
  },
);

Deno.test("with --allow-ffi alone beside the network, options work", {
  ...linux,
  permissions: { net: true, ffi: true },
}, async () => {
  using listener = await createServer(HERE);
  setSocketOptions(listener, { keepAlive: true });
  assert(getSocketOptions(listener).keepAlive);
});

Deno.test(
  "peer: CPython, given the descriptors, reads the same options of our sockets",
  linux,
  async () => {
    if (!await has("python3", "--version")) return;
    // It duplicates the sockets of this process with pidfd_getfd(2): no code of ours has a part in it.
    const program = `
import ctypes, json, os, socket, sys
libc = ctypes.CDLL(None, use_errno=True)
pid, local, remote = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
pidfd = libc.syscall(434, pid, 0)
for name in os.listdir(f"/proc/{pid}/fd") if pidfd >= 0 else []:
    fd = libc.syscall(438, pidfd, int(name), 0)
    if fd < 0:
        if ctypes.get_errno() == 1: sys.exit(77)
        continue
    try:
        s = socket.socket(fileno=fd)
        found = s.family == socket.AF_INET and s.getsockname()[1] == local and s.getpeername()[1] == remote
    except OSError:  # no socket, or one that is not connected
        continue
    if found:
        t = socket.IPPROTO_TCP
        print(json.dumps([s.getsockopt(t, o) for o in (socket.TCP_NODELAY, socket.TCP_KEEPIDLE, socket.TCP_USER_TIMEOUT)]
            + [s.getsockopt(socket.SOL_SOCKET, o) for o in (socket.SO_KEEPALIVE, socket.SO_SNDBUF, socket.SO_RCVBUF)]))
        sys.exit(0)
sys.exit(77 if pidfd < 0 else 1)`;
    const look = async ({ localAddress, remoteAddress }: StreamConnection) => {
      const ports = [localAddress, remoteAddress].map((each) =>
        String((each as Deno.NetAddr).port)
      );
      const { code, stdout, stderr } = await new Deno.Command("python3", {
        args: ["-c", program, String(Deno.pid), ...ports],
      }).output();
      if (code === 77) return undefined;
      assertEquals(code, 0, text(stderr)!);
      return JSON.parse(text(stdout)!) as number[];
    };
    await ends({ keepAlive: true }, async (client, server) => {
      setSocketOptions(server, { keepIdle: 21_000, userTimeout: 4321, sendBuffer: 11_000 });
      const seen = await look(server);
      if (seen === undefined) return console.log("    skipped: pidfd_getfd is not allowed here");
      const { receiveBuffer } = getSocketOptions(server);
      assertEquals(seen, [1, 21, 4321, 1, 22_000, receiveBuffer]);
      assertEquals((await look(client))!.slice(0, 4), [1, 7200, 0, 1]);
    });
  },
);
