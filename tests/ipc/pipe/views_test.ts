// Views whose buffers were resized, moved in part, or cannot be moved.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, Pipe, Queue, UnsendableError } from "@ferry/std/ipc";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";

/** Views outside their buffer, which was made smaller. */
function outOfBounds(): [string, ArrayBufferView][] {
  const make = (view: (buffer: ArrayBuffer) => ArrayBufferView) => {
    const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
    const made = view(buffer);
    buffer.resize(16);
    return made;
  };
  return [
    ["Uint8Array", make((buffer) => new Uint8Array(buffer, 32, 16))],
    ["Uint8Array that tracks the length", make((buffer) => new Uint8Array(buffer, 32))],
    ["Float64Array", make((buffer) => new Float64Array(buffer, 8, 4))],
    ["DataView", make((buffer) => new DataView(buffer, 32, 16))],
    ["DataView that tracks the length", make((buffer) => new DataView(buffer, 32))],
  ];
}

for (const [name, view] of outOfBounds()) {
  Deno.test(`A ${name} outside its resized buffer is refused, as bytes and in messages`, async () => {
    using pipe = new Pipe<unknown>();
    using queue = new Queue<unknown>();
    const { first, second } = pipe;
    for (
      const call of [
        () => first.sendBytesSync(view),
        () => first.trySendBytes(view),
        () => second.recvBytesIntoSync(view, { timeout: 0 }),
        () => second.tryRecvBytesInto(view),
      ]
    ) assertThrows(call, TypeError, "resized");
    await assertRejects(() => first.sendBytes(view), TypeError, "resized");
    await assertRejects(() => second.recvBytesInto(view, { timeout: 0 }), TypeError, "resized");
    for (const send of [() => first.sendSync({ view }), () => queue.putSync({ view })]) {
      const error = assertThrows(send, UnsendableError, "resized");
      assertEquals(error.path, "value.view");
    }
    assertEquals([second.tryPoll(), queue.size], [false, 0]);
  });
}

Deno.test("A view inside its resized buffer is sent as it is now", () => {
  using pipe = new Pipe<unknown>();
  const buffer = new ArrayBuffer(64, { maxByteLength: 128 });
  const tracking = new Uint8Array(buffer, 8);
  const empty = new Uint8Array(buffer, 16);
  buffer.resize(16);
  pipe.first.sendBytesSync(tracking);
  assertEquals(pipe.second.recvBytesSync().length, 8);
  pipe.first.sendSync([tracking, empty]);
  assertEquals(pipe.second.recvSync(), [new Uint8Array(8), new Uint8Array(0)]);
});

/** Sends everything back, moving it, with the size of the buffer that it came on. */
async function mirror(end: Connection): Promise<void> {
  await end.send("ready");
  for await (const message of end) {
    const bytes = message as Uint8Array<ArrayBuffer>;
    await end.send(bytes.buffer.byteLength);
    await end.sendBytes(bytes, { transfer: true });
  }
}

Deno.test("Connection.sendBytes({ transfer: true }) of a part of a buffer arrives in an array of its own", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(mirror, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  for (const sync of [false, true]) {
    const whole = Uint8Array.from({ length: 1 << 20 }, (_, i) => i * 31 + (i >> 8));
    const part = whole.subarray(4000, 4000 + 100_000);
    const expected = part.slice();
    if (sync) mine.sendBytesSync(part, { ...LONG, transfer: true });
    else await mine.sendBytes(part, { ...LONG, transfer: true });
    assertEquals(await mine.recv(LONG), 100_000, "bytes of the buffer it came on");
    const back = await mine.recvBytes(LONG);
    assertEquals(back.buffer.byteLength, 100_000);
    assert(sameBytes(back, expected));
  }
  mine.close();
  await finish(process);
});

Deno.test("Connection.sendBytes({ transfer: true }) copies the memory of WebAssembly, which cannot be moved", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(mirror, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  const memory = new WebAssembly.Memory({ initial: 2 });
  const bytes = new Uint8Array(memory.buffer);
  bytes.forEach((_, i) => bytes[i] = i * 7 + (i >> 8));
  for (const sync of [false, true, false, true]) {
    if (sync) mine.sendBytesSync(bytes, { ...LONG, transfer: true });
    else await mine.sendBytes(bytes, { ...LONG, transfer: true });
    assertEquals(memory.buffer.byteLength, 131_072, "it is still there");
    assertEquals(await mine.recv(LONG), 131_072);
    assert(sameBytes(await mine.recvBytes(LONG), bytes));
  }
  // What can be moved still is.
  const other = new Uint8Array(100_000);
  await mine.sendBytes(other, { ...LONG, transfer: true });
  assert(other.buffer.detached);
  assertEquals(await mine.recv(LONG), 100_000);
  await mine.recvBytes(LONG);
  mine.close();
  await finish(process);
});

Deno.test("A moved end says that it was moved, a closed one that it was disposed of", async () => {
  const [here, there] = new Pipe<unknown>();
  using queue = new Queue<unknown>();
  queue.putSync(there);
  assert(there.closed);
  const { BadResource } = Deno.errors;
  assertThrows(() => there.sendSync(1), BadResource, "it was moved to another worker");
  await assertRejects(() => there.recv(), BadResource, "it was moved to another worker");
  const back = queue.getSync() as typeof there;
  here.close();
  assertThrows(() => here.sendSync(1), BadResource, "it was disposed of in this worker");
  back.close();
  assertThrows(() => back.tryRecv(), BadResource, "it was disposed of in this worker");
});
