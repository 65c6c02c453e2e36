/**
 * Copies between shared memory and other memory, each in the way that was measured to be the fastest for its length.
 *
 * Few bytes are copied by a loop: a call of `set` costs as much as twenty bytes in a loop, and with the `subarray` that
 * reading needs, as much as sixty. Many bytes are copied by the engine: eight at a time if both sides are aligned alike, one
 * at a time if not, which takes ten times as long. In that case the bytes go through an aligned buffer of our own: between
 * two memories that are not shared, alignment does not matter.
 */

/** Most bytes that are copied by a loop, to and from shared memory. */
const LOOP_IN = 16;
const LOOP_OUT = 64;
/** Fewest bytes that go through the buffer. */
const WAY_ROUND = 512;
const SCRATCH = 32768;

let scratch: Uint8Array<ArrayBuffer> | undefined;

/** Copies all of `from` into shared memory, to `to[at]` and on. */
export function copyIn(from: Uint8Array, to: Uint8Array, at: number): void {
  const { length } = from;
  if (length <= LOOP_IN) {
    for (let i = 0; i < length; i++) to[at + i] = from[i]!;
  } else if (length < WAY_ROUND || aligned(from.byteOffset, to.byteOffset + at)) {
    to.set(from, at);
  } else {
    const skew = (to.byteOffset + at) & 7;
    scratch ??= new Uint8Array(SCRATCH + 8);
    for (let done = 0; done < length; done += SCRATCH) {
      const part = from.subarray(done, done + SCRATCH);
      scratch.set(part, skew);
      to.set(scratch.subarray(skew, skew + part.length), at + done);
    }
  }
}

/** Copies `from[start, start + length)`, which is in shared memory, to `to[at]` and on. */
export function copyOut(
  from: Uint8Array,
  start: number,
  length: number,
  to: Uint8Array,
  at: number,
): void {
  if (length <= LOOP_OUT) {
    for (let i = 0; i < length; i++) to[at + i] = from[start + i]!;
  } else if (length < WAY_ROUND || aligned(from.byteOffset + start, to.byteOffset + at)) {
    to.set(from.subarray(start, start + length), at);
  } else {
    const skew = (from.byteOffset + start) & 7;
    scratch ??= new Uint8Array(SCRATCH + 8);
    for (let done = 0; done < length; done += SCRATCH) {
      const size = Math.min(SCRATCH, length - done);
      scratch.set(from.subarray(start + done, start + done + size), skew);
      to.set(scratch.subarray(skew, skew + size), at + done);
    }
  }
}

/** Copies `from[start, start + length)`, which is in shared memory, to an array of its own. */
export function copyOf(from: Uint8Array, start: number, length: number): Uint8Array<ArrayBuffer> {
  // An array that is made from another one is not filled with zeros first; what is made begins at a multiple of 8.
  if (length >= WAY_ROUND && aligned(from.byteOffset + start, 0)) {
    return new Uint8Array(from.subarray(start, start + length));
  }
  const copy = new Uint8Array(length);
  copyOut(from, start, length, copy, 0);
  return copy;
}

function aligned(one: number, other: number): boolean {
  return ((one ^ other) & 7) === 0;
}
