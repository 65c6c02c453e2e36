import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  DataFrame,
  dumps,
  ExtensionArray,
  ForeignZone,
  Global,
  Index,
  isTuple,
  loads,
  NdArray,
  PyDict,
  PyObject,
  Series,
  Slice,
  TimeDelta,
  Timedelta,
  Timestamp,
  Timezone,
  toPlain,
  ZoneInfo,
} from "@ferry/std/persist/pickle";
import { hasLibrary, runScript } from "./_libraries.ts";

interface Frames {
  version: string;
  values: Record<string, [pickle: string, holds: Record<string, unknown>]>;
}

const available = await hasLibrary("pandas");
if (!available) console.log("pandas of this machine: skipped, /usr/bin/python3 has no pandas");

/** What `frames.py` has printed with versions 2 and 3, which are not to be had everywhere. */
const RECORDED = ["frames_pandas2.json", "frames_pandas3.json"];

/** A value as the script shows it. */
function shown(value: unknown): unknown {
  if (isTuple(value)) return { tuple: value.map(shown) };
  if (typeof value === "number" && Number.isNaN(value)) return "NaN";
  if (typeof value === "bigint") return Number(value);
  if (value instanceof Temporal.PlainDateTime) {
    return { time: String(value.toZonedDateTime("UTC").epochNanoseconds), zone: null };
  }
  if (value instanceof Temporal.ZonedDateTime) {
    return { time: String(value.epochNanoseconds), zone: value.timeZoneId };
  }
  if (value instanceof Temporal.Duration) {
    const { days, seconds, milliseconds, microseconds, nanoseconds } = value;
    const whole = BigInt(days) * 86_400n + BigInt(seconds);
    const parts = BigInt(milliseconds) * 1_000_000n + BigInt(microseconds) * 1000n;
    return { duration: String(whole * 1_000_000_000n + parts + BigInt(nanoseconds)) };
  }
  if (value !== null && typeof value === "object" && "left" in value && "right" in value) {
    return { left: shown(value.left), right: shown(value.right) };
  }
  return value;
}

function holds(value: unknown): Record<string, unknown> {
  const list = (values: unknown[]) => values.map(shown);
  if (value instanceof DataFrame) {
    return {
      columns: list(value.columns),
      index: list(value.index),
      rows: value.toRows().map(list),
    };
  }
  if (value instanceof Series) {
    return { name: shown(value.name), index: list(value.index), values: list(value.values) };
  }
  if (value instanceof Index) {
    return { name: shown(value.name), names: list(value.names), values: list(value.values) };
  }
  assert(value instanceof ExtensionArray);
  return { values: list(value.values) };
}

function check({ version, values }: Frames, protocol: number): void {
  const unlike: string[] = [];
  for (const [name, [pickle, expected]] of Object.entries(values)) {
    const bytes = Uint8Array.fromBase64(pickle);
    for (const dicts of ["auto", "map"] as const) {
      const value = loads(bytes, { dicts });
      assertEquals(holds(value), expected, `pandas ${version}, ${name}`);
      JSON.stringify(toPlain(value));
    }
    const back = dumps(loads(bytes, { mode: "exact" }), { protocol });
    if (back.toHex() !== bytes.toHex()) unlike.push(name);
    // Looking into it does not change what is written.
    const seen = loads(bytes, { mode: "exact" });
    holds(seen);
    assertEquals(dumps(seen, { protocol }), back, name);
  }
  // pandas sometimes has equal strings that are different objects.
  assert(unlike.length <= 0.05 * Object.keys(values).length, `pandas ${version}: ${unlike}`);
}

for (const file of RECORDED) {
  Deno.test(`frames, series and indexes are decoded: ${file}`, async () => {
    const text = await Deno.readTextFile(new URL(file, import.meta.url));
    check(JSON.parse(text), 4);
  });
}

Deno.test({
  name: "frames, series and indexes of this machine's pandas are decoded",
  ignore: !available,
  async fn() {
    for (const protocol of [2, 4, 5]) {
      check(JSON.parse(await runScript("frames.py", [String(protocol)])), protocol);
    }
  },
});

/** A frame by hand, as pandas 2 pickles it. */
function frameOf(blocks: [values: unknown, places: unknown][], columns: unknown[], rows: number) {
  const global = (name: string) => {
    const dot = name.lastIndexOf(".");
    return new Global(name.slice(0, dot), name.slice(dot + 1));
  };
  const index = (data: unknown) =>
    new Index({
      callable: global("pandas.core.indexes.base._new_Index"),
      args: [global("pandas.core.indexes.base.Index"), { data, name: null }],
    });
  const frame = new DataFrame({ callable: global("pandas.core.frame.DataFrame"), isNew: true });
  const unpickle = global("pandas._libs.internals._unpickle_block");
  frame.state = {
    _mgr: new PyObject({
      callable: global("pandas.core.internals.managers.BlockManager"),
      args: [
        blocks.map(([values, places]) =>
          new PyObject({ callable: unpickle, args: [values, places, 2] })
        ),
        [index(columns), index(Array.from({ length: rows }, (_, i) => i))],
      ],
    }),
  };
  return frame;
}

Deno.test("a manager that has a state, as before pandas 1.3, is read alike", () => {
  const frame = frameOf([], ["a", "b", "c"], 2);
  const { _mgr: { args: [, axes] } } = frame.state as { _mgr: { args: [unknown, unknown[]] } };
  const manager = new PyObject({
    callable: new Global("pandas.core.internals.managers", "BlockManager"),
    isNew: true,
  });
  const [ints, text] = [NdArray.from(new Int32Array([1, 2, 3, 4]), [2, 2]), [["x", "y"]]];
  const objects = new NdArray(ints.dtype, [1, 2], text[0]!);
  const places = NdArray.from(new BigInt64Array([0n, 2n]));
  manager.state = [axes, [ints, objects], axes, {
    "0.14.1": {
      axes,
      blocks: [
        { values: ints, mgr_locs: places },
        { values: objects, mgr_locs: new Slice(1, 2, 1) },
      ],
    },
  }];
  for (const name of ["_mgr", "_data"]) {
    frame.state = { [name]: manager };
    const again = Object.assign(new DataFrame({ callable: frame.callable }), {
      state: frame.state,
    });
    assertEquals(again.toRows(), [[1, "x", 3], [2, "y", 4]]);
  }
});

Deno.test("DataFrame: columns by label, records with names, and two of the same name", () => {
  const numbers = NdArray.from(new Int32Array([1, 2, 3, 4]), [2, 2]);
  const frame = frameOf([[numbers, new Slice(0, 2, 1)]], ["a", "__proto__"], 2);
  assertEquals(frame.shape, [2, 2]);
  assertEquals([frame.column("a"), frame.column("x")], [[1, 2], undefined]);
  const records = frame.toRecords({ index: "row" });
  assertEquals(Object.keys(records[1]!), ["row", "a", "__proto__"]);
  assertEquals(Object.getPrototypeOf(records[1]!), Object.prototype);
  const twice = frameOf([[numbers, new Slice(0, 2, 1)]], ["a", "a"], 2);
  assertEquals(twice.toRows(), [[1, 3], [2, 4]]);
  assertEquals(twice.column("a"), [1, 2]);
  assertThrows(() => twice.toRecords(), TypeError, 'received two of "a"');
});

Deno.test("frames that do not fit together, or ask for more than they hold, are refused", () => {
  const numbers = NdArray.from(new Int32Array([1, 2, 3, 4]), [2, 2]);
  assertThrows(
    () => frameOf([[numbers, new Slice(0, 3, 1)]], ["a", "b", "c"], 2).toRows(),
    TypeError,
  );
  assertThrows(() => frameOf([[numbers, new Slice(0, 2, 1)]], ["a", "b"], 3).toRows(), TypeError);
  assertThrows(() => frameOf([[numbers, new Slice(4, 6, 1)]], ["a", "b"], 2).columns, TypeError);
  assertThrows(() => frameOf([], ["a"], 2).toRows(), TypeError, "a block for each column");
  assertThrows(() => frameOf([[numbers, new Slice(0, 2 ** 50, 1)]], ["a"], 2).columns, TypeError);
  const one = NdArray.from(new Int32Array(2 ** 14), [1, 2 ** 14]);
  const many = Array.from(
    { length: 2 ** 13 },
    (_, i): [unknown, unknown] => [one, new Slice(i, i + 1, 1)],
  );
  const wide = frameOf(many, Array.from({ length: 2 ** 13 }, (_, i) => i), 2 ** 14);
  assertThrows(() => wide.toRows(), RangeError, "at most 67108864 values");
  const range = new Index({
    callable: new Global("pandas.core.indexes.base", "_new_Index"),
    args: [new Global("pandas", "RangeIndex"), { start: 0, stop: 2 ** 52, step: 1 }],
  });
  assertThrows(() => range.values, TypeError);
  const loop = new Index({ callable: range.callable, args: [new Global("pandas", "Index"), {}] });
  loop.args[1] = { data: loop };
  assertThrows(() => loop.values, TypeError, "less nesting");
  assertThrows(
    () => new DataFrame({ callable: range.callable }).columns,
    TypeError,
    "block manager",
  );
  assertThrows(() => new Series({ callable: range.callable }).values, TypeError, "block manager");
  const unknown = new ExtensionArray({ callable: new Global("pandas", "ArrowStringArray") });
  assertThrows(() => unknown.values, TypeError, "received pandas.ArrowStringArray");
});

Deno.test("periods of other frequencies than years, months and days are their counts", () => {
  const periods = (frequency: unknown, ...counts: number[]) => {
    const dtype = new PyObject({
      callable: new Global("pandas", "PeriodDtype"),
      args: [frequency],
    });
    const array = new ExtensionArray({
      callable: new Global("pandas._libs.arrays", "__pyx_unpickle_NDArrayBacked"),
      args: [new Global("pandas.arrays", "PeriodArray")],
    });
    array.state = [dtype, NdArray.from(Float64Array.from(counts))];
    return array.values;
  };
  const offset = (name: string) =>
    new PyObject({ callable: new Global("pandas._libs.tslibs.offsets", name), args: [1, false] });
  assertEquals(periods("period[h]", 5, -1), [5, -1]);
  assertEquals(periods("period[Q-DEC]", 5), [5]);
  assertEquals(periods("period[D]", 0, -1, 2e8), ["1970-01-01", "1969-12-31", 2e8]);
  assertEquals(periods(offset("MonthEnd"), 0, -1, 13), ["1970-01", "1969-12", "1971-02"]);
  assertEquals(periods(offset("YearEnd"), 0, -5), ["1970", "1965"]);
  assertEquals(periods("period[Y-DEC]", 50), ["2020"]);
});

Deno.test("Timestamp and Timedelta: resolutions, zones, keys", () => {
  const callable = new Global("pandas._libs.tslibs.timestamps", "_unpickle_timestamp");
  const at = (count: unknown, zone: unknown = null, ...rest: unknown[]) =>
    new Timestamp({ callable, args: [count, null, zone, ...rest] });
  assertEquals(String(at(1).toTemporal()), "1970-01-01T00:00:00.000000001");
  assertEquals([7, 8, 9, 10].map((n) => String(at(5, null, n).toTemporal())), [
    "1970-01-01T00:00:05",
    "1970-01-01T00:00:00.005",
    "1970-01-01T00:00:00.000005",
    "1970-01-01T00:00:00.000000005",
  ]);
  assertThrows(() => at(5, null, 6).toTemporal(), TypeError);
  assertThrows(() => at("5").toTemporal(), TypeError);
  const offset = (seconds: number) => new Timezone(new TimeDelta(0, seconds));
  const zones: [unknown, string][] = [
    [offset(19800), "1970-01-01T05:30:00+05:30[+05:30]"],
    [offset(-3600), "1969-12-31T23:00:00-01:00[-01:00]"],
    [offset(0), "1970-01-01T00:00:00+00:00[UTC]"],
    // Neither Temporal nor this runtime knows these.
    [offset(19801), "1970-01-01T00:00:00+00:00[UTC]"],
    [new ZoneInfo("Nowhere/Land"), "1970-01-01T00:00:00+00:00[UTC]"],
    [{}, "1970-01-01T00:00:00+00:00[UTC]"],
    [new ZoneInfo("Asia/Tokyo"), "1970-01-01T09:00:00+09:00[Asia/Tokyo]"],
    [
      new ForeignZone({ callable: new Global("pytz", "FixedOffset"), args: [90] }),
      "1970-01-01T01:30:00+01:30[+01:30]",
    ],
    [
      new ForeignZone({ callable: new Global("pytz", "FixedOffset"), args: [100000] }),
      "1970-01-01T00:00:00+00:00[UTC]",
    ],
    [
      new ForeignZone({ callable: new Global("dateutil.tz.tz", "tzlocal") }),
      "1970-01-01T00:00:00+00:00[UTC]",
    ],
  ];
  for (const [zone, text] of zones) assertEquals(String(at(0, zone).toTemporal()), text);
  const dict = new PyDict<unknown, string>([[at(10n ** 18n), "a"]]);
  assertEquals([dict.get(at(10 ** 9, null, 7)), dict.get(at(1))], ["a", undefined]);
  assertEquals(dict.get(at(10n ** 18n, offset(0))), undefined);
  dict.set(at(5, offset(0)), "zoned");
  assertEquals([dict.get(at(5, offset(3600))), dict.get(at(5))], ["zoned", undefined]);
  const delta = new Timedelta({
    callable: new Global("pandas._libs.tslibs.timedeltas", "_timedelta_unpickle"),
    args: [1500, 8],
  });
  assertEquals([String(delta.toTemporal()), toPlain(delta)], ["PT1.5S", "PT1.5S"]);
});
