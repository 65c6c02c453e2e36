import { parse, type TomlTable } from "@ferry/std/formats/toml";
import { edit, type TomlEdit, TomlError } from "@ferry/std/formats/toml-edit";
import { assertEquals, assertThrows } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";
import { fractions, seedFor } from "../../_support/random.ts";

const TEXT = `# head
title = 'x' # one

[server] # two
ports = [ 80, 443 ] # three
since = 1979-05-27 07:32:00.5
ratio = 1.0

# four
[[job]]
name = "a" # five

[[job]]
name = "b"
`;

Deno.test("edit() without changes gives the text back", () => {
  assertEquals(edit(TEXT, []), TEXT);
});

Deno.test("edit() changes values and keeps comments and formatting", () => {
  const text = edit(TEXT, [
    { path: ["title"], value: "y" },
    { path: ["server", "ports", 1], value: 8443 },
    { path: ["job", 0, "name"], value: "z" },
  ]);
  assertEquals(
    text,
    TEXT.replace("'x'", "'y'").replace("443", "8443").replace('"a"', '"z"'),
  );
});

Deno.test("edit() takes a path and a value for a single change", () => {
  const text = "a = 1 # c\nb = [1, 2]\n";
  assertEquals(edit(text, ["b", 0], 3), "a = 1 # c\nb = [3, 2]\n");
  assertEquals(edit(text, ["b"], undefined), "a = 1 # c\n");
});

Deno.test("edit() keeps a float a float, and big integers exact", () => {
  assertEquals(edit("a = 1.0 # f\nb = 1\n", [{ path: ["a"], value: 2 }]), "a = 2.0 # f\nb = 1\n");
  assertEquals(
    edit("a = 1\n", [{ path: ["a"], value: 9007199254740993n }]),
    "a = 9007199254740993\n",
  );
});

Deno.test("edit() adds keys, tables and items, and removes them", () => {
  assertEquals(edit("a = 1 # c\n", [{ path: ["b"], value: true }]), "a = 1 # c\nb = true\n");
  assertEquals(
    edit("# c\n[a]\nb = 1 # d\nc = 2 # e\n", [{ path: ["a", "b"] }]),
    "# c\n[a]\n# d\nc = 2 # e\n",
  );
  assertEquals(edit("a = [1, 2] # c\n", [{ path: ["a", 2], value: 3 }]), "a = [1, 2, 3] # c\n");
  assertEquals(edit("a = [1, 2, 3] # c\n", [{ path: ["a", 1] }]), "a = [1, 3] # c\n");
  assertEquals(edit("a = 1\n", [{ path: ["x", "y"] }]), "a = 1\n");
});

Deno.test("edit() writes dates of every kind", () => {
  const text = edit("a = 1 # c\n", [
    { path: ["a"], value: Temporal.ZonedDateTime.from("2024-02-29T12:00:00.123456-03:30[-03:30]") },
    { path: ["b"], value: Temporal.PlainTime.from("01:02:03") },
  ]);
  assertEquals(text, "a = 2024-02-29T12:00:00.123456-03:30 # c\nb = 01:02:03\n");
});

Deno.test("edit() refuses paths that do not fit", () => {
  for (
    const path of [[], ["title", "x"], ["server", 0], ["job", "x"], ["job", 5, "x"], [
      "server",
      "since",
      "x",
    ]]
  ) {
    assertThrows(() => edit(TEXT, [{ path, value: 1 }]), TypeError, "Cannot edit TOML at");
  }
});

Deno.test("edit() refuses a text that is not TOML, and a value without a form", () => {
  assertThrows(() => edit("a = ", [{ path: ["a"], value: 1 }]), TomlError);
  assertThrows(() => edit("a = 1", [{ path: ["a"], value: null }]), TypeError, "Cannot write null");
});

/** Text, path, value, and what must come out. */
const CASES: [string, (string | number)[], unknown, string][] = [
  // Values in place of others.
  ["a  =  'x'# c\nb=0x1F\n", ["a"], "y", "a  =  'y'# c\nb=0x1F\n"],
  ["a = 'x'\n", ["a"], "it's", 'a = "it\'s"\n'],
  ["a = [\n  1, # one\n]\n", ["a", 0], 2, "a = [\n  2, # one\n]\n"],
  ["a = [\n    1,\n]\n", ["a"], [3, 4], "a = [\n    3,\n    4,\n]\n"],
  ["a = { b = 1 } # c\n", ["a", "b"], 2, "a = { b = 2 } # c\n"],
  ["a.b.c = 1\na.b.d = 2\n", ["a", "b", "c"], 3, "a.b.c = 3\na.b.d = 2\n"],
  [
    "[a] # h\n# why\nb = 1 # x\nc = 2\n",
    ["a"],
    { b: 3, d: 4 },
    "[a] # h\n# why\nb = 3 # x\nd = 4\n",
  ],
  ["x = 1\n\n[a]\nb = 1\n\n[c]\nd = 2\n", ["a"], 5, "x = 1\na = 5\n\n[c]\nd = 2\n"],
  ["a.b = 1\na.c = 2\nd = 3\n", ["a"], 5, "d = 3\na = 5\n"],
  ["[[a]]\nx = 1\n\n[[a]]\nx = 2\n", ["a"], [{ x: 3 }], "[[a]]\nx = 3\n"],
  ["[[a]]\nx = 1\n", ["a", 0], 7, "a = [7]\n"],
  // Pairs below pairs, headers below headers, dotted keys below dotted keys.
  ["[a]\n  b = 1 # x\n\n[c]\n", ["a", "z"], 2, "[a]\n  b = 1 # x\n  z = 2\n\n[c]\n"],
  ["[a]\n\n[c]\n", ["a", "z"], 2, "[a]\nz = 2\n\n[c]\n"],
  ["# head\n\n# about a\n[a]\nb = 1\n", ["z"], 2, "# head\n\nz = 2\n\n# about a\n[a]\nb = 1\n"],
  ["# head\n", ["z"], 2, "# head\nz = 2\n"],
  ["", ["z"], 2, "z = 2\n"],
  ["", ["z", "y"], 2, "[z]\ny = 2\n"],
  ["a = 1", ["z"], 2, "a = 1\nz = 2"],
  ["a.b = 1 # x\nc = 2\n", ["a", "z"], 2, "a.b = 1 # x\na.z = 2\nc = 2\n"],
  ["[a.b]\nc = 1\n", ["a", "z"], 2, "[a]\nz = 2\n\n[a.b]\nc = 1\n"],
  [
    "[a]\nb = 1\n\n[a.c]\nd = 1\n\n[e]\n",
    ["a", "z"],
    { y: 1 },
    "[a]\nb = 1\n\n[a.c]\nd = 1\n\n[a.z]\ny = 1\n\n[e]\n",
  ],
  ["[[a]]\nx = 1\n\n[b]\n", ["a", 1], { x: 2 }, "[[a]]\nx = 1\n\n[[a]]\nx = 2\n\n[b]\n"],
  [
    "[[a]]\nx = 1\n\n[[a]]\nx = 2\n",
    ["a", 0, "s"],
    { y: 1 },
    "[[a]]\nx = 1\n\n[a.s]\ny = 1\n\n[[a]]\nx = 2\n",
  ],
  ["a = [1, 2,] # c\n", ["a", 2], 3, "a = [1, 2, 3,] # c\n"],
  ["a = [\n  1, # one\n  2 # two\n]\n", ["a", 2], 3, "a = [\n  1, # one\n  2, # two\n  3\n]\n"],
  ["a = {}\nb = []\n", ["a", "k"], 1, "a = { k = 1 }\nb = []\n"],
  ["a = { b.c = 1 }\n", ["a", "b", "d"], 2, "a = { b.c = 1, b.d = 2 }\n"],
  ['"a.b".c = 1\n', ["a.b", "d e"], 2, '"a.b".c = 1\n"a.b"."d e" = 2\n'],
  // Removed, with no comment but those within.
  ["a = 1 # one\n# b\nb = 2\n", ["a"], undefined, "# one\n# b\nb = 2\n"],
  [
    "x = 1\n\n# a\n[a] # h\nb = 1\n# in\nc = 2\n\n[d]\ne = 1\n",
    ["a"],
    undefined,
    "x = 1\n\n# a\n\n[d]\ne = 1\n",
  ],
  ["[a]\nb = 1\n\n[a.c]\nd = 1\n\n[e]\nf = 1\n", ["a"], undefined, "[e]\nf = 1\n"],
  ["[a.b]\nc = 1\n", ["a", "b"], undefined, "[a]\n"],
  ["a.b = 1 # x\n", ["a", "b"], undefined, "a = {} # x\n"],
  ["[[a]]\nx = 1\n\n[[a]]\nx = 2\n", ["a", 0], undefined, "[[a]]\nx = 2\n"],
  ["[[a]]\nx = 1\n\n[b]\n", ["a", 0], undefined, "a = []\n\n[b]\n"],
  ["a = [\n  1, # one\n  2\n]\n", ["a", 0], undefined, "a = [\n  # one\n  2\n]\n"],
  ["a = { b = 1, c = 2 }\n", ["a", "c"], undefined, "a = { b = 1 }\n"],
  ["a = { b = 1 }\n", ["a", "b"], undefined, "a = {}\n"],
  ["a = { b.c = 1, d = 2 }\n", ["a", "b", "c"], undefined, "a = { b = {}, d = 2 }\n"],
  ["a = { b.c = 1, b.d = 2, e = 3 }\n", ["a", "b"], undefined, "a = { e = 3 }\n"],
  [
    "a = { b.c = 1, x = 0, b.d = 2, y = 1, b.e = 3 }\n",
    ["a", "b"],
    7,
    "a = { x = 0, y = 1, b = 7 }\n",
  ],
  ["a = { b.c = 1, b.d = 2, y = 1 }\n", ["a", "b"], { z: 1 }, "a = { b = { z = 1 }, y = 1 }\n"],
  [
    "[[a]]\nx = 1\n\n[[a]]\nx = 2\n\n[[a]]\nx = 3\n\n[b]\n",
    ["a"],
    [{ x: 4 }],
    "[[a]]\nx = 4\n\n[b]\n",
  ],
  ["\n[a]\nx = 1\n", ["a"], undefined, ""],
  ["\n\n[[a]]\nx = 1\n", ["a"], 5, "a = 5\n"],
  // Line breaks and the byte order mark.
  ["a = 1\r\n[b]\r\nc = 2\r\n", ["b", "d"], "x\ny", 'a = 1\r\n[b]\r\nc = 2\r\nd = "x\\ny"\r\n'],
  ["a = 1\r\n", ["b", "d"], "x\ny", 'a = 1\r\n\r\n[b]\r\nd = "x\\ny"\r\n'],
  ["\ufeffa = 1\n", ["a"], 2, "\ufeffa = 2\n"],
  // Strings that look like structure.
  ["a = \"] # = \\\" '''\" # c\nb = 1\n", ["b"], 2, "a = \"] # = \\\" '''\" # c\nb = 2\n"],
  ['a = """x\n"" ]\n""""" # c\nb = 1\n', ["b"], 2, 'a = """x\n"" ]\n""""" # c\nb = 2\n'],
  ["a = '''x ' ]\n''''' # c\nb = 1\n", ["b"], 2, "a = '''x ' ]\n''''' # c\nb = 2\n"],
  ["a = 1979-05-27 07:32:00 # c\n", ["a"], 2, "a = 2 # c\n"],
];

Deno.test("edit() changes one place and leaves the rest as it is", () => {
  for (const [text, path, value, expected] of CASES) {
    const hint = `${JSON.stringify(text)} at ${path}`;
    try {
      assertEquals(edit(text, path, value), expected, hint);
    } catch (cause) {
      throw new TypeError(hint, { cause });
    }
  }
});

Deno.test("edit() adds many items to an array in one pass, and where one after another would be", () => {
  for (
    const array of [
      ..."[]|[ ]|[0]|[ 0, ]|[\n]|[\n  0\n]|[\n  0,\n]|[\n  0 # zero\n  ]|[\n  0, # zero\n]".split(
        "|",
      ),
      ..."[ # none\n]|[\n  0 ]|[[1], [2]]|[0 # zero\n, ]|[\n  0, 1,\n  2 ]".split("|"),
    ]
  ) {
    const text = `a = ${array} # end\nb = 1\n`;
    const { length } = parse(text).a as unknown[];
    const added: TomlEdit[] = [1, "x", [2, { k: 3 }], { z: true }].map((value, i) => ({
      path: ["a", length + i],
      value,
    }));
    // Whatever comes next sees them: here the last of them is changed, and another key.
    const edits = [...added, { path: ["a", length + 3, "z"], value: 0 }, { path: ["b"], value: 2 }];
    const one = edits.reduce((now, { path, value }) => edit(now, path, value), text);
    assertEquals(edit(text, edits), one, array);
  }
  // One pass for each takes minutes.
  const many = Array.from({ length: 10_000 }, (_, i) => ({ path: ["a", i], value: i }));
  assertEquals((parse(edit("a = []\n", many)).a as number[]).length, 10_000);
});

Deno.test("edit() does a list of changes in order, as if one after another", () => {
  const seed = seedFor("toml edit");
  const random = fractions(seed);
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const texts = CASES.map(([text]) => text).concat(
    TEXT,
    conformanceCases<{ toml: unknown; valid: boolean }>("toml-test")
      ?.filter(({ toml, valid }) => valid && typeof toml === "string")
      .map(({ toml }) => toml as string) ?? [],
  );
  const values = [1, 2.5, "s", "l\nm", true, [], [1, [2]], {}, { k: 1 }, { k: { z: [{ y: 1 }] } }, [
    { a: 1 },
    { b: { c: 2 } },
  ]];
  const rounds = Deno.env.get("FERRY_STRESS") === "1" ? 40_000 : 2000;
  for (let i = 0; i < rounds; i++) {
    const text = pick(texts);
    let value: TomlTable;
    try {
      value = parse(text);
    } catch {
      continue;
    }
    let now = text;
    const edits: TomlEdit[] = [];
    for (let n = 0; n < 4; n++) {
      const paths = pathsOf(value);
      const base = paths.length > 0 && random() < 0.8 ? pick(paths) : [];
      const isNew = base.length === 0 || random() < 0.4;
      const at = base.reduce<unknown>((inner, step) => (inner as TomlTable)[step], value);
      if (
        isNew && (typeof at !== "object" || Object.prototype.toString.call(at).includes("Temp"))
      ) {
        continue;
      }
      const path = isNew ? [...base, Array.isArray(at) ? at.length : `new ${n}`] : base;
      const change: TomlEdit = { path, value: random() < 0.3 ? undefined : pick(values) };
      const hint = `FERRY_SEED=${seed}, text ${i}: ${JSON.stringify(text)}\n${Deno.inspect(edits)}`;
      let next: string;
      try {
        next = edit(now, [change]);
      } catch (error) {
        throw new TypeError(`${hint}\n${JSON.stringify(now)} ${Deno.inspect(change)}`, {
          cause: error,
        });
      }
      edits.push(change);
      try {
        assertEquals(parse(edit(text, edits)), parse(next));
      } catch (cause) {
        throw new TypeError(`${hint}\n${Deno.inspect(edits, { depth: 9 })}`, { cause });
      }
      now = next;
      value = parse(now);
    }
  }
});

function pathsOf(
  value: unknown,
  path: (string | number)[] = [],
  found: (string | number)[][] = [],
): (string | number)[][] {
  if (path.length > 0) found.push(path);
  if (Array.isArray(value)) value.forEach((item, i) => pathsOf(item, [...path, i], found));
  else if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    for (const [key, item] of Object.entries(value as TomlTable)) {
      pathsOf(item, [...path, key], found);
    }
  }
  return found;
}

Deno.test("edit() does many changes of one text together", () => {
  const count = 3000;
  const lines = Array.from({ length: count }, (_, i) => `key${i} = ${i} # c${i}`);
  const text = `${lines.join("\n")}\n\n[t]\nx = 1\n`;
  const changes: TomlEdit[] = [];
  for (let i = 0; i < count; i++) {
    changes.push({ path: [`key${i}`], value: i % 3 === 0 ? undefined : i + 1 });
  }
  for (let i = 0; i < count; i++) changes.push({ path: ["t", `n${i}`], value: i });
  const expected = lines.map((line, i) =>
    i % 3 === 0 ? `# c${i}` : line.replace(/= \d+/, `= ${i + 1}`)
  ).join("\n");
  const added = Array.from({ length: count }, (_, i) => `n${i} = ${i}\n`).join("");
  assertEquals(edit(text, changes), `${expected}\n\n[t]\nx = 1\n${added}`);
});
