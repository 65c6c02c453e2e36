import {
  assert,
  assertEquals,
  assertFalse,
  assertNotStrictEquals,
  assertThrows,
} from "@std/assert";
import { Pipe } from "@ferry/std/ipc";

Deno.test("Connection.release() gives memory to the next message of the same length, and to no other", () => {
  using pipe = new Pipe<unknown>({ capacity: 8 << 20 });
  const [a, b] = pipe;
  for (const size of [16_384, 20_000, 3_000_000]) {
    const other = size + 1;
    a.sendBytesSync(new Uint8Array(size).fill(1));
    const first = b.recvBytesSync();
    const { buffer } = first;
    assert(b.release(first));
    a.sendBytesSync(new Uint8Array(other).fill(2));
    const second = b.recvBytesSync();
    assertNotStrictEquals(second.buffer, buffer);
    assertEquals([second.length, second.buffer.byteLength, second.at(-1)], [other, other, 2]);
    a.sendBytesSync(new Uint8Array(size).fill(3));
    const third = b.recvBytesSync();
    assert(third.buffer === buffer, `${size}`);
    assertEquals(third, new Uint8Array(size).fill(3));
  }
});

Deno.test("Connection.release() takes only what was given last, once, and nothing that was moved", () => {
  using pipe = new Pipe<unknown>({ capacity: 1 << 20 });
  const [a, b] = pipe;
  const send = (value: number) => a.sendBytesSync(new Uint8Array(30_000).fill(value));
  send(1);
  const first = b.recvBytesSync();
  send(2);
  const second = b.tryRecvBytes()!;
  assertFalse(b.release(first), "not the last");
  assertFalse(b.release(new Uint8Array(second.buffer)), "another view");
  assertFalse(b.release(second.slice()), "a copy");
  second.buffer.transfer();
  assertFalse(b.release(second), "moved");
  send(3);
  const third = b.recvBytesSync();
  assert(b.release(third));
  assertFalse(b.release(third), "twice");
  a.sendBytesSync(new Uint8Array(16_383));
  assertFalse(b.release(b.recvBytesSync()), "small");
  // An object in between uses memory of its own.
  a.sendSync(new Uint8Array(30_000).fill(4));
  const object = b.recvSync() as Uint8Array;
  assertNotStrictEquals(object.buffer, third.buffer);
  assertFalse(b.release(object), "of an object");
  assertEquals([first[0], object[0]], [1, 4]);
});

Deno.test("Connection.release() after recvBytes() with await, of a buffer that came by { transfer: true }, and of an end that cannot receive", async () => {
  using pipe = new Pipe<unknown>({ capacity: 1 << 20 });
  const [a, b] = pipe;
  a.sendBytesSync(new Uint8Array(200_000).fill(1), { transfer: true });
  const moved = await b.recvBytes();
  assert(b.release(moved));
  a.sendBytesSync(new Uint8Array(200_000).fill(2));
  const next = await b.recvBytes();
  assertEquals([next.buffer === moved.buffer, next[0], next.length], [true, 2, 200_000]);
  using oneWay = new Pipe<unknown>({ duplex: false });
  const [, writing] = oneWay;
  assertThrows(() => writing.release(next), Deno.errors.NotSupported);
});
