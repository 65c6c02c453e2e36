/** Errors to their parts and back, and what to say of values that cannot be sent. */
import {
  KIND_BUFFER,
  KIND_DATE,
  KIND_MAP,
  KIND_REGEXP,
  KIND_SEARCH_PARAMS,
  KIND_SET,
  KIND_TEMPORAL,
  KIND_URL,
  KIND_VIEW,
  kindOf,
} from "./_kinds.ts";
import { temporalParts } from "./_temporal.ts";
import { errorKindOf, makeError } from "./error_classes.ts";

/** Properties of errors that are not enumerable and yet part of their meaning. */
const HIDDEN = ["cause", "errors", "error", "suppressed"] as const;
/** Properties that travel apart. */
const APART = new Set(["name", "message", "stack"]);

/** An error in parts. */
export interface ErrorParts {
  readonly kind: string;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
  /** Own properties to send, the first `hidden` of them not enumerable. */
  readonly keys: readonly string[];
  readonly hidden: number;
}

/** Takes an error apart. */
export function describeError(error: Error): ErrorParts {
  const { stack } = error;
  const keys: string[] = [];
  for (const key of HIDDEN) {
    const property = Object.getOwnPropertyDescriptor(error, key);
    if (property?.enumerable === false) keys.push(key);
  }
  const hidden = keys.length;
  for (const key of Object.keys(error)) if (!APART.has(key)) keys.push(key);
  return {
    kind: errorKindOf(error),
    name: String(error.name),
    message: String(error.message),
    stack: typeof stack === "string" ? stack : undefined,
    keys,
    hidden,
  };
}

function define(object: object, key: string, value: unknown, enumerable: boolean): void {
  Object.defineProperty(object, key, { value, enumerable, writable: true, configurable: true });
}

/** Makes an error from its parts, without the properties that {@linkcode setErrorProperty} adds. */
export function reviveError(
  kind: string,
  name: string,
  message: string,
  stack: string | undefined,
): Error {
  // Without a stack of its own: that would cost microseconds and be replaced.
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  let error: Error;
  try {
    error = makeError(kind, name, message === "" ? undefined : message);
  } finally {
    Error.stackTraceLimit = limit;
  }
  if (error.name !== name) define(error, "name", name, false);
  // Reading it first would format a stack.
  define(error, "stack", stack, false);
  return error;
}

/** Sets an own property of a revived error. */
export function setErrorProperty(
  error: Error,
  key: string,
  value: unknown,
  enumerable: boolean,
): void {
  define(error, key, value, enumerable);
}

/** Why a value cannot be sent and what to do instead. */
export function whyUnsendable(value: unknown): string {
  if (isRevoked(value)) return "a revoked Proxy";
  if (typeof value === "function") {
    const { name } = value;
    return typeof name !== "string" || name === "" ? "a function" : `the function ${name}`;
  }
  if (typeof value === "symbol") return String(value).replace(/^Symbol/, "the symbol Symbol");
  const name = className(value as object);
  switch (name) {
    case "Promise":
      return "a Promise; await it first";
    case "SharedArrayBuffer":
      return "a bare SharedArrayBuffer; send a SharedArray";
    case "WeakMap":
    case "WeakSet":
    case "WeakRef":
    case "MessagePort":
    case "Proxy":
      return `a ${name}, which means nothing in another agent`;
    default:
      return `an instance of ${name}; register the class with registerClass(), or send a plain ${
        Array.isArray(value) ? "array" : "object"
      }`;
  }
}

/** Why an object threw when it was touched: it is not what its prototype says. */
export function whyUntouchable(object: object): string | undefined {
  try {
    touch(object);
    return undefined;
  } catch {
    if (isRevoked(object)) return "a revoked Proxy";
    const { name } = Object.getPrototypeOf(object).constructor;
    return `looks like an instance of ${name} and is none; send the object behind it`;
  }
}

/** Whether a value is a revoked Proxy, which throws whatever is done with it. */
export function isRevoked(value: unknown): boolean {
  try {
    Array.isArray(value);
    return false;
  } catch {
    return true;
  }
}

/** What the encoder does first with an object. */
function touch(object: object): unknown {
  switch (kindOf(Object.getPrototypeOf(object))) {
    case undefined:
      return;
    case KIND_MAP:
      return (object as Map<unknown, unknown>).size;
    case KIND_SET:
      return (object as Set<unknown>).size;
    case KIND_DATE:
      return Date.prototype.getTime.call(object);
    case KIND_REGEXP:
      return (object as RegExp).source;
    case KIND_BUFFER:
      return (object as ArrayBuffer).detached;
    case KIND_VIEW:
      return (object as ArrayBufferView).buffer;
    case KIND_URL:
      return (object as URL).href;
    case KIND_SEARCH_PARAMS:
      return URLSearchParams.prototype.toString.call(object);
    case KIND_TEMPORAL:
      return temporalParts(object);
    default:
      return object.valueOf();
  }
}

function className(object: object): string {
  try {
    const constructor: unknown = (object as { constructor?: unknown }).constructor;
    if (typeof constructor === "function" && constructor.name !== "") return constructor.name;
    return Object.prototype.toString.call(object).slice(8, -1);
  } catch {
    return "a class without a name";
  }
}
