import { assert, assertEquals } from "@std/assert";
import { dumps, loads, UnpicklingError } from "@ferry/std/persist/pickle";
import { Random, rounds, seedFor } from "../../_support/random.ts";
import { pickleVectors } from "../../_support/pickle_vectors.ts";

const vectors = pickleVectors();
const ignore = vectors.length === 0;

Deno.test("dumps() gives the bytes of CPython for a list of four integers", () => {
  assertEquals(
    dumps([10, 20, 30, 40]).toHex(),
    "8005950d000000000000005d94284b0a4b144b1e4b28652e",
  );
});

Deno.test({
  name: "loads() reads every vector of CPython 3.13, and dumps() gives its bytes back",
  ignore,
  fn() {
    for (const { name, protocol, pickle } of vectors) {
      const value = loads(pickle, { mode: "exact", unknown: "opaque" });
      assertEquals(dumps(value, { protocol }).toHex(), pickle.toHex(), `${name}, ${protocol}`);
    }
    assert(vectors.length > 400);
  },
});

Deno.test({
  name: "loads() of what one protocol wrote can be written in every other, and read again",
  ignore,
  fn() {
    for (const { name, pickle } of vectors) {
      const value = loads(pickle, { mode: "exact", unknown: "opaque" });
      for (const protocol of [0, 1, 2, 3, 4, 5]) {
        const bytes = dumps(value, { protocol });
        const back = loads(bytes, { mode: "exact", unknown: "opaque" });
        assertEquals(dumps(back, { protocol }).toHex(), bytes.toHex(), `${name}, ${protocol}`);
      }
    }
  },
});

Deno.test({
  name: "loads() of a vector that breaks off at any byte is an error with a position",
  ignore,
  fn() {
    for (const { name, pickle } of vectors) {
      for (let end = 1; end < pickle.length; end++) {
        try {
          loads(pickle.subarray(0, end), { unknown: "opaque" });
        } catch (error) {
          assert(error instanceof UnpicklingError, `${name} at ${end}: ${error}`);
          assert(error.position >= 0 && error.position <= end, `${name} at ${end}`);
          continue;
        }
        throw new TypeError(`${name}, cut at ${end}, was read`);
      }
    }
  },
});

Deno.test({
  name: 'loads() with mode "plain" reads every vector',
  ignore,
  fn() {
    for (const { pickle } of vectors) loads(pickle, { unknown: "opaque", mode: "plain" });
  },
});

Deno.test({
  name: "loads() of vectors with bytes flipped at random gives a value or an UnpicklingError",
  ignore,
  fn() {
    const random = new Random(seedFor("flipped vectors"));
    for (let i = rounds(10_000, 200_000); i > 0; i--) {
      const { name, pickle } = random.pick(vectors);
      const bytes = pickle.slice();
      for (let flips = 1 + random.below(3); flips > 0; flips--) {
        bytes[random.below(bytes.length)] = random.below(256);
      }
      try {
        loads(bytes, {
          unknown: random.pick(["opaque", "error"]),
          mode: random.pick(["exact", "plain"]),
          dicts: random.pick(["auto", "map"]),
        });
      } catch (error) {
        assert(error instanceof UnpicklingError, `${name}: ${bytes.toHex()}: ${error}`);
      }
    }
    assertEquals(Object.keys(Object.prototype), []);
  },
});
