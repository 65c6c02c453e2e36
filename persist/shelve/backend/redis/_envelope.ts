/** A value as it lies in Redis: with its expiry before it, since only the newest servers let single fields expire. */
import { Buffer } from "node:buffer";
import { checkSize } from "../../entries.ts";
import { ShelfFormatError } from "../../errors.ts";
import type { Stored } from "../backend.ts";

const EVER = 0;
const EXPIRES = 1;
/** Redis takes strings of up to 512 MiB. */
const VALUE_MAX = 512 * 1024 * 1024 - 9;

/**
 * Puts a value into its envelope.
 *
 * @throws {RangeError} If it is longer than Redis takes.
 */
export function wrap(key: string, value: Uint8Array, expires: number): Buffer {
  checkSize(key, value, VALUE_MAX);
  const length = expires === Infinity ? 1 : 9;
  const envelope = Buffer.allocUnsafe(length + value.length);
  envelope[0] = expires === Infinity ? EVER : EXPIRES;
  if (expires !== Infinity) envelope.writeDoubleBE(expires, 1);
  envelope.set(value, length);
  return envelope;
}

/** Takes a value out of its envelope; `undefined` if it has expired. */
export function unwrap(envelope: Uint8Array): Stored | undefined {
  const { buffer, byteOffset, length } = envelope as Uint8Array<ArrayBuffer>;
  const token = new Uint8Array(buffer, byteOffset, length);
  if (token[0] === EVER) return { bytes: token.subarray(1), token, expires: Infinity };
  if (token[0] !== EXPIRES || length < 9) {
    throw new ShelfFormatError("Cannot read a field in Redis: it was not written by a shelf");
  }
  const expires = new DataView(buffer, byteOffset, length).getFloat64(1);
  return expires <= Date.now() ? undefined : { bytes: token.subarray(9), token, expires };
}
