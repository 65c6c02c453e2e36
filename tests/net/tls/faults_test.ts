// What goes wrong beneath TLS: ends without its goodbye, resets, handshakes that drip.
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import {
  type Address,
  ConnectionResetError,
  IncompleteReadError,
  openConnection,
  startServer,
  type StreamConnection,
  TimeoutError,
} from "@ferry/std/net";
import { rounds } from "../../_support/random.ts";
import { ca, pair } from "../support/certs.ts";
import { text } from "../support/source.ts";

const LONG = { timeout: 60_000 };
const serverTls = pair("localhost");

/** Passes bytes on, both ways, until it is cut: then both sides read an end of TCP, and nothing of what TLS would say. */
class Relay implements Disposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #conns: Deno.TcpConn[] = [];
  readonly #passing: Promise<void>[] = [];
  #cut = false;

  constructor(target: Address) {
    const { port } = target as Deno.NetAddr;
    (async () => {
      const near = await this.#listener.accept();
      const far = await Deno.connect({ hostname: "127.0.0.1", port });
      this.#conns.push(near, far);
      this.#passing.push(this.#pass(near, far), this.#pass(far, near));
    })().catch(() => {});
  }

  get address(): { hostname: string; port: number } {
    return { hostname: "localhost", port: this.#listener.addr.port };
  }

  async #pass(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(65536);
    try {
      for (let count; (count = await from.read(buffer)) !== null && !this.#cut;) {
        for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
      }
    } catch {
      // One of them is gone.
    }
  }

  async cut(): Promise<void> {
    this.#cut = true;
    for (const each of this.#conns) await each.closeWrite().catch(() => {});
  }

  [Symbol.dispose](): void {
    this.#listener.close();
    for (const each of this.#conns) each.close();
  }
}

for (const engine of ["node", "deno"] as const) {
  for (const mine of [{}, pair("client")]) {
    const name = "cert" in mine ? "node's client" : "Deno's client";
    Deno.test(`TLS: an end without the goodbye is no end, with the engine "${engine}" and ${name}`, async () => {
      const seen = Promise.withResolvers<unknown>();
      const arrived = Promise.withResolvers<StreamConnection>();
      await using server = await startServer(async (connection) => {
        arrived.resolve(connection);
        try {
          seen.resolve(await connection.reader.readExactly(100, LONG));
        } catch (error) {
          seen.resolve(error);
        }
      }, { port: 0, tls: { ...serverTls, engine } });
      using relay = new Relay(server.address);
      const client = await openConnection(relay.address, { tls: { ca, ...mine } });
      client.writer.write("not all of it");
      const { writer, reader } = await arrived.promise;
      writer.write("hello\n");
      assertEquals(text(await client.reader.readLine(LONG)), "hello");
      while (reader.buffered < 13) await new Promise((resolve) => setTimeout(resolve, 1));
      await relay.cut();
      const here = await client.reader.readAll(LONG).catch((error) => error);
      assertInstanceOf(here, ConnectionResetError, `the client read ${here}`);
      // Whoever waits for more learns that there was no proper end.
      assertInstanceOf(await seen.promise, ConnectionResetError);
      client.abort();
    });

    Deno.test(`TLS: the goodbye is an end, with the engine "${engine}" and ${name}`, async () => {
      const seen = Promise.withResolvers<unknown>();
      await using server = await startServer(async ({ reader, writer }) => {
        seen.resolve(await reader.readExactly(100, LONG).catch((error) => error));
        writer.write("bye");
      }, { port: 0, tls: { ...serverTls, engine } });
      const address = { hostname: "localhost", port: (server.address as Deno.NetAddr).port };
      await using client = await openConnection(address, { tls: { ca, ...mine } });
      client.writer.write("not all of it");
      await client.writer.writeEof();
      const error = await seen.promise;
      assertInstanceOf(error, IncompleteReadError);
      assertEquals(text(error.partial), "not all of it");
      assertEquals(text(await client.reader.readAll(LONG)), "bye");
    });
  }
}

for (const engine of ["node", "deno"] as const) {
  Deno.test(`TLS: a handshake that drips is thrown out in time with the engine "${engine}"`, async () => {
    const failed = Promise.withResolvers<unknown>();
    await using server = await startServer(({ reader }) => reader.read(), {
      port: 0,
      tls: { ...serverTls, engine, handshakeTimeout: 200 },
      onError: failed.resolve,
    });
    await using slow = await openConnection(server.address);
    // The head of a ClientHello that announces 16 KiB, then one byte after the other: never idle, never done.
    slow.writer.write(Uint8Array.of(0x16, 3, 1, 0x40, 0, 1, 0, 0x3f, 0xfc, 3, 3));
    let thrown = false;
    const drip = (async () => {
      while (!thrown) {
        slow.writer.write(Uint8Array.of(0));
        await slow.writer.flush();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })().catch(() => {});
    const address = { hostname: "localhost", port: (server.address as Deno.NetAddr).port };
    await using other = await openConnection(address, { tls: { ca } });
    other.writer.write("x");
    assertInstanceOf(await failed.promise, TimeoutError);
    thrown = true;
    await drip;
    // Deno's own TLS keeps the socket until the client leaves.
    if (engine === "deno") return;
    const end = await slow.reader.read(1, LONG).catch((error) => error);
    assert(end === null || end instanceof ConnectionResetError, String(end));
  });
}

Deno.test("TLS: a peer that breaks off in the handshake is an error on both sides, not a hang", async () => {
  const failed = Promise.withResolvers<unknown>();
  await using server = await startServer(() => {}, {
    port: 0,
    tls: serverTls,
    onError: failed.resolve,
  });
  const client = await openConnection(server.address);
  client.writer.write(Uint8Array.of(0x16, 3, 1, 0x40, 0));
  await client.writer.flush();
  await client.writer.writeEof();
  const error = await failed.promise;
  assert(error instanceof Error && "op" in error, String(error));
  client.abort();
  // The other way round: a server that accepts and leaves.
  using leaver = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const leaving = leaver.accept().then(async (conn) => {
    await conn.read(new Uint8Array(5));
    conn.close();
  });
  const address = { hostname: "localhost", port: leaver.addr.port };
  await assertRejects(() => openConnection(address, { tls: { ca } }), ConnectionResetError);
  await leaving;
});

Deno.test("TLS: suppressRaggedEof takes an end without the goodbye for an end, with both engines", async () => {
  const suppressRaggedEof = true;
  for (const engine of ["node", "deno"] as const) {
    for (const mine of [{}, pair("client")]) {
      const seen = Promise.withResolvers<unknown>();
      await using server = await startServer(async ({ reader, writer }) => {
        writer.write("hello\n");
        seen.resolve(await reader.readAll(LONG).catch((error) => error));
      }, { port: 0, tls: { ...serverTls, engine, suppressRaggedEof } });
      using relay = new Relay(server.address);
      const client = await openConnection(relay.address, {
        tls: { ca, ...mine, suppressRaggedEof },
      });
      client.writer.write("all of it");
      assertEquals(text(await client.reader.readLine(LONG)), "hello");
      while (server.connections.values().next().value!.reader.buffered < 9) {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await relay.cut();
      assertEquals(await client.reader.readAll(LONG), new Uint8Array(0));
      assertEquals(text(await seen.promise as Uint8Array), "all of it");
      client.abort();
    }
  }
});

Deno.test("TLS: under load each connection has all its bytes and a proper end, in both directions", async () => {
  const SIZES = [0, 1, 100, 16_384, 200_000, 1_500_000];
  for (const engine of ["node", "deno"] as const) {
    const wrong: string[] = [];
    await using server = await startServer(async ({ reader, writer }) => {
      const size = Number(text(await reader.readLine(LONG)));
      writer.write(new Uint8Array(size));
      const received = (await reader.readAll(LONG)).length;
      if (received !== size) wrong.push(`the server had ${received} of ${size}`);
    }, {
      port: 0,
      tls: { ...serverTls, engine },
      onError: (error) => wrong.push(String(error)),
    });
    const address = { hostname: "localhost", port: (server.address as Deno.NetAddr).port };
    for (let round = 0; round < rounds(2, 40); round++) {
      await Promise.all(Array.from({ length: 18 }, async (_, i) => {
        const size = SIZES[i % SIZES.length]!;
        const mine = i % 2 === 0 ? pair("client") : {};
        await using client = await openConnection(address, { tls: { ca, ...mine } });
        client.writer.write(`${size}\n`);
        client.writer.write(new Uint8Array(size));
        await client.writer.writeEof();
        // Some come back late: then all of it waits, with the goodbye at its end.
        if (i % 3 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        const received = (await client.reader.readAll(LONG)).length;
        if (received !== size) wrong.push(`client ${i} had ${received} of ${size}`);
      }));
    }
    assertEquals(wrong, []);
  }
});

Deno.test("TLS on a connection from an address of one's own", async () => {
  await using server = await startServer(({ writer }) => writer.write("hello"), {
    port: 0,
    tls: serverTls,
  });
  await using client = await openConnection(server.address, {
    localAddress: { hostname: "127.0.0.1" },
    tls: { ca, serverName: "localhost" },
  });
  assertEquals(text(await client.reader.readAll(LONG)), "hello");
});
