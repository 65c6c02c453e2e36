import { assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  dump,
  dumps,
  dumpSync,
  load,
  loadAll,
  loadAllSync,
  loadSync,
  Pickler,
  type PickleReader,
  tuple,
  Unpickler,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import * as dill from "@ferry/std/persist/dill";
import * as marshal from "@ferry/std/persist/marshal";

const VALUES = [
  null,
  [1, "two", new Uint8Array([3])],
  { deep: { er: [1.5, -0, 2n ** 80n] } },
  tuple("ümläut", "\ud800"),
  "x".repeat(1000),
];

/** All values in all protocols, one pickle after another. */
const PICKLES = VALUES.flatMap((value) =>
  [0, 1, 2, 3, 4, 5].map((protocol) => dumps(value, { protocol }))
);
const EXPECTED = VALUES.flatMap((value) => Array(6).fill(value));

function joined(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

const ALL = joined(PICKLES);

/** A reader that gives what it is asked for and notes how far it has been read. */
class Source implements PickleReader {
  position = 0;
  readonly #bytes: Uint8Array;
  readonly #step: number;

  constructor(bytes: Uint8Array, step: number) {
    this.#bytes = bytes;
    this.#step = step;
  }

  readSync(into: Uint8Array): number | null {
    if (this.position >= this.#bytes.length) return null;
    const n = Math.min(into.length, this.#step, this.#bytes.length - this.position);
    into.set(this.#bytes.subarray(this.position, this.position + n));
    this.position += n;
    return n;
  }

  read(into: Uint8Array): Promise<number | null> {
    return Promise.resolve(this.readSync(into));
  }
}

Deno.test("load() takes no byte behind STOP from a reader, whatever the reader gives at once", async () => {
  for (const step of [1, 2, 3, 7, 64, Infinity]) {
    const source = new Source(ALL, step);
    let end = 0;
    for (const [i, pickle] of PICKLES.entries()) {
      assertEquals(i % 2 ? await load(source) : loadSync(source), EXPECTED[i]);
      assertEquals(source.position, end += pickle.length);
    }
    await assertRejects(() => load(source), Deno.errors.UnexpectedEof);
    assertThrows(() => loadSync(source), Deno.errors.UnexpectedEof);
  }
});

Deno.test("load() of a stream cut at every byte goes on where the last one ended", async () => {
  for (const step of [1, 2, 3, 5, 100, ALL.length]) {
    const chunks: Uint8Array[] = [];
    for (let at = 0; at < ALL.length; at += step) chunks.push(ALL.slice(at, at + step));
    const stream = ReadableStream.from(chunks);
    for (const value of EXPECTED) assertEquals(await load(stream), value);
    await assertRejects(() => load(stream), Deno.errors.UnexpectedEof);
  }
});

Deno.test("a stream in two parts, cut at every byte, gives the same value", async () => {
  for (const pickle of PICKLES) {
    const whole = await load(pickle);
    for (let at = 0; at <= Math.min(pickle.length, 120); at++) {
      const stream = ReadableStream.from([pickle.slice(0, at), pickle.slice(at)]);
      assertEquals(await load(stream), whole);
      await stream.cancel();
    }
  }
});

Deno.test("loadAll() reads until the end: of bytes, of a stream, of a reader, of a file", async () => {
  assertEquals(await Array.fromAsync(loadAll(ALL)), EXPECTED);
  assertEquals(await Array.fromAsync(loadAll(ReadableStream.from([ALL]))), EXPECTED);
  assertEquals(await Array.fromAsync(loadAll(new Source(ALL, 10))), EXPECTED);
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, ALL);
    using file = await Deno.open(path);
    assertEquals(await Array.fromAsync(loadAll(file)), EXPECTED);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("loadAllSync() reads until the end: of bytes, of a reader, of a file", () => {
  assertEquals([...loadAllSync(ALL)], EXPECTED);
  assertEquals([...loadAllSync(new Source(ALL, 10))], EXPECTED);
  const path = Deno.makeTempFileSync();
  try {
    Deno.writeFileSync(path, ALL);
    using file = Deno.openSync(path);
    const values = loadAllSync(file);
    assertEquals(values.next().value, EXPECTED[0]);
    assertEquals(loadSync(file), EXPECTED[1]);
    assertEquals([...values], EXPECTED.slice(2));
  } finally {
    Deno.removeSync(path);
  }
  assertEquals([...loadAllSync(new Uint8Array())], []);
  const broken = joined([dumps(1), dumps([1, 2]).slice(0, -1)]);
  for (const source of [broken, new Source(broken, 7)]) {
    const values = loadAllSync(source);
    assertEquals(values.next().value, 1);
    assertThrows(() => values.next(), UnpicklingError);
  }
});

Deno.test("loadAll() that is left early leaves the stream at the next pickle", async () => {
  const stream = ReadableStream.from([joined([dumps(1), dumps(2), dumps(3)])]);
  for await (const value of loadAll(stream)) {
    assertEquals(value, 1);
    break;
  }
  assertEquals([await load(stream), await load(stream)], [2, 3]);
  await stream.cancel();
});

Deno.test("load() leaves a file behind STOP, so that other bytes can follow", async () => {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path, { read: true, write: true });
    await dump([1, 2], file);
    dumpSync({ a: 1 }, file);
    await file.write(new TextEncoder().encode("rest"));
    await file.seek(0, Deno.SeekMode.Start);
    assertEquals(await load(file), [1, 2]);
    assertEquals(loadSync(file), { a: 1 });
    const rest = new Uint8Array(10);
    assertEquals(await file.read(rest), 4);
    assertEquals(new TextDecoder().decode(rest.subarray(0, 4)), "rest");
    await assertRejects(() => load(file), Deno.errors.UnexpectedEof);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("a source that ends within a pickle is a damaged pickle at every byte, not the end", async () => {
  for (const pickle of PICKLES) {
    for (let end = 1; end < Math.min(pickle.length, 60); end++) {
      const part = pickle.slice(0, end);
      await assertRejects(() => load(new Source(part, 5)), UnpicklingError);
      await assertRejects(() => load(ReadableStream.from([part])), UnpicklingError);
    }
  }
});

Deno.test("load() of a stream that claims an enormous length reads only what is there", async () => {
  const claims = Uint8Array.fromHex("800496ffffffffffffff1f6162");
  await assertRejects(() => load(new Source(claims, 3)), UnpicklingError, "truncated");
  const frame = Uint8Array.fromHex("800495ffffffffffffff7f4e2e");
  await assertRejects(() => load(ReadableStream.from([frame])), UnpicklingError, "truncated");
});

Deno.test("load() stops a stream at maxBytes", async () => {
  let given = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      given += 1000;
      controller.enqueue(new Uint8Array(1000).fill(0x4e));
    },
  });
  await assertRejects(() => load(endless, { maxBytes: 5000 }), UnpicklingError, "maxBytes 5000");
  assertEquals(given < 20_000, true);
  await endless.cancel();
});

Deno.test("load() rejects with the signal's reason, and the stream can be read on", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const controller = new AbortController();
  const reason = new TypeError("enough");
  const reading = load(readable, { signal: controller.signal });
  controller.abort(reason);
  const error = await assertRejects(() => reading, TypeError);
  assertStrictEquals(error, reason);
  await assertRejects(() => load(readable, { signal: controller.signal }), TypeError, "enough");

  const writing = dump("later", writable);
  assertEquals(await load(readable), "later");
  await writing;
  await writable.close();
});

Deno.test("load() gives up after its timeout, and leaves the stream free", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  await assertRejects(() => load(readable, { timeout: 1 }), Deno.errors.TimedOut, "1 ms");
  const writing = dump([1], writable);
  assertEquals(await load(readable, { timeout: 60_000 }), [1]);
  await writing;
  await writable.close();
});

Deno.test("dump() rejects with the signal's reason, and the stream has whole pickles in its queue", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const controller = new AbortController();
  const reason = new TypeError("enough");
  const writing = dump("queued", writable, { signal: controller.signal });
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => writing, TypeError), reason);
  const refused = dump("never", writable, { signal: controller.signal });
  assertStrictEquals(await assertRejects(() => refused, TypeError), reason);
  await assertRejects(() => dump("late", writable, { timeout: 1 }), Deno.errors.TimedOut, "1 ms");

  const last = dump("last", writable, { timeout: 60_000, signal: new AbortController().signal });
  assertEquals(await load(readable), "queued");
  assertEquals(await load(readable), "late");
  assertEquals(await load(readable), "last");
  await last;
  const closing = writable.close();
  await assertRejects(() => load(readable), Deno.errors.UnexpectedEof);
  await closing;
});

Deno.test("dump() to a stream that keeps no queue writes at once", async () => {
  const parts: Uint8Array[] = [];
  const sink = new WritableStream<Uint8Array>({ write: (part) => void parts.push(part) }, {
    highWaterMark: 0,
  });
  await dump([1], sink, { timeout: 60_000 });
  assertEquals(parts, [dumps([1])]);
});

Deno.test("dump() to a writer that takes parts stops after the part at hand", async () => {
  const controller = new AbortController();
  const taken: number[] = [];
  const gate = Promise.withResolvers<void>();
  const sink = {
    async write(bytes: Uint8Array): Promise<number> {
      taken.push(bytes.length);
      if (taken.length === 2) controller.abort(new TypeError("enough"));
      if (taken.length === 2) await gate.promise;
      return 1;
    },
  };
  const writing = dump("some text", sink, { signal: controller.signal });
  await assertRejects(() => writing, TypeError, "enough");
  gate.resolve();
  await gate.promise;
  await Promise.resolve();
  assertEquals(taken.length, 2);
});

Deno.test("dump() to a stream that has failed rejects with its error", async () => {
  const failed = new WritableStream<Uint8Array>({
    start: (controller) => controller.error(new TypeError("disk full")),
  });
  await assertRejects(() => dump(1, failed), TypeError, "disk full");
  await assertRejects(() => dump(1, failed, { timeout: 60_000 }), TypeError, "disk full");
});

Deno.test("a writer that takes nothing, or does not say how much, is an error and not asked for ever", async () => {
  for (
    const [given, type] of [[0, Deno.errors.WriteZero], [true, TypeError], [99, TypeError]] as const
  ) {
    const sink = {
      write: () => Promise.resolve(given as number),
      writeSync: () => given as number,
    };
    await assertRejects(() => dump([1], sink), type);
    assertThrows(() => dumpSync([1], sink), type);
    await assertRejects(() => marshal.dump([1], sink), type);
    assertThrows(() => marshal.dumpSync([1], sink), type);
    await assertRejects(() => dill.dump([1], sink), type);
  }
});

Deno.test("a timeout that is none is an error, one of years is not over at once, and an aborted dump writes nothing", async () => {
  const written: number[] = [];
  const sink = {
    write: (bytes: Uint8Array) => {
      written.push(bytes.length);
      return Promise.resolve(bytes.length);
    },
  };
  const source = () => new Blob([dumps([1])]).stream();
  for (const [timeout, type] of [[-1, RangeError], [NaN, RangeError], ["5", TypeError]] as const) {
    const options = { timeout: timeout as number };
    await assertRejects(() => load(source(), options), type, "timeout");
    await assertRejects(() => dump([1], sink, options), type, "timeout");
    await assertRejects(() => dill.dump([1], sink, options), type, "timeout");
    await assertRejects(() => dill.load(source(), { trust: true, ...options }), type, "timeout");
  }
  const signal = AbortSignal.abort();
  await assertRejects(() => dump([1], sink, { signal }), DOMException);
  await assertRejects(() => dill.dump([1], sink, { signal }), DOMException);
  assertEquals(written, []);
  const { readable, writable } = new TransformStream<Uint8Array>();
  const loaded = load(readable, { timeout: 2 ** 40 });
  // A timer of that many milliseconds would end after one: before this one.
  await assertRejects(() => load(new TransformStream().readable, { timeout: 5 }));
  await dump([1], writable);
  assertEquals(await loaded, [1]);
});

Deno.test("a Pickler and an Unpickler keep their memo over a stream", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const config = { a: 1 };
  const pickler = new Pickler();
  const unpickler = new Unpickler();
  const writing = (async () => {
    await pickler.dump(config, writable);
    await pickler.dump([config], writable);
    await writable.close();
  })();
  const first = await unpickler.load(readable);
  const [second] = await unpickler.load(readable) as unknown[];
  assertStrictEquals(first, second);
  await assertRejects(() => unpickler.load(readable), Deno.errors.UnexpectedEof);
  await writing;
});

Deno.test({
  name: "load() reads from a pipe without waiting for more than the pickle",
  permissions: { run: true, read: true, env: true },
  async fn() {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "await Deno.stdin.readable.pipeTo(Deno.stdout.writable)"],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    await dump(["through", "a", "pipe"], child.stdin);
    // The pipe stays open: only what belongs to the pickle may be waited for.
    assertEquals(await load(child.stdout), ["through", "a", "pipe"]);
    await dump(2, child.stdin);
    assertEquals(await load(child.stdout), 2);
    await child.stdin.close();
    await assertRejects(() => load(child.stdout), Deno.errors.UnexpectedEof);
    await child.status;
  },
});
