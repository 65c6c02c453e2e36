// deno run examples/markup/03_xml_to_json_lines.ts
/**
 * Makes JSON Lines of a large XML file, record by record: the memory that it takes is that of one record. With a path, and
 * `--allow-read`, it reads that file; without one it reads 100,000 records that it makes while they are read.
 */
import { guessType, toObject } from "@ferry/std/markup/objects";
import { iterparse } from "@ferry/std/markup/xml";

interface Ship {
  "@id": number;
  name: string;
  port: string[];
  tons?: number;
}

/** Pieces of a document of any length. */
function records(count: number): ReadableStream<Uint8Array> {
  let made = 0;
  return new ReadableStream({
    pull(controller) {
      let text = made === 0 ? "<ships>\n" : "";
      for (const end = Math.min(count, made + 500); made < end; made++) {
        const tons = made % 3 === 0 ? "" : `<tons>${made * 10}</tons>`;
        const ports = `<port>Kiel</port>${made % 2 === 0 ? "<port>Oslo</port>" : ""}`;
        text += `<ship id="${made}"><name>S &amp; ${made}</name>${ports}${tons}</ship>\n`;
      }
      if (made === count) text += "</ships>";
      controller.enqueue(new TextEncoder().encode(text));
      if (made === count) controller.close();
    },
  });
}

const [path] = Deno.args;
const source = path === undefined ? records(100_000) : (await Deno.open(path)).readable;
const encoder = new TextEncoder();
const out = Deno.stdout.writable.getWriter();
let [count, lines] = [0, ""];
for await (const [, element] of iterparse(source, { tag: "ship" })) {
  const ship = toObject<Ship>(element, { convert: guessType, arrays: ["port"] });
  // The record is done with: what it took is used for the next one.
  element.clear();
  lines += `${JSON.stringify(ship)}\n`;
  if (++count % 1000 > 0) continue;
  await out.write(encoder.encode(lines));
  lines = "";
}
await out.write(encoder.encode(lines));
console.error(`${count} records`);
