/** The classes that are registered in this agent. */
import { ERROR_PROTOTYPES } from "./error_classes.ts";
import { kindOf } from "./_kinds.ts";

/**
 * How instances of a class become values that can be sent, and back.
 *
 * @typeParam T The class.
 * @typeParam P What is sent instead of an instance.
 */
export interface ClassCodec<T, P> {
  /** Turns an instance into something that can be sent, such as an array or a plain object of its fields. */
  encode(object: T): P;
  /** Makes the instance again. */
  decode(payload: P): T;
}

/** One registered class. */
export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly codec: ClassCodec<object, unknown>;
}

const byPrototype = new Map<object | null, RegisteredClass>();
const byName = new Map<string, RegisteredClass>();

/** Prototypes of our own subclasses of Array whose instances are sent as plain arrays. */
const sentAsArrays = new Set<object | null>();

/** Lets instances of a subclass of Array be sent as plain arrays. */
export function sendAsArray(prototype: object): void {
  sentAsArrays.add(prototype);
}

/** Whether an array with this prototype, which is not `Array.prototype`, is sent as a plain array. */
export function isSentAsArray(prototype: object | null): boolean {
  return sentAsArrays.has(prototype) || isForeign(prototype);
}

/** Whether this is `Array.prototype` of another realm (`node:vm`): it is an array, unlike prototypes of subclasses. */
function isForeign(prototype: object | null): boolean {
  if (!Array.isArray(prototype)) return false;
  const above: object | null = Object.getPrototypeOf(prototype);
  return above !== null && Object.getPrototypeOf(above) === null;
}

/** Whether objects with just this prototype are sent without being registered. */
export function isSentAnyway(prototype: object): boolean {
  return prototype === Object.prototype || prototype === Array.prototype ||
    kindOf(prototype) !== undefined || ERROR_PROTOTYPES.has(prototype) ||
    sentAsArrays.has(prototype);
}

/** Adds or replaces an entry. */
export function register(
  name: string,
  prototype: object,
  codec: ClassCodec<object, unknown>,
): void {
  const old = byName.get(name);
  // The class may have been registered under another name since.
  if (old !== undefined && byPrototype.get(old.prototype) === old) {
    byPrototype.delete(old.prototype);
  }
  const entry: RegisteredClass = { name, prototype, codec };
  byName.set(name, entry);
  byPrototype.set(prototype, entry);
}

const sharedByName = new Map<object, RegisteredClass>();

/** Registers how shared objects of a class travel that have a name; others have handles. */
export function registerSharedByName(
  name: string,
  prototype: object,
  codec: ClassCodec<object, unknown>,
): void {
  const entry: RegisteredClass = { name, prototype, codec };
  byName.set(name, entry);
  sharedByName.set(prototype, entry);
}

/** How shared objects with this prototype travel that have a name. */
export function registeredSharedByName(prototype: object): RegisteredClass | undefined {
  return sharedByName.get(prototype);
}

/** The registration of the class with this prototype. */
export function registeredByPrototype(prototype: object | null): RegisteredClass | undefined {
  return byPrototype.get(prototype);
}

/** The registration under this name. */
export function registeredByName(name: string): RegisteredClass | undefined {
  return byName.get(name);
}

/** Modules that the message that is being encoded needs where it is decoded. */
let modules: Set<string> | undefined;

/** Notes a module that registers the class of what is being encoded, for those who can have it imported. */
export function noteModule(url: string): void {
  modules?.add(url);
}

/** Runs what encodes a message, and gives the modules that were noted. */
export function collectingModules<T>(encode: () => T): { result: T; modules: string[] } {
  const outer = modules;
  const found = modules = new Set();
  try {
    return { result: encode(), modules: [...found] };
  } finally {
    modules = outer;
  }
}
