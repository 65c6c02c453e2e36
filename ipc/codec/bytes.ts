/**
 * The object codec: values straight into shared memory and straight out of it.
 *
 * @see `_tags.ts` for the bytes, `shapes.ts` for the shared table of key lists.
 */

import type { RegisteredClass } from "./class_registry.ts";

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

/** What is sent of a buffer that moves by another way, or of a view of one. */
export interface MovedPart {
  /** Which buffer it is: a whole number below 2^53. */
  readonly ref: number;
  readonly offset: number;
  readonly length: number;
}

/** Lets objects travel by handle. */
export interface HandleHook {
  /** The handle of an object, `undefined` if it does not travel by handle; `ref` is a whole number below 2^48. */
  toHandle(object: object): { kind: number; ref: number } | undefined;
  /** The class that an object without a handle travels as, though it is not registered. */
  asClass?(object: object): RegisteredClass | undefined;
  /** A handle that `toHandle` gave is not sent: the message did not fit, or could not be encoded. */
  cancel?(kind: number, ref: number): void;
  /** The object of a handle. */
  fromHandle(kind: number, ref: number): object;
  /** What is sent of a buffer or a view whose bytes move by another way; `undefined` if they are copied. */
  toMoved?(object: ArrayBuffer | ArrayBufferView): MovedPart | undefined;
  /** The buffer that has moved. */
  fromMoved?(ref: number): ArrayBuffer;
}
