import { assert, assertStrictEquals, assertThrows } from "@std/assert";
import { Codec, decode, encode } from "@ferry/std/ipc/codec";
import { UnsendableError } from "@ferry/std/ipc/unsendable-error";
import { difference } from "./_graph.ts";
import { Random, seedFor } from "../../_support/random.ts";
import { ValueMaker } from "./_value_maker.ts";

const GUARD = 0xa5;

function assertSame(actual: unknown, expected: unknown, seed: number, round: number): void {
  const found = difference(expected, actual);
  assert(found === undefined, `FERRY_SEED=${seed}, round ${round}: ${found}`);
}

Deno.test("decode() gives back the same graph for random values of every kind", () => {
  const seed = seedFor("round trip");
  const maker = new ValueMaker(new Random(seed));
  for (let round = 0; round < 3000; round++) {
    const value = maker.make(1 + round % 80);
    assertSame(decode(encode(value)), value, seed, round);
  }
});

Deno.test("Codec.encodeInto() fills exactly the room it needs, refuses one byte less and never writes past the end", () => {
  const seed = seedFor("exact fit");
  const random = new Random(seed);
  const maker = new ValueMaker(random);
  const codec = new Codec();
  const memory = new Uint8Array(new SharedArrayBuffer(1 << 20));
  for (let round = 0; round < 1500; round++) {
    const value = maker.make(1 + round % 60);
    const start = random.below(32);
    const size = codec.encodeInto(value, memory.subarray(start));
    assert(size > 0);
    assertSame(codec.decode(memory.subarray(start, start + size)), value, seed, round);

    memory.fill(GUARD, 0, start + size + 64);
    assertStrictEquals(codec.encodeInto(value, memory.subarray(start, start + size)), size);
    assertSame(codec.decode(memory.subarray(start, start + size)), value, seed, round);
    const less = random.pick([1, 1, 2, 1 + random.below(size)]);
    memory.fill(GUARD, start + size - less, start + size);
    assertStrictEquals(codec.encodeInto(value, memory.subarray(start, start + size - less)), -1);
    const touched = memory.subarray(start + size - less, start + size + 64).findIndex((b) =>
      b !== GUARD
    );
    assertStrictEquals(touched, -1, `FERRY_SEED=${seed}, round ${round}: wrote past the end`);
    assert(memory.subarray(0, start).every((b) => b === GUARD), "wrote before the start");
  }
});

Deno.test("Codec with shared shapes gives back the same graph, whoever met a shape first", () => {
  const seed = seedFor("shapes");
  const random = new Random(seed);
  const maker = new ValueMaker(random);
  const shapes = new SharedArrayBuffer(16 * 1024);
  const codecs = [new Codec({ shapes }), new Codec({ shapes }), new Codec({ shapes })];
  for (let round = 0; round < 2000; round++) {
    const value = maker.make(1 + round % 60);
    const bytes = random.pick(codecs).encode(value);
    assertSame(random.pick(codecs).decode(bytes), value, seed, round);
  }
});

Deno.test("Codec works on after a value that cannot be sent and after bytes that cannot be decoded", () => {
  const maker = new ValueMaker(new Random(seedFor("after failure")));
  const codec = new Codec();
  for (let round = 0; round < 200; round++) {
    const value = maker.make(30);
    const before = codec.encode(value);
    assertThrows(() => codec.encode([value, Symbol("no")]), UnsendableError);
    assertThrows(() => codec.decode(before.subarray(0, -1)), Deno.errors.InvalidData);
    assertStrictEquals(difference(value, codec.decode(codec.encode(value))), undefined);
    assertStrictEquals(difference(value, codec.decode(before)), undefined);
  }
});
