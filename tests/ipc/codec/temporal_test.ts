// Values of Temporal and URLSearchParams in messages: as exact as they were sent.
import {
  assert,
  assertEquals,
  assertNotStrictEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { Queue, UnsendableError } from "@ferry/std/ipc";
import { decode, encode } from "@ferry/std/ipc/codec";
import { finish, launch, LONG } from "../../_support/processes.ts";

/** Everything that tells two values of Temporal apart. */
function facts(value: object): unknown[] {
  const prototype = Object.getPrototypeOf(value) as object;
  const getters = Object.entries(Object.getOwnPropertyDescriptors(prototype))
    .filter(([, property]) => property.get !== undefined)
    .map(([name, property]) => [name, property.get!.call(value)]);
  const text = value instanceof Temporal.Duration || value instanceof Temporal.Instant ||
      value instanceof Temporal.PlainTime
    ? String(value)
    : (value as Temporal.PlainDate).toString({ calendarName: "always" });
  return [prototype.constructor.name, text, ...getters];
}

const VALUES: readonly object[] = [
  new Temporal.Instant(0n),
  new Temporal.Instant(-8_640_000_000_000_000_000_000n),
  new Temporal.Instant(1_700_000_000_123_456_789n),
  new Temporal.ZonedDateTime(1_700_000_000_123_456_789n, "Europe/Berlin", "gregory"),
  // The offset has seconds, which a string does not show.
  new Temporal.ZonedDateTime(-5_000_000_000_000_000_001n, "Africa/Monrovia"),
  new Temporal.ZonedDateTime(0n, "+05:30"),
  // An hour that comes twice, both times.
  Temporal.ZonedDateTime.from("2024-10-27T02:30:00+02:00[Europe/Berlin]"),
  Temporal.ZonedDateTime.from("2024-10-27T02:30:00+01:00[Europe/Berlin]"),
  new Temporal.PlainDate(2024, 2, 29),
  new Temporal.PlainDate(-271_821, 4, 19, "hebrew"),
  new Temporal.PlainDate(275_760, 9, 13),
  new Temporal.PlainTime(),
  new Temporal.PlainTime(23, 59, 59, 999, 999, 999),
  new Temporal.PlainDateTime(2024, 2, 29, 1, 2, 3, 4, 5, 6),
  new Temporal.PlainDateTime(12, 1, 1, 0, 0, 0, 0, 0, 1, "japanese"),
  new Temporal.PlainYearMonth(2024, 2),
  // The reference day is part of it, though nobody sees it.
  new Temporal.PlainYearMonth(2024, 2, "iso8601", 15),
  Temporal.PlainYearMonth.from({ year: 5784, month: 6, calendar: "hebrew" }),
  new Temporal.PlainMonthDay(2, 29),
  new Temporal.PlainMonthDay(2, 28, "iso8601", 1999),
  Temporal.PlainMonthDay.from({ monthCode: "M05L", day: 1, calendar: "hebrew" }),
  new Temporal.Duration(),
  // Not balanced, as a string would be.
  new Temporal.Duration(1, 2, 3, 4, 5, 6, 7, 1500, 2500, 3500),
  new Temporal.Duration(0, 0, 0, 0, 0, 0, 0, -1500),
];

Deno.test("Values of all classes of Temporal arrive exactly", () => {
  for (const value of VALUES) {
    const arrived = decode(encode(value)) as object;
    assertStrictEquals(Object.getPrototypeOf(arrived), Object.getPrototypeOf(value));
    assertNotStrictEquals(arrived, value);
    assertEquals(facts(arrived), facts(value));
    const { equals } = value as { equals?: (other: object) => boolean };
    if (equals !== undefined) assert(equals.call(value, arrived), String(value));
  }
});

Deno.test("URLSearchParams arrive with all their pairs, in order", () => {
  for (
    const params of [
      new URLSearchParams(),
      new URLSearchParams("a=1&a=2&b=&=c&%26=%3D"),
      new URLSearchParams([["ä 漢😀", "+ &=%\n\0"], ["", ""]]),
    ]
  ) {
    const arrived = decode(encode(params)) as URLSearchParams;
    assertStrictEquals(Object.getPrototypeOf(arrived), URLSearchParams.prototype);
    assertEquals([...arrived], [...params]);
  }
});

Deno.test("Values of Temporal and URLSearchParams are objects like others: shared, in cycles, deep, and in queues", async () => {
  const date = new Temporal.PlainDate(2024, 2, 29);
  const params = new URLSearchParams("a=1");
  const message: Record<string, unknown> = {
    list: [date, params, date, params],
    map: new Map([[date, params]]),
  };
  message.self = message;
  const arrived = decode(encode(message)) as typeof message;
  const list = arrived.list as unknown[];
  assertStrictEquals(arrived.self, arrived);
  assertStrictEquals(list[0], list[2]);
  assertStrictEquals(list[1], list[3]);
  assertStrictEquals([...(arrived.map as Map<unknown, unknown>)][0]![0], list[0]);
  using there = new Queue<Temporal.PlainDate>();
  using back = new Queue<Temporal.PlainDate>();
  await using process = launch(
    (there: Queue<Temporal.PlainDate>, back: Queue<Temporal.PlainDate>) => {
      back.putSync(there.getSync({ timeout: 20_000 }).add({ days: 1 }));
    },
    there,
    back,
  );
  there.putSync(date);
  assertEquals(String(await back.get(LONG)), "2024-03-01");
  await finish(process);
});

Deno.test("What only looks like a value of Temporal or URLSearchParams cannot be sent, nor can an instance of a subclass", () => {
  for (const value of [...VALUES, new URLSearchParams()]) {
    const bads = [Object.create(Object.getPrototypeOf(value))];
    // The runtime takes a Proxy around URLSearchParams for the real thing.
    if (!(value instanceof URLSearchParams)) bads.push(new Proxy(value, {}));
    for (const bad of bads) {
      const error = assertThrows(() => encode({ list: [value, bad] }), UnsendableError);
      assertEquals(error.path, "value.list[1]");
    }
  }
  class Mine extends URLSearchParams {}
  assertThrows(() => encode([new Mine()]), UnsendableError, "an instance of Mine");
});

Deno.test("decode() refuses values of Temporal that are cut, of no class, or out of range", () => {
  for (const value of [...VALUES, new URLSearchParams("a=1")]) {
    const bytes = encode(value);
    for (let length = 0; length < bytes.length; length++) {
      assertThrows(() => decode(bytes.subarray(0, length)), Deno.errors.InvalidData);
    }
    // Any one byte changed: an error of the right class, or another value.
    for (let at = 1; at < bytes.length; at++) {
      for (const flip of [1, 0x40, 0x80, 0xff]) {
        const damaged = bytes.slice();
        damaged[at]! ^= flip;
        try {
          decode(damaged);
        } catch (error) {
          assert(error instanceof Deno.errors.InvalidData, String(error));
        }
      }
    }
  }
});
