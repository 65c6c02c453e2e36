import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, Pipe, Queue, UnsendableError, waitAny } from "@ferry/std/ipc";
import "@ferry/std/ipc/shared-memory";
import { freshName, isThere, Program } from "./_program.ts";

const WAIT = { timeout: 60_000 };

Deno.test("Pipe.connect(): messages of any size go both ways, blocking and awaiting", async () => {
  const name = freshName();
  await using echo = new Program(`
    const end = Pipe.connect({ name: "${name}", capacity: 65_536, end: "second" });
    say("ready");
    for (let i = 0;; i++) {
      try {
        const value = i % 2 ? end.recvSync() : await end.recv();
        if (i % 3) end.sendSync(value);
        else await end.send(value);
      } catch (error) {
        say(error.name);
        break;
      }
    }
  `);
  assertEquals(await echo.said(), "ready");
  using end = Pipe.connect<unknown>({ name });
  const values = ["text", { id: 1, name: "x" }, new Uint8Array(1_000_000).fill(3), [
    new Map([[1, 2]]),
  ]];
  for (let round = 0; round < 20; round++) {
    for (const value of values) {
      // The large one goes in pieces, which are received while it is sent.
      const sent = end.send(value, WAIT);
      assertEquals(await end.recv(WAIT), value);
      await sent;
    }
  }
  end.sendSync(1);
  assertEquals(end.recvSync(WAIT), 1);
  assertEquals(await waitAny([end], { timeout: 1 }), []);
  end.sendSync(2);
  assertEquals(await waitAny([end], WAIT), [end]);
  assertEquals(end.tryRecv(), 2);
  end.close();
  assertEquals(await echo.said(), "UnexpectedEof");
  await echo.ended();
  assertEquals(isThere(name), false);
});

Deno.test("new Pipe() refuses a name and says that Pipe.connect() takes one", () => {
  const name = freshName();
  // @ts-expect-error It is no option.
  assertThrows(() => new Pipe({ name }), TypeError, "Pipe.connect({ name: ");
  assertEquals(isThere(name), false);
});

Deno.test("Pipe.connect(): an end has one owner, and a direction if the pipe is not duplex", () => {
  const name = freshName();
  using receiver = Pipe.connect<string>({ name, duplex: false });
  assertThrows(() => Pipe.connect({ name, end: "first" }), Deno.errors.Busy, "that end");
  using sender = Pipe.connect<string>({ name });
  assertThrows(() => Pipe.connect({ name }), Deno.errors.Busy, "both");
  assertEquals([receiver.writable, sender.readable], [false, false]);
  sender.sendSync("a");
  assertEquals(receiver.recvSync(WAIT), "a");
  using queue = new Queue<Connection<string>>();
  assertThrows(() => queue.putSync(receiver), UnsendableError, "has a name");
  assertThrows(() => Pipe.connect({} as { name: string }), TypeError, "name");
  assertThrows(() => Pipe.connect({ name, end: 1 as never }), TypeError, '"first"');
  assertThrows(() => Pipe.connect({ name, capacity: -1 }), RangeError, "capacity");
});

Deno.test("Pipe.connect(): a killed program's end is closed, for who receives and for who sends", async () => {
  for (const way of ["recv", "recvSync", "send", "sendSync"] as const) {
    const name = freshName();
    using end = Pipe.connect<string>({ name, capacity: 1024 });
    await using other = new Program(`
      const end = Pipe.connect({ name: "${name}" });
      end.sendSync("last words");
      say("ready");
      setInterval(() => {}, 1000);
    `);
    assertEquals(await other.said(), "ready");
    const waiting = way === "recv"
      ? end.recv(WAIT).then(() => end.recv(WAIT))
      : way === "send"
      ? end.send("x".repeat(5000), WAIT)
      : undefined;
    waiting?.catch(() => {});
    await other.kill();
    if (way === "recv") await assertRejects(() => waiting!, Deno.errors.UnexpectedEof);
    else if (way === "send") await assertRejects(() => waiting!, Deno.errors.BrokenPipe);
    else if (way === "recvSync") {
      assertEquals(end.recvSync(WAIT), "last words");
      assertThrows(() => end.recvSync(WAIT), Deno.errors.UnexpectedEof);
    } else assertThrows(() => end.sendSync("x".repeat(5000), WAIT), Deno.errors.BrokenPipe);
  }
});

Deno.test("Pipe.connect(): closing an end ends what awaits it, and the peer sees it at once", async () => {
  const name = freshName();
  const ours = Pipe.connect<string>({ name });
  using theirs = Pipe.connect<string>({ name });
  const waiting = ours.recv(WAIT);
  ours.close();
  ours.close();
  await assertRejects(() => waiting, Deno.errors.BadResource);
  await assertRejects(() => theirs.recv(WAIT), Deno.errors.UnexpectedEof);
  assertThrows(() => theirs.sendSync("x"), Deno.errors.BrokenPipe);
});
