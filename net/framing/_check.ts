/** The error of a message that is too long, when sending as well as when receiving. */
import { LimitOverrunError } from "../errors.ts";

/** The most bytes of a message where no limit is given: 16 MiB. */
export const MAX_LENGTH: number = 16 * 1024 * 1024;

export function checkMax(maxLength: number): number {
  if (maxLength >= 0) return maxLength;
  throw new RangeError(
    `Cannot frame messages: a maxLength of at least 0 is needed, received ${maxLength}`,
  );
}

export function tooLong(op: "read" | "write", length: number, limit: number): LimitOverrunError {
  const reason = op === "read"
    ? `a message of ${length} bytes was announced, the maxLength is ${limit}`
    : `the message has ${length} bytes, the maxLength is ${limit}`;
  return new LimitOverrunError({ op, reason }, length, limit);
}
