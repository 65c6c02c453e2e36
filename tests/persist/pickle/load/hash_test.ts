import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  dumps,
  Global,
  loads,
  Pickler,
  PicklingError,
  PyDict,
  PyObject,
  PySet,
  tuple,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { findPythons } from "../../../_support/python.ts";

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (c) => c.charCodeAt(0));
}

/** Opcodes that push a value, and whether it can be a key. */
const KEYS: [string, string, boolean][] = [
  ["list", "]", false],
  ["filled list", "](K\x01K\x02e", false],
  ["dict", "}", false],
  ["dict with an int key", "}K\x01K\x02s", false],
  ["set", "\x8f", false],
  ["bytearray", "\x96\x01\0\0\0\0\0\0\0a", false],
  ["tuple of a list", "]\x85", false],
  ["tuple of tuples of a dict", "}\x85\x85\x85", false],
  ["frozenset", "(K\x01\x91", true],
  ["tuple", "K\x01K\x02\x86", true],
  ["bytes", "C\x01a", true],
  ["None", "N", true],
  ["float", "G?\xf0\0\0\0\0\0\0", true],
];
/** What the value is put into. */
const PLACES: [string, (key: string) => string][] = [
  ["SETITEM", (key) => `\x80\x05}${key}K\x07s.`],
  ["SETITEMS", (key) => `\x80\x05}(X\x01\0\0\0aK\x01${key}K\x07u.`],
  ["DICT", (key) => `(${key}K\x07d.`],
  ["ADDITEMS", (key) => `\x80\x05\x8f(${key}\x90.`],
  ["FROZENSET", (key) => `\x80\x05(${key}\x91.`],
];

Deno.test("loads() refuses keys and elements that have no hash, and takes all others", () => {
  for (const [kind, key, hashable] of KEYS) {
    for (const [place, put] of PLACES) {
      const bytes = bytesOf(put(key));
      if (hashable) loads(bytes);
      else {
        const error = assertThrows(() => loads(bytes), UnpicklingError, "", `${kind} ${place}`);
        assert(error.position > 0 && error.cause instanceof TypeError);
        assertThrows(() => loads(bytes, { dicts: "map" }), UnpicklingError);
      }
    }
  }
});

Deno.test('loads() in mode "plain" refuses a dict as a key, and whatever it can tell apart', () => {
  for (const [place, put] of PLACES) {
    for (const key of ["}", "}K\x01K\x02s"]) {
      assertThrows(
        () => loads(bytesOf(put(key)), { mode: "plain" }),
        UnpicklingError,
        "no hash",
        place,
      );
    }
    loads(bytesOf(put("K\x01K\x02\x86")), { mode: "plain" });
  }
});

const [python] = findPythons();
if (python === undefined) console.log("CPython: skipped, none found");

Deno.test({
  name: "CPython refuses the same keys",
  ignore: python === undefined,
  async fn() {
    const cases = KEYS.flatMap(([, key]) => PLACES.map(([, put]) => bytesOf(put(key))));
    const script = [
      "import pickle, sys",
      "for line in sys.argv[1:]:",
      "    try: pickle.loads(bytes.fromhex(line)); print('taken')",
      "    except TypeError: print('refused')",
    ].join("\n");
    const { stdout } = await new Deno.Command(python!.command, {
      args: ["-c", script, ...cases.map((bytes) => bytes.toHex())],
    }).output();
    const theirs = new TextDecoder().decode(stdout).trim().split("\n");
    const ours = cases.map((bytes) => {
      try {
        loads(bytes);
        return "taken";
      } catch {
        return "refused";
      }
    });
    assertEquals(theirs, ours.map(String));
    assertEquals(theirs.length, KEYS.length * PLACES.length);
  },
});

class Meddler {}

/** Pickles a container whose hooks change it when they meet the meddler. */
function meddle(container: unknown, change: () => void, protocol: number): Uint8Array {
  let done = false;
  const act = () => {
    if (!done) change();
    done = true;
    return { callable: new Global("a", "b") };
  };
  return new Pickler({ protocol, dispatchTable: new Map([[Meddler, act]]) }).dumps(container);
}

Deno.test("a dict, set or tuple that a hook changes while it is pickled is an error", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    for (const size of [1, 2, 20, 2500]) {
      const names = Array.from({ length: size }, (_, i) => `k${i}`);
      const middle = names[size >> 1]!;
      const fail = (container: unknown, change: () => void) =>
        assertThrows(
          () => meddle(container, change, protocol),
          PicklingError,
          "changed",
          `${protocol} ${size}`,
        );
      const record: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, 1]));
      record[middle] = new Meddler();
      fail(record, () => record.more = 1);
      delete record.more;
      fail(record, () => delete record[middle]);
      const map = new PyDict<unknown, unknown>(names.map((name) => [name, 1]));
      map.set(middle, new Meddler());
      fail(map, () => map.set("more", 1));
      const items = tuple<unknown[]>(...names);
      items[size >> 1] = new Meddler();
      fail(items, () => items.length = 0);
      if (protocol < 4) continue;
      const set = new PySet<unknown>(names);
      set.add(new Meddler());
      fail(set, () => set.add("more"));
    }
  }
});

Deno.test("a list that a hook makes longer or shorter is written as it then is, as by CPython", () => {
  for (const protocol of [1, 2, 3, 4, 5]) {
    for (const size of [2, 20, 1000, 2500]) {
      const list: unknown[] = Array.from({ length: size }, (_, i) => i);
      list[1] = new Meddler();
      const longer = loads(meddle(list, () => list.push(-1, -2), protocol), { unknown: "opaque" });
      assertEquals((longer as unknown[]).length, size + 2);
      assertEquals((longer as unknown[]).slice(-2), [-1, -2]);
      const shorter = loads(meddle(list, () => list.length = 2, protocol), { unknown: "opaque" });
      assertEquals((shorter as unknown[])[0], 0);
      assert((shorter as unknown[])[1] instanceof PyObject);
      assertEquals((shorter as unknown[]).length, 2);
    }
  }
});

Deno.test("a hook that changes nothing, or something else, does no harm", () => {
  const other: Record<string, number> = {};
  const record = { a: new Meddler(), b: 1 };
  const bytes = meddle(record, () => other.more = 1, 5);
  assertEquals(Object.keys(loads(bytes, { unknown: "opaque" }) as object), ["a", "b"]);
  assertEquals(loads(dumps({ a: 1, b: 1 })), { a: 1, b: 1 });
});
