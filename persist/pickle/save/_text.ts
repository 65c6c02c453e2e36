import { BINUNICODE, BINUNICODE8, MEMOIZE, SHORT_BINUNICODE, UNICODE } from "../opcodes.ts";
import type { Output } from "./_output.ts";
import { writeSurrogatepass } from "../../surrogatepass.ts";

/** Below this length a string takes at most 255 bytes, and a loop over the characters beats a call into the runtime. */
export const SHORT = 40;

/** Writes a string, without memoizing it. */
export function saveText(out: Output, text: string, protocol: number): void {
  if (protocol === 0) return saveRaw(out, text);
  const { length } = text;
  const short = protocol >= 4;
  if (length < SHORT) {
    // Room for three bytes per UTF-16 unit: surrogate pairs take four bytes for two units.
    out.need(5 + length * 3);
    const { buf } = out;
    const start = out.pos;
    const header = short ? 2 : 5;
    let at = start + header;
    let i = 0;
    for (; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) break;
      buf[at++] = unit;
    }
    if (i < length) at = writeSurrogatepass(i === 0 ? text : text.slice(i), buf, at);
    const size = at - start - header;
    if (short) {
      buf[start] = SHORT_BINUNICODE;
      buf[start + 1] = size;
    } else {
      buf[start] = BINUNICODE;
      out.view.setUint32(start + 1, size, true);
    }
    out.pos = at;
    return;
  }
  saveLong(out, text, short);
}

/** Writes a string of less than `SHORT` and memoizes it, for protocol 4 and later: what most strings are. */
export function saveShortText(out: Output, text: string): void {
  const { length } = text;
  out.need(3 + length * 3);
  const { buf } = out;
  const start = out.pos;
  let at = start + 2;
  let i = 0;
  for (; i < length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) buf[at++] = unit;
    else if (unit < 0x800) {
      buf[at] = 0xc0 | unit >> 6;
      buf[at + 1] = 0x80 | unit & 0x3f;
      at += 2;
    } else break;
  }
  if (i < length) at = writeSurrogatepass(i === 0 ? text : text.slice(i), buf, at);
  buf[start] = SHORT_BINUNICODE;
  buf[start + 1] = at - start - 2;
  buf[at] = MEMOIZE;
  out.pos = at + 1;
}

function saveLong(out: Output, text: string, short: boolean): void {
  const most = text.length * 3;
  if (most >= 0x10000) return saveOutside(out, text, short);
  out.need(5 + most);
  const start = out.pos;
  const end = writeSurrogatepass(text, out.buf, start + 5);
  const size = end - start - 5;
  if (short && size <= 0xff) {
    out.buf[start] = SHORT_BINUNICODE;
    out.buf[start + 1] = size;
    out.buf.copyWithin(start + 2, start + 5, end);
    out.pos = end - 3;
    return;
  }
  out.buf[start] = BINUNICODE;
  out.view.setUint32(start + 1, size, true);
  out.pos = end;
}

/** May exceed a frame: the size must be known before the header is written. */
function saveOutside(out: Output, text: string, framed: boolean): void {
  let bytes: Uint8Array;
  if (text.isWellFormed()) bytes = new TextEncoder().encode(text);
  else {
    const scratch = new Uint8Array(text.length * 3);
    bytes = scratch.subarray(0, writeSurrogatepass(text, scratch, 0));
  }
  out.payload(bytes, (out, length) => {
    if (length > 0xffff_ffff && framed) out.length64(BINUNICODE8, length);
    else out.int32(BINUNICODE, length);
  });
}

/** Protocol 0: Latin-1 and `\u` escapes, one line. */
function saveRaw(out: Output, text: string): void {
  let line = "";
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point >= 0x10000) line += `\\U${point.toString(16).padStart(8, "0")}`;
    else if (point > 0xff || "\\\0\n\r\x1a".includes(character)) {
      line += `\\u${point.toString(16).padStart(4, "0")}`;
    } else line += character;
  }
  out.byte(UNICODE);
  out.ascii(line);
  out.byte(0x0a);
}
