import { PyException, PyObject } from "../../../persist/types/mod.ts";
import { BrokenBarrierError, QueueShutDownError } from "../../errors.ts";
import { RemoteError } from "../errors.ts";
import type { Reply } from "../wire.ts";

/** Whether an error is a Python exception of a class. */
export function isPython(error: unknown, name: string): error is PyException {
  return error instanceof PyException && error.name === name;
}

/**
 * The result of a reply.
 *
 * @param attempted What was attempted, for errors: "call append".
 * @throws {PyException} What the object's method raised.
 * @throws {RemoteError} If the server could not do it.
 */
export function resultOf(attempted: string, { kind, result }: Reply): unknown {
  switch (kind) {
    case "#RETURN":
    case "#PROXY":
      return result;
    case "#ERROR":
      throw errorOf(attempted, result);
    default:
      throw new RemoteError(attempted, String(result));
  }
}

function errorOf(attempted: string, error: unknown): unknown {
  if (isPython(error, "BrokenBarrierError")) return new BrokenBarrierError();
  if (isPython(error, "ShutDown")) return new QueueShutDownError(attempted.replace("call ", ""));
  if (error instanceof Error) return error;
  // An exception of a class that is not registered here.
  if (error instanceof PyObject) {
    const args = error.args.map((arg) => typeof arg === "object" ? "..." : String(arg));
    return new RemoteError(attempted, `${error.callable}: ${args.join(", ")}`);
  }
  return new RemoteError(attempted, String(error));
}
