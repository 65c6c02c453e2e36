// An option that does not exist, everywhere: a read with a misspelt timeout would wait for ever, a server whose `clientAuth` is
// misspelt would let everybody in.
import { assert, assertEquals, assertRejects } from "@std/assert";
import * as net from "@ferry/std/net";
import {
  answerChallenge,
  authenticate,
  connect,
  Connection,
  deliverChallenge,
  Listener,
  Pipe,
} from "@ferry/std/net/connection";
import { setSocketOptions } from "@ferry/std/net/sockopt";
import * as tasks from "@ferry/std/net/tasks";
import { servePrefork, serveWorkerPerConnection, serveWorkers } from "@ferry/std/net/techniques";
import { Deadline, guard } from "@ferry/std/net/time";
import { assertComplete, assertRefused, type Refusal } from "../_support/options_taken.ts";

/** Nothing takes something like options that are no options. */
const OTHERS = {};

const LOOPBACK = { hostname: "127.0.0.1", port: 0 };
/** A misspelt timeout. */
const wait = (call: (options: never) => unknown): Refusal => ["timout", "timeout", call];
const task = () => Promise.resolve(1);
const nothing = () => {};

/** A connection that nothing is read from or written to. */
const raw: net.RawConn = {
  localAddr: { path: null },
  remoteAddr: { path: null },
  read: () => Promise.resolve(null),
  write: (bytes) => Promise.resolve(bytes.length),
  closeWrite: () => Promise.resolve(),
  close: nothing,
};

/** A listener that nobody comes to. */
const silent: net.RawListener = {
  addr: { path: null },
  accept: () => new Promise(nothing),
  close: nothing,
};

function ofTasks(): Record<string, Refusal> {
  const semaphore = new tasks.Semaphore(1);
  const group = new tasks.TaskGroup();
  return {
    "tasks: Semaphore#acquire": wait((o) => semaphore.acquire(o)),
    "tasks: TaskGroup#createTask": ["nmae", "name", (o) => group.createTask(task, o)],
    "tasks: TaskGroup.run": ["singal", "signal", (o) => tasks.TaskGroup.run(nothing, o)],
    "tasks: asCompleted": wait((o) => tasks.asCompleted([task], o)),
    "tasks: gather": ["return_exceptions", "returnExceptions", (o) => tasks.gather([task], o)],
    "tasks: new Semaphore": ["bound", "bounded", (o) => new tasks.Semaphore(1, o)],
    "tasks: new Task": ["names", "name", (o) => new tasks.Task(task, o)],
    "tasks: new TaskGroup": ["signals", "signal", (o) => new tasks.TaskGroup(o)],
    "tasks: new Timeout": ["sginal", "signal", (o) => new tasks.Timeout(5, o)],
    "tasks: shield": ["onlateerror", "onLateError", (o) => tasks.shield(task(), o)],
    "tasks: timeout": ["sigal", "signal", (o) => tasks.timeout(5, o)],
    "tasks: waitFor": wait((o) => tasks.waitFor(task, o)),
    "tasks: wait": ["return_when", "returnWhen", (o) => net.waitTasks([task()], o)],
    "time: guard": [
      "idletimeout",
      "idleTimeout",
      (o) => guard({ received: 0, sent: 0, pendingMessage: 0 }, o, nothing),
    ],
    "time: new Deadline": ["reff", "ref", (o) => new Deadline(nothing, o)],
  };
}

function ofConnections(stack: AsyncDisposableStack): Record<string, Refusal> {
  const [a, b] = net.socketPair();
  stack.use(a);
  stack.use(b);
  const { reader, writer, connection } = a;
  const framed = new net.FramedConnection(connection, new net.LengthPrefixed());
  const selector = stack.use(new net.Selector());
  const bytes = new Uint8Array(8);
  return {
    "framing: FramedConnection#recv": wait((o) => framed.recv(o)),
    "framing: FramedConnection#send": wait((o) => framed.send(bytes, o)),
    "framing: new Delimited": ["seperator", "separator", (o) => new net.Delimited(o)],
    "framing: new LengthPrefixed": ["maxlength", "maxLength", (o) => new net.LengthPrefixed(o)],
    "framing: new VarintPrefixed": ["max_length", "maxLength", (o) => new net.VarintPrefixed(o)],
    "selector: Selector#select": wait((o) => selector.select(o)),
    "socket: Socket#recv": wait((o) => a.recv(1, o)),
    "socket: Socket#recvExactly": wait((o) => a.recvExactly(1, o)),
    "socket: Socket#recvInto": wait((o) => a.recvInto(bytes, o)),
    "socket: Socket#sendAll": wait((o) => a.sendAll(bytes, o)),
    "socket: Socket#sendFile": [
      "ofset",
      "offset",
      (o) => a.sendFile({ readSync: () => null, seekSync: () => 0 }, o),
    ],
    "socket: socketPair": ["highwater", "highWater", (o) => net.socketPair(o)],
    "sockopt: setSocketOptions": ["nodelay", "noDelay", (o) => setSocketOptions(a, o)],
    "streams: StreamConnection#startTls": ["cret", "cert", (o) => connection.startTls(o)],
    "streams: StreamReader#lines": ["encodng", "encoding", (o) => reader.lines(o)],
    "streams: StreamReader#peek": wait((o) => reader.peek(1, o)),
    "streams: StreamReader#read": wait((o) => reader.read(1, o)),
    "streams: StreamReader#readAll": ["limits", "limit", (o) => reader.readAll(o)],
    "streams: StreamReader#readExactly": wait((o) => reader.readExactly(1, o)),
    "streams: StreamReader#readFrame": wait((o) => reader.readFrame(framed.framing, o)),
    "streams: StreamReader#readInto": wait((o) => reader.readInto(bytes, o)),
    "streams: StreamReader#readLine": wait((o) => reader.readLine(o)),
    "streams: StreamReader#readUntil": wait((o) => reader.readUntil("x", o)),
    "streams: StreamReader#skipLine": wait((o) => reader.skipLine(o)),
    "streams: StreamReader#tryReadLine": [
      "limti",
      "limit",
      (o) => net.StreamReader.from(bytes).tryReadLine(o),
    ],
    "streams: StreamReader#tryReadUntil": ["limt", "limit", (o) => reader.tryReadUntil("x", o)],
    "streams: StreamReader.from": ["limmit", "limit", (o) => net.StreamReader.from(bytes, o)],
    "streams: StreamWriter#drain": wait((o) => writer.drain(o)),
    "streams: StreamWriter#flush": wait((o) => writer.flush(o)),
    "streams: StreamWriter#startTls": ["verfiy", "verify", (o) => writer.startTls(o)],
    "streams: new StreamConnection": [
      "readtimeout",
      "readTimeout",
      (o) => new net.StreamConnection(raw, o),
    ],
    "streams: new StreamReader": ["limit_", "limit", (o) => new net.StreamReader(raw, o)],
    "streams: new StreamWriter": ["low_water", "lowWater", (o) => new net.StreamWriter(raw, o)],
    "wait: wait": wait((o) => net.wait([a], o)),
  };
}

function ofMessages(stack: AsyncDisposableStack): Record<string, Refusal> {
  const [a] = stack.use(new Pipe());
  const listener = stack.use(new Listener({ port: 0 }));
  const bytes = new Uint8Array(8);
  return {
    "connection: Connection#poll": wait((o) => a!.poll(o)),
    "connection: Connection#recv": wait((o) => a!.recv(o)),
    "connection: Connection#recvBytes": ["maxlength", "maxLength", (o) => a!.recvBytes(o)],
    "connection: Connection#recvBytesInto": wait((o) => a!.recvBytesInto(bytes, o)),
    "connection: Connection#tryRecvBytes": ["maxlenght", "maxLength", (o) => a!.tryRecvBytes(o)],
    "connection: Listener#accept": wait((o) => listener.accept(o)),
    "connection: answerChallenge": ["allowmd5", "allowMd5", (o) => answerChallenge(a!, "k", o)],
    "connection: authenticate": ["signl", "signal", (o) => authenticate(a!, "k", "server", o)],
    "connection: connect": ["authkey", "authKey", (o) => connect({ ...LOOPBACK, port: 1 }, o)],
    "connection: deliverChallenge": ["allow_md5", "allowMd5", (o) => deliverChallenge(a!, "k", o)],
    "connection: new Connection": ["maxbytes", "maxBytes", (o) => new Connection(raw, o)],
    "connection: new Listener": ["auth_key", "authKey", (o) => new Listener({ port: 0 }, o)],
    "connection: new Pipe": ["duplx", "duplex", (o) => new Pipe(o)],
  };
}

class Handler extends net.StreamRequestHandler {
  override handle() {}
}
class Answer extends net.DatagramRequestHandler {
  override handle() {}
}

async function ofServers(stack: AsyncDisposableStack): Promise<Record<string, Refusal>> {
  const server = stack.use(await net.startServer(nothing, { port: 0 }));
  const handlers = stack.use(await net.TcpServer.start(LOOPBACK, Handler));
  const udp = stack.use(await net.UdpServer.start(LOOPBACK, Answer));
  const listener = stack.use(await net.createServer(LOOPBACK));
  const endpoint = stack.use(await net.createDatagramEndpoint(LOOPBACK));
  const socket = stack.use(await net.UdpSocket.bind(LOOPBACK));
  const bytes = new Uint8Array(8);
  const path = "/nowhere/at/all";
  const grace = (call: (options: never) => unknown): Refusal => ["grase", "grace", call];
  return {
    "address: getAddrInfo": ["familly", "family", (o) => net.getAddrInfo("localhost", 80, o)],
    "address: getNameInfo": ["numerichost", "numericHost", (o) => net.getNameInfo(LOOPBACK, o)],
    "datagram: DatagramEndpoint#receive": wait((o) => endpoint.receive(o)),
    "datagram: UdpSocket#recvFrom": wait((o) => socket.recvFrom(o)),
    "datagram: UdpSocket#recvFromInto": wait((o) => socket.recvFromInto(bytes, o)),
    "datagram: UdpSocket.bind": ["broadcst", "broadcast", (o) => net.UdpSocket.bind(LOOPBACK, o)],
    "datagram: createDatagramEndpoint": [
      "maxqueue",
      "maxQueue",
      (o) => net.createDatagramEndpoint(LOOPBACK, o),
    ],
    "protocol: bindProtocol": ["remot", "remote", (o) => net.bindProtocol(() => ({}), LOOPBACK, o)],
    "protocol: connectProtocol": [
      "connecttimeout",
      "connectTimeout",
      (o) => net.connectProtocol(() => ({}), LOOPBACK, o),
    ],
    "protocol: serveProtocol": ["prot", "port", (o) => net.serveProtocol(() => ({}), o)],
    "server: Server#shutdown": grace((o) => server.shutdown(o)),
    "server: StreamHandlerServer#shutdown": grace((o) => handlers.shutdown(o)),
    "server: TcpServer.start": [
      "verify_request",
      "verifyRequest",
      (o) => net.TcpServer.start(LOOPBACK, Handler, o),
    ],
    "server: UdpServer#shutdown": grace((o) => udp.shutdown(o)),
    "server: UdpServer.start": [
      "concurency",
      "concurrency",
      (o) => net.UdpServer.start(LOOPBACK, Answer, o),
    ],
    "server: UnixServer.start": [
      "onerror",
      "onError",
      (o) => net.UnixServer.start({ path }, Handler, o),
    ],
    "server: new Server": ["tsl", "tls", (o) => new net.Server(silent, nothing, o)],
    "server: new UdpServer": ["on_error", "onError", (o) => new net.UdpServer(endpoint, Answer, o)],
    "server: serveFd": ["FD", "fd", (o) => net.serveFd(nothing, o)],
    "server: startServer": ["prot", "port", (o) => net.startServer(nothing, o)],
    "socket: ServerSocket#accept": wait((o) => listener.accept(o)),
    "socket: createConnection": ["tsl", "tls", (o) => net.createConnection(LOOPBACK, o)],
    "socket: createServer": ["reuse_port", "reusePort", (o) => net.createServer(LOOPBACK, o)],
    "socket: new ServerSocket": ["backlogs", "backlog", (o) => new net.ServerSocket(silent, o)],
    "streams: openConnection": [
      "localaddress",
      "localAddress",
      (o) => net.openConnection(LOOPBACK, o),
    ],
    "techniques: servePrefork": ["process", "processes", (o) => servePrefork(TARGET, o)],
    "techniques: serveWorkerPerConnection": [
      "spares",
      "spare",
      (o) => serveWorkerPerConnection(TARGET, o),
    ],
    "techniques: serveWorkers": ["worker", "workers", (o) => serveWorkers(TARGET, o)],
  };
}

/** A module that is never loaded. */
const TARGET = { module: new URL("./no_such_handler.ts", import.meta.url) };

/** Servers whose workers run a handler: what they are told is how to shut down. */
async function ofCrews(stack: AsyncDisposableStack): Promise<Record<string, Refusal>> {
  const target = { module: new URL("./techniques/_handlers.ts", import.meta.url), export: "echo" };
  const workers = stack.use(await serveWorkers(target, { port: 0, workers: 1 }));
  const prefork = stack.use(
    await servePrefork(target, { port: 0, processes: 1, denoArgs: ["-A", "--no-check"] }),
  );
  return {
    "techniques: PreforkServer#shutdown": ["grac", "grace", (o) => prefork.shutdown(o)],
    "techniques: WorkerServer#shutdown": ["graze", "grace", (o) => workers.shutdown(o)],
  };
}

Deno.test("whatever takes options refuses one that does not exist", async (t) => {
  const known: string[] = [];
  const refused = async (calls: Record<string, Refusal>) => {
    known.push(...Object.keys(calls));
    await assertRefused(calls);
  };
  const tables = {
    "tasks and times": ofTasks,
    "connections": ofConnections,
    "messages": ofMessages,
    "servers": ofServers,
    "servers with workers": ofCrews,
  };
  for (const [name, table] of Object.entries(tables)) {
    await t.step(name, async () => {
      await using stack = new AsyncDisposableStack();
      await refused(await table(stack));
    });
  }
  await t.step("the tables are complete", () => assertComplete("net", known, OTHERS));
});

Deno.test("options within options are looked at, too", async () => {
  // deno-lint-ignore no-explicit-any
  const any = (value: unknown) => value as any;
  const serve = (options: object) => () => net.startServer(nothing, { port: 0, ...options });
  const pair = { cert: "c", key: "k" };
  const calls: Record<string, () => unknown> = {
    "did you mean clientAuth?": serve({ tls: { ...pair, clientauth: "require" } }),
    "did you mean trusted?": serve({ proxyProtocol: { mode: "require", truste: [] } }),
    "did you mean bytesPerSecond?": serve({ minRate: { bytesPerSec: 1 } }),
    "did you mean overflow?": serve({ concurrency: { max: 1, overflows: "wait" } }),
    "did you mean verify?": () => net.openConnection(LOOPBACK, { tls: any({ verfy: "none" }) }),
    "did you mean hostname?": () =>
      net.openConnection(LOOPBACK, { localAddress: any({ hostnam: "x" }) }),
    "did you mean group?": () =>
      net.createDatagramEndpoint(LOOPBACK, { multicast: any({ gruop: "x" }) }),
    "did you mean cert?": () => new Listener({ port: 0 }, { tls: any({ crt: "x", key: "k" }) }),
    "did you mean serverName?": () => connect(LOOPBACK, { tls: any({ servername: "x" }) }),
  };
  for (const [message, call] of Object.entries(calls)) {
    await assertRejects(async () => void await call(), TypeError, message);
  }
});

Deno.test("an option of the wrong type is refused, too", async () => {
  // deno-lint-ignore no-explicit-any
  const any = (value: unknown) => value as any;
  const [a, b] = net.socketPair();
  await using _a = a;
  await using _b = b;
  const calls: Record<string, () => unknown> = {
    'a timeout in milliseconds is needed, received "5"': () =>
      a.reader.readLine(any({ timeout: "5" })),
    "an AbortSignal is needed, received an object": () => a.recv(1, any({ signal: {} })),
    'a limit in bytes is needed, received "5"': () => a.reader.readLine(any({ limit: "5" })),
    'readTimeout must be a number of milliseconds, received "5"': () =>
      net.socketPair(any({ readTimeout: "5" })),
    "needed a port, 0 lets the system choose, received undefined": () =>
      net.startServer(nothing, any({})),
    'needed a port, 0 lets the system choose, received "80"': () =>
      net.startServer(nothing, any({ port: "80" })),
    "Cannot bind: needed a port": () => net.UdpSocket.bind(any({ hostname: "127.0.0.1" })),
    "Cannot listen: needed a port": () => new Listener(any({ prot: 80 })),
    'alpn must be an array, received "h2"': () =>
      net.openConnection(LOOPBACK, { tls: any({ alpn: "h2" }) }),
    'family must be "ipv4" or "ipv6", received 4': () =>
      net.getAddrInfo("localhost", 80, any({ family: 4 })),
    'endian must be "big" or "little", received "LE"': () =>
      new net.LengthPrefixed(any({ endian: "LE" })),
    'grace must be a number of milliseconds, received "5"': () =>
      new net.Server(silent, nothing).shutdown(any({ grace: "5" })),
    'side must be "client" or "server", received "sever"': () =>
      a.connection.startTls(any({ side: "sever" })),
    'a maxLength in bytes is needed, received "5"': () =>
      new Pipe()[0].recvBytes(any({ maxLength: "5" })),
    "a number of milliseconds is needed, received": () => tasks.timeout(any("5")),
  };
  for (const [message, call] of Object.entries(calls)) {
    await assertRejects(async () => void await call(), TypeError, message);
  }
});

Deno.test("what is refused has done nothing", async () => {
  const [a, b] = net.socketPair();
  await using _a = a;
  await using _b = b;
  const framed = new net.FramedConnection(a.connection, new net.Delimited());
  const misspelt = { timout: 1 } as never;
  await assertRejects(() => framed.send(new TextEncoder().encode("no"), misspelt), TypeError);
  await assertRejects(() => a.sendAll("no", misspelt), TypeError);
  await a.sendAll("yes\n");
  assertEquals(new TextDecoder().decode((await b.reader.readLine({ timeout: 10_000 }))!), "yes");
  await using server = await net.startServer(nothing, { port: 0 });
  await assertRejects(() => server.shutdown({ grase: 1 } as never), TypeError);
  assert(server.isServing);
});
