/**
 * Options that the calls of a stream share.
 *
 * @module
 */
import { checkOptions, type OptionRules, type RulesOf } from "../../persist/options.ts";
import { checkMinRate, TIME_RULES } from "../time/time_limits.ts";
import type { TimeLimits } from "../time/mod.ts";
import { TLS_CLIENT_RULES, TLS_SERVER_RULES } from "../tls/options.ts";
import { checkPems } from "../tls/pem.ts";
import type { TlsClientOptions, TlsServerOptions } from "../tls/mod.ts";

/** How long a call may take. */
export interface WaitOptions {
  /** Gives up when aborted. Nothing that arrived is lost. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds before a {@linkcode TimeoutError}. Nothing that arrived is lost.
   *
   * @default {the connection's `readTimeout` or `writeTimeout`}
   */
  timeout?: number | undefined;
}

/** How to read something of unknown length. */
export interface LimitOptions extends WaitOptions {
  /**
   * The most bytes allowed, the separator not counted.
   *
   * @default {the reader's `limit`}
   */
  limit?: number | undefined;
}

/** How a reader and a writer work. */
export interface StreamOptions extends TimeLimits {
  /**
   * The most bytes of a line, or before a separator, where the call itself gives no `limit`.
   *
   * @default {65536}
   */
  limit?: number | undefined;
  /**
   * Bytes waiting to be sent above which `drain()` waits.
   *
   * @default {65536}
   */
  highWater?: number | undefined;
  /**
   * Bytes waiting to be sent at which `drain()` goes on.
   *
   * @default {16384}
   */
  lowWater?: number | undefined;
  /**
   * Milliseconds that `close()` gives the peer to take what was written, before the connection is aborted.
   *
   * @default {30000}
   */
  closeTimeout?: number | undefined;
}

/** What the options of streams may be. */
export const STREAM_RULES: RulesOf<StreamOptions> = {
  ...TIME_RULES,
  limit: "bytes",
  highWater: "bytes",
  lowWater: "bytes",
  closeTimeout: "milliseconds",
};

/**
 * Checks options that have those of streams among them.
 *
 * @param attempt What fails if they are wrong.
 * @param options The options.
 * @param rules What they may be.
 */
export function checkStreamOptions(
  attempt: string,
  options: StreamOptions,
  rules: OptionRules = STREAM_RULES,
): void {
  checkOptions(attempt, options, rules);
  checkMinRate(attempt, options.minRate);
}

/** Where bytes come from: a connection, a file, standard input. */
export interface ByteSource {
  /** Reads at least one byte into a buffer; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
}

/** How a piece of bytes lies in what was received: its head, its payload, its tail. */
export interface Span {
  /** Bytes before the payload. */
  head: number;
  /** Bytes of the payload. */
  length: number;
  /** Bytes behind the payload. */
  tail: number;
  /** For a search: bytes of the message that were looked through before, 0 when it begins. Set it when more are needed. */
  seen: number;
}

/**
 * Finds messages in a stream of bytes without reading it: the seam between a format and any source of bytes.
 */
export interface Framing {
  /**
   * Looks for the message that begins at `start`. The result must depend on the bytes alone, not on how many of the next
   * messages have arrived.
   *
   * @param bytes Memory with the received bytes in it.
   * @param start Where the message begins.
   * @param end Behind the last received byte; what lies there is arbitrary.
   * @param span Receives how the message lies.
   * @returns 0 if the message is complete; else how many bytes from `start` on are needed before it is worth looking again.
   * @throws {LimitOverrunError} If the message is too long.
   * @throws {ProtocolError} If this is no message.
   */
  find(bytes: Uint8Array, start: number, end: number, span: Span): number;
}

/** How to go on in TLS, on either side. */
export type StartTlsOptions =
  | (TlsClientOptions & { side?: "client" | undefined })
  | (TlsServerOptions & { side: "server" });

/** Checks how to go on in TLS. */
export function checkStartTls(options: StartTlsOptions): void {
  const server = options?.side === "server";
  const rules = server ? TLS_SERVER_RULES : TLS_CLIENT_RULES;
  checkOptions("Cannot start TLS", options, { ...rules, side: ["client", "server"] });
  if (options.side !== "server") checkPems("Cannot start TLS", options);
}
