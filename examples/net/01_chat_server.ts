// deno run --allow-net=127.0.0.1 examples/net/01_chat_server.ts
/**
 * A chat: what one client writes, all others read. A client that does not read is left
 * out instead of filling the memory. Three clients join, talk and leave; then the server shuts down.
 */
import { type Address, openConnection, startServer, type StreamConnection } from "@ferry/std/net";

const room = new Map<string, StreamConnection>();

function say(text: string, from: string): void {
  for (const [name, { writer }] of room) {
    // 64 KiB that were not taken are a client that has stopped to read.
    if (name !== from && writer.buffered < 65_536) writer.write(`${text}\n`);
  }
}

await using server = await startServer(async (connection) => {
  const { reader, writer } = connection;
  writer.write("name?\n");
  const name = new TextDecoder().decode(await reader.readLine({ limit: 20 }) ?? undefined);
  if (name === "" || room.has(name)) return writer.write("taken\n");
  room.set(name, connection);
  say(`* ${name} is here`, name);
  writer.write(`welcome, ${name}\n`);
  try {
    for await (const line of reader.lines({ limit: 1000 })) say(`${name}: ${line}`, name);
  } finally {
    room.delete(name);
    say(`* ${name} has left`, name);
  }
}, { port: 0 });

async function join(address: Address, name: string) {
  const { reader, writer } = await openConnection(address);
  const lines = reader.lines();
  const read = async () => console.log(`${name} reads  ${(await lines.next()).value}`);
  const write = (line: string) => writer.write(`${line}\n`);
  await read();
  write(name);
  await read();
  return { read, write, leave: () => writer.close() };
}

const ada = await join(server.address, "ada");
const bob = await join(server.address, "bob");
await ada.read();
const eve = await join(server.address, "eve");
await ada.read();
await bob.read();
ada.write("hello, all");
await bob.read();
await eve.read();
bob.leave();
await ada.read();
await eve.read();
console.log(`still here: ${[...room.keys()].join(", ")}`);
for (const each of [ada, eve]) each.leave();
