/** Text in and out of message bytes. */

const encoder = new TextEncoder();
// A byte order mark is a character like any other here, and the bytes are checked.
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

type Slice = (this: Uint8Array, start: number, end: number) => string;

/*
 * Node's slices of a Buffer read any Uint8Array, shared memory too, in a tenth of TextDecoder's time: 60 ns and up
 * against 600. They are called on plain views. The first call looks them up, since the runtime takes 6 ms to load them.
 */
let latin1Slice: Slice = function (start, end) {
  findSlices();
  return latin1Slice.call(this, start, end);
};
let ucs2Slice: Slice = function (start, end) {
  findSlices();
  return ucs2Slice.call(this, start, end);
};
let utf8Slice: Slice = function (start, end) {
  findSlices();
  return utf8Slice.call(this, start, end);
};

/** Has the runtime load them. */
export function findSlices(): void {
  ({ latin1Slice, ucs2Slice, utf8Slice } = globalThis.Buffer.prototype as unknown as Record<
    "latin1Slice" | "ucs2Slice" | "utf8Slice",
    Slice
  >);
}

/**
 * Writes well-formed text as UTF-8.
 *
 * @returns The bytes written, as many as `text.length` when it is ASCII, or -1 when they do not fit before `end`.
 */
export function writeUtf8(text: string, bytes: Uint8Array, start: number, end: number): number {
  const limit = start + text.length * 3;
  const { read, written } = encoder.encodeInto(
    text,
    bytes.subarray(start, limit < end ? limit : end),
  );
  return read === text.length ? written : -1;
}

/** Reads UTF-8; throws TypeError when it is malformed. */
export function readUtf8(bytes: Uint8Array, start: number, end: number): string {
  const text = utf8Slice.call(bytes, start, end);
  // Malformed bytes give U+FFFD; so does U+FFFD itself.
  if (text.includes("\ufffd")) strict.decode(bytes.slice(start, end));
  return text;
}

/** Reads UTF-16, little-endian. */
export function readUtf16(bytes: Uint8Array, start: number, end: number): string {
  return ucs2Slice.call(bytes, start, end);
}

/** Reads `length` Latin-1 characters. Few of them are fastest as the arguments of one call. */
export function readLatin1(b: Uint8Array, p: number, length: number): string {
  // deno-fmt-ignore
  switch (length) {
    case 0: return "";
    case 1: return String.fromCharCode(b[p]!);
    case 2: return String.fromCharCode(b[p]!, b[p + 1]!);
    case 3: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!);
    case 4: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!);
    case 5: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!);
    case 6: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!);
    case 7: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!);
    case 8: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!);
    case 9: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!, b[p + 8]!);
    case 10: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!, b[p + 8]!, b[p + 9]!);
    case 11: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!, b[p + 8]!, b[p + 9]!, b[p + 10]!);
    case 12: return String.fromCharCode(b[p]!, b[p + 1]!, b[p + 2]!, b[p + 3]!, b[p + 4]!, b[p + 5]!, b[p + 6]!, b[p + 7]!, b[p + 8]!, b[p + 9]!, b[p + 10]!, b[p + 11]!);
    default: return latin1Slice.call(b, p, p + length);
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
