import { PyDict } from "../types/containers/py_dict.ts";
import { PyEnum } from "../types/objects/enum_member.ts";
import { tagTuple } from "../types/containers/tuple.ts";
import { type Registry, sharedRegistry } from "./registry.ts";

/**
 * What a Python enum holds.
 *
 * @typeParam M The names of the members and their values.
 */
export interface EnumRegistration<M extends Record<string, unknown>> {
  /** The members by name. Of several names with one value, the first is the member and the others stand for it. */
  members: M;
  /**
   * Whether it is a `Flag`, whose members can be combined.
   *
   * @default {false}
   */
  flag?: boolean;
  /**
   * Where to register it.
   *
   * @default {the shared registry}
   */
  registry?: Registry;
}

/**
 * Registers a Python enum (`Enum`, `IntEnum`, `StrEnum`, `Flag` ...): its members are read as the {@linkcode PyEnum}
 * objects returned, in `mode: "plain"` as their values, and written as Python writes them.
 *
 * A pickle of an enum that is not registered cannot be told from a call of a class: with `unknown: "opaque"` it gives a
 * `PyObject` that has the class and, as its argument, the value.
 *
 * @typeParam M The names of the members and their values.
 * @param module The Python module.
 * @param name The qualified name of the class.
 * @param registration The members.
 * @returns The members by name.
 * @throws {TypeError} If a value can change (a list, dict, set or bytearray).
 *
 * @example Members go both ways
 * ```ts
 * import { dumps, loads, registerEnum } from "@ferry/std/persist/pickle";
 * import { assertEquals, assertStrictEquals } from "@std/assert";
 *
 * const Color = registerEnum("paint", "Color", { members: { RED: 1, GREEN: 2 } });
 * assertStrictEquals(loads(dumps(Color.RED)), Color.RED);
 * assertEquals(loads(dumps([Color.GREEN]), { mode: "plain" }), [2]);
 * ```
 */
export function registerEnum<const M extends Record<string, unknown>>(
  module: string,
  name: string,
  registration: EnumRegistration<M>,
): { readonly [K in keyof M]: PyEnum<M[K]> } {
  const { members, flag = false, registry = sharedRegistry() } = registration;
  const byValue = new PyDict<unknown, PyEnum>();
  const byName = new Map<string, PyEnum>();
  for (const [key, value] of Object.entries(members)) {
    let member = byValue.get(value);
    if (member === undefined) {
      member = new PyEnum({ module, className: name, name: key, value });
      byValue.set(value, member);
    }
    byName.set(key, member);
  }
  const find = ([value]: unknown[]): PyEnum => {
    const member = byValue.get(value) ?? (flag ? combine(value) : undefined);
    if (member !== undefined) return member;
    throw new RangeError(`${name} has no member of that value`);
  };
  const combine = (value: unknown): PyEnum | undefined => {
    if (typeof value !== "number" && typeof value !== "bigint") return undefined;
    let rest = BigInt(value);
    const names: string[] = [];
    for (const { name: one, value: bits } of byValue.values()) {
      if (typeof bits !== "number" && typeof bits !== "bigint") continue;
      const mask = BigInt(bits);
      if (mask === 0n || (BigInt(value) & mask) !== mask) continue;
      names.push(one);
      rest &= ~mask;
    }
    if (rest !== 0n || BigInt(value) < 0n) return undefined;
    return new PyEnum({ module, className: name, name: names.join("|"), value });
  };
  registry.register(module, name, {
    load: find,
    loadPlain(args) {
      find(args.map(asTuple));
      return args[0];
    },
  });
  // Before protocol 4 a nested class is looked up through the classes around it, of which the name is enough.
  for (let at = name.indexOf("."); at >= 0; at = name.indexOf(".", at + 1)) {
    const outer = name.slice(0, at);
    if (registry.find(module, outer) === undefined) registry.register(module, outer, {});
  }
  // A class may reduce its members to their names, as attributes of the class.
  for (const [key, value] of byName) registry.register(module, `${name}.${key}`, { value });
  return Object.freeze(Object.fromEntries(byName)) as { readonly [K in keyof M]: PyEnum<M[K]> };
}

/** In plain mode a tuple has come as a list, which has no hash. A list in it stays, and is found nowhere. */
function asTuple(value: unknown): unknown {
  return Array.isArray(value) ? tagTuple(value.slice()) : value;
}
