// Behaviours of CPython's _TestListener and _TestListenerClient, and what is ours: handshakes beside one another.
import { AuthenticationError, connect, type Connection, Listener } from "@ferry/std/net/connection";
import { waitAny } from "@ferry/std/ipc/wait-any";
import {
  AddressInUseError,
  ClosedError,
  ConnectionAbortedError,
  ConnectionRefusedError,
  type InetAddress,
  TimeoutError,
} from "@ferry/std/net/errors";
import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { frame, turn } from "./_duplex.ts";

const inet = (listener: Listener) => listener.address as InetAddress;

Deno.test("Listener has the address that the system chose, and one of each address at a time", async () => {
  await using listener = new Listener({ port: 0 });
  const { hostname, port } = inet(listener);
  assertEquals([hostname, port > 0], ["127.0.0.1", true]);
  const error = assertThrows(() => new Listener({ port }), AddressInUseError);
  assertEquals(error.local, { hostname, port });
});

Deno.test("Listener over a Unix socket: a live path is not taken over, a closed one is gone", async () => {
  const folder = await Deno.makeTempDir();
  const path = `${folder}/socket`;
  {
    await using listener = new Listener({ path });
    assertEquals(listener.address, { path });
    assertThrows(() => new Listener({ path }), AddressInUseError);
    using client = await connect({ path });
    using server = await listener.accept();
    await client.send("over a path");
    assertEquals(await server.recv(), "over a path");
  }
  assertEquals([...Deno.readDirSync(folder)], []);
  await assertRejects(() => connect({ path }));
  await Deno.remove(folder, { recursive: true });
});

Deno.test({
  name: "Listener over an abstract socket leaves no file",
  ignore: Deno.build.os !== "linux",
  async fn() {
    const path = `\0ferry-test-${crypto.randomUUID()}`;
    using listener = new Listener<string>({ path }, { authKey: "k" });
    using client = await connect<string>({ path }, { authKey: "k" });
    using server = await listener.accept();
    await server.send("hello");
    assertEquals(await client.recv(), "hello");
  },
});

Deno.test("Listener: mistakes of the caller are told before anything is opened", () => {
  assertThrows(() => new Listener({ path: "" }), TypeError, "path of a socket");
  assertThrows(() => new Listener({ port: 0 }, { authKey: "" }), RangeError, "empty");
  assertThrows(() => new Listener({ port: 70_000 }));
});

Deno.test("connect(): nobody listens, an abort, a key that is empty", async () => {
  let address: InetAddress;
  {
    await using listener = new Listener({ port: 0 });
    address = inet(listener);
  }
  const error = await assertRejects(() => connect(address), ConnectionRefusedError);
  assertEquals(error.peer, address);
  const reason = new RangeError("no");
  const { signal } = { signal: AbortSignal.abort(reason) };
  assertStrictEquals(await assertRejects(() => connect(address, { signal })), reason);
  await assertRejects(() => connect(address, { authKey: "" }), RangeError);
});

Deno.test("Listener.accept() keeps time limits and aborts, and loses no connection to them", async () => {
  await using listener = new Listener({ port: 0 });
  for (const timeout of [0, 1, -1]) {
    await assertRejects(() => listener.accept({ timeout }), TimeoutError);
  }
  const controller = new AbortController();
  const waiting = listener.accept({ signal: controller.signal });
  controller.abort(new RangeError("stop"));
  await assertRejects(() => waiting, RangeError, "stop");
  using _client = await connect(listener.address);
  using server = await listener.accept({ timeout: 30_000 });
  assertEquals(listener.lastAccepted, server.remoteAddress);
});

Deno.test("Listener serves those who accept in their order", async () => {
  await using listener = new Listener({ port: 0 });
  const accepting = [listener.accept(), listener.accept(), listener.accept()];
  for (const each of accepting) {
    using client = await connect(listener.address);
    using server = await each;
    assertEquals(server.remoteAddress, client.localAddress);
  }
});

Deno.test("Listener.close() ends who waits, closes who was not accepted, leaves who was", async () => {
  const listener = new Listener({ port: 0 });
  using early = await connect(listener.address);
  using server = await listener.accept();
  using late = await connect(listener.address);
  await waitAny([listener]);
  listener.close();
  listener.close();
  await assertRejects(() => listener.accept(), ClosedError);
  assertThrows(() => listener.tryAccept(), ClosedError);
  await assertRejects(() => late.recv());
  await early.send("still there");
  assertEquals(await server.recv(), "still there");
  await listener.waitClosed();
  for await (const _ of listener) throw new RangeError("nothing was to come");
});

Deno.test("Listener is iterated until it is closed, with a handler for each connection", async () => {
  const listener = new Listener<number>({ port: 0 }, { authKey: "key" });
  const handlers: Promise<void>[] = [];
  const serve = async (connection: Connection<number>) => {
    using _connection = connection;
    for await (const n of connection) await connection.send(n + 1);
  };
  const serving = (async () => {
    for await (const connection of listener) handlers.push(serve(connection));
  })();
  const clients = Array.from({ length: 20 }, async (_, i) => {
    using client = await connect<number>(listener.address, { authKey: "key" });
    await client.send(i);
    assertEquals(await client.recv(), i + 1);
  });
  await Promise.all(clients);
  listener.close();
  await serving;
  await Promise.all(handlers);
  assertEquals(handlers.length, 20);
});

Deno.test("Listener: peers that say nothing keep nobody waiting, and are dropped in time", async () => {
  const refused: unknown[] = [];
  await using listener = new Listener({ port: 0 }, {
    authKey: "key",
    handshakeTimeout: 300,
    onRefused: (error) => refused.push(error),
  });
  const silent = await Promise.all(
    Array.from({ length: 10 }, () => Deno.connect({ port: inet(listener).port })),
  );
  // One that sends a byte now and then is no better.
  const slow = await Deno.connect({ port: inet(listener).port });
  await slow.write(frame("x".repeat(16)).subarray(0, 3));
  using client = await connect(listener.address, { authKey: "key" });
  using server = await listener.accept();
  await client.send("served");
  assertEquals(await server.recv(), "served");
  assertEquals(refused.length, 0);
  // They are closed, with a challenge and nothing else.
  for (const each of [...silent, slow]) {
    const all: number[] = [];
    const buffer = new Uint8Array(100);
    for (let n; (n = await each.read(buffer).catch(() => null)) !== null;) {
      all.push(...buffer.subarray(0, n));
    }
    assertEquals(all.length, 4 + 59);
    each.close();
  }
  assertEquals(refused.length, 11);
  assert(refused.every((error) => error instanceof TimeoutError));
  assertEquals(listener.refused, 11);
});

Deno.test("Listener holds at most maxPending connections that nobody has accepted, and the one that is next", async () => {
  await using listener = new Listener({ port: 0 }, { authKey: "key", maxPending: 2 });
  const dial = () => connect(listener.address, { authKey: "key" });
  const clients: Connection[] = [];
  for (let i = 0; i < 3; i++) {
    // Ready is who has come to the end of the handshake here, which is a moment later than there.
    const entered = Promise.withResolvers<void>();
    const watch = listener.watch(entered.resolve);
    clients.push(await dial());
    await entered.promise;
    watch.stop();
  }
  // The fourth has to wait in the backlog: it is not greeted.
  const fourth = dial();
  assertEquals(await Promise.race([fourth, turn()]), undefined);
  const served: Connection[] = [];
  for (let i = 0; i < 4; i++) served.push(await listener.accept({ timeout: 60_000 }));
  clients.push(await fourth);
  assertEquals(served.map((each) => each.remoteAddress), clients.map((each) => each.localAddress));
  for (const each of [...clients, ...served]) each.close();
});

/** Connects to a listener with a key, and says nothing. */
async function silentPeer(hostname: string, port: number): Promise<Deno.TcpConn> {
  const peer = await Deno.connect({ hostname, port });
  assertEquals(await peer.read(new Uint8Array(100)), 63, "its challenge");
  return peer;
}

/** Whether the peer is still listened to. A connection that was dropped reads its end. */
async function dropped(peer: Deno.TcpConn): Promise<boolean> {
  const reading = peer.read(new Uint8Array(100)).catch(() => null);
  return await Promise.race([reading, turn()]) === null;
}

Deno.test("Listener: any number of silent peers keeps nobody waiting; the oldest handshakes are dropped", async () => {
  const refused: unknown[] = [];
  await using listener = new Listener({ port: 0 }, {
    authKey: "key",
    maxHandshakes: 20,
    handshakeTimeout: 600_000,
    onRefused: (error) => refused.push(error),
  });
  const { hostname, port } = inet(listener);
  const silent: Deno.TcpConn[] = [];
  for (let i = 0; i < 200; i++) silent.push(await silentPeer(hostname, port));
  // None of their handshakes will be over before ten minutes; this one is.
  using client = await connect(listener.address, { authKey: "key", handshakeTimeout: 60_000 });
  using server = await listener.accept();
  await client.send("served");
  assertEquals(await server.recv(), "served");
  for (const each of silent.slice(0, 181)) {
    assertEquals(await each.read(new Uint8Array(1)).catch(() => null), null);
  }
  for (const each of silent.slice(181)) assert(!await dropped(each));
  assertEquals([refused.length, listener.refused], [181, 181]);
  for (const each of refused) assert(each instanceof ConnectionAbortedError);
  assertMatch(String(refused[0]), /more than 20 handshakes were under way/);
  for (const each of silent) each.close();
});

Deno.test("Listener: a crowd from one address pushes out its own, not a peer from another", async () => {
  let listener: Listener;
  try {
    listener = new Listener({ hostname: "::", port: 0 }, { authKey: "key", maxHandshakes: 10 });
    (await silentPeer("::1", inet(listener).port)).close();
  } catch (error) {
    console.log(`    skipped: there is no IPv6 here (${error})`);
    return;
  }
  const { port } = inet(listener);
  const slow = await silentPeer("::1", port);
  const crowd: Deno.TcpConn[] = [];
  for (let i = 0; i < 50; i++) crowd.push(await silentPeer("127.0.0.1", port));
  assert(!await dropped(slow), "it was there before all of the crowd");
  assertEquals(await crowd[0]!.read(new Uint8Array(1)).catch(() => null), null);
  for (const each of [slow, ...crowd]) each.close();
  await listener[Symbol.asyncDispose]();
});

Deno.test("Listener drops who has another key and serves the next", async () => {
  const refused: unknown[] = [];
  await using listener = new Listener({ port: 0 }, {
    authKey: "key",
    onRefused: (error, peer) => refused.push([error, peer]),
  });
  for (let i = 0; i < 5; i++) {
    await assertRejects(
      () => connect(listener.address, { authKey: `guess ${i}` }),
      AuthenticationError,
      "refused our key",
    );
  }
  using _client = await connect(listener.address, { authKey: new TextEncoder().encode("key") });
  using _server = await listener.accept();
  assertEquals(refused.length, 5);
});

Deno.test("Listener that refuses a client's own challenge: the server's key is wrong", async () => {
  // A server that lets anybody in does not know the key, and cannot answer.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    using stream = await listener.accept();
    await stream.write(frame("#CHALLENGE#" + "x".repeat(20)));
    await stream.read(new Uint8Array(100)); // The client's answer, whatever it is:
    await stream.write(frame("#WELCOME#"));
    await stream.read(new Uint8Array(100)); // Its challenge.
    await stream.write(frame("0123456789abcdef"));
    await stream.read(new Uint8Array(100));
  })();
  const address = { hostname: "127.0.0.1", port: listener.addr.port };
  await assertRejects(
    () => connect(address, { authKey: "key" }),
    AuthenticationError,
    "another key",
  );
  await serving;
  listener.close();
});
