// What CPython's tests of connections check and the other tests here do not.
import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { Connection, Pipe, Queue, registerClass, SharedEvent, SharedValue } from "@ferry/std/ipc";
import { finish, launch, LONG, sameBytes } from "../../_support/processes.ts";

const IPC = import.meta.resolve("@ferry/std/ipc");

class Fussy {
  readonly payload: unknown;
  constructor(payload: unknown) {
    this.payload = payload;
  }
}
registerClass("ported_connection_test.Fussy", Fussy, {
  encode: ({ payload }) => payload,
  decode: () => {
    throw new RangeError("refused on arrival");
  },
});

/** Ways to receive, each of which must see the error and leave the pipe usable. */
const receives: Record<string, (end: Connection) => Promise<unknown>> = {
  recv: (end) => end.recv(LONG),
  // deno-lint-ignore require-await
  recvSync: async (end) => end.recvSync(LONG),
  tryRecv: async (end) => {
    for (;;) {
      assert(await end.poll(LONG), "nothing came");
      const message = end.tryRecv(); // none as long as only a part of a large one is there
      if (message !== undefined) return message;
    }
  },
};

// CPython: _TestConnection says of recv() only that garbage raises; that the connection goes on is what users rely on.
for (const [name, receive] of Object.entries(receives)) {
  Deno.test(`Connection.${name}() throws for what does not decode here, and then goes on with the next message`, async () => {
    const [mine, theirs] = new Pipe<unknown>({ capacity: 4096 });
    await using process = launch(
      async (end: Connection<unknown>, ipc: string) => {
        const { Pipe, registerClass, SharedValue } = await import(ipc);
        class Here {
          readonly payload: unknown;
          constructor(payload: unknown) {
            this.payload = payload;
          }
        }
        const encode = ({ payload }: Here) => payload;
        const decode = (payload: unknown) => new Here(payload);
        for (const known of ["ported_connection_test.Nobody", "ported_connection_test.Fussy"]) {
          registerClass(known, Here, { encode, decode });
          // In one piece and in many; alone and with shared objects on board.
          for (const size of [1, 20_000]) {
            const text = "x".repeat(size);
            await end.send(new Here(text));
            await end.send(`after ${size}`);
            const [left, right] = new Pipe();
            await end.send({ unreadable: new Here([text, new SharedValue("int32", 5)]), right });
            await end.send(left);
          }
        }
      },
      theirs,
      IPC,
    );
    for (
      const [type, says] of [[Deno.errors.InvalidData, "Nobody"], [RangeError, "refused"]] as const
    ) {
      for (const size of [1, 20_000]) {
        await assertRejects(() => receive(mine), type, says);
        assertEquals(await receive(mine), `after ${size}`);
        await assertRejects(() => receive(mine), type, says);
        const left = await receive(mine);
        // The other end was on board of what nobody could read.
        assertInstanceOf(left, Connection);
        await assertRejects(() => left.recv(LONG), Deno.errors.UnexpectedEof);
        left.close();
      }
    }
    await finish(process);
    mine.close();
  });
}

Deno.test("Connection to a process that could not read a message still carries what comes next, both ways", async () => {
  const [mine, theirs] = new Pipe<unknown>();
  using count = new SharedValue("int32");
  await using process = launch(
    async (end: Connection<unknown>) => {
      for (;;) {
        try {
          const message = await end.recv();
          if (message === "stop") return;
          await end.send(message);
        } catch (error) {
          await end.send((error as Error).name);
        }
      }
    },
    theirs,
  );
  for (let i = 0; i < 3; i++) {
    await mine.send(new Fussy([i, count]));
    await mine.send(["echo", i]);
    assertEquals(await mine.recv(LONG), "InvalidData");
    assertEquals(await mine.recv(LONG), ["echo", i]);
  }
  await mine.send("stop");
  await finish(process);
  mine.close();
});

// CPython: _TestPoll.test_boundaries.
for (const how of ["poll", "pollSync", "tryPoll"] as const) {
  Deno.test(`Connection.${how}() in another process takes no part of a message out of the pipe`, async () => {
    const messages = ["first", "", "second"].map((text) => new TextEncoder().encode(text));
    const large = new Uint8Array(50_000).map((_, i) => i * 7);
    for (const early of [true, false]) {
      const [reader, writer] = new Pipe({ capacity: 4096, duplex: false });
      const [mine, theirs] = new Pipe<unknown>();
      const sendAll = () => {
        for (const message of messages) writer.sendBytesSync(message, LONG);
        return writer.sendBytes(large, LONG); // in pieces, the first of which wait in the pipe
      };
      let sent = early ? sendAll() : undefined;
      using asking = new SharedEvent();
      await using process = launch(
        async (reader: Connection, back: Connection<unknown>, asking: SharedEvent, how: string) => {
          const options = { timeout: 20_000 };
          asking.set();
          if (how === "poll") await reader.poll(options);
          if (how === "pollSync") reader.pollSync(options);
          if (how === "tryPoll") { while (!reader.tryPoll()) await null; }
          const again = reader.tryPoll();
          await back.send([reader, again]);
        },
        reader,
        theirs,
        asking,
        how,
      );
      assert(await asking.wait(LONG));
      sent ??= sendAll();
      const [polled, again] = await mine.recv(LONG) as [Connection, boolean];
      assertEquals(again, true);
      for (const message of messages) assertEquals(await polled.recvBytes(LONG), message);
      assert(sameBytes(await polled.recvBytes(LONG), large));
      await sent;
      await finish(process);
      for (const end of [polled, mine, writer]) end.close();
    }
  });
}

// CPython: _TestPoll.test_strings.
Deno.test("Connection gives a process's strings of bytes one by one, empty ones too, each announced by poll()", async () => {
  const strings = ["hello", "", "a", "b", "", "bye", "", "lop"];
  const [mine, theirs] = new Pipe();
  using next = new Queue<string>();
  await using process = launch(
    (end: Connection, next: Queue<string>) => {
      for (let text = next.getSync(); text !== "stop"; text = next.getSync()) {
        end.sendBytesSync(new TextEncoder().encode(text));
      }
    },
    theirs,
    next,
  );
  for (const text of strings) {
    // One at a time, so that each poll waits for one of its own.
    assertEquals(mine.tryPoll(), false);
    const polled = mine.poll(LONG);
    next.putSync(text);
    assertEquals([await polled, mine.tryPoll()], [true, true]);
    assertEquals(new TextDecoder().decode(await mine.recvBytes(LONG)), text);
  }
  next.putSync("stop");
  await finish(process);
  mine.close();
});
