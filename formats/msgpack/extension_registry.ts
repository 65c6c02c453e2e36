/**
 * Extension types of the application's own.
 *
 * @module
 */

import { checkOptions, FUNCTION, NUMBER, type OptionRules } from "../options.ts";
import { checkExtensionType } from "./ext.ts";

/**
 * How values of one kind travel as an extension type.
 *
 * @typeParam T The kind of value.
 */
export interface Extension<T> {
  /** Type number, -128 to 127; an application's own are 0 to 127. */
  type: number;
  /**
   * Instances of this class, and of classes that extend it without an entry of their own, are encoded by this entry.
   *
   * @default {undefined}
   */
  class?: abstract new (...args: never[]) => T;
  /**
   * Chooses values that have no class to tell them by, such as symbols, functions or tagged objects. Asked after
   * all classes, in the order of registration, for every object and every value that has no MessagePack form.
   *
   * @default {undefined}
   */
  matches?: (value: unknown) => boolean;
  /**
   * Makes the bytes.
   *
   * @param value The value.
   * @param encode Encodes a value within this one, with the same options and counting on in `maxDepth`.
   * @returns The bytes of the extension value.
   */
  encode: (value: T, encode: (value: unknown) => Uint8Array) => Uint8Array;
  /**
   * Makes the value again.
   *
   * @param data The bytes: a copy, or a view when `binary` is `"view"`.
   * @param decode Decodes a value within this one, with the same options and counting on in `maxDepth`.
   * @returns The value.
   */
  decode: (data: Uint8Array, decode: (bytes: Uint8Array) => unknown) => T;
}

const RULES: OptionRules<Extension<unknown>> = {
  type: NUMBER,
  class: FUNCTION,
  matches: FUNCTION,
  encode: FUNCTION,
  decode: FUNCTION,
};

/**
 * A set of extension types, for the option `extensions` of `encode`, `decode` and their streams.
 *
 * @example Sets as extension type 1
 * ```ts
 * import { decode, encode, ExtensionRegistry } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const extensions = new ExtensionRegistry().register<Set<unknown>>({
 *   type: 1,
 *   class: Set,
 *   encode: (set, encode) => encode([...set]),
 *   decode: (data, decode) => new Set(decode(data) as unknown[]),
 * });
 * const bytes = encode({ tags: new Set(["a", "b"]) }, { extensions });
 * assertEquals(decode(bytes, { extensions }), { tags: new Set(["a", "b"]) });
 * ```
 */
export class ExtensionRegistry {
  readonly #byType: Map<number, Extension<unknown>> = new Map();
  readonly #byPrototype: Map<object, Extension<unknown>> = new Map();
  readonly #matching: Extension<unknown>[] = [];

  /**
   * Adds an extension type.
   *
   * Type -1 takes timestamps over. An entry without `class` and `matches` only decodes.
   *
   * @example Regular expressions
   * ```ts
   * import { encode, ExtensionRegistry } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * const extensions = new ExtensionRegistry().register<RegExp>({
   *   type: 2,
   *   class: RegExp,
   *   encode: (regexp) => new TextEncoder().encode(regexp.source),
   *   decode: (data) => new RegExp(new TextDecoder().decode(data)),
   * });
   * assertEquals(encode(/a/, { extensions }), Uint8Array.of(0xd4, 2, 0x61));
   * ```
   *
   * @typeParam T The kind of value.
   * @param extension The type number, how to tell such values, and how they become bytes and values again.
   * @returns The registry itself.
   * @throws {RangeError} If the type number is no integer from -128 to 127, or it or the class is taken.
   * @throws {TypeError} If a property is unknown or of the wrong type.
   */
  register<T>(extension: Extension<T>): this {
    const { type } = checkOptions(
      "Cannot register an extension type",
      extension as Extension<unknown>,
      RULES,
    );
    checkExtensionType(type);
    const entry = extension as Extension<unknown>;
    const prototype = extension.class?.prototype as object | undefined;
    if (this.#byType.has(type)) {
      throw new RangeError(`Cannot register extension type ${type}: it is taken`);
    }
    if (prototype !== undefined && this.#byPrototype.has(prototype)) {
      throw new RangeError(
        `Cannot register class ${extension.class!.name} for extension type ${type}: it has type ` +
          this.#byPrototype.get(prototype)!.type,
      );
    }
    this.#byType.set(type, entry);
    if (prototype !== undefined) this.#byPrototype.set(prototype, entry);
    if (extension.matches !== undefined) this.#matching.push(entry);
    return this;
  }

  /**
   * The entry of a type number.
   *
   * @example Is it known?
   * ```ts
   * import { ExtensionRegistry } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new ExtensionRegistry().get(1), undefined);
   * ```
   *
   * @param type Type number.
   * @returns The entry, or `undefined`.
   */
  get(type: number): Extension<unknown> | undefined {
    return this.#byType.get(type);
  }

  /**
   * The entry that encodes a value: of its class, else of the nearest class it extends, else the first that matches.
   *
   * @example Which type will it be?
   * ```ts
   * import { ExtensionRegistry } from "@ferry/std/formats/msgpack";
   * import { assertEquals } from "@std/assert";
   *
   * const extensions = new ExtensionRegistry().register<symbol>({
   *   type: 3,
   *   matches: (value) => typeof value === "symbol",
   *   encode: (symbol, encode) => encode(Symbol.keyFor(symbol)),
   *   decode: (data, decode) => Symbol.for(decode(data) as string),
   * });
   * assertEquals(extensions.find(Symbol.for("x"))?.type, 3);
   * assertEquals(extensions.find({}), undefined);
   * ```
   *
   * @param value Any value.
   * @returns The entry, or `undefined`.
   */
  find(value: unknown): Extension<unknown> | undefined {
    if (this.#byPrototype.size > 0 && typeof value === "object" && value !== null) {
      let prototype = Object.getPrototypeOf(value);
      while (prototype !== null) {
        const entry = this.#byPrototype.get(prototype);
        if (entry !== undefined) return entry;
        prototype = Object.getPrototypeOf(prototype);
      }
    }
    return this.#matching.find((entry) => entry.matches!(value));
  }
}
