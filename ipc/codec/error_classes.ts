/**
 * Error classes that arrive as themselves: the language's, the runtime's and this package's own. Others arrive as the
 * nearest of these, with their name.
 */
import {
  BroadcastShutDownError,
  BrokenBarrierError,
  BrokenPoolError,
  BufferTooShortError,
  LockNotHeldError,
  MapFullError,
  ProcessExitError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  ResultEncodingError,
  SubscriberLaggedError,
  TimeoutError,
  WorkerDiedError,
} from "../errors.ts";

type ErrorConstructor = new (message?: string) => Error;

/** How an error of a class is made again. */
interface ErrorClass {
  /** Makes the error itself: its constructor takes a message. */
  readonly base: ErrorConstructor;
  readonly constructor: abstract new (...args: never[]) => Error;
}

const classes = new Map<string, ErrorClass>();
const kinds = new Map<object, string>();

/** Prototypes of these classes. */
export const ERROR_PROTOTYPES: { has(prototype: object): boolean } = kinds;

function addBuiltIn(kind: string, constructor: unknown): void {
  if (typeof constructor !== "function" || !(constructor.prototype instanceof Object)) return;
  const base = constructor as ErrorConstructor;
  classes.set(kind, { base, constructor: base });
  kinds.set(constructor.prototype, kind);
}

addBuiltIn("Error", Error);
for (
  const kind of [
    "TypeError",
    "RangeError",
    "SyntaxError",
    "ReferenceError",
    "EvalError",
    "URIError",
    "AggregateError",
    "SuppressedError",
    "DOMException",
  ]
) addBuiltIn(kind, (globalThis as Record<string, unknown>)[kind]);
for (const [name, constructor] of Object.entries(Deno.errors)) {
  addBuiltIn(`Deno.errors.${name}`, constructor);
}

/**
 * Lets errors of a class of this package arrive as themselves. Their fields must be own properties that can be sent; the
 * constructor does not run.
 *
 * @param constructor A class that directly extends one of the language's or the runtime's.
 */
export function sendAsItself(constructor: abstract new (...args: never[]) => Error): void {
  const parent = kinds.get(Object.getPrototypeOf(constructor.prototype))!;
  // Where the class is not known, the error arrives as what comes behind the colon.
  const kind = `${constructor.name}:${parent}`;
  classes.set(kind, { base: classes.get(parent)!.base, constructor });
  kinds.set(constructor.prototype, kind);
}

[
  BroadcastShutDownError,
  BrokenBarrierError,
  BrokenPoolError,
  BufferTooShortError,
  LockNotHeldError,
  MapFullError,
  ProcessExitError,
  QueueEmptyError,
  QueueFullError,
  QueueShutDownError,
  ResultEncodingError,
  SubscriberLaggedError,
  TimeoutError,
  WorkerDiedError,
].forEach(sendAsItself);

/** The name of the class that an error arrives as. */
export function errorKindOf(error: Error): string {
  let prototype: object | null = Object.getPrototypeOf(error);
  for (; prototype !== null; prototype = Object.getPrototypeOf(prototype)) {
    const kind = kinds.get(prototype);
    if (kind !== undefined) return kind;
  }
  return "Error";
}

/** A new error of a kind, without the fields of its class. */
export function makeError(kind: string, name: string, message: string | undefined): Error {
  if (kind === "DOMException") return new DOMException(message, name);
  if (kind === "AggregateError") return new AggregateError([], message);
  if (kind === "SuppressedError") return new SuppressedError(undefined, undefined, message);
  const found = classes.get(kind) ?? classes.get(kind.slice(kind.indexOf(":") + 1)) ??
    classes.get("Error")!;
  return Reflect.construct(found.base, [message], found.constructor);
}
