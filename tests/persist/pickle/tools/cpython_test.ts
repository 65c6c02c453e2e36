import { assertEquals } from "@std/assert";
import { dis, genops, optimize, UnpicklingError } from "@ferry/std/persist/pickle";
import {
  nameOf,
  type Python,
  pythonsOrSkip,
  runProgram,
} from "../../../_support/python_program.ts";
import { Random, rounds, seedFor } from "../../../_support/random.ts";
import { randomLiteral } from "../../../_support/random_literals.ts";
import { pickleVectors } from "../../../_support/pickle_vectors.ts";

/** What CPython's pickletools says of each line's pickle: JSON per line. */
const PROGRAM = String.raw`
import pickletools, io, json, sys
def text(data, **options):
    out = io.StringIO()
    try: pickletools.dis(data, out, **options)
    except Exception:
        # Without what may stand on the unfinished line: its position.
        text = out.getvalue()
        return text[:text.rfind("\n") + 1] + "FAILED"
    return out.getvalue()
def undescribed(text, docs):
    # The descriptions are their authors': only where they begin is compared.
    for line in text.splitlines():
        for doc in docs:
            if line.endswith(" " + doc): line = line[:len(line) - len(doc)] + "#"; break
        yield line
docs = sorted({o.doc.split("\n")[0] for o in pickletools.opcodes}, key=len, reverse=True)
for line in sys.stdin:
    data = bytes.fromhex(line)
    try:
        small = pickletools.optimize(data).hex()
        # Of an entry never stored, protocol 0 makes an instruction that nobody can read.
        if b"gNone\n".hex() in small: small = "FAILED"
    except Exception: small = "FAILED"
    try: ops = [[o.name, p] for o, a, p in pickletools.genops(data)]
    except Exception: ops = "FAILED"
    print(json.dumps([
        text(data),
        text(data, indentlevel=2),
        "\n".join(undescribed(text(data, annotate=30), docs)),
        small,
        ops,
    ]))
`;

function disassemble(pickle: Uint8Array, options: { indentLevel?: number } = {}): string {
  let text = "";
  try {
    dis(pickle, { ...options, onLine: (line) => text += line + "\n" });
  } catch (error) {
    if (!(error instanceof UnpicklingError)) throw error;
    text += "FAILED";
  }
  return text;
}

function annotated(pickle: Uint8Array): string {
  const docs = [...genops(pickle)].map(({ opcode }) => opcode.doc);
  const lines = dis(pickle, { annotate: 30 }).trimEnd().split("\n");
  return lines.map((line, i) => {
    const doc = docs[i];
    return doc !== undefined && line.endsWith(" " + doc) ? line.slice(0, -doc.length) + "#" : line;
  }).join("\n");
}

/**
 * Escapes what is not ASCII. Which characters are printable depends on the edition of Unicode, which differs between any
 * two programs.
 */
function ascii(text: string): string {
  return text.replace(/[^\n -~]/gu, (char) => {
    const point = char.codePointAt(0)!;
    const [letter, size] = point < 0x100 ? ["x", 2] : point < 0x10000 ? ["u", 4] : ["U", 8];
    return `\\${letter}${point.toString(16).padStart(size as number, "0")}`;
  });
}

function attempt<T>(run: () => T): T | "FAILED" {
  try {
    return run();
  } catch (error) {
    if (error instanceof UnpicklingError) return "FAILED";
    throw error;
  }
}

async function compare(python: Python, pickles: readonly Uint8Array[]): Promise<void> {
  const input = pickles.map((pickle) => pickle.toHex() + "\n").join("");
  const lines = (await runProgram(python, PROGRAM, input)).trimEnd().split("\n");
  assertEquals(lines.length, pickles.length);
  for (const [i, pickle] of pickles.entries()) {
    const hex = pickle.toHex();
    const [text, narrow, notes, small, ops] = JSON.parse(lines[i]!);
    assertEquals(ascii(disassemble(pickle)), ascii(text), hex);
    assertEquals(ascii(disassemble(pickle, { indentLevel: 2 })), ascii(narrow), hex);
    // Columns count characters, so that they differ where one side escapes.
    if (!text.endsWith("FAILED") && disassemble(pickle) === text) {
      assertEquals(annotated(pickle), notes, hex);
    }
    assertEquals(attempt(() => optimize(pickle).toHex()), small, hex);
    const ours = attempt(() =>
      [...genops(pickle)].map(({ opcode, position }) => [opcode.name, position])
    );
    assertEquals(ours, ops, hex);
  }
}

const pythons = pythonsOrSkip("pickletools against CPython");
const newest = pythons.at(-1);
const vectors = newest === undefined ? [] : pickleVectors();

Deno.test({
  name: "dis, genops and optimize say of all vectors what pickletools says",
  ignore: newest === undefined || vectors.length === 0,
  fn: async () => {
    await compare(newest!, vectors.map(({ pickle }) => pickle));
  },
});

for (const python of pythons) {
  Deno.test(`dis, genops and optimize agree with ${nameOf(python)}'s pickletools on random pickles`, async () => {
    const random = new Random(seedFor(`pickletools and ${nameOf(python)}`));
    const sources = Array.from(
      { length: rounds(250, 5000) },
      () => randomLiteral(random, 4).source,
    );
    const program = "import pickle, sys\nfor line in sys.stdin:\n  x = eval(line)\n" +
      "  for p in range(6): print(pickle.dumps(x, p).hex())";
    const made = await runProgram(python, program, sources.map((line) => line + "\n").join(""));
    const pickles = made.trimEnd().split("\n").map((hex) => Uint8Array.fromHex(hex));
    assertEquals(pickles.length, 6 * sources.length);
    await compare(python, pickles);
  });
}

Deno.test({
  name: "dis, genops and optimize stop at damage where pickletools stops",
  ignore: newest === undefined || vectors.length === 0,
  fn: async () => {
    const random = new Random(seedFor("damaged pickles"));
    const short = vectors.filter(({ pickle }) => pickle.length < 2000);
    const damaged = Array.from({ length: rounds(1500, 30_000) }, () => {
      const copy = random.pick(short).pickle.slice();
      copy[random.below(copy.length)] = random.below(256);
      return random.below(3) === 0 ? copy.subarray(0, random.below(copy.length)) : copy;
    });
    await compare(newest!, damaged);
  },
});

Deno.test({
  name: "optimize frames large pickles as pickletools does",
  ignore: newest === undefined,
  fn: async () => {
    const program = "import pickle\n" +
      "values = [list(range(40000)), ['x' * 70000, 'y' * 65536, 'z' * 65537, b'q' * 200000], " +
      "[str(i) for i in range(20000)] * 2]\n" +
      "for x in values:\n  for p in (2, 4, 5): print(pickle.dumps(x, p).hex())";
    const made = (await runProgram(newest!, program)).trimEnd().split("\n");
    const check = "import pickletools, sys\n" +
      "for line in sys.stdin: print(pickletools.optimize(bytes.fromhex(line)).hex())";
    const small = (await runProgram(newest!, check, made.join("\n") + "\n")).trimEnd().split("\n");
    for (const [i, hex] of made.entries()) {
      const ours = optimize(Uint8Array.fromHex(hex)).toHex();
      assertEquals(ours === small[i], true, `pickle ${i} of ${hex.length / 2} bytes`);
      assertEquals(optimize(Uint8Array.fromHex(ours)).toHex() === ours, true, "idempotent");
    }
  },
});
