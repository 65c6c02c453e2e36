import { findQuoted, hasDoubledQuotes } from "./_quoted.ts";
import { CsvError } from "./csv_error.ts";
import { checkOptions, type OptionRules, STRING } from "../options.ts";
import { Dialect } from "./dialect.ts";

/** Options of {@linkcode sniff} and {@linkcode hasHeader}. */
export interface SniffOptions {
  /**
   * The characters that may be the delimiter.
   *
   * @default {any character}
   */
  delimiters?: string;
}

const RULES: OptionRules<SniffOptions> = { delimiters: STRING };

interface Guess {
  readonly quoteChar: string;
  readonly doubleQuote: boolean;
  readonly delimiter: string;
  readonly skipInitialSpace: boolean;
}

/** Which delimiter wins when several fit equally well. */
const PREFERRED = [",", "\t", ";", " ", ":"];
/** How many lines are looked at before the next guess. */
const CHUNK = 10;
/** Somewhat less than the smallest share of the lines that may agree, whose steps are not exact. */
const THRESHOLD = 0.89;

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

function increment(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** The key with the highest count; of several the first that was met. */
function mostFrequent(counts: Map<string, number>): string {
  let best = "";
  let most = -1;
  for (const [key, n] of counts) {
    if (n > most) [best, most] = [key, n];
  }
  return best;
}

/** Looks for text between two equal quotes, with the same character before and after. */
function guessByQuotes(sample: string, delimiters: string | undefined): Guess | undefined {
  const found = findQuoted(sample);
  if (found.length === 0) return undefined;
  const quotes = new Map<string, number>();
  const delims = new Map<string, number>();
  let spaces = 0;
  for (const { quote, delimiter, space } of found) {
    increment(quotes, quote);
    if (delimiter === undefined) continue;
    if (delimiters === undefined || delimiters.includes(delimiter)) increment(delims, delimiter);
    if (space) spaces++;
  }
  const quoteChar = mostFrequent(quotes);
  const delimiter = mostFrequent(delims);
  return {
    quoteChar,
    doubleQuote: hasDoubledQuotes(sample, quoteChar, delimiter),
    delimiter,
    skipInitialSpace: delims.size > 0 && delims.get(delimiter) === spaces,
  };
}

/** The most common value, less how often it is missed: what a line has of a character, and how surely. */
function mode(counts: Map<number, number>): [value: number, weight: number] {
  let best: [number, number] = [0, -1];
  let total = 0;
  for (const [value, n] of counts) {
    total += n;
    if (n > best[1]) best = [value, n];
  }
  return [best[0], 2 * best[1] - total];
}

/** The ASCII characters that occur equally often in at least nine of ten lines, looking at ten more lines at a time. */
function candidates(
  lines: string[],
  delimiters: string | undefined,
): Map<string, [number, number]> {
  const frequencies = new Map<string, Map<number, number>>();
  for (let code = 0; code < 127; code++) frequencies.set(String.fromCharCode(code), new Map());
  const size = Math.min(CHUNK, lines.length);
  const found = new Map<string, [number, number]>();
  for (let start = 0; start < lines.length; start += size) {
    for (const line of lines.slice(start, start + size)) {
      for (const [char, counts] of frequencies) {
        const n = count(line, char);
        counts.set(n, (counts.get(n) ?? 0) + 1);
      }
    }
    const total = Math.min(start + size, lines.length);
    const modes: [char: string, mode: [number, number]][] = [];
    for (const [char, counts] of frequencies) {
      const found = mode(counts);
      const [value, weight] = found;
      if (value === 0 || weight / total < THRESHOLD) continue;
      if (delimiters === undefined || delimiters.includes(char)) modes.push([char, found]);
    }
    let consistency = 1;
    while (found.size === 0 && consistency >= 0.9) {
      for (const [char, mode] of modes) {
        if (mode[1] / total >= consistency) found.set(char, mode);
      }
      consistency -= 0.01;
    }
    if (found.size === 1) break;
  }
  return found;
}

/** Looks for the character that occurs equally often in each line. */
function guessByFrequency(sample: string, delimiters: string | undefined): Guess | undefined {
  const lines = sample.split("\n").filter((line) => line !== "");
  const found = candidates(lines, delimiters);
  if (found.size === 0) return undefined;
  let delimiter = found.size === 1 ? [...found.keys()][0] : PREFERRED.find((c) => found.has(c));
  delimiter ??= [...found].sort(([a, [n, w]], [b, [m, v]]) => n - m || w - v || (a < b ? -1 : 1))
    .at(-1)![0];
  const first = lines[0]!;
  return {
    quoteChar: '"',
    doubleQuote: false,
    delimiter,
    skipInitialSpace: count(first, delimiter) === count(first, `${delimiter} `),
  };
}

/**
 * Guesses the dialect of a sample: Python's `csv.Sniffer.sniff`.
 *
 * It looks for quoted fields first, and for a character that is equally frequent in each line otherwise. A sample of
 * some twenty whole lines is enough; a longer one takes longer.
 *
 * @example Which delimiter?
 * ```ts
 * import { parse, sniff } from "@ferry/std/formats/csv";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "ship;length\nEve;41,5\nAda;12,0\n";
 * const dialect = sniff(text, { delimiters: ",;\t" });
 * assertEquals(dialect.delimiter, ";");
 * assertEquals(parse(text, { dialect })[1], ["Eve", "41,5"]);
 * ```
 *
 * @param sample The start of the file.
 * @param options What the delimiter may be.
 * @returns The dialect.
 * @throws {CsvError} If no character looks like a delimiter.
 * @throws {TypeError} If an option is unknown or of the wrong type.
 */
export function sniff(sample: string, options?: SniffOptions): Dialect {
  const { delimiters } = checkOptions("Cannot guess the CSV dialect", options, RULES);
  const byQuotes = guessByQuotes(sample, delimiters);
  const byFrequency = byQuotes === undefined || byQuotes.delimiter === ""
    ? guessByFrequency(sample, delimiters)
    : undefined;
  const delimiter = byFrequency?.delimiter ?? byQuotes?.delimiter ?? "";
  const quoteChar = byQuotes?.quoteChar ?? '"';
  if (delimiter === "" || delimiter === "\r" || delimiter === quoteChar) {
    throw new CsvError("Cannot guess the CSV dialect: no character looks like a delimiter");
  }
  return new Dialect({
    delimiter,
    quoteChar,
    doubleQuote: byQuotes?.doubleQuote ?? false,
    skipInitialSpace: (byFrequency ?? byQuotes)!.skipInitialSpace,
  });
}
