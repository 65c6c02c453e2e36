/** Spans of time as pandas counts them. */

/** What an offset of pandas counts, by its class. */
const CODES: ReadonlyMap<string, string> = new Map([
  ["Day", "D"],
  ["MonthEnd", "M"],
  ["YearEnd", "A"],
]);

const two = (n: number, size = 2) => String(n).padStart(size, "0");

/**
 * The code of a frequency.
 *
 * @param frequency `"period[M]"`, or the name of the class of an offset.
 */
export function periodCode(frequency: string): string {
  const code = /^(?:[Pp]eriod\[)?([A-Za-z-]+)\]?$/.exec(frequency)?.[1] ?? "";
  if (code === "Y-DEC" || code === "A-DEC" || code === "Y") return "A";
  return CODES.get(code) ?? code;
}

/** A period as pandas shows it, by how many there are since 1970; other frequencies than years, months and days: the count. */
export function periodText(count: number, code: string): string | number {
  if (code === "A") return two(1970 + count, 4);
  if (code === "M") {
    return `${two(1970 + Math.floor(count / 12), 4)}-${two((count % 12 + 12) % 12 + 1)}`;
  }
  if (code !== "D" || Math.abs(count) > 1e8) return count;
  return new Temporal.PlainDate(1970, 1, 1).add({ days: count }).toString();
}
