/**
 * Streams against `Deno.Conn` and the streams of the web: round trips, small writes, lines and frames.
 *
 * `deno bench -A bench/net/streams_bench.ts`; against CPython and uvloop: `deno task bench:net`.
 */
import { LengthPrefixed, openConnection, startServer, StreamReader } from "@ferry/std/net";
import { connect, Listener } from "@ferry/std/net/connection";

const HOST = { hostname: "127.0.0.1", port: 0 };

/** Everything is echoed, by Deno's own means: the same peer for all. */
const listener = Deno.listen(HOST);
void (async () => {
  for await (const conn of listener) void echo(conn);
})();

async function echo(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(1 << 18);
  for (let count; (count = await conn.read(buffer)) !== null;) {
    for (let at = 0; at < count;) at += await conn.write(buffer.subarray(at, count));
  }
}

const raw = await Deno.connect({ ...HOST, port: listener.addr.port });
raw.setNoDelay(true);
const { reader, writer } = await openConnection({ ...HOST, port: listener.addr.port });

for (const [name, size] of [["64 B", 64], ["64 KiB", 65536]] as const) {
  const message = new Uint8Array(size);
  const buffer = new Uint8Array(size);
  group(`round trip, ${name}`, {
    async "Deno.Conn: write, read"() {
      for (let at = 0; at < size;) at += await raw.write(message.subarray(at));
      for (let at = 0; at < size;) at += (await raw.read(buffer.subarray(at)))!;
    },
    async "StreamWriter, readInto()"() {
      writer.write(message);
      for (let at = 0; at < size;) at += (await reader.readInto(buffer.subarray(at)))!;
    },
    async "StreamWriter, readExactly()"() {
      writer.write(message);
      await reader.readExactly(size);
    },
    async "StreamWriter, readExactly(), release()"() {
      writer.write(message);
      reader.release(await reader.readExactly(size));
    },
  });
}

const pair = new Listener({ port: 0 });
const client = await connect(pair.address);
const server = await pair.accept();
void (async () => {
  for (;;) await server.sendBytes(await server.recvBytes());
})().catch(() => {});
const objects = { id: 1, tags: ["a", "b"], at: 0.5 };
group("multiprocessing.connection", {
  async "sendBytes(), recvBytes(), 64 B"() {
    void client.sendBytes(new Uint8Array(64));
    await client.recvBytes();
  },
  async "send(), recv(), an object"() {
    void client.send(objects);
    await client.recv();
  },
});

/** Drops what is written. */
const sink = await startServer(async ({ reader }) => {
  const buffer = new Uint8Array(1 << 18);
  while (await reader.readInto(buffer) !== null);
}, { port: 0 });
const plain = await Deno.connect(sink.address as { hostname: string; port: number });
const { writer: gathered } = await openConnection(sink.address);
const small = new Uint8Array(64);
group("1000 writes of 64 B", {
  async "Deno.Conn: await write"() {
    for (let i = 0; i < 1000; i++) await plain.write(small);
  },
  async "StreamWriter: write, drain"() {
    for (let i = 0; i < 1000; i++) gathered.write(small);
    await gathered.drain();
  },
});

/** 64 lines, or frames, of 64 bytes in each of 16 chunks. */
const line = new TextEncoder().encode("a".repeat(63) + "\n");
const lines = Uint8Array.from({ length: 64 * 64 }, (_, i) => line[i % 64]!);
const frames = Uint8Array.from({ length: 64 * 68 }, (_, i) => i % 68 === 3 ? 64 : 0);
const sixteen = (chunk: Uint8Array) => ReadableStream.from(Array.from({ length: 16 }, () => chunk));
group("1024 lines of 64 B", {
  async "TextDecoderStream, split"() {
    let left = "";
    for await (const text of sixteen(lines).pipeThrough(new TextDecoderStream() as never)) {
      const parts = (left + text).split("\n");
      left = parts.pop()!;
    }
  },
  async "lines()"() {
    for await (const _ of StreamReader.from(sixteen(lines)).lines());
  },
  async "readLine()"() {
    const reader = StreamReader.from(sixteen(lines));
    while (await reader.readLine() !== null);
  },
  async "tryReadLine()"() {
    const reader = StreamReader.from(sixteen(lines));
    while ((await reader.peek()).length > 0) while (reader.tryReadLine() !== undefined);
  },
});
group("1024 frames of 64 B", {
  async "readExactly() twice each"() {
    const reader = StreamReader.from(sixteen(frames));
    for (let i = 0; i < 1024; i++) {
      const header = await reader.readExactly(4);
      await reader.readExactly(header[3]!);
    }
  },
  async "readFrame()"() {
    const reader = StreamReader.from(sixteen(frames));
    const framing = new LengthPrefixed();
    while (await reader.readFrame(framing) !== null);
  },
  async "tryReadFrame()"() {
    const reader = StreamReader.from(sixteen(frames));
    const framing = new LengthPrefixed();
    while ((await reader.peek()).length > 0) while (reader.tryReadFrame(framing) !== undefined);
  },
});

/** The first is what the platform has. */
function group(name: string, contenders: Record<string, () => Promise<void>>): void {
  for (const [i, [contender, fn]] of Object.entries(contenders).entries()) {
    Deno.bench({ name: `${name}: ${contender}`, group: name, baseline: i === 0, fn });
  }
}
