import { asciiText } from "../../store/ascii_text.ts";

/** How many bytes are looked at together. */
const PART = 4096;

/** Encodings in which a byte below 128 ends the character before it, whatever that is, and is a character itself. */
const SEPARABLE = /^(?:utf-8|windows-12\d\d|windows-874|iso-8859-.*|koi8-.|macintosh)$/;

/** Whether {@linkcode decodeParts} can decode an encoding. */
export function isSeparable(encoding: string): boolean {
  return SEPARABLE.test(encoding);
}

/**
 * Decodes bytes of which most are ASCII, as they are in most documents: those are copied at memory speed, and only the parts
 * that hold others are decoded.
 *
 * @param bytes The bytes.
 * @param encoding An encoding that {@linkcode isSeparable} says yes to.
 * @returns The text, without a byte order mark, and whether there is a NUL in it.
 */
export function decodeParts(bytes: Uint8Array, encoding: string): { text: string; nul: boolean } {
  const texts: string[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let nul = false;
  let from = 0;
  let plain = isPlain(view, 0);
  for (let at = PART; from < bytes.length; at += PART) {
    if (at < bytes.length && isPlain(view, at) === plain) continue;
    const to = Math.min(at, bytes.length);
    const part = bytes.subarray(from, to);
    if (plain) {
      const ascii = asciiText(part, part.length);
      nul ||= ascii.includes("\0");
      texts.push(ascii);
    } else {
      // Only the first part can begin with a byte order mark.
      texts.push(new TextDecoder(encoding, { ignoreBOM: from > 0 }).decode(part));
      nul ||= part.includes(0);
    }
    from = to;
    plain = !plain;
  }
  // Not by "+": a string of parts is slower to read, even after its first reader has put it together.
  return { text: texts.length === 1 ? texts[0]! : texts.join(""), nul };
}

/** Whether a part is ASCII throughout; 32 bytes are looked at together. */
function isPlain(view: DataView, start: number): boolean {
  const end = Math.min(start + PART, view.byteLength);
  let at = start;
  for (const last = end - 32; at <= last; at += 32) {
    const bits = view.getInt32(at) | view.getInt32(at + 4) | view.getInt32(at + 8) |
      view.getInt32(at + 12) | view.getInt32(at + 16) | view.getInt32(at + 20) |
      view.getInt32(at + 24) | view.getInt32(at + 28);
    if ((bits & 0x80808080) !== 0) return false;
  }
  while (at < end && view.getUint8(at) < 0x80) at++;
  return at === end;
}
