import { parse, parseAll, YamlError, type YamlTag } from "@ferry/std/formats/yaml";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";

function refused(text: string, options: Parameters<typeof parse>[1] = {}): YamlError {
  const error = assertThrows(() => parse(text, options), YamlError);
  assertInstanceOf(error, SyntaxError);
  return error;
}

Deno.test("parse() gives null for a text without content, parseAll() nothing", () => {
  for (const text of ["", "\n", "# only a comment\n"]) {
    assertEquals(parse(text), null);
    assertEquals(parseAll(text), []);
  }
  assertEquals(parseAll("---\n---\n"), [null, null]);
});

Deno.test("parse() needs no permission", { permissions: "none" }, () => {
  assertEquals(parse("a: !x &y 1\nb: *y\n"), { a: "1", b: "1" });
});

Deno.test("parse() leaves process.env as it was", async () => {
  const { default: process } = await import("node:process");
  const before = process.env;
  parse("a: &x 1");
  refused("a: [");
  assertStrictEquals(process.env, before);
});

Deno.test("parse() refuses a second document, parseAll() reads it", () => {
  assertEquals(refused("a\n--- # two\nb\n").code, "MULTIPLE_DOCS");
  assertEquals(refused("a: 1\n---\nb: 2\n").line, 2);
  assertEquals(parseAll("a: 1\n---\nb: 2\n"), [{ a: 1 }, { b: 2 }]);
});

Deno.test("parse() decodes UTF-8 and UTF-16 bytes and refuses other bytes", () => {
  const text = "a: é\n";
  const utf16 = new Uint8Array([0xff, 0xfe, ...[...text].flatMap((c) => [c.charCodeAt(0), 0])]);
  assertEquals(parse(utf16), { a: "é" });
  assertEquals(parse(new TextEncoder().encode("\ufeff" + text)), { a: "é" });
  const error = assertThrows(
    () => parse(new Uint8Array([0x61, 0x3a, 0x20, 0xc3, 0x28])),
    YamlError,
  );
  assert(error.message.includes("byte 4") || error.message.includes("byte 3"), error.message);
});

Deno.test("parse() gives big integers as bigint unless told to round", () => {
  const text = "a: 9007199254740993\nb: -9007199254740993\nc: 0xffffffffffffffff\nd: 12\n";
  assertEquals(parse(text), {
    a: 9007199254740993n,
    b: -9007199254740993n,
    c: 0xffffffffffffffffn,
    d: 12,
  });
  assertEquals(parse(text, { bigint: false }), {
    a: 9007199254740992,
    b: -9007199254740992,
    c: 2 ** 64,
    d: 12,
  });
});

Deno.test("parse() keeps minus zero, infinities and NaN", () => {
  assertEquals(parse("[-0, -0.0, .inf, -.INF, .nan]"), [-0, -0, Infinity, -Infinity, NaN]);
});

Deno.test("parse() makes __proto__ an own key on both paths", () => {
  for (const text of ["__proto__:\n  polluted: true\n", "&a __proto__: { polluted: true }\n"]) {
    const value = parse(text) as Record<string, unknown>;
    assertEquals(Object.keys(value), ["__proto__"]);
    assertStrictEquals(Object.getPrototypeOf(value), Object.prototype);
  }
  const merged = parse("a: &a { __proto__: { x: 1 } }\nb: { <<: *a }\n") as Record<string, object>;
  assertEquals(Object.keys(merged.b!), ["__proto__"]);
  assertStrictEquals(Object.getPrototypeOf(merged.b), Object.prototype);
  assertEquals(({} as Record<string, unknown>).x, undefined);
});

Deno.test("parse() refuses duplicate keys at the second, or lets the last stand", () => {
  for (const text of ["a: 1\nb: 2\na: 3\n", "{a: 1, b: 2, !!str a: 3}", "a: 1\nb: &x 2\na: 3\n"]) {
    const error = refused(text);
    assertEquals(error.code, "DUPLICATE_KEY");
    assertEquals(parse(text, { duplicateKeys: "last" }), { a: 3, b: 2 });
  }
  assertEquals(refused("a: 1\nb: 2\na: 3\n").line, 3);
  // They would be one key of an object, and are two of a Map.
  refused('1: a\n"1": b\n');
  assertEquals(
    parse('1: a\n"1": b\n', { maps: "map" }),
    new Map<unknown, unknown>([[1, "a"], ["1", "b"]]),
  );
});

Deno.test("parse() applies merge keys: own entries win, earlier sources win", () => {
  const text =
    "a: &a {x: 1, y: 2}\nb: &b {x: 3, z: 4}\nc: {<<: [*a, *b], y: 5}\nd: {y: 6, <<: *a}\n";
  const value = parse(text) as Record<string, unknown>;
  assertEquals(value.c, { x: 1, y: 5, z: 4 });
  assertEquals(value.d, { y: 6, x: 1 });
  assertEquals(parse("a: {<<: {x: 1}}", { merge: false }), { a: { "<<": { x: 1 } } });
  assertEquals(parse('a: {"<<": {x: 1}}'), { a: { "<<": { x: 1 } } });
  assertEquals(refused("a: {<<: 1}").code, "BAD_MERGE");
});

Deno.test("parse() gives one object for all aliases of an anchor, also of one that holds itself", () => {
  const { a, b } = parse("a: &x [1]\nb: *x\n") as { a: unknown; b: unknown };
  assertStrictEquals(a, b);
  const ring = parse("&r\nself: *r\n") as { self: unknown };
  assertStrictEquals(ring.self, ring);
});

Deno.test("parse() refuses alias bombs by default", () => {
  let bomb = "a0: &a0 [x, x]\n";
  for (let i = 1; i < 30; i++) {
    bomb += `a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(", ")}]\n`;
  }
  assertEquals(refused(bomb).code, "MAX_ALIASES");
  let merges = "a0: &a0 {k: 1}\n";
  for (let i = 1; i < 30; i++) {
    merges += `a${i}: &a${i}\n  <<: [*a${i - 1}, *a${i - 1}]\n  k${i}: 1\n`;
  }
  assertEquals(refused(merges).code, "MAX_ALIASES");
});

Deno.test("parse() bounds what merge keys copy", () => {
  const wide = Array.from({ length: 5000 }, (_, i) => `k${i}: 1`).join(", ");
  const text = `a: &a {${wide}}\nb:\n${"  - <<: *a\n".repeat(300)}`;
  assertEquals(refused(text).code, "MAX_ALIASES");
});

Deno.test("parse() counts aliases against maxAliases, nested ones at each use", () => {
  const text = `a: &a 1\nb: [${Array(11).fill("*a").join(", ")}]\n`;
  assertEquals(refused(text, { maxAliases: 10 }).code, "MAX_ALIASES");
  assertEquals((parse(text, { maxAliases: 11 }) as { b: number[] }).b.length, 11);
  const nested = "a: &a 1\nb: &b [*a, *a]\nc: [*b, *b]\n";
  refused(nested, { maxAliases: 7 });
  parse(nested, { maxAliases: 8 });
});

Deno.test("parse() refuses deep nesting of every kind with a position", () => {
  const n = 100_000;
  const deep = [
    "[".repeat(n),
    "{a: ".repeat(n),
    "- ".repeat(n) + "x",
    "[".repeat(n) + "]".repeat(n),
    "? ".repeat(n) + "x",
    Array.from({ length: 1000 }, (_, i) => " ".repeat(i) + "a:\n").join(""),
  ];
  for (const text of deep) {
    const error = refused(text);
    assertEquals(error.code, "MAX_DEPTH", text.slice(0, 10));
    assert(error.line !== undefined && error.caret !== undefined);
  }
  const ok = "[".repeat(512) + "]".repeat(512);
  parse(ok);
  parse(ok, { strict: true });
  assertEquals(refused("[[[]]]", { maxDepth: 2 }).code, "MAX_DEPTH");
  assertEquals(refused("a:\n  b:\n    c: 1\n", { maxDepth: 2 }).code, "MAX_DEPTH");
  assertEquals(parse("a:\n  b: 1\n", { maxDepth: 2 }), { a: { b: 1 } });
});

Deno.test("parse() ends on hostile texts", () => {
  const n = 50_000;
  for (
    const text of [
      "&a ".repeat(n),
      "!x ".repeat(n),
      "a: ".repeat(n),
      "? ".repeat(300) + "\n",
      '"' + "\\\n".repeat(n),
      "'" + "\n".repeat(n),
      ("k: " + "x".repeat(2000) + "\n").repeat(20),
      "%TAG ! a\n".repeat(2000),
      "#\n".repeat(n),
      "*a, ".repeat(n),
      "- |\n" + " \n".repeat(n),
    ]
  ) {
    try {
      parseAll(text);
    } catch (error) {
      assertInstanceOf(error, YamlError, text.slice(0, 10));
    }
  }
});

Deno.test("parse() says where and shows it", () => {
  const error = refused("a: 1\nb: [1, 2\nc: 3\n");
  assertEquals([error.name, error.format], ["YamlError", "yaml"]);
  assert(error.line! >= 2 && error.column! >= 1 && error.offset! > 5);
  assert(error.caret!.endsWith("^"));
  assertEquals(refused("a: *b").code, "UNKNOWN_ANCHOR");
  assertEquals(refused("a: *b").column, 4);
  assertEquals(refused("%YAML 1.2\n%YAML 1.2\n---\na\n").code, "BAD_DIRECTIVE");
  refused("%YAML 1.2\n");
  refused("%YAML 1.2\n...\n");
});

Deno.test("parse() reads tags of one's own on scalars, sequences and mappings", () => {
  class Point {
    x: number;
    y: number;
    constructor(x: number, y: number) {
      this.x = x;
      this.y = y;
    }
  }
  const tags: YamlTag[] = [
    {
      tag: "!point",
      kind: "mapping",
      parse: ({ x, y }: { x: number; y: number }) => new Point(x, y),
    },
    { tag: "!sum", kind: "sequence", parse: (items: number[]) => items.reduce((a, b) => a + b, 0) },
    { tag: "!ms", pattern: /^\d+ms$/, parse: (text: string) => Number.parseInt(text) },
    { tag: "tag:x.org,2026:up", parse: (text: string) => text.toUpperCase() },
  ];
  const text = "%TAG !x! tag:x.org,2026:\n---\n" +
    "p: &p !point {x: 1, y: 2}\nq: *p\ns: !sum [1, 2]\nt: [!ms 5, 7ms]\nu: !x!up abc\n";
  const value = parse(text, { tags }) as Record<string, unknown>;
  assertEquals(value, { p: new Point(1, 2), q: new Point(1, 2), s: 3, t: [5, 7], u: "ABC" });
  assertStrictEquals(value.p, value.q);
});

Deno.test("parse() turns what a tag throws into a YamlError with its place", () => {
  const fail = () => {
    throw new RangeError("no such thing");
  };
  for (const kind of ["scalar", "mapping"] as const) {
    const error = refused(`a: 1\nb: !bad ${kind === "scalar" ? "x" : "{}"}\n`, {
      tags: [{ tag: "!bad", kind, parse: fail }],
    });
    assertEquals(error.line, 2);
    assert(error.message.includes("no such thing"));
  }
});

Deno.test("parse() ignores unknown tags and reports them", () => {
  const codes: string[] = [];
  const value = parse("a: !what 12\n", { onWarning: (warning) => codes.push(warning.code) });
  assertEquals([value, codes], [{ a: "12" }, ["TAG_RESOLVE_FAILED"]]);
});

Deno.test("parse() refuses badly indented closing brackets only when strict", () => {
  const text = "a: [\n  1\n]\n";
  assertEquals(parse(text), { a: [1] });
  assertEquals(refused(text, { strict: true }).code, "BAD_INDENT");
});

Deno.test("parse() knows the failsafe, JSON and YAML 1.1 schemas", () => {
  const text = "[yes, 017, 1, null, y]";
  assertEquals(parse(text), ["yes", 17, 1, null, "y"]);
  assertEquals(parse(text, { schema: "failsafe" }), ["yes", "017", "1", "null", "y"]);
  assertEquals(parse(text, { schema: "yaml-1.1" }), [true, 15, 1, null, "y"]);
  refused(text, { schema: "json" });
  assertEquals(
    parse("a: !!binary AQID\nb: !!set {x, y}\nc: !!omap [k: 1, l: 2]\nd: 2001-12-14t21:59:43Z\n", {
      schema: "yaml-1.1",
    }),
    {
      a: new Uint8Array([1, 2, 3]),
      b: new Set(["x", "y"]),
      c: new Map([["k", 1], ["l", 2]]),
      d: new Date("2001-12-14T21:59:43Z"),
    },
  );
  assertEquals(parse("a: !!binary AQID\nb: !!set {x}\n"), { a: "AQID", b: { x: null } });
});

Deno.test("parse() gives Maps whose keys keep their types", () => {
  const value = parse("1: a\ntrue: b\n[x]: c\n", { maps: "map" }) as Map<unknown, unknown>;
  assertEquals([...value], [[1, "a"], [true, "b"], [["x"], "c"]]);
});

Deno.test("parse() refuses a long collection as a key of an object", () => {
  const key = "[" + "abc, ".repeat(2000) + "x]";
  assertEquals(refused(`? ${key}\n: 1\n`).code, "BAD_KEY");
  parse(`? ${key}\n: 1\n`, { maps: "map" });
});

Deno.test("parse() refuses anything but text and bytes", () => {
  // deno-lint-ignore no-explicit-any
  assertThrows(() => parse(12 as any), TypeError, "Cannot read yaml from number");
});

Deno.test("parse() applies the core schema's own tags to texts of any spelling, or refuses", () => {
  const texts = "!!float 3|!!float -.INF|!!int 0x1F|!!int +7|!!int -0|!!bool True|!!null ~|!!str 1"
    .split("|");
  assertEquals(texts.map((text) => parse(text)), [3, -Infinity, 31, 7, -0, true, null, "1"]);
  for (const text of ["!!int foo", "!!int 3.5", "!!float x", "!!bool yes", "!!null x"]) {
    assertEquals(refused(text).code, "TAG_RESOLVE_FAILED", text);
  }
});

Deno.test("parse() refuses characters that are not printable, but for those that quotes may hold", () => {
  const forbidden = [
    "a: \u0001",
    'a: "\u0001"',
    "# \u0007",
    "a: b\u0000",
    "a: \u007f",
    "a: \ud800",
    "# \u0090",
  ];
  for (const text of forbidden) {
    assertEquals(refused(text).message.slice(0, 27), "Cannot read the character U");
  }
  assertEquals(refused("ab: \u0085\n\u009f").offset, 6);
  for (const options of [{}, { tags: [{ tag: "!unused", parse: () => 0 }] }]) {
    assertEquals(parse('["\u007f", \'\u0090\', "\uffff\u0085"]', options), [
      "\u007f",
      "\u0090",
      "\uffff\u0085",
    ]);
    assertEquals(parse("a\u0085: \t\u00a0\n", options), { "a\u0085": "\u00a0" });
  }
});

Deno.test("parse() takes a second ... for no document", () => {
  assertEquals(parseAll("a\n...\n...\nb\n"), ["a", "b"]);
  assertEquals(parseAll("...\n# c\n...\na\n"), ["a"]);
  assertEquals(parseAll("---\n...\n...\n---\n"), [null, null]);
  assertEquals(parseAll("a\n---\n...\nb\n"), ["a", null, "b"]);
  assertEquals(parse("a\n...\n...\n"), "a");
});

Deno.test("parse() gives a block scalar no line break that the end of the text does not have", () => {
  assertEquals(parse("a: |\n  x"), { a: "x" });
  assertEquals(parse("- >\n  x\n  y"), ["x y"]);
  assertEquals(parse("|+\n x"), "x");
  assertEquals(parse("a: |\n  x\n  "), { a: "x\n" });
  assertEquals(parse("a: |\n  x\n# c"), { a: "x\n" });
  assertEquals(parse("- |\n  x\n- y"), ["x\n", "y"]);
  assertEquals(parse("a: |-\n  x"), { a: "x" });
});

Deno.test("parse() names a null key null, and a key that was left out with nothing", () => {
  assertEquals(parse("null: a\n"), { null: "a" });
  assertEquals(parse("~: a\n: b\n"), { null: "a", "": "b" });
  assertEquals(parse("~: a\n", { maps: "map" }), new Map([[null, "a"]]));
  assertEquals(refused("null: a\n~: b\n").code, "DUPLICATE_KEY");
});

Deno.test("parse() stops at the first of many errors, and reads long base 60 numbers", () => {
  const kinds = [
    "]",
    "}",
    "- ]\n",
    "[,",
    "\t- a\n",
    "- &a &b x\n",
    "- 'x\n",
    "- @x\n",
    "%\n",
    "a: }\n",
  ];
  for (const kind of kinds) {
    let count = 0;
    const text = kind === "[," ? `[${",".repeat(20_000)}` : kind.repeat(20_000);
    // Every error that is made asks for its text; one is enough.
    assertThrows(() => parse(text, { onWarning: () => void count++ }), YamlError);
    assert(count < 3, kind);
  }
  const long = parse(`1${":30".repeat(20_000)}`, { schema: "yaml-1.1" });
  assertEquals((long as bigint) % 3600n, 30n * 60n + 30n);
});

Deno.test("parse() reads maxDepth collections in each other, and not one more, through both readers", () => {
  for (const tags of [[], [{ tag: "!unused", parse: () => 0 }]]) {
    for (
      const nested of [
        (n: number) => "[".repeat(n) + "]".repeat(n),
        (n: number) => "- ".repeat(n) + "x\n",
        (n: number) =>
          Array.from({ length: n }, (_, i) => `${" ".repeat(i)}k:`).join("\n") + " x\n",
      ]
    ) {
      parse(nested(7), { maxDepth: 7, tags });
      const error = assertThrows(() => parse(nested(8), { maxDepth: 7, tags }), YamlError);
      assertEquals(error.code, "MAX_DEPTH");
    }
  }
});

Deno.test("parse(), parseAll(): the type of the value can be given", () => {
  const port: number = parse<{ port: number }>("port: 80").port;
  const names: string[] = parseAll<{ name: string }>("name: a\n---\nname: b").map(({ name }) =>
    name
  );
  assertEquals([port, names], [80, ["a", "b"]]);
});
