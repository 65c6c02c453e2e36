import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  dump,
  dumps,
  dumpSync,
  load,
  loads,
  loadSync,
  UnmarshallingError,
} from "@ferry/std/persist/marshal";
import { Complex, tuple } from "@ferry/std/persist/types";
import { Random, seedFor } from "../../_support/random.ts";
import { randomLiteral } from "../../_support/random_literals.ts";

/** Values that between them have every type of head. */
const values: unknown[] = [
  null,
  [1, [2.5, "text", "täxt", "x".repeat(300)], { a: { b: tuple() } }, []],
  tuple(2n ** 100n, new Complex(1.5, -2), new Uint8Array(5)),
  new Map<unknown, unknown>([[1, new Map()], ["k", new Set([1, tuple(2)])]]),
  "end",
];

function chunked(bytes: Uint8Array<ArrayBuffer>, size: number): ReadableStream<Uint8Array> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return controller.close();
      controller.enqueue(bytes.slice(at, at += size));
    },
  });
}

/** A reader that may be asked for no byte behind what it is allowed. */
function guarded(bytes: Uint8Array, allowed: () => number) {
  let at = 0;
  const readSync = (into: Uint8Array) => {
    if (at + into.length > allowed()) throw new RangeError("asked for a byte behind the value");
    const part = bytes.subarray(at, at + into.length);
    into.set(part);
    at += part.length;
    return part.length === 0 ? null : part.length;
  };
  return {
    readSync,
    read: (into: Uint8Array) => Promise.resolve(readSync(into)),
    at: () => at,
  };
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

Deno.test("marshal.load never asks for a byte behind the value, in all versions", async () => {
  const random = new Random(seedFor("marshal extents"));
  for (let i = 0; i < 1500; i++) {
    const { value } = randomLiteral(random, 4);
    const version = i % 6;
    const bytes = dumps(value, { version });
    const twice = concat([bytes, bytes]);
    const reader = guarded(twice, () => bytes.length);
    assertEquals(dumps(loadSync(reader, { mode: "exact" }), { version }).toHex(), bytes.toHex());
    assertEquals(reader.at(), bytes.length);
    const again = guarded(twice, () => bytes.length);
    assertEquals(dumps(await load(again, { mode: "exact" }), { version }).toHex(), bytes.toHex());
  }
});

Deno.test("marshal.load reads value after value of a stream cut anywhere, then UnexpectedEof", async () => {
  for (const version of [0, 2, 4]) {
    const parts = values.map((value) => dumps(value, { version }));
    const all = concat(parts);
    for (const size of [1, 2, 3, 7, 64, all.length]) {
      const stream = chunked(all, size);
      for (const part of parts) {
        assertEquals(
          dumps(await load(stream, { mode: "exact" }), { version }).toHex(),
          part.toHex(),
        );
      }
      await assertRejects(() => load(stream), Deno.errors.UnexpectedEof);
    }
  }
});

Deno.test("marshal.load and dump go through a file, both ways, one value after another", async () => {
  const path = await Deno.makeTempFile();
  try {
    using file = await Deno.open(path, { read: true, write: true });
    for (const [i, value] of values.entries()) {
      if (i % 2 === 0) await dump(value, file);
      else dumpSync(value, file);
    }
    await file.seek(0, Deno.SeekMode.Start);
    for (const [i, value] of values.entries()) {
      const got = i % 2 === 0
        ? loadSync(file, { mode: "exact" })
        : await load(file, { mode: "exact" });
      assertEquals(dumps(got).toHex(), dumps(value).toHex());
    }
    await assertRejects(() => load(file), Deno.errors.UnexpectedEof);
    assertThrows(() => loadSync(file), Deno.errors.UnexpectedEof);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("marshal.dump leaves a stream open and unlocked", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writing = (async () => {
    for (const value of values) await dump(value, writable);
    await writable.close();
  })();
  for (const value of values) {
    assertEquals(dumps(await load(readable)).toHex(), dumps(value).toHex());
  }
  await writing;
  await assertRejects(() => load(readable), Deno.errors.UnexpectedEof);
});

Deno.test("marshal.load of a truncated stream is an error that says where, at every byte", async () => {
  const bytes = dumps(values);
  for (let size = 1; size < bytes.length; size++) {
    const error = await assertRejects(
      () => load(chunked(bytes.slice(0, size), 50)),
      UnmarshallingError,
    );
    assertEquals(error.position >= 0 && error.position <= size, true);
    assertThrows(() => loads(bytes.subarray(0, size)), UnmarshallingError);
  }
});

Deno.test("marshal.load believes a length only as far as bytes come, and stops at maxBytes", async () => {
  let asked = 0;
  const liar = (head: string) => {
    const bytes = Uint8Array.fromHex(head);
    let at = 0;
    return {
      readSync(into: Uint8Array): number | null {
        asked = Math.max(asked, into.length);
        if (at >= bytes.length) return null;
        into.set(bytes.subarray(at, at + into.length));
        const got = Math.min(into.length, bytes.length - at);
        at += got;
        return got;
      },
    };
  };
  for (const head of ["73ffffff7f41", "5bffffff7f4e", "6cffffff3f01"]) {
    assertThrows(() => loadSync(liar(head)), UnmarshallingError);
  }
  assertEquals(asked <= 1 << 20, true);
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(1000).fill(0x5b)),
  });
  await assertRejects(() => load(endless, { maxBytes: 5000 }), UnmarshallingError);
  await endless.cancel();
});
