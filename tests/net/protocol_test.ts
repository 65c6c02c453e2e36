// Protocols and transports: who is called when.
import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  type BufferedProtocol,
  connectProtocol,
  openConnection,
  type Protocol,
  serveProtocol,
  type Transport,
} from "@ferry/std/net";
import { connectBreaker } from "./support/reset.ts";
import { text } from "./support/source.ts";

const LONG = { timeout: 60_000 };

/** Notes every call. */
class Noting implements Protocol {
  readonly calls: string[] = [];
  transport!: Transport;
  readonly lost = Promise.withResolvers<Error | undefined>();
  readonly made = Promise.withResolvers<void>();

  connectionMade(transport: Transport): void {
    this.transport = transport;
    this.calls.push("made");
    this.made.resolve();
  }
  dataReceived(data: Uint8Array): void {
    this.calls.push(`data ${text(data)}`);
  }
  eofReceived(): boolean | void {
    this.calls.push("eof");
  }
  connectionLost(error: Error | undefined): void {
    this.calls.push(error ? `lost ${error.name}` : "lost");
    this.lost.resolve(error);
  }
  pauseWriting(): void {
    this.calls.push("pause");
  }
  resumeWriting(): void {
    this.calls.push("resume");
  }
}

Deno.test("Protocol: made, data, eof, lost, in that order", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  client.writer.write("hello");
  await client.writer.writeEof();
  assertEquals(await client.reader.read(1, LONG), null);
  await noting.lost.promise;
  assertEquals(noting.calls, ["made", "data hello", "eof", "lost"]);
});

Deno.test("Protocol: eofReceived() that returns true keeps the connection open for writing", async () => {
  const noting = new Noting();
  noting.eofReceived = () => {
    noting.transport.write("last words");
    setTimeout(() => noting.transport.close(), 1);
    return true;
  };
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  await client.writer.writeEof();
  assertEquals(text(await client.reader.readAll(LONG)), "last words");
  await noting.lost.promise;
});

Deno.test("Protocol: a reset is told to connectionLost()", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  const peer = await connectBreaker(server.address);
  await noting.made.promise;
  peer.reset();
  const error = await noting.lost.promise;
  assert(error instanceof Deno.errors.ConnectionReset, String(error));
});

Deno.test("Protocol: writing is paused above the high water and resumed at the low water", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  await noting.made.promise;
  let written = 0;
  while (!noting.calls.includes("pause")) {
    noting.transport.write(new Uint8Array(10_000));
    written += 10_000;
    if (noting.transport.writeBufferSize <= 65536) {
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
  }
  await client.reader.readExactly(written, LONG);
  while (!noting.calls.includes("resume")) await new Promise((resolve) => setTimeout(resolve, 1));
  noting.transport.close();
});

Deno.test("Protocol: reading that is paused calls nothing, and goes on where it was", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  client.writer.write("a");
  while (!noting.calls.includes("data a")) await new Promise((resolve) => setTimeout(resolve, 1));
  noting.transport.pauseReading();
  assert(!noting.transport.isReading);
  // A read is under way already.
  client.writer.write("b");
  await client.writer.flush();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assertEquals(noting.calls, ["made", "data a"]);
  noting.transport.resumeReading();
  while (!noting.calls.includes("data b")) await new Promise((resolve) => setTimeout(resolve, 1));
  noting.transport.writeEof();
  assert(noting.transport.isReading);
  client.writer.write("c");
  while (!noting.calls.includes("data c")) await new Promise((resolve) => setTimeout(resolve, 1));
});

Deno.test("Protocol: what it receives can be written as it is, to a slow peer, too", async () => {
  const noting = new Noting();
  noting.dataReceived = (data) => noting.transport.write(data);
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  const part = new Uint8Array(Uint32Array.from({ length: 1 << 16 }, (_, i) => i * i).buffer);
  // Until the client, which reads nothing yet, has held the server back.
  let parts = 0;
  for (; !noting.calls.includes("pause"); parts++) {
    client.writer.write(part);
    await client.writer.flush(LONG);
  }
  for (let i = 0; i < parts; i++) {
    const back = await client.reader.readExactly(part.length, LONG);
    assert(back.every((byte, at) => byte === part[at]), `part ${i}`);
  }
});

Deno.test("Protocol: another protocol gets what a read that was under way brings", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  client.writer.write("a");
  while (!noting.calls.includes("data a")) await new Promise((resolve) => setTimeout(resolve, 1));
  // The transport is waiting for more by now, for the first one.
  await new Promise((resolve) => setTimeout(resolve, 20));
  const memory = new Uint8Array(8);
  const received = Promise.withResolvers<string>();
  noting.transport.setProtocol({
    getBuffer: () => memory,
    bufferUpdated: (count) => received.resolve(text(memory.subarray(0, count))!),
  });
  client.writer.write("b");
  assertEquals(await received.promise, "b");
});

Deno.test("Protocol: after close() it is called with no bytes", async () => {
  const noting = new Noting();
  await using server = await serveProtocol(() => noting, { port: 0 });
  await using client = await openConnection(server.address);
  await noting.made.promise;
  noting.transport.write(new Uint8Array(16 * 1024 * 1024));
  noting.transport.close();
  assert(!noting.transport.isReading);
  client.writer.write("too late");
  await client.writer.flush();
  assertEquals((await client.reader.readAll(LONG)).length, 16 * 1024 * 1024);
  await noting.lost.promise;
  assertEquals(noting.calls.filter((call) => call.startsWith("data")), []);
});

Deno.test("Protocol: an error of any of its methods is its end, also of one without room", async () => {
  const room = new Uint8Array(8);
  const bufferUpdated = () => {};
  const protocols: [Protocol | BufferedProtocol, string][] = [
    [{ getBuffer: () => room.subarray(8), bufferUpdated }, "at least one byte"],
    [{ getBuffer: () => fail("buffer"), bufferUpdated }, "buffer"],
    [{ getBuffer: () => room, bufferUpdated: () => fail("updated") }, "updated"],
    [{ connectionMade: (t) => t.write(new Uint8Array(1 << 23)), resumeWriting }, "resume"],
  ];
  for (const [protocol, message] of protocols) {
    const failed = Promise.withResolvers<unknown>();
    await using server = await serveProtocol(() => protocol, { port: 0, onError: failed.resolve });
    await using client = await openConnection(server.address);
    client.writer.write("x");
    await client.reader.readAll(LONG).catch(() => {});
    const error = await failed.promise;
    assert(error instanceof RangeError && error.message.includes(message), String(error));
  }
  function resumeWriting() {
    fail("resume");
  }
  function fail(message: string): never {
    throw new RangeError(message);
  }
});

Deno.test("BufferedProtocol brings its own memory", async () => {
  const memory = new Uint8Array(4);
  const parts: string[] = [];
  const done = Promise.withResolvers<void>();
  await using server = await serveProtocol(() => ({
    getBuffer: () => memory,
    bufferUpdated: (count) => void parts.push(text(memory.subarray(0, count))!),
    connectionLost: () => done.resolve(),
  }), { port: 0 });
  await using client = await openConnection(server.address);
  client.writer.write("abcdefghij");
  await client.writer.writeEof();
  await done.promise;
  assertEquals(parts.join(""), "abcdefghij");
  assert(parts.every((part) => part.length <= 4));
});

Deno.test("Protocol: what it throws ends its connection, and the server tells", async () => {
  const failed = Promise.withResolvers<unknown>();
  await using server = await serveProtocol(() => ({
    dataReceived() {
      throw new RangeError("not that");
    },
  }), { port: 0, onError: failed.resolve });
  const { transport, protocol } = await connectProtocol(() => new Noting(), server.address);
  transport.write("x");
  assert(await failed.promise instanceof RangeError);
  await protocol.lost.promise;
  await transport.finished;
  const { transport: own } = await connectProtocol(() => ({
    eofReceived() {
      throw new RangeError("mine");
    },
  }), server.address);
  own.write("y");
  await assertRejects(() => own.finished, RangeError, "mine");
});
