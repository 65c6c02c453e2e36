/**
 * The checks of what calls that wait are given: a misspelt `timeout` would wait for ever, and so would one that is no number.
 *
 * A call without options pays nothing for it, one with a timeout a comparison of its name.
 */
import { isEverywhere, shown, unknownOption } from "../persist/options.ts";

/** What ends a wait. */
export interface Waiting {
  readonly signal?: AbortSignal | undefined;
  readonly timeout?: number | undefined;
}

/** Names of the options that a call has besides, which it checks itself. */
export type OwnNames = Readonly<Record<string, true>>;

const NONE: OwnNames = {};

/**
 * What is wrong with the options of a wait, for calls that reject with it.
 *
 * @param op What the call does, as in "read".
 * @param options What was given.
 * @param own What the call takes besides `signal` and `timeout`.
 * @returns The error; `undefined` if there is none.
 */
export function waitError(
  op: string,
  options: Waiting | undefined,
  own: OwnNames = NONE,
): TypeError | RangeError | undefined {
  if (options === undefined) return undefined;
  if (typeof options !== "object" || options === null) {
    return new TypeError(
      `Cannot ${op}: needed an object of options such as { timeout: 1000 } (milliseconds), received ${
        shown(options)
      }`,
    );
  }
  for (const name in options) {
    if (name === "timeout" || name === "signal" || Object.hasOwn(own, name)) continue;
    if (isEverywhere(options, name)) continue;
    return unknownOption(`Cannot ${op}`, name, ["signal", "timeout", ...Object.keys(own)]);
  }
  const { signal, timeout } = options;
  if (timeout !== undefined && !(typeof timeout === "number" && !Number.isNaN(timeout))) {
    const Wrong = typeof timeout === "number" ? RangeError : TypeError;
    return new Wrong(
      `Cannot ${op}: a timeout in milliseconds is needed, received ${shown(timeout)}`,
    );
  }
  if (signal === undefined || signal instanceof AbortSignal) return undefined;
  return new TypeError(`Cannot ${op}: an AbortSignal is needed, received ${shown(signal)}`);
}

/**
 * Checks the options of a wait.
 *
 * @param op What the call does, as in "accept".
 * @param options What was given.
 * @param own What the call takes besides `signal` and `timeout`.
 * @throws {TypeError} If they are no object, or one does not exist or is of another type.
 * @throws {RangeError} If the timeout is NaN.
 */
export function checkWait(op: string, options: Waiting | undefined, own?: OwnNames): void {
  const error = waitError(op, options, own);
  if (error !== undefined) throw error;
}
