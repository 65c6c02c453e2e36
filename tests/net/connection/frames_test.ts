import { Connection } from "@ferry/std/net/connection";
import {
  ConnectionResetError,
  IncompleteReadError,
  LimitOverrunError,
  ProtocolError,
} from "@ferry/std/net/errors";
import { dumps } from "@ferry/std/persist/pickle";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { assertBytes, frame, join, longHeader, pattern, Script, turn } from "./_duplex.ts";

const SIZES = [0, 1, 5, 4092, 4096, 16_384, 16_385, 65_532, 65_533, 65_536, 70_000, 300_000];

Deno.test("Connection receives a stream that is cut at every byte as it does the whole", async () => {
  const messages = [pattern(0), pattern(3), pattern(300, 9), pattern(0), pattern(17)];
  const long = join(longHeader(5n), pattern(5, 4));
  const stream = join(...messages.map(frame), long);
  const expected = [...messages, pattern(5, 4)];
  for (let cut = 0; cut <= stream.length; cut++) {
    const script = new Script();
    using connection = new Connection(script);
    script.feed(stream.subarray(0, cut), stream.subarray(cut));
    script.end();
    for (const message of expected) assertEquals(await connection.recvBytes(), message);
    await assertRejects(() => connection.recvBytes(), Deno.errors.UnexpectedEof, "has closed");
  }
});

Deno.test("Connection receives messages of all sizes in chunks of all sizes", async () => {
  const stream = join(...SIZES.map((size) => frame(pattern(size, size))));
  for (const chunk of [1000, 4096, 65_536, 65_537, stream.length]) {
    const script = new Script();
    using connection = new Connection(script);
    for (let at = 0; at < stream.length; at += chunk) script.feed(stream.subarray(at, at + chunk));
    const kept: Uint8Array[] = [];
    for (const _ of SIZES) kept.push(await connection.recvBytes());
    // All of them, only now: what was given out first is as it was.
    for (const [i, size] of SIZES.entries()) assertBytes(kept[i]!, pattern(size, size));
  }
});

Deno.test("Connection receives large messages behind others, however they are cut", async () => {
  const random = new Random(seedFor("large messages"));
  for (let round = 0; round < 30; round++) {
    const sizes = Array.from(
      { length: 6 },
      () => random.pick([10, 5000, 70_000, 200_000, 262_140, 262_141, 400_000, 1 << 20]),
    );
    const stream = join(...sizes.map((size) => frame(pattern(size, size))));
    const script = new Script();
    using connection = new Connection(script);
    const most = random.pick([1000, 65_536, 300_000, stream.length]);
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random.below(most);
      script.feed(stream.subarray(at, end));
      at = end;
    }
    const kept: Uint8Array[] = [];
    for (const _ of sizes) kept.push(await connection.recvBytes());
    for (const [i, size] of sizes.entries()) assertBytes(kept[i]!, pattern(size, size));
  }
});

Deno.test("Connection.recvBytes() gives views that later messages do not change", async () => {
  const script = new Script();
  using connection = new Connection(script);
  const kept: Uint8Array[] = [];
  for (let i = 0; i < 2000; i++) {
    script.feed(frame(pattern(100, i)));
    kept.push(await connection.recvBytes());
  }
  for (const [i, bytes] of kept.entries()) assertEquals(bytes, pattern(100, i));
});

Deno.test("Connection sends what CPython sends: header and body, the long header from 2 GiB on", async () => {
  for (const size of SIZES) {
    const script = new Script();
    using connection = new Connection(script);
    await connection.sendBytes(pattern(size));
    assertBytes(script.output, frame(pattern(size)));
  }
  const script = new Script();
  using connection = new Connection(script);
  await connection.send({ a: 1 });
  assertEquals(script.output, frame(dumps({ a: 1 }, { protocol: 4 })));
});

Deno.test("Connection sends whole messages in order through writes that take a few bytes", async () => {
  const script = new Script();
  script.most = 7;
  using connection = new Connection(script);
  const bodies = Array.from({ length: 200 }, (_, i) => pattern(i === 100 ? 20_000 : i, i));
  await Promise.all(bodies.map((body) => connection.sendBytes(body)));
  assertEquals(script.output, join(...bodies.map(frame)));
  assertEquals(connection.pendingBytes, 0);
});

Deno.test("Connection sends what is sent in one turn with one write", async () => {
  const script = new Script();
  using connection = new Connection(script);
  for (let i = 0; i < 100; i++) connection.trySendBytes(pattern(20, i));
  await connection.flush();
  assertEquals(script.written.length, 1);
  for (let i = 0; i < 100; i++) connection.trySendBytes(pattern(i, i));
  await connection.flush();
  assertEquals(script.output.length, 100 * 24 + 100 * 4 + 4950);
});

Deno.test("Connection.trySendBytes() says no while 64 KiB wait, and yes again when they are gone", async () => {
  const script = new Script();
  const free = script.jam();
  using connection = new Connection(script);
  let sent = 0;
  while (connection.trySendBytes(new Uint8Array(1000))) sent++;
  assertEquals(sent, Math.ceil(65_536 / 1004));
  assert(connection.pendingBytes >= 65_536);
  free();
  await connection.flush();
  assert(connection.trySendBytes(new Uint8Array(1000)));
  await connection.flush();
});

Deno.test("Connection refuses a negative header other than -1, for good", async () => {
  for (const header of [[0xff, 0xff, 0xff, 0xfe], [0x80, 0, 0, 0], [0xff, 0xff, 0, 0]]) {
    const script = new Script();
    using connection = new Connection(script);
    script.feed(frame("fine"), header, new Uint8Array(100));
    assertEquals((await connection.recvBytes()).length, 4);
    for (let i = 0; i < 2; i++) {
      await assertRejects(() => connection.recvBytes(), ProtocolError, "no header");
    }
    assert(await connection.poll());
  }
});

Deno.test("Connection takes the long header for a short message", async () => {
  const script = new Script();
  using connection = new Connection(script);
  script.feed(longHeader(3n), pattern(3), longHeader(0n), frame("next"));
  assertEquals(await connection.recvBytes(), pattern(3));
  assertEquals(await connection.recvBytes(), pattern(0));
  assertEquals(await connection.recvBytes(), new TextEncoder().encode("next"));
});

Deno.test("Connection reserves no memory for what is announced", async () => {
  for (const announced of [0x7fffffffn, 2n ** 31n, 2n ** 40n, 2n ** 64n - 1n]) {
    const script = new Script();
    using connection = new Connection(script);
    script.feed(longHeader(announced));
    const error = await assertRejects(() => connection.recvBytes(), LimitOverrunError);
    assertEquals([error.limit, error.consumed], [67_108_864, Number(announced)]);
    assert(error.message.includes("maxBytes"));
    assert(script.largestRoom <= 65_536);
  }
  const script = new Script();
  using connection = new Connection(script, { maxBytes: 2 ** 31 });
  script.feed(longHeader(2n ** 31n), pattern(100_000));
  const waiting = connection.recvBytes();
  await turn();
  // The limit allows it; still the room grows with what has come.
  assert(script.largestRoom <= 131_072, `${script.largestRoom}`);
  script.end();
  const error = await assertRejects(() => waiting, IncompleteReadError);
  assertEquals([error.expected, error.partial.length], [2 ** 31, 100_000]);
});

Deno.test("Connection.recvBytes() with maxLength leaves a longer message to a call that allows it", async () => {
  const script = new Script();
  using connection = new Connection(script);
  for (const size of [100, 50_000, 100_000]) {
    script.feed(frame(pattern(size)), frame("next"));
    for (const maxLength of [0, size - 1]) {
      await assertRejects(() => connection.recvBytes({ maxLength }), LimitOverrunError);
    }
    await assertRejects(async () => {
      await Promise.resolve();
      connection.tryRecvBytes({ maxLength: 1 });
    }, LimitOverrunError);
    assertBytes(await connection.recvBytes({ maxLength: size }), pattern(size));
    assertEquals((await connection.recvBytes({ maxLength: 4 })).length, 4);
  }
});

Deno.test("Connection does not read on while a message is refused", async () => {
  const script = new Script();
  using connection = new Connection(script, { maxBytes: 10 });
  script.feed(frame(pattern(11)));
  await assertRejects(() => connection.recv(), LimitOverrunError);
  const { reads } = script;
  for (let i = 0; i < 10; i++) await assertRejects(() => connection.recv(), LimitOverrunError);
  await turn();
  assertEquals(script.reads, reads);
});

Deno.test("Connection tells the end of the stream from an end within a message", async () => {
  const whole = frame(pattern(10));
  for (let length = 0; length < whole.length; length++) {
    const script = new Script();
    using connection = new Connection(script);
    script.feed(whole.subarray(0, length));
    script.end();
    const error = await assertRejects(() => connection.recvBytes(), IncompleteReadError);
    assertEquals(error.partial.length, length < 4 ? length : length - 4, `${length}`);
    assertEquals(error.expected, length < 4 ? 4 : 10);
    const seen: unknown[] = [];
    const iterating = async () => {
      for await (const each of connection) seen.push(each);
    };
    if (length === 0) await iterating();
    else await assertRejects(iterating, IncompleteReadError, "within a message");
  }
});

Deno.test("Connection gives what came before a reset, then the reset, again and again", async () => {
  const script = new Script();
  using connection = new Connection(script);
  script.feed(frame("one"), frame("two"), [0, 0]);
  script.end(new Deno.errors.ConnectionReset("reset"));
  assertEquals((await connection.recvBytes()).length, 3);
  assertEquals((await connection.recvBytes()).length, 3);
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => connection.recvBytes(), ConnectionResetError);
  }
});
