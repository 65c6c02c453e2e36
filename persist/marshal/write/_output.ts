import { MarshallingError } from "../errors.ts";

/** Largest size that the format can state, and longest output. */
export const MAX_SIZE = 0x7fffffff;
/** Room for any value but a string, bytes or a large int. */
export const ROOM = 64;

const FIRST_SIZE = 4096;
/** Larger buffers are kept for the next dump only as long as the collector has no better use for them. */
const LARGEST_KEPT = 1 << 20;

/** A buffer that is free: taken by a dump and given back when it is done, which saves growing and page faults. */
let spare: Uint8Array<ArrayBuffer> | undefined;
let largeSpare: WeakRef<Uint8Array<ArrayBuffer>> | undefined;

function takeSpare(): Uint8Array<ArrayBuffer> {
  const free = largeSpare?.deref() ?? spare ?? new Uint8Array(FIRST_SIZE);
  largeSpare = undefined;
  if (free === spare) spare = undefined;
  return free;
}

/** Bytes that grow. */
export class Output {
  out: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** Where the next byte goes. */
  at = 0;

  constructor() {
    this.out = takeSpare();
    this.view = new DataView(this.out.buffer);
  }

  /** Makes room for `size` more bytes; exactly so much if nothing will follow, which saves the final copy. */
  reserve(size: number, last = false): void {
    const needed = this.at + size;
    if (needed <= this.out.length) return;
    if (needed > MAX_SIZE) this.tooLarge(needed);
    const larger = last ? needed : Math.max(needed + ROOM, this.out.length * 2);
    const out = new Uint8Array(Math.min(larger, MAX_SIZE));
    out.set(this.out.subarray(0, this.at));
    this.out = out;
    this.view = new DataView(out.buffer);
  }

  /** The bytes written. Nothing can be written after it. */
  finish(): Uint8Array<ArrayBuffer> {
    const { out, at } = this;
    if (out.length === at) return out;
    const bytes = out.slice(0, at);
    if (out.length <= LARGEST_KEPT) spare = out;
    else largeSpare = new WeakRef(out);
    return bytes;
  }

  tooLarge(size: number): never {
    throw new MarshallingError(
      `Cannot marshal a value: needed at most ${MAX_SIZE} bytes or items, received ${size}`,
    );
  }
}
