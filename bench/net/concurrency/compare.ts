/**
 * The techniques for concurrent connections, the same handler under each; the load is a process of its own.
 *
 * `deno run -A bench/net/concurrency/compare.ts [--seconds=2]` prints the tables of docs/concurrency.md. The server runs here, or in
 * workers and processes of this program; client and server share the machine's cores.
 */
import { type Address, startServer, type StreamConnection, wait } from "@ferry/std/net";
import {
  serve,
  servePrefork,
  serveWorkerPerConnection,
  serveWorkers,
} from "@ferry/std/net/techniques";
import * as handlers from "./handler.ts";
import { fileURLToPath } from "node:url";

const seconds = Number(
  Deno.args.find((arg) => arg.startsWith("--seconds="))?.slice("--seconds=".length) ?? 2,
);
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

const TECHNIQUES: Record<string, (name: Name) => Promise<Running>> = {
  "a task for each connection": (name) => serve(handlers[name], { port: 0 }),
  "tasks, at most 10": (name) => serve(handlers[name], { port: 0, concurrency: { max: 10 } }),
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

console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores, ${seconds} s each`);
await table("Echo of 64 B, 50 connections", "echo", "echo", 50, ["at most", "a worker for"]);
await table("Echo of 64 B, 4 connections", "echo", "echo", 4, ["at most", "readiness"]);
await table("Connect, one echo, close; 10 at once", "echo", "connect", 10);
await table("A handler that computes 200 ms, 4 connections", "compute", "echo", 4, ["readiness"]);

console.log("\n| technique | time to start, ms |\n|---|---:|");
for (const [technique, start] of Object.entries(TECHNIQUES)) {
  const begun = performance.now();
  const server = await start("echo");
  console.log(`| ${technique} | ${number(performance.now() - begun)} |`);
  await server[Symbol.asyncDispose]();
}
Deno.exit(0);
