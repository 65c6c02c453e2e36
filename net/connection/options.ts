/**
 * Options of connections with CPython.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import type { RawConn } from "../native/raw_conn.ts";
import type { DumpOptions, LoadOptions } from "../../persist/pickle/mod.ts";

/** Options of calls that wait. */
export interface ReceiveOptions {
  /** Gives up waiting; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds to wait.
   *
   * @default {Infinity}
   */
  timeout?: number | undefined;
}

/** Options of {@linkcode Connection.recvBytes}. */
export interface ReceiveBytesOptions extends ReceiveOptions {
  /**
   * Most bytes the message may have. A longer one is left where it is, and a `LimitOverrunError` says its length.
   *
   * @default {the connection's maxBytes}
   */
  maxLength?: number | undefined;
}

/** Options of a {@linkcode Connection}. */
export interface ConnectionOptions {
  /**
   * Most bytes that a message may have. Memory is taken as bytes arrive, not as they are announced.
   *
   * @default {67108864}
   */
  maxBytes?: number | undefined;
  /**
   * How objects are pickled.
   *
   * @default {{ protocol: 4 }}
   */
  dump?: DumpOptions | undefined;
  /** How pickles are read. Nothing but built-in types, and what is registered, is ever made. */
  load?: LoadOptions | undefined;
}

/** What {@linkcode ConnectionOptions} may be; those of pickles are checked with the first one. */
export const CONNECTION_RULES: RulesOf<ConnectionOptions> = {
  maxBytes: "bytes",
  dump: "object",
  load: "object",
};

/** Options of a handshake. */
export interface HandshakeOptions {
  /** Gives up; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds for the handshake. CPython has no limit: where only one side has a key, both wait for ever.
   *
   * @default {10000}
   */
  handshakeTimeout?: number | undefined;
  /**
   * Whether a peer may use HMAC-MD5, which is all that CPython knows up to 3.11.
   *
   * @default {true}
   */
  allowMd5?: boolean | undefined;
}

/** What {@linkcode HandshakeOptions} may be. */
export const HANDSHAKE_RULES: RulesOf<HandshakeOptions> = {
  signal: "signal",
  handshakeTimeout: "milliseconds",
  allowMd5: "boolean",
};

/** A key of both sides: bytes, or text that is encoded as UTF-8. */
export type AuthKey = Uint8Array | string;

/**
 * What a {@linkcode Connection} reads from and writes to: a `Deno.Conn`, with TLS or without, or anything alike.
 */
export type Duplex =
  & Pick<RawConn, "read" | "write" | "close">
  & Partial<Pick<RawConn, "localAddr" | "remoteAddr">>;
