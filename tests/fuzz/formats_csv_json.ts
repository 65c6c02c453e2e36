// Fuzzes CSV and JSON: random texts and values, seeded and bounded.
// deno run -A tests/fuzz/formats_csv_json.ts [--seed N] [--rounds N]
//
// A round checks that: a parser gives a value or an error of its own class, and no other; a stream cut at random
// gives what the whole text gives; what is written is read back as the same; own parser and platform agree.
import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { Random } from "../_support/random.ts";
import * as csv from "@ferry/std/formats/csv";
import * as json from "@ferry/std/formats/json";

function option(name: string, otherwise: number): number {
  const at = Deno.args.indexOf(`--${name}`);
  return at === -1 ? otherwise : Number(Deno.args[at + 1]);
}

const seed = option("seed", Math.floor(Math.random() * 2 ** 32));
const rounds = option("rounds", 20_000);

const random = new Random(seed);
const next = () => random.next();
const below = (n: number) => random.below(n);
const pick = <T>(items: readonly T[]) => random.pick(items);

const CHARS = [
  ...[
    '"',
    '"',
    ",",
    ",",
    "\n",
    "\r",
    "\r\n",
    "\\",
    "'",
    ";",
    "\t",
    " ",
    "#",
    "a",
    "b",
    "1",
    "2.5",
    "-",
  ],
  ...[
    "é",
    "𝄞",
    "\ud800",
    "\udc00",
    "\ufeff",
    "\u2028",
    "\u0000",
    "[",
    "]",
    "{",
    "}",
    ":",
    "true",
    "null",
  ],
  ...["e", "E", ".", "\\u", "00", '"a":', "NaN", "__proto__", "//", "/*", "*/"],
];

function text(max: number): string {
  let out = "";
  for (let n = below(max); n > 0; n--) out += pick(CHARS);
  return out;
}

function cut(whole: string): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < whole.length;) chunks.push(whole.slice(at, at += 1 + below(7)));
  return chunks;
}

/** A value, or the message of an error of the expected class; any other error ends the run. */
async function outcome(
  type: typeof csv.CsvError | typeof json.JsonError,
  task: () => unknown,
): Promise<unknown> {
  try {
    return { value: await task() };
  } catch (error) {
    if (error instanceof csv.CsvError || error instanceof json.JsonError) {
      assertInstanceOf(error, type);
    } else throw error;
    return { message: error.message };
  }
}

function dialect(): csv.Dialect {
  for (;;) {
    try {
      return new csv.Dialect({
        delimiter: pick([",", ";", "\t", " ", "a", "é"]),
        quoteChar: pick(['"', '"', "'", "b"]),
        escapeChar: pick([null, "\\", "1"]),
        doubleQuote: next() < 0.7,
        skipInitialSpace: next() < 0.3,
        quoting: pick(["minimal", "all", "none", "nonnumeric", "strings", "notnull"]),
        strict: next() < 0.5,
        lineTerminator: pick(["\n", "\r\n", "\r"]),
      });
    } catch (error) {
      assertInstanceOf(error, RangeError);
    }
  }
}

async function fuzzCsvText(): Promise<void> {
  const whole = text(40);
  const options: csv.CsvParseOptions = {
    dialect: dialect(),
    skipEmptyLines: next() < 0.5,
    trimLeadingSpace: next() < 0.2,
    ...(next() < 0.2 ? { lazyQuotes: next() < 0.5 } : {}),
    ...(next() < 0.2 ? { comment: "#" } : {}),
    ...(next() < 0.2 ? { skipFirstRow: true } : {}),
    ...(next() < 0.2 ? { restKey: "rest", restValue: null } : {}),
    ...(next() < 0.1 ? { maxFieldSize: 3 } : {}),
    ...(next() < 0.1 ? { fieldsPerRecord: below(3) } : {}),
    ...(next() < 0.2 ? { types: ["integer", "boolean"] as const } : {}),
  };
  const expected = await outcome(csv.CsvError, () => csv.parse(whole, options));
  const actual = await outcome(
    csv.CsvError,
    () =>
      Array.fromAsync(ReadableStream.from(cut(whole)).pipeThrough(new csv.CsvParseStream(options))),
  );
  assertEquals(actual, expected, JSON.stringify({ whole, options }));
  await outcome(csv.CsvError, () => csv.sniff(whole));
  await outcome(csv.CsvError, () => csv.hasHeader(whole));
}

function fuzzCsvRoundTrip(): void {
  const chosen = dialect();
  const rows = Array.from(
    { length: 1 + below(3) },
    () => Array.from({ length: 1 + below(4) }, () => text(8)),
  );
  let written: string;
  try {
    written = csv.stringify(rows, { dialect: chosen });
  } catch (error) {
    // Something that needs an escape, and there is none.
    assertInstanceOf(error, RangeError);
    return;
  }
  // What no dialect of Python keeps either: text without quotes where a space is skipped or a number is due, and an
  // escape that doubles quotes as well.
  const { quoting, skipInitialSpace, escapeChar } = chosen;
  if (quoting === "none" || skipInitialSpace || escapeChar !== null) return;
  const read = csv.parse(`\ufeff${written}`, { dialect: chosen });
  assertEquals(read as unknown, rows, JSON.stringify({ written, chosen }));
}

async function fuzzJsonText(): Promise<void> {
  const whole = next() < 0.5 ? text(25) : damaged(json.stringify(value(3)));
  const platform = await outcome(json.JsonError, () => json.parse(whole));
  const own = await outcome(json.JsonError, () => json.parse(whole, { parseFloat: Number }));
  assertEquals(own, platform, JSON.stringify(whole));
  for (const Stream of [json.ConcatenatedJsonParseStream, json.JsonLinesParseStream]) {
    const read = (chunks: string[]) =>
      outcome(
        json.JsonError,
        () => Array.fromAsync(ReadableStream.from(chunks).pipeThrough(new Stream())),
      );
    assertEquals(await read(cut(whole)), await read([whole]), JSON.stringify(whole));
  }
  await outcome(json.JsonError, () => json.jsonc.parse(whole));
  await outcome(json.JsonError, () => json.rawDecode(whole, below(whole.length + 1)));
  await outcome(json.JsonError, () => json.parse(whole, { nan: true, bigint: true, maxDepth: 3 }));
}

function damaged(whole: string): string {
  const at = below(whole.length);
  return whole.slice(0, at) + (next() < 0.5 ? pick(CHARS) : "") + whole.slice(at + below(2));
}

function value(depth: number): unknown {
  switch (below(depth > 0 ? 7 : 5)) {
    case 0:
      return pick([null, true, false]);
    case 1:
      return pick([0, -0, 1, 1e21, -1.5e-7, 2 ** 53, next()]);
    case 2:
      return BigInt(below(2 ** 31)) * 2n ** 40n;
    case 3:
    case 4:
      return text(5);
    case 5:
      return Array.from({ length: below(4) }, () => value(depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: below(4) }, () => [text(3), value(depth - 1)]),
      );
  }
}

function fuzzJsonRoundTrip(): void {
  const written = value(4);
  const plain = json.stringify(written, { indent: below(3) });
  const read = json.parse(plain, { bigint: true });
  // Numbers and bigints of the same value have the same text.
  const normal = json.stringify(read, { sortKeys: true });
  assertEquals(normal, json.stringify(written, { sortKeys: true }), plain);
  assertEquals(json.stringify(json.parse(normal, { bigint: true }), { sortKeys: true }), normal);
  const ascii = json.stringify(written, { ensureAscii: true });
  // deno-lint-ignore no-control-regex
  assert(/^[\x00-\x7e]*$/.test(ascii), ascii);
  assertEquals(json.parse(ascii), json.parse(json.stringify(written)));
}

function fuzzJsonc(): void {
  const object = Object.fromEntries(Array.from({ length: 1 + below(4) }, (_, i) => [`k${i}`, i]));
  const space = (): string => pick(["", " ", "\n", "\t", "\r\n"]);
  const gap = (): string => next() < 0.5 ? space() : pick(["/* c */", "// c\n"]);
  // Between a key and its value there are none: they would go with them.
  const members = Object.entries(object).map(([key, v]) =>
    `${gap()}"${key}"${space()}:${space()}${v}${gap()}`
  );
  const source = `${gap()}{${members.join(",")}${next() < 0.3 ? "," : gap()}}${gap()}`;
  const key = `k${below(5)}`;
  const comments = (t: string): number => t.split(/\/\* c \*\/|\/\/ c/).length;
  const removed = json.jsonc.edit(source, [key], undefined);
  const { [key]: _, ...rest } = object;
  assertEquals(json.jsonc.parse(removed), rest, source);
  assertEquals(comments(removed), comments(source), JSON.stringify([source, removed]));
  const set = json.jsonc.edit(source, [key], "new");
  assertEquals(json.jsonc.parse(set), { ...object, [key]: "new" }, source);
  assertEquals(comments(set), comments(source), JSON.stringify([source, set]));
}

console.log(`seed ${seed}, ${rounds} rounds`);
for (let round = 0; round < rounds; round++) {
  try {
    await fuzzCsvText();
    fuzzCsvRoundTrip();
    await fuzzJsonText();
    fuzzJsonRoundTrip();
    fuzzJsonc();
  } catch (error) {
    console.error(`failed in round ${round}; replay with --seed ${seed} --rounds ${round + 1}`);
    throw error;
  }
}
console.log("no failures");
