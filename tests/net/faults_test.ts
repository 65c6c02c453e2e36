// Everything that goes wrong on a network, once each.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  AddressInUseError,
  BrokenPipeError,
  ClosedError,
  ConnectionResetError,
  createConnection,
  createServer,
  FramedConnection,
  IncompleteReadError,
  LengthPrefixed,
  LimitOverrunError,
  NetError,
  openConnection,
  type Server,
  type ServerOptions,
  socketPair,
  startServer,
  type StreamConnection,
  TimeoutError,
} from "@ferry/std/net";
import { connectBreaker } from "./support/reset.ts";
import { bytes, text } from "./support/source.ts";

const LONG = { timeout: 60_000 };
const HERE = { hostname: "127.0.0.1", port: 0 };

/** A server whose one handler's result can be awaited. */
async function once<T>(
  handle: (connection: StreamConnection) => Promise<T>,
  options: Partial<ServerOptions> = {},
): Promise<{ server: Server; result: Promise<T> }> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  promise.catch(() => {});
  const server = await startServer(
    (connection) => handle(connection).then(resolve, reject),
    { port: 0, ...options },
  );
  return { server, result: promise };
}

const frame = new LengthPrefixed({ maxLength: 1 << 20 });
const recv = (connection: StreamConnection) => new FramedConnection(connection, frame).recv(LONG);

for (
  const [where, sent] of [["in the head", "\0\0"], ["in the payload", "\0\0\0\x09abc"]] as const
) {
  Deno.test(`a peer that resets the connection ${where} of a frame: ConnectionResetError`, async () => {
    const { server, result } = await once(async (connection) => {
      await connection.reader.peek(sent.length);
      arrived.resolve();
      return await recv(connection);
    });
    await using _server = server;
    const arrived = Promise.withResolvers<void>();
    const peer = await connectBreaker(server.address);
    await peer.write(sent);
    await arrived.promise;
    peer.reset();
    await assertRejects(() => result, ConnectionResetError);
  });

  Deno.test(`a peer that finishes ${where} of a frame: IncompleteReadError with what there was`, async () => {
    const { server, result } = await once(recv);
    await using _server = server;
    await using peer = await openConnection(server.address);
    peer.writer.write(sent);
    await peer.writer.writeEof();
    const error = await assertRejects(() => result, IncompleteReadError);
    assertEquals(text(error.partial), sent);
  });
}

Deno.test("a frame announced with 2 GiB is refused when its head has arrived, and nothing is allocated", async () => {
  const { server, result } = await once(recv);
  await using _server = server;
  await using peer = await openConnection(server.address);
  const before = Deno.memoryUsage().external;
  peer.writer.write(Uint8Array.of(0x7f, 0xff, 0xff, 0xff));
  const error = await assertRejects(
    () => result,
    LimitOverrunError,
    "2147483647 bytes was announced",
  );
  assertEquals([error.consumed, error.limit], [2147483647, 1 << 20]);
  assert(Deno.memoryUsage().external - before < 64 << 20);
});

Deno.test("a line of 64 KiB and one byte is refused the same in one piece and byte by byte", async () => {
  const outcomes: string[] = [];
  for (const size of [100_000, 1000, 1]) {
    const { server, result } = await once((connection) => connection.reader.readLine(LONG));
    await using _server = server;
    await using peer = await openConnection(server.address);
    const line = bytes("x".repeat(65537) + "\n");
    for (let at = 0; at < line.length; at += size) {
      peer.writer.write(line.subarray(at, at + size));
      await peer.writer.flush();
    }
    outcomes.push(
      (await assertRejects(() => result, LimitOverrunError)).message.replace(/\d+\.\S+ \(.*\)/, ""),
    );
  }
  assertEquals(new Set(outcomes).size, 1, outcomes.join());
});

Deno.test("a peer that reads nothing: the writer keeps no more than its high water and one message", async () => {
  const most = { buffered: 0 };
  const { server, result } = await once(async ({ writer }) => {
    const message = new Uint8Array(10_000);
    for (;;) {
      writer.write(message);
      most.buffered = Math.max(most.buffered, writer.buffered);
      await writer.drain({ timeout: 100 });
    }
  });
  await using _server = server;
  await using peer = await createConnection(server.address);
  await assertRejects(() => result, TimeoutError);
  assert(most.buffered <= 65536 + 10_000, `${most.buffered} bytes were kept`);
  assert(!peer.closed);
});

Deno.test("writeTimeout and readTimeout of the connection hold for calls without a timeout of their own", async () => {
  const { server, result } = await once(async ({ reader, writer }) => {
    const error = await assertRejects(() => reader.readLine(), TimeoutError);
    assertEquals(error.timeout, 20);
    for (;;) {
      writer.write(new Uint8Array(65536));
      await writer.drain();
    }
  }, { readTimeout: 20, writeTimeout: 30 });
  await using _server = server;
  await using _peer = await createConnection(server.address);
  const error = await assertRejects(() => result, TimeoutError);
  assertEquals(error.timeout, 30);
});

Deno.test("a peer that sends a line byte by byte is thrown out by minRate, though it is never idle", async () => {
  const { server, result } = await once(
    (connection) => connection.reader.readLine(),
    { idleTimeout: 10_000, minRate: { bytesPerSecond: 10_000, window: 50 } },
  );
  await using _server = server;
  await using peer = await openConnection(server.address);
  const trickle = (async () => {
    for (;;) {
      peer.writer.write("x");
      await peer.writer.flush();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  })().catch(() => {});
  await assertRejects(() => result, TimeoutError, "minRate");
  peer.abort();
  await trickle;
});

Deno.test("a connection on which nothing moves is ended by idleTimeout; one that is quiet between messages is not by minRate", async () => {
  const { server, result } = await once(
    async ({ reader }) => [text(await reader.readLine()), await reader.readLine()],
    { idleTimeout: 200, minRate: { bytesPerSecond: 1_000_000, window: 10 } },
  );
  await using _server = server;
  await using peer = await openConnection(server.address);
  peer.writer.write("hello\n");
  await assertRejects(() => result, TimeoutError, "idleTimeout of 200 ms");
});

Deno.test("a peer that was stopped (SIGSTOP) is noticed by writeTimeout", {
  ignore: Deno.build.os === "windows",
}, async () => {
  const { server, result } = await once(async ({ reader, writer }) => {
    await reader.readLine(LONG);
    for (;;) {
      writer.write(new Uint8Array(65536));
      await writer.drain({ timeout: 200 });
    }
  });
  await using _server = server;
  const { port } = server.address as Deno.NetAddr;
  const code = `const c = await Deno.connect({ port: ${port}, hostname: "127.0.0.1" });
    await c.write(new TextEncoder().encode("ready\\n"));
    const b = new Uint8Array(65536); while (await c.read(b) !== null);`;
  await using child = new Deno.Command(Deno.execPath(), {
    args: ["eval", code],
    stdout: "null",
    stderr: "null",
  }).spawn();
  while (
    [...server.connections][0]?.bytesSent === undefined ||
    [...server.connections][0]!.bytesSent === 0
  ) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  child.kill("SIGSTOP");
  await assertRejects(() => result, TimeoutError);
  child.kill("SIGKILL");
});

Deno.test("closing twice is closing once; what comes after says so", async () => {
  const [a, b] = socketPair();
  a.close();
  a.close();
  await a[Symbol.asyncDispose]();
  assertThrows(() => a.writer.write("x"), BrokenPipeError);
  await assertRejects(() => a.sendAll("x"), BrokenPipeError);
  await assertRejects(() => a.recv(), ClosedError);
  assertEquals(await b.recv(), null);
  b.abort();
  b.abort();
  await assertRejects(() => b.sendAll("x"), NetError);
});

Deno.test("abort() rejects what waits with the reason, in both directions", async () => {
  const [a, b] = socketPair();
  const reading = a.recv();
  a.writer.write(new Uint8Array(1 << 20));
  const draining = a.writer.drain();
  const reason = new RangeError("enough");
  a.abort(reason);
  for (const each of await Promise.allSettled([reading, draining, a.writer.drain()])) {
    assertEquals(each, { status: "rejected", reason });
  }
  assertThrows(() => a.writer.write("x"), RangeError);
  b.abort();
});

Deno.test("half-closed: this side has finished and still reads", async () => {
  const { server, result } = await once(async ({ reader, writer }) => {
    const all = text(await reader.readAll(LONG));
    writer.write(`you said ${all}`);
  });
  await using _server = server;
  await using client = await openConnection(server.address);
  client.writer.write("hello");
  await client.writer.writeEof();
  assertThrows(() => client.writer.write("more"), BrokenPipeError);
  assertEquals(text(await client.reader.readAll(LONG)), "you said hello");
  await result;
});

Deno.test("a closed connection sends all that was written before", async () => {
  const size = 3 << 20;
  const { server } = await once(async ({ writer }) => {
    for (let i = 0; i < 3; i++) writer.write(new Uint8Array(1 << 20).fill(i));
    await Promise.resolve();
  });
  await using _server = server;
  await using client = await openConnection(server.address);
  const all = await client.reader.readAll(LONG);
  assertEquals([all.length, all[0], all[size - 1]], [size, 0, 2]);
});

Deno.test("two tasks that send at once never mix their messages", async () => {
  const [a, b] = socketPair();
  const one = async (letter: number) => {
    for (let i = 0; i < 50; i++) await a.sendAll(new Uint8Array(20_000).fill(letter));
  };
  const sending = Promise.all([one(1), one(2), one(3)]).then(() => a.close());
  for (let i = 0; i < 150; i++) {
    const message = await b.recvExactly(20_000, LONG);
    assert(message.every((byte) => byte === message[0]), "a message was mixed");
  }
  await sending;
  b.close();
});

Deno.test("accept() that times out or is aborted loses no connection", async () => {
  using listener = await createServer(HERE);
  await assertRejects(() => listener.accept({ timeout: 1 }), TimeoutError);
  const stop = new AbortController();
  const accepting = listener.accept({ signal: stop.signal });
  stop.abort("later");
  assertEquals(await accepting.catch((reason) => reason), "later");
  await using client = await createConnection(listener.address);
  await using server = await listener.accept(LONG);
  assertEquals(server.remoteAddress, client.localAddress);
  const waiting = listener.accept();
  listener.close();
  listener.close();
  await assertRejects(() => waiting, ClosedError);
});

Deno.test("one port for two listeners is refused; after a restart it is there again", async () => {
  const first = await startServer(({ writer }) => writer.write("x"), { port: 0 });
  const { port } = first.address as Deno.NetAddr;
  await assertRejects(
    () => startServer(() => {}, { port }),
    AddressInUseError,
    `127.0.0.1:${port}`,
  );
  const client = await openConnection(first.address);
  await client.reader.readAll(LONG);
  await client.close();
  await first.shutdown();
  // The server closed first: its side is in TIME_WAIT.
  await using second = await startServer(({ writer }) => writer.write("y"), { port });
  await using again = await openConnection(second.address);
  assertEquals(text(await again.reader.readAll(LONG)), "y");
});

Deno.test("reusePort without the flag: two listeners on one port, and connections reach them", {
  ignore: Deno.build.os !== "linux",
}, async () => {
  const seen = new Set<string>();
  const serve = (name: string, port: number) =>
    startServer(({ writer }) => writer.write(name), { port, reusePort: true });
  await using one = await serve("one", 0);
  await using _two = await serve("two", (one.address as Deno.NetAddr).port);
  for (let i = 0; seen.size < 2 && i < 200; i++) {
    await using client = await openConnection(one.address);
    seen.add(text(await client.reader.readAll(LONG))!);
  }
  assertEquals(seen, new Set(["one", "two"]));
});

Deno.test(
  "Unix sockets: a live path is not stolen, a stale one is replaced, an abstract one works",
  {
    ignore: Deno.build.os !== "linux",
  },
  async () => {
    const path = `${await Deno.makeTempDir()}/x.sock`;
    const answer = (name: string) => ({ writer }: StreamConnection) => writer.write(name);
    const ask = async (address: { path: string }) => {
      await using client = await openConnection(address);
      return text(await client.reader.readAll(LONG));
    };
    {
      await using _live = await startServer(answer("live"), { path });
      await assertRejects(
        () => startServer(answer("thief"), { path }),
        AddressInUseError,
        `unix:${path}`,
      );
      assertEquals(await ask({ path }), "live");
    }
    // A file that a killed process left.
    const code = `import { createServer } from "node:net";
    createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, "SIGKILL"));`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", code] }).output();
    assert((await Deno.lstat(path)).isSocket);
    await using _again = await startServer(answer("again"), { path });
    assertEquals(await ask({ path }), "again");
    const abstract = { path: `\0ferry-test-${crypto.randomUUID()}` };
    await using _abstract = await startServer(answer("abstract"), abstract);
    assertEquals(await ask(abstract), "abstract");
  },
);

Deno.test("connecting gives up: in time, when aborted, and for a name that does not exist", async () => {
  // A listener whose backlog is full leaves the next one waiting.
  using listener = Deno.listen({ ...HERE, tcpBacklog: 1 });
  const full: Promise<unknown>[] = [];
  const stop = new AbortController();
  for (let i = 0; i < 4; i++) {
    full.push(
      openConnection(listener.addr, { signal: stop.signal }).then((c) => c.abort()).catch(() => {}),
    );
  }
  const error = await assertRejects(
    () => openConnection(listener.addr, { connectTimeout: 100 }),
    TimeoutError,
  );
  assert(error.message.includes(`connect to 127.0.0.1:${listener.addr.port}`), error.message);
  const later = openConnection(listener.addr, { signal: stop.signal });
  stop.abort("no more");
  assertEquals(await later.catch((reason) => reason), "no more");
  await Promise.all(full);
  const unknown = await openConnection({ hostname: "no-such-host.invalid", port: 1 }).catch((
    error,
  ) => error);
  assert(unknown instanceof NetError, String(unknown));
  assertEquals(unknown.name, "GaiError");
});
