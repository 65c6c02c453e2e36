// Writing: what is gathered, what is held back, what is copied.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BrokenPipeError, type RawConn, StreamWriter, TimeoutError } from "@ferry/std/net";
import { bytes, text } from "../support/source.ts";

/** A connection that notes what is written, and takes it when told. */
class Sink implements RawConn {
  readonly localAddr = { hostname: "127.0.0.1", port: 1 };
  readonly remoteAddr = { hostname: "127.0.0.1", port: 2 };
  readonly writes: Uint8Array[] = [];
  closed = false;
  ended = false;
  #open: boolean;
  #waiting: (() => void)[] = [];
  most = Infinity;

  constructor(open = true) {
    this.#open = open;
  }
  read(): Promise<null> {
    return Promise.resolve(null);
  }
  async write(from: Uint8Array): Promise<number> {
    if (!this.#open) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.closed) throw new Deno.errors.BrokenPipe("closed");
    const part = from.slice(0, this.most);
    this.writes.push(part);
    return part.length;
  }
  take(): void {
    this.#open = true;
    for (const each of this.#waiting.splice(0)) each();
  }
  closeWrite(): Promise<void> {
    this.ended = true;
    return Promise.resolve();
  }
  close(): void {
    this.closed = true;
    this.take();
  }
  get all(): string {
    return this.writes.map((each) => text(each)).join("");
  }
}

Deno.test("StreamWriter: what is written in one turn goes out in one piece, in order", async () => {
  const sink = new Sink();
  const writer = new StreamWriter(sink);
  for (let i = 0; i < 100; i++) writer.write(`${i},`);
  writer.write(Uint8Array.of(33));
  assertEquals(sink.writes.length, 0);
  await writer.flush();
  assertEquals(sink.writes.length, 1);
  assertEquals(sink.all, Array.from({ length: 100 }, (_, i) => `${i},`).join("") + "!");
});

Deno.test("StreamWriter: without a drain or flush it goes out at the end of the turn", async () => {
  const sink = new Sink();
  const writer = new StreamWriter(sink);
  writer.write("hello");
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(sink.all, "hello");
});

Deno.test("StreamWriter: small chunks are copied, large ones are free again after drain()", async () => {
  const sink = new Sink(false);
  const writer = new StreamWriter(sink, { highWater: 1 << 20 });
  const small = bytes("small");
  writer.write(small);
  small.fill(120);
  const large = new Uint8Array(20_000).fill(97);
  writer.write(large);
  let drained = false;
  const draining = writer.drain().then(() => drained = true);
  await Promise.resolve();
  assert(!drained, "drain() resolved while a large chunk was in use");
  sink.take();
  await draining;
  large.fill(120);
  await writer.flush();
  assertEquals(sink.all, "small" + "a".repeat(20_000));
});

Deno.test("StreamWriter: a write that takes a part only is continued where it stopped", async () => {
  const sink = new Sink();
  sink.most = 3;
  const writer = new StreamWriter(sink);
  writer.write("abcdefgh");
  await writer.flush();
  assertEquals(sink.writes.map((each) => text(each)), ["abc", "def", "gh"]);
});

Deno.test("StreamWriter: drain() waits above the high water until the low water, and gives up in time", async () => {
  const sink = new Sink(false);
  const writer = new StreamWriter(sink, { highWater: 1000, lowWater: 100 });
  writer.write("x".repeat(1000));
  await writer.drain();
  writer.write("y");
  const error = await assertRejects(() => writer.drain({ timeout: 5 }), TimeoutError);
  assertEquals(error.op, "write");
  const stop = new AbortController();
  const waiting = writer.drain({ signal: stop.signal });
  stop.abort("enough");
  assertEquals(await waiting.catch((reason) => reason), "enough");
  const draining = writer.drain();
  sink.take();
  await draining;
  assert(writer.buffered <= 100);
  await writer.flush();
  assertEquals(sink.all.length, 1001);
});

Deno.test("StreamWriter: after a loss write(), drain() and flush() give the first cause", async () => {
  const sink = new Sink(false);
  const writer = new StreamWriter(sink);
  writer.write("lost");
  const flushing = writer.flush();
  sink.closed = true;
  sink.take();
  const first = await assertRejects(() => flushing, BrokenPipeError);
  for (const call of [() => writer.drain(), () => writer.flush(), () => writer.writeEof()]) {
    assertEquals(await call().catch((error) => error), first);
  }
  assertEquals(assertThrows(() => writer.write("x")), first);
});

Deno.test("StreamWriter: writeEof() and close() come after what was written", async () => {
  const half = new Sink(false);
  const a = new StreamWriter(half);
  a.write("abc");
  const ending = a.writeEof();
  assert(!half.ended);
  half.take();
  await ending;
  assertEquals([half.all, half.ended, half.closed], ["abc", true, false]);
  assertThrows(() => a.write("d"), BrokenPipeError);

  const whole = new Sink(false);
  const b = new StreamWriter(whole);
  b.write("abc");
  b.close();
  assert(!whole.closed && b.isClosing);
  whole.take();
  await b.waitClosed();
  assertEquals([whole.all, whole.closed], ["abc", true]);
});

Deno.test("StreamWriter: a peer that takes nothing is aborted after closeTimeout", async () => {
  const sink = new Sink(false);
  const writer = new StreamWriter(sink, { closeTimeout: 5 });
  writer.write("abc");
  writer.close();
  await writer.waitClosed();
  assert(sink.closed && sink.all === "");
});

Deno.test("StreamWriter: text of every width, chunks of every size", async () => {
  const sink = new Sink();
  const writer = new StreamWriter(sink, { highWater: 1 << 30 });
  let expected = "";
  for (let size = 0; size < 40_000; size = size * 2 + 1) {
    for (const letter of ["x", "ü", "€", "🙂"]) {
      const piece = letter.repeat(size / letter.length | 0);
      expected += piece;
      writer.write(size % 2 ? piece : bytes(piece));
    }
  }
  await writer.flush();
  const total = new Uint8Array(sink.writes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const each of sink.writes) {
    total.set(each, at);
    at += each.length;
  }
  assertEquals(text(total), expected);
});

Deno.test("StreamWriter: a low water above the high water is refused", () => {
  assertThrows(() => new StreamWriter(new Sink(), { highWater: 10, lowWater: 20 }), RangeError);
});

Deno.test("StreamWriter: what is neither bytes nor text is refused, and the writer goes on", async () => {
  const sink = new Sink();
  const writer = new StreamWriter(sink);
  for (
    const [wrong, name] of [[5, "Number"], [null, "null"], [new ArrayBuffer(2), "ArrayBuffer"]]
  ) {
    assertThrows(() => writer.write(wrong as never), TypeError, `received ${name}`);
  }
  assertThrows(() => writer.write(new Uint16Array(2) as never), TypeError, "received Uint16Array");
  writer.write("abc");
  await writer.flush();
  assertEquals([sink.all, writer.buffered], ["abc", 0]);
});

Deno.test("StreamWriter: writeEof() of a connection that is closed does not wait", async () => {
  const writer = new StreamWriter(new Sink());
  writer.write("abc");
  writer.close();
  await writer.waitClosed();
  await writer.writeEof();
});
