// Giving the memory of messages back.
import { Connection } from "@ferry/std/net/connection";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { Random, seedFor } from "../../_support/random.ts";
import { assertBytes, frame, join, pattern, Script } from "./_duplex.ts";

Deno.test("Connection.release(): messages that are released share one piece of memory", async () => {
  for (const size of [100, 65_536, 200_000, 500_000]) {
    const script = new Script();
    using connection = new Connection(script);
    const memory = new Set<ArrayBufferLike>();
    for (let i = 0; i < 20; i++) {
      script.feed(frame(pattern(size, i)));
      const bytes = await connection.recvBytes();
      assertBytes(bytes, pattern(size, i));
      // The first ones find out how much is needed.
      if (i >= 10) memory.add(bytes.buffer);
      assert(connection.release(bytes));
    }
    assertEquals(memory.size, 1, `${size}`);
  }
});

Deno.test("Connection.release(): takes back what was received last, once, and nothing else", async () => {
  const script = new Script();
  using connection = new Connection(script);
  script.feed(join(frame("one"), frame("two"), frame(""), frame(pattern(300_000))));
  const one = await connection.recvBytes();
  const two = connection.tryRecvBytes()!;
  assertFalse(connection.release(one), "it was not received last");
  assert(connection.release(two));
  assertFalse(connection.release(two), "it was released before");
  assertFalse(connection.release(await connection.recvBytes()), "it is empty");
  const large = await connection.recvBytes();
  assertFalse(connection.release(large.slice()), "it is a copy");
  assert(connection.release(large));
  assertFalse(connection.release(large), "it was released before");
  assertEquals(one, new TextEncoder().encode("one"));
});

Deno.test("Connection.release(): what is kept stays as it is, of all sizes, however it is cut", async () => {
  const random = new Random(seedFor("released messages"));
  for (let round = 0; round < 20; round++) {
    const sizes = Array.from(
      { length: 12 },
      () => random.pick([0, 1, 10, 5000, 65_536, 70_000, 262_140, 262_141, 400_000, 1 << 20]),
    );
    const stream = join(...sizes.map((size, i) => frame(pattern(size, i))));
    const script = new Script();
    using connection = new Connection(script);
    const most = random.pick([1000, 65_536, 300_000, stream.length]);
    for (let at = 0; at < stream.length;) {
      const end = at + 1 + random.below(most);
      script.feed(stream.subarray(at, end));
      at = end;
    }
    const kept: [bytes: Uint8Array, i: number][] = [];
    for (const [i, size] of sizes.entries()) {
      const bytes = await connection.recvBytes();
      assertBytes(bytes, pattern(size, i));
      if (random.below(2) === 0) kept.push([bytes, i]);
      else assertEquals(connection.release(bytes), size > 0);
    }
    for (const [bytes, i] of kept) assertBytes(bytes, pattern(sizes[i]!, i));
  }
});
