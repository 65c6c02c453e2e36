import { BINFLOAT, BININT, BININT1, BININT2, FLOAT, LONG1, LONG4 } from "../opcodes.ts";
import type { Output } from "./_output.ts";
import { pythonFloat } from "./_python_float.ts";

/** Writes a safe integer that is not -0. */
export function saveInteger(out: Output, value: number, protocol: number): void {
  if ((value | 0) === value) {
    if (protocol === 0) return out.ascii(`I${value}\n`);
    if (value < 0 || value > 0xffff) return out.int32(BININT, value);
    if (value <= 0xff) return out.byte2(BININT1, value);
    out.need(3);
    out.buf[out.pos++] = BININT2;
    out.buf[out.pos++] = value;
    out.buf[out.pos++] = value >> 8;
    return;
  }
  if (protocol < 2) return out.ascii(`L${value}L\n`);
  // Between 2^31 and 2^53 the minimal two's complement takes 5 to 7 bytes, whose upper half fits 32 bits.
  const high = Math.floor(value / 0x1_0000_0000);
  const low = value >>> 0;
  out.need(10);
  const { view, pos } = out;
  out.buf[pos] = LONG1;
  view.setInt32(pos + 2, low, true);
  view.setInt32(pos + 6, high, true);
  const length = high >= -0x80 && high < 0x80 ? 5 : high >= -0x8000 && high < 0x8000 ? 6 : 7;
  out.buf[pos + 1] = length;
  out.pos = pos + 2 + length;
}

/**
 * Writes a run of numbers, as far as they are floats or integers of 32 bits and fit into the frame.
 *
 * @returns The index behind the last one written; the caller writes the next item, whatever it is.
 */
export function saveNumbers(
  out: Output,
  items: readonly unknown[],
  from: number,
  to: number,
  protocol: number,
): number {
  if (protocol === 0) return from;
  // Nine bytes for each item make one check of the room enough for all of them.
  out.need((to - from) * 9);
  const { buf, full, view } = out;
  let { pos } = out;
  let at = from;
  for (; at < to; at++) {
    const value = items[at];
    if (typeof value !== "number" || pos >= full) break;
    if ((value | 0) !== value || (value === 0 && 1 / value < 0)) {
      if (value !== 0 && Number.isSafeInteger(value)) break;
      buf[pos] = BINFLOAT;
      view.setFloat64(pos + 1, value);
      pos += 9;
      continue;
    }
    if (value < 0 || value > 0xffff) {
      buf[pos] = BININT;
      buf[pos + 1] = value;
      buf[pos + 2] = value >> 8;
      buf[pos + 3] = value >> 16;
      buf[pos + 4] = value >> 24;
      pos += 5;
    } else if (value <= 0xff) {
      buf[pos] = BININT1;
      buf[pos + 1] = value;
      pos += 2;
    } else {
      buf[pos] = BININT2;
      buf[pos + 1] = value;
      buf[pos + 2] = value >> 8;
      pos += 3;
    }
  }
  out.pos = pos;
  return at;
}

/** Writes an integer of any size. */
export function saveBigint(out: Output, value: bigint, protocol: number): void {
  const small = Number(value);
  if (Number.isSafeInteger(small)) return saveInteger(out, small, protocol);
  if (protocol < 2) return out.ascii(`L${value}L\n`);
  // One more bit than the magnitude, for the sign: -2^(8n-1) is the only value that needs none.
  const magnitude = value < 0n ? ~value : value;
  const hex = magnitude.toString(16);
  const bits = (hex.length - 1) * 4 + (32 - Math.clz32(parseInt(hex[0]!, 16)));
  const length = (bits >> 3) + 1;
  const digits = (value < 0n ? BigInt.asUintN(length * 8, value) : value).toString(16)
    .padStart(length * 2, "0");
  if (length < 256) out.byte2(LONG1, length);
  else out.int32(LONG4, length);
  out.need(length);
  out.buf.set(Uint8Array.fromHex(digits).reverse(), out.pos);
  out.pos += length;
}

/** Writes a float. */
export function saveFloat(out: Output, value: number, protocol: number): void {
  if (protocol === 0) {
    out.byte(FLOAT);
    return out.ascii(`${pythonFloat(value)}\n`);
  }
  out.need(9);
  out.buf[out.pos] = BINFLOAT;
  out.view.setFloat64(out.pos + 1, value);
  out.pos += 9;
}
