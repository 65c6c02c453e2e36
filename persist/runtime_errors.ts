/**
 * The runtime's classes of errors that readers and writers throw. Other runtimes than Deno have no such classes; there, errors of the same names
 * are thrown.
 */

type Errors = typeof Deno.errors;

const errors: Partial<Errors> = Reflect.get(globalThis, "Deno")?.errors ?? {};

/** The input ends too early. */
export const UnexpectedEof: Errors["UnexpectedEof"] = errors.UnexpectedEof ??
  class UnexpectedEof extends Error {
    override readonly name = "UnexpectedEof";
  };

/** A wait took too long. */
export const TimedOut: Errors["TimedOut"] = errors.TimedOut ?? class TimedOut extends Error {
  override readonly name = "TimedOut";
};

/** A writer takes nothing. */
export const WriteZero: Errors["WriteZero"] = errors.WriteZero ?? class WriteZero extends Error {
  override readonly name = "WriteZero";
};
