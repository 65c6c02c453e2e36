// Pipes between processes: what CPython's tests of Pipe and of pickled connections check, and more.
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import {
  Connection,
  Pipe,
  Process,
  Queue,
  QueueFullError,
  QueueShutDownError,
  TimeoutError,
  UnsendableError,
} from "@ferry/std/ipc";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";
import { random, seedFor } from "../../_support/random.ts";

/** Gives every message back until the other end is closed. */
async function echo(end: Connection): Promise<void> {
  for await (const message of end) {
    if (message instanceof Uint8Array) await end.sendBytes(message);
    else await end.send(message);
  }
  end.close();
}

Deno.test("Pipe carries objects and bytes to a process and back", async () => {
  const [mine, theirs] = new Pipe();
  await using process = launch(echo, theirs);
  const bytes = new TextEncoder().encode("hello world");
  const message = { seq: [1, 2.25, null], map: new Map([["key", new Date(0)]]), big: 1n << 80n };
  await mine.send(message, LONG);
  assertEquals(await mine.recv(LONG), message);
  await mine.sendBytes(bytes, LONG);
  assertEquals(await mine.recvBytes(LONG), bytes);
  mine.sendSync(message, LONG);
  assertEquals(mine.recvSync(LONG), message);
  mine.sendBytesSync(bytes, LONG);
  assertEquals(mine.recvBytesSync(LONG), bytes);
  const target = new Uint16Array(10);
  mine.sendBytesSync(new Uint16Array([1, 2, 65535]), LONG);
  assertEquals(mine.recvBytesIntoSync(target.subarray(3), LONG), 6);
  assertEquals([...target], [0, 0, 0, 1, 2, 65535, 0, 0, 0, 0]);
  mine.close();
  await finish(process);
});

Deno.test("Pipe carries a message of 16 MiB, as bytes and inside an object, there and back", async () => {
  const next = random(seedFor("16 MiB echo"));
  const words = new Int32Array(4 << 20).map(next);
  const bytes = new Uint8Array(words.buffer);
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(echo, theirs);
  await mine.sendBytes(bytes, LONG);
  assert(sameBytes(await mine.recvBytes(LONG), bytes));
  await mine.send({ words }, LONG);
  const { words: back } = await mine.recv(LONG) as { words: Int32Array };
  assertInstanceOf(back, Int32Array);
  assert(sameBytes(new Uint8Array(back.buffer), bytes));
  mine.close();
  await finish(process);
});

Deno.test("Pipe of 1 KiB carries messages of any length, to the byte, blocking and awaiting", async () => {
  const [mine, theirs] = new Pipe<unknown>({ capacity: 1 });
  await using process = launch(echo, theirs);
  const lengths = [0, 1, 7, 8, 9, 247, 248, 249, 255, 256, 257, 1015, 1016, 1017, 1024, 4096, 9999];
  for (const length of lengths) {
    const bytes = new Uint8Array(length).map((_, i) => i * 7 + length);
    await mine.sendBytes(bytes, LONG);
    assertEquals(await mine.recvBytes(LONG), bytes, `${length} bytes`);
    const text = "é".repeat(length);
    mine.sendSync(text, LONG);
    assertEquals(mine.recvSync(LONG), text, `${length} letters`);
  }
  mine.close();
  await finish(process);
});

Deno.test("Connection is made by Pipe only", () => {
  for (const block of [undefined, null, 5, {}, new SharedArrayBuffer(64), { words: [], line: 1 }]) {
    assertThrows(
      () => new Connection(block as object),
      TypeError,
      "Cannot make a Connection: connections are made by Pipe, in pairs",
    );
  }
});

Deno.test("Pipe refuses a capacity that is no size", () => {
  for (const capacity of [0, -1, NaN, Infinity, 2 ** 28 + 1]) {
    assertThrows(() => new Pipe({ capacity }), RangeError, `received ${capacity}`);
  }
  using smallest = new Pipe({ capacity: 1 });
  smallest.first.sendSync(1);
  assertEquals(smallest.second.recvSync(), 1);
});

Deno.test("Pipe({ duplex: false }) gives a reader and a writer, and each refuses the other's work", async () => {
  const [reader, writer] = new Pipe<number>({ duplex: false });
  assertEquals([reader.readable, reader.writable], [true, false]);
  assertEquals([writer.readable, writer.writable], [false, true]);
  writer.sendSync(1);
  assertEquals(reader.recvSync(LONG), 1);
  const { NotSupported } = Deno.errors;
  await assertRejects(() => reader.send(2), NotSupported, "read-only");
  assertThrows(() => reader.sendSync(2), NotSupported, "read-only");
  assertThrows(() => reader.trySend(2), NotSupported, "read-only");
  await assertRejects(() => reader.sendBytes(new Uint8Array(1)), NotSupported, "read-only");
  assertThrows(() => reader.sendBytesSync(new Uint8Array(1)), NotSupported, "read-only");
  await assertRejects(() => writer.recv(), NotSupported, "write-only");
  assertThrows(() => writer.recvSync(), NotSupported, "write-only");
  assertThrows(() => writer.tryRecv(), NotSupported, "write-only");
  await assertRejects(() => writer.recvBytes(), NotSupported, "write-only");
  await assertRejects(() => writer.poll(), NotSupported, "write-only");
  assertThrows(() => writer.pollSync(), NotSupported, "write-only");
  assertThrows(() => writer.tryPoll(), NotSupported, "write-only");
  await assertRejects(() => writer[Symbol.asyncIterator]().next(), NotSupported, "write-only");
  reader.close();
  writer.close();
});

Deno.test("Pipe's ends both send and receive when it is duplex", () => {
  using pipe = new Pipe<number>();
  for (const end of pipe) {
    assertEquals([end.readable, end.writable, end.closed], [true, true, false]);
  }
  pipe.first.sendSync(1);
  pipe.second.sendSync(2);
  assertEquals([pipe.first.recvSync(LONG), pipe.second.recvSync(LONG)], [2, 1]);
});

Deno.test("Connection given to a process is closed here, and closing it again does not close the pipe", async () => {
  const [mine, theirs] = new Pipe<string>();
  await using process = launch((end: Connection<string>) => {
    end.sendSync(end.recvSync({ timeout: 20_000 }) + " there");
  }, theirs);
  theirs.close(); // as programs written for Python do
  assert(theirs.closed);
  assertThrows(() => theirs.sendSync("lost"), Deno.errors.BadResource);
  await mine.send("hello", LONG);
  assertEquals(await mine.recv(LONG), "hello there");
  await finish(process);
  mine.close();
});

Deno.test("Connection moves with the messages it has not received yet", async () => {
  const [mine, theirs] = new Pipe<number>();
  for (let i = 0; i < 5; i++) mine.sendSync(i);
  assertEquals(theirs.recvSync(), 0);
  using results = new Queue<number>();
  await using process = launch(
    async (end: Connection<number>, results: Queue<number>) => {
      for await (const n of end) results.putSync(n);
    },
    theirs,
    results,
  );
  mine.sendSync(5);
  mine.close();
  await finish(process);
  assertEquals(Array.from({ length: 5 }, () => results.getSync(LONG)), [1, 2, 3, 4, 5]);
  assert(results.isEmpty);
});

Deno.test("Connection sent through another connection works where it was received", async () => {
  const [mine, theirs] = new Pipe<Connection<string>>();
  await using process = launch(
    async (carrier: Connection<Connection<string>>) => {
      for await (const end of carrier) {
        // A writer says its name, a reader's name is said, a duplex end does both.
        const name = end.readable ? await end.recv({ timeout: 20_000 }) : "writer";
        if (end.writable) await end.send(`got ${name}`, { timeout: 20_000 });
        else carrier.send(name as never);
        end.close();
      }
    },
    theirs,
  );

  const [a, b] = new Pipe<string>();
  await mine.send(b, LONG);
  assert(b.closed);
  await a.send("duplex", LONG);
  assertEquals(await a.recv(LONG), "got duplex");
  await assertRejects(() => a.recv(LONG), Deno.errors.UnexpectedEof);
  a.close();

  const [reader, writer] = new Pipe<string>({ duplex: false });
  await mine.send(writer, LONG);
  assertEquals(await reader.recv(LONG), "got writer");
  await assertRejects(() => reader.recv(LONG), Deno.errors.UnexpectedEof);
  reader.close();

  const [reader2, writer2] = new Pipe<string>({ duplex: false });
  await mine.send(reader2, LONG);
  await writer2.send("reader", LONG);
  assertEquals(await mine.recv(LONG) as unknown, "reader");
  writer2.close();

  mine.close();
  await finish(process);
});

Deno.test("Connection passed from process to process stays open until its last owner ends", async () => {
  const [mine, theirs] = new Pipe<string>();
  using next = new Queue<Connection<string>>();
  await using first = launch(
    (end: Connection<string>, next: Queue<Connection<string>>) => {
      end.sendSync("first");
      next.putSync(end);
    },
    theirs,
    next,
  );
  await finish(first);
  assertEquals(await mine.recv(LONG), "first");
  assertEquals(mine.tryPoll(), false); // under way: nobody has it, and it is not closed
  await using second = launch((next: Queue<Connection<string>>) => {
    next.getSync({ timeout: 20_000 }).sendSync("second");
  }, next);
  await finish(second);
  assertEquals(await mine.recv(LONG), "second");
  await assertRejects(() => mine.recv(LONG), Deno.errors.UnexpectedEof);
  mine.close();
});

Deno.test("Pipe's ends in a message nobody receives are closed with what carried them", async () => {
  const writers: Connection[] = []; // these stay open
  const carriers: [string, () => { put(end: Connection): void; close(): void }][] = [
    ["pipe", () => {
      const [out, into] = new Pipe<unknown>();
      return {
        put: (end) => into.sendSync({ deep: [end] }),
        close: () => (into.close(), out.close()),
      };
    }],
    ["pipe that is written to no more", () => {
      const [out, into] = new Pipe<unknown>();
      return {
        put: (end) => into.sendSync([end]),
        close: () => (out.close(), writers.push(into)),
      };
    }],
    ["queue", () => {
      const queue = new Queue<unknown>();
      return { put: (end) => queue.putSync({ deep: [end] }), close: () => queue.close() };
    }],
    ["shut-down queue", () => {
      const queue = new Queue<unknown>();
      return {
        put: (end) => queue.putSync([end, "x".repeat(100_000)]),
        close: () => queue.shutdown({ immediate: true }),
      };
    }],
    ["large message", () => {
      const [out, into] = new Pipe<unknown>({ capacity: 4096 });
      return {
        put: (end) => into.sendSync(["x".repeat(2000), end]),
        close: () => (into.close(), out.close()),
      };
    }],
  ];
  for (const [name, make] of carriers) {
    const [mine, theirs] = new Pipe();
    const carrier = make();
    carrier.put(theirs);
    assertEquals(mine.tryPoll(), false, name);
    carrier.close();
    await assertRejects(() => mine.recv(LONG), Deno.errors.UnexpectedEof, undefined, name);
    mine.close();
  }
  for (const writer of writers) writer.close();
});

Deno.test("Connection in what is not sent after all stays here, and works", async () => {
  const [mine, theirs] = new Pipe<string>();
  const check = (how: string) => {
    assertEquals(theirs.closed, false, how);
    mine.sendSync(how);
    assertEquals(theirs.recvSync(LONG), how);
  };
  const callback = () => {};

  using carrier = new Pipe<unknown>({ capacity: 1024 });
  const { first } = carrier;
  await assertRejects(() => first.send([theirs, callback]), UnsendableError);
  assertThrows(() => first.sendSync([theirs, callback]), UnsendableError);
  check("pipe, unsendable");
  while (first.trySendBytes(new Uint8Array(0)));
  await assertRejects(() => first.send(theirs, { timeout: 1 }), TimeoutError);
  assertThrows(() => first.sendSync(theirs, { timeout: 1 }), TimeoutError);
  assertEquals(first.trySend(theirs), false);
  check("pipe, full");
  const aborter = new AbortController();
  const aborted = first.send(theirs, { signal: aborter.signal });
  await Promise.resolve();
  aborter.abort();
  await assertRejects(() => aborted, DOMException);
  check("pipe, aborted");

  using queue = new Queue<unknown>({ maxSize: 1 });
  assertThrows(() => queue.putSync([theirs, callback]), UnsendableError);
  check("queue, unsendable");
  queue.putSync(1);
  await assertRejects(() => queue.put(theirs, { timeout: 1 }), QueueFullError);
  assertEquals(queue.tryPut(theirs), false);
  check("queue, full");
  queue.shutdown();
  assertThrows(() => queue.putSync(theirs), QueueShutDownError);
  check("queue, shut down");

  const process = new Process<unknown[]>(() => {}, { args: [theirs, callback] });
  assertThrows(() => process.start(), UnsendableError, "value[1]");
  check("process");

  mine.close();
  await assertRejects(() => theirs.recv(LONG), Deno.errors.UnexpectedEof);
  theirs.close();
});

Deno.test("Connection that was closed, or has moved away, cannot be sent any more", () => {
  using pipe = new Pipe<unknown>();
  using queue = new Queue<unknown>();
  const closed = new Pipe();
  closed[Symbol.dispose]();
  const moved = new Pipe<unknown>();
  queue.putSync(moved.first);
  for (const end of [closed.first, moved.first]) {
    assertThrows(() => pipe.first.sendSync({ end }), Deno.errors.BadResource, "Connection");
    assertThrows(() => queue.putSync({ end }), Deno.errors.BadResource, "Connection");
  }
  assertEquals([pipe.second.tryPoll(), queue.size], [false, 1]);
  moved.second.close();
});

Deno.test("Pipe sent as a whole, or given to a process, arrives as an array of its two ends", async () => {
  using results = new Queue<string>();
  const argument = new Pipe<string>();
  await using process = launch(
    (pipes: [Connection<string>, Connection<string>][], results: Queue<string>) => {
      for (const [a, b] of pipes) {
        a.sendSync("through it");
        results.putSync(b.recvSync({ timeout: 20_000 }));
      }
    },
    [argument],
    results,
  );
  assertEquals(await results.get(LONG), "through it");
  assert(argument.first.closed && argument.second.closed);
  await finish(process);

  using carrier = new Pipe<unknown>();
  await carrier.first.send({ pipe: new Pipe<string>({ duplex: false }) }, LONG);
  const { pipe } = await carrier.second.recv(LONG) as { pipe: Connection<string>[] };
  assertEquals(Object.getPrototypeOf(pipe), Array.prototype);
  const [reader, writer] = pipe as [Connection<string>, Connection<string>];
  writer.sendSync("and here", LONG);
  assertEquals(await reader.recv(LONG), "and here");
  reader.close();
  writer.close();

  class Doubled extends Pipe {}
  using doubled = new Doubled();
  const refused = assertThrows(() => carrier.first.sendSync([doubled]), UnsendableError);
  assertEquals(refused.path, "value[0]");
  assert(!doubled.first.closed);
});

Deno.test("Connection sent through itself arrives at the other end, and is whole", () => {
  const [first, second] = new Pipe<unknown>();
  first.sendSync("before");
  first.sendSync({ end: first });
  assert(first.closed);
  assertEquals(second.recvSync(LONG), "before");
  const { end } = second.recvSync(LONG) as { end: Connection };
  end.sendSync("after");
  second.sendSync("back");
  assertEquals([second.recvSync(LONG), end.recvSync(LONG)], ["after", "back"]);
  end.close();
  assertThrows(() => second.recvSync(LONG), Deno.errors.UnexpectedEof);
  second.close();
});

Deno.test("Pipe in a `using` declaration closes both its ends", () => {
  const seen: Connection[] = [];
  {
    using pipe = new Pipe();
    seen.push(...pipe);
    using _first = pipe.first;
  }
  for (const end of seen) {
    assert(end.closed);
    assertThrows(() => end.recvSync(), Deno.errors.BadResource);
    end.close();
  }
});
