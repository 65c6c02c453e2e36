import { assertEquals, assertThrows } from "@std/assert";
import { Pipe, TimeoutError } from "@ferry/std/ipc";

function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) + seed) & 0xff);
}

const LENGTHS = [0, 1, 7, 16, 17, 64, 65, 511, 512, 513, 4095, 32_768, 32_775, 70_001];

Deno.test("Connection.sendBytesSync() sends the right bytes whatever the place of their array", () => {
  using pipe = new Pipe();
  for (const length of LENGTHS) {
    for (let skew = 0; skew < 8; skew++) {
      const sent = pattern(length + 16, length + skew).subarray(skew, skew + length);
      pipe[0].sendBytesSync(sent);
      assertEquals(pipe[1].recvBytesSync(), sent.slice(), `${length} bytes at ${skew}`);
    }
  }
});

Deno.test("Connection.recvBytesIntoSync() fills exactly its message's bytes whatever their place", () => {
  using pipe = new Pipe();
  for (const length of LENGTHS) {
    for (let skew = 0; skew < 8; skew++) {
      const sent = pattern(length, length + skew);
      const memory = new Uint8Array(length + 16).fill(0xee);
      pipe[0].sendBytesSync(sent);
      assertEquals(pipe[1].recvBytesIntoSync(memory.subarray(skew, skew + length)), length);
      const expected = new Uint8Array(length + 16).fill(0xee);
      expected.set(sent, skew);
      assertEquals(memory, expected, `${length} bytes at ${skew}`);
    }
  }
});

Deno.test("Connection.recvBytesIntoSync() lets go of its array when it times out amid a message", async () => {
  using pipe = new Pipe({ capacity: 1024 });
  const sent = pattern(10_000, 5);
  const sending = pipe[0].sendBytes(sent);
  const first = new Uint8Array(10_000);
  assertThrows(() => pipe[1].recvBytesIntoSync(first, { timeout: 0 }), TimeoutError);
  first.fill(0);
  const second = new Uint8Array(10_000);
  assertEquals(await pipe[1].recvBytesInto(second), 10_000);
  await sending;
  assertEquals(second, sent);
  assertEquals(first, new Uint8Array(10_000));
});

Deno.test("Connection.tryRecvBytesInto() keeps what has come of a message for the next receive", async () => {
  using pipe = new Pipe({ capacity: 1024 });
  const sent = pattern(5000, 9);
  const sending = pipe[0].sendBytes(sent);
  const first = new Uint8Array(5000);
  assertEquals(pipe[1].tryRecvBytesInto(first), undefined);
  first.fill(1);
  assertEquals(await pipe[1].recvBytes(), sent);
  await sending;
  assertEquals(first, new Uint8Array(5000).fill(1));
});
