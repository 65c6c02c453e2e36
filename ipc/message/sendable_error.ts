/** Errors that carry what cannot be sent: the rest of them arrives all the same. */
import { encode, takeReferences } from "./messages.ts";

/**
 * The error, as far as it can be sent.
 *
 * @param copies The copies of errors that are being made: causes may go in a circle.
 */
export function withoutUnsendable(error: Error, copies: Map<Error, Error> = new Map()): Error {
  const made = copies.get(error);
  if (made !== undefined) return made;
  const copy = new TypeError(String(error.message));
  copies.set(error, copy);
  Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
  const define = (key: string, value: unknown, enumerable: boolean) =>
    Object.defineProperty(copy, key, { value, enumerable, writable: true, configurable: true });
  define("name", String(error.name), false);
  define("stack", String(error.stack), false);
  for (const [key, property] of Object.entries(Object.getOwnPropertyDescriptors(error))) {
    if (key === "name" || key === "message" || key === "stack" || !("value" in property)) continue;
    const { value, enumerable } = property;
    if (isSendable(value)) define(key, value, enumerable === true);
    else if (value instanceof Error) {
      define(key, withoutUnsendable(value, copies), enumerable === true);
    } else if (key === "errors" && Array.isArray(value)) {
      define(key, value.map((each) => sendablePart(each, copies)), enumerable === true);
    }
  }
  return copy;
}

/** One of the errors of an AggregateError, as far as it can be sent. */
function sendablePart(value: unknown, copies: Map<Error, Error>): unknown {
  if (isSendable(value)) return value;
  return value instanceof Error ? withoutUnsendable(value, copies) : undefined;
}

function isSendable(value: unknown): boolean {
  try {
    encode(value);
    takeReferences()?.stay();
    return true;
  } catch {
    return false;
  }
}
