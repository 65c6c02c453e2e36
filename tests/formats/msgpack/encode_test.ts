import { assertEquals, assertThrows } from "@std/assert";
import { decode, encode, Ext, Timestamp } from "@ferry/std/formats/msgpack";

const hex = (value: unknown, options?: Parameters<typeof encode>[1]): string =>
  encode(value, options).toHex();

Deno.test("encode() takes the shortest form of an integer at each border", () => {
  const borders: [number | bigint, string][] = [
    [0, "00"],
    [127, "7f"],
    [128, "cc80"],
    [255, "ccff"],
    [256, "cd0100"],
    [65535, "cdffff"],
    [65536, "ce00010000"],
    [2147483648, "ce80000000"],
    [4294967295, "ceffffffff"],
    [4294967296, "cf0000000100000000"],
    [Number.MAX_SAFE_INTEGER, "cf001fffffffffffff"],
    [2n ** 64n - 1n, "cfffffffffffffffff"],
    [-1, "ff"],
    [-32, "e0"],
    [-33, "d0df"],
    [-128, "d080"],
    [-129, "d1ff7f"],
    [-32768, "d18000"],
    [-32769, "d2ffff7fff"],
    [-2147483648, "d280000000"],
    [-2147483649, "d3ffffffff7fffffff"],
    [Number.MIN_SAFE_INTEGER, "d3ffe0000000000001"],
    [-(2n ** 63n), "d38000000000000000"],
  ];
  for (const [value, expected] of borders) {
    assertEquals(hex(value), expected, String(value));
    assertEquals(hex(BigInt(value)), expected, `${value}n`);
    assertEquals(decode(encode(value)), value);
  }
});

Deno.test("encode() writes integers beyond 2 ** 53 given as numbers as floats, exactly", () => {
  for (const value of [2 ** 53, 2 ** 63, -(2 ** 64), 1e300]) {
    assertEquals(encode(value)[0], 0xcb);
    assertEquals(decode(encode(value)), value);
  }
});

Deno.test("encode() keeps -0, NaN and the infinities", () => {
  for (const value of [-0, NaN, Infinity, -Infinity]) {
    assertEquals(Object.is(decode(encode(value)), value), true, String(value));
  }
});

Deno.test("encode() with float32 writes four bytes always, or only without loss", () => {
  assertEquals(hex(0.5, { float32: "exact" }), "ca3f000000");
  assertEquals(hex(0.1, { float32: "exact" }), "cb3fb999999999999a");
  assertEquals(hex(NaN, { float32: "exact" }), "ca7fc00000");
  assertEquals(hex(0.1, { float32: true }), "ca3dcccccd");
  assertEquals(hex(7, { float32: true }), "07");
});

Deno.test("encode() refuses a bigint beyond 64 bits, and asks default first", () => {
  assertThrows(() => encode(2n ** 64n), RangeError, "outside int64 and uint64");
  assertThrows(() => encode(-(2n ** 63n) - 1n), RangeError, "outside int64 and uint64");
  assertEquals(decode(encode([2n ** 64n], { default: String })), ["18446744073709551616"]);
});

Deno.test("encode() counts strings in bytes at each border of the header, whatever the script", () => {
  for (const letter of ["a", "é", "中", "🍺"]) {
    for (const count of [0, 1, 7, 8, 15, 16, 31, 32, 63, 64, 65, 127, 128, 255, 256, 4096, 65536]) {
      const text = letter.repeat(count);
      const size = new TextEncoder().encode(text).length;
      const bytes = encode(text);
      const header = size < 32 ? 1 : size < 256 ? 2 : size < 65536 ? 3 : 5;
      assertEquals(bytes.length, header + size, `${letter} x ${count}`);
      assertEquals(new TextDecoder().decode(bytes.subarray(header)), text);
      assertEquals(decode(bytes), text);
    }
  }
});

Deno.test("encode() moves a short string when letters late in it need a longer header", () => {
  for (let ascii = 0; ascii < 64; ascii++) {
    const text = "a".repeat(ascii) + "é中🍺" + "z".repeat(Math.max(0, 28 - ascii));
    assertEquals(decode(encode(text)), text);
    assertEquals(decode(encode({ [text]: text })), { [text]: text });
  }
});

Deno.test("encode() refuses lone surrogates unless fatal is false", () => {
  for (const text of ["\ud800", "a\udc00b", "\ud800".repeat(100), "x".repeat(100) + "\udfff"]) {
    assertThrows(() => encode(text), TypeError, "lone surrogate at index");
    assertEquals(
      decode(encode(text, { fatal: false })),
      text.replaceAll(/[\ud800-\udfff]/g, "\ufffd"),
    );
  }
});

Deno.test("encode() stays strict about a key that it has written leniently before", () => {
  const value = { "lone\ud800": 1 };
  assertEquals(decode(encode(value, { fatal: false })), { "lone\ufffd": 1 });
  assertThrows(() => encode(value), TypeError, "lone surrogate at index 4");
});

Deno.test("encode() writes objects of any number of entries with the header they need", () => {
  for (const count of [0, 1, 14, 15, 16, 17, 1000, 65535, 65536]) {
    const object = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
    const bytes = encode(object);
    assertEquals(bytes[0], count < 16 ? 0x80 + count : count < 65536 ? 0xde : 0xdf);
    assertEquals(decode(bytes), object);
    assertEquals(encode(object, { sortKeys: true }).length, bytes.length);
    assertEquals(encode(new Map(Object.entries(object))), bytes);
  }
});

Deno.test("encode() writes nested objects of more than 15 entries once each", () => {
  let reads = 0;
  let value: unknown = 0;
  for (let depth = 0; depth < 30; depth++) {
    const inner = value;
    value = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`k${i}`, i]));
    Object.defineProperty(value, "k3", {
      enumerable: true,
      get() {
        reads++;
        return inner;
      },
    });
  }
  encode(value);
  assertEquals(reads, 30);
});

Deno.test("encode() writes own enumerable string keys only", () => {
  const object = Object.create(null, { hidden: { value: 1 } });
  object.own = 1;
  object[Symbol("s")] = 2;
  assertEquals(decode(encode(object)), { own: 1 });
});

Deno.test("encode() leaves out what somebody put on Object.prototype", () => {
  const prototype = Object.prototype as Record<string, unknown>;
  prototype.intruder = 1;
  try {
    assertEquals(hex({ a: 1 }), "81a16101");
  } finally {
    delete prototype.intruder;
  }
});

Deno.test("encode() keeps __proto__ and constructor as keys", () => {
  const value = JSON.parse('{"__proto__": 1, "constructor": 2}');
  const back = decode(encode(value)) as object;
  assertEquals(Object.keys(back), ["__proto__", "constructor"]);
  assertEquals(Object.getPrototypeOf(back), Object.prototype);
});

Deno.test("encode() with sortKeys gives equal bytes for equal objects and maps", () => {
  const a = { b: 1, a: { d: 2, c: 3 } };
  const b = { a: { c: 3, d: 2 }, b: 1 };
  assertEquals(hex(a, { sortKeys: true }), hex(b, { sortKeys: true }));
  assertEquals(
    hex(new Map([["b", 1], ["a", 2]]), { sortKeys: true }),
    hex({ a: 2, b: 1 }),
  );
  assertEquals(
    hex(new Map<unknown, number>([[2, 1], ["a", 2]]), { sortKeys: true }),
    "820201a16102",
  );
});

Deno.test("encode() treats undefined as the policy says", () => {
  const value = { a: undefined, b: [undefined] };
  assertEquals(decode(encode(value)), { a: null, b: [null] });
  assertEquals(decode(encode(value, { undefined: "omit" })), { b: [null] });
  assertEquals(
    decode(encode({ c: undefined, a: 1 }, { undefined: "omit", sortKeys: true })),
    { a: 1 },
  );
  assertThrows(() => encode(value, { undefined: "error" }), TypeError, "Cannot encode undefined");
  assertEquals(decode(encode(value, { undefined: "error", default: () => 0 })), { a: 0, b: [0] });
});

Deno.test("encode() writes all kinds of bytes as bin", () => {
  const bytes = Uint8Array.of(1, 2, 3);
  const shared = new Uint8Array(new SharedArrayBuffer(3));
  shared.set(bytes);
  const kinds = [
    bytes,
    bytes.buffer,
    Uint8ClampedArray.of(1, 2, 3),
    new DataView(Uint8Array.of(9, 1, 2, 3, 9).buffer, 1, 3),
    shared,
    shared.buffer,
  ];
  for (const kind of kinds) assertEquals(hex(kind), "c403010203");
  for (const size of [255, 256, 65535, 65536, 200_000]) {
    const data = new Uint8Array(size).fill(7);
    assertEquals(decode(encode([data, 1])), [data, 1]);
  }
});

Deno.test("encode() writes other typed arrays as arrays of numbers, or as their bytes", () => {
  assertEquals(decode(encode(Float64Array.of(0.5, 2))), [0.5, 2]);
  assertEquals(decode(encode(BigInt64Array.of(-1n, 2n ** 62n))), [-1, 2n ** 62n]);
  assertEquals(
    decode(encode(Int16Array.of(1, 256), { typedArrays: "binary" })),
    new Uint8Array(Int16Array.of(1, 256).buffer),
  );
});

Deno.test("encode() writes dates and instants as timestamps", () => {
  assertEquals(decode(encode(new Date(1500))), new Timestamp(1, 500_000_000));
  assertEquals(decode(encode(new Date(-1))), new Timestamp(-1, 999_000_000));
  const instant = Temporal.Instant.from("2020-01-01T00:00:00.000000001Z");
  assertEquals(decode(encode(instant), { timestamps: "instant" }), instant);
  assertThrows(() => encode(new Date(NaN)), RangeError, "invalid");
});

Deno.test("encode() refuses what has no form and says what it is", () => {
  class Point {}
  assertThrows(() => encode(new Point()), TypeError, "an instance of Point");
  assertThrows(() => encode(new Set()), TypeError, "an instance of Set");
  assertThrows(() => encode(() => 1), TypeError, "a function");
  assertThrows(() => encode({ a: Symbol() }), TypeError, "a symbol");
  assertThrows(() => encode(Object.create(Object.create(null))), TypeError, "unknown class");
});

Deno.test("encode() asks default until the value has a form, within maxDepth", () => {
  class Point {
    readonly x = 1;
  }
  const asked: unknown[] = [];
  const bytes = encode([new Point()], {
    default(value) {
      asked.push(value);
      return value instanceof Point ? new Set([value.x]) : [...value as Set<number>];
    },
  });
  assertEquals(decode(bytes), [[1]]);
  assertEquals(asked.length, 2);
  assertThrows(() => encode(new Point(), { default: (value) => value }), RangeError, "maxDepth");
});

Deno.test("encode() ends at maxDepth, so also in a value that contains itself", () => {
  const circle: unknown[] = [];
  circle.push({ circle });
  assertThrows(() => encode(circle), RangeError, "maxDepth (1024)");
  assertEquals(hex([[]], { maxDepth: 2 }), "9190");
  assertThrows(() => encode([[]], { maxDepth: 1 }), RangeError, "maxDepth (1)");
  assertThrows(() => encode(circle, { maxDepth: Infinity }), RangeError, "the stack ended");
});

Deno.test("encode() works again after it threw, and inside its own hooks", () => {
  assertThrows(() => encode([1, [2, () => 3]]), TypeError);
  assertEquals(hex([1]), "9101");
  const bytes = encode([new Set([1]), 2], {
    default: (value) => encode([...value as Set<number>]),
  });
  assertEquals(decode(bytes), [Uint8Array.of(0x91, 1), 2]);
  const lazy = {
    get part(): Uint8Array {
      return encode({ a: 1 });
    },
  };
  assertEquals(decode(encode([lazy, 5])), [{ part: encode({ a: 1 }) }, 5]);
});

Deno.test("encode() gives memory of its own, or with pooled a view that no later call writes to", () => {
  const own = encode({ a: 1 });
  assertEquals(own.buffer.byteLength, own.length);
  const large = encode("x".repeat(100_000));
  assertEquals(large.buffer.byteLength, large.length);
  const pooled = Array.from({ length: 5000 }, (_, i) => encode({ i }, { pooled: true }));
  pooled.forEach((bytes, i) => assertEquals(decode(bytes), { i }));
  const big = encode(new Uint8Array(5000), { pooled: true });
  assertEquals(big.buffer.byteLength, big.length);
});

Deno.test("encode() is right for more different keys than it remembers", () => {
  const objects = Array.from({ length: 3000 }, (_, i) => ({ [`key${i}`]: i, same: [i] }));
  for (let round = 0; round < 3; round++) assertEquals(decode(encode(objects)), objects);
  const shuffled = objects.toReversed();
  assertEquals(decode(encode(shuffled)), shuffled);
});

Deno.test("Ext refuses types and data that the format cannot hold", () => {
  for (const type of [128, -129, 1.5, NaN]) {
    assertThrows(() => new Ext(type, new Uint8Array(0)), RangeError, "-128 to 127");
  }
  assertThrows(() => new Ext(1, "x" as unknown as Uint8Array), TypeError, "Uint8Array");
});

Deno.test("encode() writes each size of extension value with the header it needs", () => {
  const headers: [number, string][] = [
    [0, "c70005"],
    [1, "d405"],
    [2, "d505"],
    [3, "c70305"],
    [4, "d605"],
    [8, "d705"],
    [16, "d805"],
    [17, "c71105"],
    [255, "c7ff05"],
    [256, "c8010005"],
    [65536, "c90001000005"],
  ];
  for (const [size, header] of headers) {
    const ext = new Ext(5, new Uint8Array(size));
    assertEquals(hex(ext).slice(0, -2 * size || undefined), header);
    assertEquals(decode(encode(ext)), ext);
  }
  assertEquals(hex(new Ext(-5, Uint8Array.of(1))), "d4fb01");
});
