/**
 * `net/connection` against CPython's `multiprocessing.connection`: messages received, round trips, authenticated connections.
 * Rounds alternate; the table has medians, and ratios of a round's two numbers.
 *
 * `deno run -A bench/net/connection_vs_cpython.ts [--rounds=3] [--seconds=0.7] [--only=text] [--python=python3]`; a whole run
 * takes two minutes and writes bench/results/net_connection.json.
 */
import { connect, Connection, Listener } from "@ferry/std/net/connection";
import { fileURLToPath } from "node:url";
import { CONFIG } from "../config.ts";
import { median } from "../median.ts";
import { option } from "../option.ts";
import { about, saveJson } from "../save.ts";

const rounds = Number(option("rounds") ?? 3);
const seconds = Number(option("seconds") ?? 0.7);
const command = option("python") ?? "/usr/bin/python3";
const only = option("only") ?? "";
const script = fileURLToPath(new URL("./connection_vs_cpython.py", import.meta.url));

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

async function recvAndRelease(connection: Connection): Promise<number> {
  for (let i = 0; i < 1000; i++) connection.release(await connection.recvBytes());
  return 1000;
}

async function tryRecvBytes(connection: Connection): Promise<number> {
  await connection.poll();
  let count = 0;
  while (connection.tryRecvBytes() !== undefined) count++;
  return count;
}

/** Both ends here, each in its own process: the other one is this file again. */
async function pingPong(
  family: "tcp" | "unix",
  size: number,
  release = false,
): Promise<number> {
  const folder = await Deno.makeTempDir();
  const address = family === "tcp" ? { port: 0 } : { path: `${folder}/socket` };
  await using listener = new Listener(address);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-A",
      "--no-check",
      ...CONFIG,
      import.meta.filename!,
      `--echo=${JSON.stringify(listener.address)}`,
      `--release=${release}`,
    ],
  }).spawn();
  using connection = await listener.accept();
  const message = new Uint8Array(size);
  const trips = async () => {
    for (let i = 0; i < 100; i++) {
      void connection.sendBytes(message);
      const bytes = await connection.recvBytes();
      if (release) connection.release(bytes);
    }
    return 100;
  };
  // Both ends are compiled by then.
  for (let i = 0; i < 30; i++) await trips();
  const result = await perSecond(trips);
  connection.close();
  await child.status;
  await Deno.remove(folder, { recursive: true });
  return result;
}

const KEY = "key";

/** Authenticated connections per second that CPython's client makes, to a listener of ours or of CPython's. */
async function accepted(family: "tcp" | "unix", whose: "ours" | "theirs"): Promise<number> {
  return await withListener(family, whose, (address) => rate("dial", address, seconds));
}

/** Authenticated connections per second that ours or CPython's client makes, to a listener of CPython's. */
async function dialled(family: "tcp" | "unix", whose: "ours" | "theirs"): Promise<number> {
  return await withListener(family, "theirs", async (text) => {
    if (whose === "theirs") return await rate("dial", text, seconds);
    const address = family === "tcp"
      ? { hostname: "127.0.0.1", port: Number(text) }
      : { path: text };
    const once = async () => {
      (await connect(address, { authKey: KEY })).close();
      return 1;
    };
    for (let i = 0; i < 500; i++) await once();
    return await perSecond(once);
  });
}

async function withListener(
  family: "tcp" | "unix",
  whose: "ours" | "theirs",
  use: (address: string) => Promise<number>,
): Promise<number> {
  const folder = await Deno.makeTempDir();
  const mine = [
    Deno.execPath(),
    "run",
    "-A",
    "--no-check",
    ...CONFIG,
    import.meta.filename!,
    `--listen=${family === "tcp" ? family : `${folder}/socket`}`,
  ];
  const [program, ...args] = whose === "ours" ? mine : [command, script, "listen", family];
  await using child = new Deno.Command(program!, { args, stdout: "piped", stderr: "null" }).spawn();
  const lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  const { value = "" } = await lines.read();
  try {
    return await use(value.trim());
  } finally {
    child.kill("SIGKILL");
    await lines.cancel();
    await Deno.remove(folder, { recursive: true });
  }
}

/** This file as the other end: an echo, or a listener. */
async function other(): Promise<void> {
  const address = option("echo") ?? "";
  if (address !== "") {
    const release = option("release") === "true";
    const connection = await connect(JSON.parse(address));
    try {
      while (true) {
        const bytes = await connection.recvBytes();
        const sent = connection.sendBytes(bytes);
        if (!release) continue;
        await sent;
        connection.release(bytes);
      }
    } catch {
      Deno.exit(0);
    }
  }
  const path = option("listen") ?? "";
  const listener = new Listener(path === "tcp" ? { port: 0 } : { path }, { authKey: KEY });
  console.log("port" in listener.address ? listener.address.port : listener.address.path);
  for await (const connection of listener) connection.close();
}
if (option("echo") || option("listen")) await other();

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
    "receive 64 KiB, await recvBytes(), release()",
    0,
    () => received(65_536, recvAndRelease),
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
    "round trip 64 KiB, TCP, release()",
    0,
    () => pingPong("tcp", 65_536, true),
    () => rate("pingpong", "tcp", 65_536, seconds),
  ],
  [
    "authenticated connections accepted, TCP",
    0,
    () => accepted("tcp", "ours"),
    () => accepted("tcp", "theirs"),
  ],
  [
    "authenticated connections accepted, Unix socket",
    0.5,
    () => accepted("unix", "ours"),
    () => accepted("unix", "theirs"),
  ],
  [
    "authenticated connections made, TCP",
    0,
    () => dialled("tcp", "ours"),
    () => dialled("tcp", "theirs"),
  ],
  [
    "authenticated connections made, Unix socket",
    0.5,
    () => dialled("unix", "ours"),
    () => dialled("unix", "theirs"),
  ],
];

const thousands = (value: number): string =>
  value.toLocaleString("en", { maximumFractionDigits: 0 });
console.log(`| per second | Ferry | CPython | ratio | target |\n|---|---:|---:|---:|---:|`);
const results: unknown[] = [];
for (const [name, target, ours, theirs] of ROWS) {
  if (!name.includes(only)) continue;
  const [a, b, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < rounds; round++) {
    a.push(await ours());
    b.push(await theirs());
    ratios.push(a.at(-1)! / b.at(-1)!);
  }
  const row = { ferry: median(a), cpython: median(b), ratio: median(ratios) };
  results.push({ name, ...row, ...(target ? { target } : {}) });
  console.log(
    `| ${name} | ${thousands(row.ferry)} | ${thousands(row.cpython)} | ${row.ratio.toFixed(2)} | ${
      target || ""
    } |`,
  );
}
if (only === "") {
  await saveJson("net_connection.json", { ...await about(), python: command, rounds, results });
}
Deno.exit(0);
