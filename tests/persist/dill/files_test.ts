import { assertEquals, assertRejects } from "@std/assert";
import { dump, dumps, load, LoadError } from "@ferry/std/persist/dill";

const TRUST = { trust: true } as const;

Deno.test("several dumps in one file are read one after the other, to the end", async () => {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path, { read: true, write: true });
    const bytes = new Uint8Array(300_000).fill(7);
    await dump({ bytes }, file);
    await dump((n: number) => n * 2, file, { key: "k" });
    await file.seek(0, Deno.SeekMode.Start);
    assertEquals(await load(file, TRUST), { bytes });
    assertEquals((await load(file, { key: "k" }) as (n: number) => number)(4), 8);
    await assertRejects(() => load(file, TRUST), Deno.errors.UnexpectedEof);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a stream in pieces of any size gives the same; what follows is left to the next load", async () => {
  const one = await dumps([1, "one"]);
  const two = await dumps([2, "two"]);
  const all = new Uint8Array([...one, ...two]);
  for (const size of [1, 7, 32, 100, all.length]) {
    const pieces = Array.from(
      { length: Math.ceil(all.length / size) },
      (_, i) => all.slice(i * size, (i + 1) * size),
    );
    const stream = ReadableStream.from(pieces);
    assertEquals(await load(stream, TRUST), [1, "one"]);
    assertEquals(await load(stream, TRUST), [2, "two"]);
    await assertRejects(() => load(stream, TRUST), Deno.errors.UnexpectedEof);
  }
});

Deno.test("a stream that ends within a dump, or holds something else, is a LoadError", async () => {
  const bytes = await dumps({ a: 1 });
  for (const part of [bytes.subarray(0, 5), bytes.subarray(0, 40), bytes.subarray(0, -1)]) {
    await assertRejects(() => load(ReadableStream.from([part]), TRUST), LoadError);
  }
  const other = new TextEncoder().encode("x".repeat(100));
  await assertRejects(() => load(ReadableStream.from([other]), TRUST), LoadError);
  await assertRejects(
    () => load(ReadableStream.from([bytes]), { ...TRUST, maxBytes: 50 }),
    LoadError,
    "maxBytes is 50",
  );
});

Deno.test("a wait ends with the signal's reason or the timeout", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const reason = new RangeError("enough");
  const controller = new AbortController();
  const waiting = load(readable, { ...TRUST, signal: controller.signal });
  controller.abort(reason);
  assertEquals(await assertRejects(() => waiting), reason);
  const blocked = new WritableStream<Uint8Array>({ write: () => new Promise(() => {}) });
  await assertRejects(() => dump(1, blocked, { timeout: 1 }), Deno.errors.TimedOut);
  await writable.abort().catch(() => {});
});
