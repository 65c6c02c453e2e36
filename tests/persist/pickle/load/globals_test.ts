import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import {
  dumps,
  Global,
  type LoadOptions,
  loads,
  PicklingError,
  PyObject,
  type Range,
  Registry,
  UnpicklingError,
} from "@ferry/std/persist/pickle";

function read(text: string, options?: LoadOptions): unknown {
  return loads(Uint8Array.from(text, (c) => c.charCodeAt(0)), options);
}

function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (b) => String.fromCharCode(b)).join("");
}

class Point {
  x = 0;
  y = 0;
}

const registry = new Registry().register("shapes", "Point", { type: Point });

Deno.test("loads() refuses a class or function that is not registered, by name", () => {
  for (
    const name of [
      "os\nsystem",
      "builtins\neval",
      "builtins\nexec",
      "subprocess\nPopen",
      "functools\nreduce",
    ]
  ) {
    assertThrows(
      () => read(`c${name}\n(S'x'\ntR.`),
      UnpicklingError,
      `${name.replace("\n", ".")} is not registered`,
    );
  }
});

Deno.test("loads() calls nothing that is only a name", () => {
  assertThrows(
    () => read("cbuiltins\ngetattr\n(S'x'\nS'y'\ntR."),
    UnpicklingError,
    "cannot be called",
  );
  assertThrows(() => read("cbuiltins\nlist\n)R."), UnpicklingError, "cannot be called");
  assertThrows(() => read("cbuiltins\nlist\n)\x81."), UnpicklingError, "cannot be called");
  assertThrows(() => read("S'x'\n)R."), UnpicklingError, "cannot be called");
  assertThrows(() => read("N)\x81."), UnpicklingError, "is not a class");
});

Deno.test("loads() reaches no attribute: a dotted name is looked up as it stands", () => {
  assertThrows(
    () => read("cbuiltins\ngetattr\n(cbuiltins\nlist\nS'__class__'\ntR."),
    UnpicklingError,
    "builtins.list.__class__ is not registered",
  );
  assertThrows(
    () => read("\x8c\x06shapes\x8c\x11Point.constructor\x93.", { registry }),
    UnpicklingError,
  );
});

Deno.test("loads() makes a registered class without its constructor, and gives it its state", () => {
  const point = read("\x80\x02cshapes\nPoint\n)\x81}(X\x01\0\0\0xK\x03ub.", { registry }) as Point;
  assertInstanceOf(point, Point);
  assertEquals({ ...point }, { x: 3 } as Point);
});

Deno.test("loads() sets a state of a dictionary and slots", () => {
  const point = read(
    "\x80\x02cshapes\nPoint\n)\x81}(X\x01\0\0\0xK\x03u}(X\x01\0\0\0yK\x04u\x86b.",
    { registry },
  );
  assertEquals({ ...point as Point }, { x: 3, y: 4 });
});

Deno.test("loads() refuses a state that would set a prototype or constructor", () => {
  for (const key of ["__proto__", "constructor", "prototype"]) {
    const state = `}(X${String.fromCharCode(key.length)}\0\0\0${key}}ub`;
    assertThrows(
      () => read(`\x80\x02cshapes\nPoint\n)\x81${state}.`, { registry }),
      UnpicklingError,
      `must not set ${key}`,
    );
  }
});

Deno.test("loads() refuses to give a state to what is not an object of a class", () => {
  for (const target of ["]", "}", "N", ")", "K\x01", "cshapes\nPoint\n", "\x8f"]) {
    assertThrows(
      () => read(`\x80\x04${target}}b.`, { registry }),
      UnpicklingError,
      "state",
      target,
    );
  }
});

Deno.test("loads() refuses items for what holds none", () => {
  assertThrows(() => read("K\x01Na."), UnpicklingError, "cannot be appended");
  assertThrows(() => read(")Na."), UnpicklingError, "cannot be appended");
  assertThrows(() => read("}Na."), UnpicklingError, "cannot be appended");
  assertThrows(() => read("]NNs."), UnpicklingError, "cannot be set");
  assertThrows(() => read("](N\x90."), UnpicklingError, "cannot be added");
});

Deno.test("loads() takes nothing that a load function returns for None, also where it is fetched again", () => {
  const registry = new Registry().register("m", "f", { load: () => undefined });
  const pickle = new TextEncoder().encode("(lcm\nf\n(tRp1\nag1\na.");
  assertEquals(loads(pickle, { registry }), [null, null]);
});

Deno.test("loads() refuses names that are empty, and keyword arguments that are no dict", () => {
  const options = { unknown: "opaque" } as const;
  for (
    const code of [
      "c\nlog\n.",
      "cmath\n\n.",
      "(i\nlog\n.",
      "X\0\0\0\0X\x01\0\0\0a\x93.",
      "Vm\nV\n\x93.",
    ]
  ) {
    assertThrows(() => read(code, options), UnpicklingError, "no name", code);
  }
  for (const kwargs of ["N", ")", "]", "I1\n", "Vx\n", "\x8f"]) {
    const code = `cbuiltins\nint\n)${kwargs}\x92.`;
    assertThrows(() => read(code, options), UnpicklingError, "needs a dict", code);
  }
  read("cm\nC\n)}\x92.", options);
  read("cm\nC\n)}I1\nI2\ns\x92.", options);
});

Deno.test("register() refuses a registration that would mean nothing, and names what is misspelt", () => {
  const registry = new Registry();
  const register = (registration: unknown) => () =>
    registry.register("m", "f", registration as Record<string, never>);
  assertThrows(register({ laod: () => 1 }), TypeError, "did you mean load?");
  for (const part of ["type", "load", "recipe", "setState", "dump"]) {
    assertThrows(register({ [part]: 5 }), TypeError, "Cannot register m.f");
  }
  assertThrows(register(undefined), TypeError, "an object of options");
  assertThrows(() => registry.register("m.f", {} as string, {}), TypeError, "must be strings");
  assertEquals(registry.find("m", "f"), undefined);
});

Deno.test("loads() wraps what a registered load function throws, and keeps it as the cause", () => {
  const failing = new Registry().register("a", "b", {
    load: () => {
      throw new RangeError("no");
    },
  });
  const error = assertThrows(() => read("ca\nb\n)R.", { registry: failing }), UnpicklingError);
  assertInstanceOf(error.cause, RangeError);
  assertEquals(error.position, 6);
});

Deno.test("an opaque object keeps its recipe and its bytes", () => {
  const bytes = dumps(
    new PyObject({ callable: new Global("shapes", "Point"), args: [1, "a"], isNew: true }),
  );
  assertThrows(() => loads(bytes), UnpicklingError);
  const object = loads(bytes, { unknown: "opaque" }) as PyObject;
  assertInstanceOf(object, PyObject);
  assertEquals([object.className, [...object.args]], ["shapes.Point", [1, "a"]]);
  assertEquals(dumps(object).toHex(), bytes.toHex());
});

Deno.test("an opaque list subclass and dict subclass keep their items", () => {
  const list = read("\x80\x02ca\nL\n)\x81(K\x01K\x02e}X\x01\0\0\0kNsb.", {
    unknown: "opaque",
  }) as PyObject;
  assertEquals(list.listItems, [1, 2]);
  assertEquals(list.state, { k: null });
  const dict = read("\x80\x02ca\nD\n)\x81(K\x01K\x02u.", { unknown: "opaque" }) as PyObject;
  assertEquals(dict.dictItems, [[1, 2]]);
});

Deno.test("findClass is asked before the registry", () => {
  const asked: string[] = [];
  const value = read("ca.b\nc\n(K\x05tR.", {
    findClass: (module, name) => {
      asked.push(`${module}:${name}`);
      return { load: ([n]) => Number(n) + 1 };
    },
  });
  assertEquals([value, asked], [6, ["a.b:c"]]);
});

Deno.test("Python 2 names are translated below protocol 3, unless fixImports is off", () => {
  assertEquals(read("c__builtin__\nunicode\n."), new Global("builtins", "str"));
  assertEquals([...read("c__builtin__\nxrange\n(K\x01K\x05tR.") as Range], [1, 2, 3, 4]);
  assertEquals(
    read("cQueue\nQueue\n.", { unknown: "opaque" }),
    new Global("queue", "Queue"),
  );
  assertEquals(
    read("cQueue\nQueue\n.", { unknown: "opaque", fixImports: false }),
    new Global("Queue", "Queue"),
  );
  assertEquals(
    read("\x80\x03cQueue\nQueue\n.", { unknown: "opaque" }),
    new Global("Queue", "Queue"),
  );
  const text = (protocol: number, fixImports: boolean) =>
    textOf(dumps(new Global("queue", "Queue"), { protocol, fixImports }));
  assertEquals(text(0, true), "cQueue\nQueue\np0\n.");
  assertEquals(text(0, false), "cqueue\nQueue\np0\n.");
  assertEquals(text(3, true), "\x80\x03cqueue\nQueue\nq\0.");
});

Deno.test("Python 2 strings are decoded as the options say", () => {
  const code = "U\x02a\xe9.";
  assertThrows(() => read(code), UnpicklingError, "not ASCII");
  assertEquals(read(code, { encoding: "latin1" }), "aé");
  assertEquals(read(code, { encoding: "bytes" }), new Uint8Array([0x61, 0xe9]));
  assertEquals(read(code, { errors: "ignore" }), "a");
  assertEquals(read(code, { errors: "replace" }), "a\ufffd");
  assertEquals(read(code, { errors: "surrogateescape" }), "a\udce9");
  assertEquals(read("U\x03a\xc3\xa9.", { encoding: "utf-8" }), "aé");
});

Deno.test("extension codes stand for registered names, in one, two and four bytes", () => {
  for (
    const [code, size] of [[1, 2], [255, 2], [256, 3], [65535, 3], [65536, 5], [
      0x7fffffff,
      5,
    ]] as const
  ) {
    const extended = new Registry().addExtension("builtins", "list", code);
    const bytes = dumps(new Global("builtins", "list"), { protocol: 2, registry: extended });
    assertEquals(bytes.length, 2 + size + 1, String(code));
    assertEquals(loads(bytes, { registry: extended }), new Global("builtins", "list"));
    assertThrows(() => loads(bytes), UnpicklingError, `extension code ${code} is not registered`);
  }
  assertThrows(() => read("\x82\0."), UnpicklingError, "extension code 0");
  assertThrows(() => new Registry().addExtension("a", "b", 0), RangeError);
  assertThrows(
    () => new Registry().addExtension("a", "b", 5).addExtension("a", "c", 5),
    RangeError,
  );
});

Deno.test("a nested class is an attribute in old protocols and a dotted name in new ones", () => {
  const nested = new Global("module", "Outer.Inner");
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const back = loads(dumps([nested, nested], { protocol }), { unknown: "opaque" }) as unknown[];
    assertEquals(back[0], nested);
    assertStrictEquals(back[0], back[1]);
  }
});

Deno.test("INST and OBJ make objects as NEWOBJ and REDUCE do", () => {
  assertInstanceOf(read("(ishapes\nPoint\n.", { registry }), Point);
  assertInstanceOf(read("(cshapes\nPoint\no.", { registry }), Point);
  const made = read("(K\x01ishapes\nPoint\n.", { unknown: "opaque" }) as PyObject;
  assertEquals(made.args, [1]);
});

Deno.test("a registered class is referred to by name, and comes back as the class", () => {
  const bytes = dumps([Point, Point], { registry });
  assertEquals(loads(bytes, { registry }), [Point, Point]);
  assertThrows(() => dumps(Point), PicklingError, "Point");
});

Deno.test("dumps() refuses an instance of a class that is not registered, and of an unregistered subclass", () => {
  class Point3 extends Point {
    z = 0;
  }
  assertThrows(() => dumps(new Point()), PicklingError, "class Point");
  assertThrows(() => dumps(new Point3(), { registry }), PicklingError, "class Point3");
});

Deno.test("a registered class is written as CPython writes an instance", () => {
  const bytes = dumps(Object.assign(new Point(), { x: 1, y: 2 }), { protocol: 2, registry });
  assertEquals(
    textOf(bytes),
    "\x80\x02cshapes\nPoint\nq\0)\x81q\x01}q\x02(X\x01\0\0\0xq\x03K\x01X\x01\0\0\0yq\x04K\x02ub.",
  );
  assert(dumps(new Point(), { protocol: 0, registry }).length > 0);
});
