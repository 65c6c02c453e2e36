// Sample texts for the benchmarks, the same in every run.

const WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu".split(" ");

/** Numbers in [0, 1) from a fixed seed: mulberry32. */
function random(): () => number {
  let state = 1;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A row of eight fields; every second one of `quoted` rows has commas, quotes and line ends in it. */
function row(next: () => number, id: number, quoted: boolean): string[] {
  const word = (): string => WORDS[Math.floor(next() * WORDS.length)]!;
  const digits = (n: number): string => String(1 + Math.floor(next() * n)).padStart(2, "0");
  const notes = [word(), `he said "${word()}" to me`, `two\r\nlines of ${word()}`];
  return [
    String(id),
    word(),
    `${word()}${quoted ? ", " : " "}${word()}`,
    (next() * 1000).toFixed(2),
    `2024-${digits(12)}-${digits(28)}`,
    next() < 0.5 ? "Y" : "N",
    `${quoted ? notes[id % 3] : word()} ${word()} ${word()}`,
    digits(9999),
  ];
}

export const HEADER: string[] = ["id", "name", "city", "amount", "date", "flag", "note", "code"];

export function sampleRows(count: number, quoted: boolean): string[][] {
  const next = random();
  return Array.from({ length: count }, (_, id) => row(next, id, quoted));
}

/** CSV text of about 68 bytes a row, with a header. */
export function sampleCsv(count: number, quoted: boolean): string {
  const quote = (field: string): string =>
    /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
  const lines = [HEADER, ...sampleRows(count, quoted)].map((r) => r.map(quote).join(",") + "\r\n");
  return lines.join("");
}

export function sampleObjects(count: number): Record<string, unknown>[] {
  return sampleRows(count, false).map((cells, id) => ({
    id,
    name: cells[1],
    city: cells[2],
    amount: Number(cells[3]),
    tags: [cells[5], cells[7]],
    nested: { note: cells[6], date: cells[4] },
  }));
}

/** Text in pieces of 64 Ki code units, as a file gives it. */
export function chunked(text: string, size: number = 65_536): ReadableStream<string> {
  let at = 0;
  return new ReadableStream({
    pull(controller): void {
      if (at >= text.length) controller.close();
      else controller.enqueue(text.slice(at, at += size));
    },
  });
}

/** Reads a stream to its end and counts what came. */
export async function drain(stream: ReadableStream<unknown>): Promise<number> {
  let count = 0;
  const reader = stream.getReader();
  while (!(await reader.read()).done) count++;
  return count;
}
