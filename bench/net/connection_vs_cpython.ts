/**
 * `net/connection` against CPython's `multiprocessing.connection`: messages received, round trips, authenticated connections.
 * Rounds alternate; the table has medians, and ratios of a round's two numbers.
 *
 * `deno run -A bench/net/connection_vs_cpython.ts [--rounds=5] [--seconds=1] [--python=python3]`
 */
import { connect, Connection, Listener } from "@ferry/std/net/connection";

const option = (name: string, otherwise: string): string =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3) ?? otherwise;
const rounds = Number(option("rounds", "5"));
const seconds = Number(option("seconds", "1"));
const command = option("python", "python3");
const script = new URL("./connection_vs_cpython.py", import.meta.url).pathname;

function python(...args: (string | number)[]): Deno.ChildProcess {
  return new Deno.Command(command, {
    args: [script, ...args.map(String)],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}

async function rate(...args: (string | number)[]): Promise<number> {
  const { stdout } = await python(...args).output();
  return Number(new TextDecoder().decode(stdout));
}

/** Counts what `step` says it did, until the time is over. */
async function perSecond(step: () => Promise<number>): Promise<number> {
  const start = performance.now();
  let count = 0;
  while (performance.now() - start < seconds * 1000) count += await step();
  return count * 1000 / (performance.now() - start);
}

/** From a flood of frames that CPython sends. */
async function received(
  size: number,
  step: (connection: Connection) => Promise<number>,
): Promise<number> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const child = python("flood", listener.addr.port, size, seconds + 5);
  const connection = new Connection(await listener.accept());
  for (let i = 0; i < 2000; i++) await connection.recvBytes();
  const result = await perSecond(() => step(connection));
  connection.close();
  await child.output();
  return result;
}

async function recvBytes(connection: Connection): Promise<number> {
  for (let i = 0; i < 1000; i++) await connection.recvBytes();
  return 1000;
}

async function tryRecvBytes(connection: Connection): Promise<number> {
  await connection.poll();
  let count = 0;
  while (connection.tryRecvBytes() !== undefined) count++;
  return count;
}

/** Both ends here, each in its own process: the other one is this file again. */
async function pingPong(family: "tcp" | "unix", size: number): Promise<number> {
  const folder = await Deno.makeTempDir();
  const address = family === "tcp" ? { port: 0 } : { path: `${folder}/socket` };
  await using listener = new Listener(address);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", import.meta.filename!, "--echo", JSON.stringify(listener.address)],
  }).spawn();
  using connection = await listener.accept();
  const message = new Uint8Array(size);
  const result = await perSecond(async () => {
    for (let i = 0; i < 100; i++) {
      void connection.sendBytes(message);
      await connection.recvBytes();
    }
    return 100;
  });
  connection.close();
  await child.status;
  await Deno.remove(folder, { recursive: true });
  return result;
}

async function authenticated(family: "tcp" | "unix"): Promise<number> {
  const folder = await Deno.makeTempDir();
  const address = family === "tcp" ? { port: 0 } : { path: `${folder}/socket` };
  await using listener = new Listener(address, { authKey: "key" });
  const result = await perSecond(async () => {
    const [client, server] = await Promise.all([
      connect(listener.address, { authKey: "key" }),
      listener.accept(),
    ]);
    client.close();
    server.close();
    return 1;
  });
  await Deno.remove(folder, { recursive: true });
  return result;
}

const echo = Deno.args.indexOf("--echo");
if (echo >= 0) {
  const connection = await connect(JSON.parse(Deno.args[echo + 1]!));
  try {
    while (true) void connection.sendBytes(await connection.recvBytes());
  } catch {
    Deno.exit(0);
  }
}

type Row = [
  name: string,
  target: number,
  ours: () => Promise<number>,
  theirs: () => Promise<number>,
];
const ROWS: Row[] = [
  [
    "receive 64 B, await recvBytes()",
    8,
    () => received(64, recvBytes),
    () => rate("receive", 64, seconds),
  ],
  [
    "receive 64 B, tryRecvBytes()",
    8,
    () => received(64, tryRecvBytes),
    () => rate("receive", 64, seconds),
  ],
  [
    "receive 1 KiB, await recvBytes()",
    0,
    () => received(1024, recvBytes),
    () => rate("receive", 1024, seconds),
  ],
  [
    "receive 64 KiB, await recvBytes()",
    0,
    () => received(65_536, recvBytes),
    () => rate("receive", 65_536, seconds),
  ],
  [
    "round trip 64 B, TCP",
    0,
    () => pingPong("tcp", 64),
    () => rate("pingpong", "tcp", 64, seconds),
  ],
  [
    "round trip 64 B, Unix socket",
    0,
    () => pingPong("unix", 64),
    () => rate("pingpong", "unix", 64, seconds),
  ],
  [
    "round trip 64 KiB, TCP",
    0,
    () => pingPong("tcp", 65_536),
    () => rate("pingpong", "tcp", 65_536, seconds),
  ],
  [
    "authenticated connections, Unix",
    0,
    () => authenticated("unix"),
    () => rate("connect", seconds),
  ],
];

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const thousands = (value: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: 0 });
console.log(`| per second | Ferry | CPython | ratio | target |\n|---|---:|---:|---:|---:|`);
for (const [name, target, ours, theirs] of ROWS) {
  const [a, b, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    a.push(await ours());
    b.push(await theirs());
    ratios.push(a.at(-1)! / b.at(-1)!);
  }
  console.log(
    `| ${name} | ${thousands(median(a))} | ${thousands(median(b))} | ${
      median(ratios).toFixed(2)
    } | ${target || ""} |`,
  );
}
Deno.exit(0);
