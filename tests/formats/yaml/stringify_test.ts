import { parse, parseAll, stringify, stringifyAll, type YamlTag } from "@ferry/std/formats/yaml";
import {
  assert,
  assertEquals,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { fractions as randomOf, seedFor } from "../../_support/random.ts";

const TEXTS = [
  ..."|a|yes|no|on|null|~|true|True|1|-1|010|0o10|0x1F|1_000|1:30|12e3|1e3|.5|-.inf|.nan|2001-01-01|<<|="
    .split("|"),
  ..."- a;a: b;a #b;#;[;];{;};,;&a;*a;!t;!;%x;@x;`x;'q';\"q\";? a;?;:;::;-;--;---;...;|;>;|-;x:"
    .split(";"),
  " a",
  "a ",
  "a\n",
  "\na",
  "a\n\nb\n\n",
  " a\n  b\n",
  "\n  a",
  "\n\n\ta\nb",
  "a\tb",
  "\t",
  "a\r\nb",
  "\u0000\u0007\u001b\u007f\u0085\u00a0\u2028\ufeff",
  "日本 😀",
  "word ".repeat(40),
  "x".repeat(200),
  "__proto__",
];

function randomValue(random: () => number, depth: number): unknown {
  const below = (n: number) => Math.floor(random() * n);
  const kind = below(depth > 0 ? 11 : 8);
  switch (kind) {
    case 0:
      return below(2) === 0;
    case 1:
      return null;
    case 2:
      return below(2000) - 1000;
    case 3:
      return (random() - 0.5) * 10 ** (below(60) - 30);
    case 4:
      return [
        0,
        -0,
        Infinity,
        -Infinity,
        NaN,
        1e21,
        2 ** 60,
        5e-324,
        1e-7,
        123456789012345,
      ][below(10)];
    case 5:
      return BigInt(below(1000)) * 10n ** 20n + 9007199254740993n;
    case 6:
    case 7:
      return TEXTS[below(TEXTS.length)];
    case 8:
      return Array.from({ length: below(4) }, () => randomValue(random, depth - 1));
    default: {
      const object: Record<string, unknown> = {};
      for (let i = below(5); i > 0; i--) {
        Object.defineProperty(object, TEXTS[below(TEXTS.length)]!, {
          value: randomValue(random, depth - 1),
          configurable: true,
          enumerable: true,
          writable: true,
        });
      }
      return object;
    }
  }
}

Deno.test("stringify() writes what parse() reads as the same value", () => {
  const seed = seedFor("yaml stringify");
  const random = randomOf(seed);
  for (let i = 0; i < 3000; i++) {
    const value = randomValue(random, 4);
    const options = {
      indent: 1 + Math.floor(random() * 4),
      lineWidth: [0, 20, 80][Math.floor(random() * 3)]!,
      style: random() < 0.3 ? "flow" : "block",
      quotes: random() < 0.3 ? "single" : "double",
      compatible: random() < 0.5,
    } as const;
    const text = stringify(value, options);
    assertEquals(parse(text), value, `FERRY_SEED=${seed}, value ${i}:\n${text}`);
  }
});

Deno.test("stringify() writes text that begins with line breaks and spaces under every indent", () => {
  for (const text of ["\n  a", "\n\n\ta\nb", " \n", "\n ", "\n a\n", "  \n\n  a\n\n"]) {
    const value = { a: { b: [text, { c: text }] } };
    for (const indent of [1, 2, 3, 4, 8]) {
      assertEquals(parse(stringify(value, { indent })), value, JSON.stringify([text, indent]));
    }
  }
});

Deno.test("stringify() folds long text right where deep nesting leaves no room on the line", () => {
  const text = "word ".repeat(40);
  for (let depth = 1; depth < 30; depth++) {
    let value: unknown = text;
    for (let i = 0; i < depth; i++) value = i % 3 === 0 ? [value] : { ["k".repeat(i * 7)]: value };
    for (const lineWidth of [1, 10, 20, 80]) {
      for (const indent of [1, 2, 8]) {
        assertEquals(parse(stringify(value, { lineWidth, indent })), value);
      }
    }
  }
});

Deno.test("stringify() writes what PyYAML reads as the same value", async () => {
  const code = "import sys,json,yaml\nassert yaml.CSafeLoader\n" +
    "for line in sys.stdin:\n try:\n  print(json.dumps(yaml.load(json.loads(line), yaml.CSafeLoader)))\n" +
    " except yaml.YAMLError as e:\n  print(json.dumps(str(e)))\n";
  const python = new Deno.Command("/usr/bin/python3", {
    args: ["-c", code],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const seed = seedFor("yaml stringify for PyYAML");
  const random = randomOf(seed);
  // JSON knows neither bigint nor infinities nor -0; PyYAML reads no raw \u0085 or lone escapes alike.
  const values = Array.from({ length: 400 }, () => randomValue(random, 3)).map((value) =>
    JSON.parse(JSON.stringify(value, (_, v) => typeof v === "bigint" ? Number(v) : v))
  );
  let output: Deno.CommandOutput;
  try {
    const child = python.spawn();
    const writer = child.stdin.getWriter();
    const lines = values.map((value) => JSON.stringify(stringify(value)) + "\n").join("");
    await writer.write(new TextEncoder().encode(lines)).catch(() => {});
    await writer.close().catch(() => {});
    output = await child.output();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.warn("skipped: no /usr/bin/python3");
    return;
  }
  const errors = new TextDecoder().decode(output.stderr);
  if (/ModuleNotFoundError|AttributeError/.test(errors)) {
    console.warn("skipped: no PyYAML with C loader for /usr/bin/python3");
    return;
  }
  assert(output.success, errors);
  const lines = new TextDecoder().decode(output.stdout).trimEnd().split("\n");
  assertEquals(lines.length, values.length);
  for (const [i, line] of lines.entries()) {
    assertEquals(
      JSON.parse(line),
      values[i],
      `FERRY_SEED=${seed}, value ${i}:\n${stringify(values[i])}`,
    );
  }
});

Deno.test("stringify() writes shared and circular objects once, or each time", () => {
  const shared = { x: 1 };
  assertEquals(stringify([shared, shared]), "- &a1\n  x: 1\n- *a1\n");
  assertEquals(stringify([shared, shared], { aliases: false }), "- x: 1\n- x: 1\n");
  const ring: { self?: unknown } = {};
  ring.self = ring;
  const read = parse(stringify(ring)) as typeof ring;
  assertStrictEquals(read.self, read);
  assertThrows(() => stringify(ring, { aliases: false }), RangeError);
});

Deno.test("stringify() writes dates, bytes, maps, sets and toJSON", () => {
  assertEquals(stringify({ d: new Date(0) }), "d: 1970-01-01T00:00:00.000Z\n");
  assertEquals(stringify({ b: new Uint8Array([1, 2, 3]) }), 'b: !!binary "AQID"\n');
  assertEquals(stringify(new Map<unknown, unknown>([[1, 2], [null, [3]]])), "1: 2\nnull:\n  - 3\n");
  assertEquals(stringify(new Set([1, 2])), "- 1\n- 2\n");
  assertEquals(stringify({ toJSON: () => ({ a: 1 }) }), "a: 1\n");
  const schema = "yaml-1.1";
  for (
    const value of [new Set(["a", "b"]), new Map([["k", 1]]), new Date(5), new Uint8Array(300)]
  ) {
    assertEquals(parse(stringify({ value }, { schema }), { schema }), { value });
  }
});

Deno.test("stringify() leaves out undefined entries, and refuses functions, symbols and undefined", () => {
  assertEquals(stringify({ a: undefined, b: 1 }), "b: 1\n");
  assertEquals(stringify([undefined]), "- null\n");
  for (
    const value of [
      undefined,
      () => 1,
      Symbol("s"),
      { a: [() => 1] },
      new Map([[1, Symbol()]]),
    ]
  ) {
    assertThrows(() => stringify(value), TypeError, "as YAML");
  }
});

Deno.test("stringify() refuses deep nesting before it recurses", () => {
  let deep: unknown[] = [];
  for (let i = 0; i < 100_000; i++) deep = [deep];
  assertThrows(() => stringify(deep), RangeError, "maxDepth");
  assertThrows(() => stringify([[[]]], { maxDepth: 2 }), RangeError);
  assertEquals(stringify([[1]], { maxDepth: 2 }), "- - 1\n");
});

Deno.test("stringify() sorts keys by code units", () => {
  assertEquals(
    stringify({ b: 1, a: { d: 1, c: 2 }, B: 3 }, { sortKeys: true }),
    "B: 3\na:\n  c: 2\n  d: 1\nb: 1\n",
  );
});

Deno.test("stringify() quotes for YAML 1.1 readers unless told not to", () => {
  assertEquals(stringify({ a: "yes", b: "1:30" }), 'a: "yes"\nb: "1:30"\n');
  assertEquals(stringify({ a: "yes", b: "1:30" }, { compatible: false }), "a: yes\nb: 1:30\n");
});

Deno.test("stringify() writes tags of one's own on every kind, and parse() reads them back", () => {
  class Box {
    readonly inside: unknown;
    constructor(inside: unknown) {
      this.inside = inside;
    }
  }
  const kinds: YamlTag<Box>[] = [
    { tag: "!box", parse: (s: string) => new Box(s), stringify: (b) => b.inside },
    {
      tag: "!box",
      kind: "sequence",
      parse: (s: unknown[]) => new Box(s[0]),
      stringify: (b) => [b.inside],
    },
    {
      tag: "!box",
      kind: "mapping",
      parse: (s: { in: unknown }) => new Box(s.in),
      stringify: (b) => ({ in: b.inside }),
    },
  ];
  for (const kind of kinds) {
    const tags = [{ ...kind, test: (value: unknown) => value instanceof Box }];
    const text = stringify({ a: new Box("x: 1") }, { tags });
    assert(text.includes("!box"), text);
    assertEquals(parse(text, { tags }), { a: new Box("x: 1") });
  }
});

Deno.test("stringify() in flow style quotes text that flow collections cannot hold", () => {
  const value = { a: "x:\ny", b: ["?x", ":b", "p\n\nq"], "k:\n": 1 };
  const text = stringify(value, { style: "flow" });
  assertEquals(parse(text), value);
  assertStringIncludes(text, '"?x"');
  assertStringIncludes(text, '":b"');
});

Deno.test("stringifyAll() writes what parseAll() reads as the same values", () => {
  const values = [{ a: 1 }, ["b"], "text\n", null, "--- x", "...", {}, "a\n---\nb\n"];
  const text = stringifyAll(values);
  assertEquals(parseAll(text), values);
  assertEquals(stringifyAll([]), "");
  assertEquals(stringifyAll(new Set([{ a: 1 }]), { style: "flow" }), "---\n{ a: 1 }\n");
  assertThrows(() => stringifyAll([1, undefined]), TypeError);
});

Deno.test("stringify() writes Temporal values as RFC 3339, without a time zone's name or a calendar", () => {
  const value = {
    zoned: Temporal.ZonedDateTime.from(
      "2024-02-29T12:00:00.5-05:00[America/New_York][u-ca=gregory]",
    ),
    utc: Temporal.ZonedDateTime.from("2024-02-29T12:00:00+00:00[UTC]"),
    old: Temporal.ZonedDateTime.from("1890-01-01T00:00:00[Europe/Paris]"),
    instant: Temporal.Instant.from("2024-02-29T12:00:00Z"),
    local: Temporal.PlainDateTime.from("2024-02-29T12:00:00[u-ca=hebrew]"),
    date: Temporal.PlainDate.from("2024-02-29[u-ca=buddhist]"),
    time: Temporal.PlainTime.from("12:30:00"),
    month: Temporal.PlainYearMonth.from("2024-02"),
    duration: Temporal.Duration.from("PT1H"),
  };
  const text = stringify(value);
  assertEquals(
    text,
    "zoned: 2024-02-29T12:00:00.5-05:00\nutc: 2024-02-29T12:00:00Z\nold: 1889-12-31T23:50:39Z\n" +
      "instant: 2024-02-29T12:00:00Z\nlocal: 2024-02-29T12:00:00\ndate: 2024-02-29\n" +
      'time: "12:30:00"\nmonth: 2024-02\nduration: PT1H\n',
  );
  const read = parse(text, { schema: "yaml-1.1" }) as Record<string, unknown>;
  assertEquals(read.zoned, new Date("2024-02-29T17:00:00.500Z"));
  assertEquals(read.time, "12:30:00");
});

Deno.test("stringify() says where what has no form in YAML is", () => {
  const cases: [value: unknown, message: string][] = [
    [() => 1, "Cannot write a function as YAML"],
    [{ a: [1, { b: () => 1 }] }, "Cannot write a function at a.1.b as YAML"],
    [new Map([[Object.create(null), Symbol("x")]]), "Cannot write a symbol at {…} as YAML"],
    [{ a: { b: "x" }, c: new Set([1, Symbol("x")]) }, "Cannot write a symbol at c.1 as YAML"],
  ];
  for (const [value, message] of cases) assertThrows(() => stringify(value), TypeError, message);
});
