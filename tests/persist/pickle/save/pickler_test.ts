// Picklers: their memo, and the hooks that decide how a value is written.
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  ByteArray,
  dumps,
  Global,
  loads,
  PickleBuffer,
  Pickler,
  PicklingError,
  PySet,
  tuple,
  Unpickler,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { count, names, PROTOCOLS, text } from "./_opcodes.ts";

Deno.test("a Pickler refers to nothing of a pickle that broke off", () => {
  for (const protocol of [0, 1, 2, 3, 4, 5]) {
    const pickler = new Pickler({ protocol });
    const unpickler = new Unpickler();
    const round = (value: unknown) => unpickler.loads(pickler.dumps(value));
    const [first, shared] = [["first"], ["shared"]];
    const record = { key: 1, other: shared };
    round([first]);
    assertThrows(
      () =>
        pickler.dumps([shared, record, "text", new Global("m", "C"), new Uint8Array(1), () => 1]),
      PicklingError,
    );
    assertEquals(round([shared, record, "text", first]), [shared, record, "text", first]);
    assertEquals(round([record, new Uint8Array(1)]), [record, new Uint8Array(1)]);
    assertEquals((unpickler.loads(pickler.dumps(first)) as string[])[0], "first");
  }
});

Deno.test("an instance of Pickler works after an error", () => {
  const pickler = new Pickler();
  assertThrows(() => pickler.dumps([1, () => 1]), PicklingError);
  pickler.clearMemo();
  assertEquals(pickler.dumps([10, 20, 30, 40]).toHex(), dumps([10, 20, 30, 40]).toHex());
});

Deno.test("a Pickler keeps its memo, and clearMemo() forgets it", () => {
  const list = ["abcdef", "abcdef"];
  const pickler = new Pickler();
  const first = pickler.dumps(list);
  const second = pickler.dumps(list);
  assertEquals(text(second), "\x80\x05h\0.");
  assertEquals(pickler.memoSize, 2);
  const unpickler = new Unpickler();
  assertStrictEquals(unpickler.loads(first), unpickler.loads(second));
  pickler.clearMemo();
  assertEquals(pickler.dumps(list).toHex(), first.toHex());
});

Deno.test("fast mode writes no memo, and refuses a cycle", () => {
  const shared = ["a"];
  const pickler = new Pickler({ fast: true, protocol: 2 });
  assert(pickler.fast);
  assertEquals(text(pickler.dumps([shared, shared])), "\x80\x02](]X\x01\0\0\0aa]X\x01\0\0\0aae.");
  const cycle: unknown[] = [];
  cycle.push(cycle);
  assertThrows(() => pickler.dumps(cycle), PicklingError, "cyclic");
  pickler.fast = false;
  pickler.dumps(cycle);
});

Deno.test('strings: "keys" shares only keys and single characters', () => {
  const value = [{ name: "name" }, "name", "x", "x"];
  const all = dumps(value, { protocol: 2 });
  const keys = dumps(value, { protocol: 2, strings: "keys" });
  assertEquals(count(all, "BINUNICODE"), 2);
  assertEquals(count(keys, "BINUNICODE"), 4);
  assertEquals(loads(keys), value);
});

Deno.test("persistent ids take the place of values, in text and in binary", () => {
  const outside = { big: true };
  for (const protocol of PROTOCOLS) {
    const bytes = dumps([outside, 1, outside], {
      protocol,
      persistentId: (value) => value === outside ? "id-7" : undefined,
    });
    assertEquals(loads(bytes, { persistentLoad: (id) => `<${id}>` }), ["<id-7>", 1, "<id-7>"]);
    assertThrows(() => loads(bytes), UnpicklingError, "persistentLoad");
  }
  assertThrows(
    () => dumps(1, { protocol: 0, persistentId: () => "a\nb" }),
    PicklingError,
    "one line",
  );
  assertThrows(() => dumps(1, { protocol: 0, persistentId: () => "é" }), PicklingError);
  const bytes = dumps(outside, { persistentId: (v) => v === outside ? tuple("t", 5) : undefined });
  assertEquals(loads(bytes, { persistentLoad: (id) => (id as unknown[])[1] }), 5);
});

Deno.test("reducerOverride comes before the dispatch table, and that before what is registered", () => {
  class Mine {}
  const table = new Map([[
    Mine,
    () => ({ callable: new Global("builtins", "set"), args: [["table"]] }),
  ]]);
  assertEquals(loads(dumps(new Mine(), { dispatchTable: table })), new PySet(["table"]));
  const bytes = dumps(new Mine(), {
    dispatchTable: table,
    reducerOverride: (value) => value instanceof Mine ? new Global("builtins", "int") : undefined,
  });
  assertEquals(loads(bytes), new Global("builtins", "int"));
  const called: unknown[] = [];
  dumps([{ a: 1 }, [2]], {
    reducerOverride: (value) => {
      called.push(value);
      return undefined;
    },
  });
  assertEquals(called, []);
});

Deno.test("a reduction's state, items and state setter are written after the object", () => {
  class Bag {}
  const reduce = () => ({
    callable: new Global("m", "Bag"),
    isNew: true,
    listItems: [1, 2],
    dictItems: [["k", 3]] as const,
    state: { s: 4 },
  });
  const bytes = dumps(new Bag(), { protocol: 2, dispatchTable: new Map([[Bag, reduce]]) });
  assertEquals(names(bytes).filter((n) => /APPENDS|SETITEM|BUILD|NEWOBJ/.test(n)), [
    "NEWOBJ",
    "APPENDS",
    "SETITEM",
    "SETITEM",
    "BUILD",
  ]);
  const set = () => ({ ...reduce(), stateSetter: new Global("m", "set_state") });
  const other = dumps(new Bag(), { protocol: 2, dispatchTable: new Map([[Bag, set]]) });
  assertEquals(names(other).slice(-4), ["TUPLE2", "REDUCE", "POP", "STOP"]);
});

Deno.test("buffers travel beside the pickle, or in it if the callback says so", () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const outside: PickleBuffer[] = [];
  const pickle = dumps([new PickleBuffer(bytes), new PickleBuffer(bytes, { readonly: true })], {
    bufferCallback: (buffer) => void outside.push(buffer),
  });
  assertEquals(count(pickle, "NEXT_BUFFER"), 2);
  assertEquals(count(pickle, "READONLY_BUFFER"), 1);
  const back = loads(pickle, { buffers: outside }) as Uint8Array[];
  assertStrictEquals(back[0], bytes);
  assertThrows(
    () => loads(pickle, { buffers: outside.slice(1) }),
    UnpicklingError,
    "buffer beside",
  );
  assertThrows(() => loads(pickle), UnpicklingError, "buffer beside");

  const inside = dumps([new PickleBuffer(bytes), new PickleBuffer(bytes, { readonly: true })]);
  assertEquals(loads(inside), [new ByteArray([1, 2, 3]), bytes]);
  const kept = dumps(new PickleBuffer(bytes), { bufferCallback: () => true });
  assertEquals(loads(kept), new ByteArray([1, 2, 3]));

  const released = new PickleBuffer(bytes);
  released.release();
  assertThrows(() => released.raw(), TypeError, "released");
  assertThrows(() => dumps(released), TypeError, "released");
});

Deno.test("a hook may pickle something itself", () => {
  const bytes = dumps(["a", "b"], {
    persistentId: (value) => value === "b" ? dumps("inner").length : undefined,
  });
  assertEquals(loads(bytes, { persistentLoad: (id) => id }), ["a", dumps("inner").length]);
});
