/** Pickles put together by hand, opcode by opcode. */

/** Bytes of text, one per character, and of numbers. */
export function bytes(...parts: (string | number | ArrayLike<number>)[]): Uint8Array<ArrayBuffer> {
  const pieces = parts.map((part) =>
    typeof part === "string"
      ? Uint8Array.from(part, (c) => c.charCodeAt(0))
      : typeof part === "number"
      ? Uint8Array.of(part)
      : Uint8Array.from(part)
  );
  const all = new Uint8Array(pieces.reduce((size, { length }) => size + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

/** An unsigned integer of some bytes, least first. */
export function little(value: number | bigint, size: number): number[] {
  return Array.from({ length: size }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 0xffn));
}

/** The same bytes many times. */
export function times(count: number, part: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(part.length * count);
  for (let i = 0; i < count; i++) all.set(part, i * part.length);
  return all;
}

/** BINUNICODE. */
export function text(value: string): Uint8Array<ArrayBuffer> {
  const encoded = new TextEncoder().encode(value);
  return bytes("X", little(encoded.length, 4), encoded);
}

/** BINBYTES of zeros. */
export function zeros(size: number): Uint8Array<ArrayBuffer> {
  return bytes("B", little(size, 4), new Uint8Array(size));
}

/** LONG4: a positive integer of so many bytes that all are `fill`. */
export function integer(size: number, fill = 1): Uint8Array<ArrayBuffer> {
  return bytes(0x8b, little(size, 4), new Uint8Array(size).fill(fill));
}

/** BINPUT. */
export function put(index: number): Uint8Array<ArrayBuffer> {
  return bytes("q", index);
}

/** BINGET. */
export function get(index: number): Uint8Array<ArrayBuffer> {
  return bytes("h", index);
}

/** A class or function, by STACK_GLOBAL. */
export function global(module: string, name: string): Uint8Array<ArrayBuffer> {
  return bytes(text(module), text(name), 0x93);
}

/** A pickle: PROTO 4, what is given, STOP. */
export function pickle(
  ...parts: (string | number | ArrayLike<number>)[]
): Uint8Array<ArrayBuffer> {
  return bytes(0x80, 4, ...parts, ".");
}
