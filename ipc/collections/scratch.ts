/**
 * Ordinary memory for one value: where it is encoded before a lock is taken, and copied to before it is decoded.
 *
 * Code of users, which runs while a value is encoded or decoded, may use a collection in turn; it then has memory of its own.
 */
import type { Memory } from "../codec/bytes.ts";

/** Bytes of the memory that is kept. */
const KEPT = 16 * 1024;

/** Memory for one value, aligned to 8 bytes. */
export class Scratch implements Memory {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly view: DataView<ArrayBuffer>;
  readonly i32: Int32Array<ArrayBuffer>;

  constructor(bytes: number) {
    const buffer = new ArrayBuffer(Math.ceil(bytes / 8) * 8);
    this.bytes = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.i32 = new Int32Array(buffer);
  }
}

let free: Scratch | undefined;

/** Memory for so many bytes or more, and at least 16 KiB. Give it back. */
export function takeScratch(bytes: number = 0): Scratch {
  if (bytes > KEPT) return new Scratch(bytes);
  const scratch = free ?? new Scratch(KEPT);
  free = undefined;
  return scratch;
}

/** The memory is not used any more. */
export function giveBack(scratch: Scratch): void {
  if (scratch.bytes.length === KEPT) free = scratch;
}
