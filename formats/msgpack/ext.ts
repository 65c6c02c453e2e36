/**
 * Extension values that nobody has claimed.
 *
 * @module
 */

/**
 * A value of an extension type: a type number and bytes. What `decode` returns for types that no
 * {@linkcode ExtensionRegistry} knows, and what `encode` writes as it is.
 *
 * @example Write and read an extension value
 * ```ts
 * import { decode, encode, Ext } from "@ferry/std/formats/msgpack";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encode(new Ext(5, Uint8Array.of(1, 2)));
 * assertEquals(bytes, Uint8Array.of(0xd5, 5, 1, 2));
 * assertEquals(decode(bytes), new Ext(5, Uint8Array.of(1, 2)));
 * ```
 */
export class Ext {
  /** Type number, -128 to 127. 0 to 127 are the application's, the negative ones the specification's. */
  readonly type: number;
  /** The bytes, as its type defines them. */
  readonly data: Uint8Array;

  /**
   * Creates an extension value.
   *
   * @example Make one
   * ```ts
   * import { encode, Ext } from "@ferry/std/formats/msgpack";
   *
   * const bytes = encode(new Ext(5, Uint8Array.of(1, 2)));
   * ```
   *
   * @param type Type number, an integer from -128 to 127.
   * @param data The bytes; they are not copied.
   * @throws {RangeError} If `type` is not an integer from -128 to 127.
   * @throws {TypeError} If `data` is not a `Uint8Array`.
   */
  constructor(type: number, data: Uint8Array) {
    checkExtensionType(type);
    if (!(data instanceof Uint8Array)) {
      throw new TypeError(`Cannot create an Ext: data must be a Uint8Array, received ${data}`);
    }
    this.type = type;
    this.data = data;
  }
}

/** Refuses what is not the number of an extension type. */
export function checkExtensionType(type: number): void {
  if (!Number.isInteger(type) || type < -128 || type > 127) {
    throw new RangeError(
      `Cannot use extension type ${type}: an integer from -128 to 127 is needed`,
    );
  }
}
