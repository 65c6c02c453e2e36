// How a pipe ends: closed by its other end, by a dead peer, by its own.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { type Connection, Pipe, SharedEvent, waitAny } from "@ferry/std/ipc";
import { assertAtItsEnd } from "./_at_its_end.ts";
import { within } from "../../_support/crew.ts";
import { finish, launch, LONG, slay } from "../../_support/processes.ts";

const { BadResource, BrokenPipe, UnexpectedEof } = Deno.errors;

/** Every way to send into a pipe that nobody reads says so. */
async function assertBroken(end: Connection): Promise<void> {
  const bytes = new Uint8Array(3);
  await assertRejects(() => end.send(1), BrokenPipe);
  await assertRejects(() => end.sendBytes(bytes), BrokenPipe);
  await assertRejects(() => end.sendBytes(new Uint8Array(1e6), { transfer: true }), BrokenPipe);
  assertThrows(() => end.sendSync(1), BrokenPipe);
  assertThrows(() => end.sendBytesSync(bytes), BrokenPipe);
  assertThrows(() => end.trySend(1), BrokenPipe);
  assertThrows(() => end.trySendBytes(bytes), BrokenPipe);
}

Deno.test("Connection gives all that was sent before the other end was closed, then its end", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  for (let i = 0; i < 3; i++) theirs.sendSync(i);
  theirs.sendBytesSync(new Uint8Array(2));
  theirs.close();
  await assertBroken(mine);
  assertEquals(mine.tryPoll(), true);
  assertEquals([await mine.recv(), mine.recvSync(), mine.tryRecv()], [0, 1, 2]);
  assertEquals((await mine.recvBytes()).length, 2);
  await assertAtItsEnd(mine);
  mine.close();
});

Deno.test("Connection's iteration ends with the pipe, and starts again where it was left", async () => {
  const [mine, theirs] = new Pipe<number>();
  await using process = launch((end: Connection<number>) => {
    for (let i = 0; i < 100; i++) end.sendSync(i);
    end.close();
  }, theirs);
  const seen: number[] = [];
  for await (const n of mine) {
    seen.push(n);
    if (n === 40) break;
  }
  for await (const n of mine) seen.push(n);
  assertEquals(seen, Array.from({ length: 100 }, (_, i) => i));
  await finish(process);
  await assertAtItsEnd(mine as Connection);
  mine.close();
});

/** Ways for the process that has the other end to end. */
const ends: Record<string, (end: Connection, ready: SharedEvent) => unknown> = {
  returns: (end) => {
    end.sendSync("last");
    end.sendSync("words");
  },
  "calls Deno.exit()": (end) => {
    end.sendSync("last");
    end.sendSync("words");
    Deno.exit(0);
  },
  "is killed in a busy loop": (end, ready) => {
    end.sendSync("last");
    end.sendSync("words");
    ready.set();
    for (;;);
  },
  "is killed while it blocks on the pipe": (end, ready) => {
    end.sendSync("last");
    end.sendSync("words");
    ready.set();
    end.recvSync();
  },
  "is killed while it awaits the pipe": async (end, ready) => {
    end.sendSync("last");
    end.sendSync("words");
    const received = end.recv();
    ready.set();
    await received;
  },
};

for (const [name, target] of Object.entries(ends)) {
  Deno.test(`Connection comes to its end when the other one's process ${name}`, async () => {
    for (const waiting of ["recv", "recvBytesInto", "poll", "later"]) {
      using ready = new SharedEvent();
      const [mine, theirs] = new Pipe();
      await using process = launch(target, theirs, ready);
      assertEquals([await mine.recv(LONG), await mine.recv(LONG)], ["last", "words"]);
      const received = waiting === "recv"
        ? assertRejects(() => mine.recv(), UnexpectedEof)
        : waiting === "recvBytesInto"
        ? assertRejects(() => mine.recvBytesInto(new Uint8Array(9)), UnexpectedEof)
        : waiting === "poll"
        ? mine.poll().then((ready) => assert(ready))
        : Promise.resolve();
      if (name.includes("killed")) {
        assert(await ready.wait(LONG));
        await slay(process);
      } else await finish(process);
      await within<unknown>(received);
      await assertBroken(mine);
      await assertAtItsEnd(mine);
      mine.close();
    }
  });
}

Deno.test("Connection ends a blocking receive when the other end's process ends", async () => {
  const [mine, theirs] = new Pipe();
  await using process = launch((end: Connection) => void end.recvSync({ timeout: 20_000 }), theirs);
  mine.sendSync("go");
  assertThrows(() => mine.recvSync(LONG), UnexpectedEof);
  await finish(process);
  mine.close();
});

Deno.test("Connection killed in the middle of a large message gives an error that says so", async () => {
  using ready = new SharedEvent();
  const [mine, theirs] = new Pipe<unknown>({ capacity: 4096 });
  await using process = launch(
    (end: Connection, ready: SharedEvent) => {
      ready.set();
      end.sendBytesSync(new Uint8Array(1e6));
    },
    theirs as Connection,
    ready,
  );
  assert(await ready.wait(LONG));
  assert(await mine.poll(LONG));
  await slay(process);
  await assertRejects(() => mine.recv(LONG), UnexpectedEof, "in the middle of a message");
  const iterated = mine[Symbol.asyncIterator]().next();
  await assertRejects(() => iterated, UnexpectedEof, "in the middle");
  mine.close();
});

Deno.test("Connection.send() into a full pipe ends with BrokenPipe when its reader goes", async () => {
  for (const how of ["close", "kill"]) {
    using ready = new SharedEvent();
    using go = new SharedEvent();
    const [mine, theirs] = new Pipe<unknown>({ capacity: 1024 });
    await using process = launch(
      (end: Connection, ready: SharedEvent, go: SharedEvent) => {
        ready.set();
        go.waitSync({ timeout: 20_000 });
        end.close();
      },
      theirs as Connection,
      ready,
      go,
    );
    assert(await ready.wait(LONG));
    while (mine.trySendBytes(new Uint8Array(100)));
    const object = assertRejects(() => mine.send("x".repeat(200)), BrokenPipe);
    const bytes = assertRejects(() => mine.sendBytes(new Uint8Array(10_000)), BrokenPipe);
    if (how === "close") go.set();
    else await slay(process);
    await within(object);
    await within(bytes);
    await assertBroken(mine as Connection);
    if (how === "close") await finish(process);
    mine.close();
  }
});

Deno.test("Connection closed here refuses everything, may be closed again, and ends its own waits", async () => {
  const [mine, theirs] = new Pipe();
  const waits = [
    assertRejects(() => mine.recv(), BadResource),
    assertRejects(() => mine.recvBytes(), BadResource),
    assertRejects(() => mine.poll(), BadResource),
  ];
  await Promise.resolve();
  mine.close();
  mine.close();
  assert(mine.closed);
  await within(Promise.all(waits));
  const bytes = new Uint8Array(1);
  await assertRejects(() => mine.send(1), BadResource);
  await assertRejects(() => mine.sendBytes(bytes), BadResource);
  await assertRejects(() => mine.recv(), BadResource);
  await assertRejects(() => mine.recvBytes(), BadResource);
  await assertRejects(() => mine.recvBytesInto(bytes), BadResource);
  await assertRejects(() => mine.poll(), BadResource);
  await assertRejects(() => mine[Symbol.asyncIterator]().next(), BadResource);
  assertThrows(() => mine.sendSync(1), BadResource);
  assertThrows(() => mine.sendBytesSync(bytes), BadResource);
  assertThrows(() => mine.trySend(1), BadResource);
  assertThrows(() => mine.trySendBytes(bytes), BadResource);
  assertThrows(() => mine.recvSync(), BadResource);
  assertThrows(() => mine.recvBytesSync(), BadResource);
  assertThrows(() => mine.recvBytesIntoSync(bytes), BadResource);
  assertThrows(() => mine.tryRecv(), BadResource);
  assertThrows(() => mine.tryPoll(), BadResource);
  assertThrows(() => mine.pollSync(), BadResource);
  await assertRejects(() => waitAny([mine]), BadResource);
  theirs.close();
});
