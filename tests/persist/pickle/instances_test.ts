import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import {
  Complex,
  DType,
  dumps,
  Float,
  FrozenSet,
  Global,
  loads,
  NdScalar,
  OrderedDict,
  Pickler,
  PyArray,
  PyDict,
  PyObject,
  PySet,
  Registry,
  tuple,
} from "@ferry/std/persist/pickle";
import { findPythons, type Python, runPython } from "../../_support/python.ts";

const PROTOCOLS = [0, 1, 2, 3, 4, 5];
const SCRIPT = new URL("./instances.py", import.meta.url);
const pythons = findPythons();
if (pythons.length === 0) console.log("pickles of instances: CPython's part skipped, none found");

class Inventory extends Map<unknown, unknown> {
  place = "here";
}
class Steps extends Array<unknown> {
  label = "";
}
class Tags extends Set<unknown> {
  owner: unknown = null;
}
class Ordered extends OrderedDict {
  note = "n";
}

const registry = new Registry()
  .register("instances", "Inventory", { type: Inventory })
  .register("instances", "Steps", { type: Steps })
  .register("instances", "Tags", { type: Tags })
  .register("instances", "Ordered", { type: Ordered });

async function ask(python: Python, ...args: string[]): Promise<string> {
  const out = await runPython(python, SCRIPT, args, new Uint8Array(0));
  return new TextDecoder().decode(out).trim();
}

Deno.test("classes that extend Map, Array, Set and OrderedDict keep items and properties by their name alone", () => {
  for (const protocol of PROTOCOLS) {
    const inventory = new Inventory([["tea", 2], [1, "one"]]);
    const steps = Object.assign(new Steps("a", "b", "c"), { label: "x" });
    const tags = Object.assign(new Tags(["t", 5]), { owner: inventory });
    const ordered = new Ordered([["k", 1]]);
    const value = [inventory, steps, tags, ordered, new Steps()];
    const back = loads(dumps(value, { registry, protocol }), { registry }) as typeof value;
    const [inventory2, steps2, tags2, ordered2, empty] = back as [
      Inventory,
      Steps,
      Tags,
      Ordered,
      Steps,
    ];
    assertInstanceOf(inventory2, Inventory);
    assertEquals([...inventory2], [["tea", 2], [1, "one"]], `protocol ${protocol}`);
    assertEquals(inventory2.place, "here");
    assert(Array.isArray(steps2) && steps2 instanceof Steps);
    assertEquals([[...steps2], steps2.length, steps2.label], [["a", "b", "c"], 3, "x"]);
    assertInstanceOf(tags2, Tags);
    assertEquals([...tags2], ["t", 5]);
    assert(tags2.owner === inventory2);
    assertInstanceOf(ordered2, Ordered);
    assertEquals([ordered2.get("k"), ordered2.note], [1, "n"]);
    assert(Array.isArray(empty) && empty.length === 0);
  }
});

Deno.test("a method of a class has no part in making it, but items of a Map are set by it", () => {
  class Counted extends Set<unknown> {
    override add(): this {
      throw new TypeError("not this way");
    }
  }
  class Upper extends Map<unknown, unknown> {
    override set(key: unknown, value: unknown): this {
      return super.set(String(key).toUpperCase(), value);
    }
  }
  class Frozen extends FrozenSet {}
  const own = new Registry().register("m", "Counted", { type: Counted })
    .register("m", "Upper", { type: Upper }).register("m", "Frozen", { type: Frozen });
  const call = (name: string, args: unknown[] = []) =>
    new PyObject({ callable: new Global("m", name), args, isNew: args.length === 0 });
  const upper = Object.assign(call("Upper"), { dictItems: [["a", 1]] });
  const bytes = dumps([call("Counted", [[1, 2]]), upper, call("Frozen", [[3]])]);
  const [set, map, frozen] = loads(bytes, { registry: own }) as [Counted, Upper, Frozen];
  assertEquals([[...set], [...map], [...frozen]], [[1, 2], [["A", 1]], [3]]);
  assert(set instanceof Counted && frozen instanceof Frozen);
  assertEquals(dumps(frozen, { registry: own }), dumps(call("Frozen", [[3]])));
});

for (const python of pythons) {
  Deno.test(`CPython ${python.version.join(".")} and we read each other's subclasses of containers`, async () => {
    for (const protocol of PROTOCOLS) {
      const value = [
        new Inventory([["tea", 2]]),
        Object.assign(new Steps("a", "b"), { label: "x" }),
        Object.assign(new Tags(["t"]), { owner: 1 }),
      ];
      const shown = await ask(python, "show", dumps(value, { registry, protocol }).toHex());
      assertEquals(
        shown,
        "[Inventory({'tea': 2}, {'place': 'here'}), Steps(['a', 'b'], {'label': 'x'}), " +
          "Tags({'t'}, {'owner': 1})]",
      );
      const hex = await ask(python, "make", String(protocol));
      const [inventory, steps, tags] = loads(Uint8Array.fromHex(hex), { registry }) as [
        Inventory,
        Steps,
        Tags,
      ];
      assertEquals([inventory.get("tea"), inventory.place], [2, "here"]);
      assert(inventory.size === 1 && Array.isArray(steps) && steps instanceof Steps);
      assertEquals([[...steps], steps.label], [["a", "b"], "x"]);
      assertEquals([[...tags], tags.owner, tags instanceof Tags], [["t"], 1, true]);
      assertEquals(dumps([inventory, steps, tags], { registry, protocol }).toHex(), hex);
    }
  });

  Deno.test(`CPython ${python.version.join(".")} reads its opaque containers from every other protocol`, async () => {
    for (const from of [2, 4]) {
      const hex = await ask(python, "make", String(from));
      const value = loads(Uint8Array.fromHex(hex), { unknown: "opaque" });
      for (const protocol of PROTOCOLS) {
        const shown = await ask(python, "show", dumps(value, { protocol }).toHex());
        assertEquals(
          shown,
          "[Inventory({'tea': 2}, {'place': 'here'}), Steps(['a', 'b'], {'label': 'x'}), " +
            "Tags({'t'}, {'owner': 1})]",
        );
      }
    }
  });

  Deno.test(`opaque containers of CPython ${python.version.join(".")} that refer back are written as they were`, async () => {
    const pickles = JSON.parse(await ask(python, "loops")) as Record<string, (string | null)[]>;
    for (const [name, hexes] of Object.entries(pickles)) {
      for (const [protocol, hex] of hexes.entries()) {
        // CPython itself cannot write some of them with old protocols.
        if (hex === null) continue;
        const options = { mode: "exact", unknown: "opaque" } as const;
        const back = dumps(loads(Uint8Array.fromHex(hex), options), { protocol });
        assertEquals(back.toHex(), hex, `${name}, protocol ${protocol}`);
      }
    }
  });
}

Deno.test("a recipe whose arguments lead back to it is written with its items", () => {
  const owner = new PyObject({ callable: new Global("m", "Owner"), isNew: true });
  const bag = new PyObject({ callable: new Global("m", "Bag"), args: [[owner]] });
  owner.state = { bag };
  const back = loads(dumps(bag), { unknown: "opaque" }) as PyObject;
  const [items] = back.args as [PyObject[]];
  assertEquals(items.length, 1);
  assert((items[0]!.state as { bag: unknown }).bag === back);
});

Deno.test("a memo that is cleared while a value is written does not mix up its keys (protocols 0 to 3)", () => {
  class Clears {}
  for (const protocol of [0, 1, 2, 3]) {
    const pickler: Pickler = new Pickler({
      protocol,
      reducerOverride: (value) => {
        if (!(value instanceof Clears)) return undefined;
        pickler.clearMemo();
        return { callable: new Global("builtins", "complex"), args: [1] };
      },
    });
    const shared = { a: {} };
    const value = [shared, shared, { x: shared, y: new Clears(), z: shared }, { x: 5, y: 6 }];
    const expected = [shared, shared, { x: shared, y: new Complex(1, 0), z: shared }, {
      x: 5,
      y: 6,
    }];
    assertEquals(loads(pickler.dumps(value)), expected);
  }
});

Deno.test("an array of Windows keeps the size of its items", () => {
  for (
    const [code, data, format] of [
      ["l", new Int32Array([1, -2]), 8],
      ["L", new Uint32Array([1, 2 ** 32 - 1]), 6],
      ["u", new Uint16Array([104, 105]), 18],
      ["l", new BigInt64Array([1n]), 12],
    ] as const
  ) {
    const bytes = dumps(new PyArray(code, data), { protocol: 4 });
    const back = loads(bytes) as PyArray;
    assertEquals([back.typecode, back.data], [code, data]);
    assertEquals(bytes[bytes.indexOf(0x4b) + 1], format, "the machine format is a BININT1");
  }
});

Deno.test("each NaN that is a key stays one, and -0.0 stays a float", () => {
  const nan = "47 7ff8000000000000".replace(" ", "");
  const bytes = Uint8Array.fromHex(
    `80027d28${nan}4b01${nan}4b02478000000000000000` + `4b03752e`,
  );
  const dict = loads(bytes) as PyDict;
  assertEquals([...dict.values()], [1, 2, 3]);
  assertEquals(dict.get(NaN), 1);
  assertEquals(dict.get(0), 3);
  assertEquals(dumps(dict, { protocol: 2 }).toHex(), bytes.toHex().replace("80027d", "80027d7100"));
  for (const protocol of PROTOCOLS) {
    for (const set of [new PySet([NaN, new Float(NaN)]), new FrozenSet([NaN, new Float(NaN)])]) {
      assertEquals((loads(dumps(set, { protocol })) as Set<unknown>).size, 2);
    }
  }
});

Deno.test("numpy's scalars are found as keys by their number, and the other way round", () => {
  const five = new NdScalar(new DType("i8"), new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0]));
  const half = new NdScalar(new DType("f4"), new Uint8Array(new Float32Array([0.5]).buffer));
  const truth = new NdScalar(new DType("b1"), new Uint8Array([1]));
  const dict = new PyDict<unknown, string>([[five, "five"], [half, "half"], [truth, "true"]]);
  assertEquals([dict.get(5), dict.get(5n), dict.get(0.5), dict.get(1), dict.get(true)], [
    "five",
    "five",
    "half",
    "true",
    "true",
  ]);
  assertEquals(new PyDict<unknown, string>([[5, "x"]]).get(five), "x");
  assertEquals(new PyDict<unknown, string>([[tuple(5, "a"), "x"]]).get(tuple(five, "a")), "x");
});

Deno.test("names with spaces, dots and newlines do not stand for each other", () => {
  const own = new Registry(null)
    .register("a b", "c", { load: () => 1 })
    .register("a", "b c", { load: () => 2 })
    .addExtension("a b", "d", 1)
    .addExtension("a", "b d", 2);
  assertEquals([own.extensionCode("a b", "d"), own.extensionCode("a", "b d")], [1, 2]);
  const call = (module: string, name: string) =>
    dumps(new PyObject({ callable: new Global(module, name) }));
  assertEquals(loads(call("a b", "c"), { registry: own }), 1);
  assertEquals(loads(call("a", "b c"), { registry: own }), 2);
  const globals = [new Global("a\nb", "c"), new Global("a", "b\nc")];
  const back = loads(dumps(globals), { unknown: "opaque" }) as Global[];
  assertEquals(back.map(({ qualname }) => qualname), ["c", "b\nc"]);
  assertEquals(
    new PyDict([[new Global("a.b", "c"), 1], [new Global("a", "b.c"), 2]]).size,
    2,
  );
});
