import { assert, assertEquals, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import * as marshal from "@ferry/std/persist/marshal";
import {
  dis,
  dumps,
  genops,
  load,
  type LoadOptions,
  loads,
  optimize,
  PickleError,
  PyObject,
  Registry,
  UnpicklingError,
} from "@ferry/std/persist/pickle";
import { tuple } from "@ferry/std/persist/types";
import { Random, rounds, seedFor } from "../_support/random.ts";
import { randomLiteral } from "../_support/random_literals.ts";
import { pickleVectors } from "../_support/pickle_vectors.ts";

const vectors = pickleVectors();
/** So many damaged pickles, and so many damaged marshalled values. */
const DAMAGED = rounds(20_000, 400_000);

/** Bytes of text, one per character, and of numbers. */
function bytes(...parts: (string | number | readonly number[])[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    parts.flatMap((part) =>
      typeof part === "string" ? [...part].map((c) => c.charCodeAt(0)) : part
    ),
  );
}

function little(value: bigint, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn));
}

/** A value, or the error that says where and at which opcode; anything else is a failure. */
function outcome(pickle: Uint8Array, options?: LoadOptions): unknown {
  try {
    return loads(pickle, options);
  } catch (error) {
    if (!(error instanceof UnpicklingError)) {
      throw new TypeError(`${pickle.toHex().slice(0, 500)} threw ${error}`, { cause: error });
    }
    assert(Number.isInteger(error.position) && error.position <= pickle.length, error.message);
    assert(error.opcode === undefined || (error.opcode >= 0 && error.opcode < 256));
    return error;
  }
}

function refused(pickle: Uint8Array, options?: LoadOptions): UnpicklingError {
  const error = outcome(pickle, options);
  assert(error instanceof UnpicklingError, `${pickle.toHex().slice(0, 200)} gave ${error}`);
  return error;
}

Deno.test("pickle.loads keeps a memo index of 2^28 and 2^32 - 1 without a table of that size", () => {
  assertStrictEquals(loads(bytes("Nr", little(2n ** 28n, 4), ".")), null);
  assertStrictEquals(
    loads(bytes("Nr", [255, 255, 255, 255], "j", [255, 255, 255, 255], ".")),
    null,
  );
  outcome(bytes("Np", "9".repeat(30), "\n."));
  outcome(bytes("Np-1\n."));
});

Deno.test("pickle.loads compares lengths with what is left before it allocates", () => {
  for (const size of [30n, 31n, 32n, 40n, 53n, 60n, 63n].map((power) => 2n ** power)) {
    for (const opcode of [0x8d, 0x8e, 0x96, 0x95]) refused(bytes(opcode, little(size, 8), "abc."));
  }
  for (const size of [2n ** 30n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n]) {
    for (const opcode of ["X", "B", "T", 0x8b]) refused(bytes(opcode, little(size, 4), "abc."));
  }
  for (const opcode of ["U", "C", 0x8a, 0x8c]) refused(bytes(opcode, 255, "abc."));
});

Deno.test("pickle.load of a stream believes a length only as far as bytes come", async () => {
  for (const opcode of [0x8d, 0x8e, 0x96, 0x95]) {
    const source = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(bytes(opcode, little(2n ** 40n, 8), "abc."));
        controller.close();
      },
    });
    await assertRejects(() => load(source), PickleError);
  }
});

Deno.test("pickle.loads refuses decimal integers of which parsing takes quadratic time", () => {
  refused(bytes("I", "9".repeat(1_000_000), "\n."));
  refused(bytes("L", "9".repeat(100_000), "L\n."));
});

Deno.test("pickle.loads takes a million nested lists, and dumps of them does not crash", () => {
  const deep = 1_000_000;
  const pickle = new Uint8Array(2 * deep);
  pickle.fill(0x5d, 0, deep).fill(0x61, deep).set([0x2e], 2 * deep - 1);
  const value = outcome(pickle, { maxDepth: 2 * deep });
  if (value instanceof UnpicklingError) return;
  let depth = 0;
  for (let list: unknown = value; Array.isArray(list); list = list[0]) depth++;
  assertEquals(depth, deep);
  try {
    assert(dumps(value).length > deep);
  } catch (error) {
    assert(error instanceof PickleError, String(error));
  }
});

Deno.test("pickle.loads shares a graph of 2^40 paths instead of expanding it", () => {
  // ] then 40 times: memoize, and a list of twice the entry before.
  let pickle = bytes("]q", 0);
  for (let i = 0; i < 40; i++) pickle = bytes([...pickle], "0](h", i, "h", i, "eq", i + 1);
  let value = loads(bytes([...pickle], ".")) as unknown[];
  for (let i = 0; i < 40; i++) {
    assertStrictEquals(value[0], value[1]);
    value = value[0] as unknown[];
  }
  assertEquals(value, []);
});

Deno.test("pickle.loads takes a key of 2^60 paths in time linear in its nodes", () => {
  let pickle = bytes("K", 1, 0x85, "q", 0);
  for (let i = 0; i < 60; i++) pickle = bytes([...pickle], "0h", i, "h", i, 0x86, "q", i + 1);
  const key = [...pickle];
  outcome(bytes("}q", 255, "0", key, "0h", 255, "h", 60, "Ns."));
  outcome(bytes(0x8f, "q", 255, "0", key, "0h", 255, "(h", 60, 0x90, "."));
  outcome(bytes(key, "0(h", 60, 0x91, "."));
});

Deno.test("pickle.loads and marshal.loads look at a large key once, however many dicts have it", () => {
  // The size times the dicts is 160 million: the test ends only if it is not that.
  const key = tuple(...Array.from({ length: 20_000 }, (_, i) => i));
  const value = [key, ...Array.from({ length: 8000 }, () => new Map([[key, null]]))];
  assertEquals((loads(dumps(value)) as unknown[]).length, 8001);
  assertEquals((marshal.loads(marshalledDicts(key, 8000)) as unknown[]).length, 8001);
  const blob = new Uint8Array(1_000_000);
  const blobs = [blob, ...Array.from({ length: 300 }, () => new Map([[blob, null]]))];
  assertEquals((loads(dumps(blobs)) as unknown[]).length, 301);
  assertEquals((marshal.loads(marshalledDicts(blob, 300)) as unknown[]).length, 301);
});

/** A list of a key and of dicts that have it, as a reference, with `None` as its value. */
function marshalledDicts(key: unknown, dicts: number): Uint8Array {
  const once = marshal.dumps(key, { version: 2 });
  once[0]! |= 0x80;
  const dict = bytes("{r", ...little(0n, 4), "N0");
  const all = new Uint8Array(5 + once.length + dicts * dict.length);
  all.set(bytes("[", ...little(BigInt(dicts + 1), 4)));
  all.set(once, 5);
  for (let i = 0; i < dicts; i++) all.set(dict, 5 + once.length + i * dict.length);
  return all;
}

Deno.test("pickle.loads lets no key or state reach a prototype", () => {
  const names = ["__proto__", "constructor", "prototype", "toString"];
  const text = (name: string) => ["X", ...[little(BigInt(name.length), 4)], name];
  for (const name of names) {
    const inner = ["}", ...text("polluted"), "K", 1, "s"];
    for (
      const pickle of [
        bytes("}", ...text(name), ...inner, "s."),
        bytes("}(", ...text(name), ...inner, "u."),
        bytes("(", ...text(name), ...inner, "d."),
        // As the state of an object of a class nobody registered.
        bytes("cm\nC\n)", 0x81, "}", ...text(name), ...inner, "sb."),
        bytes("cm\nC\n)", 0x81, "N}", ...text(name), ...inner, "s", 0x86, "b."),
      ]
    ) {
      for (const options of [{}, { mode: "plain" }, { unknown: "opaque" }] as LoadOptions[]) {
        const value = outcome(pickle, options);
        assertStrictEquals((value as Record<string, unknown>).polluted, undefined);
      }
    }
  }
  const probe: Record<string, unknown> = {};
  assertStrictEquals(probe.polluted, undefined);
  assertStrictEquals(([] as unknown as Record<string, unknown>).polluted, undefined);
});

Deno.test("pickle.loads gives state to objects of registered classes only as own properties", () => {
  class Point {}
  const registry = new Registry();
  registry.register("m", "C", { type: Point });
  const text = (name: string) => ["X", ...[little(BigInt(name.length), 4)], name];
  for (const name of ["__proto__", "constructor", "prototype"]) {
    const pickle = bytes("cm\nC\n)", 0x81, "}", ...text(name), "}", ...text("x"), "K", 1, "ssb.");
    const value = outcome(pickle, { registry });
    if (value instanceof UnpicklingError) continue;
    assertStrictEquals(Object.getPrototypeOf(value), Point.prototype);
    assert(Object.hasOwn(value as object, name));
  }
  assertStrictEquals((Point.prototype as Record<string, unknown>).x, undefined);
  // Never onto the class itself.
  refused(bytes("cm\nC\n}", ...text("x"), "K", 1, "sb."), { registry });
  assertStrictEquals((Point as unknown as Record<string, unknown>).x, undefined);
});

const CALLABLES = [
  "os system",
  "posix system",
  "nt system",
  "subprocess Popen",
  "builtins eval",
  "builtins exec",
  "builtins getattr",
  "builtins __import__",
  "__builtin__ eval",
  "operator attrgetter",
  "operator methodcaller",
  "functools reduce",
  "importlib import_module",
  "pickle loads",
  "_pickle loads",
  "globalThis Function",
  "globalThis eval",
  "Function constructor",
  "Object assign",
  "toString constructor",
  "__proto__ constructor",
  "constructor prototype",
  "builtins __class__",
  "builtins object.__subclasses__",
  "builtins str.format",
  "collections OrderedDict.fromkeys",
  "datetime datetime.__reduce__",
];

/** What is read as data: the recipe of a call that is never made. */
const KEPT = ["functools partial", "numpy.testing._private.utils runstring", "pandas eval"];

Deno.test("pickle.loads keeps a call of what is read as data as a recipe, and does not make it", () => {
  for (const callable of KEPT) {
    const [module, name] = callable.split(" ") as [string, string];
    const byLine = `c${module}\n${name}\n`;
    const argument = [0x8c, 2, "id", 0x85];
    for (
      const pickle of [
        bytes(byLine, ...argument, "R."),
        bytes(byLine, ...argument, 0x81, "."),
        bytes("(", 0x8c, 2, "id", `i${module}\n${name}\n.`),
      ]
    ) {
      for (const mode of ["natural", "exact", "plain"] as const) {
        const made = outcome(pickle, { mode });
        assert(made instanceof PyObject, callable);
        assertEquals([made.className, [...made.args]], [`${module}.${name}`, ["id"]]);
      }
    }
    // The name itself has no attributes that could be set, and no items.
    refused(bytes(byLine, "}", 0x8c, 1, "x", "K", 1, "sb."));
    refused(bytes(byLine, "]", 0x8c, 1, "x", "ab."));
  }
});

Deno.test("pickle.loads calls nothing that is not registered, by any opcode that could", () => {
  for (const callable of CALLABLES) {
    const [module, name] = callable.split(" ") as [string, string];
    const text = (value: string) => [0x8c, value.length, value];
    const byLine = `c${module}\n${name}\n`;
    const byStack = [...text(module), ...text(name), 0x93];
    const argument = [...text("id"), 0x85];
    for (
      const pickle of [
        bytes(byLine, ...argument, "R."),
        bytes(...byStack, ...argument, "R."),
        bytes(...byStack, ...argument, 0x81, "."),
        bytes(...byStack, ...argument, "}", 0x92, "."),
        bytes("(", ...text("id"), `i${module}\n${name}\n.`),
        bytes("(", ...byStack, ...text("id"), "o."),
        bytes(...byStack, "}", ...text("x"), "K", 1, "sb."),
        bytes(0x80, 2, byLine, ...argument, "R."),
        bytes(...byStack, "]", ...text("id"), "ab."),
      ]
    ) {
      refused(pickle);
      refused(pickle, { mode: "plain" });
      const opaque = outcome(pickle, { unknown: "opaque" });
      assert(typeof opaque === "object" || typeof opaque === "symbol", `${callable}: ${opaque}`);
    }
  }
});

Deno.test("pickle.loads does not know extension codes or persistent ids by itself", () => {
  for (const code of [0, 1, 255]) refused(bytes(0x82, code, "."));
  refused(bytes(0x83, 1, 1, "."));
  refused(bytes(0x84, [1, 0, 0, 0], "."));
  refused(bytes(0x84, [255, 255, 255, 255], "."));
  refused(bytes("Pid\n."));
  refused(bytes("NQ."));
  refused(bytes(0x97, "."));
});

Deno.test("pickle.loads calls the one function that is registered, with what the pickle says", () => {
  const calls: unknown[][] = [];
  const registry = new Registry();
  registry.register("m", "f", { load: (args) => calls.push(args) });
  loads(bytes("cm\nf\nK", 1, 0x85, "R."), { registry });
  assertEquals(calls.length, 1);
  assertEquals([...calls[0]!], [1]);
  refused(bytes("cm\ng\nK", 1, 0x85, "R."), { registry });
  refused(bytes("cM\nf\nK", 1, 0x85, "R."), { registry });
  refused(bytes("cm\nf.constructor\nX", little(1n, 4), "x", 0x85, "R."), { registry });
  assertEquals(calls.length, 1);
});

Deno.test("pickle.loads keeps an unknown object as data if told to", () => {
  const pickle = bytes("cos\nsystem\nX", little(2n, 4), "id", 0x85, "R.");
  const value = loads(pickle, { unknown: "opaque" });
  assert(value instanceof PyObject);
  assertEquals(value.className, "os.system");
});

Deno.test("pickle.loads gives a value or an error for each opcode on each small stack", () => {
  const stacks = ["", "(", "N", "NN", "NNN", "]", "}", ")", "K\x01", "(N", "N(", "((", "](", "}(N"]
    .concat(["\x8f(", "X\x01\0\0\0a", "cm\nC\n", "cm\nC\n)", "cm\nC\n)}", "(cm\nC\n", "]2", "(2"]);
  const tails = [
    "",
    ".",
    "\n\n.",
    "\0\0\0\0\0\0\0\0.",
    "1\n1\n.",
    "\x01a.",
    "0.",
    "(t.",
    "q\0h\0.",
  ];
  const known = (code: number) =>
    "().012BCFGIJKLMNPQRSTUVX]abcdeghijlopqrstu}".includes(String.fromCharCode(code)) ||
    (code >= 0x80 && code <= 0x98);
  for (const stack of stacks) {
    for (let code = 0; code < 256; code++) {
      // What is no opcode ends there, whatever follows.
      for (const tail of known(code) ? tails : tails.slice(1, 2)) {
        const pickle = bytes(stack, code, tail);
        for (const options of [{}, { unknown: "opaque" }] as LoadOptions[]) {
          outcome(pickle, options);
        }
        for (const tool of [dis, optimize, (p: Uint8Array) => [...genops(p)]]) {
          try {
            tool(pickle);
          } catch (error) {
            assert(error instanceof UnpicklingError, `${pickle.toHex()} threw ${error}`);
          }
        }
      }
    }
  }
});

Deno.test("pickle.loads has limits for marks, memo entries, opcodes and bytes", () => {
  const flood = (part: string | number[], times: number) => {
    const piece = bytes(part);
    const all = new Uint8Array(piece.length * times + 2);
    all[0] = 0x4e;
    for (let i = 0; i < times; i++) all.set(piece, 1 + i * piece.length);
    all[all.length - 1] = 0x2e;
    return all;
  };
  refused(flood("(", 1000), { maxDepth: 100 });
  refused(flood("\x94", 1000), { maxMemo: 100 });
  refused(flood("2", 1000), { maxOps: 100 });
  refused(flood("2", 1000), { maxBytes: 100 });
  for (const part of ["(", "2", "\x94", "]", "N", "(l", "}", "\x8f", "q\0", "h\0"]) {
    outcome(flood(part, 300_000));
  }
});

Deno.test("pickle.loads appends 200,000 items at once", () => {
  const items = new Uint8Array(200_000 * 2 + 4);
  items.set([0x5d, 0x28]);
  for (let i = 0; i < 200_000; i++) items.set([0x4b, i & 0xff], 2 + 2 * i);
  items.set([0x65, 0x2e], items.length - 2);
  assertEquals((loads(items) as number[]).length, 200_000);
});

Deno.test("dis of a million nested marks stops at its longest text", () => {
  const marks = new Uint8Array(1_000_000).fill(0x28);
  assertThrows(() => dis(marks, { maxLength: 1_000_000 }), UnpicklingError);
});

Deno.test({
  name: "pickle.loads of every vector cut at every byte is an UnpicklingError",
  ignore: vectors.length === 0,
  fn: () => {
    for (const { name, protocol, pickle } of vectors) {
      // Long ones in steps, which still meets every instruction's middle.
      const step = Math.ceil(pickle.length / 2000);
      for (let size = 1; size < pickle.length; size += step) {
        const error = outcome(pickle.subarray(0, size), { unknown: "opaque" });
        assert(error instanceof UnpicklingError, `${name}, protocol ${protocol}, cut at ${size}`);
      }
    }
  },
});

Deno.test({
  name: `pickle.loads of ${DAMAGED} vectors with a byte changed is a value or an UnpicklingError`,
  ignore: vectors.length === 0,
  fn: () => {
    const random = new Random(seedFor("byte flips"));
    const small = vectors.filter(({ pickle }) => pickle.length < 3000);
    const options: LoadOptions[] = [{}, { unknown: "opaque" }, { mode: "plain" }];
    for (let i = 0; i < DAMAGED; i++) {
      const copy = small[random.below(small.length)]!.pickle.slice();
      copy[random.below(copy.length)] = random.below(256);
      outcome(copy, options[i % 3]);
    }
  },
});

Deno.test(`marshal.loads of ${DAMAGED} values with a byte changed or cut is a value or an UnmarshallingError`, () => {
  const random = new Random(seedFor("marshal byte flips"));
  const values = Array.from(
    { length: 500 },
    (_, i) => marshal.dumps(randomLiteral(random, 4).value, { version: i % 6 }),
  );
  for (let i = 0; i < DAMAGED; i++) {
    const copy = random.pick(values).slice();
    copy[random.below(copy.length)] = random.below(256);
    try {
      marshal.loads(i % 4 === 0 ? copy.subarray(0, random.below(copy.length + 1)) : copy);
    } catch (error) {
      assert(error instanceof marshal.UnmarshallingError, `${copy.toHex()} threw ${error}`);
      assert(error.position >= 0 && error.position <= copy.length + 8 && error.expected !== "");
    }
  }
});

Deno.test("marshal.loads compares counts with what is left before it allocates", () => {
  for (const type of "[(<>sutaAl") {
    for (const count of [2n ** 27n, 2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 5n]) {
      const data = bytes(type, little(count, 4), "NNNN");
      assertThrows(() => marshal.loads(data), marshal.UnmarshallingError);
    }
  }
});

Deno.test("marshal.loads takes a key of 2^60 paths in time linear in its nodes", () => {
  // ((1,),) doubled: each tuple holds the one before twice, the second time by reference.
  let node: unknown = tuple(1);
  for (let i = 0; i < 60; i++) node = tuple(node, node);
  const dict = marshal.loads(marshal.dumps(new Map([[node, 1]])), { dicts: "map" });
  assertEquals((dict as Map<unknown, unknown>).size, 1);
});

Deno.test("marshal.loads lets no key reach a prototype", () => {
  for (const name of ["__proto__", "constructor", "prototype"]) {
    const inner = { polluted: 1 };
    for (const mode of ["exact", "plain"] as const) {
      const value = marshal.loads(marshal.dumps(new Map([[name, inner]])), { mode });
      assertStrictEquals((value as Record<string, unknown>).polluted, undefined);
    }
  }
  assertStrictEquals(({} as Record<string, unknown>).polluted, undefined);
});
