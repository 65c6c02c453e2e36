/**
 * Bytes as text, and turned round: by Node's `Buffer` where there is one, as in Deno, Node and Bun. Browsers get the same, more
 * slowly. It is looked for when it is needed: that costs a program more than a small value does.
 */

/** The slicing methods that Node's buffers have, and its type declarations do not. */
export interface SlicingBuffer {
  /** The bytes of a range, one character each. */
  latin1Slice(start: number, end: number): string;
  /** A range as UTF-8; what is malformed becomes U+FFFD. */
  utf8Slice(start: number, end: number): string;
  /** A range as UTF-16, the low byte first. */
  ucs2Slice(start: number, end: number): string;
}

type NodeBuffer = typeof import("node:buffer").Buffer;

/** Arguments of one call. */
const CHUNK = 4096;

let found: NodeBuffer | null | undefined;

/** Node's class, if it is there with all that is used of it. */
function nodeBuffer(): NodeBuffer | null {
  if (found === undefined) {
    const candidate: NodeBuffer | undefined = Reflect.get(globalThis, "Buffer");
    const methods = ["latin1Slice", "utf8Slice", "ucs2Slice", "swap16", "swap32", "swap64"];
    const whole = candidate !== undefined &&
      methods.every((name) => typeof Reflect.get(candidate.prototype, name) === "function");
    found = whole ? candidate : null;
  }
  return found;
}

/**
 * Bytes as text, one character each. The platform's `TextDecoder` has no Latin-1 (its "latin1" is Windows-1252), and takes
 * 100 times as long as Node's.
 */
export function latin1(bytes: Uint8Array, start: number = 0, end: number = bytes.length): string {
  return asBuffer(bytes).latin1Slice(start, end);
}

/** The same bytes with methods to slice text out of them. */
export function asBuffer(bytes: Uint8Array): SlicingBuffer {
  const Buffer = nodeBuffer();
  if (Buffer === null) return new Slices(bytes);
  const { buffer, byteOffset, byteLength } = bytes;
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength) as unknown as SlicingBuffer;
}

/** Turns round the bytes of each item, in place. Their number is a multiple of the size. */
export function swapBytes(bytes: Uint8Array, size: 2 | 4 | 8): void {
  const Buffer = nodeBuffer();
  if (Buffer === null) {
    for (let at = 0; at < bytes.length; at += size) bytes.subarray(at, at + size).reverse();
    return;
  }
  const view = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  if (size === 2) view.swap16();
  else if (size === 4) view.swap32();
  else view.swap64();
}

/** Where there is no `Buffer`. */
class Slices implements SlicingBuffer {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  latin1Slice(start: number, end: number): string {
    return spelled(this.#bytes.subarray(start, end));
  }

  utf8Slice(start: number, end: number): string {
    // The decoder refuses memory that other threads may change, so it gets a copy.
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(this.#bytes.slice(start, end));
  }

  ucs2Slice(start: number, end: number): string {
    return spelled(new Uint16Array(this.#bytes.slice(start, end).buffer));
  }
}

/** Numbers as the characters they are the codes of. */
function spelled(codes: Uint8Array | Uint16Array): string {
  let text = "";
  for (let at = 0; at < codes.length; at += CHUNK) {
    text += String.fromCharCode(...codes.subarray(at, at + CHUNK));
  }
  return text;
}
