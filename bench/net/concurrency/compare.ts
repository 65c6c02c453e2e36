/**
 * The techniques for concurrent connections, the same handler under each; the load is a process of its own.
 *
 * `deno run -A bench/net/concurrency/compare.ts [--seconds=2] [--only=memory|speed]` prints the tables of docs/concurrency.md. The server runs here, or in
 * workers and processes of this program; client and server share the machine's cores.
 */
import {
  type Address,
  createServer,
  Selector,
  ServerSocket,
  type Socket,
  startServer,
  type StreamConnection,
  StreamRequestHandler,
  TcpServer,
  wait,
} from "@ferry/std/net";
import {
  serve,
  servePrefork,
  serveWorkerPerConnection,
  serveWorkers,
} from "@ferry/std/net/techniques";
import * as handlers from "./handler.ts";
import { fileURLToPath } from "node:url";
import { CONFIG } from "../../config.ts";
import { option } from "../../option.ts";

const only = option("only");
const seconds = Number(option("seconds") ?? 2);
const module = import.meta.resolve("./handler.ts");
type Name = keyof typeof handlers;
type Running = AsyncDisposable & { readonly address: Address };

/** One loop that looks at all connections with `wait`. */
async function readiness(): Promise<Running> {
  const open = new Set<StreamConnection>();
  let wake = Promise.withResolvers<void>();
  let closed = false;
  const server = await startServer(async (connection) => {
    open.add(connection);
    wake.resolve();
    await new Promise<void>((resolve) =>
      connection.signal.addEventListener("abort", () => resolve())
    );
  }, { port: 0 });
  (async () => {
    while (!closed) {
      if (open.size === 0) {
        await wake.promise;
        wake = Promise.withResolvers();
        continue;
      }
      for (const connection of await wait(open, { timeout: 20 })) {
        const chunk = connection.reader.tryRead();
        if (chunk) connection.writer.write(chunk);
        else {
          open.delete(connection);
          await connection.close();
        }
      }
    }
  })();
  return {
    address: server.address,
    async [Symbol.asyncDispose]() {
      closed = true;
      wake.resolve();
      await server.shutdown({ grace: 100 });
    },
  };
}

/** One loop with a selector, which looks only at those to which something happened. */
async function selecting(): Promise<Running> {
  const listener = await createServer({ hostname: "127.0.0.1", port: 0 });
  const selector = new Selector<ServerSocket | Socket>();
  selector.register(listener);
  const loop = (async () => {
    while (!listener.closed) {
      for (const [{ object }] of await selector.select()) {
        if (object instanceof ServerSocket) {
          if (!listener.closed) selector.register(await listener.accept());
          continue;
        }
        const chunk = object.reader.tryRead();
        if (chunk) object.writer.write(chunk);
        else {
          selector.unregister(object);
          object.close();
        }
      }
    }
  })().catch(() => {});
  return {
    address: listener.address,
    async [Symbol.asyncDispose]() {
      const left = [...selector.keys()];
      listener.close();
      selector.close();
      await loop;
      for (const { object } of left) object.close();
    },
  };
}

class Handler extends StreamRequestHandler {
  static run: (connection: StreamConnection) => Promise<void>;
  override handle(): Promise<void> {
    return Handler.run(this.connection);
  }
}

function classes(name: Name): Promise<Running> {
  Handler.run = handlers[name];
  return TcpServer.start({ hostname: "127.0.0.1", port: 0 }, Handler);
}

const TECHNIQUES: Record<string, (name: Name) => Promise<Running>> = {
  "a task for each connection": (name) => serve(handlers[name], { port: 0 }),
  "tasks, at most 10": (name) => serve(handlers[name], { port: 0, concurrency: { max: 10 } }),
  "an object for each connection": classes,
  "readiness (`Selector`)": () => selecting(),
  "readiness (`wait`)": () => readiness(),
  "2 workers, one port": (name) => serveWorkers({ module, export: name }, { port: 0, workers: 2 }),
  "2 processes, one port": (name) =>
    servePrefork({ module, export: name }, { port: 0, processes: 2, denoArgs: ["-A"] }),
  "a worker for each connection": (name) =>
    serveWorkerPerConnection({ module, export: name }, { port: 0, spare: 4 }),
};

interface Load {
  perSecond: number;
  p50: number;
  p99: number;
}

async function load({ port }: { port: number }, mode: string, clients: number): Promise<Load> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net",
      ...CONFIG,
      fileURLToPath(new URL("./client.ts", import.meta.url)),
      String(port),
      mode,
      String(clients),
      String(seconds),
    ],
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** Bytes of memory of this process and its children, but one of them. */
function memory(but: number): number {
  let kib = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name) || Number(name) === but) continue;
    try {
      const status = Deno.readTextFileSync(`/proc/${name}/status`);
      const field = (key: string) =>
        Number(status.match(new RegExp(`^${key}:\\s*(\\d+)`, "m"))?.[1]);
      if (Number(name) === Deno.pid || field("PPid") === Deno.pid) kib += field("VmRSS");
    } catch {
      // It has ended.
    }
  }
  return kib * 1024;
}

/** Connections that say a word and then nothing, until they are let go. */
async function idle<T>(
  { port }: { port: number },
  count: number,
  look: (pid: number) => T,
): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--allow-net",
      ...CONFIG,
      fileURLToPath(new URL("./client.ts", import.meta.url)),
      ...[String(port), "idle", String(count), "0"],
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const lines = child.stdout.getReader();
  await lines.read();
  // Garbage of the beginning is not what a connection costs.
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const seen = look(child.pid);
  await child.stdin.close();
  while (!(await lines.read()).done);
  await child.status;
  return seen;
}

/** What a silent connection costs, in a program of its own: what others have left behind would be counted too. */
async function memoryOf(technique: string): Promise<void> {
  const { gc } = globalThis as { gc?: () => void };
  await using server = await TECHNIQUES[technique]!("echo");
  const address = server.address as Deno.NetAddr;
  const [first, count] = technique.includes("a worker for") ? [4, 36] : [200, 5000];
  const look = (pid: number) => {
    gc?.();
    return memory(pid);
  };
  // What the first ones cost is the program's, not theirs.
  const before = await idle(address, first, look);
  const after = await idle(address, count, look);
  const each = (after - before) / (count - first) / 1024;
  console.log(`| ${technique} | ${number(count)} | ${number(each)} |`);
}

async function memories(): Promise<void> {
  console.log(
    "\nMemory of a silent connection\n\n| technique | connections | KiB each |\n|---|---:|---:|",
  );
  for (const technique of Object.keys(TECHNIQUES)) {
    if (technique.includes("at most")) continue;
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--v8-flags=--expose-gc",
        ...CONFIG,
        ...("listenDatagram" in Deno ? ["--unstable-net"] : []),
        import.meta.filename!,
        `--memory-of=${technique}`,
      ],
      stderr: "inherit",
    }).output();
    console.log(new TextDecoder().decode(stdout).trim().split("\n").at(-1));
  }
}

const number = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString("en") : value.toPrecision(2);

async function table(
  title: string,
  name: Name,
  mode: string,
  clients: number,
  skip: string[] = [],
) {
  console.log(`\n${title}\n\n| technique | per second | p50 ms | p99 ms |\n|---|---:|---:|---:|`);
  for (const [technique, start] of Object.entries(TECHNIQUES)) {
    if (skip.some((each) => technique.includes(each))) continue;
    await using server = await start(name);
    const { perSecond, p50, p99 } = await load(server.address as Deno.NetAddr, mode, clients);
    console.log(`| ${technique} | ${number(perSecond)} | ${number(p50)} | ${number(p99)} |`);
  }
}

const alone = option("memory-of");
if (alone !== undefined) {
  await memoryOf(alone);
  Deno.exit(0);
}
console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, ${seconds} s each`);
if (only === "memory") {
  await memories();
  Deno.exit(0);
}
await table("Echo of 64 B, 50 connections", "echo", "echo", 50, ["at most", "a worker for"]);
await table("Echo of 64 B, 4 connections", "echo", "echo", 4, [
  "at most",
  "readiness",
  "an object",
]);
await table("Connect, one echo, close; 10 at once", "echo", "connect", 10);
await table("A handler that computes 200 ms, 4 connections", "compute", "echo", 4, [
  "readiness",
  "an object",
]);

if (only !== "speed") await memories();

console.log("\n| technique | time to start, ms |\n|---|---:|");
for (const [technique, start] of Object.entries(TECHNIQUES)) {
  const begun = performance.now();
  const server = await start("echo");
  console.log(`| ${technique} | ${number(performance.now() - begun)} |`);
  await server[Symbol.asyncDispose]();
}
Deno.exit(0);
