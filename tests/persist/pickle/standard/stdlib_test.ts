import { assert, assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import {
  Counter,
  Decimal,
  DefaultDict,
  Deque,
  DType,
  dumps,
  Fraction,
  Global,
  loads,
  NdArray,
  NdScalar,
  OrderedDict,
  PicklingError,
  PurePath,
  PyArray,
  PyDateTime,
  PyException,
  PyTime,
  Range,
  Registry,
  Slice,
  TimeDelta,
  Timezone,
  tuple,
  UnpicklingError,
  Uuid,
  ZoneInfo,
} from "@ferry/std/persist/pickle";
import { findPythons, type Python, runPython } from "../../../_support/python.ts";

const SCRIPT = new URL("./stdlib.py", import.meta.url);
const PROTOCOLS = [0, 1, 2, 3, 4, 5];
const pythons = findPythons();
if (pythons.length === 0) {
  console.log("pickle standard library tests: skipped, no python3 of 3.8 to 3.13 found");
}

/** Python 3.12 made `defaultdict`'s module a string of its own; we write as the newer ones do. */
function differs(python: Python, name: string): boolean {
  return python.version[1] < 12 && name === "default nested";
}

async function pythonPickles(
  python: Python,
): Promise<{ numpy: boolean; pickles: Record<string, string[]> }> {
  const out = await runPython(python, SCRIPT, ["dump"], new Uint8Array(0));
  return JSON.parse(new TextDecoder().decode(out));
}

for (const python of pythons) {
  const name = `CPython ${python.version.join(".")}`;

  Deno.test(`the standard library's values of ${name} come back as the same bytes`, async () => {
    const { numpy, pickles } = await pythonPickles(python);
    if (!numpy) console.log(`${name}: numpy values skipped, it is not installed`);
    for (const [value, hexes] of Object.entries(pickles)) {
      for (const protocol of PROTOCOLS) {
        const expected = hexes[protocol]!;
        const bytes = dumps(loads(Uint8Array.fromHex(expected)), { protocol });
        if (!differs(python, value)) assertEquals(bytes.toHex(), expected, `${value}, ${protocol}`);
        loads(Uint8Array.fromHex(expected), { mode: "plain" });
      }
    }
  });

  Deno.test(`${name} reads what we write`, async () => {
    const cases: [unknown, string][] = [
      [new Temporal.PlainDate(2020, 2, 29), "datetime.date(2020, 2, 29)"],
      [
        Temporal.PlainDateTime.from("2020-01-02T03:04:05.000006"),
        "datetime.datetime(2020, 1, 2, 3, 4, 5, 6)",
      ],
      [
        Temporal.ZonedDateTime.from("2020-01-02T03:04:05+00:00[+00:00]"),
        "datetime.datetime(2020, 1, 2, 3, 4, 5, tzinfo=datetime.timezone.utc)",
      ],
      [
        new Date(0),
        "datetime.datetime(1970, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)",
      ],
      [
        Temporal.Instant.from("2020-01-02T00:00:00.123456Z"),
        "datetime.datetime(2020, 1, 2, 0, 0, 0, 123456, tzinfo=datetime.timezone.utc)",
      ],
      [new Temporal.PlainTime(1, 2, 3), "datetime.time(1, 2, 3)"],
      [new TimeDelta(-1, 2, 3), "datetime.timedelta(days=-1, seconds=2, microseconds=3)"],
      [Temporal.Duration.from({ hours: -1 }), "datetime.timedelta(days=-1, seconds=82800)"],
      [new Decimal("1.50"), "Decimal('1.50')"],
      [new Fraction(1, 3), "Fraction(1, 3)"],
      [new Uuid(5n), "UUID('00000000-0000-0000-0000-000000000005')"],
      [
        new DefaultDict(new Global("builtins", "list"), [["a", [1]]]),
        "defaultdict(<class 'list'>, {'a': [1]})",
      ],
      [Counter.of("aab"), "Counter({'a': 2, 'b': 1})"],
      [new Deque([1, 2, 3], 2), "deque([2, 3], maxlen=2)"],
      [new Range(1, 5, 2), "range(1, 5, 2)"],
      [new Slice(1, null), "slice(1, None, None)"],
      [new PurePath(["/", "etc", "hosts"]), "PurePosixPath('/etc/hosts')"],
      [new PurePath(["c:\\", "a"], { className: "PureWindowsPath" }), "PureWindowsPath('c:/a')"],
      [new PyException("KeyError", ["k"]), "KeyError('k')"],
      [new TypeError("bad"), "TypeError('bad')"],
      [new RangeError("far"), "ValueError('far')"],
      [new Error("any"), "Exception('any')"],
      [new Int16Array([1, -2]), "array('h', [1, -2])"],
      [new Float64Array([1, 2.5]), "array('d', [1.0, 2.5])"],
      [new BigInt64Array([1n]), "array('q', [1])"],
      [new PyArray("B", new Uint8Array([7])), "array('B', [7])"],
      [new Map<unknown, unknown>([[1, "a"], [tuple(1, 2), null]]), "{1: 'a', (1, 2): None}"],
    ];
    if (python.version[1] >= 9) {
      cases.push(
        [new ZoneInfo("Europe/Berlin"), "zoneinfo.ZoneInfo(key='Europe/Berlin')"],
        [
          Temporal.ZonedDateTime.from("2020-10-25T02:30:00+01:00[Europe/Berlin]"),
          "datetime.datetime(2020, 10, 25, 2, 30, fold=1, " +
          "tzinfo=zoneinfo.ZoneInfo(key='Europe/Berlin'))",
        ],
      );
    }
    // Fold travels in protocols 4 and 5 only.
    for (const protocol of PROTOCOLS) {
      const hexes = cases.map(([value]) => dumps(value, { protocol }).toHex());
      const out = await runPython(
        python,
        SCRIPT,
        ["repr"],
        new TextEncoder().encode(JSON.stringify(hexes)),
      );
      const lines = new TextDecoder().decode(out).trimEnd().split("\n");
      for (const [i, [, expected]] of cases.entries()) {
        const wanted = protocol < 4 ? expected.replace(", fold=1", "") : expected;
        assertEquals(lines[i], wanted, `protocol ${protocol}`);
      }
    }
  });
}

for (const python of pythons) {
  const name = `CPython ${python.version.join(".")}`;

  Deno.test(`objects of unknown classes of ${name} come back as the same bytes`, async () => {
    const out = await runPython(python, SCRIPT, ["opaque"], new Uint8Array(0));
    const pickles = JSON.parse(new TextDecoder().decode(out)) as Record<string, string>;
    for (const [value, expected] of Object.entries(pickles)) {
      const protocol = Number(value.at(-1));
      const back = loads(Uint8Array.fromHex(expected), { unknown: "opaque" });
      assertEquals(dumps(back, { protocol }).toHex(), expected, value);
    }
  });

  Deno.test(`names that moved since Python 2 are those of ${name}`, async () => {
    const out = await runPython(python, SCRIPT, ["python2"], new Uint8Array(0));
    const { modules, names, modulesBack, namesBack } = JSON.parse(new TextDecoder().decode(out));
    const read = (module: string, name: string) => {
      const bytes = new TextEncoder().encode(`c${module}\n${name}\n.`);
      const found = loads(bytes, { unknown: "opaque", registry: new Registry(null) });
      return [(found as Global).module, (found as Global).qualname];
    };
    const written = (module: string, name: string) => {
      const text = new TextDecoder().decode(dumps(new Global(module, name), { protocol: 0 }));
      return text.slice(1).split("\n").slice(0, 2);
    };
    for (const [old, now] of modules) {
      assertEquals(read(old, "unmoved_name"), [now, "unmoved_name"]);
    }
    for (const [old, now] of names) assertEquals(read(old[0], old[1]), now);
    for (const [now, old] of modulesBack) {
      assertEquals(written(now, "unmoved_name"), [old, "unmoved_name"]);
    }
    for (const [now, old] of namesBack) assertEquals(written(now[0], now[1]), old);
  });
}

Deno.test({
  name: "numpy reads our arrays, and we read numpy's",
  ignore: pythons.length === 0,
  async fn() {
    for (const python of pythons) {
      const { numpy, pickles } = await pythonPickles(python);
      if (!numpy) continue;
      for (const protocol of PROTOCOLS) {
        const array = loads(Uint8Array.fromHex(pickles["numpy"]![protocol]!)) as NdArray;
        assertInstanceOf(array, NdArray);
        assertEquals([array.dtype.code, [...array.shape]], ["f8", [2, 3]]);
        assertEquals([...array.typed() as Float64Array], [0, 1, 2, 3, 4, 5]);
        const [scalar] = loads(
          Uint8Array.fromHex(pickles["numpy scalar"]![protocol]!),
        ) as NdScalar[];
        assertEquals(scalar!.valueOf(), 1.5);
      }
      const ours = [
        dumps(NdArray.from(new Float32Array([1, 2, 3, 4]), [2, 2]), { protocol: 5 }),
        dumps(NdArray.from(new BigInt64Array([1n, 2n])), { protocol: 2 }),
        dumps(new NdScalar(new DType("i2"), new Uint8Array([1, 0]))),
      ].map((bytes) => bytes.toHex());
      const input = new TextEncoder().encode(JSON.stringify(ours));
      const out = new TextDecoder().decode(await runPython(python, SCRIPT, ["repr"], input));
      assertEquals(
        // numpy 1 shows a scalar as its number.
        out.replaceAll(/\s+/g, "").replace(/\)1$/, ")np.int16(1)"),
        "array([[1.,2.],[3.,4.]],dtype=float32)array([1,2])np.int16(1)",
      );
    }
  },
});

Deno.test("dates: each kind of time goes to the type that holds it", () => {
  const back = (value: unknown) => loads(dumps(value));
  assertInstanceOf(back(new Date(5)), Temporal.ZonedDateTime);
  assertEquals((back(new Date(5)) as Temporal.ZonedDateTime).epochMilliseconds, 5);
  const named = new PyDateTime({
    year: 2020,
    month: 1,
    day: 2,
    tzinfo: new Timezone(new TimeDelta(0, 3600), "CET"),
  });
  assertEquals(back(named), named);
  const time = new PyTime({ hour: 1, tzinfo: new Timezone(new TimeDelta(0)) });
  assertEquals(back(time), time);
  assertThrows(() => dumps(new Temporal.PlainDate(10000, 1, 1)), PicklingError, "10000");
  assertThrows(() => dumps(new Date(NaN)), PicklingError, "invalid Date");
});

Deno.test("dates: a damaged payload is an error", () => {
  for (const [name, length] of [["date", 4], ["time", 6], ["datetime", 10]] as const) {
    for (const size of [0, length - 1, length + 1]) {
      const bytes = new TextEncoder().encode(`cdatetime\n${name}\n(U`);
      const code = new Uint8Array([...bytes, size, ...new Uint8Array(size), 0x74, 0x52, 0x2e]);
      assertThrows(() => loads(code), UnpicklingError, "state");
    }
    const zeros = new TextEncoder().encode(`cdatetime\n${name}\n(U`);
    const code = new Uint8Array([
      ...zeros,
      length,
      ...new Uint8Array(length).fill(0x7f),
      0x74,
      0x52,
      0x2e,
    ]);
    assertThrows(() => loads(code), UnpicklingError);
  }
});

Deno.test("dictionaries of the standard library keep class, order and factory", () => {
  const ordered = new OrderedDict<unknown, unknown>([["b", 1], ["1", 2], [tuple(1), 3]]);
  const back = loads(dumps(ordered)) as OrderedDict;
  assertInstanceOf(back, OrderedDict);
  assertEquals([...back.keys()], [...ordered.keys()]);
  assertEquals(back.get(tuple(1)), 3);
  const counter = loads(dumps(Counter.of([1, 1, 2]))) as Counter;
  assertInstanceOf(counter, Counter);
  assertEquals([...counter], [[1, 2], [2, 1]]);
});

Deno.test("a bounded deque that is filled beyond its length costs its items, not their square", () => {
  const deque = new Deque<number>([], 50_000);
  for (let i = 0; i < 500_000; i++) deque.append(i);
  assertEquals(deque.length, 50_000);
  assertEquals(deque.toArray()[0], 450_000);
});

Deno.test("exceptions are errors, with arguments and attributes", () => {
  const error = new PyException("ValueError", ["x", 1]);
  error.attributes = { __notes__: ["why"] };
  const back = loads(dumps(error)) as PyException;
  assertInstanceOf(back, Error);
  assertEquals([back.name, back.message, [...back.args]], ["ValueError", "x, 1", ["x", 1]]);
  assertEquals(back.attributes, { __notes__: ["why"] });
});

Deno.test("Decimal and Fraction refuse what is no number", () => {
  const read = (text: string) => loads(new TextEncoder().encode(text));
  assertThrows(() => read("cdecimal\nDecimal\n(S'1;2'\ntR."), UnpicklingError);
  assertThrows(() => read("cdecimal\nDecimal\n(I1\ntR."), UnpicklingError);
  assertThrows(() => read("cfractions\nFraction\n(I1\nI0\ntR."), UnpicklingError);
  assertEquals(String(read("cfractions\nFraction\n(S'1/3'\ntR.")), "1/3");
});

Deno.test("mode plain reads decimals, paths and collections as plain values", () => {
  const plain = (value: unknown) => loads(dumps(value), { mode: "plain" });
  assertEquals(plain(new Decimal("1.50")), "1.50");
  assertEquals(plain(new PurePath(["/", "a"])), "/a");
  assertEquals(plain(new OrderedDict([["a", 1]])), new Map([["a", 1]]));
  assertEquals(plain(Counter.of("a")), new Map([["a", 1]]));
  assert(plain(new Uuid(1n)) instanceof Uuid);
});
