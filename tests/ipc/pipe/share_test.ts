// One end of a pipe belongs to one worker: share() moves it.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  attach,
  type Connection,
  Pipe,
  Queue,
  share,
  type SharedHandle,
  waitAny,
} from "@ferry/std/ipc";
import { within } from "../../_support/crew.ts";
import type { EndErrand, EndTask } from "./_end_worker.ts";
import { launch, LONG } from "../../_support/processes.ts";

const { BadResource, NotFound, UnexpectedEof } = Deno.errors;

/** A worker of the user's own; what it says first is in `said`. */
class EndWorker implements Disposable {
  readonly worker: Worker = new Worker(new URL("./_end_worker.ts", import.meta.url), {
    type: "module",
  });
  readonly said: Promise<string>;

  constructor(task: EndTask, end: SharedHandle, other?: SharedHandle) {
    const said = Promise.withResolvers<string>();
    this.worker.onmessage = ({ data }: MessageEvent<string>) => said.resolve(data);
    this.worker.onerror = (event) => said.reject(new TypeError(event.message));
    this.said = within(said.promise, "The worker");
    const errand: EndErrand = other === undefined ? { task, end } : { task, end, other };
    this.worker.postMessage(errand);
  }

  [Symbol.dispose](): void {
    this.worker.terminate();
  }
}

Deno.test("share() of a connection moves it: it cannot be used here any more, and every message arrives once", async () => {
  const [here, there] = new Pipe<number>();
  const handle = share(there);
  assert(there.closed, "it was moved");
  for (
    const use of [
      () => there.sendSync(1),
      () => there.tryRecv(),
      () => there.tryPoll(),
    ]
  ) assertThrows(use, BadResource, "moved");
  await assertRejects(() => there.recv(), BadResource, "moved");
  assertThrows(() => share(there), TypeError, "moved");
  using other = new EndWorker("echo", handle);
  assertEquals(await other.said, "attached");
  there.close(); // means nothing any more
  for (let i = 0; i < 200; i++) {
    await here.send(i);
    assertEquals(await here.recv(LONG), i);
  }
  assertEquals(here.tryRecv(), undefined);
  here.close();
});

for (const blocking of [false, true]) {
  Deno.test(`A worker that dies with an end it got by share() ends the pipe for its peer, which ${blocking ? "blocks" : "awaits"}`, async () => {
    const [here, there] = new Pipe<string>();
    const other = new EndWorker("hold", share(there));
    assertEquals(await other.said, "attached");
    assertEquals(await here.recv(LONG), "last words");
    other.worker.terminate();
    if (blocking) assertThrows(() => here.recvSync(LONG), UnexpectedEof);
    else await assertRejects(() => here.recv(LONG), UnexpectedEof);
    here.close();
  });
}

Deno.test("A worker that closes an end it got by share() ends the pipe for its peer", async () => {
  const [here, there] = new Pipe<string>();
  using other = new EndWorker("close", share(there));
  assertEquals(await other.said, "attached");
  assertEquals(here.recvSync(LONG), "last words");
  assertThrows(() => here.recvSync(LONG), UnexpectedEof);
  here.close();
});

Deno.test("A waiting task of an end finds it moved when it is shared", async () => {
  const [here, there] = new Pipe<string>();
  const received = assertRejects(() => there.recv(LONG), BadResource, "moved");
  const waited = assertRejects(() => waitAny([there], LONG), BadResource, "moved");
  const handle = share(there);
  await within(Promise.all([received, waited]));
  here.sendSync("for whoever has it");
  using back = attach<Connection<string>>(handle);
  assertEquals(back.recvSync(), "for whoever has it");
  here.close();
});

Deno.test("attach() takes a shared connection once: again in its worker it gives the same, elsewhere it refuses", async () => {
  const [here, there] = new Pipe<string>();
  const handle = share(there);
  using back = attach<Connection<string>>(handle);
  assert(back === attach(handle));
  assert(back !== there);
  here.sendSync("x");
  assertEquals(back.recvSync(), "x");
  using other = new EndWorker("hold", handle);
  assert((await other.said).startsWith("NotFound: Cannot attach"));
  back.close();
  assertThrows(() => attach(handle), NotFound);
  assertThrows(() => here.recvSync(LONG), UnexpectedEof);
  here.close();
});

Deno.test("An end that was shared and attached can be shared on, and sent on", async () => {
  const [here, there] = new Pipe<string>();
  const [mine, theirs] = new Pipe<Connection<string>>();
  const once = attach<Connection<string>>(share(there));
  using other = new EndWorker("pass on", share(once), share(theirs));
  assertEquals(await other.said, "attached");
  const end = await mine.recv(LONG);
  here.sendSync("around");
  assertEquals(end.recvSync(), "around");
  end.close();
  assertThrows(() => here.recvSync(LONG), UnexpectedEof);
  mine.close();
  here.close();
});

Deno.test("An end that nobody has attached ends with the process that shared it", async () => {
  const [here, there] = new Pipe<string>();
  await using process = launch(async (end: Connection<string>) => {
    const { share } = await import("@ferry/std/ipc");
    end.sendSync("shared");
    share(end);
    for (;;);
  }, there);
  assertEquals(await here.recv(LONG), "shared");
  process.kill();
  assert(await process.join(LONG));
  assertThrows(() => here.recvSync(LONG), UnexpectedEof);
  here.close();
});

Deno.test("share() refuses an end that is in the middle of a large message, and the message arrives whole", async () => {
  const [here, there] = new Pipe<string>({ capacity: 1024 });
  const text = "x".repeat(10_000);
  const sent = there.send(text);
  assertThrows(() => share(there), Deno.errors.Busy, "large message");
  assertEquals(await here.recv(LONG), text);
  await sent;
  using moved = attach<Connection<string>>(share(there));
  moved.sendSync("y");
  assertEquals(await here.recv(LONG), "y");
  here.close();
});

Deno.test("Queue and other shared objects stay usable when they are shared", () => {
  using queue = new Queue<number>();
  const same = attach<Queue<number>>(share(queue));
  assert(same === queue);
  assertEquals(attach(share(queue)), queue);
});

Deno.test("A killed worker that had just attached an end leaves it to nobody: the peer sees the end", async () => {
  for (let i = 0; i < 5; i++) {
    const [here, there] = new Pipe<string>();
    const other = new EndWorker("hold", share(there));
    await other.said;
    other.worker.terminate();
    for (;;) {
      const got = await here.recv(LONG).catch((error) => error);
      if (got instanceof UnexpectedEof) break;
      assertEquals(got, "last words");
    }
    here.close();
  }
});
