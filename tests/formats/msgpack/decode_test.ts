import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  decode,
  decodeMulti,
  encode,
  Ext,
  FormatError,
  MsgpackError,
  MsgpackIncompleteError,
  MsgpackLimitError,
  Timestamp,
} from "@ferry/std/formats/msgpack";
import { Random, seedFor } from "../../_support/random.ts";
import { randomBytes, randomValue } from "./generator.ts";

const hex = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.fromHex(text.replaceAll(" ", ""));

Deno.test("decode() gives back what encode() wrote, for random values", () => {
  const random = new Random(seedFor("round trip"));
  for (let i = 0; i < 1500; i++) {
    const value = randomValue(random);
    const bytes = encode(value);
    assertEquals(decode(bytes, { maps: "map" }), value);
    assertEquals(encode(decode(bytes, { maps: "map" })), bytes);
  }
});

Deno.test("decode() of a value cut at any byte says what is needed and what is there", () => {
  const random = new Random(seedFor("truncation"));
  for (let i = 0; i < 200; i++) {
    const bytes = encode(randomValue(random, 2));
    const cuts = bytes.length < 500 ? bytes.length : 500;
    for (let cut = 0; cut < cuts; cut++) {
      const error = assertThrows(
        () => decode(bytes.subarray(0, cut), { maps: "map" }),
        MsgpackIncompleteError,
        "bytes needed",
      );
      assert(error.needed > error.received);
      assertEquals(error.byteOffset + error.received, cut);
      assert(error.byteOffset + error.needed <= bytes.length);
    }
  }
});

Deno.test("decode() ends with a value or a MsgpackError on any bytes", () => {
  const random = new Random(seedFor("noise"));
  let accepted = 0;
  for (let i = 0; i < 20_000; i++) {
    const bytes = randomBytes(random, 1 + random.below(40));
    try {
      decode(bytes, { maps: random.pick(["object", "map", "auto"]) });
      accepted++;
    } catch (error) {
      assertInstanceOf(error, MsgpackError);
      assert(error.byteOffset <= bytes.length);
    }
  }
  assert(accepted > 0);
});

Deno.test("decode() reads all widths of integers, minimal or not", () => {
  assertEquals(
    decode(hex("98 cc05 cd0005 ce00000005 cf0000000000000005 d0fb d1fffb d2fffffffb e0")),
    [
      5,
      5,
      5,
      5,
      -5,
      -5,
      -5,
      -32,
    ],
  );
  assertEquals(decode(hex("d3ffffffffffffffff")), -1);
  assertEquals(decode(hex("d3ffdfffffffffffff")), -9007199254740993n);
  assertEquals(decode(hex("d3ffe0000000000000")), -9007199254740992n);
  assertEquals(decode(hex("d3ffe0000000000001")), -9007199254740991);
  assertEquals(decode(hex("cf001fffffffffffff")), 9007199254740991);
  assertEquals(decode(hex("cf0020000000000000")), 9007199254740992n);
});

Deno.test("decode() makes bigints as the policy says", () => {
  const bytes = hex("95 01 ff cd0100 cfffffffffffffffff d38000000000000000");
  assertEquals(decode(bytes), [1, -1, 256, 18446744073709551615n, -9223372036854775808n]);
  assertEquals(
    decode(bytes, { bigint: "always" }),
    [1n, -1n, 256n, 18446744073709551615n, -9223372036854775808n],
  );
  assertEquals(decode(bytes, { bigint: "number" }), [1, -1, 256, 2 ** 64, -(2 ** 63)]);
  assertEquals(decode(hex("cb3ff0000000000000"), { bigint: "always" }), 1);
});

Deno.test("decode() reads floats, in short messages and long ones", () => {
  for (const padding of [0, 300]) {
    const tail = encode("x".repeat(padding));
    const bytes = new Uint8Array([...hex("93 ca3fc00000 cb3fb999999999999a"), ...tail]);
    assertEquals(decode(bytes), [1.5, 0.1, "x".repeat(padding)]);
  }
});

Deno.test("decode() reads strings of every length in every place of its text window", () => {
  const texts: string[] = [];
  for (let length = 0; length < 700; length++) {
    texts.push(String.fromCharCode(97 + length % 26).repeat(length));
  }
  texts.push("é".repeat(10), "", "🍺", "a".repeat(3000), "\ufeffbom", "\ufffd", "\u0000\u007f");
  assertEquals(decode(encode(texts)), texts);
  for (const text of texts) assertEquals(decode(encode(text)), text);
});

Deno.test("decode() refuses text that is not UTF-8 unless fatal is false", () => {
  for (const bad of ["a1ff", "a2c080", "a3eda080", "a4f4908080", "a3e282ff", "a1c3", "81a1ff01"]) {
    const error = assertThrows(() => decode(hex(bad)), MsgpackError, "not UTF-8");
    assertEquals(error.byteOffset, bad.startsWith("81") ? 2 : 1);
  }
  assertEquals(decode(hex("a461ff62c3"), { fatal: false }), "a\ufffdb\ufffd");
  assertEquals(decode(hex("d90361efbfbd").subarray(0, 6).with(1, 4)), "a\ufffd");
});

Deno.test("decode() stays strict about a key that it has read leniently before", () => {
  const bytes = hex("81 a3626bff 01");
  assertEquals(decode(bytes, { fatal: false }), { "bk\ufffd": 1 });
  assertThrows(() => decode(bytes), MsgpackError, "not UTF-8");
  assertEquals(decode(bytes, { fatal: false }), { "bk\ufffd": 1 });
});

Deno.test("decode() makes maps what the option says", () => {
  const strings = encode({ a: 1, b: 2 });
  const mixed = encode(new Map<unknown, unknown>([["a", 1], [2, 3], [[4], 5]]));
  assertEquals(decode(strings, { maps: "auto" }), { a: 1, b: 2 });
  assertEquals(decode(strings, { maps: "map" }), new Map([["a", 1], ["b", 2]]));
  assertEquals(
    decode(mixed, { maps: "auto" }),
    new Map<unknown, unknown>([["a", 1], [2, 3], [[4], 5]]),
  );
  const error = assertThrows(() => decode(mixed), MsgpackError, "a key that is no string");
  assertEquals(error.byteOffset, 4);
  assertThrows(() => decode(hex("81c40161 01")), MsgpackError, "a key that is no string");
});

Deno.test("decode() reads string keys of every header and length", () => {
  for (const header of ["a161", "d90161", "da000161", "db0000000161"]) {
    assertEquals(decode(hex(`81${header}05`)), { a: 5 });
  }
  for (let length = 0; length < 300; length++) {
    const object = { ["k".repeat(length)]: length, ["é".repeat(length)]: 1 };
    assertEquals(decode(encode(object)), object);
  }
});

Deno.test("decode() tells keys apart that its cache puts into one place", () => {
  const objects = Array.from({ length: 20_000 }, (_, i) => ({ [`a${i * 7919 % 100_003}b`]: i }));
  const bytes = encode(objects);
  assertEquals(decode(bytes), objects);
  assertEquals(decode(bytes), objects);
});

Deno.test("decode() makes __proto__ an own property in all modes and pollutes nothing", () => {
  const bytes = hex("82 a95f5f70726f746f5f5f 81a1780a a161 01");
  for (const maps of ["object", "auto"] as const) {
    for (let round = 0; round < 3; round++) {
      const value = decode(bytes, { maps }) as Record<string, unknown>;
      assertEquals(Object.keys(value), ["__proto__", "a"]);
      assertEquals(Object.getOwnPropertyDescriptor(value, "__proto__")!.value, { x: 10 });
      assertStrictEquals(Object.getPrototypeOf(value), Object.prototype);
      assertEquals(({} as { x?: number }).x, undefined);
    }
  }
  assertEquals(
    (decode(bytes, { maps: "map" }) as Map<string, unknown>).get("__proto__"),
    new Map([["x", 10]]),
  );
});

Deno.test("decode() takes the last of equal keys", () => {
  assertEquals(decode(hex("82 a161 01 a161 02")), { a: 2 });
  assertEquals(decode(hex("82 01 01 01 02"), { maps: "map" }), new Map([[1, 2]]));
});

Deno.test("decode() calls objectHook with each map, innermost first", () => {
  const seen: unknown[] = [];
  const value = decode(encode({ a: { b: 1 }, c: [{}] }), {
    objectHook(object) {
      seen.push(structuredClone(object));
      return { ...object, hooked: true };
    },
  });
  assertEquals(seen.length, 3);
  assertEquals(seen[0], { b: 1 });
  assertEquals(value, { a: { b: 1, hooked: true }, c: [{ hooked: true }], hooked: true });
  class Point {
    x: number;
    constructor(x = 0) {
      this.x = x;
    }
  }
  assertEquals(
    decode(encode([new Map([["x", 3]])]), {
      maps: "map",
      objectHook: (map) => new Point((map as Map<string, number>).get("x")),
    }),
    [new Point(3)],
  );
});

Deno.test("decode() works inside its own hooks and after a hook threw", () => {
  const inner = encode({ deep: [1, 2] });
  const outer = encode({ inner, after: "text that is longer" });
  const value = decode(outer, {
    objectHook: (object) => ({ ...object, inner: decode((object as { inner: Uint8Array }).inner) }),
  });
  assertEquals(value, { inner: { deep: [1, 2] }, after: "text that is longer" });
  const failure = new RangeError("mine");
  const thrown = assertThrows(() =>
    decode(outer, {
      objectHook: () => {
        throw failure;
      },
    })
  );
  assertStrictEquals(thrown, failure);
  assertEquals(decode(inner), { deep: [1, 2] });
});

Deno.test("decode() copies binary values, or lends views", () => {
  const input = encode({ data: Uint8Array.of(1, 2), ext: new Ext(1, Uint8Array.of(3)) });
  const copy = decode(input) as { data: Uint8Array; ext: Ext };
  const view = decode(input, { binary: "view" }) as { data: Uint8Array; ext: Ext };
  assertStrictEquals(view.data.buffer, input.buffer);
  assertStrictEquals(view.ext.data.buffer, input.buffer);
  input.fill(0);
  assertEquals([...copy.data, ...copy.ext.data], [1, 2, 3]);
  assertEquals([...view.data, ...view.ext.data], [0, 0, 0]);
});

Deno.test("decode() reads parts of buffers, ArrayBuffers, shared memory and Buffers", () => {
  const bytes = encode({ key: "some text in it", more: ["é".repeat(20), 0.5] });
  const expected = decode(bytes);
  const padded = new Uint8Array(bytes.length + 7).fill(0xc1);
  padded.set(bytes, 3);
  assertEquals(decode(padded.subarray(3, 3 + bytes.length)), expected);
  assertEquals(decode(bytes.buffer), expected);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  assertEquals(decode(shared), expected);
  class Sub extends Uint8Array {}
  assertEquals(decode(Sub.from(encode(Uint8Array.of(1)))), Uint8Array.of(1));
  assertThrows(() => decode("text" as unknown as Uint8Array), TypeError, "a Uint8Array");
});

Deno.test("decode() refuses bytes after the value, and decodeMulti() reads them", () => {
  const error = assertThrows(() => decode(hex("0102")), MsgpackError, "1 bytes follow");
  assertEquals(error.byteOffset, 1);
  assertEquals([...decodeMulti(hex("01 a161 c0"))], [1, "a", null]);
  assertEquals([...decodeMulti(new Uint8Array(0))], []);
  const values = decodeMulti(hex("01 92 05"));
  assertEquals(values.next().value, 1);
  assertThrows(() => values.next(), MsgpackIncompleteError);
  assertThrows(() => decodeMulti("" as unknown as Uint8Array), TypeError);
});

Deno.test("decode() names the byte that no format has", () => {
  const error = assertThrows(() => decode(hex("9201c1")), MsgpackError, "starts with 0xc1");
  assertEquals(error.byteOffset, 2);
  assertEquals(error.offset, 2);
  assertEquals(error.format, "msgpack");
  assertInstanceOf(error, FormatError);
  assertInstanceOf(error, SyntaxError);
});

Deno.test("decode() reads the three timestamps to the nanosecond", () => {
  const times: [string, Timestamp][] = [
    ["d6ff 5a4af6a5", new Timestamp(1514862245)],
    ["d6ff ffffffff", new Timestamp(2 ** 32 - 1)],
    ["d7ff ee6b27fc 00000000", new Timestamp(0, 999_999_999)],
    ["d7ff 00000007 ffffffff", new Timestamp(2 ** 34 - 1, 1)],
    ["c70cff 00000001 0000000400000000", new Timestamp(2 ** 34, 1)],
    ["c70cff 3b9ac9ff ffffffffffffffff", new Timestamp(-1, 999_999_999)],
    ["c70cff 00000000 7fffffffffffffff", new Timestamp(2n ** 63n - 1n)],
    ["c70cff 00000000 8000000000000000", new Timestamp(-(2n ** 63n))],
  ];
  for (const [text, time] of times) {
    assertEquals(decode(hex(text)), time);
    assertEquals(encode(time), hex(text));
  }
});

Deno.test("decode() makes timestamps what the option says, and refuses what does not fit", () => {
  const bytes = encode(new Timestamp(1, 234_567_890));
  assertEquals(decode(bytes, { timestamps: "date" }), new Date(1234));
  assertEquals(
    decode(bytes, { timestamps: "instant" }),
    Temporal.Instant.fromEpochNanoseconds(1_234_567_890n),
  );
  const far = encode(new Timestamp(2n ** 60n));
  assertThrows(
    () => decode(far, { timestamps: "date" }),
    MsgpackError,
    "Cannot decode a timestamp",
  );
  assertThrows(
    () => decode(far, { timestamps: "instant" }),
    MsgpackError,
    "Cannot decode a timestamp",
  );
  assertThrows(() => decode(hex("d4ff00")), MsgpackError, "4, 8 or 12 bytes");
  assertThrows(() => decode(hex("d7ff ffffffff 00000000")), MsgpackError, "nanoseconds");
});

Deno.test("Timestamp checks its range and converts both ways", () => {
  assertEquals(new Timestamp(5n).seconds, 5);
  assertEquals(new Timestamp(2n ** 62n).seconds, 2n ** 62n);
  for (const seconds of [2n ** 63n, -(2n ** 63n) - 1n, 1.5, NaN, 2 ** 53]) {
    assertThrows(() => new Timestamp(seconds), RangeError, "Cannot create a Timestamp");
  }
  for (const nanoseconds of [-1, 1e9, 0.5]) {
    assertThrows(() => new Timestamp(0, nanoseconds), RangeError, "0 to 999999999");
  }
  for (const nanos of [0n, 1n, -1n, 10n ** 18n + 7n, -(10n ** 18n) - 7n]) {
    const time = Timestamp.fromEpochNanoseconds(nanos);
    assertEquals(time.epochNanoseconds, nanos);
    assertEquals(Timestamp.fromInstant(time.toInstant()), time);
  }
  for (const milliseconds of [0, 1, -1, -1001, 1e12]) {
    const date = new Date(milliseconds);
    assertEquals(Timestamp.fromDate(date).toDate(), date);
  }
  assertThrows(() => new Timestamp(2n ** 60n).toDate(), RangeError, "out of its range");
  assertThrows(() => Timestamp.fromDate(new Date(NaN)), RangeError, "invalid");
});

Deno.test("decode() refuses a million levels of nesting with a typed error, at any maxDepth", () => {
  for (const opener of [[0x91], [0x81, 0xa1, 0x61], [0xdd, 0, 0, 0, 1], [0x81, 0x91]]) {
    const bytes = new Uint8Array(1_000_000 * opener.length + 1);
    for (let i = 0; i < bytes.length - 1; i++) bytes[i] = opener[i % opener.length]!;
    bytes[bytes.length - 1] = 0xc0;
    for (const maxDepth of [1024, 1e7, Infinity]) {
      const error = assertThrows(
        () => decode(bytes, { maxDepth, maps: "map" }),
        MsgpackLimitError,
        "maxDepth",
      );
      assertEquals(error.limit, "maxDepth");
    }
  }
});

Deno.test("decode() counts nesting to maxDepth exactly, empty containers too", () => {
  const nested = (depth: number): Uint8Array =>
    new Uint8Array(depth).fill(0x91).with(depth - 1, 0x90);
  assertEquals(decode(nested(1024)) !== undefined, true);
  const error = assertThrows(() => decode(nested(1025)), MsgpackLimitError, "maxDepth is 1024");
  assertEquals(error.maximum, 1024);
  assertEquals(decode(hex("81a16190"), { maxDepth: 2 }), { a: [] });
  assertThrows(() => decode(hex("81a16190"), { maxDepth: 1 }), MsgpackLimitError);
});

Deno.test("decode() refuses lengths that the input cannot hold before it takes memory", () => {
  for (const header of ["ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff01"]) {
    const limit = assertThrows(() => decode(hex(header)), MsgpackLimitError, "maxLength");
    assertEquals(limit.limit, "maxLength");
    assertThrows(() => decode(hex(header), { maxLength: Infinity }), MsgpackIncompleteError);
  }
  for (const header of ["dd07ffffff", "df07ffffff", "db07ffffff", "c607ffffff", "c907ffffff01"]) {
    const error = assertThrows(() => decode(hex(header)), MsgpackIncompleteError);
    assertEquals(error.received, 0);
    assert(error.needed >= 0x07ffffff);
  }
});

Deno.test("decode() takes no more memory ahead than the input has bytes, however arrays nest", () => {
  // A hundred thousand arrays, each in the one before, that each claim 65535 elements.
  const bytes = new Uint8Array(500_000);
  for (let i = 0; i < bytes.length; i += 5) bytes.set([0xdd, 0, 0, 0xff, 0xff], i);
  const error = assertThrows(() => decode(bytes), MsgpackIncompleteError);
  // Eight of them claim more than there is.
  assertEquals(error.byteOffset, 8 * 5);
  assert(error.needed > error.received);
});

Deno.test("decode() holds maxLength for every kind of value and maxBytes for the input", () => {
  for (
    const value of [
      "abc",
      [1, 2, 3],
      { a: 1, b: 2, c: 3 },
      new Uint8Array(3),
      new Ext(1, new Uint8Array(3)),
    ]
  ) {
    const bytes = encode(value);
    assertEquals(decode(bytes, { maxLength: 3 }), value);
    assertThrows(() => decode(bytes, { maxLength: 2 }), MsgpackLimitError, "maxLength is 2");
    assertEquals(decode(bytes, { maxBytes: bytes.length }), value);
    const error = assertThrows(
      () => decode(bytes, { maxBytes: bytes.length - 1 }),
      MsgpackLimitError,
      "maxBytes",
    );
    assertEquals(error.limit, "maxBytes");
  }
});

Deno.test("decode(): the type of the value can be given", () => {
  const port: number = decode<{ port: number }>(encode({ port: 80 })).port;
  assertEquals(port, 80);
});
