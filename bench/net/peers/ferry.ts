/**
 * Ferry's and Deno's side of the measurements: one program for each, started anew.
 *
 * `ferry.ts <role> [port] [more]`: a server prints its port and runs until it is killed, a client prints one line of JSON.
 */
import process from "node:process";
import {
  createConnection,
  FramedConnection,
  LengthPrefixed,
  openConnection,
  startServer,
  type StreamConnection,
} from "@ferry/std/net";

const [role = "", argument = "", more = ""] = Deno.args;
const BUFFER = 64 * 1024;
const SECONDS = 1;
const address = { hostname: "127.0.0.1", port: Number(argument) };

type Handler = (connection: StreamConnection) => Promise<void> | void;

const servers: Record<string, Handler> = {
  async read({ reader, writer }) {
    for (let chunk; (chunk = await reader.read()) !== null;) {
      writer.write(chunk);
      await writer.drain();
    }
  },
  async release({ reader, writer }) {
    for (let chunk; (chunk = await reader.read()) !== null;) {
      writer.write(chunk);
      await writer.drain();
      reader.release(chunk);
    }
  },
  async readInto({ reader, writer }) {
    const buffer = new Uint8Array(BUFFER);
    for (let count; (count = await reader.readInto(buffer)) !== null;) {
      writer.write(buffer.subarray(0, count));
      await writer.drain();
    }
  },
  async timeout({ reader, writer }) {
    for (let chunk; (chunk = await reader.read(Infinity, { timeout: 30_000 })) !== null;) {
      writer.write(chunk);
      await writer.drain();
    }
  },
  async readLine({ reader, writer }) {
    for (let line; (line = await reader.readLine()) !== null;) {
      writer.write(line);
      writer.write("\n");
      await writer.drain();
    }
  },
  accept() {},
  async idle({ reader }) {
    await reader.readLine();
  },
};

/** Counts what `step` handles until the time is over; CPU time as the system sees it. */
async function count(step: () => Promise<number> | number): Promise<void> {
  for (const end = performance.now() + 300; performance.now() < end;) await step();
  const cpu = cpuTime();
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < SECONDS * 1000) done += await step();
  const took = (performance.now() - start) / 1000;
  console.log(JSON.stringify({ rate: done / took, cpu: (cpuTime() - cpu) / done * 1e9 }));
  Deno.exit();
}

/** Seconds of CPU this process has used, all threads. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

const clients: Record<string, () => Promise<void>> = {
  async readLine() {
    const { reader } = await openConnection(address);
    await count(async () => {
      for (let i = 0; i < 1000; i++) await reader.readLine();
      return 1000;
    });
  },
  async tryReadLine() {
    const { reader } = await openConnection(address);
    await count(async () => {
      await reader.peek(65);
      let lines = 0;
      while (reader.tryReadLine() !== undefined) lines++;
      return lines;
    });
  },
  async lines() {
    const { reader } = await openConnection(address);
    const lines = reader.lines();
    await count(async () => {
      for (let i = 0; i < 1000; i++) await lines.next();
      return 1000;
    });
  },
  async recv() {
    const messages = new FramedConnection(await openConnection(address), new LengthPrefixed());
    await count(async () => {
      for (let i = 0; i < 1000; i++) await messages.recv();
      return 1000;
    });
  },
  async tryRecv() {
    const messages = new FramedConnection(await openConnection(address), new LengthPrefixed());
    const { reader } = messages.connection;
    await count(async () => {
      await reader.peek(68);
      let frames = 0;
      while (messages.tryRecv() !== undefined) frames++;
      return frames;
    });
  },
  async write() {
    const { writer } = await openConnection(address);
    const message = new Uint8Array(64);
    await count(async () => {
      for (let i = 0; i < 1000; i++) writer.write(message);
      await writer.drain();
      return 1000;
    });
  },
  async rawWrite() {
    const conn = await Deno.connect(address);
    const message = new Uint8Array(64);
    await count(async () => {
      for (let i = 0; i < 1000; i++) await conn.write(message);
      return 1000;
    });
  },
  async sendFile() {
    using file = await Deno.open(more);
    const { size } = await file.stat();
    const [start, cpu] = [performance.now(), cpuTime()];
    const socket = await createConnection(address);
    await socket.sendFile(file);
    await socket.recvExactly(1);
    const rate = size / (performance.now() - start) * 1000;
    console.log(JSON.stringify({ rate, cpu: (cpuTime() - cpu) / size * 2 ** 20 * 1e9 }));
    Deno.exit();
  },
};

if (role === "raw") {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  console.log(listener.addr.port);
  for await (const conn of listener) void rawEcho(conn);
} else if (Object.hasOwn(servers, argument) && role === "server") {
  const server = await startServer(servers[argument]!, { port: 0, onError: () => {} });
  console.log((server.address as Deno.NetAddr).port);
} else await clients[role]!();

async function rawEcho(conn: Deno.TcpConn): Promise<void> {
  conn.setNoDelay(true);
  const buffer = new Uint8Array(BUFFER);
  try {
    for (let count; (count = await conn.read(buffer)) !== null;) {
      for (let at = 0; at < count;) at += await conn.write(buffer.subarray(at, count));
    }
  } catch {
    // The load has left.
  }
  conn.close();
}
