// Options of a class, or of a prototype, are options: a server whose `tls` is a getter's must not serve in the clear.
import { assertEquals, assertRejects } from "@std/assert";
import {
  createConnection,
  openConnection,
  socketPair,
  startServer,
  UdpSocket,
} from "@ferry/std/net";
import { Pipe } from "@ferry/std/net/connection";
import { serveWorkerPerConnection, serveWorkers } from "@ferry/std/net/techniques";
import { ca, pair } from "./support/certs.ts";

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
const greet = "export default ({ writer }) => { writer.write('hello\\n'); };";
const module = "data:text/javascript," + encodeURIComponent(greet);

/** The same options as an instance of a class, and as an object with a prototype. */
const FORMS: Record<string, <O extends object>(options: O) => O> = {
  "of a class": (options) => {
    class Options {}
    for (const [name, value] of Object.entries(options)) {
      Object.defineProperty(Options.prototype, name, { get: () => value });
    }
    return new Options() as typeof options;
  },
  inherited: (options) => Object.create(options),
};

for (const [form, as] of Object.entries(FORMS)) {
  Deno.test(`options ${form}: no server leaves TLS out`, async () => {
    const options = as({ ...LOOPBACK, tls: as(pair("localhost")), onError() {} });
    const servers = [
      () => startServer(({ writer }) => void writer.write("hello\n"), options),
      () => serveWorkers({ module }, as({ ...LOOPBACK, tls: as(pair("localhost")), workers: 1 })),
      () => serveWorkerPerConnection({ module }, options),
    ];
    for (const serve of servers) {
      await using server = await serve();
      const trusting = as({ tls: as({ ca, serverName: "localhost" }) });
      await using connection = await openConnection(server.address, trusting);
      assertEquals(await connection.reader.readLine(), new TextEncoder().encode("hello"));
    }
  });

  Deno.test(`options ${form}: a signal ends calls that have a timeout of their socket, too`, async () => {
    const timeout = 60_000;
    const reason = new RangeError("Enough");
    const signal = AbortSignal.abort(reason);
    const [a, b] = socketPair();
    await using _a = a;
    await using _b = b;
    a.timeout = timeout;
    await assertRejects(() => a.recv(5, as({ signal })), RangeError, "Enough");
    await using udp = await UdpSocket.bind(LOOPBACK);
    udp.timeout = timeout;
    await assertRejects(() => udp.recvFrom(as({ signal })), RangeError, "Enough");
    await using server = await startServer(() => {}, as(LOOPBACK));
    await assertRejects(() => openConnection(server.address, as({ signal })), RangeError);
    await assertRejects(() => createConnection(server.address, as({ signal })), RangeError);
  });

  Deno.test(`options ${form}: the ends of a pipe keep their limits`, async () => {
    using pipe = new Pipe<string>(as({ maxBytes: 100 }));
    const [a, b] = pipe;
    await a.send("x".repeat(1000));
    await assertRejects(() => b.recv({ timeout: 60_000 }), Deno.errors.InvalidData, "100");
  });
}
