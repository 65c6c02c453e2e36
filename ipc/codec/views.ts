/** What became of the memory of a view. */

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
