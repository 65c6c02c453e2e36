// Random peers that do everything wrong, against one server. Seeded: FERRY_SEED repeats a run, FERRY_STRESS=1 makes 10,000.
import { connect, type Connection, Listener } from "@ferry/std/net/connection";
import { NetError } from "@ferry/std/net/errors";
import { PickleError } from "@ferry/std/persist/pickle";
import { assert, assertEquals } from "@std/assert";
import { connect as nodeConnect } from "node:net";
import { Random, seedFor } from "../../_support/random.ts";
import { assertBytes, frame, join, longHeader, pattern, turn } from "./_duplex.ts";

const SCRIPTS = Deno.env.get("FERRY_STRESS") ? 10_000 : 1000;
const AT_ONCE = 10;

type Next = (below: number) => number;

/** Bytes that a stranger sends instead of a handshake. */
function rubbish(next: Next): Uint8Array[] {
  switch (next(8)) {
    case 0:
      return [];
    case 1:
      return [pattern(next(400), next(256))];
    case 2:
      return [Uint8Array.of(0xff, 0xff, 0xff, 0xfe), pattern(next(100))];
    case 3:
      return [longHeader(BigInt(next(2 ** 31)) << 24n), pattern(next(5000))];
    case 4:
      return [frame(pattern(next(300)))];
    case 5:
      return [frame("{sha256}" + "x".repeat(32))];
    case 6:
      return [frame("#CHALLENGE#" + "y".repeat(20)), frame("#WELCOME#")];
    default:
      return [Uint8Array.of(0, 0, 0), Uint8Array.of(16)];
  }
}

/** A stranger: what it sends, in pieces, and how it leaves. */
async function stranger(port: number, next: Next): Promise<void> {
  const socket = nodeConnect({ port, host: "127.0.0.1" });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => {});
  await new Promise<void>((resolve) => {
    socket.once("connect", resolve);
    socket.once("close", () => resolve());
  });
  const reading = next(2) === 0;
  if (reading) socket.resume();
  for (const piece of rubbish(next)) {
    for (let at = 0; at < piece.length;) {
      const size = 1 + next(piece.length);
      socket.write(piece.slice(at, at + size));
      at += size;
      if (next(3) === 0) await turn();
    }
  }
  if (next(2) === 0) await turn();
  const leave = next(3);
  if (leave === 0) socket.resetAndDestroy();
  else if (leave === 1) socket.destroy();
  else {
    // Half closed: it is the server that ends this.
    socket.end();
    socket.resume();
  }
  await closed;
}

/** A friend that has the key and misbehaves afterwards. */
async function friend(listener: Listener, next: Next): Promise<void> {
  const connection = await connect(listener.address, { authKey: "key", timeout: 60_000 });
  const sizes = Array.from({ length: 1 + next(6) }, () => [0, 1, 900, 16_385, 90_000][next(5)]!);
  const together = next(2) === 0;
  if (together) {
    for (const size of sizes) {
      void connection.sendBytes(pattern(size)).catch(() => {});
    }
  }
  for (const size of sizes) {
    if (!together) await connection.sendBytes(pattern(size));
    if (next(12) === 0) break; // Does not read the answer.
    const wait = next(4) === 0 ? { timeout: next(3) } : {};
    const bytes = await connection.recvBytes(wait).catch((error) => {
      assert(error instanceof NetError);
      return connection.recvBytes();
    });
    assertBytes(bytes, pattern(size));
  }
  if (next(2) === 0) void connection.sendBytes(pattern(next(70_000))).catch(() => {});
  connection.close();
}

Deno.test(`Listener outlives ${SCRIPTS} peers that do everything wrong`, async () => {
  const seed = seedFor("connection faults");
  const refused: unknown[] = [];
  const ended: unknown[] = [];
  const serving = new Set<Connection>();
  await using listener = new Listener({ port: 0 }, {
    authKey: "key",
    handshakeTimeout: 2000,
    onRefused: (error) => refused.push(error),
  });
  const accepting = (async () => {
    for await (const connection of listener) {
      serving.add(connection);
      (async () => {
        try {
          while (true) await connection.sendBytes(await connection.recvBytes());
        } catch (error) {
          ended.push(error);
        } finally {
          connection.close();
          serving.delete(connection);
        }
      })();
    }
  })();
  const { port } = listener.address as Deno.NetAddr;
  let friends = 0;
  for (let script = 0; script < SCRIPTS; script += AT_ONCE) {
    const running = Array.from({ length: AT_ONCE }, (_, i) => {
      // Neighbouring seeds begin with neighbouring numbers: spread them, and leave the first ones out.
      const random = new Random(Math.imul(seed + script + i, 0x9e3779b1));
      for (let n = 0; n < 8; n++) random.next();
      const next = (below: number) => random.below(below);
      if (next(3) > 0) return stranger(port, next);
      friends++;
      return friend(listener, next);
    });
    await Promise.all(running);
  }
  // A last one that does nothing wrong is served as the first would have been.
  using client = await connect(listener.address, { authKey: "key" });
  await client.sendBytes(join(pattern(10), pattern(20)));
  assertEquals((await client.recvBytes()).length, 30);
  client.close();
  while (serving.size > 0) await turn();
  listener.close();
  await accepting;
  // Who resets a connection before it is accepted is not seen at all, and a friend who does so in the handshake is refused.
  assert(listener.refused + ended.length <= SCRIPTS + 1);
  assert(listener.refused > 0 && ended.length > 1 && ended.length <= friends + 1);
  for (const error of [...refused, ...ended]) {
    assert(error instanceof NetError || error instanceof PickleError, `${error}`);
  }
});
