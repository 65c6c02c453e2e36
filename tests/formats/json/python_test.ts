import { assertEquals } from "@std/assert";
import { FormatError, parse, stringify } from "@ferry/std/formats/json";
import { fractions, pick, seedFor } from "../../_support/random.ts";
import { findPython } from "../../_support/python.ts";
import { askPython } from "../../_support/ask_python.ts";

const python = findPython();
if (python === undefined) {
  console.log("skipped: the comparison with Python's json needs python3 in PATH, or FERRY_PYTHON");
}

// Answers each text with what Python writes for it, or with null where it refuses it.
const SCRIPT = String.raw`
import json, sys
results = []
for text, sort in json.load(sys.stdin):
    try:
        value = json.loads(text)
        results.append(json.dumps(value, ensure_ascii=False, sort_keys=sort, separators=(",", ":")))
    except (ValueError, RecursionError):
        results.append(None)
json.dump(results, sys.stdout)
`;

function randomValue(next: () => number, depth: number): unknown {
  const kind = Math.floor(next() * (depth > 0 ? 9 : 7));
  switch (kind) {
    case 0:
      return null;
    case 1:
      return next() < 0.5;
    case 2:
      return Math.floor((next() - 0.5) * 2 ** 40);
    case 3:
      // No float without a fraction beyond 2^53: JavaScript writes it as an integer.
      return (next() - 0.5) * 10 ** Math.floor(next() * 34 - 20);
    case 4:
      return BigInt(Math.floor(next() * 2 ** 53)) * BigInt(Math.floor(next() * 2 ** 53)) +
        2n ** 60n;
    case 5:
    case 6:
      return randomText(next);
    case 7:
      return Array.from({ length: Math.floor(next() * 5) }, () => randomValue(next, depth - 1));
    default:
      return Object.fromEntries(
        Array.from(
          { length: Math.floor(next() * 5) },
          () => [randomText(next), randomValue(next, depth - 1)],
        ),
      );
  }
}

function randomText(next: () => number): string {
  const alphabet = [
    "a",
    "B",
    "é",
    "𝄞",
    "\n",
    "\u0000",
    "\u2028",
    '"',
    "\\",
    "/",
    "__proto__",
    "1",
    "\u007f",
  ];
  return Array.from({ length: Math.floor(next() * 5) }, () => pick(next, alphabet)).join("");
}

Deno.test({
  name:
    "json.stringify() is read by Python's json, and what that writes is read by json.parse() as the same value",
  ignore: python === undefined,
  async fn() {
    const next = fractions(seedFor("json values"));
    const values = Array.from({ length: 3000 }, () => randomValue(next, 4));
    const answers = await askPython(
      python!.command,
      SCRIPT,
      values.map((value) => [stringify(value), false]),
    ) as string[];
    for (const [i, value] of values.entries()) {
      assertEquals(parse(answers[i]!, { bigint: true, nan: true }), value, answers[i]);
    }
  },
});

Deno.test({
  name: "json.stringify() with sortKeys writes what Python's sort_keys writes",
  ignore: python === undefined,
  async fn() {
    const next = fractions(seedFor("json keys"));
    // Floats are left out: Python writes 1e+16 and 1.0 where JavaScript has 10000000000000000 and 1.
    const values = Array.from(
      { length: 2000 },
      () =>
        JSON.parse(
          stringify(randomValue(next, 4), { default: String }),
          (_, value) => typeof value === "number" ? Math.floor(value) % 1000 : value,
        ),
    );
    const answers = await askPython(
      python!.command,
      SCRIPT,
      values.map((value) => [stringify(value), true]),
    ) as string[];
    for (const [i, value] of values.entries()) {
      // DEL is the one character that Python leaves and JSON.stringify leaves too: no difference is expected.
      assertEquals(stringify(value, { sortKeys: true }), answers[i]);
    }
  },
});

Deno.test({
  name: "json.parse() with nan accepts exactly what Python's json accepts, in damaged texts",
  ignore: python === undefined,
  async fn() {
    const next = fractions(seedFor("json damage"));
    const pieces = [
      "[",
      "]",
      "{",
      "}",
      ",",
      ":",
      '"',
      "\\",
      "\\u12",
      "0",
      "-",
      ".",
      "e",
      "+",
      "NaN",
      "\n",
      "\t",
      "t",
      "é",
    ];
    const texts = Array.from({ length: 6000 }, () => {
      let text = stringify(randomValue(next, 2));
      for (let n = Math.floor(next() * 3); n > 0; n--) {
        const at = Math.floor(next() * (text.length + 1));
        text = text.slice(0, at) + (next() < 0.6 ? pick(next, pieces) : "") +
          text.slice(at + (next() < 0.5 ? 1 : 0));
      }
      return text.toWellFormed();
    });
    const answers = await askPython(
      python!.command,
      SCRIPT,
      texts.map((text) => [text, false]),
    ) as (
      | string
      | null
    )[];
    let accepted = 0;
    for (const [i, text] of texts.entries()) {
      let value: unknown;
      let refused = false;
      try {
        value = parse(text, { nan: true, bigint: true });
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        refused = true;
      }
      assertEquals(refused, answers[i] === null, JSON.stringify(text));
      if (refused) continue;
      accepted++;
      assertEquals(value, parse(answers[i]!, { nan: true, bigint: true }), JSON.stringify(text));
    }
    assertEquals(accepted > 300 && texts.length - accepted > 300, true, `${accepted} accepted`);
  },
});
