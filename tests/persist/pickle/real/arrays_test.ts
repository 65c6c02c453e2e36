import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  Complex,
  DType,
  dumps,
  Global,
  loads,
  NdArray,
  NdScalar,
  type PickleBuffer,
  PyObject,
  toPlain,
  tuple,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { EFFORT, seedFor } from "../../../_support/random.ts";
import { hasLibrary, runScript } from "./_libraries.ts";

const available = await hasLibrary("numpy");
if (!available) console.log("numpy's arrays: skipped, /usr/bin/python3 has no numpy");

interface Case {
  class: string;
  protocol: number;
  pickle: string;
  shape: number[];
  elements: unknown;
}

/** An element as the script shows it. */
function shown(value: unknown, unit: string, kind: string): unknown {
  if (Array.isArray(value)) return value.map((item) => shown(item, unit, kind));
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof Uint8Array) return { b: value.toHex() };
  if (value instanceof Complex) return { c: [float(value.re), float(value.im)] };
  if (typeof value === "bigint") return { i: String(value) };
  if (typeof value === "number") return kind === "f" ? float(value) : { i: String(value) };
  if (value instanceof Temporal.PlainDate || value instanceof Temporal.PlainDateTime) {
    return { moment: value.toString() };
  }
  if (value instanceof Temporal.Duration) return { duration: value };
  const record = value as Record<string, unknown>;
  return {
    r: Object.fromEntries(
      Object.entries(record).map((
        [key, item],
      ) => [key, shown(item, unit, key === "at" ? "f" : "i")]),
    ),
  };
}

function float(value: number): { f: string } {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  // JavaScript has one NaN, numpy keeps the bits of each.
  return { f: Number.isNaN(value) ? "nan" : bytes.toHex() };
}

const NANOSECONDS: Record<string, bigint> = {
  D: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  us: 1_000n,
  ns: 1n,
};

/** Compares what was read with what numpy says, where a time is its unit and count. */
function sameElements(ours: unknown, theirs: unknown, where: string): void {
  if (Array.isArray(theirs)) {
    assert(Array.isArray(ours) && ours.length === theirs.length, where);
    theirs.forEach((item, i) => sameElements(ours[i], item, where));
    return;
  }
  const time = typeof theirs === "object" && theirs !== null && "t" in theirs
    ? theirs.t as [string, string, string, string] | null
    : undefined;
  if (time === undefined) return assertEquals(ours, theirs, where);
  if (time === null) return assertEquals(ours, null, where);
  const [kind, unit, text, raw] = time;
  const count = BigInt(text);
  const zero = Temporal.PlainDateTime.from("1970-01-01");
  if (kind === "m") {
    const { duration } = ours as { duration?: Temporal.Duration };
    if (duration === undefined) {
      assertEquals(ours, { i: raw }, where);
      const seconds = count * NANOSECONDS[unit]! / NANOSECONDS.s!;
      return assert(seconds > 2n ** 53n || seconds < -(2n ** 53n) || unit === "D", where);
    }
    const nanoseconds = BigInt(duration.days) * NANOSECONDS.D! +
      BigInt(duration.seconds) * NANOSECONDS.s! + BigInt(duration.milliseconds) * 1_000_000n +
      BigInt(duration.microseconds) * 1000n + BigInt(duration.nanoseconds);
    return assertEquals(nanoseconds, count * NANOSECONDS[unit]!, where);
  }
  const { moment } = (ours ?? {}) as { moment?: string };
  if (moment === undefined) {
    // Beyond what Temporal has room for.
    assertEquals(ours, { i: raw }, where);
    return assert(
      unit === "Y" || unit === "M" || count * NANOSECONDS[unit]! > 8_640_000_000_000_000_000_000n ||
        count * NANOSECONDS[unit]! < -8_640_000_000_000_000_000_000n,
      where,
    );
  }
  const date = Temporal.PlainDateTime.from(moment);
  const expected = unit === "Y"
    ? zero.add({ years: Number(count) })
    : unit === "M"
    ? zero.add({ months: Number(count) })
    : zero.toZonedDateTime("UTC").toInstant().epochNanoseconds + count * NANOSECONDS[unit]!;
  const received = typeof expected === "bigint"
    ? date.toZonedDateTime("UTC").epochNanoseconds
    : date.toString();
  assertEquals(received, typeof expected === "bigint" ? expected : expected.toString(), where);
}

Deno.test({
  name: "NdArray: random arrays of numpy have its elements, and are written as they were",
  ignore: !available,
  async fn() {
    const seed = seedFor("numpy arrays");
    const count = 400 * EFFORT;
    const lines = (await runScript("arrays.py", [String(seed), String(count)])).trim().split("\n");
    const back: string[] = [];
    const cases = lines.map((line) => JSON.parse(line) as Case);
    for (const [i, { pickle, shape, elements, protocol, class: name }] of cases.entries()) {
      const where = `FERRY_SEED=${seed}, array ${i} of protocol ${protocol}`;
      const bytes = Uint8Array.fromHex(pickle);
      const array = loads(bytes, { mode: "exact" }) as NdArray;
      assertEquals([array.shape, array.subclass === undefined], [shape, name === "ndarray"], where);
      const { kind, unit } = array.dtype;
      const own = array.toArray();
      const form = kind === "f" || kind === "c" ? "f" : "i";
      sameElements(shown(own, unit?.name ?? "", form), elements, where);
      assertEquals(dumps(array, { protocol }).toHex(), pickle, where);
      back.push(dumps(array, { protocol: (protocol + 1 + i % 5) % 6 }).toHex());
      if (shape.every((n) => n > 0)) {
        const last = shape.map((n) => n - 1);
        const path = last.reduce((rows, n) => (rows as unknown[])[n], own);
        assertEquals(array.at(...last), path, where);
        assertEquals(array.at(...shape.map(() => -1)), path, where);
      }
    }
    const checked = (await runScript("arrays.py", ["check"], back.join("\n") + "\n")).trim();
    for (const [i, line] of checked.split("\n").entries()) {
      const { shape, elements, class: name } = cases[i]!;
      assertEquals(JSON.parse(line), { class: name, shape, elements }, `FERRY_SEED=${seed}, ${i}`);
    }
  },
});

/** What numpy writes under Python 2: a `str` where Python 3 has bytes. */
function python2(call: string): Uint8Array {
  return Uint8Array.from(call, (c) => c.charCodeAt(0));
}

const PYTHON2_DTYPE = "cnumpy\ndtype\nq\x04(U\x02i8q\x05K\x00K\x01tq\x06Rq\x07" +
  "(K\x03U\x01<q\x08NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tq\x09b";
const PYTHON2_ARRAY = "\x80\x02cnumpy.core.multiarray\n_reconstruct\nq\x00cnumpy\nndarray\nq\x01" +
  "K\x00\x85q\x02U\x01bq\x03\x87Rq\x0a(K\x01K\x02\x85q\x0b" + PYTHON2_DTYPE +
  "\x89U\x10\x01\x00\x00\x00\x00\x00\x00\x00\xfe\xff\xff\xff\xff\xff\xff\xffq\x0ctq\x0db.";
const PYTHON2_FIELDS = "\x80\x02cnumpy\ndtype\n(U\x02V8K\x00K\x01tR(K\x03U\x01|N" +
  "(U\x01xt}U\x01x(" + PYTHON2_DTYPE + "K\x00ts" + "K\x08K\x01K\x10tb.";
const PYTHON2_SCALAR = "\x80\x02cnumpy.core.multiarray\nscalar\n(" + PYTHON2_DTYPE +
  "U\x08\xff\xff\xff\xff\xff\xff\xff\xfftR.";

Deno.test("numpy's pickles of Python 2 are read with the encodings latin1 and bytes", () => {
  for (const encoding of ["latin1", "bytes"] as const) {
    const array = loads(python2(PYTHON2_ARRAY), { encoding }) as NdArray;
    assertEquals(array.toArray(), [1, -2]);
    const fields = loads(python2(PYTHON2_FIELDS), { encoding }) as DType;
    assertEquals(fields.fields?.map(({ name, offset }) => [name, offset]), [["x", 0]]);
    const scalar = loads(python2(PYTHON2_SCALAR), { encoding }) as NdScalar;
    assertEquals(scalar.valueOf(), -1);
    // Python 3 reads what is written of them.
    assertEquals((loads(dumps(array, { protocol: 2 })) as NdArray).toArray(), [1, -2]);
  }
  assertThrows(() => loads(python2(PYTHON2_ARRAY)), UnpicklingError, "encoding");
});

Deno.test("NdArray.at() and toArray() refuse what they cannot read", () => {
  const matrix = NdArray.from(new Float32Array([1, 2, 3, 4]), [2, 2]);
  assertEquals([matrix.at(0, -1), matrix.at(2, 0), matrix.at(0, 0.5)], [2, undefined, undefined]);
  assertThrows(() => matrix.at(1), TypeError, "needed 2 indices, received 1");
  const short = new NdArray(new DType("f8"), [3], new Uint8Array(8));
  assertThrows(() => short.toArray(), TypeError, "needed 3 of 8 bytes, received 8");
  const rows = new NdArray(new DType("f8"), [2 ** 40, 0], new Uint8Array(0));
  assertThrows(() => rows.toArray(), RangeError);
  assertEquals(new NdArray(new DType("f8"), [2, 0], new Uint8Array(0)).toArray(), [[], []]);
});

Deno.test("structured types that overlap or contain themselves do not grow beyond their bytes", () => {
  // Each level has the level below twice, at the same place.
  let level = new DType("u1");
  for (let i = 0; i < 30; i++) {
    const outer = new DType("V1");
    const fields = { a: [level, 0], b: [level, 0] };
    outer.detail = [3, "|", null, ["a", "b"], fields, 1, 1, 0];
    level = outer;
  }
  assertThrows(() => new NdArray(level, [1], new Uint8Array(1)).toArray(), RangeError);
  assertEquals(new NdScalar(level, new Uint8Array(1)).value, undefined);
  const self = new DType("V1");
  self.detail = [3, "|", null, ["a"], { a: [self, 0] }, 1, 1, 0];
  assertThrows(() => new NdArray(self, [1], new Uint8Array(1)).toArray(), TypeError);
  const beyond = new DType("V1");
  beyond.detail = [3, "|", null, ["a"], { a: [new DType("f8"), 0] }, 1, 1, 0];
  assertThrows(() => new NdArray(beyond, [1], new Uint8Array(1)).toArray(), TypeError, "that fit");
  const wide = new DType("V1");
  wide.detail = [3, "|", [new DType("u1"), [2 ** 40]], null, null, 1, 1, 0];
  assertThrows(() => new NdArray(wide, [1], new Uint8Array(1)).toArray(), TypeError, "that fits");
});

Deno.test("float16, big-endian numbers and times are typed arrays", () => {
  const half = NdArray.from(new Float16Array([0.5, -2]));
  assertEquals([half.dtype.code, half.typed()], ["f2", new Float16Array([0.5, -2])]);
  const big = new NdArray(new DType("i2", ">"), [2], new Uint8Array([1, 2, 3, 4]));
  assertEquals([big.typed(), big.toArray()], [new Int16Array([0x102, 0x304]), [0x102, 0x304]]);
  const times = new NdArray(new DType("M8"), [1], new Uint8Array(8).fill(1));
  assertEquals(times.typed(), new BigInt64Array([0x0101010101010101n]));
  assertEquals(
    toPlain(new NdScalar(new DType("U2"), new Uint8Array([97, 0, 0, 0, 0, 0, 0, 0]))),
    "a",
  );
});

Deno.test("big-endian numbers of every size are swapped, and records with objects have their fields", () => {
  const big = (
    code: string,
    bytes: number[],
  ) => [...new NdArray(new DType(code, ">"), [1], new Uint8Array(bytes)).typed() as BigInt64Array];
  assertEquals(big("u2", [1, 2]) as unknown, [0x102]);
  assertEquals(big("u4", [1, 2, 3, 4]) as unknown, [0x1020304]);
  assertEquals(big("u8", [1, 2, 3, 4, 5, 6, 7, 8]), [0x102030405060708n]);
  const record = new DType("V16");
  record.detail = [
    3,
    "|",
    null,
    ["id", "any"],
    { id: [new DType("i8"), 0], any: [new DType("O8"), 8] },
    16,
    1,
    27,
  ];
  const array = new NdArray(record, [2], [tuple(1, "x"), tuple(2, null)]);
  assertEquals(array.toArray(), [{ id: 1, any: "x" }, { id: 2, any: null }]);
  assertEquals(array.at(-1), { id: 2, any: null });
  const objects = new NdArray(new DType("O8"), [2, 1], ["a", null], { order: "F" });
  assertEquals([objects.toArray(), objects.at(0, 0)], [[["a"], [null]], "a"]);
});

Deno.test("an array stays read-only, out of band too", () => {
  const fixed = new NdArray(new DType("u1"), [2], new Uint8Array([1, 2]), { readonly: true });
  for (const array of [fixed, NdArray.from(new Uint8Array([1, 2]))]) {
    assertEquals((loads(dumps(array)) as NdArray).readonly, array.readonly);
    const beside: PickleBuffer[] = [];
    const bytes = dumps(array, { bufferCallback: (buffer) => void beside.push(buffer) });
    const back = loads(bytes, { buffers: beside }) as NdArray;
    assertEquals([back.readonly, back.toArray()], [array.readonly, [1, 2]]);
  }
});

Deno.test("a subclass of ndarray keeps its class, and what its state holds besides", () => {
  const subclass = new Global("shapes", "Info");
  const recipe = new PyObject({
    callable: new Global("numpy.core.multiarray", "_reconstruct"),
    args: [subclass, tuple(0), new Uint8Array([98])],
  });
  const dtype = new DType("u1");
  recipe.state = tuple(1, tuple(2), dtype, false, new Uint8Array([1, 2]), { unit: "m" });
  const bytes = dumps(recipe);
  const array = loads(bytes, { unknown: "opaque" }) as NdArray;
  assertEquals([String(array.subclass), array.extra], ["shapes.Info", [{ unit: "m" }]]);
  assertEquals(dumps(array).toHex(), bytes.toHex());
  assertThrows(() => loads(bytes), UnpicklingError, "shapes.Info is not registered");
});
