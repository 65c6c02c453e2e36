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

import { BUILT_IN, register } from "./_class_registry.ts";

/**
 * How instances of a class become values that can be sent, and back.
 *
 * @typeParam T The class.
 * @typeParam P What is sent in its place.
 */
export interface ClassCodec<T, P> {
  /** Turns an instance into something that can be sent: its fields as an array or a plain object, say. */
  encode(object: T): P;
  /** Makes the instance again. */
  decode(payload: P): T;
}

/**
 * Registers a class under a name, in this agent. Do it in a module that both sides import: the receiver needs it too.
 * Exactly this class is registered, not its subclasses. It may be a subclass of a built-in one; then send plain data in its
 * place: `[...list]` of a subclass of `Array`, whose `slice()` makes instances of that class again.
 *
 * An instance may be met several times in one message and stays one object; but it cannot be reached from its own
 * payload, because it does not exist before its payload does.
 *
 * @typeParam T The class.
 * @typeParam P What is sent in its place.
 * @param name A name that all agents agree on. Registering the same name again replaces the class.
 * @param cls The class.
 * @param codec How instances become values that can be sent, and back.
 * @throws {TypeError} When `cls` has no prototype object or the class is one that is sent anyway.
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
  const prototype: unknown = cls?.prototype;
  if (typeof prototype !== "object" || prototype === null || BUILT_IN.has(prototype)) {
    throw new TypeError(
      `Cannot register "${name}": a class of your own is needed, received ${
        String(cls?.name ?? cls)
      }`,
    );
  }
  register(name, prototype, codec as unknown as ClassCodec<object, unknown>);
}
