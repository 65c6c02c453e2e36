// Framing: both directions, every option, every cut, hostile bytes.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  Delimited,
  FramedConnection,
  LengthPrefixed,
  LimitOverrunError,
  type MessageFraming,
  ProtocolError,
  socketPair,
  StreamReader,
  VarintPrefixed,
} from "@ferry/std/net";
import { chunks, cut } from "./support/source.ts";
import { concat } from "./support/reset.ts";
import { Random, rounds, seedFor } from "../_support/random.ts";

const FRAMINGS: Record<string, MessageFraming> = {
  ...Object.fromEntries(
    ([1, 2, 3, 4, 8] as const).flatMap((headerBytes) =>
      (["big", "little"] as const).flatMap((endian) =>
        [false, true].map((inclusive) => [
          `${headerBytes} bytes, ${endian}${inclusive ? ", inclusive" : ""}`,
          new LengthPrefixed({ headerBytes, endian, inclusive }),
        ])
      )
    ),
  ),
  varint: new VarintPrefixed(),
  "a separator of one byte": new Delimited({ separator: "\xff" }),
  "a separator of three bytes": new Delimited({ separator: new Uint8Array([1, 1, 2]) }),
};

const wire = (framing: MessageFraming, payload: Uint8Array) =>
  concat([framing.head(payload), payload, framing.tail ?? new Uint8Array(0)]);

for (const [name, framing] of Object.entries(FRAMINGS)) {
  Deno.test(`framing with ${name}: what is written is read, however it is cut`, async () => {
    const payloads = [0, 1, 2, 127, 128, 200].map((length) => new Uint8Array(length).fill(7));
    const data = concat(payloads.map((each) => wire(framing, each)));
    for (const size of [1, 2, 3, 5, 64, data.length]) {
      const reader = new StreamReader(chunks(cut(data, size)));
      for (const payload of payloads) assertEquals(await reader.readFrame(framing), payload);
      assertEquals(await reader.readFrame(framing), null);
    }
  });
}

Deno.test("framing: the maxLength holds in both directions, on the byte", async () => {
  for (
    const framing of [
      new LengthPrefixed({ maxLength: 5 }),
      new VarintPrefixed({ maxLength: 5 }),
      new Delimited({ maxLength: 5 }),
    ]
  ) {
    const unlimited = framing instanceof LengthPrefixed
      ? new LengthPrefixed()
      : framing instanceof VarintPrefixed
      ? new VarintPrefixed()
      : new Delimited();
    const good = wire(unlimited, new Uint8Array(5));
    const bad = wire(unlimited, new Uint8Array(6));
    for (const size of [1, 100]) {
      assertEquals(
        await new StreamReader(chunks(cut(good, size))).readFrame(framing),
        new Uint8Array(5),
      );
      const error = await assertRejects(
        () => new StreamReader(chunks(cut(bad, size))).readFrame(framing),
        LimitOverrunError,
      );
      assertEquals([error.limit, error.consumed], [5, 6]);
    }
    assertThrows(() => framing.head(new Uint8Array(6)), LimitOverrunError);
  }
});

Deno.test("framing: what cannot be a message is refused", () => {
  const span = { head: 0, length: 0, tail: 0, seen: 0 };
  const find = (framing: MessageFraming, ...bytes: number[]) =>
    framing.find(Uint8Array.from(bytes), 0, bytes.length, span);
  assertThrows(
    () => find(new LengthPrefixed({ headerBytes: 2, inclusive: true }), 0, 1),
    ProtocolError,
  );
  assertThrows(
    () => find(new LengthPrefixed({ headerBytes: 8 }), 255, 255, 255, 255, 255, 255, 255, 255),
    LimitOverrunError,
  );
  assertThrows(() => find(new VarintPrefixed(), ...Array<number>(8).fill(128)), ProtocolError);
  assertThrows(
    () => new Delimited().head(new TextEncoder().encode("a\nb")),
    ProtocolError,
    "at byte 1",
  );
  assertThrows(() => new Delimited({ separator: "" }), TypeError);
  assertThrows(() => new LengthPrefixed({ headerBytes: 5 as never }), RangeError);
  assertThrows(() => new LengthPrefixed({ maxLength: -1 }), RangeError);
  assertThrows(() => new VarintPrefixed({ maxLengthLength: 9 }), RangeError);
});

Deno.test("framing: random bytes end in a message or a typed error", () => {
  const random = new Random(seedFor("framing of random bytes"));
  for (let round = rounds(5000, 200_000); round > 0; round--) {
    const bytes = Uint8Array.from(
      { length: random.below(30) },
      () => random.below(256),
    );
    for (
      const framing of [
        new LengthPrefixed({ maxLength: 20 }),
        new VarintPrefixed({ maxLength: 20 }),
        new Delimited({ maxLength: 20 }),
      ]
    ) {
      const span = { head: 0, length: 0, tail: 0, seen: 0 };
      try {
        const needed = framing.find(bytes, 0, bytes.length, span);
        if (needed === 0) {
          assert(span.head + span.length + span.tail <= bytes.length && span.length <= 20);
        } else assert(needed > bytes.length, `${needed} needed of ${bytes.length}`);
      } catch (error) {
        assert(
          error instanceof ProtocolError || error instanceof LimitOverrunError,
          String(error),
        );
      }
    }
  }
});

Deno.test("FramedConnection: messages of all sizes, in order, from two tasks", async () => {
  const [a, b] = socketPair();
  const sender = new FramedConnection(a.connection, new VarintPrefixed());
  const receiver = new FramedConnection(b.connection, new VarintPrefixed());
  const task = async (id: number) => {
    for (let i = 0; i < 200; i++) await sender.send(new Uint8Array(i * 97 % 30_000).fill(id));
  };
  const sending = Promise.all([task(1), task(2)]).then(() => sender.close());
  const next = [0, 0];
  for await (const message of receiver) {
    const id = message[0] ?? 1;
    if (message.length > 0) assert(message.every((byte) => byte === id));
    next[id - 1]!++;
  }
  assertEquals(next[0]! + next[1]!, 400);
  await sending;
  await receiver.close();
});
