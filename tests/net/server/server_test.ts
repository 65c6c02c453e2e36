// Servers: how many at once, how they end, what is done with errors.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  ConnectionAbortedError,
  DatagramRequestHandler,
  openConnection,
  type Server,
  type ServerOptions,
  startServer,
  type StreamConnection,
  StreamRequestHandler,
  TcpServer,
  UdpServer,
  UdpSocket,
  UnixServer,
  wait,
} from "@ferry/std/net";
import { text } from "../support/source.ts";

const LONG = { timeout: 60_000 };

/** Handlers that stay until they are let go. */
class Gate {
  readonly entered: StreamConnection[] = [];
  #waiting: (() => void)[] = [];
  #noticed: (() => void) | undefined;

  readonly handler = async (connection: StreamConnection): Promise<void> => {
    this.entered.push(connection);
    this.#noticed?.();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
    connection.writer.write("done");
  };

  async untilEntered(count: number): Promise<void> {
    while (this.entered.length < count) {
      await new Promise<void>((resolve) => this.#noticed = resolve);
    }
  }

  letGo(count = Infinity): void {
    for (const each of this.#waiting.splice(0, count)) each();
  }
}

const start = (gate: Gate, options: Partial<ServerOptions>): Promise<Server> =>
  startServer(gate.handler, { port: 0, ...options });

for (const [name, concurrency] of [["serial", "serial"], ["{ max: 1 }", { max: 1 }]] as const) {
  Deno.test(`concurrency ${name}: one after the other, the next waits in the backlog`, async () => {
    const gate = new Gate();
    await using server = await start(gate, { concurrency });
    await using one = await openConnection(server.address);
    await using two = await openConnection(server.address);
    await gate.untilEntered(1);
    assertEquals(gate.entered.length, 1);
    gate.letGo();
    assertEquals(text(await one.reader.readAll(LONG)), "done");
    await gate.untilEntered(2);
    gate.letGo();
    assertEquals(text(await two.reader.readAll(LONG)), "done");
  });
}

Deno.test('concurrency { max: 2, overflow: "reject" }: a third one is closed at once', async () => {
  const gate = new Gate();
  const rejected: unknown[] = [];
  await using server = await start(gate, {
    concurrency: { max: 2, overflow: "reject" },
    onReject: (peer) => rejected.push(peer),
  });
  await using one = await openConnection(server.address);
  await using two = await openConnection(server.address);
  await gate.untilEntered(2);
  await using three = await openConnection(server.address);
  assertEquals(await three.reader.read(1, LONG).catch(() => null), null);
  assertEquals(rejected, [three.localAddress]);
  gate.letGo();
  for (const each of [one, two]) assertEquals(text(await each.reader.readAll(LONG)), "done");
  await using four = await openConnection(server.address);
  await gate.untilEntered(3);
  gate.letGo();
  assertEquals(text(await four.reader.readAll(LONG)), "done");
});

Deno.test("a concurrency that is none is refused, and the port is free again", async () => {
  for (const concurrency of [{ max: 0 }, { max: 1.5 }, { max: 1, overflow: "drop" }, "parallel"]) {
    await assertRejects(() =>
      startServer(() => {}, { port: 0, concurrency: concurrency as never })
    );
  }
});

/** Answers lines; a line "slow N" is answered when told. */
function lineServer(slow: Promise<unknown>, options: Partial<ServerOptions> = {}): Promise<Server> {
  return startServer(async ({ reader, writer }) => {
    for (let line; (line = text(await reader.readLine())) !== null;) {
      if (line!.startsWith("slow")) await slow;
      writer.write(`answer ${line}\n`);
    }
  }, { port: 0, ...options });
}

Deno.test("shutdown(): the listener refuses at once, idle connections end, busy ones are answered first", async () => {
  const slow = Promise.withResolvers<void>();
  const server = await lineServer(slow.promise);
  await using idle = await openConnection(server.address);
  await using busy = await openConnection(server.address);
  idle.writer.write("hello\n");
  assertEquals(text(await idle.reader.readLine(LONG)), "answer hello");
  busy.writer.write("slow 1\n");
  while ([...server.connections].every((each) => each.idle || each.bytesReceived === 0)) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const done = server.shutdown({ grace: 20_000 });
  assertEquals(await idle.reader.readLine(LONG), null);
  await assertRejects(() => openConnection(server.address), Deno.errors.ConnectionRefused);
  slow.resolve();
  assertEquals(text(await busy.reader.readLine(LONG)), "answer slow 1");
  assertEquals(await busy.reader.readLine(LONG), null);
  assertEquals(await done, { idle: 1, drained: 1, aborted: 0 });
  await server.waitClosed();
});

Deno.test("shutdown(): a handler that never returns is aborted after the grace, one that ignores that too", async () => {
  const errors: unknown[] = [];
  const never = new Promise<void>(() => {});
  const server = await startServer(async ({ reader }) => {
    await reader.readLine();
    await never;
  }, { port: 0, onError: (error) => errors.push(error) });
  await using client = await openConnection(server.address);
  client.writer.write("x\n");
  await client.writer.flush();
  while ([...server.connections][0]?.bytesReceived !== 2) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(await server.shutdown({ grace: 30 }), { idle: 0, drained: 0, aborted: 1 });
  assertEquals(await client.reader.read(1, LONG).catch(() => null), null);
});

Deno.test("shutdown(): a peer that takes nothing does not hold it up, and the handler learns why", async () => {
  const failed = Promise.withResolvers<unknown>();
  const server = await startServer(async ({ writer }) => {
    for (;;) {
      writer.write(new Uint8Array(65536));
      await writer.drain();
    }
  }, { port: 0, onError: failed.resolve });
  await using client = await openConnection(server.address);
  await client.reader.peek();
  const report = await server.shutdown({ grace: 30 });
  assertEquals(report, { idle: 0, drained: 0, aborted: 1 });
  const error = await failed.promise;
  assert(error instanceof ConnectionAbortedError, String(error));
  assert(error.message.endsWith("the server shut down and the grace was over"));
});

Deno.test("shutdown() tells handlers by connection.signal", async () => {
  const entered = Promise.withResolvers<void>();
  const server = await startServer(async (connection) => {
    entered.resolve();
    await new Promise((resolve) => connection.signal.addEventListener("abort", resolve));
    connection.writer.write("bye");
  }, { port: 0 });
  await using client = await openConnection(server.address);
  await entered.promise;
  const done = server.shutdown({ grace: 20_000 });
  assertEquals(text(await client.reader.readAll(LONG)), "bye");
  assertEquals((await done).aborted, 0);
});

Deno.test("shutdown() under load: no request that had arrived is lost", async () => {
  for (let round = 0; round < 5; round++) {
    const server = await startServer(async ({ reader, writer }) => {
      for (let line; (line = text(await reader.readLine())) !== null;) {
        received++;
        writer.write(`${line}\n`);
        await writer.drain();
      }
    }, { port: 0 });
    let received = 0;
    let answered = 0;
    const clients = Array.from({ length: 20 }, async () => {
      await using client = await openConnection(server.address);
      try {
        for (let i = 0;; i++) {
          client.writer.write(`${i}\n`);
          const answer = await client.reader.readLine(LONG);
          if (answer === null) return;
          assertEquals(text(answer), String(i));
          answered++;
        }
      } catch (error) {
        assert(
          error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe,
          String(error),
        );
      }
    });
    while (answered < 200) await new Promise((resolve) => setTimeout(resolve, 1));
    const report = await server.shutdown({ grace: 20_000 });
    await Promise.all(clients);
    assertEquals([report.aborted, answered], [0, received]);
  }
});

Deno.test("a signal shuts the server down", async () => {
  const stop = new AbortController();
  const server = await lineServer(Promise.resolve(), { signal: stop.signal });
  await using client = await openConnection(server.address);
  stop.abort();
  assertEquals(await client.reader.readLine(LONG), null);
  await server.waitClosed();
  assert(!server.isServing);
});

Deno.test("onError receives what a handler throws, with the connection; the others go on", async () => {
  const errors: unknown[] = [];
  await using server = await startServer(async ({ reader }) => {
    throw new RangeError(`bad ${text(await reader.readLine())}`);
  }, {
    port: 0,
    onError: (error, connection) =>
      errors.push([(error as Error).message, connection !== undefined]),
  });
  for (const name of ["a", "b"]) {
    await using client = await openConnection(server.address);
    client.writer.write(`${name}\n`);
    assertEquals(await client.reader.read(1, LONG).catch(() => null), null);
  }
  assertEquals(errors, [["bad a", true], ["bad b", true]]);
});

class Upper extends StreamRequestHandler {
  static log: string[] = [];
  override setup(): void {
    Upper.log.push("setup");
  }
  override async handle(): Promise<void> {
    const line = text(await this.reader.readLine());
    if (line === "fail") throw new RangeError("asked for");
    this.writer.write(line!.toUpperCase());
  }
  override finish(): void {
    Upper.log.push("finish");
  }
}

Deno.test("handler classes: setup, handle, finish, on TCP and Unix sockets, also after an error", async () => {
  const path = `${await Deno.makeTempDir()}/u.sock`;
  const onError = () => {};
  await using tcp = await TcpServer.start({ hostname: "127.0.0.1", port: 0 }, Upper, { onError });
  await using unix = await UnixServer.start({ path }, Upper, { onError });
  for (const server of [tcp, unix]) {
    for (const [line, answer] of [["ferry", "FERRY"], ["fail", ""]]) {
      Upper.log = [];
      await using client = await openConnection(server.address);
      client.writer.write(`${line}\n`);
      assertEquals(text(await client.reader.readAll(LONG).catch(() => new Uint8Array(0))), answer);
      assertEquals(Upper.log, ["setup", "finish"]);
    }
  }
});

Deno.test("verifyRequest turns connections away", async () => {
  await using server = await TcpServer.start({ hostname: "127.0.0.1", port: 0 }, Upper, {
    verifyRequest: () => false,
  });
  await using client = await openConnection(server.address);
  assertEquals(await client.reader.read(1, LONG).catch(() => null), null);
});

class Reverse extends DatagramRequestHandler {
  override async handle(): Promise<void> {
    await this.reply(this.data.toReversed());
  }
}

Deno.test("UdpServer answers datagrams", async () => {
  await using server = await UdpServer.start({ hostname: "127.0.0.1", port: 0 }, Reverse, {
    concurrency: { max: 4 },
  });
  using client = await UdpSocket.bind({ hostname: "127.0.0.1", port: 0 });
  for (let i = 0; i < 20; i++) {
    await client.sendTo(`abc${i}`, server.address);
    assertEquals(text((await client.recvFrom(LONG))[0])!.endsWith("cba"), true);
  }
});

Deno.test("wait() gives those that are ready, in order, and none when the time is over", async () => {
  const connections: StreamConnection[] = [];
  const all = Promise.withResolvers<void>();
  await using server = await startServer(async (connection) => {
    if (connections.push(connection) === 3) all.resolve();
    await new Promise((resolve) => connection.signal.addEventListener("abort", resolve));
  }, { port: 0 });
  const clients = [];
  for (let i = 0; i < 3; i++) clients.push(await openConnection(server.address));
  await all.promise;
  assertEquals(await wait(clients, { timeout: 0 }), []);
  assertEquals(await wait(clients, { timeout: 5 }), []);
  connections[2]!.writer.write("c");
  assertEquals(await wait(clients, LONG), [clients[2]]);
  connections[0]!.writer.write("a");
  while ((await wait(clients, LONG)).length < 2) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assertEquals(await wait(clients, LONG), [clients[0], clients[2]]);
  assertEquals(text(clients[0]!.reader.tryRead()), "a");
  const stop = new AbortController();
  const waiting = wait([clients[1]!], { signal: stop.signal });
  stop.abort("no more");
  assertEquals(await waiting.catch((reason) => reason), "no more");
  await assertRejects(() => wait([{} as never]), TypeError);
  for (const each of clients) await each.close();
});

Deno.test("shutdown(): another call with a shorter grace cuts it short", async () => {
  const entered = Promise.withResolvers<void>();
  const server = await startServer(() => {
    entered.resolve();
    return new Promise(() => {});
  }, { port: 0 });
  await using _client = await openConnection(server.address);
  await entered.promise;
  const down = server.shutdown({ grace: 600_000 });
  server.shutdown();
  assertEquals((await server.shutdown({ grace: 0 })).aborted, 1);
  assertEquals(await down, await server.shutdown());
});

Deno.test("Server: without onError what a handler throws is an error event; the server goes on if somebody listens", async () => {
  const seen: string[] = [];
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    seen.push(event.message);
  };
  addEventListener("error", listen);
  try {
    await using server = await startServer(async ({ reader, writer }) => {
      const line = await reader.readLine();
      writer.write(JSON.stringify(JSON.parse(new TextDecoder().decode(line!))));
    }, { hostname: "127.0.0.1", port: 0 });
    for (const [line, answer] of [["{", ""], ["[1]", "[1]"]] as const) {
      await using client = await openConnection(server.address);
      client.writer.write(`${line}\n`);
      const received = await client.reader.readAll({ timeout: 20_000 });
      assertEquals(new TextDecoder().decode(received), answer);
    }
  } finally {
    removeEventListener("error", listen);
  }
  assertEquals(seen.length, 1);
  assert(seen[0]!.includes("SyntaxError"), seen[0]);
});

Deno.test("Server: onError and onReject that throw are error events, and the server goes on", async () => {
  const seen: unknown[] = [];
  const listen = (event: ErrorEvent) => {
    event.preventDefault();
    seen.push((event.error as Error).message);
  };
  addEventListener("error", listen);
  try {
    const gate = new Gate();
    await using server = await startServer((connection) => {
      if (gate.entered.length > 0) throw new RangeError("handler");
      return gate.handler(connection);
    }, {
      port: 0,
      concurrency: { max: 1, overflow: "reject" },
      onError() {
        throw new RangeError("onError");
      },
      onReject() {
        throw new RangeError("onReject");
      },
    });
    await using first = await openConnection(server.address);
    await gate.untilEntered(1);
    {
      await using second = await openConnection(server.address);
      assertEquals(await second.reader.readLine(LONG).catch(() => null), null);
    }
    gate.letGo();
    assertEquals(text(await first.reader.readAll(LONG)), "done");
    while (server.connections.size > 0) await new Promise((resolve) => setTimeout(resolve, 1));
    await using third = await openConnection(server.address);
    assertEquals(await third.reader.readLine(LONG).catch(() => null), null);
    assertEquals(seen, ["onReject", "onError"]);
    assert(server.isServing);
  } finally {
    removeEventListener("error", listen);
  }
});
