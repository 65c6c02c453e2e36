/**
 * Pipes, queues, locks and processes against their peers: CPython's multiprocessing, postMessage and piscina.
 *
 * Rounds alternate in one run (ours, CPython, postMessage, ours ...), a ratio is the median of the rounds' ratios, and
 * rows that are lost stay in the table.
 *
 * `deno task bench:peers [--only=text] [--rounds=5] [--python=python3]`; `--save` writes a whole run to
 * bench/results.
 */
import { option } from "../option.ts";
import { about, SAVE, saveJson, saveResults } from "../save.ts";
import { type Contenders, startAll } from "./peers/contenders.ts";
import { pythonVersion } from "./peers/cpython.ts";
import { measure, type Result, type Row } from "./peers/measure.ts";
import { memoryTable } from "./peers/memory.ts";
import { plot } from "./peers/plot.ts";
import { printRow, printTargets, printThroughput } from "./peers/report.ts";
import { collectionRows } from "./peers/rows/collections.ts";
import { managerRows } from "./peers/rows/manager.ts";
import { namedRows } from "./peers/rows/named.ts";
import { numberRows } from "./peers/rows/numbers.ts";
import { pipeRows } from "./peers/rows/pipe.ts";
import { poolRows } from "./peers/rows/pool.ts";
import { processRows } from "./peers/rows/process.ts";
import { queueRows } from "./peers/rows/queue.ts";
import { syncRows } from "./peers/rows/sync.ts";
import { throughputRows } from "./peers/rows/throughput.ts";

const ROWS: readonly ((all: Contenders) => Row[])[] = [
  pipeRows,
  queueRows,
  syncRows,
  numberRows,
  poolRows,
  managerRows,
  collectionRows,
  namedRows,
  processRows,
];

const only = option("only");
const rounds = Number(option("rounds") ?? 5);
const python = option("python") ?? "python3";
if (SAVE && only !== undefined) {
  console.error("--save writes whole runs: leave --only out");
  Deno.exit(2);
}

await using all = await startAll(python);

const rows = await measureAll(ROWS.flatMap((of) => of(all)), printRow);
const throughput = await measureAll(throughputRows(all), printThroughput);
const memory = only === undefined || "memory".includes(only) ? await memoryTable(all.cpython) : {};
if (Object.keys(memory).length > 0) {
  console.log("\nBytes of memory for each, idle:");
  console.table(memory);
}
printTargets(rows);

if (only === undefined) {
  const where = {
    ...await about(),
    v8: Deno.version.v8,
    python: await pythonVersion(python),
    os: `${Deno.build.os} ${Deno.build.arch}`,
  };
  await saveJson("ipc.json", { ...where, rounds, rows, throughput, memory });
  await saveResults("throughput.svg", plot(throughput, where));
}

/** Those that are wanted, in order, printed as they come. */
async function measureAll(
  rows: readonly Row[],
  print: (result: Result) => void,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const row of rows) {
    if (only !== undefined && !row.name.includes(only)) continue;
    const result = await measure(row, rounds);
    results.push(result);
    print(result);
  }
  return results;
}
