/**
 * The object codec: values straight into shared memory and straight out of it.
 *
 * @see `_tags.ts` for the bytes, `shapes.ts` for the shared table of key lists.
 */

/** Two fixed-length views of the same memory. Offsets are plain numbers and may exceed 2^31. */
export interface Bytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
}

/** Fixed-length views of one whole SharedArrayBuffer. */
export interface Memory extends Bytes {
  readonly f64?: Float64Array;
  readonly i32: Int32Array;
}

/** Takes shareable objects along by handle. */
export interface HandleHook {
  /** The handle of an object, when it is one that travels by handle; `ref` is a whole number below 2^48. */
  toHandle(object: object): { kind: number; ref: number } | undefined;
  /** A handle given by `toHandle` will not be sent after all: the message did not fit or could not be encoded. */
  cancel?(kind: number, ref: number): void;
  /** The object of a handle. */
  fromHandle(kind: number, ref: number): object;
}
