/**
 * Errors of the MessagePack decoder.
 *
 * @module
 */

import { FormatError } from "../format_error.ts";

/** Where a fault is: the second argument of {@linkcode MsgpackError}. */
export interface MsgpackErrorOptions {
  /** Offset of the fault in bytes, from 0. */
  byteOffset: number;
  /**
   * The error that led to this one.
   *
   * @default {undefined}
   */
  cause?: unknown;
}

/** What is missing where: the argument of {@linkcode MsgpackIncompleteError}. */
export interface MsgpackIncompleteErrorOptions {
  /** Where the missing piece begins, in bytes, from 0. */
  byteOffset: number;
  /** Least number of bytes needed from there. */
  needed: number;
  /** Number of bytes received from there. */
  received: number;
}

/** Which limit was reached where: the second argument of {@linkcode MsgpackLimitError}. */
export interface MsgpackLimitErrorOptions {
  /** Which limit. */
  limit: "maxDepth" | "maxLength" | "maxBytes";
  /** What the limit is. */
  maximum: number;
  /** Offset in bytes of the value that is beyond the limit, from 0. */
  byteOffset: number;
}

/**
 * Bytes that are not MessagePack, or that the decoder was told to refuse.
 *
 * @example Catch what a peer sent
 * ```ts
 * import { decode, MsgpackError } from "@ferry/std/formats/msgpack";
 * import { assertThrows } from "@std/assert";
 *
 * const error = assertThrows(() => decode(Uint8Array.of(0x91, 0xc1)), MsgpackError);
 * console.log(error.byteOffset); // 1
 * ```
 */
export class MsgpackError extends FormatError {
  /** Name of the class. */
  override readonly name: string = "MsgpackError";
  /** Offset in bytes of the fault, from the start of the input or of the stream. */
  readonly byteOffset: number;

  /**
   * Creates an error at an offset.
   *
   * @param message What was attempted, what is needed, what was received; the offset is appended.
   * @param options Where the fault is, and the error that led to this one.
   */
  constructor(message: string, options: MsgpackErrorOptions) {
    const { byteOffset, ...rest } = options;
    super(message, { format: "msgpack", offset: byteOffset, ...rest });
    this.byteOffset = byteOffset;
  }
}

/**
 * Input that ends inside a value. More bytes may complete it.
 *
 * @example Read again when more has come
 * ```ts
 * import { decode, encode, MsgpackIncompleteError } from "@ferry/std/formats/msgpack";
 * import { assertThrows } from "@std/assert";
 *
 * const whole = encode("hello");
 * const error = assertThrows(() => decode(whole.subarray(0, 3)), MsgpackIncompleteError);
 * console.log(error.needed, error.received); // 5 2
 * ```
 */
export class MsgpackIncompleteError extends MsgpackError {
  /** Name of the class. */
  override readonly name: string = "MsgpackIncompleteError";
  /** Least number of bytes, counted from `byteOffset`, without which the value cannot be complete. */
  readonly needed: number;
  /** Number of bytes that there are from `byteOffset` to the end of the input. */
  readonly received: number;

  /**
   * Creates an error for a value that is cut short.
   *
   * @param options What is missing, and where.
   */
  constructor(options: MsgpackIncompleteErrorOptions) {
    const { byteOffset, needed, received } = options;
    super(
      `Cannot decode a value cut short: at least ${needed} bytes needed, ${received} received`,
      { byteOffset },
    );
    this.needed = needed;
    this.received = received;
  }
}

/**
 * Input that is beyond one of the limits `maxDepth`, `maxLength` and `maxBytes`.
 *
 * @example Refuse deep nesting
 * ```ts
 * import { decode, MsgpackLimitError } from "@ferry/std/formats/msgpack";
 * import { assertThrows } from "@std/assert";
 *
 * const hostile = new Uint8Array(1_000_000).fill(0x91); // an array in an array in an array ...
 * const error = assertThrows(() => decode(hostile), MsgpackLimitError);
 * console.log(error.limit, error.maximum); // maxDepth 1024
 * ```
 */
export class MsgpackLimitError extends MsgpackError {
  /** Name of the class. */
  override readonly name: string = "MsgpackLimitError";
  /** Which limit. */
  readonly limit: "maxDepth" | "maxLength" | "maxBytes";
  /** What the limit was. */
  readonly maximum: number;

  /**
   * Creates an error for input beyond a limit.
   *
   * @param what What the input asks for, such as `"a value of length 10"`.
   * @param options Which limit, and where.
   */
  constructor(what: string, options: MsgpackLimitErrorOptions) {
    const { limit, maximum, byteOffset } = options;
    super(`Cannot decode ${what}: ${limit} is ${maximum}`, { byteOffset });
    this.limit = limit;
    this.maximum = maximum;
  }
}
