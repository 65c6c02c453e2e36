/** Fields of standard types have lengths that no real one exceeds. */
import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { loads, UnpicklingError } from "@ferry/std/persist/pickle";
import { Decimal, DType, NdArray } from "@ferry/std/persist/types";
import { bytes, global, pickle, text, times } from "../../../_support/pickle_bytes.ts";

/** A call with some arguments. */
function call(module: string, name: string, ...args: Uint8Array[]): Uint8Array {
  return pickle(global(module, name), "(", ...args, "tR");
}

Deno.test("a dtype has a code of at most 32 characters, an array 64 axes", () => {
  const dtype = (code: string) => loads(call("numpy", "dtype", text(code), bytes(0x89, 0x88)));
  assertInstanceOf(dtype("V".padEnd(32, "1")), DType);
  assertThrows(() => dtype("V".padEnd(33, "1")), UnpicklingError, "short string");
  const array = (axes: number) =>
    loads(call(
      "numpy.core.numeric",
      "_frombuffer",
      bytes("C", 1, 7),
      bytes(global("numpy", "dtype"), text("i1"), 0x85, "R"),
      bytes("(", times(axes, bytes("K", 1)), "t"),
      text("C"),
    ));
  assertEquals((array(64) as NdArray).shape.length, 64);
  assertInstanceOf(array(64), NdArray);
  assertThrows(() => array(65), UnpicklingError, "at most 64");
});

Deno.test("a Decimal has at most 1,048,576 characters, a name 4096", () => {
  assertEquals(new Decimal("1".repeat(2 ** 20)).text.length, 2 ** 20);
  assertThrows(() => new Decimal("1".repeat(2 ** 20 + 1)), RangeError, "at most 1048576");
  const name = (length: number) =>
    loads(pickle(global("m", "n".repeat(length))), { unknown: "opaque" });
  name(4096);
  assertThrows(() => name(4097), UnpicklingError, "4096 characters");
});
