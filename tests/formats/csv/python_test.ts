import { assertEquals } from "@std/assert";
import { CsvError, Dialect, hasHeader, parse, sniff, stringify } from "@ferry/std/formats/csv";
import { fractions, pick, seedFor } from "../../_support/random.ts";
import { findPython } from "../../_support/python.ts";
import { askPython } from "../../_support/ask_python.ts";

const QUOTINGS = ["minimal", "all", "none", "nonnumeric", "strings", "notnull"] as const;

// What a case does is data, so that one process answers all of them.
const SCRIPT = String.raw`
import csv, io, json, math, sys
MODES = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "nonnumeric": csv.QUOTE_NONNUMERIC,
         "none": csv.QUOTE_NONE, "strings": getattr(csv, "QUOTE_STRINGS", None),
         "notnull": getattr(csv, "QUOTE_NOTNULL", None)}
def arguments(d):
    return dict(delimiter=d["delimiter"], quotechar=d["quoteChar"], escapechar=d["escapeChar"],
                doublequote=d["doubleQuote"], skipinitialspace=d["skipInitialSpace"],
                lineterminator=d["lineTerminator"], quoting=MODES[d["quoting"]], strict=d["strict"])
def tag(cell):
    if isinstance(cell, float):
        return {"number": repr(cell) if math.isnan(cell) or math.isinf(cell) else cell}
    return cell
def read(case):
    return [[tag(c) for c in row] for row in csv.reader(io.StringIO(case["text"], newline=""), **arguments(case["dialect"]))]
def write(case):
    out = io.StringIO(newline="")
    csv.writer(out, **arguments(case["dialect"])).writerows(case["rows"])
    return out.getvalue()
def sniffed(case):
    d = csv.Sniffer().sniff(case["text"], case["delimiters"])
    return [d.delimiter, d.quotechar, bool(d.doublequote), bool(d.skipinitialspace)]
def header(case):
    return csv.Sniffer().has_header(case["text"])
def dicts(case):
    return list(csv.DictReader(io.StringIO(case["text"], newline=""), restkey="rest", restval="missing"))
def write_dicts(case):
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, case["columns"], restval="missing", extrasaction=case["extras"])
    writer.writeheader()
    writer.writerows(case["objects"])
    return out.getvalue()
ACTIONS = {"dicts": dicts, "write dicts": write_dicts, "read": read, "write": write, "sniff": sniffed, "header": header}
results = []
for case in json.load(sys.stdin):
    try:
        results.append({"value": ACTIONS[case["do"]](case)})
    except (csv.Error, ValueError, TypeError) as error:
        results.append({"error": str(error)})
json.dump(results, sys.stdout)
`;

const python = findPython();
const ready = python !== undefined;
// The rules here are those of 3.13; an older one is asked only what it answers alike.
const modern = ready && python.version[1] >= 13;
if (!ready) {
  console.log("skipped: the comparison with Python's csv needs python3 in PATH, or FERRY_PYTHON");
} else if (!modern) {
  console.log(
    `partly skipped: Python ${
      python.version.join(".")
    } is older than 3.13, so quoting modes, escapes and line terminators are not all compared; set FERRY_PYTHON`,
  );
}

interface Answer {
  value?: unknown;
  error?: string;
}

function randomDialect(next: () => number, writes: boolean): Dialect {
  const old = !modern;
  for (;;) {
    try {
      return new Dialect({
        delimiter: pick(next, [",", ",", ",", ";", "\t", " ", "|", "x", "é"]),
        quoteChar: pick(next, ['"', '"', '"', "'", "|", "y", old ? '"' : null]),
        escapeChar: old && writes ? null : pick(next, [null, null, "\\", "!", "'"]),
        doubleQuote: next() < 0.7,
        skipInitialSpace: next() < (old && writes ? 0 : 0.3),
        lineTerminator: old ? "\r\n" : pick(next, ["\r\n", "\n", "\r", "--", ""]),
        quoting: pick(next, old ? QUOTINGS.slice(0, writes ? 4 : 3) : QUOTINGS),
        strict: next() < 0.4,
      });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
}

/** Text with many of the characters that mean something in `dialect`. */
function randomText(next: () => number, dialect: Dialect, length: number): string {
  const alphabet = [
    ...[dialect.delimiter, dialect.delimiter, dialect.quoteChar, dialect.quoteChar],
    ...[dialect.escapeChar, "\n", "\r", "\r\n", " ", "a", "b1", "2", "3.5", "é", "𝄞", "\t", "."],
  ];
  let text = "";
  while (text.length < length) text += pick(next, alphabet) ?? "";
  return text;
}

function quoted(dialect: Dialect, text: string): string {
  const { quoteChar: q, escapeChar: e, doubleQuote } = dialect;
  if (q === null || dialect.quoting === "none") return "7";
  return q + text.replaceAll(q, doubleQuote ? q + q : (e ?? "") + q) + q;
}

/** Mostly well-formed text, so that the deeper states are met too. */
function tidyText(next: () => number, dialect: Dialect): string {
  let text = "";
  for (let row = 0; row < 3; row++) {
    const fields: string[] = [];
    for (let i = 0; i < 3; i++) {
      fields.push(
        next() < 0.5
          ? quoted(dialect, randomText(next, dialect, 4))
          : pick(next, ["1", "2.5", "", "-3e2", " 4", "inf", "1_0", "nan", "word"]),
      );
    }
    text += fields.join(dialect.delimiter) + pick(next, ["\n", "\r\n", "\r"]);
  }
  return next() < 0.3 ? text.slice(0, -1) : text;
}

function tagged(rows: unknown[][]): unknown {
  return rows.map((row) =>
    row.map((cell) => {
      if (typeof cell !== "number") return cell;
      if (Number.isFinite(cell)) return { number: cell };
      return { number: String(cell).replace("Infinity", "inf").replace("NaN", "nan") };
    })
  );
}

/** A dialect as plain data: its fields are frozen own properties. */
function plain(dialect: Dialect): Record<string, unknown> {
  return { ...dialect };
}

Deno.test({
  name: "csv.parse() reads what Python's csv.reader reads, in random dialects",
  ignore: !ready,
  async fn() {
    const next = fractions(seedFor("csv.parse"));
    const cases = Array.from({ length: 6000 }, () => {
      const dialect = randomDialect(next, false);
      const text = next() < 0.5
        ? tidyText(next, dialect)
        : randomText(next, dialect, Math.floor(next() * 24));
      return { do: "read", dialect, text };
    });
    const answers = await askPython(
      python!.command,
      SCRIPT,
      cases.map((c) => ({ ...c, dialect: plain(c.dialect) })),
    ) as Answer[];
    let read = 0;
    for (const [i, { dialect, text }] of cases.entries()) {
      const expected = answers[i]!;
      let actual: Answer;
      try {
        actual = { value: tagged(parse(text, { dialect, skipEmptyLines: false })) };
        read++;
      } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        actual = { error: error.message };
      }
      const context = `case ${i}: ${JSON.stringify({ ...plain(dialect), text })}: Python ${
        JSON.stringify(expected)
      }`;
      assertEquals("error" in actual, "error" in expected, `${context}, here ${actual.error}`);
      if (!("error" in actual)) assertEquals(actual, expected, context);
    }
    // Both outcomes must be met often, or the comparison says little.
    assertEquals(read > 2000 && cases.length - read > 60, true, `${read} of ${cases.length} read`);
  },
});

Deno.test({
  name: "csv.stringify() writes what Python's csv.writer writes, in random dialects",
  ignore: !ready,
  async fn() {
    const next = fractions(seedFor("csv.stringify"));
    const cases = Array.from({ length: 6000 }, () => {
      const dialect = randomDialect(next, true);
      const rows = Array.from(
        { length: Math.floor(next() * 3) + 1 },
        () =>
          Array.from({ length: Math.floor(next() * 4) }, () => {
            const kind = next();
            if (kind < 0.15) return null;
            if (kind < 0.3) return Math.floor(next() * 1000) - 500;
            if (kind < 0.35) return 0.5 + Math.floor(next() * 9);
            if (kind < 0.6) return pick(next, ["", " ", " a", "word", "a longer text than a word"]);
            return randomText(next, dialect, Math.floor(next() * 16));
          }),
      );
      return { do: "write", dialect, rows };
    });
    const answers = await askPython(
      python!.command,
      SCRIPT,
      cases.map((c) => ({ ...c, dialect: plain(c.dialect) })),
    ) as Answer[];
    let written = 0;
    for (const [i, { dialect, rows }] of cases.entries()) {
      const expected = answers[i]!;
      let actual: Answer;
      try {
        actual = { value: stringify(rows, { dialect }) };
        written++;
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        actual = { error: error.message };
      }
      const context = `case ${i}: ${JSON.stringify({ ...plain(dialect), rows })}: Python ${
        JSON.stringify(expected)
      }`;
      assertEquals("error" in actual, "error" in expected, `${context}, here ${actual.error}`);
      if (!("error" in actual)) assertEquals(actual, expected, context);
    }
    assertEquals(written > 1000, true, `${written} of ${cases.length} written`);
  },
});

/** Whether Python's sniffer is the one before that of 2026, which reads quoted fields as a reader does. */
async function sniffsAsBefore(): Promise<boolean> {
  const script = "import csv, inspect; print('{2}' in inspect.getsource(csv.Sniffer))";
  const { stdout } = await new Deno.Command(python!.command, { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trim() === "False";
}

const oldSniffer = ready && await sniffsAsBefore();
if (ready && !oldSniffer) {
  console.log(
    "skipped: this Python's csv.Sniffer is the rewritten one, which guesses differently; set FERRY_PYTHON",
  );
}

Deno.test({
  name: "csv.sniff() and csv.hasHeader() guess what Python's csv.Sniffer guesses",
  ignore: !oldSniffer,
  async fn() {
    const next = fractions(seedFor("csv.sniff"));
    const cases = Array.from({ length: 4000 }, (_, i) => {
      const delimiter = pick(next, [",", ";", "\t", "|", ":", " ", "x"]);
      const quote = pick(next, ['"', "'", ""]);
      const space = next() < 0.2 ? " " : "";
      const words = [
        "alpha",
        "b",
        "12",
        "3.5",
        "",
        "2024-01-05",
        "x y",
        "1+2j",
        "a,b",
        'q""q',
        "été",
      ];
      const width = 1 + Math.floor(next() * 4);
      let text = "";
      for (let row = 0; row < 2 + next() * 28; row++) {
        const fields = Array.from({ length: width }, (_, column) => {
          const word = row === 0 && next() < 0.8 ? `name${column}` : pick(next, words);
          return next() < 0.3 ? quote + word + quote : word;
        });
        text += fields.join(delimiter + space) + "\n";
      }
      if (next() < 0.4) {
        // No table at all: every way that a quote can stand.
        const alphabet = [",", ";", "|", '"', '"', "'", "\n", " ", "a", "é", "_", "-", '""'];
        text = "";
        while (text.length < 40) text += pick(next, alphabet);
      }
      const delimiters = pick(next, [null, ",;\t|"]);
      return { do: i % 2 === 0 || !modern ? "sniff" : "header", text, delimiters };
    });
    const answers = await askPython(python!.command, SCRIPT, cases) as Answer[];
    let guessed = 0;
    for (const [i, { do: action, text, delimiters }] of cases.entries()) {
      const expected = answers[i]!;
      let actual: Answer;
      try {
        const options = delimiters === null || action === "header" ? {} : { delimiters };
        if (action === "sniff") {
          const d = sniff(text, options);
          actual = { value: [d.delimiter, d.quoteChar, d.doubleQuote, d.skipInitialSpace] };
        } else actual = { value: hasHeader(text, options) };
        guessed++;
      } catch (error) {
        if (!(error instanceof CsvError || error instanceof RangeError)) throw error;
        actual = { error: error.message };
      }
      // Python hands out dialects here that its own reader refuses.
      const useless = Array.isArray(expected.value) && expected.value[0] === expected.value[1];
      if (useless) delete expected.value, expected.error = "delimiter and quote are the same";
      const context = `case ${i}: ${action} ${JSON.stringify(text)} (${delimiters}): Python ${
        JSON.stringify(expected)
      }`;
      assertEquals("error" in actual, "error" in expected, `${context}, here ${actual.error}`);
      if (!("error" in actual)) assertEquals(actual, expected, context);
    }
    assertEquals(guessed > 300, true, `${guessed} of ${cases.length} guessed`);
  },
});

Deno.test({
  name: "csv.parse() and csv.stringify() treat objects as Python's DictReader and DictWriter do",
  ignore: !ready,
  async fn() {
    const next = fractions(seedFor("csv dicts"));
    const keys = ["a", "b", "1", "0", "__proto__", "c,d", ""];
    const cases = Array.from({ length: 3000 }, (_, i) => {
      if (i % 2 === 0) {
        const text = "h" + tidyText(next, Dialect.excel) + tidyText(next, Dialect.excel);
        return { do: "dicts", text };
      }
      const objects = Array.from(
        { length: 3 },
        () =>
          Object.fromEntries(
            Array.from(
              { length: Math.floor(next() * 4) },
              () => [pick(next, keys), pick(next, keys)],
            ),
          ),
      );
      const columns = keys.filter(() => next() < 0.8);
      return {
        do: "write dicts",
        objects,
        columns,
        extras: pick(next, ["raise", "ignore"] as const),
      };
    });
    const answers = await askPython(python!.command, SCRIPT, cases) as Answer[];
    let refused = 0;
    for (const [i, test] of cases.entries()) {
      let actual: Answer;
      try {
        actual = {
          value: test.text !== undefined
            ? parse(test.text, {
              skipFirstRow: true,
              restKey: "rest",
              restValue: "missing",
              duplicateColumns: "last",
            })
            : stringify(test.objects, {
              columns: test.columns,
              restValue: "missing",
              extrasAction: test.extras,
            }),
        };
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        actual = { error: "" };
        refused++;
      }
      const { value, error } = answers[i]!;
      const context = `case ${i}: ${JSON.stringify(test)}: Python ${error}`;
      assertEquals("error" in actual, error !== undefined, context);
      assertEquals(actual.value, value, context);
    }
    assertEquals(refused > 30 && refused < 2000, true, `${refused} refused`);
  },
});
