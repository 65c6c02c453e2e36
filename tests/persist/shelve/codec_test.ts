import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { msgpack } from "@ferry/std/formats";
import { Registry } from "@ferry/std/persist/pickle";
import {
  type Codec,
  open,
  openSync,
  pickleCodec,
  ShelfFormatError,
} from "@ferry/std/persist/shelve";

const PLAIN = { list: [1, -2.5, "three", null, true], nested: { deep: ["ü", ""] } };

for (const name of ["pickle", "v8", "json", "msgpack"] as const) {
  Deno.test(`codec "${name}": plain values come back, from both kinds of shelves`, async () => {
    await using shelf = await open<unknown>(":memory:", { codec: name });
    await shelf.set("a", PLAIN);
    assertEquals(await shelf.get("a"), PLAIN);
    using sync = openSync<unknown>(":memory:", { codec: name });
    sync.set("a", PLAIN);
    assertEquals(sync.get("a"), PLAIN);
    await assertRejects(() => shelf.set("f", () => 1));
  });
}

Deno.test('codec "v8" keeps what structuredClone keeps', async () => {
  await using shelf = await open<unknown>(":memory:", { codec: "v8" });
  const value = { map: new Map([[{}, 1]]), set: new Set([1n]), when: new Date(5), sparse: [, 1] };
  await shelf.set("a", value);
  assertEquals(await shelf.get("a"), value);
  await shelf.set("u", undefined);
  assertEquals([await shelf.get("u"), await shelf.has("u")], [undefined, true]);
});

Deno.test('codec "json" refuses what has no JSON', async () => {
  await using shelf = await open<unknown>(":memory:", { codec: "json" });
  await assertRejects(() => shelf.set("a", undefined), TypeError, "undefined");
  await assertRejects(() => shelf.set("a", 1n), TypeError);
});

Deno.test("the namespace formats.msgpack is a codec", async () => {
  await using shelf = await open<unknown>(":memory:", { codec: msgpack });
  const value = { bytes: new Uint8Array([1]), id: 2n ** 60n, nested: [{ "": null }] };
  await shelf.set("a", value);
  assertEquals(await shelf.get("a"), value);
});

Deno.test("pickleCodec() keeps classes that are registered", async () => {
  class Point {
    x = 0;
  }
  const registry = new Registry().register("shapes", "Point", { type: Point });
  await using shelf = await open<Point>(":memory:", { codec: pickleCodec({ registry }) });
  await shelf.set("p", Object.assign(new Point(), { x: 5 }));
  const back = (await shelf.get("p"))!;
  assertEquals([back instanceof Point, back.x], [true, 5]);
});

/** Encrypts values: 12 random bytes, then AES-GCM. */
function encrypted<V>(key: CryptoKey, inner: Codec<V>): Codec<V> {
  return {
    async encode(value) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const plain = new Uint8Array(await inner.encode(value));
      const secret = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain);
      const bytes = new Uint8Array(12 + secret.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(secret), 12);
      return bytes;
    },
    async decode(bytes) {
      const algorithm = { name: "AES-GCM", iv: bytes.subarray(0, 12) };
      return inner.decode(
        new Uint8Array(await crypto.subtle.decrypt(algorithm, key, bytes.subarray(12))),
      );
    },
  };
}

Deno.test("a codec may wait, and its errors name the key", async () => {
  const make = () =>
    crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const codec = encrypted(await make(), pickleCodec<unknown>());
  await using shelf = await open<unknown>(":memory:", { codec });
  await shelf.update({ a: PLAIN, b: 2 });
  assertEquals(await Array.fromAsync(shelf), [["a", PLAIN], ["b", 2]]);
  await shelf.transaction(async (tx) => tx.set("b", (await tx.get("b") as number) + 1));
  assertEquals([await shelf.pop("b"), await shelf.setDefault("c", 1)], [3, 1]);
  const wrong = encrypted(await make(), pickleCodec<unknown>());
  await using other = await open<unknown>(":memory:", { codec: wrong });
  const lines = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>();
  const [count] = await Promise.all([
    shelf.exportTo(lines.writable),
    other.importFrom(lines.readable),
  ]);
  assertEquals(count, 2);
  assertEquals((await assertRejects(() => other.get("a"), ShelfFormatError)).key, "a");
});

Deno.test("a codec that gives no bytes is refused", async () => {
  const codec = { encode: () => "text" as unknown as Uint8Array, decode: () => 1 };
  await using shelf = await open<unknown>(":memory:", { codec });
  await assertRejects(() => shelf.set("a", 1), TypeError, "no Uint8Array");
});

Deno.test("pickleCodec() takes options of writing and of reading together", async () => {
  const codec = pickleCodec({ protocol: 2, mode: "plain", maxWork: 1000 });
  const bytes = await codec.encode([1.5, 2]);
  assertEquals(bytes[1], 2);
  assertEquals(await codec.decode(new Uint8Array(bytes)), [1.5, 2]);
  assertThrows(() => pickleCodec({ protokol: 2 } as object), TypeError, '"protokol"');
});
