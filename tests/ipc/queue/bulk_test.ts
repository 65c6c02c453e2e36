import { assertEquals, assertThrows } from "@std/assert";
import { Queue, UnsendableError } from "@ferry/std/ipc";

function pattern(length: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 0xff);
}

Deno.test("Queue carries arrays of bytes below, at and above the size of its segments", () => {
  using queue = new Queue<Uint8Array>();
  for (const length of [0, 63, 64, 4000, 32_639, 32_640, 65_528, 65_536, 65_537, 300_001]) {
    const sent = pattern(length);
    queue.putSync(sent);
    queue.putSync(sent.subarray(length >> 1));
    assertEquals(queue.getSync(), sent);
    assertEquals(queue.getSync(), sent.slice(length >> 1));
  }
});

Deno.test("Queue keeps the order of small and large items that wait together", () => {
  using queue = new Queue<Uint8Array | { n: number } | string>();
  const items = [{ n: 1 }, pattern(70_000), "x".repeat(100_000), { n: 2 }, pattern(40_000), "end"];
  for (const item of items) queue.putSync(item);
  for (const item of items) assertEquals(queue.getSync(), item);
  assertEquals(queue.tryGet(), undefined);
});

Deno.test("Queue.put() refuses an item amid large ones and goes on", () => {
  using queue = new Queue<unknown>();
  queue.putSync(pattern(100_000));
  assertThrows(() => queue.putSync([pattern(100_000), () => {}]), UnsendableError);
  queue.putSync(pattern(50_000));
  assertEquals(queue.getSync(), pattern(100_000));
  assertEquals(queue.getSync(), pattern(50_000));
});
