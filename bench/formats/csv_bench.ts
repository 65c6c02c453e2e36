// CSV: here, @std/csv, papaparse; the baseline is what the platform can do without understanding quotes.
import * as std from "@std/csv";
import { CsvParseStream, parse, stringify } from "@ferry/std/formats/csv";
// @ts-types="npm:@types/papaparse@5.5.2"
import Papa from "npm:papaparse@5.7.1";
import { chunked, drain, HEADER, sampleCsv, sampleRows } from "./sample_data.ts";

const ROWS = 30_000;

for (const kind of ["plain", "quoted"] as const) {
  const text = sampleCsv(ROWS, kind === "quoted");
  const rows = sampleRows(ROWS, kind === "quoted");
  const objects = rows.map((row) => Object.fromEntries(HEADER.map((name, i) => [name, row[i]])));

  const read = `read rows, ${kind}`;
  Deno.bench("split", { group: read, baseline: true }, () => {
    text.split("\r\n").map((line) => line.split(","));
  });
  Deno.bench("@ferry/std", { group: read }, () => void parse(text));
  Deno.bench("papaparse", { group: read }, () => void Papa.parse(text));
  Deno.bench("@std/csv", { group: read }, () => void std.parse(text));

  const dicts = `read objects, ${kind}`;
  Deno.bench("@ferry/std", { group: dicts, baseline: true }, () => {
    parse(text, { skipFirstRow: true });
  });
  Deno.bench("@ferry/std typed", { group: dicts }, () => {
    parse(text, { skipFirstRow: true, types: { id: "integer", amount: "number" } });
  });
  Deno.bench("@ferry/std inferred", { group: dicts }, () => {
    parse(text, { skipFirstRow: true, types: "infer" });
  });
  Deno.bench("papaparse", { group: dicts }, () => void Papa.parse(text, { header: true }));
  Deno.bench("papaparse inferred", { group: dicts }, () => {
    Papa.parse(text, { header: true, dynamicTyping: true });
  });
  Deno.bench("@std/csv", { group: dicts }, () => void std.parse(text, { skipFirstRow: true }));

  const stream = `stream rows, ${kind}`;
  Deno.bench("no parsing", { group: stream, baseline: true }, async () => {
    await drain(chunked(text).pipeThrough(new TransformStream()));
  });
  Deno.bench("@ferry/std", { group: stream }, async () => {
    await drain(chunked(text).pipeThrough(new CsvParseStream()));
  });
  Deno.bench("@std/csv", { group: stream }, async () => {
    await drain(chunked(text).pipeThrough(new std.CsvParseStream()));
  });

  const write = `write rows, ${kind}`;
  Deno.bench("join", { group: write, baseline: true }, () => {
    rows.map((row) => row.join(",")).join("\r\n");
  });
  Deno.bench("@ferry/std", { group: write }, () => void stringify(rows));
  Deno.bench("papaparse", { group: write }, () => void Papa.unparse(rows));
  Deno.bench("@std/csv", { group: write }, () => void std.stringify(rows));

  const writeObjects = `write objects, ${kind}`;
  Deno.bench("@ferry/std", { group: writeObjects, baseline: true }, () => void stringify(objects));
  Deno.bench("papaparse", { group: writeObjects }, () => void Papa.unparse(objects));
  Deno.bench("@std/csv", { group: writeObjects }, () => {
    std.stringify(objects, { columns: HEADER });
  });
}
