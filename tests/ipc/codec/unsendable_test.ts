import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { Codec, decode, encode } from "@ferry/std/ipc/codec";
import { registerClass } from "@ferry/std/ipc/register-class";
import { UnsendableError } from "@ferry/std/ipc/unsendable-error";

class Unregistered {
  readonly x = 1;
}

/** The error for `value`, checked: its path, run as code on `value`, leads to the part it names. */
function refusal(value: unknown, part?: { readonly revoked: unknown }): UnsendableError {
  const error = assertThrows(() => encode(value), UnsendableError);
  assert(error instanceof TypeError);
  assertStrictEquals(error.message.startsWith(`Cannot send ${error.path}: `), true);
  const found: unknown = new Function("value", `return ${error.path}`)(value);
  if (part === undefined) {
    assertStrictEquals(found, error.value);
  } else {
    // It is not in the error, which could not be printed then.
    assert(found === part.revoked && error.value === undefined);
    assertStringIncludes(Deno.inspect(error), error.message);
  }
  return error;
}

const call = () => {};

Deno.test("UnsendableError.path names the part in JavaScript", () => {
  const cases: [unknown, string][] = [
    [call, "value"],
    [{ items: [1, 2, 3, { callback: call }] }, "value.items[3].callback"],
    [{ "a b": { "": call } }, 'value["a b"][""]'],
    [{ "1": call }, 'value["1"]'],
    [{ naïve: { $x_1: call } }, "value.naïve.$x_1"],
    [{ 'q"\n': call }, 'value["q\\"\\n"]'],
    [new Map([["k", call]]), 'value.get("k")'],
    [new Map([[7, [call]]]), "value.get(7)[0]"],
    [new Map<unknown, unknown>([[1, 2], [call, 3]]), "[...value.keys()][1]"],
    [new Map([[{}, call]]), "[...value.values()][0]"],
    [new Set([1, { x: call }]), "[...value][1].x"],
    [new Error("x", { cause: { why: call } }), "value.cause.why"],
    [
      new AggregateError([new Error("x"), Object.assign(new Error("y"), { run: call })]),
      "value.errors[1].run",
    ],
    [Object.assign([], { 20: call }), "value[20]"],
    [Object.assign(Object.create(null), { run: call }), "value.run"],
    [[[[[[[call]]]]]], "value[0][0][0][0][0][0]"],
  ];
  for (const [value, path] of cases) assertStrictEquals(refusal(value).path, path);
});

Deno.test("UnsendableError.path is found in cycles and behind ten thousand levels", () => {
  const cyclic: Record<string, unknown> = { list: [] };
  cyclic.self = cyclic;
  (cyclic.list as unknown[]).push(cyclic);
  cyclic.bad = call;
  assertStrictEquals(refusal(cyclic).path, "value.bad");

  let deep: unknown = { bad: call };
  for (let i = 0; i < 10_000; i++) deep = [deep];
  const error = assertThrows(() => encode(deep), UnsendableError);
  assertStrictEquals(error.path, `value${"[0]".repeat(10_000)}.bad`);
});

Deno.test("encode() refuses everything that means nothing in another agent, and says what it is", () => {
  const detached = new ArrayBuffer(8);
  const view = new Uint8Array(detached);
  detached.transfer();
  const { port1, port2 } = new MessageChannel();
  const cases: [unknown, RegExp][] = [
    [call, /the function call$/],
    [() => {}, /a function$/],
    [Symbol("s"), /the symbol Symbol\(s\)$/],
    [Symbol.iterator, /Symbol\(Symbol\.iterator\)$/],
    [Promise.resolve(), /a Promise; await it first$/],
    [new WeakMap(), /a WeakMap/],
    [new WeakSet(), /a WeakSet/],
    [new WeakRef({}), /a WeakRef/],
    [(function* () {})(), /instance of/],
    [new Proxy(call, {}), /a function|the function/],
    [detached, /a detached ArrayBuffer$/],
    [view, /a view of a detached ArrayBuffer$/],
    [new SharedArrayBuffer(8), /a bare SharedArrayBuffer/],
    [new Uint8Array(new SharedArrayBuffer(8)), /a view of shared memory/],
    [port1, /a MessagePort/],
    [new Unregistered(), /an instance of Unregistered; register the class with registerClass\(\)/],
    [new (class extends Map {})(), /an instance of/],
    [Object.create({ x: 1 }), /an instance of Object/],
    [globalThis, /an instance of/],
  ];
  for (const [value, message] of cases) {
    const error = refusal(value);
    assert(message.test(error.message), error.message);
    assertStrictEquals(error.path, "value");
  }
  port1.close();
  port2.close();
});

Deno.test("encode() refuses instances of unregistered subclasses of Array, wherever they stand", () => {
  class Stack extends Array<number> {}
  const stack = Stack.of(1, 2);
  for (
    const [value, path] of [
      [stack, "value"],
      [[1, { stack }], "value[1].stack"],
      [new Map([["k", [stack]]]), 'value.get("k")[0]'],
      [[[[[stack]]]], "value[0][0][0][0]"],
    ] as const
  ) {
    const error = refusal(value);
    assertStrictEquals(error.path, path);
    assertStrictEquals(error.value, stack);
    assertStrictEquals(
      error.message,
      `Cannot send ${path}: an instance of Stack; register the class with registerClass(), or send a plain array`,
    );
  }
  let deep: unknown = { stack };
  for (let i = 0; i < 200; i++) deep = [deep];
  assertStrictEquals(refusal(deep).path, `value${"[0]".repeat(200)}.stack`);
  assertStrictEquals(refusal([Object.setPrototypeOf([1], null)]).path, "value[0]");
  assertStrictEquals(refusal([Object.setPrototypeOf([1], Map.prototype)]).path, "value[0]");
});

Deno.test("encode() refuses revoked Proxies, and what only looks like a built-in object, with the path", () => {
  function revoked<T extends object>(target: T): T {
    const { proxy, revoke } = Proxy.revocable(target, {});
    revoke();
    return proxy;
  }
  for (const bad of [revoked({}), revoked([]), revoked(new Map()), revoked(call)]) {
    const part = { revoked: bad };
    assertStrictEquals(refusal(bad, part).message, "Cannot send value: a revoked Proxy");
    assertStrictEquals(refusal({ a: [1, bad] }, part).path, "value.a[1]");
    assertStrictEquals(refusal(new Map([["k", bad]]), part).path, 'value.get("k")');
    // Behind more objects than a linear search looks through, and where containers are put off.
    const many = Array.from({ length: 50 }, (_, i) => ({ i }));
    assertStrictEquals(refusal([many, { bad }], part).path, "value[1].bad");
    let deep: unknown = { bad };
    for (let i = 0; i < 200; i++) deep = [deep];
    assertStrictEquals(refusal(deep, part).path, `value${"[0]".repeat(200)}.bad`);
  }
  const real = [
    ...[
      new Map([[1, 2]]),
      new Set([1]),
      new Date(0),
      /x/,
      new URL("file:///x"),
      new ArrayBuffer(8),
    ],
    ...[new Uint8Array(8), new DataView(new ArrayBuffer(8)), Object(1), Object("s"), Object(true)],
    Object(1n),
  ];
  for (const object of real) {
    const name = object.constructor.name;
    for (const bad of [new Proxy(object, {}), Object.create(Object.getPrototypeOf(object))]) {
      const error = refusal({ list: [object, bad, call] });
      assertStrictEquals(
        error.message,
        `Cannot send value.list[1]: looks like an instance of ${name} and is none; send the object behind it`,
      );
    }
  }
  // Proxies around plain objects and arrays are what they look like.
  assertEquals(decode(encode(new Proxy({ a: new Proxy([1], {}) }, {}))), { a: [1] });
});

Deno.test("encode() lets the TypeError of a getter or of a class's encode through, whatever it touched", () => {
  const { proxy, revoke } = Proxy.revocable({ x: 1 }, {});
  revoke();
  const error = assertThrows(() =>
    encode([new Set([1]), {
      get x(): number {
        return proxy.x;
      },
    }])
  );
  assert(error instanceof TypeError && !(error instanceof UnsendableError));
  class Toucher {
    readonly touch = "";
  }
  registerClass("test.Toucher", Toucher, { encode: () => proxy.x, decode: () => new Toucher() });
  const other = assertThrows(() => encode([new Map(), new Toucher()]));
  assert(other instanceof TypeError && !(other instanceof UnsendableError));
});

Deno.test("encode() lets a getter's error through", () => {
  const failure = new RangeError("no");
  const value = {
    a: 1,
    get b(): number {
      throw failure;
    },
  };
  assertStrictEquals(assertThrows(() => encode([value])), failure);
});

Deno.test("encode() names the instance when a registered class puts something unsendable into its payload", () => {
  class Holder {
    readonly kind = "holder";
  }
  registerClass("test.Holder", Holder, {
    encode: () => [call],
    decode: () => new Holder(),
  });
  const error = assertThrows(() => encode({ job: new Holder() }), UnsendableError);
  assertStrictEquals(error.value, call);
  assertStrictEquals(error.path, "value.job");
});

Deno.test("encode() refuses an instance that is part of its own payload", () => {
  class Loop {
    self: unknown = this;
  }
  registerClass("test.Loop", Loop, { encode: (loop) => loop.self, decode: () => new Loop() });
  assertThrows(() => encode({ a: [new Loop()] }), UnsendableError, "part of its own payload");
});

Deno.test("Codec.encodeInto() leaves a refused value's codec ready for the next", () => {
  const codec = new Codec();
  const memory = new Uint8Array(64);
  assertThrows(() => codec.encodeInto({ a: 1, b: call }, memory), UnsendableError);
  assertStrictEquals(codec.encodeInto("x".repeat(100), memory), -1);
  const size = codec.encodeInto({ a: 1, b: 2 }, memory);
  assertEquals(decode(memory.subarray(0, size)), { a: 1, b: 2 });
});
