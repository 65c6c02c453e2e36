import { assert, assertEquals, assertNotStrictEquals, assertStrictEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/dill";
import { copy } from "./_copy.ts";

function makeCounter(start: number) {
  let count = start;
  return { next: () => ++count, get: () => count };
}

Deno.test("functions of every kind come back and run", async () => {
  const functions = {
    declared: function declared(a: number, b = 2, ...rest: number[]) {
      return a + b + rest.length;
    },
    arrow: (a: number) => a * 2,
    async later(a: number) {
      return await Promise.resolve(a + 1);
    },
    *numbers(n: number) {
      for (let i = 0; i < n; i++) yield i;
    },
    async *soon(n: number) {
      for (let i = 0; i < n; i++) yield await Promise.resolve(i);
    },
    asyncArrow: async (a: number) => await Promise.resolve([a]),
    destructuring: ({ a, b: [c] }: { a: number; b: number[] }, { d = c } = {}) => [a, c, d],
    nested: (a: number) => (b: number) => [a, b, ((c) => c + a)(b)],
    anonymous: (() => function () {})(),
  };
  const back = await copy(functions);
  assertEquals(back.declared(1), 3);
  assertEquals(back.declared(1, 1, 1, 1), 4);
  assertEquals(back.arrow(4), 8);
  assertEquals(await back.later(1), 2);
  assertEquals([...back.numbers(3)], [0, 1, 2]);
  assertEquals(await Array.fromAsync(back.soon(3)), [0, 1, 2]);
  assertEquals(await back.asyncArrow(1), [1]);
  assertEquals(back.destructuring({ a: 1, b: [2] }), [1, 2, 2]);
  assertEquals(back.nested(1)(2), [1, 2, 3]);
  for (const [name, fn] of Object.entries(functions)) {
    const made = back[name as keyof typeof back];
    assertEquals(made.name, fn.name);
    assertEquals(made.length, fn.length);
    assertEquals(
      Object.prototype.toString.call(made),
      Object.prototype.toString.call(fn),
    );
    assertStrictEquals(Object.getPrototypeOf(made), Object.getPrototypeOf(fn));
  }
});

Deno.test("functions that share a variable still share it, and no others", async () => {
  // Both pairs were made by one function, and their variables have the same value.
  const [first, second] = await copy([makeCounter(0), makeCounter(0)]);
  first!.next();
  first!.next();
  second!.next();
  assertEquals([first!.get(), second!.get()], [2, 1]);
});

Deno.test("a copy of a closure has its own variables", async () => {
  const counter = makeCounter(5);
  const back = await copy(counter);
  back.next();
  assertEquals([counter.get(), back.get()], [5, 6]);
});

Deno.test("a function with two variables of one name in different scopes sees the right ones", async () => {
  const make = (n: number) => {
    let value = n;
    const outer = () => value++;
    {
      let value = n * 10;
      return { outer, inner: () => value++ };
    }
  };
  const back = await copy([make(1), make(2)]);
  assertEquals(back.map(({ outer, inner }) => [outer(), inner(), outer(), inner()]), [
    [1, 10, 2, 11],
    [2, 20, 3, 21],
  ]);
});

Deno.test("variables of each turn of a loop are different ones", async () => {
  const functions: { add(): number; get(): number }[] = [];
  for (let i = 0; i < 3; i++) functions.push({ add: () => i += 10, get: () => i });
  const back = await copy(functions);
  back[1]!.add();
  assertEquals(back.map(({ get }) => get()), [0, 11, 2]);
});

Deno.test("recursive functions call themselves and each other", async () => {
  const factorial = (n: number): number => n < 2 ? 1 : n * factorial(n - 1);
  function even(n: number): boolean {
    return n === 0 || odd(n - 1);
  }
  function odd(n: number): boolean {
    return n !== 0 && even(n - 1);
  }
  const back = await copy({ factorial, even });
  assertEquals([back.factorial(10), back.even(10), back.even(7)], [3628800, true, false]);
});

Deno.test("a declared function that was wrapped calls the wrapper", async () => {
  const calls: number[] = [];
  function fib(n: number): number {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
  }
  const plain = fib;
  (fib as unknown) = (n: number) => {
    calls.push(n);
    return plain(n);
  };
  const back = await copy({ fib, calls });
  assertEquals(back.fib(4), 3);
  assertEquals(back.calls.length, 9);
});

Deno.test("a captured object is the same for all who refer to it", async () => {
  const list: number[] = [];
  const back = await copy({ push: (n: number) => list.push(n), list, get: () => list });
  back.push(1);
  assertEquals(back.list, [1]);
  assertStrictEquals(back.get(), back.list);
  assertEquals(list, []);
});

Deno.test("arrow functions keep the this and the arguments around them", async () => {
  class Button {
    clicks = 0;
    onClick = () => ++this.clicks;
  }
  const button = new Button();
  function outer(this: unknown, ..._: unknown[]) {
    return () => [this, arguments.length, arguments[1]] as const;
  }
  const back = await copy({
    button,
    other: outer.call(button, 1, "two"),
    none: (() => () => this)(),
  });
  back.button.onClick();
  assertEquals(back.button.clicks, 1);
  assertEquals(button.clicks, 0);
  const [self, length, second] = back.other();
  assertStrictEquals(self, back.button);
  assertEquals([length, second], [2, "two"]);
  assertEquals(back.none(), undefined);
});

Deno.test("the this of a nested arrow function is that of the method around it", async () => {
  const holder = {
    n: 7,
    make() {
      return { deep: () => () => this.n };
    },
  };
  const back = await copy(holder.make());
  assertEquals(back.deep()(), 7);
});

Deno.test("methods, getters and setters of objects come back, super included", async () => {
  const base = {
    hello(name: string) {
      return `hello ${name}`;
    },
    get level() {
      return 1;
    },
  };
  const key = "computed" + 1;
  const object = {
    __proto__: base,
    seen: [] as number[],
    hello(name: string): string {
      return `${super.hello(name)}!`;
    },
    get level(): number {
      return super.level + 1;
    },
    get last() {
      return this.seen.at(-1);
    },
    set last(n: number | undefined) {
      this.seen.push(n!);
    },
    [key]() {
      return "computed";
    },
    async *[Symbol.asyncIterator]() {
      yield* this.seen;
    },
    get: () => 1,
    function() {
      return "named function";
    },
    async(n: number) {
      return n;
    },
  };
  const back = await copy(object);
  assertEquals(back.hello("you"), "hello you!");
  assertEquals(back.level, 2);
  back.last = 4;
  assertEquals(back.last, 4);
  assertEquals((back as unknown as Record<string, () => string>)[key]!(), "computed");
  assertEquals(await Array.fromAsync(back), [4]);
  assertEquals([back.get(), back.function(), back.async(3)], [1, "named function", 3]);
  assert(!Object.hasOwn(back.hello, "prototype"));
});

Deno.test("functions keep their properties, and constructor functions their prototypes", async () => {
  // deno-lint-ignore no-explicit-any
  const Animal = function (this: any, name: string) {
    this.name = name;
  } as unknown as { new (name: string): { name: string; speak(): string }; count: number };
  Animal.prototype.speak = function () {
    return `I am ${this.name}`;
  };
  Animal.count = 3;
  const cat = new Animal("cat");
  const back = await copy({ Animal, cat });
  assert(back.cat instanceof back.Animal);
  assertEquals(back.cat.speak(), "I am cat");
  assertEquals(new back.Animal("dog").speak(), "I am dog");
  assertEquals(back.Animal.count, 3);
  assertStrictEquals(back.Animal.prototype.constructor, back.Animal);
  assertNotStrictEquals(back.Animal, Animal);
});

Deno.test("default values, catch clauses, labels and destructuring hide what they declare", async () => {
  const value = "captured";
  const object = { value, kept: 1 };
  const functions = [
    ({ value } = { value: "parameter" }) => value,
    (value = "default") => value,
    () => {
      try {
        throw "caught";
      } catch (value) {
        return value;
      }
    },
    () => {
      value: for (;;) break value;
      return { value: "property" }.value + value;
    },
    () => {
      const { value: renamed, ...rest } = object;
      return renamed + Object.keys(rest);
    },
    () => {
      for (const value of ["loop"]) return value;
    },
    () => [value].map((value) => value + "!")[0],
    () => typeof undeclared === "undefined" ? value : "?",
    () => {
      // deno-lint-ignore no-var
      var value = "var";
      return value;
    },
    () => ({ value }).value,
    () => object.value,
    () => `${value}${`${value}`}`,
    () => /value/.test(value) ? 4 / 2 / 1 : value,
  ];
  const back = await copy(functions);
  assertEquals(back.map((fn) => fn()), functions.map((fn) => fn()));
});

declare const undeclared: unknown;

Deno.test("a renamed variable is renamed in shorthand properties and assignments, and nowhere else", async () => {
  const make = (n: number) => {
    let value = n;
    const other = (m: number) => {
      let value = m;
      return () => {
        ({ value } = { value: value + 1 });
        [value] = [value + 1];
        return { value, "value ": { value } };
      };
    };
    return {
      set: (m: number) => ({ value = m } = {} as { value?: number }),
      get: () => ({ value }),
      other: other(n * 10),
    };
  };
  const back = await copy([make(1), make(2)]);
  back[0]!.set(5);
  assertEquals(back[0]!.get(), { value: 5 });
  assertEquals(back[1]!.get(), { value: 2 });
  assertEquals(back[1]!.other(), { value: 22, "value ": { value: 22 } });
  assertEquals(back[0]!.other(), { value: 12, "value ": { value: 12 } });
});

Deno.test("a captured variable may have the name of a global", async () => {
  const make = () => {
    const performance = { now: () => 42 };
    const name = "me";
    return () => [performance.now(), name];
  };
  const back = await copy({ mine: make(), theirs: () => performance.now() > 0 });
  assertEquals(back.mine(), [42, "me"]);
  assertEquals(back.theirs(), true);
});

Deno.test("a loaded closure can be dumped again", async () => {
  let back = makeCounter(0);
  for (let i = 0; i < 3; i++) {
    back = await copy(back);
    back.next();
  }
  assertEquals(back.get(), 3);
});

Deno.test("sloppy functions stay sloppy, next to strict ones", async () => {
  const made = new Function("n", "undeclaredVariable = n; return this === globalThis") as (
    n: number,
  ) => boolean;
  const back = await copy({
    made,
    strict: () =>
      (function (this: unknown) {
        return this;
      })(),
  });
  const { made: loaded } = back;
  assertEquals(loaded(3), true);
  assertEquals(back.strict(), undefined);
  assertEquals(Reflect.get(globalThis, "undeclaredVariable"), 3);
  Reflect.deleteProperty(globalThis, "undeclaredVariable");
});

Deno.test("a variable that a program added to the globals is captured", async () => {
  Reflect.set(globalThis, "addedByTest", { n: 1 });
  const bytes = await dumps(new Function("return addedByTest.n"));
  Reflect.deleteProperty(globalThis, "addedByTest");
  assertEquals((await loads(bytes, { trust: true }) as () => number)(), 1);
});

Deno.test("a hundred functions and a chain of ten thousand objects are no problem", async () => {
  const functions = Array.from({ length: 100 }, (_, i) => () => i);
  class Link {
    next: Link | undefined;
    n: number;
    constructor(n: number, next?: Link) {
      this.n = n;
      this.next = next;
    }
  }
  let chain = new Link(0);
  for (let i = 1; i < 10_000; i++) chain = new Link(i, chain);
  const back = await copy({ functions, chain });
  assertEquals(back.functions.map((fn) => fn()), functions.map((_, i) => i));
  let length = 0;
  for (let at: Link | undefined = back.chain; at !== undefined; at = at.next) length++;
  assertEquals(length, 10_000);
});

Deno.test("a length that was given to a function or class comes back", async () => {
  const given = (fn: object, length: unknown) =>
    Object.defineProperty(fn, "length", { value: length });
  const back = await loads(
    await dumps([
      given((..._args: unknown[]) => 1, 3),
      given(class Curried {}, 2),
      given(function plain(_a: unknown) {}, "long"),
      (_a: unknown, _b = 1, _c: unknown) => 1,
    ]),
    { trust: true },
  ) as { readonly length: unknown }[];
  assertEquals(back.map(({ length }) => length), [3, 2, "long", 1]);
  assertEquals(Object.getOwnPropertyDescriptor(back[0], "length"), {
    value: 3,
    writable: false,
    enumerable: false,
    configurable: true,
  });
});
