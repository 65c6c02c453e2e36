/** Changes bytes at random, in the ways in which encoded data get damaged or are forged. */
export interface Dice {
  /** 0 to n, n excluded. */
  below(n: number): number;
}

/** Numbers at the edges of lengths, counts and indexes. */
const EDGES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff];

/** A changed copy of `bytes`; `other` is cut in now and then, `codes` are the format's type bytes. */
export function mutate(
  dice: Dice,
  bytes: Uint8Array,
  other: Uint8Array,
  codes: readonly number[],
): Uint8Array<ArrayBuffer> {
  let out = bytes.slice();
  for (let i = dice.below(4); i >= 0; i--) out = mutateOnce(dice, out, other, codes);
  return out;
}

function mutateOnce(
  dice: Dice,
  bytes: Uint8Array<ArrayBuffer>,
  other: Uint8Array,
  codes: readonly number[],
): Uint8Array<ArrayBuffer> {
  const at = dice.below(bytes.length + 1);
  switch (dice.below(8)) {
    case 0: {
      if (at < bytes.length) bytes[at] = bytes[at]! ^ (1 << dice.below(8));
      return bytes;
    }
    case 1: {
      if (at < bytes.length) bytes[at] = dice.below(256);
      return bytes;
    }
    case 2:
      return bytes.slice(0, at);
    case 3: {
      const end = Math.min(bytes.length, at + 1 + dice.below(8));
      return splice(bytes, at, end, new Uint8Array());
    }
    case 4:
      return splice(bytes, at, at, Uint8Array.of(codes[dice.below(codes.length)]!));
    case 5: {
      const edge = EDGES[dice.below(EDGES.length)]!;
      const size = [1, 2, 4, 8][dice.below(4)]!;
      const number = new Uint8Array(8);
      new DataView(number.buffer).setUint32(0, edge, true);
      return splice(bytes, at, Math.min(bytes.length, at + size), number.subarray(0, size));
    }
    case 6: {
      const from = dice.below(bytes.length + 1);
      const piece = bytes.slice(from, from + dice.below(32));
      return splice(bytes, at, at, piece);
    }
    default: {
      const from = dice.below(other.length + 1);
      return splice(bytes, at, at, other.slice(from, from + dice.below(48)));
    }
  }
}

function splice(
  bytes: Uint8Array,
  from: number,
  to: number,
  piece: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(from + piece.length + bytes.length - to);
  out.set(bytes.subarray(0, from));
  out.set(piece, from);
  out.set(bytes.subarray(to), from + piece.length);
  return out;
}
