// Two ends in memory: what multiprocessing.Pipe() promises of them.
import { Connection, Pipe } from "@ferry/std/net/connection";
import { waitAny } from "@ferry/std/ipc";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { assertBytes, pattern } from "./_duplex.ts";

Deno.test("Pipe carries objects and bytes both ways, without a permission", {
  permissions: "none",
}, async () => {
  using pipe = new Pipe();
  const [a, b] = pipe;
  assertInstanceOf(a, Connection);
  for (const [from, to] of [[a, b], [b, a]] as const) {
    const value = { n: [1, null, "x"], big: 2n ** 80n };
    await from.send(value);
    const copy = await to.recv();
    assertEquals(copy, value);
    assert(copy !== value);
    const sending = from.sendBytes(pattern(300_000));
    assertBytes(await to.recvBytes(), pattern(300_000));
    await sending;
  }
});

Deno.test("Pipe: a closed end is the end of the stream for the other, after what was sent", async () => {
  const [a, b] = new Pipe<number>();
  for (let i = 0; i < 3; i++) await a.send(i);
  a.close();
  assertEquals(await Array.fromAsync(b), [0, 1, 2]);
  await assertRejects(() => b.recv(), Deno.errors.UnexpectedEof);
  await assertRejects(() => b.send(1), Deno.errors.BrokenPipe);
  b.close();
});

Deno.test("Pipe({ duplex: false }): the first end only receives, the second only sends", async () => {
  const [receiver, sender] = new Pipe<number>({ duplex: false });
  await sender.send(7);
  assertEquals(await receiver.recv(), 7);
  await assertRejects(() => receiver.send(1), TypeError, "only receives");
  await assertRejects(() => receiver.sendBytes(new Uint8Array(1)), TypeError, "only receives");
  assertThrows(() => receiver.trySend(1), TypeError, "only receives");
  await assertRejects(() => sender.recv(), TypeError, "only sends");
  await assertRejects(() => sender.recvBytes({ timeout: 0 }), TypeError, "only sends");
  assertThrows(() => sender.tryRecv(), TypeError, "only sends");
  // The mistakes broke nothing.
  assert(sender.trySend(8));
  assertEquals(await waitAny([receiver], { timeout: 20_000 }), [receiver]);
  assertEquals(await receiver.recv(), 8);
  await sender[Symbol.asyncDispose]();
  await assertRejects(() => receiver.recv(), Deno.errors.UnexpectedEof);
  await receiver[Symbol.asyncDispose]();
  assert(sender.closed && receiver.closed);
});

Deno.test("Pipe holds back who sends while nobody receives, and has limits and options", async () => {
  using pipe = new Pipe({ maxBytes: 100_000 });
  const [a, b] = pipe;
  let sent = false;
  const sending = a.sendBytes(pattern(90_000)).then(() => sent = true);
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert(!sent);
  assertEquals((await b.recvBytes()).length, 90_000);
  await sending;
  void a.sendBytes(pattern(100_001)).catch(() => {});
  await assertRejects(() => b.recvBytes(), Deno.errors.InvalidData, "at most 100000");
  assertThrows(() => new Pipe({ maxBytes: -1 }), RangeError);
  assertEquals(pipe.map((end) => end.closed).constructor, Array);
});
