// deno run --allow-net=127.0.0.1 examples/net/02_line_protocol.ts
/**
 * A protocol of lines with limits on everything a stranger may send: how long a line is, how long nothing may come, how many
 * clients there are. `SUM 1 2 3` is answered with `OK 6`.
 */
import { LimitOverrunError, openConnection, startServer } from "@ferry/std/net";

await using server = await startServer(async ({ reader, writer }) => {
  while (true) {
    try {
      const line = await reader.readLine({ limit: 32 });
      if (line === null) return;
      const [command, ...words] = new TextDecoder().decode(line).split(" ");
      const numbers = words.map(Number);
      if (command === "QUIT") return writer.write("BYE\n");
      const sum = numbers.reduce((a, b) => a + b, 0);
      writer.write(command === "SUM" && !Number.isNaN(sum) ? `OK ${sum}\n` : "ERROR what?\n");
    } catch (error) {
      if (!(error instanceof LimitOverrunError)) throw error;
      // The line is still there: leave it out, and go on with the next.
      await reader.skipLine();
      writer.write(`ERROR a line has at most ${error.limit} bytes\n`);
    }
    await writer.drain();
  }
}, { port: 0, idleTimeout: 30_000, concurrency: { max: 100, overflow: "reject" } });

await using client = await openConnection(server.address);
const { reader, writer } = client;
const requests = ["SUM 1 2 3", "SUM one", `SUM ${"1 ".repeat(5000)}`, "SUM 0.5 0.25", "QUIT"];
for (const request of requests) writer.write(`${request}\n`);
for (const request of requests) {
  const answer = new TextDecoder().decode(await reader.readLine() ?? undefined);
  console.log(`${request.length > 20 ? `${request.slice(0, 12)}…` : request}  ->  ${answer}`);
}
