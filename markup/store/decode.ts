/** Texts that are not plain ASCII: UTF-8, references, line ends. What is read here was checked when it was parsed. */

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** From this many bytes on, the platform's decoder is faster than a loop. */
const LONG = 48;

const TAB = 9;
const LF = 10;
const CR = 13;
const HASH = 35;
const AMP = 38;
const SEMICOLON = 59;
const X = 120;

/**
 * Decodes UTF-8.
 *
 * @param bytes Bytes that hold well-formed UTF-8 between start and end.
 * @param start First byte.
 * @param end Behind the last byte.
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  if (end - start >= LONG) return decoder.decode(bytes.subarray(start, end));
  // One call for all units: a string that grows by units is slower to make, and to read.
  const units: number[] = [];
  for (let at = start; at < end;) {
    const byte = bytes[at++]!;
    if (byte < 0x80) units.push(byte);
    else if (byte < 0xe0) units.push((byte & 0x1f) << 6 | bytes[at++]! & 0x3f);
    else if (byte < 0xf0) {
      units.push((byte & 0x0f) << 12 | (bytes[at]! & 0x3f) << 6 | bytes[at + 1]! & 0x3f);
      at += 2;
    } else {
      const code = (byte & 0x07) << 18 | (bytes[at]! & 0x3f) << 12 | (bytes[at + 1]! & 0x3f) << 6 |
        bytes[at + 2]! & 0x3f;
      // The two surrogates: U+10000 is taken off the ten bits of the first.
      units.push(0xd7c0 + (code >> 10), 0xdc00 | code & 0x3ff);
      at += 3;
    }
  }
  return String.fromCharCode(...units);
}

/**
 * Decodes UTF-8 in which there are references to characters or to the five predefined entities, and line ends as they were
 * written.
 *
 * @param bytes Well-formed bytes.
 * @param start First byte.
 * @param end Behind the last byte.
 * @param attribute Whether white space becomes spaces, as in the value of an attribute.
 */
export function decodeRaw(
  bytes: Uint8Array,
  start: number,
  end: number,
  attribute: boolean,
): string {
  let text = "";
  let from = start;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === AMP) {
      text += decodeUtf8(bytes, from, at);
      let semicolon = at + 1;
      while (bytes[semicolon] !== SEMICOLON) semicolon++;
      text += reference(bytes, at + 1, semicolon);
      at = semicolon;
      from = at + 1;
    } else if (byte === CR) {
      text += decodeUtf8(bytes, from, at) + (attribute ? " " : "\n");
      if (at + 1 < end && bytes[at + 1] === LF) at++;
      from = at + 1;
    } else if (attribute && (byte === LF || byte === TAB)) {
      text += decodeUtf8(bytes, from, at) + " ";
      from = at + 1;
    }
  }
  return text + decodeUtf8(bytes, from, end);
}

/** The character that a reference stands for; its name lies between start and end. */
function reference(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] === HASH) {
    const hex = bytes[start + 1] === X;
    let code = 0;
    for (let at = start + (hex ? 2 : 1); at < end; at++) {
      const digit = bytes[at]!;
      code = hex
        ? code * 16 + (digit < 58 ? digit - 48 : (digit | 32) - 87)
        : code * 10 + digit - 48;
    }
    return String.fromCodePoint(code);
  }
  switch (bytes[start]) {
    case 108:
      return "<";
    case 103:
      return ">";
    case 113:
      return '"';
    default:
      return bytes[start + 1] === 109 ? "&" : "'";
  }
}
