// Large buffers that are moved between a process and its parent instead of being copied.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BufferTooShortError,
  type Connection,
  Pipe,
  Queue,
  SharedEvent,
  SharedValue,
  TimeoutError,
} from "@ferry/std/ipc";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";

const MOVE = { ...LONG, transfer: true };
const MIB = 1 << 20;

function pattern(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + seed + (i >>> 8);
  return bytes;
}

/** Sends everything back the way it came, moving it, and says whether it was detached. */
async function mirror(end: Connection): Promise<void> {
  await end.send("ready");
  for await (const message of end) {
    const bytes = message as Uint8Array<ArrayBuffer>;
    await end.sendBytes(bytes, { transfer: true });
    await end.send(bytes.buffer.detached);
  }
}

Deno.test("Connection.sendBytes({ transfer: true }) moves large buffers to a process and back", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(mirror, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready"); // from here on the process has its end
  for (const length of [32 * 1024, 100_000, MIB, 16 * MIB]) {
    for (const sync of [false, true]) {
      const bytes = pattern(length, length);
      if (sync) mine.sendBytesSync(bytes, MOVE);
      else await mine.sendBytes(bytes, MOVE);
      assert(bytes.buffer.detached, "the buffer was moved");
      assertEquals(bytes.length, 0);
      const back = sync ? mine.recvBytesSync(LONG) : await mine.recvBytes(LONG);
      assert(sameBytes(back, pattern(length, length)), `${length} bytes`);
      assertEquals(await mine.recv(LONG), true);
    }
  }
  mine.close();
  await finish(process);
});

Deno.test("Connection.sendBytes() copies and keeps the buffer: without transfer, when it is small, when it is shared", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(mirror, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  const shared = new Uint8Array(new SharedArrayBuffer(MIB));
  shared.set(pattern(MIB, 5));
  const cases: [Uint8Array, boolean][] = [
    [pattern(MIB, 1), false],
    [pattern(1000, 2), true],
    [pattern(0, 3), true],
    [shared, true],
  ];
  for (const [bytes, transfer] of cases) {
    const before = bytes.slice();
    await mine.sendBytes(bytes, { ...LONG, transfer });
    assert(sameBytes(bytes, before));
    assert(sameBytes(await mine.recvBytes(LONG), before));
    await mine.recv(LONG);
  }
  mine.close();
  await finish(process);
});

Deno.test("Connection moves a view's own bytes, whatever else is in its buffer", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch(mirror, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  const whole = pattern(MIB, 9);
  const expected = whole.slice(1000, 1000 + 65_536);
  await mine.sendBytes(new DataView(whole.buffer, 1000, 65_536), MOVE);
  assert(whole.buffer.detached);
  assert(sameBytes(await mine.recvBytes(LONG), expected));
  await mine.recv(LONG);
  mine.close();
  await finish(process);
});

Deno.test("Connection keeps moved and copied messages in their order", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  using back = new Queue<number[]>();
  await using process = launch(
    async (end: Connection, back: Queue<number[]>) => {
      await end.send("ready");
      const seen: number[] = [];
      for await (const message of end) {
        seen.push(message instanceof Uint8Array ? message[0]! : message as number);
      }
      back.putSync(seen);
    },
    theirs as Connection,
    back,
  );
  assertEquals(await mine.recv(LONG), "ready");
  for (let i = 0; i < 90; i++) {
    if (i % 3 === 0) await mine.send(i, LONG);
    else await mine.sendBytes(new Uint8Array(40_000).fill(i), { ...LONG, transfer: i % 3 === 1 });
  }
  mine.close();
  assertEquals(await back.get(LONG), Array.from({ length: 90 }, (_, i) => i));
  await finish(process);
});

Deno.test("Connection between two children copies, as no buffer can go there", async () => {
  const [left, right] = new Pipe<unknown>();
  using outcomes = new Queue<unknown>();
  const sending = (end: Connection, outcomes: Queue<unknown>) => {
    end.recvSync({ timeout: 20_000 });
    const bytes = new Uint8Array(1 << 20).fill(7);
    end.sendBytesSync(bytes, { transfer: true, timeout: 20_000 });
    outcomes.putSync(["kept", bytes.length, bytes[99]]);
  };
  const receiving = (end: Connection, outcomes: Queue<unknown>) => {
    end.sendSync("ready");
    const bytes = end.recvBytesSync({ timeout: 20_000 });
    outcomes.putSync(["received", bytes.length, bytes.every((byte) => byte === 7)]);
  };
  await using one = launch(sending, left as Connection, outcomes);
  await using two = launch(receiving, right as Connection, outcomes);
  const got = [await outcomes.get(LONG), await outcomes.get(LONG)] as unknown[][];
  got.sort();
  assertEquals(got, [["kept", MIB, 7], ["received", MIB, true]]);
  await finish(one, two);
});

Deno.test("Connection.recvBytesInto() copies a moved message in, and gives it whole when it is too long", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch((end: Connection) => {
    end.sendSync("ready");
    end.recvSync({ timeout: 20_000 });
    for (let i = 0; i < 3; i++) {
      end.sendBytesSync(new Uint8Array(1 << 20).fill(i), { transfer: true });
    }
  }, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  mine.sendSync("go");
  const target = new Uint8Array(MIB + 1);
  assertEquals(mine.recvBytesIntoSync(target, LONG), MIB);
  assertEquals(await mine.recvBytesInto(target, LONG), MIB);
  assert(target.every((byte, i) => byte === (i < MIB ? 1 : 0)));
  const error = assertThrows(
    () => mine.recvBytesIntoSync(target.subarray(2), LONG),
    BufferTooShortError,
  );
  assert(sameBytes(error.bytes, new Uint8Array(MIB).fill(2)));
  await finish(process);
  mine.close();
});

Deno.test("Connection.recvBytes() leaves a moved message above maxLength for the next receive", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch((end: Connection) => {
    end.sendSync("ready");
    end.recvSync({ timeout: 20_000 });
    end.sendBytesSync(new Uint8Array(1 << 20).fill(3), { transfer: true });
    end.recvSync({ timeout: 20_000 });
  }, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  mine.sendSync("go");
  for (let i = 0; i < 2; i++) {
    await assertRejects(() => mine.recvBytes({ ...LONG, maxLength: 10 }), RangeError, "at most 10");
  }
  assert(sameBytes(await mine.recvBytes(LONG), new Uint8Array(MIB).fill(3)));
  mine.sendSync("done");
  await finish(process);
  mine.close();
});

Deno.test("Connection gives moved messages of a process that has ended", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  await using process = launch((end: Connection) => {
    end.sendSync("ready");
    end.recvSync({ timeout: 20_000 });
    for (let i = 0; i < 3; i++) {
      end.sendBytesSync(new Uint8Array(1 << 20).fill(i + 1), { transfer: true });
    }
  }, theirs as Connection);
  assertEquals(await mine.recv(LONG), "ready");
  mine.sendSync("go");
  await finish(process);
  for (let i = 0; i < 3; i++) {
    assert(sameBytes(await mine.recvBytes(LONG), new Uint8Array(MIB).fill(i + 1)));
  }
  await assertRejects(() => mine.recvBytes(LONG), Deno.errors.UnexpectedEof);
  mine.close();
});

Deno.test("Connection.sendBytes({ transfer: true }) gets only so many buffers ahead of the receiver", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  using go = new SharedEvent();
  using back = new Queue<number[]>();
  await using process = launch(
    async (end: Connection, go: SharedEvent, back: Queue<number[]>) => {
      await end.send("ready");
      await go.wait();
      const seen: number[] = [];
      for await (const bytes of end) seen.push((bytes as Uint8Array)[0]!);
      back.putSync(seen);
    },
    theirs as Connection,
    go,
    back,
  );
  assertEquals(await mine.recv(LONG), "ready");
  let ahead = 0;
  const buffer = () => new Uint8Array(64 * 1024).fill(ahead);
  await assertRejects(async () => {
    for (; ahead < 200; ahead++) await mine.sendBytes(buffer(), { timeout: 20, transfer: true });
  }, TimeoutError);
  assert(ahead >= 1 && ahead <= 128, `${ahead} buffers of a receiver that takes none`);
  const refused = buffer();
  assertThrows(() => mine.sendBytesSync(refused, { timeout: 0, transfer: true }), TimeoutError);
  assert(!refused.buffer.detached, "what was not sent is kept");
  go.set();
  for (; ahead < 200; ahead++) await mine.sendBytes(buffer(), MOVE);
  mine.close();
  assertEquals(await back.get(LONG), Array.from({ length: 200 }, (_, i) => i));
  await finish(process);
});

/** Receives numbered buffers, a few at a time, and hands the end on to the next in the circle after each few. */
async function relay(
  incoming: Queue<Connection | undefined>,
  outgoing: Queue<Connection | undefined>,
  next: SharedValue<"int32">,
  total: number,
): Promise<void> {
  const LONG = { timeout: 60_000 };
  for (let turn = 0;; turn++) {
    const end = await incoming.get(LONG);
    if (end === undefined) return;
    for (let moved = false, few = 1 + turn % 3; !moved;) {
      while (few-- > 0 && next.value < total) {
        const bytes = end.recvBytesSync(LONG);
        const number = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
        if (number !== next.value) throw new RangeError(`${number} came, not ${next.value}`);
        next.value = number + 1;
      }
      if (next.value === total) {
        end.close();
        outgoing.putSync(undefined);
        return;
      }
      try {
        outgoing.putSync(end);
        moved = true;
      } catch (error) {
        // Buffers are on their way to this very worker: it takes them first.
        if (!(error instanceof Deno.errors.Busy)) throw error;
        few = 1;
      }
    }
  }
}

Deno.test("Connection loses no moved buffer while its other end moves from process to process", async () => {
  const TOTAL = 600;
  const [mine, theirs] = new Pipe<unknown>({ capacity: 1 << 18 });
  using one = new Queue<Connection | undefined>();
  using two = new Queue<Connection | undefined>();
  using next = new SharedValue("int32", 0, { lock: false });
  await using first = launch(relay, one, two, next, TOTAL);
  await using second = launch(relay, two, one, next, TOTAL);
  one.putSync(theirs as Connection);
  let detached = 0;
  for (let number = 0; number < TOTAL; number++) {
    const bytes = new Uint8Array(32768 + number % 5);
    new DataView(bytes.buffer).setUint32(0, number, true);
    // By turns with and without letting the event loop turn: the sender meets the move at any moment.
    if (number % 2 === 0) mine.sendBytesSync(bytes, MOVE);
    else await mine.sendBytes(bytes, MOVE);
    if (bytes.buffer.detached) detached++;
  }
  await finish(first, second);
  assertEquals(next.value, TOTAL);
  assert(detached > 0, "nothing was moved, so nothing was tested");
  mine.close();
});

Deno.test("Connection gives moved buffers whose sender has handed its end on to another process", async () => {
  using ends = new Queue<Connection>();
  using handedOn = new SharedEvent();
  using go = new SharedEvent();
  const [mine, theirs] = new Pipe<unknown>();
  await using first = launch(
    (end: Connection, ends: Queue<Connection>, go: SharedEvent) => {
      for (let i = 0; i < 3; i++) {
        const bytes = new Uint8Array(100_000).fill(i + 1);
        end.sendBytesSync(bytes, { transfer: true, timeout: 20_000 });
        if (!bytes.buffer.detached) throw new TypeError("it was copied");
      }
      ends.putSync(end);
      go.waitSync({ timeout: 20_000 });
    },
    theirs as Connection,
    ends,
    go,
  );
  await using second = launch(
    (ends: Queue<Connection>, handedOn: SharedEvent, go: SharedEvent) => {
      const end = ends.getSync({ timeout: 20_000 });
      end.sendSync("from the second", { timeout: 20_000 });
      handedOn.set();
      go.waitSync({ timeout: 20_000 });
    },
    ends,
    handedOn,
    go,
  );
  // Nothing of it is received before the end is the second one's.
  assert(await handedOn.wait(LONG));
  for (let i = 0; i < 3; i++) {
    const bytes = await mine.recvBytes(LONG);
    assertEquals([bytes.length, bytes[0], bytes[99_999]], [100_000, i + 1, i + 1]);
  }
  assertEquals(await mine.recv(LONG), "from the second");
  go.set();
  await finish(first, second);
  mine.close();
});
