import { parse, stringify } from "@ferry/std/formats/toml";
import { assert, assertEquals } from "@std/assert";
import { conformanceCases } from "../../_support/conformance_data.ts";
import { findPython } from "../../_support/python.ts";
import { askPython } from "../../_support/ask_python.ts";

// Types are told by name; tomllib's datetime ends at microseconds.
const SCRIPT = `
import datetime, json, sys, tomllib
def show(v):
    if isinstance(v, dict): return {k: show(x) for k, x in v.items()}
    if isinstance(v, list): return [show(x) for x in v]
    if isinstance(v, bool) or isinstance(v, str): return v
    if isinstance(v, int): return "int " + str(v)
    if isinstance(v, float): return "float " + float(v).hex()
    if isinstance(v, datetime.datetime) and v.tzinfo: v = v.astimezone(datetime.timezone.utc)
    return type(v).__name__ + " " + v.isoformat()[:23]
out = []
for text in json.load(sys.stdin):
    try: out.append(show(tomllib.loads(text)))
    except tomllib.TOMLDecodeError: out.append(None)
json.dump(out, sys.stdout)
`;

/** A double as Python's float.hex() writes it. */
function hex(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace("Infinity", "inf").toLowerCase();
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const sign = bits.getUint8(0) & 0x80 ? "-" : "";
  if (value === 0) return `${sign}0x0.0p+0`;
  const exponent = (bits.getUint16(0) >> 4) & 0x7ff;
  const fraction = (bits.getBigUint64(0) & 0xfffffffffffffn).toString(16).padStart(13, "0");
  const power = exponent === 0 ? -1022 : exponent - 1023;
  return `${sign}0x${exponent === 0 ? 0 : 1}.${fraction}p${power < 0 ? "" : "+"}${power}`;
}

function shown(value: unknown): unknown {
  if (typeof value === "bigint") return `int ${value}`;
  if (typeof value === "number") return `float ${hex(value)}`;
  if (value instanceof Temporal.ZonedDateTime) {
    return `datetime ${pythonTime(value.withTimeZone("UTC").toPlainDateTime())}`;
  }
  if (value instanceof Temporal.PlainDateTime) return `datetime ${pythonTime(value)}`;
  if (value instanceof Temporal.PlainDate) return `date ${value}`;
  if (value instanceof Temporal.PlainTime) return `time ${pythonTime(value)}`;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shown(item)]));
}

/** isoformat() leaves out a zero fraction and gives six digits otherwise; both are cut to 23 characters. */
function pythonTime(value: Temporal.PlainDateTime | Temporal.PlainTime): string {
  const text = value.toString({ smallestUnit: "microsecond", roundingMode: "trunc" });
  return text.replace(/\.000000$/, "").slice(0, 23);
}

const cases = conformanceCases<{ id: string; versions: string[]; valid: boolean; toml?: string }>(
  "toml-test",
);
const python = findPython();
const runs = python !== undefined && python.version[1] >= 11;
if (!runs) console.warn("skipped: no Python with tomllib (3.11) to compare with");

Deno.test({
  name: "parse() reads what tomllib reads, and stringify() writes what tomllib reads",
  ignore: cases === undefined || !runs,
  async fn() {
    const tests = cases!.filter((test) =>
      test.valid && test.versions.includes("1.0.0") && typeof test.toml === "string"
    );
    const values = tests.map((test) => parse(test.toml!, { bigint: "all" }));
    const written = values.map((value) => stringify(value, { numbers: "float" }));
    const texts = [...tests.map((test) => test.toml!), ...written];
    const results = await askPython(python!.command, SCRIPT, texts) as unknown[];
    let compared = 0;
    for (const [i, test] of tests.entries()) {
      // tomllib knows no byte order mark in text.
      if (results[i] === null && test.toml!.startsWith("\ufeff")) continue;
      assertEquals(mask(results[i]), mask(shown(values[i])), test.id);
      assertEquals(mask(results[tests.length + i]), mask(shown(values[i])), `${test.id}, written`);
      compared++;
    }
    assert(compared > 20, `only ${compared} compared`);
  },
});

/** Offsets fall off the 23 characters for some times only: compare up to them. */
function mask(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_, v) => typeof v === "string" ? v.replace(/[+]00:?0?0?$/, "") : v),
  );
}
