// Classes that the program registers.
import { assertEquals, assertInstanceOf, assertStrictEquals, assertThrows } from "@std/assert";
import * as ipc from "@ferry/std/ipc";
import { decode, encode } from "@ferry/std/ipc/codec";
import { registerClass } from "@ferry/std/ipc/register-class";

// deno-lint-ignore no-explicit-any
function copy<T>(value: T): any {
  return decode(encode(value));
}

Deno.test("a registered class arrives as itself, shared instances as one, subclasses of built-ins too", () => {
  class Point {
    readonly x: number;
    readonly near: Point[];
    constructor(x: number, near: Point[] = []) {
      this.x = x;
      this.near = near;
    }
  }
  class Registry extends Map<string, number> {}
  class CodedError extends Error {
    readonly code: number;
    constructor(code: number) {
      super("coded");
      this.code = code;
    }
  }
  registerClass("test.Point", Point, {
    encode: (p) => [p.x, p.near] as const,
    decode: ([x, near]) => new Point(x, near),
  });
  registerClass("test.Registry", Registry, {
    encode: (r) => [...r],
    decode: (entries) => new Registry(entries),
  });
  registerClass("test.CodedError", CodedError, {
    encode: (e) => e.code,
    decode: (code) => new CodedError(code),
  });
  const a = new Point(1);
  const b = new Point(2, [a, a]);
  const [first, second] = copy([b, { b, a }]);
  assertInstanceOf(first, Point);
  assertStrictEquals(second.b, first);
  assertStrictEquals(second.a, first.near[0]);
  assertStrictEquals(second.a, first.near[1]);
  assertInstanceOf(copy(new Registry([["k", 1]])), Registry);
  assertStrictEquals(copy(new CodedError(7)).code, 7);
});

// deno-lint-ignore no-explicit-any
function refused(name: any, cls: any, codec: any): string {
  return assertThrows(() => registerClass(name, cls, codec), TypeError).message;
}

const someCodec = { encode: () => 1, decode: () => ({}) };

Deno.test("registerClass() refuses what is sent anyway and what is no class, and says what it got", () => {
  for (
    const cls of [
      ...[Object, Array, Map, Set, Date, RegExp, URL, ArrayBuffer, Number, String, Boolean, BigInt],
      ...[Uint8Array, Float64Array, BigInt64Array, DataView],
      ...[Error, TypeError, AggregateError, DOMException, Deno.errors.NotFound],
      ipc.Pipe,
    ]
  ) {
    assertStrictEquals(
      refused("test.Refused", cls, someCodec),
      `Cannot register "test.Refused": a class of your own is needed, received ${cls.name}, which is sent anyway`,
    );
  }
  for (
    const [cls, what] of [
      [undefined, "undefined"],
      [null, "null"],
      [{}, "an object"],
      [{ prototype: {} }, "an object"],
      ["Map", '"Map"'],
      [Math.max, "max"],
      [() => {}, "a function without a name"],
    ]
  ) {
    assertStrictEquals(
      refused("test.Refused", cls, someCodec),
      `Cannot register "test.Refused": a class is needed, received ${what}`,
    );
  }
});

Deno.test("registerClass() refuses classes of shared objects and their subclasses", () => {
  class MyQueue extends ipc.Queue<number> {}
  for (
    const cls of [ipc.Queue, ipc.SharedValue, ipc.Connection, ipc.Lock, ipc.Condition, MyQueue]
  ) {
    assertStrictEquals(
      refused("test.Refused", cls, someCodec),
      `Cannot register "test.Refused": a class of your own is needed, received ${cls.name}, ` +
        "which is a class of shared objects; they arrive as the same object",
    );
  }
});

Deno.test("registerClass() refuses a name that is no name, and a codec without its functions", () => {
  class Job {}
  for (
    const [name, what] of [
      [undefined, "undefined"],
      ["", '""'],
      [5, "5"],
      [Symbol("s"), "Symbol(s)"],
      [{}, "an object"],
    ] as [unknown, string][]
  ) {
    assertStrictEquals(
      refused(name, Job, someCodec),
      `Cannot register Job: the name must be a string that is not empty, received ${what}`,
    );
  }
  const method = () => 1;
  for (
    const [codec, what] of [
      [undefined, "undefined for encode"],
      [null, "undefined for encode"],
      [{}, "undefined for encode"],
      [{ encode: method }, "undefined for decode"],
      [{ encode: 5, decode: method }, "5 for encode"],
      [{ encode: method, decode: "Job" }, '"Job" for decode'],
    ]
  ) {
    assertStrictEquals(
      refused("test.Job", Job, codec),
      `Cannot register "test.Job": the codec must have the functions encode and decode, received ${what}`,
    );
  }
  // Nothing of it was kept.
  assertThrows(() => encode(new Job()), TypeError, "an instance of Job");
});

Deno.test("registerClass() with several names for one class sends the last and understands all", () => {
  class Job {}
  class Other {}
  const remake = () => new Job();
  registerClass("test.Job.1", Job, { encode: () => 1, decode: remake });
  const first = encode(new Job());
  registerClass("test.Job.2", Job, { encode: () => 2, decode: remake });
  assertInstanceOf(decode(first), Job);
  assertInstanceOf(copy(new Job()), Job);
  registerClass("test.Job.1", Other, { encode: () => 1, decode: () => new Other() });
  assertInstanceOf(decode(first), Other);
  assertInstanceOf(copy(new Job()), Job);
});

Deno.test("registerClass() with the same name again replaces the class", () => {
  class Old {}
  class New {}
  registerClass("test.Versioned", Old, { encode: () => 1, decode: () => new Old() });
  const bytes = encode(new Old());
  registerClass("test.Versioned", New, { encode: () => 2, decode: () => new New() });
  assertInstanceOf(decode(bytes), New);
  assertThrows(() => encode(new Old()), TypeError, "an instance of Old");
});

Deno.test("a registered subclass of a typed array arrives as itself", () => {
  class Mask extends Uint8Array {}
  registerClass("test.Mask", Mask, {
    encode: (mask) => new Uint8Array(mask),
    decode: (bytes) => new Mask(bytes),
  });
  const arrived = copy([new Mask([1, 2])])[0];
  assertInstanceOf(arrived, Mask);
  assertEquals([...arrived], [1, 2]);
});

Deno.test("a registered subclass of Array arrives as itself, wherever it stands", () => {
  class Stack extends Array<unknown> {
    limit = 0;
  }
  registerClass("test.Stack", Stack, {
    encode: (stack) => ({ limit: stack.limit, items: [...stack] }),
    decode: ({ limit, items }) => Object.assign(Stack.from(items) as Stack, { limit }),
  });
  const stack = Object.assign(Stack.of<unknown>(1, "two", [3]) as Stack, { limit: 9 });
  const check = (arrived: Stack) => {
    assertInstanceOf(arrived, Stack);
    assertEquals([arrived.limit, ...arrived], [9, 1, "two", [3]]);
  };
  check(copy(stack));
  const [first, again] = copy([stack, stack]);
  check(first);
  assertStrictEquals(again, first);
  check(copy(new Map([["k", new Set([stack])]])).get("k").values().next().value);
  check(copy(Stack.of(stack))[0]);
  // Where plain arrays are put off.
  let deep = copy(nest(stack, 150));
  for (let i = 0; i < 150; i++) deep = deep[0];
  check(deep);
  check(copy(nest({ stack: Stack.of(stack) }, 150)).flat(149)[0].stack[0]);
});

Deno.test("a registered class gets a whole payload, however deep it stands", () => {
  class Tree {
    readonly leaves: number;
    constructor(leaves: number) {
      this.leaves = leaves;
    }
  }
  registerClass("test.Tree", Tree, {
    encode: (tree) => {
      let nested: unknown = tree.leaves;
      for (let i = 0; i < 150; i++) nested = { nested: [nested] };
      return nested;
    },
    decode: (payload) => {
      let at = payload as { nested: unknown[] } | number;
      while (typeof at === "object") at = at.nested[0] as typeof at;
      return new Tree(at);
    },
  });
  let value: unknown = new Tree(9);
  for (let i = 0; i < 99; i++) value = [value];
  const bytes = encode({ deferred: nest({ tree: new Tree(7) }, 150), value });
  let at = decode(bytes) as { deferred: unknown; value: unknown };
  let deferred = at.deferred;
  while (Array.isArray(deferred)) deferred = deferred[0];
  assertStrictEquals((deferred as { tree: Tree }).tree.leaves, 7);
  while (Array.isArray(at.value)) at = { ...at, value: at.value[0] };
  assertStrictEquals((at.value as Tree).leaves, 9);
});

function nest(value: unknown, depth: number): unknown {
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

Deno.test("encode() and decode() may be called from a registered class's own encode and decode", () => {
  class Sealed {
    readonly content: unknown;
    constructor(content: unknown) {
      this.content = content;
    }
  }
  registerClass("test.Sealed", Sealed, {
    encode: (sealed) => ({ sealed: encode(sealed.content), again: encode([sealed.content]) }),
    decode: ({ sealed, again }) => {
      assertEquals(decode(again), [decode(sealed)]);
      return new Sealed(decode(sealed));
    },
  });
  const shared = { id: 1, name: "x" };
  const value = [shared, new Sealed({ inner: new Sealed([shared, shared]) }), shared, {
    id: 2,
    name: "y",
  }];
  const arrived = copy(value);
  assertStrictEquals(arrived[2], arrived[0]);
  assertEquals(arrived[1].content.inner.content, [shared, shared]);
  assertEquals(arrived[3], { id: 2, name: "y" });
});
