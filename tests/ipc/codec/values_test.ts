import { assert, assertEquals, assertInstanceOf, assertStrictEquals } from "@std/assert";
import { Codec, decode, encode } from "@ferry/std/ipc/codec";
import { Buffer } from "node:buffer";
import { runInNewContext } from "node:vm";
import { difference } from "./_graph.ts";

// deno-lint-ignore no-explicit-any
function copy<T>(value: T): any {
  return decode(encode(value));
}

function assertArrives(...values: unknown[]): void {
  for (const value of values) assertStrictEquals(difference(value, copy(value)), undefined);
}

Deno.test("numbers keep their value and the sign of zero", () => {
  assertArrives(
    0,
    -0,
    1,
    -1,
    63,
    64,
    NaN,
    Infinity,
    -Infinity,
    0.1,
    2 ** 31,
    2 ** 53,
    5e-324,
    1e308,
  );
  for (let bits = 0; bits < 33; bits++) {
    for (const near of [-1, 0, 1]) assertArrives(2 ** bits + near, -(2 ** bits) + near);
  }
  assertStrictEquals(encode(63).length, 2);
});

Deno.test("bigints of any size arrive", () => {
  for (const bits of [0, 1, 8, 62, 63, 64, 65, 72, 1000, 100_000]) {
    const value = 1n << BigInt(bits);
    assertArrives(value, -value, value - 1n, -value - 1n);
  }
});

Deno.test("strings of every width and length arrive", () => {
  for (let length = 0; length < 300; length++) {
    for (const unit of ["a", "\0", "é", "Ā", "漢", "\ud800", "\udfff", "\ufffd", "\ufeff"]) {
      assertArrives(unit.repeat(length));
    }
  }
  assertArrives(
    "\ufeffbom",
    `${"a".repeat(60)}é`,
    `${"a".repeat(60)}€`,
    "😀".repeat(100),
    "😀".repeat(99) + "\ud83d",
  );
  assertArrives("x".repeat(1 << 20), "漢".repeat(1 << 18));
});

Deno.test("holes of arrays stay holes, undefined elements stay elements", () => {
  const array = [, undefined, 1, ,];
  assertArrives(array, new Array(15), new Array(16), new Array(1000));
  assertEquals(Object.keys(copy(array)), ["1", "2"]);
  const long = Array.from({ length: 100 }, (_, i) => i);
  delete long[0];
  delete long[50];
  delete long[99];
  assertArrives(long);
});

Deno.test("plain objects keep their keys' order, __proto__ as a key, and a null prototype", () => {
  const tricky = JSON.parse('{"b": 1, "__proto__": {"x": 1}, "2": 1, "": 2, "1": 3}');
  assertArrives(
    {},
    tricky,
    [tricky, tricky, JSON.parse(JSON.stringify(tricky))],
    Object.create(null),
  );
  const bare = Object.assign(Object.create(null), { a: 1, b: { c: 2 } });
  assertArrives(bare);
  assertStrictEquals(Object.getPrototypeOf(copy(bare)), null);
  const wide = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`k${i}`, i]));
  assertArrives(wide, [wide, { ...wide }], { ["k".repeat(10_000)]: 1 });
});

Deno.test("getters arrive as their values, symbols and hidden properties stay behind", () => {
  const object = {
    get now() {
      return 5;
    },
    [Symbol("s")]: 1,
  };
  Object.defineProperty(object, "hidden", { value: 1 });
  assertEquals(copy(object), { now: 5 });
});

Deno.test("shared references and cycles arrive as such, in few and in many objects", () => {
  for (const count of [1, 5, 11, 12, 13, 100, 5000]) {
    const rows = Array.from({ length: count }, (_, id) => ({ id, peer: null as unknown }));
    for (const [i, row] of rows.entries()) row.peer = rows[(i * 7 + 3) % count];
    assertArrives([...rows, ...rows]);
  }
  const map = new Map<unknown, unknown>();
  map.set(map, new Set([map]));
  const error = new Error("loop");
  error.cause = { error };
  const date = new Date(1);
  const view = new Uint8Array(3);
  assertArrives(map, error, [date, date, view, view, view.buffer, view.buffer]);
});

Deno.test("plain data may be a hundred thousand levels deep", () => {
  type List = { next: List | null; items: List[]; map: Map<string, List | null> };
  let list: List | null = null;
  for (let i = 0; i < 25_000; i++) {
    const node: List = { next: list, items: [], map: new Map() };
    list = { next: null, items: [node], map: new Map([["next", node]]) };
  }
  const arrived = copy(list) as List;
  let depth = 0;
  for (let node: List | null = arrived; node !== null; depth++) {
    const inner: List = node.items[0]!;
    assertStrictEquals(node.map.get("next"), inner);
    node = inner.next;
  }
  assertStrictEquals(depth, 25_000);
  let arrays: unknown[] = [];
  for (let i = 0; i < 100_000; i++) arrays = [arrays, new Set([i])];
  let at = copy(arrays);
  for (let i = 0; i < 100_000; i++) at = at[0];
  assertEquals(at, []);
});

Deno.test("Date, RegExp, URL and boxed primitives arrive", () => {
  const sticky = /a\/[b]/giy;
  sticky.lastIndex = 7;
  assertArrives(
    new Date(),
    new Date(NaN),
    new Date(-8.64e15),
    sticky,
    /(?:)/,
    new URL("https://a.example/é?x#y"),
  );
  assertArrives(Object(1), Object(-0), Object("s"), Object(false), Object(5n));
});

Deno.test("every kind of typed array arrives as its own kind, only what the view shows", () => {
  const buffer = new ArrayBuffer(4096);
  new Uint8Array(buffer).forEach((_, i, bytes) => bytes[i] = i * 7);
  for (
    const View of [
      Int8Array,
      Uint8Array,
      Uint8ClampedArray,
      Int16Array,
      Uint16Array,
      Int32Array,
      Uint32Array,
      Float16Array,
      Float32Array,
      Float64Array,
      BigInt64Array,
      BigUint64Array,
    ]
  ) {
    assertArrives(new View(buffer), new View(buffer, 8, 3), new View(0), [
      new View(buffer, 16, 100),
    ]);
    assertStrictEquals(copy(new View(buffer, 8, 3)).buffer.byteLength, 3 * View.BYTES_PER_ELEMENT);
  }
  assertArrives(new DataView(buffer, 3, 5), buffer, new ArrayBuffer(0));
});

Deno.test("resizable buffers stay resizable", () => {
  const arrived = copy(new ArrayBuffer(3, { maxByteLength: 10 }));
  assertStrictEquals(arrived.maxByteLength, 10);
  arrived.resize(10);
});

Deno.test("Node's Buffer arrives as a Uint8Array and can be decoded from", () => {
  const arrived = copy(Buffer.from("ferry"));
  assertStrictEquals(arrived.constructor, Uint8Array);
  assertEquals(new TextDecoder().decode(arrived), "ferry");
  const bytes = decode(Buffer.from(encode(new Uint8Array([1, 2, 3]))));
  assertEquals(bytes, new Uint8Array([1, 2, 3]));
});

Deno.test("errors keep class, name, message, stack, cause, code and own properties", () => {
  for (
    const [kind, error] of [
      [TypeError, new TypeError("a")],
      [URIError, new URIError("")],
      [Deno.errors.NotFound, new Deno.errors.NotFound("no file")],
      [AggregateError, new AggregateError([new RangeError("r")], "several")],
    ] as const
  ) {
    const arrived = copy(error);
    assertInstanceOf(arrived, kind);
    assertArrives(error);
  }
  const cause = Object.assign(new Error("inner"), { code: "EINNER" });
  const arrived = copy(
    Object.assign(new RangeError("outer", { cause }), { code: "EOUTER", info: { at: 1 } }),
  );
  assertEquals([arrived.code, arrived.info, arrived.cause.code], ["EOUTER", { at: 1 }, "EINNER"]);
  assert(!Object.keys(arrived).includes("cause"));
  assert(!("cause" in copy(new Error("none"))));
  assert("cause" in copy(new Error("undefined", { cause: undefined })));
});

Deno.test("a DOMException keeps name, message and code", () => {
  const arrived = copy(new DOMException("stopped", "AbortError"));
  assertInstanceOf(arrived, DOMException);
  assertEquals([arrived.name, arrived.message, arrived.code], ["AbortError", "stopped", 20]);
});

Deno.test("an error of an own class arrives as the nearest built-in with its name", () => {
  class JobError extends RangeError {
    override readonly name = "JobError";
    readonly job = 7;
  }
  const arrived = copy(new JobError("failed"));
  assertInstanceOf(arrived, RangeError);
  assertEquals([arrived.name, Reflect.get(arrived, "job"), String(arrived)], [
    "JobError",
    7,
    "JobError: failed",
  ]);
});

Deno.test("arrays of the language, of other realms, and frozen ones arrive as plain arrays", () => {
  const strings = ((strings: TemplateStringsArray, _: number) => strings)`one${1}two`;
  const match = /(?<year>\d+)-(\d+)/d.exec("on 2024-05")!;
  const named = Object.assign([1], { constructor: "own" });
  for (
    const array of [strings, match, match.indices!, named, Object.freeze([1]), [
      ..."ab".matchAll(/./g),
    ]]
  ) {
    const arrived = copy({ array }).array;
    assertStrictEquals(Object.getPrototypeOf(arrived), Array.prototype);
    assertEquals(JSON.stringify(arrived), JSON.stringify(array));
    assertEquals(copy(nest(array, 150)).flat(149)[0].length, array.length);
  }
  const foreign = runInNewContext("[1, [2, 'x'], [[], , 3]]");
  assert(!(foreign instanceof Array));
  assertEquals(copy(foreign), [1, [2, "x"], [[], , 3]]); // deno-lint-ignore no-sparse-arrays
});

function nest(value: unknown, depth: number): unknown {
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

Deno.test("a getter that changes what is being encoded cannot corrupt the message", () => {
  const array: unknown[] = [1, 2, 3];
  const shrinking = {
    array,
    get x() {
      return array.length = 0;
    },
  };
  assertEquals(
    copy({ ...Object.getOwnPropertyDescriptors({}), a: [shrinking, array] }).a[0].array,
    [1, 2, 3],
  );

  const list: unknown[] = [
    {
      get x() {
        list.length = 1;
        return 1;
      },
    },
    2,
    3,
    4,
  ];
  assertEquals(copy(list).length, 4);

  // The keys are those of the start: a removed one is undefined, an added one is left out.
  const changing = (): Record<string, unknown> => {
    const object: Record<string, unknown> = {
      get a() {
        object.z = 1;
        delete object.b;
        return 1;
      },
      b: 2,
      c: 3,
    };
    return object;
  };
  for (let i = 0; i < 3; i++) assertEquals(copy(changing()), { a: 1, b: undefined, c: 3 });

  const map = new Map<unknown, unknown>();
  let made = 0;
  const extend = () =>
    map.set(made++, {
      get x() {
        assert(made < 100, "entries added on the way are encoded");
        extend();
        return made;
      },
    });
  extend();
  assertEquals(copy(map), new Map([[0, { x: 2 }]]));

  const set = new Set<unknown>();
  const add = () =>
    set.add({
      get x() {
        assert(set.size < 100, "values added on the way are encoded");
        add();
        return 1;
      },
    });
  add();
  assertStrictEquals(copy(set).size, 1);
});

Deno.test("enumerable properties on Object.prototype are not sent", () => {
  Object.defineProperty(Object.prototype, "polluted", {
    value: 1,
    enumerable: true,
    configurable: true,
  });
  try {
    for (let i = 0; i < 3; i++) {
      const arrived = copy({ a: 1, b: { c: 2 } });
      assertEquals([Object.keys(arrived), Object.keys(arrived.b)], [["a", "b"], ["c"]]);
    }
  } finally {
    delete (Object.prototype as { polluted?: unknown }).polluted;
  }
});

Deno.test("Codec.decode() copies everything out of the memory it reads", () => {
  const codec = new Codec();
  const memory = new Uint8Array(new SharedArrayBuffer(4096));
  const value = {
    text: "x".repeat(100),
    bytes: new Uint8Array(200).fill(7),
    short: "abc",
    big: 2n ** 100n,
  };
  const size = codec.encodeInto(value, memory);
  const arrived = codec.decode(memory.subarray(0, size));
  memory.fill(0);
  assertStrictEquals(difference(value, arrived), undefined);
});

Deno.test("what is left behind: properties of built-in objects, symbols, hidden ones, getters, and the buffers that views share", () => {
  const match = /b(c)/.exec("abc")!;
  assertEquals(match.index, 1);
  const arrived = copy(match);
  assertEquals(Object.keys(arrived), ["0", "1"]);
  assertEquals([...arrived], ["bc", "c"]);
  const others = [
    [1],
    [1, , 3],
    new Map([[1, 2]]),
    new Set([1]),
    new Date(0),
    /a/,
    new ArrayBuffer(2),
    new Uint8Array(2),
  ];
  for (const value of others) {
    const extra = Object.assign(value, { extra: 1 });
    assert(!("extra" in copy(extra)), value.constructor.name);
  }
  assertEquals(copy(Object.assign(new RangeError("x"), { extra: 1 })).extra, 1);

  const object = Object.defineProperty(
    {
      [Symbol("s")]: 1,
      get a() {
        return 2;
      },
    },
    "hidden",
    { value: 3 },
  );
  assertEquals(Object.getOwnPropertyDescriptors(copy(object)), {
    a: { value: 2, writable: true, enumerable: true, configurable: true },
  });

  const buffer = new Uint8Array([1, 2, 3, 4]).buffer;
  const [first, second, whole] = copy([
    new Uint8Array(buffer, 0, 3),
    new Uint8Array(buffer, 1),
    buffer,
  ]);
  assertEquals([[...first], [...second]], [[1, 2, 3], [2, 3, 4]]);
  assertEquals([first.buffer.byteLength, second.buffer.byteLength, whole.byteLength], [3, 3, 4]);
  first[1] = 9;
  assertEquals([second[0], new Uint8Array(whole)[1]], [2, 2]);
});
