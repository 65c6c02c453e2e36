// Giving memory back: what was released is written again, what was not never is.
import { assert, assertEquals, assertFalse } from "@std/assert";
import { StreamReader } from "@ferry/std/net";
import { bytes, chunks, cut, Faucet, text } from "../support/source.ts";
import { Random, rounds, seedFor } from "../../_support/random.ts";

const LARGE = 256 * 1024;

Deno.test("StreamReader.release(): reads that are released share one piece of memory", async () => {
  const reader = new StreamReader(chunks(cut(new Uint8Array(4 * LARGE).fill(7), 50_000)));
  const memory = new Set<ArrayBufferLike>();
  let read = 0;
  for (let chunk; (chunk = await reader.read()) !== null;) {
    read += chunk.length;
    assert(chunk.every((byte) => byte === 7));
    if (read > LARGE) memory.add(chunk.buffer);
    assert(reader.release(chunk));
  }
  assertEquals(read, 4 * LARGE);
  assertEquals(memory.size, 1);
});

Deno.test("StreamReader.release(): takes back what was read last, once, and nothing else", async () => {
  const reader = new StreamReader(chunks([bytes("one\ntwo\nthree\nfour")]));
  const one = (await reader.readLine())!;
  const two = (await reader.readLine())!;
  assertFalse(reader.release(one), "it was not read last");
  assert(reader.release(two));
  assertFalse(reader.release(two), "it was released before");
  const three = (await reader.readLine())!;
  const head = await reader.peek();
  assertFalse(reader.release(three), "peek has given what lies behind it");
  assertFalse(reader.release(head), "what was peeked at was not read");
  assertFalse(reader.release(three.slice()), "it is a copy");
  assertEquals([one, three, head].map(text), ["one", "three", "four"]);
});

Deno.test("StreamReader.release(): bytes that come while a read has timed out are not mixed up", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  faucet.push("abc");
  const first = (await reader.read())!;
  await reader.read(Infinity, { timeout: 0 }).catch(() => {});
  assert(reader.release(first));
  faucet.push("defg");
  assertEquals(text(await reader.readExactly(4)), "defg");
  faucet.push("hi");
  assertEquals(text(await reader.read()), "hi");
});

Deno.test("StreamReader.release(): what is kept stays as it is", async () => {
  const random = new Random(seedFor("StreamReader.release"));
  const below = (limit: number) => random.below(limit);
  for (let round = 0; round < rounds(100, 3000); round++) {
    const input = Uint8Array.from({ length: 20_000 }, () => below(12) === 0 ? 10 : 97 + below(26));
    const source = chunks(cut(input, 1 + below(3000)));
    const reader = new StreamReader(source);
    const kept: [view: Uint8Array, copy: Uint8Array][] = [];
    for (let at = 0; at < input.length;) {
      const count = Math.min(1 + below(500), input.length - at);
      const way = below(4);
      let view: Uint8Array;
      if (way === 0) view = (await reader.read(count))!;
      else if (way === 1) view = await reader.readExactly(count);
      else if (way === 2) view = (await reader.readLine())!;
      else view = (await reader.peek(count)).subarray(0, count);
      assertEquals(view, input.subarray(at, at + view.length));
      if (way < 3) at += view.length;
      if (way === 2 && at < input.length) assertEquals(input[at++], 10);
      if (way < 3 && below(2) === 0) assertEquals(reader.release(view), view.length > 0);
      else kept.push([view, view.slice()]);
    }
    for (const [view, copy] of kept) assertEquals(view, copy);
  }
});
