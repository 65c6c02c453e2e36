// Decodes a generated file in a stream and watches the memory of the process.
// deno run -A bench/formats/msgpack/big_file.ts [--gigabytes=1] [--elements]
//
// With --elements the file is one array. Both with pipeThrough, as a program would read it.

import { DecodeStream, EncodeStream } from "@ferry/std/formats/msgpack";
import { streamRecord } from "./corpus.ts";
import { CONFIG } from "../../config.ts";
import { option } from "../../option.ts";

const target = Number(option("gigabytes") ?? 1) * 1e9;
const elements = Deno.args.includes("--elements");
const path = await Deno.makeTempFile({ suffix: ".msgpack" });

/** Writing happens in a process of its own, so that its memory is not counted. */
if (Deno.args[0] === "--write") {
  await write(Deno.args[1]!, Number(Deno.args[2]), Deno.args[3] === "true");
  Deno.exit();
}

async function write(file: string, size: number, array: boolean): Promise<void> {
  const sample = Array.from({ length: 5000 }, (_, id) => streamRecord(id));
  const chunks = ReadableStream.from(sample).pipeThrough(new EncodeStream({ chunkBytes: 2 ** 30 }));
  const [block] = await Array.fromAsync(chunks);
  const blocks = Math.ceil(size / block!.length);
  using out = await Deno.open(file, { write: true, create: true, truncate: true });
  const all = async (bytes: Uint8Array): Promise<void> => {
    for (let at = 0; at < bytes.length;) at += await out.write(bytes.subarray(at));
  };
  if (array) {
    const header = new DataView(new ArrayBuffer(5));
    header.setUint8(0, 0xdd);
    header.setUint32(1, blocks * sample.length);
    await all(new Uint8Array(header.buffer));
  }
  for (let i = 0; i < blocks; i++) await all(block!);
}

const { success } = await new Deno.Command(Deno.execPath(), {
  args: [
    "run",
    "-A",
    ...CONFIG,
    import.meta.filename!,
    "--write",
    path,
    String(target),
    String(elements),
  ],
}).output();
if (!success) throw new TypeError("The file could not be written");

const { size } = await Deno.stat(path);
let values = 0;
let sum = 0;
let most = 0;
const start = performance.now();
const file = await Deno.open(path);
const stream = file.readable.pipeThrough(new DecodeStream({ elements })) as ReadableStream<
  { id: number }
>;
for await (const value of stream) {
  values++;
  sum += value.id;
  if (values % 10_000 === 0) most = Math.max(most, Deno.memoryUsage().rss);
}
const seconds = (performance.now() - start) / 1000;
await Deno.remove(path);
if (sum !== values / 5000 * (4999 * 5000 / 2)) throw new TypeError("Not what was written");
console.log(
  `${(size / 1e9).toFixed(2)} GB, ${values} values${elements ? " in one array" : ""}: ` +
    `${seconds.toFixed(1)} s, ${(size / 1e6 / seconds).toFixed(0)} MB/s, ` +
    `at most ${(most / 2 ** 20).toFixed(0)} MiB of memory (bar: 150)`,
);
if (most > 150 * 2 ** 20) Deno.exit(1);
