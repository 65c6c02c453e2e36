// The schema "yaml-1.1" against PyYAML, where /usr/bin/python3 has it.
import { parse, YamlError } from "@ferry/std/formats/yaml";
import { assert, assertEquals } from "@std/assert";
import { askPython } from "../../_support/ask_python.ts";
import { fractions, seedFor } from "../../_support/random.ts";

const PYTHON = "/usr/bin/python3";

/** What PyYAML makes of each text: type and value, so that 1, 1.0 and true stay apart. */
const LOAD = `
import sys, json, math, datetime, yaml
def show(v):
    if isinstance(v, bool) or v is None: return ["plain", v]
    if isinstance(v, int): return ["int", str(v)]
    if isinstance(v, float): return ["float", "nan" if math.isnan(v) else v.hex()]
    if isinstance(v, datetime.datetime):
        if v.tzinfo is None: v = v.replace(tzinfo=datetime.timezone.utc)
        since = v - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        return ["date", since // datetime.timedelta(milliseconds=1)]
    if isinstance(v, datetime.date):
        return ["date", (v - datetime.date(1970, 1, 1)).days * 86400000]
    return ["text", v] if isinstance(v, str) else ["other", repr(v)]
out = []
for text in json.load(sys.stdin):
    try: out.append(show(yaml.safe_load("- " + text + "\\n")[0]))
    except Exception as e: out.append(["error"])
json.dump(out, sys.stdout)
`;

async function hasPyYaml(): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(PYTHON, {
      args: ["-c", "import yaml"],
      stderr: "null",
    }).output();
    if (success) return true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  console.warn(`skipped: no PyYAML for ${PYTHON}`);
  return false;
}

/** The same for this package's reader. */
function show(text: string): unknown[] {
  let value: unknown;
  try {
    value = (parse(`- ${text}\n`, { schema: "yaml-1.1" }) as unknown[])[0];
  } catch (error) {
    assert(error instanceof YamlError, `${JSON.stringify(text)}: ${error}`);
    return ["error"];
  }
  if (typeof value === "number" || typeof value === "bigint") return ["number", value];
  if (value instanceof Date) return ["date", value.getTime()];
  return typeof value === "string" ? ["text", value] : ["plain", value];
}

/** The double that Python's hexadecimal text of a float stands for. */
function fromHex(text: string): number {
  const match = /^(-?)(?:(inf)|0x([01])\.([0-9a-f]+)p([-+]\d+))$/.exec(text);
  if (match === null) return NaN;
  const [, sign, infinite, whole, fraction, exponent] = match;
  // Two powers, so that neither underflows on the way to the smallest doubles.
  const scale = Number(exponent);
  const size = infinite ? Infinity : parseInt(whole! + fraction!, 16) *
    2 ** (Math.trunc(scale / 2) - fraction!.length * 4) * 2 ** (scale - Math.trunc(scale / 2));
  return sign ? -size : size;
}

function agree([kind, value]: unknown[], ours: unknown[]): boolean {
  if (kind === "int") return ours[0] === "number" && String(ours[1]) === value;
  if (kind === "float") {
    return ours[0] === "number" && Object.is(ours[1], fromHex(value as string));
  }
  return ours[0] === kind && ours[1] === value;
}

/** Scalars in the neighbourhood of numbers, dates and words. */
function generate(random: () => number): string {
  const below = (n: number) => Math.floor(random() * n);
  const pick = (list: readonly string[]) => list[below(list.length)]!;
  const digits = (n: number) => Array.from({ length: n }, () => below(10)).join("");
  const seeds = [
    () => pick(["yes", "No", "ON", "off", "true", "FALSE", "y", "N", "null", "~", "Null", ".inf"]),
    () => pick(["+", "-", ""]) + pick(["0x1F", "0b10", "0o17", "017", "0", "08", "1_000", "0_"]),
    () => pick(["+", "-", ""]) + digits(1 + below(20)),
    () => pick(["+", "-", ""]) + `${digits(1 + below(4))}.${digits(below(4))}`,
    () => `${digits(below(3))}.${digits(below(3))}e${pick(["+", "-", ""])}${digits(1 + below(3))}`,
    () => pick(["1", "0", "08", "190"]) + `:${digits(1 + below(2))}`.repeat(1 + below(3)),
    () => `${digits(1)}:${digits(2)}.${digits(below(3))}`,
    () => `${digits(4)}-${below(14)}-${below(33)}`,
    () => `${1 + below(3000)}`.padStart(4, "0") + `-0${1 + below(9)}-${10 + below(20)}`,
    () =>
      `2001-1${below(3)}-${below(4)}${below(10)}${pick(["T", "t", " ", "  "])}${below(26)}:${
        10 + below(52)
      }:${10 + below(52)}${pick(["", ".", ".5", ".123456789"])}${
        pick(["", "Z", " Z", "+1", "-05:30", "+24:00", "-23:59", " +9:00"])
      }`,
  ];
  let text = seeds[below(seeds.length)]!();
  for (let i = below(3); i > 0; i--) {
    const at = below(text.length + 1);
    const alphabet = "0123456789._:-+eExXobBTZtz aAfFnNyY~<=";
    text = text.slice(0, at) + pick([...alphabet]) + text.slice(at + below(2));
  }
  return text.trim();
}

/** Only what is one plain scalar to every reader, and not PyYAML's two tags without a constructor. */
function isPlain(text: string): boolean {
  return text !== "=" && text !== "<<" && !/^(?:[-?:](?:\s|$)|---|\.\.\.)|:(?:\s|$)|^\s/.test(text);
}

Deno.test('parse() with schema "yaml-1.1" reads plain scalars exactly as PyYAML', async () => {
  if (!await hasPyYaml()) return;
  const seed = seedFor("yaml 1.1 scalars");
  const random = fractions(seed);
  const count = Deno.env.get("FERRY_STRESS") === "1" ? 300_000 : 6000;
  const texts = Array.from({ length: count }, () => generate(random)).filter(isPlain);
  texts.push(".", "e1", "1e3", "08:30", "0001-01-01", "2001-02-30", "2000-02-29", "+.inf", "-.nan");
  texts.push("1:" + "30:".repeat(200) + "30", "1:" + "30:".repeat(200) + "30.5", "0b_", "-0", "");
  const expected = await askPython(PYTHON, LOAD, texts) as unknown[][];
  const wrong: unknown[] = [];
  for (const [i, text] of texts.entries()) {
    const ours = show(text);
    if (!agree(expected[i]!, ours)) wrong.push([text, expected[i], ours]);
  }
  assertEquals(wrong.slice(0, 20), [], `FERRY_SEED=${seed}: ${wrong.length} differences`);
});
