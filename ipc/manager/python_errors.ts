import { PyException } from "../../persist/types/mod.ts";

/** An error as one that Python knows. */
export function asPython(error: unknown): unknown {
  if (error instanceof PyException) return error;
  if (!(error instanceof Error)) return new PyException("RuntimeError", [String(error)]);
  if (error.constructor === TypeError) return new PyException("TypeError", [error.message]);
  if (error instanceof RangeError) return new PyException("ValueError", [error.message]);
  return new PyException("RuntimeError", [`${error.name}: ${error.message}`]);
}

/** What was wrong, in the order of Python's tracebacks: the error comes last. */
export function traceback(error: unknown): string {
  if (error instanceof PyException) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return ["Traceback (most recent call first):", ...frames, `${error.name}: ${error.message}`]
    .join("\n");
}
