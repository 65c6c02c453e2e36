/** What a pickle must not be able to do to the program that reads it. */
import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import {
  type DumpOptions,
  dumps,
  load,
  loadAll,
  type LoadOptions,
  loads,
  Registry,
  Unpickler,
  UnpicklerMemo,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import * as marshal from "@ferry/std/persist/marshal";
import { PyDict } from "@ferry/std/persist/types";
import { bytes, global, little, pickle, put, text } from "../../../_support/pickle_bytes.ts";

function stream(input: Uint8Array): ReadableStream<Uint8Array> {
  return ReadableStream.from([input]);
}

/** A registry with a function, and how often it has been called. */
function withFunction(): { registry: Registry; calls: () => number } {
  let calls = 0;
  const registry = new Registry();
  registry.register("app", "call", {
    value: () => {
      calls++;
      return new Promise(() => {});
    },
  });
  return { registry, calls: () => calls };
}

const thenable = pickle("}", text("then"), global("app", "call"), "s");

Deno.test("load() never awaits what it has read: a dict with a function as `then` is a map", async () => {
  const { registry, calls } = withFunction();
  for (const mode of ["natural", "exact", "plain"] as const) {
    const options = { registry, mode };
    const value = await load(stream(thenable), options);
    assert(value instanceof Map && typeof value.get("then") === "function");
    assert(value instanceof PyDict === (mode !== "plain"));
    assertEquals((await load(thenable, options)) instanceof Map, true);
    const [first] = await Array.fromAsync(loadAll(stream(thenable), options));
    assert(first instanceof Map);
    // The function may come before other keys, and in one batch with them.
    const batch = pickle(
      "}(",
      text("a"),
      "N",
      text("then"),
      global("app", "call"),
      text("b"),
      "N",
      "u",
    );
    assertEquals([...(loads(batch, options) as Map<string, unknown>).keys()], ["a", "then", "b"]);
  }
  assertEquals(calls(), 0);
  assertEquals(loads(pickle("}", text("then"), "K\x01s")), { then: 1 });
});

Deno.test("a state cannot give an object a method `then`, and load() refuses a value that has one", async () => {
  const { registry, calls } = withFunction();
  class Plain {}
  class Waiting {
    then(): void {
      calls();
    }
  }
  registry.register("app", "Plain", { type: Plain });
  registry.register("app", "Waiting", { type: Waiting });
  const state = pickle(global("app", "Plain"), ")", 0x81, thenable.slice(2, -1), "b");
  assertThrows(() => loads(state, { registry }), UnpicklingError, "must not set then");
  const waiting = pickle(global("app", "Waiting"), ")", 0x81);
  assert(loads(waiting, { registry }) instanceof Waiting);
  await assertRejects(() => load(waiting, { registry }), UnpicklingError, "awaited");
  await assertRejects(() => load(stream(waiting), { registry }), UnpicklingError, "awaited");
  await assertRejects(
    () => Array.fromAsync(loadAll(stream(waiting), { registry })),
    UnpicklingError,
    "awaited",
  );
  assertEquals(calls(), 0);
});

Deno.test("a pickle cannot change registered values, nor what persistentLoad gives", () => {
  class Config {
    level = 1;
  }
  const make = () => ({
    list: [1],
    dict: { a: 1 } as Record<string, unknown>,
    map: new Map([["a", 1]]),
    set: new Set([1]),
    config: new Config(),
  });
  const values = make();
  const registry = new Registry().register("app", "Config", { type: Config });
  for (const [name, value] of Object.entries(values)) registry.register("app", name, { value });
  const persistentLoad = (id: unknown) => values[id as keyof typeof values];
  const attempts: [keyof typeof values, string | Uint8Array][] = [
    ["list", "Na"],
    ["list", "(NNe"],
    ["list", "(K\x05K\x06e"],
    ["dict", bytes(text("b"), "Ns")],
    ["dict", bytes("(", text("b"), "Nu")],
    ["dict", "(K\x01Nu"],
    ["map", bytes(text("b"), "Ns")],
    ["set", "(N\x90"],
    ["config", bytes("}", text("level"), "K\x09sb")],
  ];
  for (const mode of ["natural", "plain"] as const) {
    for (const [name, change] of attempts) {
      for (const source of [global("app", name), bytes(text(name), "Q")]) {
        const input = pickle(source, change);
        const error = assertThrows(
          () => loads(input, { registry, persistentLoad, mode }),
          UnpicklingError,
          "must not be changed",
        );
        assert(error.position > 0);
        // They can be referred to, beside lists of the pickle's own.
        const both = loads(pickle("](", source, "Ne"), { registry, persistentLoad, mode });
        assertStrictEquals((both as unknown[])[0], values[name]);
      }
    }
  }
  assertEquals(values, make());
  // A class is no object of itself.
  assertThrows(
    () => loads(pickle(global("app", "Config"), "}", text("level"), "Nsb"), { registry }),
    UnpicklingError,
  );
});

Deno.test("a registered value stays protected in a memo that another Unpickler takes over", () => {
  const list = [1];
  const registry = new Registry().register("app", "list", { value: list });
  const first = new Unpickler({ registry });
  first.loads(pickle(global("app", "list"), put(0)));
  const second = new Unpickler({ registry });
  second.memo = first.memo;
  for (const unpickler of [first, second]) {
    assertStrictEquals(unpickler.loads(pickle("h\0")), list);
    assertThrows(() => unpickler.loads(pickle("h\0Na")), UnpicklingError, "must not be changed");
  }
  // Nor does it become the pickle's when the memo is cleared, or another takes its place.
  first.memo.clear();
  const again = pickle(global("app", "list"), "Na");
  assertThrows(() => first.loads(again), UnpicklingError, "must not be changed");
  first.memo = new UnpicklerMemo();
  assertThrows(() => first.loads(again), UnpicklingError, "must not be changed");
  assertEquals(list, [1]);
});

Deno.test("lists and dicts of a pickle are filled as ever beside registered values", () => {
  const registry = new Registry().register("app", "list", { value: [1] });
  const input = pickle(
    "](",
    global("app", "list"),
    "](K\x01K\x02e",
    "]K\x03a",
    "}(",
    text("a"),
    "K\x04u",
    "e",
  );
  assertEquals(loads(input, { registry }), [[1], [1, 2], [3], { a: 4 }]);
});

Deno.test("a state forges no built-in type", () => {
  const made: Record<string, Uint8Array> = {
    Decimal: bytes(global("decimal", "Decimal"), text("1"), 0x85, "R"),
    Fraction: bytes(global("fractions", "Fraction"), "K\x01K\x02\x86R"),
    Range: bytes(global("builtins", "range"), "K\0K\x05K\x01\x87R"),
    complex: bytes(global("builtins", "complex"), "K\0K\x05\x86R"),
    slice: bytes(global("builtins", "slice"), "K\0K\x05K\x01\x87R"),
    timedelta: bytes(global("datetime", "timedelta"), "K\x01K\0K\0\x87R"),
    date: bytes(global("datetime", "date"), "C", 4, 7, 0xe8, 1, 1, 0x85, "R"),
    datetime: bytes(
      global("datetime", "datetime"),
      "C",
      10,
      7,
      0xe8,
      1,
      1,
      0,
      0,
      0,
      0,
      0,
      0,
      0x85,
      "R",
    ),
    path: bytes(global("pathlib", "PurePosixPath"), text("a"), 0x85, "R"),
    "typed array": bytes(
      global("array", "_array_reconstructor"),
      "(",
      global("array", "array"),
      text("i"),
      "K\x08C\x04\0\0\0\0tR",
    ),
    deque: bytes(global("collections", "deque"), ")R"),
    defaultdict: bytes(global("collections", "defaultdict"), ")R"),
    Counter: bytes(global("collections", "Counter"), ")R"),
    set: bytes(0x8f),
    bytearray: bytes(0x96, little(1, 8), 0),
    bytes: bytes("C\x01a"),
    scalar: bytes(
      global("numpy.core.multiarray", "scalar"),
      global("numpy", "dtype"),
      text("i1"),
      bytes(0x89, 0x88, 0x87),
      "RC\x01\x05\x86R",
    ),
  };
  const states = [
    bytes("}", text("step"), "K\0s"),
    bytes("}", text("text"), text("forged"), "s"),
    bytes("}", text("0"), "K\x07s"),
    bytes("}", text("length"), "K\x07s"),
    bytes("N}", text("value"), "K\0s\x86"),
  ];
  for (const mode of ["natural", "exact", "plain"] as const) {
    for (const [name, object] of Object.entries(made)) {
      loads(pickle(object), { mode });
      for (const state of states) {
        assertThrows(() => loads(pickle(object, state, "b"), { mode }), UnpicklingError, "", name);
      }
    }
  }
});

Deno.test("what the engine refuses is an UnpicklingError: members of enums, large maps, long strings", () => {
  const member = Object.freeze({ value: 1 });
  class Frozen {
    constructor() {
      Object.freeze(this);
    }
  }
  const registry = new Registry()
    .register("app", "Frozen", { type: Frozen, load: () => new Frozen() })
    .register("app", "member", { value: member });
  const state = bytes("}", text("x"), "K\x01sb");
  assertThrows(
    () => loads(pickle(global("app", "Frozen"), ")R", state), { registry }),
    UnpicklingError,
  );
  assertThrows(
    () => loads(pickle(global("app", "member"), state), { registry }),
    UnpicklingError,
  );
  // A string of 540 MB; the pages of zeros are not there until they are written to.
  const long = new Uint8Array(540_000_000);
  long.set([0x58, ...little(long.length - 6, 4)]);
  long[long.length - 1] = 0x2e;
  assertThrows(() => loads(long), UnpicklingError, "more than this runtime can");
  const name = new Uint8Array(540_000_000);
  name[0] = 0x56;
  name.set([0x0a, 0x2e], name.length - 2);
  assertThrows(() => loads(name), UnpicklingError, "more than this runtime can");
});

Deno.test({
  name: "a memo of 17 million entries that do not follow one another is an UnpicklingError",
  // It takes half a minute and two gigabytes.
  ignore: !Deno.env.has("FERRY_STRESS"),
}, () => {
  const count = 17_000_000;
  const input = new Uint8Array(2 + 5 * count);
  const view = new DataView(input.buffer);
  input[0] = 0x4e;
  for (let i = 0; i < count; i++) {
    input[1 + 5 * i] = 0x72;
    view.setUint32(2 + 5 * i, 5 + i, true);
  }
  input[input.length - 1] = 0x2e;
  assertThrows(() => loads(input), UnpicklingError, "more than this runtime can");
});

Deno.test("an unknown option, or an unknown value of one, is an error in both formats", async () => {
  const wrong = [{ mode: "exakt" }, { flots: "number" }, { dicts: "object" }, { maxWork: "many" }];
  for (const options of wrong as LoadOptions[]) {
    const error = Object.keys(options)[0] === "maxWork" ? RangeError : TypeError;
    assertThrows(() => loads(dumps(1), options), error);
    assertThrows(() => marshal.loads(marshal.dumps(1), options), error);
    await assertRejects(async () => await load(dumps(1), options), error);
    await assertRejects(() => Array.fromAsync(loadAll(stream(dumps(1)), options)), error);
  }
  assertThrows(() => dumps(1, { protokol: 4 } as DumpOptions), TypeError, '"protokol"');
  assertThrows(() => dumps(1, { strings: "no" as "keys" }), TypeError, '"value" or "keys"');
  assertThrows(() => marshal.dumps(1, { refs: "some" as "all" }), TypeError);
  assertThrows(() => loads(dumps(1), "plain" as LoadOptions), TypeError, "needed an object");
  assertThrows(
    () => loads(dumps(1), { timeout: 5 } as LoadOptions),
    TypeError,
    '"timeout"',
  );
  // `undefined` is the default.
  assertEquals(loads(dumps(1), { mode: undefined, maxWork: undefined } as object), 1);
  assertEquals(await load(stream(dumps(1)), { mode: "plain", timeout: 10_000 }), 1);
});
