// JSON: the parser and writer of our own beside the platform's, and streams beside @std/json.
import * as std from "@std/json";
import {
  ConcatenatedJsonParseStream,
  JsonLinesParseStream,
  parse,
  stringify,
} from "@ferry/std/formats/json";
import { TextLineStream } from "npm:deno-std@1.4.0/streams/text_line_stream.js";
import { chunked, drain, sampleObjects } from "./sample_data.ts";

const objects = sampleObjects(20_000);
const text = JSON.stringify(objects);
const lines = objects.map((object) => JSON.stringify(object) + "\n").join("");

Deno.bench("JSON.parse", { group: "parse", baseline: true }, () => void JSON.parse(text));
Deno.bench("plain", { group: "parse" }, () => void parse(text));
Deno.bench("bigint, none there", { group: "parse" }, () => void parse(text, { bigint: true }));
Deno.bench("JSON.parse with a reviver", { group: "parse" }, () => {
  JSON.parse(text, (_, value) => value);
});
Deno.bench("objectHook", { group: "parse" }, () => {
  parse(text, { objectHook: (object) => object });
});
Deno.bench("duplicateKeys", { group: "parse" }, () => void parse(text, { duplicateKeys: "error" }));
Deno.bench("objectPairsHook", { group: "parse" }, () => {
  parse(text, { objectPairsHook: (pairs) => pairs });
});

Deno.bench("JSON.stringify", { group: "stringify", baseline: true }, () => {
  JSON.stringify(objects);
});
Deno.bench("plain", { group: "stringify" }, () => void stringify(objects));
Deno.bench("sortKeys", { group: "stringify" }, () => void stringify(objects, { sortKeys: true }));
Deno.bench("canonical", { group: "stringify" }, () => void stringify(objects, { canonical: true }));
Deno.bench("@std/json canonicalize", { group: "stringify" }, () => {
  std.canonicalize(objects as std.JsonValue);
});

Deno.bench("split and JSON.parse", { group: "lines", baseline: true }, () => {
  for (const line of lines.split("\n")) if (line !== "") JSON.parse(line);
});
Deno.bench("@ferry/std", { group: "lines" }, async () => {
  await drain(chunked(lines).pipeThrough(new JsonLinesParseStream()));
});
Deno.bench("@std/json", { group: "lines" }, async () => {
  await drain(
    chunked(lines).pipeThrough(new TextLineStream()).pipeThrough(new std.JsonParseStream()),
  );
});

Deno.bench("@ferry/std", { group: "concatenated", baseline: true }, async () => {
  await drain(chunked(lines).pipeThrough(new ConcatenatedJsonParseStream()));
});
Deno.bench("@std/json", { group: "concatenated" }, async () => {
  await drain(chunked(lines).pipeThrough(new std.ConcatenatedJsonParseStream()));
});
