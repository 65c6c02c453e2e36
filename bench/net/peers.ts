/**
 * Streams, servers and framing against their peers: Deno's own connections, CPython's asyncio, uvloop, threads and
 * `multiprocessing.connection`.
 *
 * One load generator for all (`peers/load.c`, needs `cc`). The contenders of a row take turns, a ratio is the median of the
 * rounds' ratios, and rows that are lost stay in the table.
 *
 * `deno run -A bench/net/peers.ts [--only=text] [--rounds=2] [--python=/usr/bin/python3]`; a whole run takes three minutes and
 * writes bench/results/net.json. uvloop is not needed: where that Python has none, its columns say "skipped". To have it:
 * `python3 -m venv /tmp/uvloop && /tmp/uvloop/bin/pip install uvloop`, and `--python=/tmp/uvloop/bin/python` (or Debian's
 * python3-uvloop).
 */
import { type Found, Launcher, type Measure } from "./peers/launcher.ts";
import { median } from "../median.ts";
import { option } from "../option.ts";
import { saveJson } from "../save.ts";

const only = option("only") ?? "";
const rounds = Number(option("rounds") ?? 2);

const launcher = await Launcher.start(option("python") ?? "/usr/bin/python3");
if (!launcher) {
  console.log("skipped: a C compiler (cc) and Linux are needed");
  Deno.exit();
}
await using run = launcher;

/** A row: who takes part, and by how much the first must win. */
interface Row {
  name: string;
  /** Higher is better, or lower. */
  better: "higher" | "lower";
  unit: string;
  contenders: Record<string, Measure>;
  /** The least (or, if lower is better, the most) of first / other. */
  targets: Record<string, number>;
}

const small = (server: string): Measure => run.echo(server, 50, 64);
const large = (server: string): Measure => run.echo(server, 50, 65536);

const rows: Row[] = [
  {
    name: "echo, 50 connections, 64 B: read, write, drain",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry read()": small("ferry server read"),
      "Deno conn.read/write": small("ferry raw"),
      "asyncio streams": small("python echo"),
      "uvloop streams": small("python echo-uvloop"),
      "Python threads": small("python threads"),
      "C, epoll": small("load serve"),
    },
    targets: {
      "Deno conn.read/write": 0.8,
      "asyncio streams": 3,
      "uvloop streams": 1,
      "p99/p50": 2,
    },
  },
  {
    name: "echo, 50 connections, 64 B: readInto, write, drain",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry readInto()": small("ferry server readInto"),
      "Deno conn.read/write": small("ferry raw"),
    },
    targets: { "Deno conn.read/write": 0.8 },
  },
  {
    name: "echo, 50 connections, 64 KiB: readInto, write, drain",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry readInto()": large("ferry server readInto"),
      "Deno conn.read/write": large("ferry raw"),
      "asyncio streams": large("python echo"),
      "uvloop streams": large("python echo-uvloop"),
    },
    targets: { "Deno conn.read/write": 0.85, "asyncio streams": 1.2 },
  },
  {
    name: "echo, 50 connections, 64 KiB: read, write, drain",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry read()": large("ferry server read"),
      "Deno conn.read/write": large("ferry raw"),
      "asyncio streams": large("python echo"),
    },
    targets: { "Deno conn.read/write": 0.85, "asyncio streams": 1.2 },
  },
  {
    name: "echo, 50 connections, 64 KiB: read, write, drain, release",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry read(), release()": large("ferry server release"),
      "Deno conn.read/write": large("ferry raw"),
      "asyncio streams": large("python echo"),
    },
    targets: { "Deno conn.read/write": 0.85, "asyncio streams": 1.2 },
  },
  {
    name: "echo of lines, 50 connections, 64 B",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry readLine()": small("ferry server readLine"),
      "asyncio readline()": small("python lines"),
      "uvloop readline()": small("python lines-uvloop"),
    },
    targets: { "asyncio readline()": 3 },
  },
  {
    name: "a timeout for each read, 50 connections, 64 B",
    better: "higher",
    unit: "round trips/s",
    contenders: {
      "Ferry read({ timeout })": small("ferry server timeout"),
      "Ferry read()": small("ferry server read"),
    },
    targets: { "Ferry read()": 0.9 },
  },
  {
    name: "lines of 64 B, one after the other: CPU",
    better: "lower",
    unit: "ns/line",
    contenders: {
      "Ferry readLine()": run.client("ferry readLine", "flood 64 0"),
      "asyncio readline()": run.client("python readline", "flood 64 0"),
      "uvloop readline()": run.client("python readline-uvloop", "flood 64 0"),
      "Python makefile()": run.client("python makefile", "flood 64 0"),
    },
    targets: { "asyncio readline()": 1 / 4 },
  },
  {
    name: "lines of 64 B, those that have arrived: CPU",
    better: "lower",
    unit: "ns/line",
    contenders: {
      "Ferry tryReadLine()": run.client("ferry tryReadLine", "flood 64 0"),
      "asyncio readline()": run.client("python readline", "flood 64 0"),
    },
    targets: { "asyncio readline()": 1 / 10 },
  },
  {
    name: "lines of text, 64 B: CPU",
    better: "lower",
    unit: "ns/line",
    contenders: {
      "Ferry lines()": run.client("ferry lines", "flood 64 0"),
      "asyncio readline()": run.client("python readline", "flood 64 0"),
    },
    targets: { "asyncio readline()": 1 / 4 },
  },
  {
    name: "frames of 64 B, one after the other: CPU",
    better: "lower",
    unit: "ns/frame",
    contenders: {
      "Ferry recv()": run.client("ferry recv", "flood 64 1"),
      "Ferry tryRecv()": run.client("ferry tryRecv", "flood 64 1"),
      "CPython Connection.recv_bytes()": run.client("python recv", "flood 64 1"),
    },
    targets: { "CPython Connection.recv_bytes()": 1 / 8 },
  },
  {
    name: "small writes, 64 B",
    better: "higher",
    unit: "writes/s",
    contenders: {
      "Ferry write()": run.client("ferry write", "sink", "rate"),
      "Deno await conn.write()": run.client("ferry rawWrite", "sink", "rate"),
      "Python makefile('wb')": run.client("python write", "sink", "rate"),
    },
    targets: { "Deno await conn.write()": 20, "Python makefile('wb')": 5 },
  },
  {
    name: "accept and close, 50 at once",
    better: "higher",
    unit: "connections/s",
    contenders: {
      "Ferry startServer()": run.accept("ferry server accept"),
      "asyncio start_server()": run.accept("python accept"),
      "uvloop start_server()": run.accept("python accept-uvloop"),
    },
    targets: { "asyncio start_server()": 2 },
  },
  {
    name: "a file of 256 MiB to a socket; CPU for each MiB",
    better: "higher",
    unit: "bytes/s",
    contenders: {
      "Ferry sendFile()": run.file("ferry sendFile"),
      "Python readinto/sendall": run.file("python send"),
    },
    targets: { "Python readinto/sendall": 0.85 },
  },
  {
    name: "memory of 9,500 idle connections, a read pending on each",
    better: "lower",
    unit: "bytes each",
    contenders: {
      "Ferry readLine()": run.idle("ferry server idle", 9500),
      "asyncio readline()": run.idle("python lines", 9500),
    },
    targets: { "8 KiB": 8192 },
  },
];

const show = (value: number) =>
  value >= 100 ? Math.round(value).toLocaleString("en-US") : value.toFixed(2);
const results: unknown[] = [];
let missed = 0;

for (const row of rows) {
  if (!row.name.includes(only)) continue;
  const names = Object.keys(row.contenders);
  const found: Record<string, Found[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      const one = await row.contenders[name]!();
      if (one !== undefined) found[name]!.push(one);
    }
  }
  console.log(`\n${row.name} (${row.unit}; ratio; CPU us each; p99/p50)`);
  const ours = names[0]!;
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const list = found[name]!;
    const ratio = median(found[ours]!.map(({ value }, i) => value / (list[i]?.value ?? NaN)));
    const value = median(list.map((each) => each.value));
    const cpu = median(list.flatMap((each) => each.cpu ?? []));
    const spread = median(list.flatMap((each) => each.spread ?? []));
    values[name] = { value, cpu, spread };
    const target = row.targets[name];
    const columns = [
      `  ${name.padEnd(34)}`,
      (list.length === 0 ? "skipped" : show(value)).padStart(14),
      (name === ours ? "" : ratio.toFixed(3)).padStart(8),
      (Number.isNaN(cpu) ? "" : cpu.toFixed(cpu < 1 ? 3 : 1)).padStart(8),
      (Number.isNaN(spread) ? "" : spread.toFixed(1)).padStart(6),
      target === undefined ? "" : judge(row.better, ratio, target),
    ];
    console.log(columns.join(""));
  }
  for (const [name, target] of Object.entries(row.targets)) {
    if (names.includes(name)) continue;
    const { value, spread } = values[ours] as Required<Found>;
    const text = judge(
      row.better === "higher" ? "lower" : row.better,
      name === "p99/p50" ? spread : value,
      target,
    );
    console.log(`  ${name.padEnd(34)}${text}`);
  }
  results.push({ name: row.name, unit: row.unit, values, targets: row.targets });
}

function judge(better: Row["better"], ratio: number, target: number): string {
  if (Number.isNaN(ratio)) return "";
  const met = better === "higher" ? ratio >= target : ratio <= target;
  if (!met) missed++;
  return `  ${met ? "reached" : "MISSED"} (${better === "higher" ? ">=" : "<="} ${show(target)})`;
}

console.log(missed === 0 ? "\nall targets reached" : `\n${missed} targets missed`);
if (only === "") {
  const about = { ...run.about, rounds, date: new Date().toISOString().slice(0, 10) };
  await saveJson("net.json", { about, results });
}
