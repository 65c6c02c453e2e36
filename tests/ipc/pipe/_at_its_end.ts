/** A pipe end that has come to its end. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, waitAny } from "@ferry/std/ipc";
import { LONG } from "../../_support/processes.ts";

const { UnexpectedEof } = Deno.errors;

/** Every way to receive from a pipe that has come to its end says so, again and again. */
export async function assertAtItsEnd(end: Connection): Promise<void> {
  const target = new Uint8Array(8);
  for (let round = 0; round < 2; round++) {
    await assertRejects(() => end.recv(LONG), UnexpectedEof, "no message is left");
    await assertRejects(() => end.recvBytes(LONG), UnexpectedEof);
    await assertRejects(() => end.recvBytesInto(target, LONG), UnexpectedEof);
    assertThrows(() => end.recvSync(LONG), UnexpectedEof);
    assertThrows(() => end.recvBytesSync(LONG), UnexpectedEof);
    assertThrows(() => end.recvBytesIntoSync(target, LONG), UnexpectedEof);
    assertThrows(() => end.tryRecv(), UnexpectedEof);
    assertThrows(() => end.tryRecvBytes(), UnexpectedEof);
    assertThrows(() => end.tryRecvBytesInto(target), UnexpectedEof);
    assertEquals([await end.poll(), end.pollSync(), end.tryPoll()], [true, true, true]);
    assertEquals(await waitAny([end], LONG), [end]);
  }
  for await (const message of end) assert(false, `came after the end: ${message}`);
}
