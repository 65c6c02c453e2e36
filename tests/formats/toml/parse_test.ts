import { parse, TomlError } from "@ferry/std/formats/toml";
import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertMatch,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";

function refused(text: string | Uint8Array, options: Parameters<typeof parse>[1] = {}): TomlError {
  const error = assertThrows(() => parse(text, options), TomlError);
  assertInstanceOf(error, SyntaxError);
  return error;
}

Deno.test("parse() needs no permission", { permissions: "none" }, () => {
  assertEquals(parse("a = 1"), { a: 1 });
});

Deno.test("parse() gives plain objects", () => {
  const { a } = parse("a.b = { c = 1 }") as { a: object };
  assertStrictEquals(Object.getPrototypeOf(a), Object.prototype);
});

Deno.test("parse() gives the four kinds of dates and times as Temporal types", () => {
  const value = parse(
    "a = 1979-05-27T00:32:00.999999999-07:00\nb = 1979-05-27 07:32:00Z\n" +
      "c = 1979-05-27T07:32:00\nd = 1979-05-27\ne = 07:32:00.5\nf = 07:32\n",
  );
  assertInstanceOf(value.a, Temporal.ZonedDateTime);
  assertEquals(String(value.a), "1979-05-27T00:32:00.999999999-07:00[-07:00]");
  assertEquals(String(value.b), "1979-05-27T07:32:00+00:00[+00:00]");
  assertInstanceOf(value.c, Temporal.PlainDateTime);
  assertInstanceOf(value.d, Temporal.PlainDate);
  assertInstanceOf(value.e, Temporal.PlainTime);
  assertEquals(String(value.f), "07:32:00");
});

Deno.test("parse() cuts digits beyond the nanosecond, and only in times", () => {
  const text = 's = "07:32:00.123456789123"\na = [07:32:00.123456789999, 1]\n' +
    "b = 1979-05-27T00:32:00.0000000001-07:00 # 1:11:11.12345678901\n'x\"' = '''\"'''\n";
  const value = parse(text);
  assertEquals(value.s, "07:32:00.123456789123");
  assertEquals(String((value.a as unknown[])[0]), "07:32:00.123456789");
  assertEquals(String(value.b), "1979-05-27T00:32:00-07:00[-07:00]");
  // Positions are those of the text as given.
  const error = refused(text + "z = ?\n");
  assertEquals([error.line, error.column], [5, 5]);
  const same = refused("a = [07:32:00.123456789999, ?]\n");
  assertEquals([same.line, same.column], [1, 29]);
});

Deno.test("parse() refuses dates that are none", () => {
  for (
    const date of [
      "2021-02-29",
      "2021-02-30",
      "2021-04-31",
      "2021-13-01",
      "2021-00-10",
      "2021-01-01T24:00:00",
      "2021-01-01T23:60:00",
      "2021-01-01T00:00:61Z",
      "2021-01-01T00:00:00+25:00",
      "2021-02-29T00:00:00Z",
      "25:00:00",
      "12:30:00.",
      "1:30:00",
    ]
  ) {
    refused(`a = ${date}\n`);
  }
  assertEquals(String(parse("a = 2020-02-29").a), "2020-02-29");
});

Deno.test("parse() gives big integers as bigint, all or none as told", () => {
  const text =
    "a = 9223372036854775807\nb = -9007199254740993\nc = 12\nd = [1, 0xffffffffffffff]\ne = 1.0\n";
  assertEquals(parse(text), {
    a: 9223372036854775807n,
    b: -9007199254740993n,
    c: 12,
    d: [1, 0xffffffffffffffn],
    e: 1,
  });
  assertEquals(parse(text, { bigint: "all" }).d, [1n, 0xffffffffffffffn]);
  assertEquals(parse(text, { bigint: "all" }).e, 1);
  assertEquals(parse(text, { bigint: false }), {
    a: 2 ** 63,
    b: -9007199254740992,
    c: 12,
    d: [1, 2 ** 56],
    e: 1,
  });
});

Deno.test("parse() refuses in 1.0 what came with 1.1", () => {
  const newer: [text: string, column: number][] = [
    ["a = 07:32", 5],
    ["a = 1979-05-27T07:32Z", 5],
    ["a = [1979-05-27 07:32]", 17],
    ['a = "\\e"', 6],
    ['a = ["\\\\", "x\\x41"]', 14],
    ['"\\e" = 1', 2],
    ["a = { b = 1, }", 14],
    ["a = { b = [1,], c = 2, # d\n}", 27],
    ["a = {\nb = 1 }", 6],
  ];
  for (const [text, column] of newer) {
    parse(text);
    const error = refused(text, { version: "1.0" });
    assertEquals(error.column, column, `${text}: ${error.message}`);
    assert(error.message.includes("1.1"), error.message);
  }
});

Deno.test("parse() does not mistake other things for 1.1", () => {
  const text = [
    "07-32 = 1",
    '"07:32" = "07:32 \\\\e \\\\x41"',
    "a = '\\e\\x41'",
    "b = [ # 07:32",
    "  1, { c = [",
    "    2,",
    "  ], d = '''",
    "''' },",
    "]",
    '[x."a]\\"b"."\\\\"] # {',
    "y = 07:32:00",
    "[[z]]",
    'e = """',
    '"" { 1, } "\\""" \\',
    '   x"""""',
    "f = {}",
    "[x.w]",
    "07:32 # not a value".replace("07:32", "k = 1"),
    "",
  ].join("\n");
  assertEquals(parse(text, { version: "1.0" }), parse(text));
});

Deno.test("parse() makes __proto__ an own key", () => {
  for (
    const text of [
      "__proto__.x = 1",
      "[__proto__]\nx = 1",
      "[[__proto__]]\nx = 1",
      "a = { __proto__ = { x = 1 } }",
    ]
  ) {
    const value = parse(text);
    const holder = (value.a ?? value) as object;
    assertEquals(Object.keys(holder), ["__proto__"]);
    assertStrictEquals(Object.getPrototypeOf(holder), Object.prototype);
  }
  assertEquals(({} as Record<string, unknown>).x, undefined);
  assertEquals(parse("[constructor]\nprototype = 1"), { constructor: { prototype: 1 } } as never);
});

Deno.test("parse() refuses deep nesting of every kind with a position", () => {
  const n = 100_000;
  const deep = [
    "a = " + "[".repeat(n),
    "a = " + "[".repeat(n) + "]".repeat(n),
    "a = " + "{a=".repeat(n),
    "x = 1\n" + "a.".repeat(n) + "a = 1",
    "x = 1\n[" + "a.".repeat(n) + "a]",
    "x = 1\n[[" + "a.".repeat(n) + "a]]",
  ];
  for (const text of deep) {
    const error = refused(text);
    assert(error.line !== undefined && error.caret !== undefined, text.slice(0, 10));
    assertMatch(error.message, /more than 512 nested .*: raise maxDepth/, text.slice(0, 10));
  }
  assertEquals(refused("x = 1\na.a.a.a = 1", { maxDepth: 2 }).line, 2);
  assertMatch(refused("a = [[1]]", { maxDepth: 1 }).message, /more than 1 nested/);
  parse("a = " + "[".repeat(500) + "]".repeat(500));
  parse("a.b.c = 1", { maxDepth: 2 });
});

Deno.test("parse() ends on hostile texts", () => {
  const n = 50_000;
  for (
    const text of [
      'a = """' + "\\\n".repeat(n),
      "a = [" + "1,".repeat(n),
      "#\n".repeat(n),
      "[a]\n".repeat(n),
      "[[a]]\n".repeat(n),
      'a = "' + "\\u0041".repeat(n) + '"',
      "a = " + "9".repeat(n),
      "a = 1." + "1".repeat(n),
      "a = 07:32:00." + "1".repeat(n),
      "a = [" + "07:32:00.1234567890,".repeat(5000) + "?",
    ]
  ) {
    try {
      parse(text);
      parse(text, { version: "1.0" });
    } catch (error) {
      assertInstanceOf(error, TomlError, text.slice(0, 10));
    }
  }
});

Deno.test("parse() refuses bytes that are not UTF-8, and half surrogate pairs", () => {
  const bytes = new Uint8Array([...new TextEncoder().encode('a = "é'), 0xff, 0x22]);
  assert(refused(bytes).message.includes("byte 7"), refused(bytes).message);
  assertEquals(refused('a = "\ud800"').column, 6);
  assertEquals(parse(new TextEncoder().encode('\ufeffa = "é"')), { a: "é" });
  assertEquals(parse("\ufeffa = 1"), { a: 1 });
  refused("\ufeff\ufeffa = 1");
});

Deno.test("parse() says where and shows it", () => {
  const error = refused("a = 1\n[b]\nc = 'x\n");
  assertEquals([error.name, error.format, error.line], ["TomlError", "toml", 3]);
  assert(error.caret!.startsWith("c = 'x\n"));
  assert(!error.message.includes("\n"), error.message);
  assertEquals(refused("a = 1\r\nb = \r\n").line, 2);
});

Deno.test("parse() refuses every cut of a document that is none, and reads the others", () => {
  const text = '[a]\nb = [1, { c = "x" }]\nd = """\ny"""\ne = 07:32:00\n';
  for (let end = 0; end <= text.length; end++) {
    try {
      parse(text.slice(0, end));
    } catch (error) {
      assertInstanceOf(error, TomlError);
    }
  }
});

Deno.test("parse() refuses anything but text and bytes", () => {
  // deno-lint-ignore no-explicit-any
  assertThrows(() => parse(null as any), TypeError, "Cannot read toml from object");
});

Deno.test("parse(): the type of the value can be given", () => {
  const port: number = parse<{ server: { port: number } }>("server.port = 80").server.port;
  assertEquals(port, 80);
});
