/** A field in quotes, with what stands beside it. */
export interface Quoted {
  readonly quote: string;
  /** The delimiter before or after it; none where it is alone in its line. */
  readonly delimiter: string | undefined;
  /** Whether a space stands between the delimiter and what follows it. */
  readonly space: boolean;
}

/** Where a quoted field begins or ends: at a delimiter or at a line's end. */
interface Shape {
  readonly start: "delimiter" | "line";
  /** `"same"`: the delimiter before it; `"any"`: any one. */
  readonly end: "same" | "any" | "line";
}

/** The shapes that are looked for, in the order of preference. */
const SHAPES: readonly Shape[] = [
  { start: "delimiter", end: "same" },
  { start: "line", end: "any" },
  { start: "delimiter", end: "line" },
  { start: "line", end: "line" },
];

/** Made when it is needed: the engine looks up the classes of Unicode at once. */
let word: RegExp | undefined;

function isWord(char: string): boolean {
  return (word ??= /[\p{L}\p{N}_]/u).test(char);
}

function isQuote(char: string): boolean {
  return char === '"' || char === "'";
}

/** Whether a character can be a delimiter: neither a word character, nor a quote, nor half of a pair. */
function isDelimiter(char: string): boolean {
  return char !== "" && char !== "\n" && !isQuote(char) && !isWord(char) && char.isWellFormed();
}

/** Finds the closing quotes of a sample, each in the time to the next one. */
class Closings {
  readonly #sample: string;
  /** Last offset of each quote and what follows it: `"any"` and `"line"` are told from characters by length. */
  readonly #last = new Map<string, number>();

  constructor(sample: string) {
    this.#sample = sample;
    for (let i = 0; i < sample.length; i++) {
      const quote = sample.charAt(i);
      if (!isQuote(quote)) continue;
      const after = sample.charAt(i + 1);
      this.#last.set(quote + after, i);
      if (isDelimiter(after)) this.#last.set(`${quote}any`, i);
      if (after === "" || after === "\n") this.#last.set(`${quote}line`, i);
    }
  }

  /** Offset of the first closing quote after `from`, or -1; that there is one is known before it is looked for. */
  find(from: number, quote: string, end: "any" | "line" | string): number {
    if ((this.#last.get(quote + end) ?? -1) <= from) return -1;
    const sample = this.#sample;
    if (end.length === 1) return sample.indexOf(quote + end, from + 1);
    for (let at = sample.indexOf(quote, from + 1);; at = sample.indexOf(quote, at + 1)) {
      const after = sample.charAt(at + 1);
      if (end === "any" ? isDelimiter(after) : after === "" || after === "\n") return at;
    }
  }
}

function findShape(sample: string, shape: Shape, closings: Closings): Quoted[] {
  const found: Quoted[] = [];
  let pos = 0;
  while (pos < sample.length) {
    let at = pos;
    let delimiter: string | undefined;
    let space = false;
    if (shape.start === "delimiter") {
      delimiter = sample.charAt(at++);
      space = sample.charAt(at) === " ";
      if (space) at++;
    }
    const quote = sample.charAt(at);
    const begins = isQuote(quote) &&
      (delimiter === undefined
        ? at === 0 || sample.charAt(at - 1) === "\n"
        : isDelimiter(delimiter));
    const end = shape.end === "same" ? delimiter! : shape.end;
    const close = begins ? closings.find(at, quote, end) : -1;
    if (close === -1) {
      pos++;
      continue;
    }
    pos = close + 1;
    if (shape.end !== "line") pos++;
    if (shape.end === "any") {
      delimiter = sample.charAt(close + 1);
      space = sample.charAt(pos) === " ";
      if (space) pos++;
    }
    found.push({ quote, delimiter, space });
  }
  return found;
}

/** The quoted fields of the first shape of which a sample has any, in linear time: those of Python's `csv.Sniffer`. */
export function findQuoted(sample: string): Quoted[] {
  const closings = new Closings(sample);
  for (const shape of SHAPES) {
    const found = findShape(sample, shape, closings);
    if (found.length > 0) return found;
  }
  return [];
}

/**
 * Whether three quotes stand between two delimiters or line ends, with nothing but them and non-word characters
 * outside: then quotes inside fields are doubled.
 */
export function hasDoubledQuotes(sample: string, quote: string, delimiter: string): boolean {
  const bounds = (char: string): boolean => char === delimiter || char === "\n";
  // For each quote whether its run of non-word characters reaches a boundary; backwards for those that close.
  const closes = new Set<number>();
  let reaches = true;
  for (let i = sample.length - 1; i >= 0; i--) {
    const char = sample.charAt(i);
    if (char === quote && (reaches || delimiter === "")) closes.add(i);
    if (bounds(char)) reaches = true;
    else if (isWord(char)) reaches = false;
  }
  reaches = true;
  let quotes = 0;
  let opening = -1;
  for (let i = 0; i < sample.length; i++) {
    const char = sample.charAt(i);
    if (bounds(char)) {
      reaches = true;
      opening = -1;
    } else if (char === quote) {
      quotes++;
      if (opening === -1 && (reaches || delimiter === "")) opening = quotes;
      else if (opening !== -1 && quotes - opening >= 2 && closes.has(i)) return true;
    } else if (isWord(char)) reaches = false;
  }
  return false;
}
