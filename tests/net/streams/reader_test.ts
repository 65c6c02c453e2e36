// Reading in portions: what is read, how it is cut, limits, deadlines.
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  BusyError,
  ConnectionResetError,
  Delimited,
  IncompleteReadError,
  LengthPrefixed,
  LimitOverrunError,
  StreamReader,
  TimeoutError,
  VarintPrefixed,
} from "@ferry/std/net";
import { bytes, chunks, cut, Faucet, text } from "../support/source.ts";

/** What a call gave, in a form that can be compared. */
async function outcome(call: () => Promise<unknown>): Promise<unknown> {
  try {
    const value = await call();
    return value instanceof Uint8Array ? [...value] : value;
  } catch (error) {
    assert(error instanceof Error);
    const { name, message } = error;
    const partial = error instanceof IncompleteReadError ? [...error.partial] : undefined;
    return { name, message, partial };
  }
}

const SCRIPTS: Record<
  string,
  [input: string, script: (reader: StreamReader) => Promise<unknown>[]]
> = {
  "lines of all kinds": ["a\r\nbc\n\n\r\n\rx\r\r\nlast", (r) => sequence(r, 8, () => r.readLine())],
  "separators across every cut": ["ab--cd-e---f--", (r) => sequence(r, 5, () => r.readUntil("--"))],
  "several separators, the first to end counts": [
    "a\r\nb\nc\rd\r\n",
    (r) => sequence(r, 6, () => r.readUntil(["\r\n", "\n", "\r"])),
  ],
  "a separator that begins within a false start": [
    "aaab",
    (r) => sequence(r, 2, () => r.readUntil("aab")),
  ],
  "a line of the limit, and one byte more": [
    "12345\r\n123456\n",
    (r) => sequence(r, 2, () => r.readLine({ limit: 5 })),
  ],
  "a line too long, skipped": [
    "123456789\nok\n",
    (r) => [
      outcome(() => r.readLine({ limit: 5 })).then(async (first) => [
        first,
        await outcome(() => r.skipLine()),
        await outcome(() => r.readLine({ limit: 5 })),
      ]),
    ],
  ],
  "a separator at the limit, and one behind it": [
    "12345;;123456;;",
    (r) => sequence(r, 2, () => r.readUntil(";;", { limit: 5 })),
  ],
  "exact counts, and too few": ["abcdefgh", (r) => sequence(r, 4, () => r.readExactly(3))],
  "frames of two bytes' length": [
    "\0\x03abc\0\0\0\x01x\0\x05ab",
    (r) => sequence(r, 4, () => r.readFrame(new LengthPrefixed({ headerBytes: 2 }))),
  ],
  "frames with a varint": [
    "\x03abc\0\x01x\x05ab",
    (r) => sequence(r, 4, () => r.readFrame(new VarintPrefixed())),
  ],
  "frames with a separator": [
    "ab;;c;;;;;d",
    (r) => sequence(r, 5, () => r.readFrame(new Delimited({ separator: ";;" }))),
  ],
  "a frame that is announced too long": [
    "\x7f\xff\xff\xffabc",
    (r) => sequence(r, 1, () => r.readFrame(new LengthPrefixed({ maxLength: 100 }))),
  ],
};

function sequence(
  _reader: StreamReader,
  times: number,
  call: () => Promise<unknown>,
): Promise<unknown>[] {
  const all = (async () => {
    const out: unknown[] = [];
    for (let i = 0; i < times; i++) out.push(await outcome(call));
    return out;
  })();
  return [all];
}

for (const [name, [input, script]] of Object.entries(SCRIPTS)) {
  Deno.test(`StreamReader: ${name}: the same however the bytes are cut`, async () => {
    const data = Uint8Array.from(input, (c) => c.charCodeAt(0));
    const whole = await Promise.all(script(new StreamReader(chunks([data]))));
    for (let size = 1; size < data.length; size++) {
      const pieces = await Promise.all(script(new StreamReader(chunks(cut(data, size)))));
      assertEquals(pieces, whole, `cut after every ${size} bytes`);
    }
    for (let at = 1; at < data.length; at++) {
      const pair = [data.subarray(0, at), data.subarray(at)];
      const pieces = await Promise.all(script(new StreamReader(chunks(pair))));
      assertEquals(pieces, whole, `cut at ${at}`);
    }
  });
}

Deno.test("StreamReader: the lines that asyncio would give", async () => {
  const reader = StreamReader.from(bytes("a\r\nbc\n\nlast"));
  const lines = [];
  for (let line; (line = await reader.readLine()) !== null;) lines.push(text(line));
  assertEquals(lines, ["a", "bc", "", "last"]);
  assert(reader.atEof);
});

Deno.test("StreamReader: what it hands out is never written again", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  const views: [Uint8Array, string][] = [];
  let seed = 7;
  for (let i = 0; i < 500; i++) {
    seed = seed * 1103515245 + 12345 & 0x7fffffff;
    const line = String(i).padEnd(seed % 400, "x");
    faucet.push(line + "\n");
    views.push([(await reader.readLine())!, line]);
  }
  for (const [view, line] of views) assertEquals(text(view), line);
});

Deno.test("StreamReader: a call that times out has taken nothing, and the next one gets it", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  faucet.push("hal");
  const error = await assertRejects(() => reader.readLine({ timeout: 5 }), TimeoutError);
  assertEquals(error.timeout, 5);
  faucet.push("f\n");
  assertEquals(text(await reader.readLine()), "half");
  assertEquals(faucet.reads, 2);
});

Deno.test("StreamReader: ten thousand calls that time out lose no byte", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  let sent = 0;
  let sum = 0;
  let received = 0;
  let total = 0;
  for (let i = 0; i < 10_000; i++) {
    if (i % 3 === 0) {
      const byte = i & 255;
      faucet.push(Uint8Array.of(byte));
      sent += 1;
      sum += byte;
    }
    const got = await reader.read(1, { timeout: 0 }).catch((error) => {
      assert(error instanceof TimeoutError);
      return null;
    });
    for (const byte of got ?? []) {
      received++;
      total += byte;
    }
  }
  while (received < sent) {
    const got = (await reader.read())!;
    received += got.length;
    for (const byte of got) total += byte;
  }
  assertEquals([received, total], [sent, sum]);
});

Deno.test("StreamReader: an aborted call rejects with the signal's reason and has taken nothing", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  const stop = new AbortController();
  const reading = reader.readExactly(4, { signal: stop.signal });
  faucet.push("ab");
  stop.abort("enough");
  assertEquals(await reading.catch((reason) => reason), "enough");
  faucet.push("cd");
  assertEquals(text(await reader.readExactly(4)), "abcd");
  assertEquals(await reader.read(1, { signal: stop.signal }).catch((reason) => reason), "enough");
});

Deno.test("StreamReader: a second call while one waits is refused, the first goes on", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  const first = reader.readLine();
  await assertRejects(() => reader.read(), BusyError);
  await assertRejects(() => reader.readLine(), BusyError);
  await assertRejects(() => reader.readInto(new Uint8Array(1)), BusyError);
  assertThrows(() => reader.tryRead(), BusyError);
  faucet.push("x\n");
  assertEquals(text(await first), "x");
});

Deno.test("StreamReader: the try forms look only at what has arrived", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  assertEquals(reader.tryRead(), undefined);
  assertEquals(faucet.reads, 0);
  faucet.push("one\ntw");
  await reader.peek();
  assertEquals(text(reader.tryReadLine()), "one");
  assertEquals(reader.tryReadLine(), undefined);
  assertEquals(reader.tryReadExactly(3), undefined);
  assertEquals(text(reader.tryReadExactly(1)), "t");
  assertEquals(reader.tryReadUntil("x"), undefined);
  assertEquals(text(reader.tryRead()), "w");
  assertEquals(reader.buffered, 0);
});

Deno.test("StreamReader: bytes that arrived before the connection broke are still read", async () => {
  const reader = new StreamReader(
    chunks([bytes("one\ntw")], new Deno.errors.ConnectionReset("os error 104")),
  );
  assertEquals(text(await reader.readLine()), "one");
  await assertRejects(() => reader.readLine(), ConnectionResetError);
  assertEquals(text(reader.tryRead()), "tw");
  await assertRejects(() => reader.read(), ConnectionResetError);
});

Deno.test("StreamReader: memory grows with what arrives, not with what is announced", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  let largest = 0;
  const { read } = faucet;
  faucet.read = (into) => {
    largest = Math.max(largest, into.buffer.byteLength);
    return read.call(faucet, into);
  };
  faucet.push("abc");
  await assertRejects(() => reader.readExactly(2 ** 31, { timeout: 5 }), TimeoutError);
  assert(largest <= 65536, `${largest} bytes were allocated for 3`);
  faucet.push(null);
  const error = await assertRejects(() => reader.readExactly(2 ** 31), IncompleteReadError);
  assertEquals([text(error.partial), error.expected], ["abc", 2 ** 31]);
});

Deno.test("StreamReader: a limit that is passed leaves the bytes, and says how to go on", async () => {
  const reader = StreamReader.from(bytes("0123456789\nnext\n"), { limit: 4 });
  const error = await assertRejects(
    () => reader.readLine(),
    LimitOverrunError,
    "the line is longer than the limit of 4 bytes; drop the line with skipLine() or give a larger { limit }",
  );
  assertEquals([error.limit, error.consumed], [4, 5]);
  assertEquals(text(await reader.readLine({ limit: 10 })), "0123456789");
  assertEquals(text(await reader.readLine()), "next");
});

Deno.test("StreamReader: readInto() copies what had arrived, else reads in place", async () => {
  const faucet = new Faucet();
  const reader = new StreamReader(faucet);
  faucet.push("abcd");
  await reader.peek();
  const buffer = new Uint8Array(3);
  assertEquals([await reader.readInto(buffer), text(buffer)], [3, "abc"]);
  assertEquals([await reader.readInto(buffer), text(buffer.subarray(0, 1))], [1, "d"]);
  faucet.push("xyz");
  assertEquals([await reader.readInto(buffer), text(buffer)], [3, "xyz"]);
  faucet.push(null);
  assertEquals(await reader.readInto(buffer), null);
});

Deno.test("StreamReader: counts and limits out of range are refused", async () => {
  const reader = StreamReader.from(bytes("abc"));
  await assertRejects(() => reader.readExactly(-1), RangeError);
  await assertRejects(() => reader.read(0), RangeError);
  await assertRejects(() => reader.readUntil(""), TypeError);
  await assertRejects(() => reader.readLine({ limit: -1 }), RangeError);
  assertThrows(
    () => new StreamReader({ read: () => Promise.resolve(null) }, { limit: NaN }),
    RangeError,
  );
  assertEquals(text(await reader.readAll()), "abc");
  assertEquals(await reader.readExactly(0), new Uint8Array(0));
});

Deno.test("StreamReader: streams of the web go in and come out", async () => {
  const reader = StreamReader.from(new Blob(["hello ", "world"]).stream());
  assertEquals(await new Response(reader.toReadable()).text(), "hello world");
});

Deno.test("StreamReader: counts that are none are refused, and nothing is lost", async () => {
  const reader = StreamReader.from(bytes("abcdef"));
  assertEquals(text(await reader.readExactly(3)), "abc");
  for (const count of [1.5, -3, NaN]) {
    for (const call of ["read", "readExactly", "peek"] as const) {
      await assertRejects(() => reader[call](count), RangeError, `received ${count}`);
    }
    for (const call of ["tryRead", "tryReadExactly"] as const) {
      assertThrows(() => reader[call](count), RangeError, `received ${count}`);
    }
  }
  assertThrows(() => reader.tryRead(0), RangeError);
  await assertRejects(() => reader.readAll({ limit: NaN }), RangeError);
  assertEquals(text(await reader.readAll()), "def");
});
