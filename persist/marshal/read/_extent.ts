import type { Extent } from "../../byte_ports.ts";
import * as code from "../codes.ts";

/** A dict ends where it says so; its values to come are counted as none. */
const OPEN = -1;

/** Follows the nesting of a value just enough to know where it ends. */
export class ValueExtent implements Extent {
  /** Bytes looked at. */
  end = 0;
  /** Values to come, per open container; {@linkcode OPEN} for a dict. */
  readonly #left: number[] = [1];
  /** Bytes to come at least: one for each value, and one for the end of each dict. */
  #pending = 1;
  /** Payload bytes to pass over. */
  #skip = 0;
  /** Whether the second text of a complex number comes next. */
  #secondText = false;

  need(bytes: Uint8Array, end: number): number {
    while (true) {
      const passed = Math.min(this.#skip, end - this.end);
      this.end += passed;
      this.#skip -= passed;
      const second = this.#secondText ? 1 : 0;
      if (this.#skip > 0) return this.#skip + second + this.#pending;
      if (second === 0 && this.#left.length === 0) return 0;
      if (this.end === end) return second + this.#pending;
      if (second === 1) {
        this.#skip = bytes[this.end++]!;
        this.#secondText = false;
        continue;
      }
      const missing = this.end + headSize(bytes[this.end]!) - end;
      if (missing > 0) return missing + this.#pending - 1;
      if (!this.#enter(bytes)) {
        // The decoder says what is wrong with the bytes so far, so that none behind them are needed.
        this.end = end;
        return 0;
      }
    }
  }

  /** Takes note of the object whose head stands at `end`; returns whether it can stand there. */
  #enter(bytes: Uint8Array): boolean {
    const left = this.#left;
    const at = this.end;
    const type = bytes[at]! & ~code.REF_FLAG;
    const inDict = left.at(-1) === OPEN;
    if (type === code.NULL) {
      if (!inDict) return false;
      left.pop();
    } else if (!inDict) {
      left[left.length - 1]!--;
    }
    // Of a dict, its end is what is pending all along, whatever stands before that.
    if (!inDict || type === code.NULL) this.#pending--;
    const payload = payloadOf(bytes, at, type);
    if (payload === undefined) return false;
    this.end = at + headSize(type);
    this.#skip = payload.bytes;
    this.#secondText = type === code.TEXT_COMPLEX;
    if (payload.values !== 0) {
      left.push(payload.values);
      this.#pending += payload.values === OPEN ? 1 : payload.values;
    }
    while (left.at(-1) === 0) left.pop();
    return true;
  }
}

/** Bytes of an object up to where it is clear how many follow. */
function headSize(type: number): number {
  switch (type & ~code.REF_FLAG) {
    case code.TEXT_FLOAT:
    case code.TEXT_COMPLEX:
    case code.SHORT_ASCII:
    case code.SHORT_ASCII_INTERNED:
    case code.SMALL_TUPLE:
      return 2;
    case code.BYTES:
    case code.UNICODE:
    case code.INTERNED:
    case code.ASCII:
    case code.ASCII_INTERNED:
    case code.LONG:
    case code.TUPLE:
    case code.LIST:
    case code.SET:
    case code.FROZEN_SET:
      return 5;
    default:
      return 1;
  }
}

/** Bytes and values that follow a head; `undefined` if it is malformed. */
function payloadOf(
  bytes: Uint8Array,
  at: number,
  type: number,
): { readonly bytes: number; readonly values: number } | undefined {
  switch (type) {
    case code.NULL:
    case code.NONE:
    case code.TRUE:
    case code.FALSE:
    case code.ELLIPSIS:
    case code.STOP_ITERATION:
      return { bytes: 0, values: 0 };
    case code.INT:
    case code.REF:
      return { bytes: 4, values: 0 };
    case code.INT64:
    case code.FLOAT:
      return { bytes: 8, values: 0 };
    case code.COMPLEX:
      return { bytes: 16, values: 0 };
    case code.TEXT_FLOAT:
    case code.TEXT_COMPLEX:
    case code.SHORT_ASCII:
    case code.SHORT_ASCII_INTERNED:
      return { bytes: bytes[at + 1]!, values: 0 };
    case code.SMALL_TUPLE:
      return { bytes: 0, values: bytes[at + 1]! };
    case code.SLICE:
      return { bytes: 0, values: 3 };
    case code.DICT:
      return { bytes: 0, values: OPEN };
  }
  if (headSize(type) === 1) return undefined;
  const size = bytes[at + 1]! | (bytes[at + 2]! << 8) | (bytes[at + 3]! << 16) |
    (bytes[at + 4]! << 24);
  if (type === code.LONG) return { bytes: 2 * Math.abs(size), values: 0 };
  if (size < 0) return undefined;
  return type === code.TUPLE || type === code.LIST || type === code.SET || type === code.FROZEN_SET
    ? { bytes: 0, values: size }
    : { bytes: size, values: 0 };
}
