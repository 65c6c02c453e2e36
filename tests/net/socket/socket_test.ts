// Sockets with Python's names.
import { assert, assertEquals, assertRejects } from "@std/assert";
import { createConnection, createServer, socketPair, TimeoutError, wait } from "@ferry/std/net";
import { bytes, text } from "../support/source.ts";

const LONG = { timeout: 60_000 };
const HERE = { hostname: "127.0.0.1", port: 0 };

Deno.test("Socket: recv, recvInto, recvExactly and the end", async () => {
  const [a, b] = socketPair();
  await a.sendAll("abcdefgh");
  assertEquals(text(await b.recv(3, LONG)), "abc");
  const buffer = new Uint8Array(2);
  assertEquals([await b.recvInto(buffer, LONG), text(buffer)], [2, "de"]);
  assertEquals(text(await b.recvExactly(3, LONG)), "fgh");
  await a.shutdown("write");
  assertEquals(await b.recv(1, LONG), null);
  await b.sendAll("still open");
  assertEquals(text(await a.recv(100, LONG)), "still open");
  await a.shutdown("read");
  assertEquals(await a.recv(), null);
  a.close();
  b.close();
});

Deno.test("Socket.timeout holds for calls without a timeout of their own, and loses nothing", async () => {
  const [a, b] = socketPair();
  b.timeout = 5;
  const error = await assertRejects(() => b.recvExactly(4), TimeoutError);
  assertEquals(error.timeout, 5);
  await a.sendAll("ab");
  await assertRejects(() => b.recvExactly(4), TimeoutError);
  await a.sendAll("cd");
  assertEquals(text(await b.recvExactly(4, LONG)), "abcd");
  a.close();
  b.close();
});

Deno.test("Socket.sendFile() sends a file, a part of it, and tells how far it is", async () => {
  const file = await Deno.makeTempFile();
  const data = new Uint8Array(700_000).map((_, i) => i * 7 + (i >> 9));
  await Deno.writeFile(file, data);
  using listener = await createServer(HERE);
  await using client = await createConnection(listener.address);
  await using server = await listener.accept(LONG);
  using open = await Deno.open(file);
  const seen: number[] = [];
  const receiving = server.recvExactly(data.length, LONG);
  assertEquals(await client.sendFile(open, { onProgress: (sent) => seen.push(sent) }), data.length);
  assertEquals(await receiving, data);
  assertEquals([seen.length, seen.at(-1)], [3, data.length]);
  assertEquals(await client.sendFile(open, { offset: 600_000, count: 50_000 }), 50_000);
  assertEquals(await server.recvExactly(50_000, LONG), data.subarray(600_000, 650_000));
  await Deno.remove(file);
});

Deno.test("Socket.sendFile() that fails leaves the file behind what was given to the writer", async () => {
  const file = await Deno.makeTempFile();
  await Deno.truncate(file, 64 * 1024 * 1024);
  using listener = await createServer(HERE);
  const client = await createConnection(listener.address);
  const server = await listener.accept(LONG);
  using open = await Deno.open(file);
  let sent = 0;
  // Nobody receives: the buffers of the system are full one day.
  await assertRejects(
    () => client.sendFile(open, { timeout: 200, onProgress: (n) => sent = n }),
    TimeoutError,
  );
  const given = open.seekSync(0, Deno.SeekMode.Current);
  assertEquals(given, sent + 1024 * 1024);
  // Giving up took nothing back: the rest follows without a gap.
  const receiving = server.recvExactly(given + 40_000, LONG);
  assertEquals(await client.sendFile(open, { count: 40_000 }), 40_000);
  await receiving;
  const broken = {
    seekSync: open.seekSync.bind(open),
    readSync(into: Uint8Array): number {
      if (open.seekSync(0, Deno.SeekMode.Current) > 300_000) throw new Deno.errors.NotCapable("x");
      return open.readSync(into)!;
    },
  };
  const last = server.recvExactly(320 * 1024, LONG);
  await assertRejects(() => client.sendFile(broken, { offset: 0 }), Deno.errors.NotCapable);
  await last;
  await assertRejects(() => client.sendFile(open, { count: -1 }), RangeError);
  await assertRejects(() => client.sendFile(open, { count: NaN }), RangeError);
  assertEquals(await client.sendFile(open, { count: 0 }), 0);
  server.abort();
  client.abort();
  await Deno.remove(file);
});

Deno.test("createServer(): accepted in order, iterated until closed, and waited for", async () => {
  const listener = await createServer(HERE);
  assertEquals(await wait([listener], { timeout: 0 }), []);
  const first = await createConnection(listener.address);
  assertEquals(await wait([listener], LONG), [listener]);
  const accepted: string[] = [];
  const loop = (async () => {
    for await (const socket of listener) {
      accepted.push(text(await socket.recv(10, LONG))!);
      await socket[Symbol.asyncDispose]();
      if (accepted.length === 2) listener.close();
    }
  })();
  await first.sendAll("one");
  assertEquals(await first.recv(1, LONG), null);
  await using second = await createConnection(listener.address);
  await second.sendAll("two");
  await loop;
  assertEquals(accepted, ["one", "two"]);
  await first[Symbol.asyncDispose]();
});

Deno.test("createConnection(): all errors of a host that is reached by none of its addresses", async () => {
  const listener = Deno.listen(HERE);
  const { port } = listener.addr;
  listener.close();
  const error = await assertRejects(
    () => createConnection({ hostname: "localhost", port }, { allErrors: true, attemptDelay: 10 }),
    AggregateError,
  );
  assert(error.errors.length >= 1);
  for (const each of error.errors) {
    assert(each instanceof Deno.errors.ConnectionRefused, String(each));
  }
  using again = Deno.listen(HERE);
  await using socket = await createConnection(
    { hostname: "localhost", port: again.addr.port },
    { allErrors: true },
  );
  assertEquals(socket.remoteAddress, { hostname: "127.0.0.1", port: again.addr.port });
});

Deno.test("socketPair(): at most 64 KiB wait in each direction, and all of it arrives", async () => {
  const [a, b] = socketPair();
  const data = new Uint8Array(500_000).map((_, i) => i % 253);
  await assertRejects(() => a.sendAll(data, { timeout: 20 }), TimeoutError);
  assertEquals(await b.recvExactly(data.length, LONG), data);
  await a.sendAll(bytes("end"));
  assertEquals(text(await b.recvExactly(3, LONG)), "end");
  a.close();
  b.close();
});

Deno.test("Socket: an offset or count that is none, and a direction that is none, are refused", async () => {
  const [a, b] = socketPair();
  using file = await Deno.open("README.md");
  for (const wrong of [1.5, -1, NaN]) {
    await assertRejects(() => a.sendFile(file, { count: wrong }), RangeError, "count in bytes");
    await assertRejects(() => a.sendFile(file, { offset: wrong }), RangeError, "offset in bytes");
  }
  await assertRejects(() => a.shutdown("rite" as never), TypeError, "received rite");
  await a.sendAll("still open");
  assertEquals(text(await b.recv()), "still open");
  a.close();
  b.close();
});

Deno.test("accept({ timeout: 0 }), asked again and again, finds who has come", async () => {
  using listener = await createServer(HERE);
  await using _client = await createConnection(listener.address);
  let accepted = false;
  for (const end = Date.now() + 20_000; !accepted && Date.now() < end;) {
    try {
      (await listener.accept({ timeout: 0 })).abort();
      accepted = true;
    } catch (error) {
      assert(error instanceof TimeoutError);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  assert(accepted);
});

Deno.test("Socket: a signal that is aborted already sends nothing, and one that is aborted later ends sendFile()", async () => {
  const file = await Deno.makeTempFile();
  await Deno.writeFile(file, new Uint8Array(1_000_000));
  const [a, b] = socketPair();
  const receiving = b.reader.readAll(LONG);
  using opened = await Deno.open(file);
  const signal = AbortSignal.abort(new RangeError("enough"));
  await assertRejects(() => a.sendAll("text", { signal }), RangeError, "enough");
  await assertRejects(() => a.sendFile(opened, { signal }), RangeError, "enough");
  assertEquals(await opened.seek(0, Deno.SeekMode.Current), 0);
  const later = new AbortController();
  let sent = 0;
  const onProgress = (count: number) => {
    sent = count;
    later.abort(new RangeError("later"));
  };
  await assertRejects(
    () => a.sendFile(opened, { signal: later.signal, onProgress }),
    RangeError,
    "later",
  );
  await a.shutdown("write");
  assertEquals((await receiving).length, sent);
  assertEquals(await opened.seek(0, Deno.SeekMode.Current), sent);
  a.close();
  b.close();
  await Deno.remove(file);
});
