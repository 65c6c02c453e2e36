/**
 * Lets instances of your own classes travel through pipes and queues.
 *
 * @example A class that arrives as itself
 * ```ts
 * import { assert, assertEquals } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 * import { registerClass } from "@ferry/std/ipc/register-class";
 *
 * class Point {
 *   readonly x: number;
 *   readonly y: number;
 *   constructor(x: number, y: number) {
 *     this.x = x;
 *     this.y = y;
 *   }
 * }
 * // In a module that both agents import:
 * registerClass("Point", Point, {
 *   encode: (point) => [point.x, point.y],
 *   decode: ([x, y]) => new Point(x, y),
 * });
 *
 * const copy = decode(encode(new Point(3, 4)));
 * assert(copy instanceof Point);
 * assertEquals(copy, new Point(3, 4));
 * ```
 *
 * @module
 */

import { type ClassCodec, isSentAnyway, register } from "./class_registry.ts";
import { SharedObject } from "../memory/shared_object.ts";

export type { ClassCodec };

/**
 * Registers a class under a name, in this agent. Do it in a module that both sides import: the receiver needs it too.
 * Exactly this class is registered, not its subclasses. If it extends a built-in class, send plain data instead: `[...list]`
 * for a subclass of `Array`, not `list.slice()`, which makes another instance.
 *
 * An instance that is several times in a message arrives as one object. It cannot be part of its own payload: it is made
 * from it.
 *
 * @typeParam T The class.
 * @typeParam P What is sent instead of an instance.
 * @param name A name that all agents agree on, not empty. Registering the same name again replaces the class; of several
 * names of one class the last is sent, and all are understood.
 * @param cls The class. It may extend a built-in one, `Error` for example.
 * @param codec How instances become values that can be sent, and back.
 * @throws {TypeError} If `name` is not a string or empty, `cls` is no class, `encode` or `decode` is no function, or when
 * instances are sent anyway: those of `Object`, `Array`, `Map`, `Set`, `Date`, typed arrays and other built-in classes the
 * codec knows, of built-in errors, and of all shared objects, which arrive as the same object, subclasses included.
 *
 * @example Dates of a library
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { decode, encode } from "@ferry/std/ipc/codec";
 * import { registerClass } from "@ferry/std/ipc/register-class";
 *
 * class Day {
 *   readonly days: number;
 *   constructor(days: number) {
 *     this.days = days;
 *   }
 * }
 * registerClass("Day", Day, { encode: (day) => day.days, decode: (days) => new Day(days) });
 *
 * assertEquals(decode(encode({ due: new Day(20_000) })), { due: new Day(20_000) });
 * ```
 */
export function registerClass<T extends object, const P>(
  name: string,
  // deno-lint-ignore no-explicit-any
  cls: abstract new (...args: any[]) => T,
  codec: ClassCodec<T, P>,
): void {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(
      `Cannot register ${describe(cls)}: the name must be a string that is not empty, received ${
        describe(name)
      }`,
    );
  }
  const refuse = (why: string): never => {
    throw new TypeError(`Cannot register "${name}": ${why}`);
  };
  const prototype: unknown = typeof cls === "function" ? cls.prototype : undefined;
  if (typeof prototype !== "object" || prototype === null) {
    return refuse(`a class is needed, received ${describe(cls)}`);
  }
  if (isSentAnyway(prototype)) {
    refuse(`a class of your own is needed, received ${describe(cls)}, which is sent anyway`);
  }
  if (prototype === SharedObject.prototype || prototype instanceof SharedObject) {
    refuse(
      `a class of your own is needed, received ${
        describe(cls)
      }, which is a class of shared objects; ` +
        "they arrive as the same object",
    );
  }
  for (const method of ["encode", "decode"] as const) {
    const found: unknown = codec?.[method];
    if (typeof found !== "function") {
      refuse(
        `the codec must have the functions encode and decode, received ${
          describe(found)
        } for ${method}`,
      );
    }
  }
  register(name, prototype, codec as unknown as ClassCodec<object, unknown>);
}

function describe(value: unknown): string {
  if (typeof value === "function") return value.name || "a function without a name";
  if (typeof value === "string") return JSON.stringify(value);
  return typeof value === "object" && value !== null ? "an object" : String(value);
}
