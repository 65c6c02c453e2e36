/**
 * What runs in each process of a `PreforkServer`. Its parent says on standard input where to report, and the key for that;
 * the line is a connection of `net/connection`. When the line ends the parent is gone, and so this ends.
 */
import { connect } from "../connection/mod.ts";
import type { Address } from "../errors.ts";
import { Member } from "./_member.ts";
import type { Command } from "./_messages.ts";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

const { address, key } = JSON.parse(await new Response(Deno.stdin.readable).text()) as {
  address: Address;
  key: string;
};
const line = await connect(address, { authKey: Uint8Array.fromHex(key) });
const member = new Member((notice) => {
  void line.sendBytes(encoder.encode(JSON.stringify(notice))).catch(() => Deno.exit(1));
});
// Who this is, so that the parent knows which of its children speaks.
await line.sendBytes(encoder.encode(String(Deno.pid)));
try {
  while (true) {
    const command: Command = JSON.parse(decoder.decode(await line.recvBytes()));
    void member.obey(command);
  }
} catch (error) {
  if (!(error instanceof Deno.errors.UnexpectedEof)) throw error;
}
Deno.exit(0);
