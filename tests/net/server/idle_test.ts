// Ten thousand connections that say nothing.
import { assert, assertEquals } from "@std/assert";
import { openConnection } from "@ferry/std/net";
import { Program } from "../support/programs.ts";
import { text } from "../support/source.ts";
import { fileURLToPath } from "node:url";

const COUNT = 10_000;
/** Descriptors that each process needs: its connections, and some of its own. */
const FILES = COUNT + 500;
const PEER = fileURLToPath(new URL("./_idle_peer.ts", import.meta.url));
/** Some 7 KiB are measured; a buffer of 4 KiB for each would not pass. */
const MOST = 10 * 1024;

const start = (...args: string[]) =>
  new Program(
    "bash",
    "-c",
    `ulimit -n ${FILES} && exec "$0" run -A --no-check "$@"`,
    Deno.execPath(),
    PEER,
    ...args,
  );

async function canOpen(): Promise<boolean> {
  if (Deno.build.os === "windows") return false;
  await using probe = new Program("bash", "-c", `ulimit -n ${FILES} && echo yes`);
  return await probe.line() === "yes";
}

Deno.test("10,000 idle connections: a few KiB each, all are heard when they speak, and none is left", async () => {
  if (!await canOpen()) {
    console.log(`    skipped: a process may not have ${FILES} files open here (ulimit -n)`);
    return;
  }
  await using server = start("server");
  const tell = async (program: Program, command: string) => {
    await program.write(`${command}\n`);
    return JSON.parse((await program.line())!);
  };
  const address = JSON.parse((await server.line())!) as Deno.NetAddr;
  // The code for connections is loaded and compiled before the first look.
  for (let i = 0; i < 200; i++) {
    await using warm = await openConnection(address);
    warm.writer.write("warm\n");
    assertEquals(text(await warm.reader.readLine()), "warm");
  }
  const before = await tell(server, "look");
  await using client = start("client", String(address.port), String(COUNT));
  assertEquals(Number(await client.line()), COUNT);
  let seen = await tell(server, "look");
  while (seen.connections < COUNT) seen = await tell(server, "look");
  const each = (seen.rss - before.rss) / COUNT;
  console.log(`    ${(each / 1024).toFixed(1)} KiB each`);
  assert(each < MOST, `${each} bytes of memory for each connection`);
  assertEquals(await tell(client, "speak"), COUNT / 100);
  {
    await using late = await openConnection(address);
    late.writer.write("late\n");
    assertEquals(text(await late.reader.readLine({ timeout: 20_000 })), "late");
  }
  assertEquals(await tell(client, "close"), "closed");
  while (seen.connections > 0) seen = await tell(server, "look");
});
