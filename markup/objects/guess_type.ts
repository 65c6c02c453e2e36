/** Numbers as JSON writes them. */
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/**
 * A converter for {@linkcode ToObjectOptions.convert}: numbers and booleans where texts look like them, as lxml's objectify does.
 * A number that cannot be held exactly stays a string; integers beyond 2^53 are bigints.
 *
 * @param text The text.
 * @returns A number, bigint or boolean, or the text itself.
 *
 * @example What looks like a number
 * ```ts
 * import { guessType } from "@ferry/std/markup/objects";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["1.5", "true", "007", "9007199254740993"].map(guessType), [
 *   1.5,
 *   true,
 *   "007",
 *   9007199254740993n,
 * ]);
 * ```
 */
export function guessType(text: string): string | number | bigint | boolean {
  const trimmed = text.trim();
  if (trimmed === "true" || trimmed === "false") return trimmed === "true";
  if (!NUMBER.test(trimmed)) return text;
  const number = Number(trimmed);
  if (/^-?\d+$/.test(trimmed)) {
    return Number.isSafeInteger(number) ? number : trimmed.length <= 64 ? BigInt(trimmed) : text;
  }
  return Number.isFinite(number) && trimmed.replace(/\D/g, "").length <= 17 ? number : text;
}
