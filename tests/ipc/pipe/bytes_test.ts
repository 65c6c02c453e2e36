// Messages of bytes: their borders, their lengths, and what is too long or no bytes at all.
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { BufferTooShortError, Pipe, Queue, UnsendableError, waitAny } from "@ferry/std/ipc";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";

const encoder = new TextEncoder();
const bytesOf = (text: string) => encoder.encode(text);

Deno.test("Connection.sendBytes() sends any view's own part of its buffer, and nothing else of it", async () => {
  using pipe = new Pipe();
  const { first, second } = pipe;
  const latin = bytesOf("abcdefghijklmnopqrstuvwxyz");
  // CPython's table of (offset, size), as views.
  const parts = [[0, 26], [5, 21], [5, 3], [0, 0], [26, 0], [25, 1], [2, 20]] as const;
  for (const [offset, size] of parts) {
    await first.sendBytes(latin.subarray(offset, offset + size));
    first.sendBytesSync(new DataView(latin.buffer, offset, size));
    assert(first.trySendBytes(latin.slice(offset, offset + size).buffer));
    for (let i = 0; i < 3; i++) {
      assertEquals(second.recvBytesSync(LONG), latin.slice(offset, offset + size));
    }
  }
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set([1, 2, 3]);
  first.sendBytesSync(shared);
  const got = second.recvBytesSync(LONG);
  assertEquals(got, new Uint8Array([1, 2, 3]));
  assertInstanceOf(got.buffer, ArrayBuffer);
});

Deno.test("Connection.recvBytes() gives an array of its own, which later messages do not change", () => {
  using pipe = new Pipe({ capacity: 1024 });
  const kept: Uint8Array[] = [];
  for (let i = 0; i < 50; i++) {
    pipe.first.sendBytesSync(new Uint8Array(100).fill(i));
    kept.push(pipe.second.recvBytesSync(LONG));
  }
  for (const [i, bytes] of kept.entries()) {
    assertEquals([bytes.length, bytes.buffer.byteLength], [100, 100]);
    assert(bytes.every((byte) => byte === i));
  }
});

Deno.test("Connection takes only bytes as bytes, and the pipe is not disturbed by anything else", async () => {
  using pipe = new Pipe();
  const { first, second } = pipe;
  for (
    const [wrong, shown] of [
      [undefined, "undefined"],
      [null, "null"],
      [5, "5"],
      ["text", '"text"'],
      [[1, 2], "an array"],
      [{}, "an object"],
      [() => {}, "a function"],
    ] as const
  ) {
    const data = wrong as never;
    await assertRejects(() => first.sendBytes(data), TypeError, `received ${shown}`);
    assertThrows(() => first.sendBytesSync(data), TypeError, `received ${shown}`);
    assertThrows(() => first.trySendBytes(data), TypeError, `received ${shown}`);
    assertThrows(() => second.recvBytesIntoSync(data, { timeout: 0 }), TypeError);
    assertThrows(() => second.tryRecvBytesInto(data), TypeError);
    await assertRejects(() => second.recvBytesInto(data, { timeout: 0 }), TypeError);
  }
  assertEquals(second.tryPoll(), false);
  first.sendBytesSync(bytesOf("fine"));
  assertEquals(second.recvBytesSync(LONG), bytesOf("fine"));
});

Deno.test("Connection refuses detached buffers, and leaves the pipe as it is", async () => {
  using pipe = new Pipe();
  const { first, second } = pipe;
  const made = [
    (buffer: ArrayBuffer) => new Uint8Array(buffer),
    (buffer: ArrayBuffer) => new Uint8Array(buffer, 8, 0),
    (buffer: ArrayBuffer) => new Float64Array(buffer),
    (buffer: ArrayBuffer) => new DataView(buffer),
    (buffer: ArrayBuffer) => buffer,
  ];
  for (const make of made) {
    const buffer = new ArrayBuffer(16);
    const data = make(buffer);
    buffer.transfer();
    await assertRejects(() => first.sendBytes(data), TypeError, "its ArrayBuffer is detached");
    await assertRejects(() => first.sendBytes(data, { transfer: true }), TypeError, "is detached");
    assertThrows(() => first.sendBytesSync(data), TypeError, "its ArrayBuffer is detached");
    assertThrows(() => first.trySendBytes(data), TypeError, "its ArrayBuffer is detached");
  }
  assertEquals(second.tryPoll(), false);
  // What is empty and still there is an empty message, in shared memory too.
  first.sendBytesSync(new Uint8Array(new ArrayBuffer(16), 16));
  first.sendBytesSync(new Uint8Array(new SharedArrayBuffer(16), 16));
  first.sendBytesSync(new DataView(new SharedArrayBuffer(0)));
  for (let i = 0; i < 3; i++) assertEquals(second.recvBytesSync(LONG).length, 0);
});

Deno.test("Connection counts an empty message as a message", async () => {
  using pipe = new Pipe();
  const { first, second } = pipe;
  assertEquals(await second.poll({ timeout: 0 }), false);
  first.sendBytesSync(new Uint8Array(0));
  first.sendBytesSync(new Uint8Array(0));
  for (let i = 0; i < 2; i++) {
    // Asking twice consumes nothing.
    assertEquals([await second.poll(LONG), second.pollSync(), second.tryPoll()], [
      true,
      true,
      true,
    ]);
    assertEquals(await waitAny([second], LONG), [second]);
    assertEquals((await second.recvBytes(LONG)).length, 0);
  }
  assertEquals(second.tryPoll(), false);
  first.sendBytesSync(new Uint8Array(0));
  assertStrictEquals(second.tryRecvBytesInto(new Uint8Array(0)), 0);
  assertStrictEquals(second.tryRecvBytesInto(new Uint8Array(0)), undefined);
  first.sendSync(undefined as never);
  assertEquals(second.tryPoll(), true);
  assertStrictEquals(second.recvSync(LONG), undefined);
});

Deno.test("Connection never merges or splits messages, not while another process polls either", async () => {
  const [reader, writer] = new Pipe({ duplex: false });
  using ready = new Queue<boolean>();
  await using process = launch(
    (writer: { sendBytesSync(data: Uint8Array): void }, ready: Queue<boolean>) => {
      ready.getSync({ timeout: 20_000 });
      for (const text of ["a", "b", "cd", "", "efg", ""]) {
        writer.sendBytesSync(new TextEncoder().encode(text));
      }
    },
    writer as never,
    ready,
  );
  const polled = reader.poll(LONG);
  ready.putSync(true);
  assertEquals(await polled, true);
  for (const text of ["a", "b", "cd", "", "efg", ""]) {
    assertEquals(await reader.poll(LONG), true);
    assertEquals(await reader.poll({ timeout: 0 }), true);
    assertEquals(await reader.recvBytes(LONG), bytesOf(text));
  }
  await finish(process);
  await assertRejects(() => reader.recvBytes(LONG), Deno.errors.UnexpectedEof);
  reader.close();
});

Deno.test("Connection.recvBytesInto() into too short an array gives the complete message with its error", async () => {
  for (const [length, capacity] of [[5, 1024], [1000, 1024], [200_000, 4096], [0x10000, 1 << 20]]) {
    const [mine, theirs] = new Pipe({ capacity: capacity! });
    await using process = launch(
      (end: { sendBytesSync(data: Uint8Array): void }, length: number) => {
        const bytes = new Uint8Array(length).map((_, i) => i);
        for (let i = 0; i < 4; i++) end.sendBytesSync(bytes);
      },
      theirs as never,
      length!,
    );
    const expected = new Uint8Array(length!).map((_, i) => i);
    const target = new Uint8Array(length! - 1).fill(170);
    const errors = [
      await assertRejects(() => mine.recvBytesInto(target, LONG), BufferTooShortError),
      assertThrows(() => mine.recvBytesIntoSync(target, LONG), BufferTooShortError),
    ];
    assert(mine.pollSync(LONG));
    let error: unknown;
    // The last piece of a message may still be under way: try until it is there.
    while (error === undefined) {
      try {
        assertStrictEquals(mine.tryRecvBytesInto(target), undefined);
        await new Promise((resolve) => setTimeout(resolve, 0));
      } catch (thrown) {
        error = thrown;
      }
    }
    assertInstanceOf(error, BufferTooShortError);
    for (const { bytes, message } of [...errors, error]) {
      assert(sameBytes(bytes, expected));
      assert(message.includes(`${length} bytes into a buffer of ${length! - 1}`), message);
    }
    assert(target.every((byte) => byte === 170), "nothing was written");
    const enough = new Uint8Array(length! + 3);
    assertEquals(mine.recvBytesIntoSync(enough, LONG), length);
    assert(sameBytes(enough.subarray(0, length), expected));
    await finish(process);
    mine.close();
  }
});

Deno.test("Connection.recvBytes() leaves a message above maxLength where it is", async () => {
  for (const length of [11, 1000, 100_000]) {
    const [mine, theirs] = new Pipe({ capacity: 4096 });
    await using process = launch(
      (end: { sendBytesSync(data: Uint8Array): void }, length: number) =>
        end.sendBytesSync(new Uint8Array(length).fill(7)),
      theirs as never,
      length,
    );
    for (const maxLength of [0, 10]) {
      const text = `${length} bytes, at most ${maxLength}`;
      await assertRejects(() => mine.recvBytes({ ...LONG, maxLength }), RangeError, text);
      assertThrows(() => mine.recvBytesSync({ ...LONG, maxLength }), RangeError, text);
    }
    assertEquals((await mine.recvBytes({ ...LONG, maxLength: length })).length, length);
    await finish(process);
    mine.close();
  }
});

Deno.test("Connection.recvBytes() refuses a maxLength that is no length", async () => {
  using pipe = new Pipe();
  for (const maxLength of [-1, NaN, -Infinity]) {
    await assertRejects(
      () => pipe.first.recvBytes({ maxLength }),
      RangeError,
      `received ${maxLength}`,
    );
    assertThrows(
      () => pipe.first.recvBytesSync({ maxLength }),
      RangeError,
      `received ${maxLength}`,
    );
  }
});

Deno.test("Connection.recvBytes() leaves an object for recv()", async () => {
  using pipe = new Pipe<unknown>();
  const { first, second } = pipe;
  first.sendSync({ a: 1 });
  await assertRejects(() => second.recvBytes(LONG), TypeError, "recv()");
  assertThrows(() => second.recvBytesSync(LONG), TypeError, "recv()");
  assertThrows(() => second.tryRecvBytes(), TypeError, "recv()");
  const target = new Uint8Array(100);
  await assertRejects(() => second.recvBytesInto(target, LONG), TypeError, "recv()");
  assertThrows(() => second.recvBytesIntoSync(target, LONG), TypeError, "recv()");
  assertEquals(second.recvSync(LONG), { a: 1 });
});

Deno.test("Connection.recvBytes() leaves a large object for recv(), too", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 4096 });
  const object = { text: "x".repeat(50_000) };
  const sent = theirs.send(object, LONG);
  await assertRejects(() => mine.recvBytes(LONG), TypeError, "recv()");
  assertEquals(await mine.recv(LONG), object);
  await sent;
  mine.close();
  theirs.close();
});

Deno.test("Connection.recvBytes() leaves a large message that another receive has begun and given up", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 4096 });
  const text = "x".repeat(50_000);
  for (const object of [true, false]) {
    const aborter = new AbortController();
    const begun = mine.recv({ signal: aborter.signal });
    const sent = object ? theirs.send(text, LONG) : theirs.sendBytes(bytesOf(text), LONG);
    aborter.abort();
    await assertRejects(() => begun, DOMException);
    if (object) await assertRejects(() => mine.recvBytes(LONG), TypeError, "recv()");
    else {await assertRejects(
        () => mine.recvBytes({ ...LONG, maxLength: 9 }),
        RangeError,
        "at most 9",
      );}
    const got = await mine.recv(LONG);
    assertEquals(object ? got : new TextDecoder().decode(got as Uint8Array), text);
    await sent;
  }
  mine.close();
  theirs.close();
});

Deno.test("Connection refuses what cannot be sent, says where it is, and sends on", async () => {
  for (const filler of ["", "x".repeat(5000)]) {
    using pipe = new Pipe<unknown>({ capacity: 4096 });
    const { first, second } = pipe;
    const bad = { filler, items: [1, 2, 3, { callback: () => {} }] };
    const errors = [
      await assertRejects(() => first.send(bad), UnsendableError),
      assertThrows(() => first.sendSync(bad), UnsendableError),
      assertThrows(() => first.trySend(bad), UnsendableError),
    ];
    for (const error of errors) assertEquals(error.path, "value.items[3].callback");
    assertEquals(second.tryPoll(), false);
    assertStrictEquals(second.tryRecv(), undefined);
    for (const value of [Symbol("s"), Promise.resolve(), new WeakMap()]) {
      assertEquals(assertThrows(() => first.sendSync(value), UnsendableError).path, "value");
    }
    first.sendSync("good");
    assertEquals(second.recvSync(LONG), "good");
    assertEquals(second.tryPoll(), false);
  }
});

Deno.test("Connection.trySend() sends nothing of what does not fit now", () => {
  using pipe = new Pipe<unknown>({ capacity: 4096 });
  const { first, second } = pipe;
  assertEquals(first.trySend("x".repeat(5000)), false);
  assertEquals(first.trySendBytes(new Uint8Array(5000)), false);
  assertEquals(second.tryPoll(), false);
  let sent = 0;
  while (first.trySend(`message ${sent}`)) sent++;
  assert(sent > 50);
  assertEquals(first.trySend("one more"), false);
  for (let i = 0; i < sent; i++) assertEquals(second.tryRecv(), `message ${i}`);
  assertStrictEquals(second.tryRecv(), undefined);
  assert(first.trySend("again"));
  assertEquals(second.tryRecv(), "again");
});
