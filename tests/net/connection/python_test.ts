// Both ends against every CPython there is: over TCP, Unix sockets and abstract ones.
import { AuthenticationError, connect, type Connection, Listener } from "@ferry/std/net/connection";
import type { ListenAddress } from "@ferry/std/net/connection";
import type { Address } from "@ferry/std/net/errors";
import { TimeoutError } from "@ferry/std/net/errors";
import { isTuple } from "@ferry/std/persist/pickle";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertBytes, pattern } from "./_duplex.ts";
import { name, Peer, PYTHONS } from "./_python_peer.ts";

const KEY = "00ff" + "6b6579".repeat(5);
const OURS = Uint8Array.fromHex(KEY);
const OTHER = "07".repeat(16);
const LINUX = Deno.build.os === "linux";

interface Place {
  readonly name: string;
  readonly family: "tcp" | "unix";
  readonly listen: ListenAddress;
  /** As the peer is told. */
  text(address: Address): string;
  dispose(): void;
}

function places(): Place[] {
  const folder = Deno.makeTempDirSync();
  const path = `${folder}/socket`;
  const abstract = `ferry-test-${crypto.randomUUID()}`;
  const nothing = () => {};
  const tcp = (address: Address) =>
    JSON.stringify("port" in address ? ["127.0.0.1", address.port] : ["127.0.0.1", 0]);
  return [
    { name: "TCP", family: "tcp", listen: { port: 0 }, text: tcp, dispose: nothing },
    {
      name: "a Unix socket",
      family: "unix",
      listen: { path },
      text: () => path,
      dispose: () => Deno.removeSync(folder, { recursive: true }),
    },
    ...(LINUX
      ? [{
        name: "an abstract socket",
        family: "unix" as const,
        listen: { path: `\0${abstract}` },
        text: () => `@${abstract}`,
        dispose: nothing,
      }]
      : []),
  ];
}

/** The address that a server of CPython's prints. */
function addressFrom(line: string): Address {
  const value = JSON.parse(line);
  if (typeof value === "string") return { path: value.replace(/^@/, "\0") };
  return { hostname: value[0], port: value[1] };
}

async function echo(connection: Connection): Promise<void> {
  try {
    while (true) await connection.sendBytes(await connection.recvBytes());
  } catch (error) {
    if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
  }
}

/** Objects and bytes there and back through an echo. */
async function check(connection: Connection): Promise<void> {
  for (const size of [0, 1, 16_384, 16_385, 70_000, 1 << 20]) {
    await connection.sendBytes(pattern(size));
    assertBytes(await connection.recvBytes(), pattern(size));
  }
  for (const value of [null, "héllo", [1, [2.5, null]], { a: { b: [true] } }, 2n ** 100n]) {
    await connection.send(value);
    assertEquals(await connection.recv(), value);
  }
}

for (const python of PYTHONS) {
  for (const place of places()) {
    Deno.test(`Listener serves the Client of CPython ${name(python)} over ${place.name}`, async () => {
      try {
        for (const key of place.family === "tcp" ? [KEY, "none"] : [KEY]) {
          await using listener = new Listener(
            place.listen,
            key === "none" ? {} : { authKey: OURS },
          );
          await using peer = new Peer(python, {
            role: "client",
            family: place.family,
            address: place.text(listener.address),
            key,
            what: "check",
          });
          using connection = await listener.accept({ timeout: 60_000 });
          await echo(connection);
          assertEquals(await peer.line(), "ok");
        }
      } finally {
        place.dispose();
      }
    });
  }

  for (const place of places()) {
    Deno.test(`connect() reaches the Listener of CPython ${name(python)} over ${place.name}`, async () => {
      try {
        for (const key of place.family === "tcp" ? [KEY, "none"] : [KEY]) {
          await using peer = new Peer(python, {
            role: "server",
            family: place.family,
            address: place.text({ path: null }),
            key,
            what: "echo",
          });
          const address = addressFrom(await peer.line());
          {
            using connection = await connect(address, key === "none" ? {} : { authKey: OURS });
            await check(connection);
          }
          assertEquals(await peer.line(), "ok");
        }
      } finally {
        place.dispose();
      }
    });
  }

  Deno.test(`Listener reads the pickles of CPython ${name(python)} and CPython reads ours`, async () => {
    await using peer = new Peer(python, {
      role: "server",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", 0]),
      key: KEY,
      what: "check",
    });
    using connection = await connect(addressFrom(await peer.line()), { authKey: OURS });
    const kinds: string[] = [];
    // CPython checks what comes back: bytes for its first eight messages, then objects through our pickle and back.
    for (let i = 0; i < 8; i++) await connection.sendBytes(await connection.recvBytes());
    for (let i = 0; i < 18; i++) {
      const value = await connection.recv();
      kinds.push(isTuple(value) ? "tuple" : value === null ? "null" : typeof value);
      await connection.send(value);
    }
    await connection.sendBytes(await connection.recvBytes());
    assertEquals(await peer.line(), "ok");
    assert(kinds.includes("tuple") && kinds.includes("bigint"));
  });

  Deno.test(`Listener and connect() refuse CPython ${name(python)} with another key, and are refused`, async () => {
    const refused = Promise.withResolvers<unknown>();
    using listener = new Listener({ port: 0 }, { authKey: OURS, onRefused: refused.resolve });
    const text = JSON.stringify([
      "127.0.0.1",
      "port" in listener.address ? listener.address.port : 0,
    ]);
    await using client = new Peer(python, {
      role: "client",
      family: "tcp",
      address: text,
      key: OTHER,
      what: "check",
    });
    assert(await refused.promise instanceof AuthenticationError);
    assert((await client.line()).startsWith("AuthenticationError"));
    assertEquals([listener.refused, listener.tryAccept()], [1, undefined]);

    await using server = new Peer(python, {
      role: "server",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", 0]),
      key: OTHER,
      what: "echo",
    });
    const address = addressFrom(await server.line());
    await assertRejects(
      () => connect(address, { authKey: OURS }),
      AuthenticationError,
      "refused our key",
    );
    assert((await server.line()).startsWith("AuthenticationError"));
  });

  Deno.test(`Only one side of CPython ${name(python)} and us has a key: an error, no hang`, async () => {
    // Theirs has one: it waits for an answer. Our reader says what is wrong.
    await using server = new Peer(python, {
      role: "server",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", 0]),
      key: KEY,
      what: "echo",
    });
    {
      using connection = await connect(addressFrom(await server.line()));
      await assertRejects(() => connection.recv(), AuthenticationError, "asks for a key");
    }
    // Ours has one: theirs sends nothing that we could wait for.
    await using keyless = new Peer(python, {
      role: "server",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", 0]),
      key: "none",
      what: "echo",
    });
    const address = addressFrom(await keyless.line());
    await assertRejects(
      () => connect(address, { authKey: OURS, handshakeTimeout: 200 }),
      TimeoutError,
      "only one side has a key",
    );
    // A client without a key takes our challenge for a message and sends it back: that is no answer.
    const refused = Promise.withResolvers<unknown>();
    using listener = new Listener({ port: 0 }, { authKey: OURS, onRefused: refused.resolve });
    await using client = new Peer(python, {
      role: "client",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", (listener.address as Deno.NetAddr).port]),
      key: "none",
      what: "echo",
    });
    assert(await refused.promise instanceof AuthenticationError);
    await client.line();
  });

  const modern = python.version[1] >= 12;
  Deno.test(`allowMd5: false ${modern ? "is fine with" : "refuses"} CPython ${name(python)}`, async () => {
    await using server = new Peer(python, {
      role: "server",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", 0]),
      key: KEY,
      what: "echo",
    });
    const connecting = connect(addressFrom(await server.line()), {
      authKey: OURS,
      allowMd5: false,
    });
    if (modern) (await connecting).close();
    else await assertRejects(() => connecting, AuthenticationError, "allowMd5");

    const refused = Promise.withResolvers<unknown>();
    using listener = new Listener({ port: 0 }, {
      authKey: OURS,
      allowMd5: false,
      onRefused: refused.resolve,
    });
    await using client = new Peer(python, {
      role: "client",
      family: "tcp",
      address: JSON.stringify(["127.0.0.1", (listener.address as Deno.NetAddr).port]),
      key: KEY,
      what: "check",
    });
    if (modern) {
      using connection = await listener.accept();
      await echo(connection);
      assertEquals(await client.line(), "ok");
    } else {
      assert(await refused.promise instanceof AuthenticationError);
      assert((await client.line()).startsWith("AuthenticationError"));
    }
  });
}
