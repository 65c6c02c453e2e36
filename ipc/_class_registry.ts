/** The classes of one agent that travel by registration. */
import { KINDS } from "./_codec_kinds.ts";
import type { ClassCodec } from "./register_class.ts";

/** One registered class. */
export interface RegisteredClass {
  readonly name: string;
  readonly prototype: object;
  readonly codec: ClassCodec<object, unknown>;
}

const byPrototype = new Map<object, RegisteredClass>();
const byName = new Map<string, RegisteredClass>();

/** Prototypes whose objects the codec handles without asking. */
export const BUILT_IN: ReadonlySet<object> = new Set<object>([
  Object.prototype,
  Array.prototype,
  ...KINDS.keys(),
]);

/** Adds or replaces an entry. */
export function register(
  name: string,
  prototype: object,
  codec: ClassCodec<object, unknown>,
): void {
  const old = byName.get(name);
  if (old !== undefined) byPrototype.delete(old.prototype);
  const entry: RegisteredClass = { name, prototype, codec };
  byName.set(name, entry);
  byPrototype.set(prototype, entry);
}

/** The registration of the class with this prototype. */
export function registeredByPrototype(prototype: object): RegisteredClass | undefined {
  return byPrototype.get(prototype);
}

/** The registration under this name. */
export function registeredByName(name: string): RegisteredClass | undefined {
  return byName.get(name);
}
