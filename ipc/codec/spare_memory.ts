/**
 * Memory of large arrays that came in messages and were given back: the next array of the same length that this thread decodes
 * uses it. Fresh memory is most of what a large array costs, as the system has to clear it first.
 */

/** Fewest bytes that are kept: smaller memory is made as fast. */
const FEWEST_BYTES = 16 * 1024;
/** Most buffers that are kept, and most bytes of all of them. */
const MOST_BUFFERS = 4;
const MOST_BYTES = 64 * 1024 * 1024;

/** Oldest first. */
const spares: ArrayBuffer[] = [];

/**
 * Gives memory back. It is taken away from whoever still has an array on it: that one is empty from then on.
 *
 * @returns Whether it was taken: not if it is small, shared, resizable, only a part of its buffer, or cannot be moved.
 */
export function giveBack(array: ArrayBuffer | ArrayBufferView): boolean {
  const buffer = ArrayBuffer.isView(array) ? array.buffer : array;
  if (!(buffer instanceof ArrayBuffer) || buffer.resizable) return false;
  const { byteLength } = buffer;
  if (byteLength < FEWEST_BYTES || byteLength > MOST_BYTES || array.byteLength !== byteLength) {
    return false;
  }
  let moved: ArrayBuffer;
  try {
    moved = buffer.transfer();
  } catch {
    // The memory of a WebAssembly module.
    return false;
  }
  spares.push(moved);
  let bytes = spares.reduce((sum, spare) => sum + spare.byteLength, 0);
  while (spares.length > MOST_BUFFERS || bytes > MOST_BYTES) bytes -= spares.shift()!.byteLength;
  return true;
}

/** Memory of that length that was given back; `undefined` if there is none. */
export function takeSpare(length: number): Uint8Array<ArrayBuffer> | undefined {
  if (spares.length === 0 || length < FEWEST_BYTES) return undefined;
  const at = spares.findIndex(({ byteLength }) => byteLength === length);
  return at < 0 ? undefined : new Uint8Array(spares.splice(at, 1)[0]!);
}
