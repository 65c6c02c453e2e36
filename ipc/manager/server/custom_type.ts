import { type Made, madeOf } from "./objects.ts";
import { pyRepr } from "./python_repr.ts";
import { BUILTIN_TYPES } from "./referents/mod.ts";

/** How a type that is registered behaves. */
export interface RegisterOptions {
  /**
   * Methods that clients may call.
   *
   * @default {all of the object's and its classes' whose names do not begin with "_"}
   */
  exposed?: readonly string[] | undefined;
  /**
   * Methods whose results stay in the server, with the type of each: the client receives a proxy.
   *
   * @default {{}}
   */
  methodToTypeId?: Readonly<Record<string, string>> | undefined;
  /**
   * One of the built-in types, such as `"dict"`: what the factory gives, a `Map` say, has that type's methods.
   *
   * @default {undefined}
   */
  as?: string | undefined;
}

/** Makes objects of a type. */
// deno-lint-ignore no-explicit-any -- each factory knows its own arguments
export type Factory = (...args: any[]) => unknown;

/** An object of a type that was registered. */
export async function makeCustom(
  typeId: string,
  factory: Factory,
  options: RegisterOptions,
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
): Promise<Made> {
  const object = await factory(...args, ...(isEmpty(kwargs) ? [] : [kwargs]));
  if (options.as !== undefined) {
    const made = madeOf(typeId, BUILTIN_TYPES.get(options.as)!, object);
    return options.exposed === undefined ? made : { ...made, exposed: new Set(options.exposed) };
  }
  if ((typeof object !== "object" && typeof object !== "function") || object === null) {
    throw new TypeError(
      `Cannot share what the factory of ${
        JSON.stringify(typeId)
      } made: needed an object, received ${object === null ? "null" : typeof object}`,
    );
  }
  const target = object as Record<string, (...args: unknown[]) => unknown>;
  return {
    typeId,
    proxyType: "AutoProxy",
    object,
    exposed: new Set(options.exposed ?? publicMethods(object)),
    proxies: options.methodToTypeId ?? {},
    call: (method, _, args, kwargs) =>
      target[method]!(...args, ...(kwargs === undefined || isEmpty(kwargs) ? [] : [kwargs])),
    value: () => object,
    repr: () => pyRepr(object),
  };
}

/** Names of an object's methods, those of its classes too, but for `_private` ones. */
function publicMethods(object: object): string[] {
  const names = new Set<string>();
  for (
    let level: object | null = object;
    level !== null && level !== Object.prototype && level !== Function.prototype;
    level = Object.getPrototypeOf(level)
  ) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (typeof value === "function" && name !== "constructor" && !name.startsWith("_")) {
        names.add(name);
      }
    }
  }
  return [...names];
}

function isEmpty(kwargs: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(kwargs).length === 0;
}
