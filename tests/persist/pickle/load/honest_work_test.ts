/**
 * No honest pickle meets `maxWork`: what CPython writes is read with the smallest one there is, which leaves a pickle
 * nothing but what its own bytes account for.
 */
import { assert, assertEquals } from "@std/assert";
import { dumps, loads, Registry } from "@ferry/std/persist/pickle";
import * as marshal from "@ferry/std/persist/marshal";
import { DType, NdArray, PyDict, PySet, tuple } from "@ferry/std/persist/types";
import { pickleVectors } from "../../../_support/pickle_vectors.ts";
import { nameOf, pythonsOrSkip } from "../../../_support/python_program.ts";

const NOTHING = { maxWork: 1, unknown: "opaque" } as const;

/** Many small objects of every kind that copies its arguments, and large ones, in all protocols. */
const PROGRAM = String.raw`
import pickle, collections, datetime, decimal, fractions, pathlib, array, uuid, sys, base64, enum
class Plain:
    def __init__(self, i):
        self.number = i; self.name = "n%d" % i; self.rest = None
class Slots:
    __slots__ = ("a", "b")
class Borg:
    shared = {"key%d" % i: i for i in range(100)}
    def __init__(self):
        self.__dict__ = Borg.shared
class Color(enum.Enum):
    RED = 1
    GREEN = 2
def slots(i):
    s = Slots(); s.a = i; s.b = [i]
    return s
tz = datetime.timezone(datetime.timedelta(hours=2))
n = 500
values = {
  "plain objects": [Plain(i) for i in range(n)],
  "slots": [slots(i) for i in range(n)],
  "enum": [Color.RED, Color.GREEN] * n,
  "sets": [{i} for i in range(n)] + [set() for i in range(n)] + [set(range(20000))],
  "frozensets": [frozenset([i, (i, "x")]) for i in range(n)] + [frozenset(range(20000))],
  "bytes": [b"", b"a", b"\xff" * 300] + [bytes([i % 256] * 3) for i in range(n)],
  "bytearrays": [bytearray(b"ab%d" % i) for i in range(n)] + [bytearray(200000)],
  "counters": [collections.Counter("hello") for i in range(n)] + [collections.Counter(range(20000))],
  "ordered": [collections.OrderedDict(a=i) for i in range(n)] + [collections.OrderedDict() for i in range(n)],
  "defaultdicts": [collections.defaultdict(list, {i: [i]}) for i in range(n)],
  "deques": [collections.deque([i], 5) for i in range(n)] + [collections.deque(range(20000))],
  "decimals": [decimal.Decimal(i) for i in range(n)] + [decimal.Decimal("1" * 20000)],
  "fractions": [fractions.Fraction(i, 7) for i in range(n)],
  "dates": [datetime.date(2000, 1, 1 + i % 28) for i in range(n)],
  "times": [datetime.datetime(2000, 1, 1, i % 24, tzinfo=tz) for i in range(n)],
  "deltas": [datetime.timedelta(i, i) for i in range(n)],
  "paths": [pathlib.PurePosixPath("/a/b/%d" % i) for i in range(n)],
  "arrays": [array.array("i", [i]) for i in range(n)] + [array.array("d", [0.5] * 20000)],
  "uuids": [uuid.UUID(int=i) for i in range(n)],
  "exceptions": [ValueError("no", i) for i in range(n)] + [KeyError("k" * 20000)],
  "complex": [complex(i, 1) for i in range(n)],
  "ranges": [range(i) for i in range(n)],
  "keys": {(i, "name", float(i), i << 100): i for i in range(n)},
  "large integers as keys": {(1 << 70) + i: i for i in range(n)},
  "addresses": {i << 64 for i in range(50)},
  "shared": [[1, "two", (3.0,)]] * n,
}
for name, value in values.items():
    # Before protocol 2, slots have no pickle.
    for protocol in range(2 if name == "slots" else 0, 6):
        print(name, protocol, base64.b64encode(pickle.dumps(value, protocol)).decode())
`;

for (const python of pythonsOrSkip("honest pickles")) {
  Deno.test(`${nameOf(python)}'s pickles of many objects are read with a maxWork of 1`, async () => {
    const child = new Deno.Command(python.command, {
      args: ["-W", "ignore", "-c", PROGRAM],
      stdout: "piped",
      stderr: "inherit",
    });
    const { success, stdout } = await child.output();
    assert(success);
    const registry = new Registry();
    let count = 0;
    for (const line of new TextDecoder().decode(stdout).trim().split("\n")) {
      const at = line.lastIndexOf(" ");
      const bytes = Uint8Array.fromBase64(line.slice(at + 1));
      for (const mode of ["natural", "plain"] as const) {
        try {
          loads(bytes, { ...NOTHING, mode, registry });
        } catch (error) {
          throw new TypeError(`${line.slice(0, at)}, ${mode}: ${error}`, { cause: error });
        }
      }
      count++;
    }
    assertEquals(count, 26 * 6 - 2);
  });
}

Deno.test("every vector of CPython 3.13 is read with a maxWork of 1", () => {
  for (const { pickle } of pickleVectors()) loads(pickle, NOTHING);
});

Deno.test("large honest pickles and marshalled values are read with a maxWork of 1", () => {
  const big = Array.from({ length: 20_000 }, (_, i) => i);
  const key = tuple(...big);
  const values: unknown[] = [
    big,
    new PySet(big),
    new PyDict(big.map((i) => [tuple(i, `k${i}`), i])),
    new PyDict([[key, 1]]),
    "x".repeat(5_000_000),
    NdArray.from(new Float64Array(10_000), [100, 100]),
    new NdArray(new DType("O"), [3], [1, "a", null]),
    Array.from({ length: 300 }, () => new Int32Array(100)),
  ];
  for (const protocol of [0, 1, 2, 4, 5]) {
    for (const value of values) loads(dumps(value, { protocol }), NOTHING);
  }
  for (const value of values.slice(0, 5)) {
    marshal.loads(marshal.dumps(value), { maxWork: 1 });
    marshal.loads(marshal.dumps(value), { maxWork: 1, mode: "plain" });
  }
  // A hundred megabytes, and nesting as deep as it goes.
  const bytes = new Uint8Array(100 << 20);
  assertEquals((loads(dumps(bytes), NOTHING) as Uint8Array).length, bytes.length);
  const deep = new Uint8Array(200_001).fill(0x5d, 0, 100_000).fill(0x61, 99_999 + 1, 199_999);
  deep.set([0x2e], 199_999);
  loads(deep, NOTHING);
});
