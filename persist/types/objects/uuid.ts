/**
 * A Python `UUID`.
 *
 * @example Text and number
 * ```ts
 * import { Uuid } from "@ferry/std/persist/types";
 * import { assertEquals } from "@std/assert";
 *
 * const id = new Uuid("00000000-0000-0000-0000-00000000000a");
 * assertEquals(id.int, 10n);
 * assertEquals(`${id}`, "00000000-0000-0000-0000-00000000000a");
 * ```
 */
export class Uuid {
  /** The 128 bits as a number. */
  readonly int: bigint;
  /** What Python notes about how it was made: 0 safely, -1 unsafely; `undefined` if unknown. */
  readonly isSafe: number | undefined;

  /**
   * Makes a UUID.
   *
   * @example Make one
   * ```ts
   * import { Uuid } from "@ferry/std/persist/types";
   *
   * const id = new Uuid("00000000-0000-0000-0000-00000000000a");
   * ```
   *
   * @param value Its text or its number.
   * @param isSafe What Python notes about how it was made.
   * @throws {RangeError} If it is not a UUID.
   * @throws {TypeError} If it is neither text nor a bigint.
   */
  constructor(value: string | bigint, isSafe?: number) {
    if (typeof value === "string") {
      const hex = value.replace(/^urn:uuid:/i, "").replace(/[{}-]/g, "");
      if (!/^[0-9a-f]{32}$/i.test(hex)) {
        const shown = JSON.stringify(value.slice(0, 50));
        throw new RangeError(`Cannot make a Uuid of ${shown}: it is not a UUID`);
      }
      this.int = BigInt(`0x${hex}`);
    } else if (typeof value === "bigint") this.int = value;
    else {throw new TypeError(
        `Cannot make a Uuid: needed text or a bigint, received ${typeof value}`,
      );}
    if (this.int < 0n || this.int >= 1n << 128n) {
      throw new RangeError("Cannot make a Uuid: needed an integer of 128 bits, received another");
    }
    this.isSafe = isSafe;
  }

  /**
   * The UUID as text.
   *
   * @returns 32 hexadecimal digits in five groups.
   */
  toString(): string {
    const hex = this.int.toString(16).padStart(32, "0");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }

  /**
   * The UUID as text, for `JSON.stringify`.
   *
   * @returns 32 hexadecimal digits in five groups.
   */
  toJSON(): string {
    return this.toString();
  }

  /**
   * What makes two UUIDs equal as keys.
   *
   * @returns The signature.
   */
  keySignature(): string {
    return `u${this.int}`;
  }
}
