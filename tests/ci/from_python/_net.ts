/** Rows on `net`. */
import { assertEquals } from "@std/assert";
import {
  createConnection,
  openConnection,
  Selector,
  startServer,
  type StreamConnection,
  StreamRequestHandler,
  TcpServer,
} from "@ferry/std/net";
import { connect, Listener } from "@ferry/std/net/connection";
import { gather, TaskGroup, waitFor } from "@ferry/std/net/tasks";
import type { Row } from "./_rows.ts";

const WAIT = { timeout: 60_000 };
const text = (bytes: Uint8Array | null): string => new TextDecoder().decode(bytes ?? undefined);

/** Gives back each line. */
async function echo({ reader, writer }: StreamConnection): Promise<void> {
  for await (const line of reader.lines()) writer.write(`${line}\r\n`);
}

class Echo extends StreamRequestHandler {
  override handle(): Promise<void> {
    return echo(this.connection);
  }
}

export const NET: readonly Row[] = [
  {
    python: "`connection.Client(address, authkey=k)`",
    ferry: async () => {
      const k = "secret";
      await using listener = new Listener({ port: 0 }, { authKey: k });
      const address = listener.address, accepted = listener.accept();
      using client = await connect(address, { authKey: k });
      using server = await accepted;
      await client.send([1]);
      assertEquals(await server.recv(WAIT), [1]);
    },
  },
  {
    python: "`selectors.DefaultSelector()`; `sel.select(1)`",
    ferry: async () => {
      await using server = await startServer(echo, { port: 0 });
      await using client = await openConnection(server.address);
      using selector = new Selector();
      selector.register(client, "read");
      client.writer.write("a\n");
      let ready = await selector.select({ timeout: 1000 });
      while (ready.length === 0) ready = await selector.select({ timeout: 1000 });
      assertEquals(text(await client.reader.readLine(WAIT)), "a");
    },
  },
  {
    python: "`async with asyncio.TaskGroup() as g:`",
    ferry: async () => {
      const seen: number[] = [];
      await TaskGroup.run((g) => {
        for (const n of [1, 2]) g.createTask(async () => void seen.push(await Promise.resolve(n)));
      });
      assertEquals(seen, [1, 2]);
    },
    instead: { "await TaskGroup.run((g) => …)": "await TaskGroup.run((g) => {" },
  },
  {
    python: "`asyncio.gather(a, b)`; `asyncio.wait_for(t, 1)`",
    ferry: async () => {
      const a = Promise.resolve(1), b = Promise.resolve(2), t = Promise.resolve(3);
      assertEquals(await gather([a, b]), [1, 2]);
      assertEquals(await waitFor(t, { timeout: 1000 }), 3);
    },
  },
  {
    python: "`r, w = await asyncio.open_connection(h, p)`",
    ferry: async () => {
      await using server = await startServer(echo, { port: 0 });
      const { hostname, port } = server.address as Deno.NetAddr;
      const { reader, writer } = await openConnection({ hostname, port });
      writer.write("a\n");
      assertEquals(text(await reader.readLine(WAIT)), "a");
      writer.close();
      await writer.waitClosed();
    },
  },
  {
    python: "`await asyncio.start_server(handle, h, p)`",
    ferry: async () => {
      const hostname = "127.0.0.1", port = 0;
      await using server = await startServer(
        ({ reader, writer }) => reader.readLine().then((line) => writer.write(line!)),
        { hostname, port },
      );
      await using client = await openConnection(server.address);
      client.writer.write("a\n");
      assertEquals(text(await client.reader.readAll(WAIT)), "a");
    },
    instead: {
      "await startServer(({ reader, writer }) => …, { hostname, port })":
        "await startServer(({ reader, writer }) =>",
    },
  },
  {
    python: '`await r.readuntil(b"\\r\\n")`; `w.write(b); await w.drain()`',
    ferry: async () => {
      await using server = await startServer(echo, { port: 0 });
      await using client = await openConnection(server.address);
      const { reader, writer } = client, b = new TextEncoder().encode("a\n");
      writer.write(b);
      await writer.drain();
      assertEquals(text(await reader.readUntil("\r\n")), "a\r\n");
    },
  },
  {
    python: "`ThreadingTCPServer(address, Handler)`",
    ferry: async () => {
      const address = { hostname: "127.0.0.1", port: 0 }, Handler = Echo;
      await using server = await TcpServer.start(address, Handler);
      await using client = await openConnection(server.address);
      client.writer.write("a\n");
      assertEquals(text(await client.reader.readLine(WAIT)), "a");
    },
  },
  {
    python: "`socket.create_connection(a)`; `s.sendall(b)`",
    ferry: async () => {
      await using server = await startServer(echo, { port: 0 });
      const a = server.address, b = "a\n";
      const s = await createConnection(a);
      await s.sendAll(b);
      assertEquals(text(await s.recvExactly(3)), "a\r\n");
      s.close();
    },
  },
];
