import { isTuple } from "../../../../persist/types/mod.ts";
import type { LocalRequest } from "../../local/door.ts";
import { codeOf } from "../../local/methods.ts";
import { TupleBox } from "../../local/tuple_box.ts";
import type { GivenFunctions } from "../functions.ts";

/** A request as it is sent. */
export function requestOf(
  number: number,
  object: number | null,
  method: string,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>> | undefined,
  functions: GivenFunctions,
): LocalRequest {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg === "function" || (typeof arg === "object" && needsPreparing(arg))) {
      args = args.map((arg) => prepared(arg, functions));
      break;
    }
  }
  const code = codeOf(method);
  if (kwargs === undefined) return [number, object, code, args];
  const named: Record<string, unknown> = {};
  for (const [name, arg] of Object.entries(kwargs)) named[name] = prepared(arg, functions);
  return [number, object, code, args, named];
}

/** Functions stay here; tuples, which are arrays with a mark, need something to bear it. */
export function prepared(arg: unknown, functions: GivenFunctions): unknown {
  if (isTuple(arg)) return new TupleBox(arg);
  if (arg instanceof Map && needsPreparing(arg)) {
    return new Map([...arg].map(([key, value]) => [prepared(key, functions), value]));
  }
  return typeof arg === "function" ? functions.give(arg as () => unknown) : arg;
}

/** Whether nothing in a list can change until it is sent. */
export function arePrimitive(args: readonly unknown[]): boolean {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg === "function" || (typeof arg === "object" && arg !== null)) return false;
  }
  return true;
}

/** Whether something is a tuple, or has tuples for keys. */
function needsPreparing(arg: object | null): boolean {
  if (arg instanceof Map) return arg.keys().some(isTuple);
  return isTuple(arg);
}
