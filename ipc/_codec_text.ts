/** Text in and out of message bytes. */

const encoder = new TextEncoder();
// A byte order mark is a character like any other here, and the bytes are checked.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Writes well-formed text as UTF-8; returns the bytes written, or -1 when they do not fit before `end`. */
export function writeUtf8(text: string, bytes: Uint8Array, start: number, end: number): number {
  const limit = start + text.length * 3;
  const { read, written } = encoder.encodeInto(
    text,
    bytes.subarray(start, limit < end ? limit : end),
  );
  return read === text.length ? written : -1;
}

/** Longest text copied to {@linkcode scratch} on the way; TextDecoder is several times slower over shared memory. */
const SCRATCH = 16 * 1024;
const scratch = new Uint8Array(SCRATCH);

/** Reads UTF-8; throws TypeError when it is malformed. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  const source = bytes.subarray(start, end);
  if (source.length > SCRATCH) return decoder.decode(bytes.slice(start, end));
  scratch.set(source);
  return decoder.decode(scratch.subarray(0, source.length));
}

/** Reads `length` Latin-1 characters. One call with many arguments builds a flat string at once. */
export function readLatin1(b: Uint8Array, p: number, length: number): string {
  let text = "";
  while (length >= 8) {
    // deno-fmt-ignore
    text += String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!);
    p += 8;
    length -= 8;
  }
  switch (length) {
    case 0:
      return text;
    case 1:
      return text + String.fromCharCode(b[p]!);
    case 2:
      return text + String.fromCharCode(b[p]!, b[p + 1]!);
    case 3:
      return text + String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!);
    case 4:
      return text + String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!);
    case 5:
      return text + String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!);
    case 6:
      return text +
        String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!);
    default:
      // deno-fmt-ignore
      return text +
        String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!);
  }
}

const KEYS = 512;
const keys: string[] = new Array(KEYS).fill("");

/** Reads a short property name. The same name gives the same string, which V8 then need not look up again. */
export function readKey(b: Uint8Array, p: number, length: number): string {
  let hash = length;
  for (let i = 0; i < length; i++) hash = (hash * 31 + b[p + i]!) | 0;
  const slot = (hash ^ hash >>> 13) & (KEYS - 1);
  const known = keys[slot]!;
  if (known.length === length) {
    let i = 0;
    while (i < length && known.charCodeAt(i) === b[p + i]) i++;
    if (i === length) return known;
  }
  return keys[slot] = readLatin1(b, p, length);
}
