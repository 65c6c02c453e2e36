/**
 * Messages with their length in front, as a number of fixed size.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { ProtocolError } from "../errors.ts";
import type { Framing, Span } from "../streams/mod.ts";
import { checkMax, MAX_LENGTH, tooLong } from "./_check.ts";

/** Something that frames messages in both directions. */
export interface MessageFraming extends Framing {
  /**
   * What goes before a payload.
   *
   * @param payload The payload.
   * @returns The bytes.
   * @throws {LimitOverrunError} If the payload is too long.
   */
  head(payload: Uint8Array): Uint8Array;
  /** What goes behind a payload. */
  readonly tail: Uint8Array | undefined;
}

/** How a length is written. */
export interface LengthPrefixedOptions {
  /**
   * Bytes of the length.
   *
   * @default {4}
   */
  headerBytes?: 1 | 2 | 3 | 4 | 8 | undefined;
  /**
   * The order of its bytes.
   *
   * @default {"big"}
   */
  endian?: "big" | "little" | undefined;
  /**
   * Whether the length counts its own bytes too.
   *
   * @default {false}
   */
  inclusive?: boolean | undefined;
  /**
   * The most bytes of a payload. A longer one is refused as soon as its length has arrived.
   *
   * @default {16777216}
   */
  maxLength?: number | undefined;
}

const RULES: RulesOf<LengthPrefixedOptions> = {
  headerBytes: "any",
  endian: ["big", "little"],
  inclusive: "boolean",
  maxLength: "bytes",
};

/**
 * Messages with their length in front. It does no reading itself: {@linkcode StreamReader.readFrame} and
 * {@linkcode FramedConnection} use it, and it works on any bytes.
 *
 * @example Two messages in one array
 * ```ts
 * import { LengthPrefixed, StreamReader } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const framing = new LengthPrefixed({ headerBytes: 2 });
 * const reader = StreamReader.from(new Uint8Array([0, 1, 7, 0, 2, 8, 9]));
 * assertEquals(await reader.readFrame(framing), new Uint8Array([7]));
 * assertEquals(reader.tryReadFrame(framing), new Uint8Array([8, 9]));
 * ```
 */
export class LengthPrefixed implements MessageFraming {
  /** Nothing goes behind a payload. */
  readonly tail: undefined = undefined;
  /** The most bytes of a payload. */
  readonly maxLength: number;
  readonly #bytes: number;
  readonly #little: boolean;
  readonly #own: number;

  /**
   * Makes a framing.
   *
   * @example Make one
   * ```ts
   * import { LengthPrefixed } from "@ferry/std/net";
   *
   * const framing = new LengthPrefixed({ headerBytes: 2 });
   * ```
   *
   * @param options How the length is written.
   * @throws {RangeError} If `headerBytes` is not 1, 2, 3, 4 or 8, or `maxLength` is negative.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: LengthPrefixedOptions = {}) {
    checkOptions("Cannot frame messages", options, RULES);
    const { headerBytes = 4, endian = "big", inclusive = false, maxLength = MAX_LENGTH } = options;
    if (![1, 2, 3, 4, 8].includes(headerBytes)) {
      throw new RangeError(
        `Cannot frame messages: headerBytes of 1, 2, 3, 4 or 8 needed, received ${headerBytes}`,
      );
    }
    this.#bytes = headerBytes;
    this.#little = endian === "little";
    this.#own = inclusive ? headerBytes : 0;
    // What does not fit the header cannot be sent, and cannot be announced.
    const most = 2 ** (8 * Math.min(headerBytes, 6)) - 1 - this.#own;
    this.maxLength = Math.min(checkMax(maxLength), most);
  }

  /**
   * Looks for a message.
   *
   * @param bytes Memory with the received bytes in it.
   * @param start Where the message begins.
   * @param end Behind the last received byte.
   * @param span Receives how the message lies.
   * @returns 0 if it is complete, else how many bytes are needed.
   * @throws {LimitOverrunError} If it is longer than `maxLength`.
   * @throws {ProtocolError} If its length is smaller than its header.
   */
  find(bytes: Uint8Array, start: number, end: number, span: Span): number {
    const head = this.#bytes;
    if (end - start < head) return head;
    let length = 0;
    if (this.#little) {
      for (let i = start + head; i-- > start;) length = length * 256 + bytes[i]!;
    } else for (let i = start; i < start + head; i++) length = length * 256 + bytes[i]!;
    length -= this.#own;
    if (length > this.maxLength) throw tooLong("read", length, this.maxLength);
    if (length < 0) {
      const reason = `a length of ${length + this.#own} is less than its own ${head} bytes`;
      throw new ProtocolError({ op: "read", reason });
    }
    if (end - start < head + length) return head + length;
    span.head = head;
    span.length = length;
    span.tail = 0;
    return 0;
  }

  /**
   * The length of a payload, as it goes before it.
   *
   * @param payload The payload.
   * @returns The bytes.
   * @throws {LimitOverrunError} If the payload is longer than `maxLength`.
   */
  head(payload: Uint8Array): Uint8Array {
    if (payload.length > this.maxLength) throw tooLong("write", payload.length, this.maxLength);
    const out = new Uint8Array(this.#bytes);
    let left = payload.length + this.#own;
    for (let i = 0; i < out.length; i++) {
      out[this.#little ? i : out.length - 1 - i] = left % 256;
      left = Math.floor(left / 256);
    }
    return out;
  }
}
