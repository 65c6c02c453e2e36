// Serves two connections on the socket it was given, then ends; run by serve_fd_test.ts.
import { serveFd } from "@ferry/std/net";

let served = 0;
const enough = Promise.withResolvers<void>();
const server = await serveFd(async ({ reader, writer }) => {
  const line = await reader.readLine();
  if (++served === 2) {
    enough.resolve();
    // The listener is closed before the answer goes out: who comes after it waits for the next server.
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  writer.write(`${Deno.env.get("NAME")} ${new TextDecoder().decode(line ?? undefined)}\n`);
}, { concurrency: "serial" });
await enough.promise;
await server.shutdown();
