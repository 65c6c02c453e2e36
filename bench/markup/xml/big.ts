/**
 * A document larger than the memory, by iterparse: `big.ts [--megabytes=1000]`. Prints the records, the speed, and the most
 * memory that the process had.
 */
import { iterparse } from "@ferry/std/markup/xml";
import { option } from "../../option.ts";

const megabytes = Number(option("megabytes") ?? 1000);
const encoder = new TextEncoder();

function* pieces(): Generator<Uint8Array> {
  yield encoder.encode("<log>\n");
  let text = "";
  let id = 0;
  for (let written = 0; written < megabytes * 1e6;) {
    text = "";
    while (text.length < 65_536) {
      text +=
        `  <entry id="${id++}" level="info"><at>2026-11-27</at><text>Ferry ${id} has left &amp; sails</text></entry>\n`;
    }
    written += text.length;
    yield encoder.encode(text);
  }
  yield encoder.encode("</log>");
}

let [entries, most] = [0, 0];
const start = performance.now();
for await (const [, entry] of iterparse(pieces(), { tag: "entry" })) {
  if (entry.findText("text") === undefined) throw new TypeError("A record without its text");
  if (entries++ % 100_000 === 0) most = Math.max(most, Deno.memoryUsage().rss);
}
const seconds = (performance.now() - start) / 1000;
console.log(
  `${megabytes} MB: ${entries} records, ${(megabytes / seconds).toFixed(0)} MB/s, at most ${
    (most / 1e6).toFixed(0)
  } MB`,
);
