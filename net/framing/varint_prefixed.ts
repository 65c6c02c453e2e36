/**
 * Messages with their length in front, as a varint: protobuf's delimited format, libp2p's.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { ProtocolError } from "../errors.ts";
import type { Span } from "../streams/mod.ts";
import { checkMax, MAX_LENGTH, tooLong } from "./_check.ts";
import type { MessageFraming } from "./length_prefixed.ts";

/** Limits of messages with a varint in front. */
export interface VarintPrefixedOptions {
  /**
   * The most bytes of a payload.
   *
   * @default {16777216}
   */
  maxLength?: number | undefined;
  /**
   * The most bytes of the varint itself.
   *
   * @default {7}
   */
  maxLengthLength?: number | undefined;
}

const RULES: RulesOf<VarintPrefixedOptions> = { maxLength: "bytes", maxLengthLength: "number" };

/**
 * Messages with a varint in front (unsigned LEB128: seven bits a byte, the lowest first, the highest bit of all but the last
 * byte set).
 *
 * @example 300 bytes
 * ```ts
 * import { VarintPrefixed } from "@ferry/std/net/framing";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new VarintPrefixed().head(new Uint8Array(300)), new Uint8Array([0xac, 0x02]));
 * ```
 */
export class VarintPrefixed implements MessageFraming {
  /** Nothing goes behind a payload. */
  readonly tail: undefined = undefined;
  /** The most bytes of a payload. */
  readonly maxLength: number;
  readonly #longest: number;

  /**
   * Makes a framing.
   *
   * @example Make one
   * ```ts
   * import { VarintPrefixed } from "@ferry/std/net/framing";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new VarintPrefixed().head(new Uint8Array(300)), new Uint8Array([0xac, 0x02]));
   * ```
   *
   * @param options Limits.
   * @throws {RangeError} If a limit is out of its range.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: VarintPrefixedOptions = {}) {
    checkOptions("Cannot frame messages", options, RULES);
    this.maxLength = checkMax(options.maxLength ?? MAX_LENGTH);
    this.#longest = options.maxLengthLength ?? 7;
    if (this.#longest >= 1 && this.#longest <= 7) return;
    throw new RangeError(
      `Cannot frame messages: a maxLengthLength from 1 to 7 is needed, received ${this.#longest}`,
    );
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
   * @throws {ProtocolError} If the varint is longer than `maxLengthLength`.
   */
  find(bytes: Uint8Array, start: number, end: number, span: Span): number {
    let length = 0;
    let head = 0;
    for (let scale = 1;; scale *= 128) {
      if (head === this.#longest) {
        const reason = `a length of more than ${this.#longest} bytes was announced`;
        throw new ProtocolError({ op: "read", reason });
      }
      if (start + head === end) return head + 1;
      const byte = bytes[start + head++]!;
      length += (byte & 127) * scale;
      if (byte < 128) break;
    }
    if (length > this.maxLength) throw tooLong("read", length, this.maxLength);
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
    const out: number[] = [];
    let left = payload.length;
    for (; left > 127; left = Math.floor(left / 128)) out.push(left % 128 | 128);
    return Uint8Array.from([...out, left]);
  }
}
