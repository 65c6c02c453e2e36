/**
 * Messages with a separator behind each.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { LimitOverrunError, ProtocolError } from "../errors.ts";
import type { Span } from "../streams/mod.ts";
import { checkMax, tooLong } from "./_check.ts";
import type { MessageFraming } from "./length_prefixed.ts";

/** How messages are separated. */
export interface DelimitedOptions {
  /**
   * What is behind each message.
   *
   * @default {"\n"}
   */
  separator?: string | Uint8Array | undefined;
  /**
   * The most bytes of a message.
   *
   * @default {65536}
   */
  maxLength?: number | undefined;
}

const RULES: RulesOf<DelimitedOptions> = { separator: "any", maxLength: "bytes" };

const NOTHING = new Uint8Array(0);

/**
 * Messages with a separator behind each.
 *
 * @example Records separated by a zero byte
 * ```ts
 * import { Delimited, StreamReader } from "@ferry/std/net";
 * import { assertEquals } from "@std/assert";
 *
 * const reader = StreamReader.from(new TextEncoder().encode("one\0two\0"));
 * const framing = new Delimited({ separator: "\0" });
 * assertEquals(new TextDecoder().decode((await reader.readFrame(framing))!), "one");
 * assertEquals(new TextDecoder().decode(reader.tryReadFrame(framing)), "two");
 * assertEquals(await reader.readFrame(framing), null);
 * ```
 */
export class Delimited implements MessageFraming {
  /** The separator. */
  readonly tail: Uint8Array;
  /** The most bytes of a message. */
  readonly maxLength: number;

  /**
   * Makes a framing.
   *
   * @example Make one
   * ```ts
   * import { Delimited, StreamReader } from "@ferry/std/net";
   *
   * const reader = StreamReader.from(new TextEncoder().encode("one\0two\0"));
   * const framing = new Delimited({ separator: "\0" });
   * ```
   *
   * @param options The separator and the limit.
   * @throws {TypeError} If the separator is empty.
   * @throws {RangeError} If `maxLength` is negative.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(options: DelimitedOptions = {}) {
    checkOptions("Cannot frame messages", options, RULES);
    const { separator = "\n", maxLength = 65536 } = options;
    this.tail = typeof separator === "string" ? new TextEncoder().encode(separator) : separator;
    this.maxLength = checkMax(maxLength);
    if (this.tail.length > 0) return;
    throw new TypeError("Cannot frame messages: a separator of at least one byte is needed");
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
   */
  find(bytes: Uint8Array, start: number, end: number, span: Span): number {
    const { tail, maxLength } = this;
    const last = Math.min(end - tail.length, start + maxLength);
    for (let at = start + span.seen; at <= last; at++) {
      if (!matches(bytes, at, tail)) continue;
      span.head = 0;
      span.length = at - start;
      span.tail = tail.length;
      return 0;
    }
    span.seen = Math.max(span.seen, last + 1 - start, 0);
    if (end - tail.length < start + maxLength) return end - start + 1;
    const reason = `no separator came within the maxLength of ${maxLength} bytes`;
    throw new LimitOverrunError({ op: "read", reason }, maxLength + 1, maxLength);
  }

  /**
   * Checks a payload; nothing goes before it.
   *
   * @param payload The payload.
   * @returns No bytes.
   * @throws {LimitOverrunError} If the payload is longer than `maxLength`.
   * @throws {ProtocolError} If the separator is in it: the peer would see two messages.
   */
  head(payload: Uint8Array): Uint8Array {
    if (payload.length > this.maxLength) throw tooLong("write", payload.length, this.maxLength);
    const first = this.tail[0]!;
    for (let at = payload.indexOf(first); at >= 0; at = payload.indexOf(first, at + 1)) {
      if (at + this.tail.length > payload.length || !matches(payload, at, this.tail)) continue;
      const reason = `the message contains the separator at byte ${at}`;
      throw new ProtocolError({ op: "write", reason });
    }
    return NOTHING;
  }
}

function matches(bytes: Uint8Array, at: number, what: Uint8Array): boolean {
  for (let i = 0; i < what.length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
}
