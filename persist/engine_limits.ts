/** What V8 says of a string, array, map, set, integer or buffer that would be too large. */
const MESSAGES = new RegExp(
  [
    "(?:Map|Set) maximum size exceeded",
    "Maximum BigInt size exceeded",
    "Invalid (?:string|array|typed array|array buffer) length",
    "[Aa]llocation failed",
    "string longer than",
  ].join("|"),
);

/** Whether an error is the engine's own, about something larger than it can hold. */
export function isTooLarge(error: unknown): error is Error {
  return (error instanceof RangeError || error instanceof Error && "code" in error) &&
    MESSAGES.test(error.message);
}
