import { assert, assertEquals } from "@std/assert";
import { dumps, loads } from "@ferry/std/persist/marshal";
import { nameOf, type Python, pythonsOrSkip, runProgram } from "../../_support/python_program.ts";
import { Random, rounds, seedFor } from "../../_support/random.ts";
import { type Literal, randomLiteral } from "../../_support/random_literals.ts";

const COUNT = rounds(3000, 100_000);
const VERSIONS = [0, 1, 2, 3, 4];

/**
 * Per line: a Python expression and our bytes for each version. Python answers with its own bytes, after having found that
 * ours load to the same value, types included.
 */
const PROGRAM = String.raw`
import marshal, sys

def exact(x):
    # Equality that tells 1 from 1.0 and True, 0.0 from -0.0, and finds sets and dicts equal whatever their order.
    t = type(x)
    if t in (list, tuple): return (t.__name__, tuple(exact(i) for i in x))
    if t in (set, frozenset): return (t.__name__, frozenset(exact(i) for i in x))
    if t is dict: return ("dict", tuple((exact(k), exact(v)) for k, v in x.items()))
    if t in (float, complex): return (t.__name__, repr(x))
    if t is type: return ("class", x.__name__)
    return (t.__name__, x)

for line in sys.stdin:
    source, *ours = line.rstrip("\n").split("\t")
    # Within one code object, whose constants share equal values as long as it lives.
    scope = {"dumps": marshal.dumps}
    exec("x = " + source + "\nr = [dumps(x, 0), dumps(x, 1), dumps(x, 2), dumps(x, 3), dumps(x, 4)]", scope)
    x = scope["x"]
    expected = exact(x)
    for i, hex in enumerate(ours):
        got = marshal.loads(bytes.fromhex(hex))
        if exact(got) != expected:
            print("DIFFERS", i, ascii(got))
            sys.exit()
    print("\t".join(r.hex() for r in scope["r"]))
`;

function dumpAll(value: unknown): string[] {
  return VERSIONS.map((version) => dumps(value, { version }).toHex());
}

async function compare(python: Python, literals: readonly Literal[]): Promise<number> {
  const ours = literals.map(({ value }) => dumpAll(value));
  const input = literals.map(({ source }, i) => [source, ...ours[i]!].join("\t") + "\n").join("");
  const answers = (await runProgram(python, PROGRAM, input)).trimEnd().split("\n");
  let identical = 0;
  for (const [i, { source, hasSet }] of literals.entries()) {
    const theirs = (answers[i] ?? "no answer").split("\t");
    assertEquals(theirs.length, VERSIONS.length, `${source}: ${answers[i]}`);
    for (const version of VERSIONS) {
      const blob = Uint8Array.fromHex(theirs[version]!);
      // Version 2 has no references: one value, one sequence of bytes. Before 3.11 sets have no order of their own.
      // In 3.13, what is interned and shared in a literal is what we take it to be, so that all versions agree.
      const ordered = !hasSet || python.version[1] >= 11;
      if ((ordered && version <= 2) || python.version[1] === 13) {
        assertEquals(ours[i]![version], theirs[version], `${source}, version ${version}`);
      }
      if (version === 4 && ours[i]![4] === theirs[4]) identical++;
      // Read and written again, by the canonical version 2: the same value, types included.
      if (ordered) {
        assertEquals(
          dumps(loads(blob, { mode: "exact" }), { version: 2 }).toHex(),
          ours[i]![2],
          source,
        );
      } else loads(blob);
    }
  }
  return identical;
}

const pythons = pythonsOrSkip("marshal against CPython");
for (const python of pythons) {
  Deno.test(`marshal and ${nameOf(python)} agree on ${COUNT} random values, versions 0 to 4`, async () => {
    const random = new Random(seedFor(`marshal and ${nameOf(python)}`));
    const literals = Array.from({ length: COUNT }, () => randomLiteral(random, 4));
    const identical = await compare(python, literals);
    console.log(`${nameOf(python)}: ${identical} of ${COUNT} identical in version 4 as well`);
  });
}

Deno.test({
  name: "marshal: version 4 gives CPython's bytes for literals without folded constants",
  ignore: pythons.length === 0,
  fn: async () => {
    const cases: [string, unknown][] = [
      ["[10, 20, 30, 40]", [10, 20, 30, 40]],
      ["[10, 20, 10]", [10, 20, 10]],
      ["{'a': 1, 'b': 'a', 'c d': 1.5}", { a: 1, b: "a", "c d": 1.5 }],
      ["['some text', 'some text', b'x', b'x', None, True]", [
        "some text",
        "some text",
        new Uint8Array([120]),
        new Uint8Array([120]),
        null,
        true,
      ]],
    ];
    const newest = pythons.at(-1)!;
    const output = await runProgram(
      newest,
      "import marshal, sys\nfor line in sys.stdin: exec(f'x = {line}\\nprint(marshal.dumps(x, 4).hex())')",
      cases.map(([source]) => source + "\n").join(""),
    );
    assertEquals(cases.map(([, value]) => dumps(value).toHex()), output.trimEnd().split("\n"));
  },
});

Deno.test({
  name: "marshal reads CPython's shared and recursive containers as shared and recursive",
  ignore: pythons.length === 0,
  fn: async () => {
    const program = String.raw`
import marshal
a = [1]; a.append(a)
b = [2]
d = {}; d['self'] = d
t = ([],); t[0].append(t)
for x in (a, [b, b], d, t): print(marshal.dumps(x, 4).hex())
`;
    for (const python of pythons) {
      const [cycle, pair, dict, tuple] = (await runProgram(python, program))
        .trimEnd().split("\n").map((hex) => loads(Uint8Array.fromHex(hex))) as [
          unknown[],
          unknown[],
          Record<string, unknown>,
          unknown[][],
        ];
      assert(cycle[1] === cycle);
      assert(pair[0] === pair[1]);
      assert(dict.self === dict);
      assert(tuple[0]![0] === tuple);
    }
  },
});
