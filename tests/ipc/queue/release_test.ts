import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { Pipe, Process, Queue, SharedArray } from "@ferry/std/ipc";
import { LONG } from "../../_support/processes.ts";

/** An array that has come through the queue. */
function arrived<T>(queue: Queue<T>, item: T): T {
  queue.putSync(item);
  return queue.getSync();
}

Deno.test("Queue.release() gives memory to the next array of the same length, whose bytes are its own", () => {
  using queue = new Queue<Uint8Array>();
  for (const size of [16_384, 20_003, 3_000_000]) {
    const first = arrived(queue, new Uint8Array(size).fill(1));
    assert(queue.release(first));
    assertEquals(first.length, 0, "empty from then on");
    const other = arrived(queue, new Uint8Array(size + 8).fill(2));
    assertEquals([other.length, other.buffer.byteLength, other.at(-1)], [size + 8, size + 8, 2]);
    const bytes = Uint8Array.from({ length: size }, (_, i) => i * 7);
    assertEquals(arrived(queue, bytes), bytes);
  }
});

Deno.test("Queue.release() takes what is anywhere in an item, of every kind, and other messages use it", () => {
  using queue = new Queue<unknown>();
  using pipe = new Pipe<unknown>({ capacity: 1 << 20 });
  const [a, b] = pipe;
  const size = 32_768;
  const views = [
    new Float64Array(size / 8),
    new Int16Array(size / 2),
    new BigInt64Array(size / 8),
    new DataView(new ArrayBuffer(size)),
    new Uint8Array(size),
  ];
  for (const view of views) {
    const { frame } = arrived(queue, { frame: view }) as { frame: ArrayBufferView };
    assert(queue.release(frame), view.constructor.name);
  }
  const buffer = arrived(queue, new ArrayBuffer(size)) as ArrayBuffer;
  assert(queue.release(buffer));
  assert(buffer.detached);
  const floats = Float64Array.from({ length: size / 8 }, (_, i) => i / 3);
  a.sendSync([floats, floats.slice().reverse()]);
  assertEquals(b.recvSync(), [floats, floats.slice().reverse()]);
});

Deno.test("Queue.release() leaves alone what is small, a part, shared, resizable or given back before", () => {
  const queue = new Queue<Uint8Array>();
  const first = arrived(queue, new Uint8Array(20_000).fill(1));
  assert(queue.release(first));
  assertFalse(queue.release(first), "twice");
  const second = arrived(queue, new Uint8Array(20_000).fill(2));
  assertFalse(queue.release(first), "of memory that another array has by now");
  assertFalse(queue.release(second.subarray(1)), "a part");
  assertFalse(queue.release(arrived(queue, new Uint8Array(16_383))), "small");
  assertFalse(queue.release(new Uint8Array(new ArrayBuffer(20_000, { maxByteLength: 30_000 }))));
  using shared = new SharedArray("uint8", 20_000, { lock: false });
  assertFalse(queue.release(shared.view));
  const ofModule = new WebAssembly.Memory({ initial: 1 }).buffer as ArrayBuffer;
  assertFalse(queue.release(ofModule), "of a module");
  assertFalse(ofModule.detached);
  assertEquals(second[19_999], 2);
  queue.close();
  assertThrows(() => queue.release(second), Deno.errors.BadResource);
});

Deno.test("Frames that are given back arrive whole, from another process, whatever their lengths", async () => {
  using queue = new Queue<Uint8Array>({ maxSize: 4 });
  const lengths = [20_000, 100_000, 30_008, 20_000, 20_000, 1_000_001, 100_000];
  const process = new Process((queue: Queue<Uint8Array>, lengths: number[]) => {
    for (let i = 0; i < 210; i++) {
      queue.putSync(new Uint8Array(lengths[i % lengths.length]!).fill(i));
    }
  }, { args: [queue, lengths] });
  process.start();
  for (let i = 0; i < 210; i++) {
    const frame = await queue.get(LONG);
    assertEquals(frame.length, lengths[i % lengths.length]);
    assert(frame.every((byte) => byte === (i & 255)), `frame ${i}`);
    assert(queue.release(frame));
  }
  assert(await process.join(LONG));
});
