// Wrappers of Python's types: what they cannot be made of.
import { assertEquals, assertThrows } from "@std/assert";
import { Complex, Deque, Float, PyDateTime, PyTime, Range, Uuid } from "@ferry/std/persist/types";

Deno.test("wrappers refuse what they cannot be made of, and say what they need", () => {
  const refused: [() => unknown, new () => Error, string][] = [
    [() => new Float("1" as never), TypeError, "Cannot make a Float: needed a number"],
    [() => new Complex(1, 2n as never), TypeError, "received number and bigint"],
    [() => new Range(0, 1.5), TypeError, "received 1.5"],
    [() => new Range("0" as never, 1), TypeError, "received string"],
    [() => new Range(0, 1, 0), RangeError, "step must not be zero"],
    [() => new Uuid(5 as never), TypeError, "needed text or a bigint, received number"],
    [() => new Uuid(-1n), RangeError, "128 bits"],
    [() => new Deque([1], -1), RangeError, "received -1"],
    [() => new Deque([1], 1.5), RangeError, "received 1.5"],
    [() => new PyTime({ hour: 24 }), RangeError, "hour must be an integer from 0 to 23"],
    [() => new PyTime({ fold: 2 }), RangeError, "fold must be an integer from 0 to 1"],
    [() => new PyTime({ microsecond: 1e6 }), RangeError, "microsecond must be"],
    [() => new PyDateTime({ year: 0, month: 1, day: 1 }), RangeError, "year must be"],
    [() => new PyDateTime({ year: 2023, month: 2, day: 29 }), RangeError, "from 1 to 28"],
    [() => new PyDateTime({ year: 2023, month: 4, day: 31 }), RangeError, "from 1 to 30"],
  ];
  for (const [make, kind, message] of refused) assertThrows(make, kind, message);
  assertEquals(new PyDateTime({ year: 2024, month: 2, day: 29 }).day, 29);
  assertEquals(new PyDateTime({ year: 2000, month: 2, day: 29, hour: 23, fold: 1 }).hour, 23);
  assertThrows(() => new PyDateTime({ year: 1900, month: 2, day: 29 }), RangeError);
  assertEquals([...new Deque([1, 2], 0)], []);
});
