/**
 * Views of memory: what became of it, and the bytes that they show.
 */
import { shown } from "../wait/shown.ts";

const typedArrayAt = Object.getPrototypeOf(Uint8Array.prototype).at as (
  this: ArrayBufferView,
  index: number,
) => unknown;

/**
 * Whether a view lies outside its buffer, which was resized. It has no bytes then: a typed array looks empty, a `DataView`
 * throws when it is asked for its length.
 */
export function isOutOfBounds(view: ArrayBufferView): boolean {
  const { buffer } = view;
  if (!(buffer instanceof ArrayBuffer) || !buffer.resizable) return false;
  try {
    if (view instanceof DataView) void view.byteLength;
    else typedArrayAt.call(view, 0);
    return false;
  } catch {
    return true;
  }
}

/** Bytes to send: a buffer, or what a view shows of one. */
export type BytesLike = ArrayBuffer | ArrayBufferView;

/**
 * The bytes of a buffer or view, in place.
 *
 * @throws {TypeError} If it is neither, its buffer is detached, or it lies outside of it.
 */
export function toBytes(data: BytesLike): Uint8Array {
  if (data instanceof Uint8Array) {
    // A detached one looks empty, so only empty ones are asked.
    if (data.length === 0) checkInPlace(data);
    return data;
  }
  if (ArrayBuffer.isView(data)) {
    checkInPlace(data);
    return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) {
    checkAttached(data);
    return new Uint8Array(data);
  }
  throw new TypeError(
    `Cannot use this as bytes: an ArrayBuffer or a view is needed, received ${shown(data)}`,
  );
}

function checkInPlace(view: ArrayBufferView): void {
  checkAttached(view.buffer);
  if (!isOutOfBounds(view)) return;
  throw new TypeError(
    "Cannot use this as bytes: the view lies outside its ArrayBuffer, which was resized",
  );
}

/** Shared memory has no `detached`, and never is. */
function checkAttached(buffer: ArrayBufferLike): void {
  if (buffer instanceof ArrayBuffer && buffer.detached) {
    throw new TypeError(
      "Cannot use this as bytes: its ArrayBuffer is detached, the bytes were moved elsewhere",
    );
  }
}
