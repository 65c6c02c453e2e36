import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  CaptureError,
  detect,
  dumps,
  LoadError,
  loads,
  UndumpableError,
} from "@ferry/std/persist/dill";

/** Made by `new Function`, so that nothing is around it. */
function alone(text: string): () => unknown {
  return new Function(`"use strict"; return (${text});`)();
}

Deno.test("capture gives variables that are not there, and comes before those that are", async () => {
  const there = 1;
  const bytes = await dumps([alone("() => missing + 1"), () => there], {
    capture: { missing: 41, there: 2 },
  });
  const [missing, given] = await loads(bytes, { trust: true }) as (() => number)[];
  assertEquals([missing!(), given!()], [42, 2]);
  assertEquals(there, 1);
});

Deno.test("functions that are given a variable share it", async () => {
  const bytes = await dumps([alone("() => ++n"), alone("() => n")], { capture: { n: 0 } });
  const [next, get] = await loads(bytes, { trust: true }) as (() => number)[];
  next!();
  next!();
  assertEquals(get!(), 2);
});

Deno.test("a variable that cannot be captured is an error that names it, when dumping", async () => {
  const cases: [string, string][] = [
    ["() => nowhere", "nowhere"],
    ["function () { return [1].map((n) => n + nowhere); }", "nowhere"],
    ["({ a = nowhere }) => a", "nowhere"],
    ["() => { class A extends Nowhere {} }", "Nowhere"],
    ["() => { nowhere++; }", "nowhere"],
    ["() => ({ nowhere })", "nowhere"],
    ["() => `${nowhere}`", "nowhere"],
    ["() => { for (nowhere of []); }", "nowhere"],
    ["async () => { await using a = nowhere; }", "nowhere"],
    ["class { static a() { return nowhere; } }", "nowhere"],
    ["class { a = nowhere }", "nowhere"],
  ];
  for (const [text, variable] of cases) {
    const error = await assertRejects(() => dumps({ f: [alone(text)] }), CaptureError);
    assertEquals(error.variable, variable, text);
    assertEquals(error.path, "value.f[0]");
  }
});

Deno.test("names that need no variable need no capture", async () => {
  const texts = [
    "() => typeof nowhere",
    "() => { let a = 1; { function a2() { return a; } return a2(); } }",
    "(a, { b, ...c }, [d, , e] = [], ...f) => [a, b, c, d, e, f]",
    "() => { try { throw 1; } catch { return 1; } }",
    "() => { outer: for (const a of [1]) { for (;;) { continue outer; } } }",
    "function self(n) { return n ? self(n - 1) : self.name; }",
    "() => { class A { static b = A; c() { return A; } } return A; }",
    "() => ({ nowhere: 1 }).nowhere",
    "() => new (class { nowhere = 1; get() { return this.nowhere; } })().get()",
    "() => { const { nowhere: a } = { nowhere: 1 }; return a; }",
    "() => /nowhere/u.test('nowhere') / 2",
    "function () { return arguments.length + (() => arguments.length)(); }",
    "() => { hoisted(); function hoisted() {} }",
    "async function* () { for await (const a of []) yield* a; }",
    "() => { if (true) { var late = 1; } return late; }",
    "() => [Math.PI, globalThis, undefined, NaN, JSON.stringify(1)]",
  ];
  for (const text of texts) {
    const bytes = await dumps(alone(text));
    assertEquals(String(await loads(bytes, { trust: true })), String(alone(text)), text);
  }
});

Deno.test("what cannot be captured is said: eval, super, new.target, import.meta", async () => {
  const holder = { m: () => 0 };
  class Maker extends Object {
    target: () => unknown;
    constructor() {
      super();
      this.target = () => new.target;
    }
    parent() {
      return () => super.toString;
    }
  }
  const cases: [unknown, string][] = [
    [alone("(code) => eval(code)"), "eval"],
    [new Maker().target, "new.target"],
    [new Maker().parent(), "super"],
    [() => import.meta.url, "import.meta"],
  ];
  for (const [fn, variable] of cases) {
    const error = await assertRejects(() => dumps(fn), CaptureError);
    assertEquals(error.variable, variable);
  }
  const bytes = await dumps(() => import.meta.url, { capture: { "import.meta": { url: "x:y" } } });
  assertEquals((await loads(bytes, { trust: true }) as () => string)(), "x:y");
  assertEquals(holder.m(), 0);
});

Deno.test("native, bound and proxied functions, and what the runtime hides, are refused with their path", async () => {
  function* numbers() {
    yield 1;
  }
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const value = {
    bound: numbers.bind(null),
    proxy: [new Proxy(() => {}, {}), new Proxy({}, {}), proxy],
    promise: new Map([["later", Promise.resolve()]]),
    weak: new Set([new WeakMap()]),
    ref: new WeakRef({}),
    started: numbers(),
    iterator: [1].values(),
    response: new Response("x"),
    signal: new AbortController().signal,
    shared: new SharedArrayBuffer(8),
    fine: 1,
  };
  const problems = await detect(value);
  assertEquals(problems.map(({ path }) => path).sort(), [
    "value.bound",
    "value.iterator",
    'value.promise.get("later")',
    "value.proxy[0]",
    "value.proxy[1]",
    "value.proxy[2]",
    "value.ref",
    "value.response",
    "value.shared",
    "value.signal",
    "value.started",
    "value.weak {0}",
  ]);
  assert(problems.every(({ reason }) => reason.length > 10));
  for (const [name, part] of Object.entries(value)) {
    if (name === "fine") continue;
    const error = await assertRejects(() => dumps({ part }), UndumpableError);
    assertStringIncludes(error.path, "value.part");
    assertStringIncludes(error.message, error.path);
  }
});

Deno.test("a path leads through captured variables, prototypes and private fields", async () => {
  const hidden = { job: Promise.resolve() };
  class Box {
    #content = { job: Promise.resolve() };
    open() {
      return this.#content;
    }
  }
  const problems = await detect({ run: () => hidden, box: new Box() });
  assertEquals(problems.map(({ path }) => path), [
    "value.run <hidden>.job",
    "value.box.#content.job",
  ]);
  const [problem] = await detect([new Box()]);
  assertEquals(problem!.path, "value[0].#content.job");
});

Deno.test("a dumped function goes on being usable, and its variables unchanged", async () => {
  let n = 0;
  const next = () => ++n;
  await dumps(next);
  await dumps({ next, get: () => n });
  assertEquals([next(), next(), n], [1, 2, 2]);
});

Deno.test("persistentId and persistentLoad carry objects past the dump", async () => {
  const connection = new AbortController();
  const use = () => connection.signal.aborted;
  const bytes = await dumps({ use, again: [connection] }, {
    persistentId: (object) => object === connection ? "the connection" : undefined,
  });
  await assertRejects(() => loads(bytes, { trust: true }), LoadError, "persistentLoad is needed");
  const asked: unknown[] = [];
  const back = await loads(bytes, {
    trust: true,
    persistentLoad: (id) => (asked.push(id), connection),
  }) as { use: typeof use };
  connection.abort();
  assertEquals([back.use(), asked], [true, ["the connection"]]);
});

Deno.test("a variable that is not initialised yet is named, and one that is not used does no harm", async () => {
  const { outcomes } = await import("./_uninitialised.ts");
  const [local, exported, other] = outcomes;
  for (const [error, name] of [[local, "later"], [exported, "exportedLater"]] as const) {
    assert(error instanceof CaptureError, String(error));
    assertEquals(error.variable, name);
    assertStringIncludes(error.message, "not initialised");
  }
  assertEquals(other, true);
});
