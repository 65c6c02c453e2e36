import { PyException, PyObject } from "../../../persist/types/mod.ts";
import { BrokenBarrierError, QueueShutDownError } from "../../errors.ts";
import { RemoteError } from "../errors.ts";
import type { Reply } from "../wire.ts";
import type { Read } from "./transport.ts";

/** Whether an error is a Python exception of a class. */
export function isPython(error: unknown, name: string): error is PyException {
  return error instanceof PyException && error.name === name;
}

/** The result of a call as it is. */
export function asIs<T>(reply: Reply, method: string): T {
  if (reply.kind === "#RETURN") return reply.result as T;
  return resultOf(`call ${method}`, reply) as T;
}

/** Nothing, once the call has succeeded. */
export function nothing(reply: Reply, method: string): void {
  if (reply.kind !== "#RETURN") resultOf(`call ${method}`, reply);
}

/**
 * What a call gives where a Python exception means something else.
 *
 * @param name The exception's class.
 * @param value What it stands for.
 */
export function unless<V>(name: string, value: V): Read<unknown> {
  return (reply, method) => {
    if (reply.kind === "#ERROR" && isPython(reply.result, name)) return value;
    return asIs(reply, method);
  };
}

/** Whether a call succeeded, where a Python exception says that it did not. */
export function succeedsUnless(name: string): Read<boolean> {
  return (reply, method) => {
    if (reply.kind === "#ERROR" && isPython(reply.result, name)) return false;
    asIs(reply, method);
    return true;
  };
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
