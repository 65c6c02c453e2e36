// deno run --allow-net=127.0.0.1 --allow-read=/tmp --allow-write=/tmp examples/net/04_file_transfer.ts
/**
 * Sends a file with its name and length in front, shows the progress, and compares both files at the end. What arrives is
 * written to disk as it comes; neither side has the whole file in memory.
 */
import { createConnection, startServer } from "@ferry/std/net";

const folder = await Deno.makeTempDir({ dir: "/tmp" });
const source = `${folder}/source.bin`;
const SIZE = 4 * 1024 * 1024;
await Deno.writeFile(source, new Uint8Array(SIZE).map((_, i) => (i * 7 + (i >> 12)) & 0xff));

await using server = await startServer(async ({ reader, writer }) => {
  const { name, size } = JSON.parse(new TextDecoder().decode(await reader.readLine() ?? undefined));
  // Never a path of the sender's.
  if (!/^[\w.-]+$/.test(name) || size > 1e9) return writer.write("refused\n");
  using file = await Deno.create(`${folder}/${name}`);
  let received = 0;
  for (let chunk; received < size && (chunk = await reader.read(size - received)) !== null;) {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
    received += chunk.length;
  }
  writer.write(`received ${received} of ${size}\n`);
}, { port: 0 });

{
  await using socket = await createConnection(server.address);
  using file = await Deno.open(source);
  await socket.sendAll(JSON.stringify({ name: "copy.bin", size: SIZE }) + "\n");
  let shown = 0;
  await socket.sendFile(file, {
    onProgress(sent) {
      const percent = Math.floor(sent * 100 / SIZE);
      if (percent < shown + 25) return;
      shown = percent - percent % 25;
      console.log(`sent ${shown} %`);
    },
  });
  console.log(new TextDecoder().decode(await socket.recv(100) ?? undefined).trim());
}

const [a, b] = await Promise.all([source, `${folder}/copy.bin`].map((path) => Deno.readFile(path)));
const digests = await Promise.all([a!, b!].map((data) => crypto.subtle.digest("SHA-256", data)));
const [one, two] = digests.map((digest) => new Uint8Array(digest).toHex());
console.log(one === two ? "both files are the same" : "the files differ");
await Deno.remove(folder, { recursive: true });
