// Streams a generated file through a parser and measures its memory: the bound is on the process, not on the heap.
// deno run -A bench/formats/big_file.ts csv|csv-objects|jsonl|json [size, such as 1GB or 100MB]
import { CsvParseStream } from "@ferry/std/formats/csv";
import { ConcatenatedJsonParseStream, JsonLinesParseStream } from "@ferry/std/formats/json";
import { sampleCsv, sampleObjects } from "./sample_data.ts";
import { CONFIG } from "../config.ts";

const PARSERS: Record<string, () => TransformStream<string, unknown>> = {
  csv: () => new CsvParseStream(),
  "csv-objects": () => new CsvParseStream({ skipFirstRow: true, types: { amount: "number" } }),
  jsonl: () => new JsonLinesParseStream(),
  json: () => new ConcatenatedJsonParseStream(),
};

const [format = "csv", size = "1GB"] = Deno.args;
const unit = /^(\d+)(MB|GB)$/.exec(size);
const makeParser = PARSERS[format];
if (unit === null || makeParser === undefined) {
  console.error(`usage: big_file.ts ${Object.keys(PARSERS).join("|")} [1GB]`);
  Deno.exit(2);
}
const bytes = Number(unit[1]) * (unit[2] === "GB" ? 1e9 : 1e6);

/** Writes the same megabyte of records again and again. */
async function generate(path: string): Promise<number> {
  let block: string;
  let first = "";
  if (format.startsWith("csv")) {
    const text = sampleCsv(15_000, true);
    const header = text.indexOf("\n") + 1;
    first = text.slice(0, header);
    block = text.slice(header);
  } else {
    block = sampleObjects(6_000).map((object) => JSON.stringify(object) + "\n").join("");
  }
  const records = format.startsWith("csv") ? 15_000 : 6_000;
  const encoded = new TextEncoder().encode(block);
  using file = await Deno.open(path, { write: true, create: true, truncate: true });
  await file.write(new TextEncoder().encode(first));
  let written = 0;
  let count = 0;
  while (written < bytes) {
    for (let at = 0; at < encoded.length;) at += await file.write(encoded.subarray(at));
    written += encoded.length;
    count += records;
  }
  return count;
}

/** The most memory the process has had resident, in MB, as Linux counts it. */
async function peak(): Promise<number> {
  const status = await Deno.readTextFile("/proc/self/status");
  return Number(/VmHWM:\s+(\d+)/.exec(status)![1]) / 1024;
}

if (Deno.env.get("FERRY_BIG_FILE") === undefined) {
  // The parent only makes the file: the child's peak is the parser's alone.
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/big`;
    const records = await generate(path);
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", ...CONFIG, import.meta.url, format, size],
      env: { FERRY_BIG_FILE: path, FERRY_BIG_FILE_RECORDS: String(records) },
      stdout: "inherit",
      stderr: "inherit",
    }).output();
    Deno.exitCode = code;
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
} else {
  const before = await peak();
  const file = await Deno.open(Deno.env.get("FERRY_BIG_FILE")!);
  const { size: length } = await file.stat();
  const start = performance.now();
  let count = 0;
  const values = file.readable.pipeThrough(new TextDecoderStream()).pipeThrough(makeParser());
  for await (const _ of values) count++;
  const seconds = (performance.now() - start) / 1000;
  const after = await peak();
  const expected = Number(Deno.env.get("FERRY_BIG_FILE_RECORDS")) + (format === "csv" ? 1 : 0);
  console.log(
    `${format}: ${(length / 1e6).toFixed(0)} MB, ${count} records (${expected} written) in ` +
      `${seconds.toFixed(1)} s, ${
        (length / 1e6 / seconds).toFixed(0)
      } MB/s; peak resident memory ` +
      `${after.toFixed(0)} MB, of it ${before.toFixed(0)} MB before the first byte`,
  );
  if (count !== expected) Deno.exitCode = 1;
}
