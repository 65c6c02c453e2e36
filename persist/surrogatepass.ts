/*
 * UTF-8 as CPython's `surrogatepass` error handler writes it: a lone surrogate, which strict UTF-8 refuses, takes the
 * three bytes its number would take (ED A0..BF xx). Everything else is strict: overlong forms, code points past
 * U+10FFFF and stray continuation bytes are malformed.
 *
 * A high surrogate followed by a low one is one character in a JavaScript string. Python can hold the two apart, but
 * the pair reads back as that character, which is what UTF-16 means by it.
 */

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Decodes `bytes[start, end)`, or returns `undefined` where they are malformed. */
export function decodeSurrogatepass(
  bytes: Uint8Array,
  start: number,
  end: number,
): string | undefined {
  try {
    return strict.decode(bytes.subarray(start, end));
  } catch {
    return decodeLenient(bytes, start, end);
  }
}

/** The slow path: only text with lone surrogates, or malformed text, gets here. */
function decodeLenient(bytes: Uint8Array, start: number, end: number): string | undefined {
  const parts: string[] = [];
  let units: number[] = [];
  let i = start;
  while (i < end) {
    const first = bytes[i]!;
    const size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size === 0 || first > 0xf4 || i + size > end) return undefined;
    let point = size === 1 ? first : first & (0x7f >> size);
    for (let k = 1; k < size; k++) {
      const next = bytes[i + k]!;
      if ((next & 0xc0) !== 0x80) return undefined;
      point = (point << 6) | (next & 0x3f);
    }
    if ((size === 3 && point < 0x800) || (size === 4 && (point < 0x10000 || point > 0x10ffff))) {
      return undefined;
    }
    if (point < 0x10000) units.push(point);
    else units.push(0xd7c0 + (point >> 10), 0xdc00 | (point & 0x3ff));
    i += size;
    // Spreading more than some tens of thousands of arguments overflows the stack.
    if (units.length >= 4096) {
      parts.push(String.fromCharCode(...units));
      units = [];
    }
  }
  parts.push(String.fromCharCode(...units));
  return parts.join("");
}

/**
 * Writes `text` at `out[position]` and returns the position after it. The caller has made room for three bytes for each
 * of the string's `length` code units, which is the most that any text takes.
 */
export function writeSurrogatepass(text: string, out: Uint8Array, position: number): number {
  if (text.length > 96 && text.isWellFormed()) {
    return position + encoder.encodeInto(text, out.subarray(position)).written;
  }
  let at = position;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) {
      out[at++] = unit;
    } else if (unit < 0x800) {
      out[at++] = 0xc0 | (unit >> 6);
      out[at++] = 0x80 | (unit & 0x3f);
    } else {
      const low = (unit & 0xfc00) === 0xd800 ? text.charCodeAt(i + 1) : 0;
      if ((low & 0xfc00) === 0xdc00) {
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        i++;
        out[at++] = 0xf0 | (point >> 18);
        out[at++] = 0x80 | ((point >> 12) & 0x3f);
        out[at++] = 0x80 | ((point >> 6) & 0x3f);
      } else {
        out[at++] = 0xe0 | (unit >> 12);
        out[at++] = 0x80 | ((unit >> 6) & 0x3f);
      }
      out[at++] = 0x80 | ((low & 0xfc00) === 0xdc00 ? low & 0x3f : unit & 0x3f);
    }
  }
  return at;
}
