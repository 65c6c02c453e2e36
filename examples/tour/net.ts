/**
 * The chapter on net: one echo handler for a hundred clients under three techniques, a protocol of lines, and a client that
 * is CPython.
 */
import {
  type Address,
  LimitOverrunError,
  openConnection,
  startServer,
  type StreamConnection,
} from "@ferry/std/net";
import { Listener } from "@ferry/std/net/connection";
import { TaskGroup } from "@ferry/std/net/tasks";
import { serve, serveWorkers } from "@ferry/std/net/techniques";
import { echo } from "./net_handler.ts";

/** What the chapter shows. */
export const title = "a hundred clients, a line protocol, and CPython";

const CLIENTS = 100;
const ROUNDS = 20;
const MESSAGE = "the same bytes come back\n";

/** Sends lines and compares what comes back. */
async function client(address: Address, signal: AbortSignal): Promise<void> {
  await using connection = await openConnection(address, { signal });
  const { reader, writer } = connection;
  for (let round = 0; round < ROUNDS; round++) {
    writer.write(MESSAGE);
    const back = await reader.readExactly(MESSAGE.length, { signal, timeout: 30_000 });
    if (new TextDecoder().decode(back) !== MESSAGE) throw new TypeError("Other bytes came back");
  }
}

/** A hundred clients at once; if one fails, the others are cancelled. */
async function hundred(name: string, server: AsyncDisposable & { address: Address }) {
  await using _server = server;
  const start = performance.now();
  await TaskGroup.run((group) => {
    for (let i = 0; i < CLIENTS; i++) group.createTask((signal) => client(server.address, signal));
  });
  const time = Math.round(performance.now() - start);
  console.log(`${name.padEnd(28)} ${CLIENTS} clients, ${CLIENTS * ROUNDS} echoes, ${time} ms`);
}

/** `SUM 1 2 3` is answered with `OK 6`. */
async function sums({ reader, writer }: StreamConnection): Promise<void> {
  while (true) {
    try {
      const line = await reader.readLine({ limit: 64 });
      if (line === null) return;
      const [, ...numbers] = new TextDecoder().decode(line).split(" ").map(Number);
      writer.write(`OK ${numbers.reduce((a, b) => a + b, 0)}\n`);
    } catch (error) {
      if (!(error instanceof LimitOverrunError)) throw error;
      await reader.skipLine();
      writer.write(`ERROR at most ${error.limit} bytes\n`);
    }
  }
}

async function lineProtocol(): Promise<void> {
  await using server = await startServer(sums, { port: 0 });
  await using connection = await openConnection(server.address);
  const { reader, writer } = connection;
  for (const request of ["SUM 1 2 3", `SUM ${"1 ".repeat(100)}`, "SUM 20 22"]) {
    writer.write(`${request}\n`);
    const answer = new TextDecoder().decode(await reader.readLine() ?? undefined);
    console.log(`${request.slice(0, 12).padEnd(12)} -> ${answer}`);
  }
}

const PYTHON = `
import sys
from multiprocessing.connection import Client
with Client(("127.0.0.1", int(sys.argv[1])), authkey=b"tour") as c:
    c.send([1, 2, {"three": 3.5}])
    print("CPython received", c.recv())
`;

async function python(): Promise<void> {
  const key = "tour";
  await using listener = new Listener({ port: 0 }, { authKey: key });
  const { port } = listener.address as Deno.NetAddr;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("python3", { args: ["-c", PYTHON, String(port)], stdout: "inherit" })
      .spawn();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.log("skipped: a client in CPython needs python3");
    return;
  }
  using connection = await listener.accept({ timeout: 30_000 });
  console.log("Deno received", await connection.recv());
  await connection.send({ answer: 42, list: [true, null] });
  const { success } = await child.status;
  if (!success) throw new TypeError("The client in CPython failed");
}

/** Runs the chapter. */
export async function run(): Promise<void> {
  const module = new URL("./net_handler.ts", import.meta.url);
  await hundred("a task for each connection", await serve(echo, { port: 0 }));
  await hundred(
    "ten at a time, others wait",
    await serve(echo, { port: 0, concurrency: { max: 10 } }),
  );
  await hundred(
    "two workers, one port",
    await serveWorkers({ module, export: "echo" }, { port: 0, workers: 2 }),
  );
  console.log();
  await lineProtocol();
  console.log();
  await python();
}
