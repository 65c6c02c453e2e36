import { XPathLimitError } from "../nodes/limits.ts";
import type { Run } from "../nodes/run.ts";

/**
 * Refuses texts that are too long, and pays for them.
 *
 * @param text The text, or the length that it is to have.
 * @param run The evaluation.
 * @throws {XPathLimitError} If it is longer than the option allows.
 */
export function limitText<T extends string | number>(text: T, run: Run): T {
  const length = typeof text === "string" ? text.length : text as number;
  if (length > run.maxStringLength) {
    throw new XPathLimitError(
      `A string has at most ${run.maxStringLength} characters (maxStringLength), needs ${length}`,
    );
  }
  run.spend(length);
  return text;
}
