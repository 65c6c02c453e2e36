/**
 * Where the first bytes of a silent connection land: small pieces of shared blocks, one for each read that waits.
 *
 * An `ArrayBuffer` of its own costs a connection far more than the few bytes that it may one day receive. Nobody but the read
 * sees a piece: what arrives is copied out, and the piece is free for the next connection.
 */

/** Bytes of a piece. */
export const LANDING = 256;
const BLOCK = 4096;
/** The most free pieces that are kept: each keeps its block alive. */
const KEPT = 256;

const free: Uint8Array<ArrayBuffer>[] = [];

/** A piece for a read. */
export function takeLanding(): Uint8Array<ArrayBuffer> {
  const piece = free.pop();
  if (piece !== undefined) return piece;
  const block = new ArrayBuffer(BLOCK);
  for (let at = LANDING; at < BLOCK; at += LANDING) free.push(new Uint8Array(block, at, LANDING));
  return new Uint8Array(block, 0, LANDING);
}

/** Frees a piece, once its read has ended. */
export function freeLanding(piece: Uint8Array<ArrayBuffer>): void {
  if (free.length < KEPT) free.push(piece);
}
