// README's table of what Python's values are, in each mode of `loads`.
import { assertEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/pickle";
import {
  ByteArray,
  Decimal,
  Float,
  FrozenSet,
  isTuple,
  NdArray,
  PurePath,
  PyDict,
  toPlain,
  tuple,
} from "@ferry/std/persist/types";

const MODES = ["natural", "exact", "plain"] as const;

/** What a value is called in the table. */
function nameOf(value: unknown): string {
  if (value === null) return "null";
  if (typeof value !== "object") return typeof value;
  return isTuple(value) ? "tuple" : value.constructor.name;
}

const { PlainDate, PlainDateTime, PlainTime } = Temporal;

const ROWS: [what: string, value: unknown, natural: string, exact: string, plain: string][] = [
  ["None", null, "null", "null", "null"],
  ["bool", true, "boolean", "boolean", "boolean"],
  ["str", "a", "string", "string", "string"],
  ["int", 2 ** 53 - 1, "number", "number", "number"],
  ["large int", 2n ** 53n, "bigint", "bigint", "bigint"],
  ["integral float", new Float(1), "number", "Float", "number"],
  ["float", 2.5, "number", "number", "number"],
  ["bytes", new Uint8Array([1]), "Uint8Array", "Uint8Array", "Uint8Array"],
  ["bytearray", new ByteArray([1]), "ByteArray", "ByteArray", "Uint8Array"],
  ["list", [1], "Array", "Array", "Array"],
  ["tuple", tuple(1, 2), "tuple", "tuple", "Array"],
  ["dict of names", { a: 1 }, "Object", "Object", "Object"],
  ["dict", new PyDict([[1, 2]]), "PyDict", "PyDict", "Map"],
  ["set", new Set([1]), "PySet", "PySet", "Set"],
  ["frozenset", new FrozenSet([1]), "FrozenSet", "FrozenSet", "Set"],
  ["datetime", PlainDateTime.from("2024-05-06T07:08"), ...same("PlainDateTime")],
  ["date", PlainDate.from("2024-05-06"), ...same("PlainDate")],
  ["time", PlainTime.from("07:08"), ...same("PlainTime")],
  ["Decimal", new Decimal("1.5"), "Decimal", "Decimal", "string"],
  ["pathlib", new PurePath(["/", "a"]), "PurePath", "PurePath", "string"],
  ["numpy's array", NdArray.from(Int32Array.of(1)), ...same("NdArray")],
];

function same(name: string): [string, string, string] {
  return [name, name, name];
}

for (const [what, value, ...names] of ROWS) {
  Deno.test(`loads() makes of a ${what} what README says, in each mode`, () => {
    const bytes = dumps(value);
    assertEquals(MODES.map((mode) => nameOf(loads(bytes, { mode }))), names);
    assertEquals(loads(bytes), loads(bytes, { mode: "natural" }));
    // Whatever it is, it becomes JSON.
    JSON.stringify(toPlain(loads(bytes)));
  });
}
