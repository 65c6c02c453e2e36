import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  decodeMulti,
  DecodeStream,
  type DecodeStreamOptions,
  encode,
  EncodeStream,
  Ext,
  ExtensionRegistry,
  MsgpackError,
  MsgpackIncompleteError,
  MsgpackLimitError,
} from "@ferry/std/formats/msgpack";
import { Random, seedFor } from "../../_support/random.ts";
import { randomValue } from "./generator.ts";

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function collect(chunks: Iterable<Uint8Array>, options?: DecodeStreamOptions): Promise<unknown[]> {
  return Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new DecodeStream(options)));
}

/** Chunks of a size, in memory that is wiped when the next is asked for, as a reader with one buffer gives them. */
function* chunksOf(bytes: Uint8Array, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) {
    const chunk = bytes.slice(at, at + size);
    yield chunk;
    chunk.fill(0xc1);
  }
}

Deno.test("DecodeStream gives what decodeMulti() gives, cut into chunks of any size", async () => {
  const random = new Random(seedFor("chunks"));
  const values = Array.from({ length: 60 }, () => randomValue(random, 3));
  const bytes = concat(values.map((value) => encode(value)));
  assertEquals([...decodeMulti(bytes, { maps: "map" })], values);
  for (const size of [1, 2, 3, 7, 64, 1000, 65536, bytes.length]) {
    assertEquals(await collect(chunksOf(bytes, size), { maps: "map" }), values, `size ${size}`);
  }
});

Deno.test("DecodeStream gives the same for two chunks cut at every byte", async () => {
  const values = [
    { a: [1, "text", null], b: new Uint8Array(20) },
    new Ext(3, new Uint8Array(300)),
    -1,
    "é".repeat(40),
  ];
  const bytes = concat(values.map((value) => encode(value)));
  for (let cut = 0; cut <= bytes.length; cut++) {
    assertEquals(await collect([bytes.slice(0, cut), bytes.slice(cut)]), values, `cut ${cut}`);
  }
});

Deno.test("DecodeStream gives a value out as soon as its last byte has come", async () => {
  const stream = new DecodeStream();
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const bytes = encode([1, "abc"]);
  const written = [writer.write(bytes.subarray(0, -1)), writer.write(bytes.subarray(-1))];
  assertEquals(await reader.read(), { done: false, value: [1, "abc"] });
  await Promise.all(written);
  const closed = writer.close();
  assertEquals((await reader.read()).done, true);
  await closed;
});

Deno.test("DecodeStream fails with what is needed when it ends inside a value, at every byte", async () => {
  const value = {
    name: "some text",
    list: [1, 2.5, new Uint8Array(5)],
    ext: new Ext(1, new Uint8Array(3)),
  };
  const first = encode("before");
  const bytes = concat([first, encode(value)]);
  for (let cut = first.length + 1; cut < bytes.length; cut++) {
    for (const size of [1, 1000]) {
      const error = await assertRejects(
        () => collect(chunksOf(bytes.subarray(0, cut), size)),
        MsgpackIncompleteError,
      );
      assertEquals(error.byteOffset + error.received, cut, `cut ${cut}`);
      assert(error.needed > error.received);
      assert(error.byteOffset + error.needed <= bytes.length);
    }
  }
});

Deno.test("DecodeStream says the offset in the stream", async () => {
  const bytes = concat([encode("x".repeat(100)), Uint8Array.of(0x92, 1, 0xc1)]);
  for (const size of [1, 10, 1000]) {
    const error = await assertRejects(() => collect(chunksOf(bytes, size)), MsgpackError, "0xc1");
    assertEquals(error.byteOffset, bytes.length - 1);
  }
  const text = concat([encode([1, 2, 3]), Uint8Array.of(0xa1, 0xff)]);
  for (const size of [1, 3, 1000]) {
    const error = await assertRejects(() => collect(chunksOf(text, size)), MsgpackError, "UTF-8");
    assertEquals(error.byteOffset, text.length - 1);
  }
});

Deno.test("DecodeStream with elements gives the elements of arrays one by one", async () => {
  for (const count of [0, 3, 15, 16, 70_000]) {
    const array = Array.from({ length: count }, (_, i) => i % 7 === 0 ? [i] : i);
    const bytes = concat([encode(array), encode(["second"])]);
    for (const size of [1, 13, 100_000]) {
      if (size === 1 && count > 100) continue;
      const values = await collect(chunksOf(bytes, size), { elements: true });
      assertEquals(values, [...array, "second"]);
    }
  }
});

Deno.test("DecodeStream with elements refuses other values and arrays that end early", async () => {
  await assertRejects(
    () => collect([encode({})], { elements: true }),
    MsgpackError,
    "an array is needed",
  );
  const bytes = encode([1, 2, [3, 4]]);
  for (let cut = 1; cut < bytes.length; cut++) {
    const error = await assertRejects(
      () => collect([bytes.slice(0, cut)], { elements: true }),
      MsgpackIncompleteError,
    );
    assertEquals(error.byteOffset + error.received, cut);
    assert(error.byteOffset + error.needed <= bytes.length);
  }
  const wide = encode(Array.from({ length: 20 }, () => 0));
  for (const cut of [1, 2, 3]) {
    await assertRejects(
      () => collect([wide.slice(0, cut)], { elements: true }),
      MsgpackIncompleteError,
    );
  }
});

Deno.test("DecodeStream refuses what is beyond a limit when its header has come", async () => {
  const endless = async function* (head: number[]): AsyncGenerator<Uint8Array> {
    yield Uint8Array.from(head);
    for (let i = 0; i < 100; i++) yield new Uint8Array(1000);
    throw new TypeError("read on after the limit");
  };
  const run = (head: number[], options: DecodeStreamOptions): Promise<unknown[]> =>
    Array.fromAsync(ReadableStream.from(endless(head)).pipeThrough(new DecodeStream(options)));
  for (
    const [head, limit] of [
      [[0xdb, 0xff, 0xff, 0xff, 0xff], "maxLength"],
      [[0xdd, 0x06, 0x50, 0, 0], "maxBytes"],
      [[0xc6, 0x06, 0x50, 0, 0], "maxBytes"],
      [[0xdf, 0x03, 0x50, 0, 0], "maxBytes"],
      [new Array(2000).fill(0x91), "maxDepth"],
    ] as const
  ) {
    const error = await assertRejects(() => run([...head], {}), MsgpackLimitError, limit);
    assertEquals(error.limit, limit);
  }
  assertEquals((await collect([encode([[]])], { maxDepth: 2 })).length, 1);
  await assertRejects(() => collect([encode([[]])], { maxDepth: 1 }), MsgpackLimitError);
  assertEquals((await collect([encode("abcd")], { maxBytes: 5 })).length, 1);
  await assertRejects(() => collect([encode("abcde")], { maxBytes: 5 }), MsgpackLimitError);
});

Deno.test("DecodeStream counts maxBytes for each value, not for the stream", async () => {
  const bytes = concat(Array.from({ length: 100 }, () => encode("abcd")));
  assertEquals((await collect(chunksOf(bytes, 7), { maxBytes: 5 })).length, 100);
});

Deno.test("DecodeStream lends views that it does not write to again", async () => {
  const values = Array.from({ length: 300 }, (_, i) => new Uint8Array(100).fill(i));
  const bytes = concat(values.map((value) => encode(value)));
  for (const size of [1, 99, 5000]) {
    const chunks = Array.from(
      { length: Math.ceil(bytes.length / size) },
      (_, i) => bytes.slice(i * size, (i + 1) * size),
    );
    assertEquals(await collect(chunks, { binary: "view" }), values, `size ${size}`);
  }
});

Deno.test("DecodeStream calls hooks and extensions once for each value", async () => {
  let hooks = 0;
  let decoded = 0;
  const extensions = new ExtensionRegistry().register({
    type: 1,
    encode: () => new Uint8Array(0),
    decode: (data) => (decoded++, data.length),
  });
  const bytes = concat([encode({ a: { b: new Ext(1, new Uint8Array(9)) } }), encode({})]);
  const values = await collect(chunksOf(bytes, 1), {
    extensions,
    objectHook(object) {
      hooks++;
      return object;
    },
  });
  assertEquals(values, [{ a: { b: 9 } }, {}]);
  assertEquals([hooks, decoded], [3, 1]);
});

Deno.test("DecodeStream passes chunks that are empty and refuses those that are no bytes", async () => {
  assertEquals(await collect([new Uint8Array(0), encode(1), new Uint8Array(0)]), [1]);
  assertEquals(await collect([]), []);
  await assertRejects(
    () => collect(["text" as unknown as Uint8Array]),
    TypeError,
    "a Uint8Array or an ArrayBuffer is needed",
  );
});

Deno.test("EncodeStream writes each value as a chunk, and DecodeStream reads them back", async () => {
  const random = new Random(seedFor("encode stream"));
  const values = Array.from({ length: 50 }, () => randomValue(random, 2));
  const chunks = await Array.fromAsync(ReadableStream.from(values).pipeThrough(new EncodeStream()));
  assertEquals(chunks, values.map((value) => encode(value)));
  assertEquals(await collect(chunks, { maps: "map" }), values);
});

Deno.test("EncodeStream with chunkBytes gathers values and loses none", async () => {
  const values = Array.from({ length: 1000 }, (_, i) => ({ i }));
  const chunks = await Array.fromAsync(
    ReadableStream.from(values).pipeThrough(new EncodeStream({ chunkBytes: 512, sortKeys: true })),
  );
  assert(chunks.length < 20);
  assert(chunks.slice(0, -1).every((chunk) => chunk.length >= 512));
  assertEquals([...decodeMulti(concat(chunks))], values);
  assertEquals(
    await Array.fromAsync(ReadableStream.from([]).pipeThrough(new EncodeStream({ chunkBytes: 9 }))),
    [],
  );
});

Deno.test("EncodeStream fails with what encode() throws for a value", async () => {
  for (const chunkBytes of [0, 100]) {
    const values = ReadableStream.from([1, 2, () => 3, 4]);
    await assertRejects(
      () => Array.fromAsync(values.pipeThrough(new EncodeStream({ chunkBytes }))),
      TypeError,
      "a function",
    );
  }
});

Deno.test("DecodeStream takes what just keeps a limit, at every length of a header, and refuses one more", async () => {
  const lengths = [0, 1, 15, 16, 31, 32, 255, 256, 65_535, 65_536];
  for (const length of lengths) {
    const map = new Map(Array.from({ length: Math.min(length, 300) }, (_, i) => [i, null]));
    const values = ["x".repeat(length), new Uint8Array(length), new Array(length).fill(1), map];
    for (const value of values) {
      const bytes = encode(value);
      const size = typeof value === "object" && "size" in value ? value.size : length;
      for (const cut of [0, 1, 2, bytes.length - 1]) {
        const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
        const [read] = await collect(chunks, { maxLength: Math.max(1, size), maps: "map" });
        assertEquals(read, value, `${length} cut at ${cut}`);
      }
      // The lengths of short values are in their first byte, which announces nothing that would be kept.
      if (bytes[0]! < 0xc4 || bytes[0]! >= 0xe0 || size < 2) continue;
      await assertRejects(() => collect([bytes], { maxLength: size - 1 }), MsgpackLimitError);
    }
  }
});

Deno.test("DecodeStream counts the bytes of a value that has only begun: just enough is taken, one less is refused", async () => {
  for (const value of [[], [1, [2, "three"]], { a: { b: [1.5] } }, ["x".repeat(40), null]]) {
    const bytes = encode(value);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const chunks = [bytes.slice(0, cut), bytes.slice(cut)];
      assertEquals(await collect(chunks, { maxBytes: bytes.length }), [value]);
      if (bytes.length === 1) continue;
      await assertRejects(
        () => collect(chunks, { maxBytes: bytes.length - 1 }),
        MsgpackLimitError,
      );
    }
  }
});
