// Both ends of idle_test.ts, each a process of its own: `server`, or `client PORT COUNT`. Commands come as lines.
import { startServer, StreamReader } from "@ferry/std/net";

const [role, port, count] = Deno.args;
const commands = StreamReader.from(Deno.stdin.readable).lines();
const say = (value: unknown) => console.log(JSON.stringify(value));

async function serve(): Promise<void> {
  await using server = await startServer(async ({ reader, writer }) => {
    for (let line; (line = await reader.readLine()) !== null;) {
      writer.write(line);
      writer.write("\n");
    }
  }, { port: 0 });
  say(server.address);
  for await (const _ of commands) {
    say({ connections: server.connections.size, rss: Deno.memoryUsage().rss });
  }
}

async function connect(): Promise<void> {
  const all: Deno.TcpConn[] = [];
  while (all.length < Number(count)) {
    const batch = Array.from(
      { length: Math.min(200, Number(count) - all.length) },
      () => Deno.connect({ hostname: "127.0.0.1", port: Number(port) }),
    );
    all.push(...await Promise.all(batch));
  }
  say(all.length);
  for await (const command of commands) {
    if (command === "close") break;
    // One in a hundred says something, and must hear it.
    const buffer = new Uint8Array(100);
    let heard = 0;
    for (let i = 0; i < all.length; i += 100) {
      await all[i]!.write(new TextEncoder().encode(`${i}\n`));
      const read = (await all[i]!.read(buffer)) ?? 0;
      if (new TextDecoder().decode(buffer.subarray(0, read)) === `${i}\n`) heard++;
    }
    say(heard);
  }
  for (const each of all) each.close();
  say("closed");
}

await (role === "server" ? serve() : connect());
