import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  ChainMap,
  dumps,
  ForeignZone,
  Global,
  IpAddress,
  loads,
  Partial,
  Pattern,
  PyDateTime,
  PyDict,
  PyObject,
  Registry,
  SimpleNamespace,
  StructTime,
  TimeDelta,
  toPlain,
  tuple,
  UnpicklingError,
  UserData,
} from "@ferry/std/persist/pickle";
import { findPythons, runPython } from "../../../_support/python.ts";

const SCRIPT = new URL("./recipes.py", import.meta.url);
const pythons = findPythons();
if (pythons.length === 0) console.log("recipes of CPython: skipped, none found");

for (const python of pythons) {
  const name = `CPython ${python.version.join(".")}`;
  Deno.test(`recipes of ${name} can be looked into, and are written as they were`, async () => {
    const out = await runPython(python, SCRIPT, [], new Uint8Array(0));
    for (const [i, line] of new TextDecoder().decode(out).trim().split("\n").entries()) {
      const bytes = Uint8Array.fromHex(line);
      const protocol = i % 6;
      // Every float here is written as one, whatever the mode.
      const all = loads(bytes) as Record<string, unknown>;
      const { namespace, pattern, binary, addresses, moment, chain, dict, list, text, partial } =
        all as {
          namespace: SimpleNamespace;
          pattern: Pattern;
          binary: Pattern;
          addresses: IpAddress[];
          moment: StructTime;
          chain: ChainMap;
          dict: UserData;
          list: UserData;
          text: UserData;
          partial: Partial;
        };
      assert(namespace instanceof SimpleNamespace && pattern instanceof Pattern);
      assertEquals([namespace.get("speed"), namespace.get("none")], [1, undefined]);
      assertEquals(namespace.attributes, { speed: 1, parts: [2] });
      assertEquals([pattern.source, pattern.flags], ["(?P<name>\\d+)", 34]);
      assertEquals([binary.source, binary.flags], [new TextEncoder().encode("\\w"), 0]);
      assertEquals(addresses.map((address) => [`${address}`, address.version, address.kind]), [
        ["192.0.2.1", 4, "address"],
        ["255.255.255.255", 4, "address"],
        ["2001:db8::1", 6, "address"],
        ["::", 6, "address"],
        ["2001:0:0:1::", 6, "address"],
        ["1:2:3:4:5:6:7:8", 6, "address"],
        ["1:0:3:4:5:6:7:8", 6, "address"],
        ["192.0.2.0/24", 4, "network"],
        ["2001:db8::/32", 6, "network"],
        ["192.0.2.1/24", 4, "interface"],
        ["2001:db8::1/64", 6, "interface"],
      ]);
      assertEquals(`${moment.toPlainDateTime()}`, "2020-02-29T01:02:03");
      assertEquals(
        [moment.weekday, moment.yearDay, moment.isDst, moment.zone, moment.utcOffset],
        [5, 60, 0, "GMT", 0],
      );
      assertEquals([chain.get("color"), chain.get("size"), chain.has("none")], ["red", 2, false]);
      assertEquals([...chain.toMap().keys()], ["color", "size"]);
      assertEquals([dict.data, list.data, text.data], [{ id: 1 }, [1, 2], "text"]);
      assertEquals([String(partial.func), [...partial.positional], partial.keywords], [
        "builtins.int",
        ["11"],
        { base: 2 },
      ]);
      assertEquals(
        JSON.parse(JSON.stringify(toPlain({ namespace, pattern, chain, dict, moment }))),
        {
          namespace: { speed: 1, parts: [2] },
          pattern: "(?P<name>\\d+)",
          chain: { color: "red", size: 2 },
          dict: { id: 1 },
          moment: [2020, 2, 29, 1, 2, 3, 5, 60, 0],
        },
      );
      assertEquals(dumps(loads(bytes, { mode: "exact" }), { protocol }).toHex(), line);
    }
  });
}

Deno.test("zones of pytz and dateutil tell their name and offset", () => {
  const zone = (name: string, args: unknown[], state?: unknown) => {
    const [module, qualname] = [name.slice(0, name.lastIndexOf(".")), name.split(".").at(-1)!];
    const made = new ForeignZone({ callable: new Global(module, qualname), args });
    made.state = state;
    const back = loads(dumps(made)) as ForeignZone;
    assert(back instanceof ForeignZone);
    return [back.key, back.utcOffset];
  };
  assertEquals(zone("pytz._UTC", []), ["UTC", 0]);
  assertEquals(zone("pytz._p", ["Europe/Berlin", 7200, 3600, "CEST"]), ["Europe/Berlin", 7200]);
  assertEquals(zone("pytz.FixedOffset", [90]), [undefined, 5400]);
  assertEquals(zone("dateutil.tz.tz.tzutc", []), ["UTC", 0]);
  assertEquals(zone("dateutil.tz.tz.tzfile", [null, "/usr/share/zoneinfo/Asia/Tokyo"]), [
    "Asia/Tokyo",
    undefined,
  ]);
  assertEquals(
    zone("dateutil.tz.tz.tzoffset", [], { _name: null, _offset: new TimeDelta(-1, 82800) }),
    [undefined, -3600],
  );
  const tzinfo = new ForeignZone({
    callable: new Global("pytz", "_p"),
    args: ["Asia/Tokyo", 32400],
  });
  assertEquals(
    toPlain(new PyDateTime({ year: 2020, month: 1, day: 2, tzinfo })),
    "2020-01-02T00:00:00+09:00[Asia/Tokyo]",
  );
});

Deno.test("recipes that hold something else than expected are looked into without harm", () => {
  const parts = { callable: new Global("m", "f"), args: [{}, [], "x"] };
  for (
    const state of [undefined, null, 5, [], "text", {}, new Map(), { maps: 5, data: undefined }]
  ) {
    const of = <T extends PyObject>(type: new (p: typeof parts) => T) =>
      Object.assign(new type(parts), { state });
    const chain = of(ChainMap);
    assertEquals([chain.maps, chain.get("a"), chain.has("a"), chain.toMap().size], [
      [],
      undefined,
      false,
      0,
    ]);
    assertEquals(of(UserData).data, undefined);
    assertEquals([of(Partial).positional, `${of(IpAddress)}`, of(Pattern).flags], [[], "", 0]);
    assertEquals([of(ForeignZone).key, of(ForeignZone).utcOffset], [undefined, undefined]);
    assertEquals(of(StructTime).toJSON(), [0, 0, 0, 0, 0, 0, 0, 0, 0]);
    assertThrows(() => of(StructTime).toPlainDateTime(), RangeError);
  }
});

Deno.test("a class that is registered with a recipe is kept as one, other classes are refused", () => {
  class Shape extends PyObject {
    get sides(): unknown {
      return (this.state as { sides?: unknown } | undefined)?.sides;
    }
  }
  const registry = new Registry().register("shapes", "Square", { recipe: Shape });
  const square = new PyObject({ callable: new Global("shapes", "Square"), isNew: true });
  square.state = { sides: 4 };
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const bytes = dumps(square, { protocol });
    const back = loads(bytes, { registry }) as Shape;
    assert(back instanceof Shape);
    assertEquals(back.sides, 4);
    assertEquals(dumps(back, { protocol }).toHex(), bytes.toHex());
    assertThrows(() => loads(bytes), UnpicklingError, "shapes.Square is not registered");
  }
});

Deno.test("of a registered package everything is a name or a recipe, and nothing is called", () => {
  const registry = new Registry().registerPackage("shapes").register("shapes.known", "One", {
    load: () => 1,
  });
  const call = (module: string, name: string) =>
    new PyObject({ callable: new Global(module, name), args: [tuple(2)] });
  const value = [call("shapes", "f"), call("shapes.deep.er", "g"), call("shapes.known", "One")];
  const [first, second, third] = loads(dumps(value), { registry }) as [PyObject, PyObject, unknown];
  assertEquals([first.className, second.className, third], ["shapes.f", "shapes.deep.er.g", 1]);
  for (const module of ["shapesque", "my.shapes", "os"]) {
    assertThrows(() => loads(dumps(call(module, "f")), { registry }), UnpicklingError);
  }
  assert([...registry.names()].some(([module, name]) => module === "shapes" && name === "*"));
  for (const name of ["", "a.b"]) {
    assertThrows(() => new Registry().registerPackage(name), TypeError, "received");
  }
  // A method of such an object, and what is reached through it, stay data.
  const method = new PyObject({ callable: new Global("builtins", "getattr"), args: [first, "m"] });
  const back = loads(dumps(method), { registry }) as PyObject;
  assertEquals([back.className, (back.args[0] as PyObject).className], [
    "builtins.getattr",
    "shapes.f",
  ]);
});

Deno.test("patterns and addresses are equal as keys when Python says so", () => {
  const pattern = (source: string) =>
    new Pattern({ callable: new Global("re", "_compile"), args: [source, 32] });
  const address = (value: unknown) =>
    new IpAddress({ callable: new Global("ipaddress", "IPv4Address"), args: [value] });
  const dict = new PyDict<unknown, number>([[pattern("a"), 1], [address(1), 2]]);
  assertEquals([dict.get(pattern("a")), dict.get(pattern("b"))], [1, undefined]);
  assertEquals([dict.get(address("0.0.0.1")), dict.get(address(2))], [2, undefined]);
});

Deno.test("addresses that are numbers have their usual text, and none outside of their range", () => {
  const shown = (version: 4 | 6, value: unknown) =>
    `${new IpAddress({
      callable: new Global("ipaddress", `IPv${version}Address`),
      args: [value],
    })}`;
  assertEquals([0, 1, 2 ** 32 - 1].map((n) => shown(4, n)), [
    "0.0.0.0",
    "0.0.0.1",
    "255.255.255.255",
  ]);
  const cases: [bigint, string][] = [
    [0n, "::"],
    [1n, "::1"],
    [1n << 112n, "1::"],
    [(1n << 128n) - 1n, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
    [0x1_0000_0002_0000_0000_0000_0003_0000n, "1:0:2::3:0"],
  ];
  for (const [value, text] of cases) assertEquals(shown(6, value), text);
  assertEquals([shown(4, -1), shown(4, 2 ** 32), shown(6, 1n << 128n), shown(6, null)], [
    "",
    "",
    "",
    "",
  ]);
});
