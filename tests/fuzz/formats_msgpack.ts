// Random and damaged MessagePack against the codec's promises, seeded and bounded:
//   deno run -A tests/fuzz/formats_msgpack.ts [--rounds=20000] [--seed=N]
//
// - What encode() writes, decode() gives back, and encode() writes the same again.
// - Any bytes end in a value or a MsgpackError; a value that comes out goes in and out again.
// - DecodeStream gives the same values, and the same end, as decodeMulti(), cut anywhere.

import { assert, assertEquals } from "@std/assert";
import {
  decode,
  decodeMulti,
  type DecodeOptions,
  DecodeStream,
  encode,
  MsgpackError,
} from "@ferry/std/formats/msgpack";
import { Random } from "../_support/random.ts";
import { randomBytes, randomValue } from "../formats/msgpack/generator.ts";

function argument(name: string, otherwise: number): number {
  const given = Deno.args.find((text) => text.startsWith(`--${name}=`))?.split("=")[1];
  const value = Number(given ?? otherwise);
  if (!Number.isSafeInteger(value)) throw new TypeError(`--${name} must be an integer: ${given}`);
  return value;
}

interface Outcome {
  values: unknown[];
  error: string | undefined;
}

function whole(bytes: Uint8Array, options: DecodeOptions): Outcome {
  const values: unknown[] = [];
  try {
    for (const value of decodeMulti(bytes, options)) values.push(value);
    return { values, error: undefined };
  } catch (error) {
    assert(error instanceof MsgpackError, `decodeMulti threw ${error}`);
    return { values, error: error.name };
  }
}

async function cut(bytes: Uint8Array, options: DecodeOptions, random: Random): Promise<Outcome> {
  const chunks: Uint8Array[] = [];
  const most = random.pick([1, 3, 50, 1000]);
  for (let at = 0; at < bytes.length;) {
    const size = 1 + random.below(most);
    chunks.push(bytes.slice(at, at + size));
    at += size;
  }
  const values: unknown[] = [];
  try {
    for await (
      const value of ReadableStream.from(chunks).pipeThrough(new DecodeStream(options))
    ) values.push(value);
    return { values, error: undefined };
  } catch (error) {
    assert(error instanceof MsgpackError, `DecodeStream threw ${error}`);
    return { values, error: error.name };
  }
}

function damaged(bytes: Uint8Array, random: Random): Uint8Array {
  const result = bytes.slice(0, random.below(4) === 0 ? random.below(bytes.length + 1) : undefined);
  for (let n = random.below(4); n > 0 && result.length > 0; n--) {
    result[random.below(result.length)] = random.pick([
      random.below(256),
      0xc1,
      0xdb,
      0xdd,
      0xdf,
      0xc9,
      0xff,
    ]);
  }
  return result;
}

async function round(random: Random, note: (bytes: Uint8Array) => void): Promise<void> {
  const value = randomValue(random, 3);
  const bytes = encode(value, { pooled: random.below(2) === 0 });
  note(bytes);
  assertEquals(decode(bytes, { maps: "map" }), value);
  assertEquals(encode(decode(bytes, { maps: "map" })), encode(value));

  const input = random.below(3) === 0
    ? randomBytes(random, random.below(60))
    : damaged(bytes, random);
  note(input);
  const options: DecodeOptions = {
    maps: random.pick(["object", "map", "auto"]),
    bigint: random.pick(["auto", "always", "number"]),
    binary: random.pick(["copy", "view"]),
    fatal: random.below(2) === 0,
    maxLength: random.pick([4, 100, 2 ** 27]),
    maxDepth: random.pick([1, 2, 1024]),
  };
  const expected = whole(input, options);
  const got = await cut(input, options, random);
  assertEquals(
    got.values.slice(0, expected.values.length),
    expected.values.slice(0, got.values.length),
  );
  // A stream that fails drops values that nobody has read yet; and it may see that a limit is passed, or that a byte
  // is wrong, where the whole input is seen to be too short first.
  assertEquals(got.error === undefined, expected.error === undefined);
  if (expected.error === undefined) {
    assertEquals(got.values.length, expected.values.length);
    for (const one of expected.values) {
      const again = encode(one, { fatal: false });
      assertEquals(encode(decode(again, { maps: "map" }), { fatal: false }), again);
    }
  }
}

const rounds = argument("rounds", 20_000);
const seed = argument("seed", Date.now() % 1_000_000_007);
console.log(`formats_msgpack: --rounds=${rounds} --seed=${seed}`);
const random = new Random(seed);
let last: Uint8Array = new Uint8Array(0);
for (let i = 0; i < rounds; i++) {
  try {
    await round(random, (bytes) => last = bytes);
  } catch (error) {
    console.error(`round ${i} of seed ${seed}, input ${last.toHex()}`);
    throw error;
  }
}
console.log("formats_msgpack: all promises held");
