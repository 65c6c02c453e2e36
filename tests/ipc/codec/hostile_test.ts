import { assert, assertStrictEquals, assertThrows } from "@std/assert";
import { Codec, decode, encode } from "@ferry/std/ipc/codec";
import { registerClass } from "@ferry/std/ipc/register-class";
import { Random, seedFor } from "../../_support/random.ts";
import { ValueMaker } from "./_value_maker.ts";

class Money {
  readonly cents: number;
  constructor(cents: number) {
    this.cents = cents;
  }
}
registerClass("test.Money", Money, { encode: (m) => m.cents, decode: (cents) => new Money(cents) });

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? [value] : { value };
  return value;
}

/** One value of each kind. */
function samples(): unknown[] {
  const cycle: Record<string, unknown> = { id: 1 };
  cycle.self = [cycle, new Map([[cycle, cycle]])];
  return [
    0,
    -1,
    300,
    70_000,
    1.5,
    -0,
    "",
    "ferry",
    "é".repeat(20),
    "x".repeat(40),
    "x".repeat(100),
    "漢😀\ufffd",
    "\ud800",
    null,
    undefined,
    true,
    5n,
    -(2n ** 100n),
    [1, , "x"],
    Object.assign(new Array(100), { 50: 1 }),
    Array.from({ length: 40 }, (_, i) => ({ id: i, name: `n${i}` })),
    { id: 1, name: "x", ["__proto__"]: 2 },
    Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`key${i}`, i])),
    Object.assign(Object.create(null), { a: 1 }),
    new Map([["a", new Set([1, 2])]]),
    new Date(5),
    /a(b)/gi,
    new URL("https://ferry.example/"),
    new ArrayBuffer(10),
    new ArrayBuffer(10, { maxByteLength: 20 }),
    new Uint8Array(100),
    new Float64Array([1, 2]),
    new DataView(new ArrayBuffer(3)),
    Object.assign(new TypeError("t", { cause: new Error("c") }), { code: "E" }),
    new AggregateError([1], "m"),
    new DOMException("m", "AbortError"),
    Object("boxed"),
    [new Money(5), new Money(7)],
    cycle,
    nested(150),
  ];
}

Deno.test("decode() refuses every sample cut at every byte", () => {
  for (const value of samples()) {
    const bytes = encode(value);
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(() => decode(bytes.subarray(0, length)), Deno.errors.InvalidData, "at byte");
    }
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    assertThrows(() => decode(longer), Deno.errors.InvalidData, "bytes after its end");
  }
});

Deno.test("decode() of bytes with flipped bits gives some value or InvalidData, nothing else", () => {
  const seed = seedFor("flips");
  const random = new Random(seed);
  const maker = new ValueMaker(random);
  const codec = new Codec();
  const messages = samples().map((value) => encode(value));
  for (let i = 0; i < 200; i++) messages.push(encode(maker.make(60)));
  let refused = 0;
  for (let round = 0; round < 60_000; round++) {
    const bytes = random.pick(messages).slice();
    for (let flips = 1 + random.below(3); flips > 0; flips--) {
      bytes[random.below(bytes.length)] = random.below(256);
    }
    try {
      codec.decode(bytes);
    } catch (error) {
      refused++;
      assert(
        error instanceof Deno.errors.InvalidData,
        `FERRY_SEED=${seed}, round ${round}: ${error}`,
      );
    }
  }
  assert(refused > 10_000, `only ${refused} were refused`);
});

Deno.test("decode() of random bytes gives some value or InvalidData, nothing else", () => {
  const seed = seedFor("random bytes");
  const random = new Random(seed);
  for (let round = 0; round < 60_000; round++) {
    const bytes = Uint8Array.from({ length: 1 + random.below(40) }, () => random.below(256));
    bytes[0] = random.pick([0x10, 0x11]);
    if (random.below(2) === 0) bytes[1] = 0xc0 + random.below(0x28);
    try {
      decode(bytes);
    } catch (error) {
      assert(
        error instanceof Deno.errors.InvalidData,
        `FERRY_SEED=${seed}, round ${round}: ${error}`,
      );
    }
  }
});

Deno.test("decode() believes no length beyond the message's own", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x01];
  // Tags with a length: strings, bigints, arrays, records, dictionaries, buffers, views, references.
  for (let tag = 0xc0; tag < 0xf0; tag++) {
    for (const head of [[tag], [tag, 0x61], [tag, 0], [tag, 5]]) {
      assertThrows(() => decode(Uint8Array.of(0x11, ...head, ...huge)), Deno.errors.InvalidData);
    }
  }
});

Deno.test("decode() makes arrays of billions of holes without reserving them", () => {
  for (const length of [30_000_000, 4_000_000_000]) {
    const sparse: unknown[] = [];
    sparse[4_294_967_294] = 1;
    sparse.length = length;
    sparse[length / 2] = 1;
    const bytes = encode(sparse);
    assert(bytes.length < 32);
    const before = Deno.memoryUsage().heapTotal;
    const arrays = Array.from({ length: 1000 }, () => decode(bytes) as unknown[]);
    assert(arrays.every((array) => array.length === length && Object.keys(array).length === 1));
    // Reserved, they would take 240 GB.
    assert(Deno.memoryUsage().heapTotal - before < 200e6);
  }
});

Deno.test("decode() refuses nesting that would exhaust the stack", () => {
  for (const opening of [[0x61], [0xd8], [0xd5, 1, 0x41, 0x61]]) {
    const bytes = new Uint8Array(opening.length * 100_000 + 2).fill(0);
    bytes[0] = 0x10;
    for (let i = 0; i < 100_000; i++) bytes.set(opening, 1 + i * opening.length);
    assertThrows(() => decode(bytes), Deno.errors.InvalidData, "nested more than");
  }
});

Deno.test("decode() gives the class's own error when its decode throws, and works on", () => {
  class Fussy {}
  registerClass("test.Fussy", Fussy, {
    encode: () => 1,
    decode: () => {
      throw new RangeError("fussy");
    },
  });
  const bytes = encode([new Fussy()]);
  assertThrows(() => decode(bytes), RangeError, "fussy");
  assertStrictEquals(decode(encode(1)), 1);
});

Deno.test("decode() names the class that is not registered", () => {
  const bytes = encode(new Money(1));
  const at = new TextDecoder("latin1").decode(bytes).indexOf("Money");
  bytes[at] = "H".charCodeAt(0);
  assertThrows(() => decode(bytes), Deno.errors.InvalidData, 'the class "test.Honey"');
});

Deno.test("decode() never touches a prototype", () => {
  const copy = decode(
    encode(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}')),
  ) as object;
  assertStrictEquals(Object.getPrototypeOf(copy), Object.prototype);
  assert(Object.hasOwn(copy, "__proto__"));
  const big = JSON.parse(
    `{"__proto__": [], ${Array.from({ length: 40 }, (_, i) => `"k${i}": 1`)}}`,
  );
  assertStrictEquals(Object.getPrototypeOf(decode(encode(big))), Object.prototype);
  assertStrictEquals(({} as { polluted?: number }).polluted, undefined);
});
