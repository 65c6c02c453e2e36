/**
 * How TLS is spoken, and what it turned out to be.
 *
 * @module
 */

import type { RulesOf } from "../../persist/options.ts";

/** A certificate with its key, both as PEM. */
export interface KeyPair {
  /** The certificate, and after it the intermediate ones. */
  cert: string;
  /** The private key. */
  key: string;
}

/** How a client speaks TLS. */
export interface TlsClientOptions {
  /**
   * The name the server's certificate must be for, also sent to it (SNI).
   *
   * @default {the host name that is connected to}
   */
  serverName?: string | undefined;
  /**
   * Certificates (PEM) of authorities that are trusted besides the system's, or the server's own one.
   *
   * The server's must not be an authority itself (`CA:TRUE`): `openssl req -x509` makes one that is, unless it is told
   * `-addext basicConstraints=critical,CA:FALSE`.
   */
  ca?: string | readonly string[] | undefined;
  /** This side's certificate, for servers that ask for one (mutual TLS). Goes through `node:tls`. */
  cert?: string | undefined;
  /** The key of `cert`. */
  key?: string | undefined;
  /** Protocols to offer (ALPN), the best first. */
  alpn?: readonly string[] | undefined;
  /**
   * What is verified: chain and name, the chain alone, or nothing. With `"none"` anyone can be the server; it goes through
   * `node:tls`.
   *
   * @default {"full"}
   */
  verify?: "full" | "chain" | "none" | undefined;
  /**
   * Milliseconds for the handshake.
   *
   * @default {10000}
   */
  handshakeTimeout?: number | undefined;
  /**
   * Takes an end of the connection for the end of the stream, also if the peer has not closed TLS, as Python does; whoever can
   * cut the connection can then cut what is read, unseen. Else reading on is a `ConnectionResetError`.
   *
   * @default {false}
   */
  suppressRaggedEof?: boolean | undefined;
}

/** How a server speaks TLS. */
export interface TlsServerOptions extends KeyPair {
  /** Protocols it speaks (ALPN), the best first. */
  alpn?: readonly string[] | undefined;
  /**
   * Who speaks TLS. `"deno"` is about three times as fast for small messages, but keeps the file descriptor of a client that
   * falls silent in the handshake until that client leaves, knows neither `clientAuth` nor `sni`, and does not set
   * `noDelay`: it is for clients that are trusted. Only for servers on TCP, without `proxyProtocol`.
   *
   * @default {"node"}
   */
  engine?: "node" | "deno" | undefined;
  /**
   * Whether clients need a certificate of an authority in `ca`.
   *
   * | | a client without one | with one of a stranger |
   * |---|---|---|
   * | `"none"` | welcome | not asked for it |
   * | `"request"` | welcome, `peerCertificate` is `undefined` | refused |
   * | `"require"` | refused | refused |
   *
   * @default {"none"}
   */
  clientAuth?: "none" | "request" | "require" | undefined;
  /** Certificates (PEM) of the authorities whose clients are welcome. */
  ca?: string | readonly string[] | undefined;
  /** Another certificate for some of the names a client may ask for; `undefined` stays with the first. */
  sni?: ((serverName: string) => KeyPair | undefined) | undefined;
  /**
   * Milliseconds for the handshake. It never holds up other connections.
   *
   * @default {10000}
   */
  handshakeTimeout?: number | undefined;
  /**
   * Takes an end of the connection for the end of the stream, also if the peer has not closed TLS, as Python does; whoever can
   * cut the connection can then cut what is read, unseen. Else reading on is a `ConnectionResetError`.
   *
   * @default {false}
   */
  suppressRaggedEof?: boolean | undefined;
}

/** What the options of a client may be. */
export const TLS_CLIENT_RULES: RulesOf<TlsClientOptions> = {
  serverName: "string",
  ca: "any",
  cert: "string",
  key: "string",
  alpn: "array",
  verify: ["full", "chain", "none"],
  handshakeTimeout: "milliseconds",
  suppressRaggedEof: "boolean",
};

/** What those of a server may be. A misspelt `clientAuth` must not let everybody in. */
export const TLS_SERVER_RULES: RulesOf<TlsServerOptions> = {
  cert: "any",
  key: "any",
  alpn: "array",
  engine: ["node", "deno"],
  clientAuth: "any",
  ca: "any",
  sni: "function",
  handshakeTimeout: "milliseconds",
  suppressRaggedEof: "boolean",
};

/** The peer's certificate. */
export interface PeerCertificate {
  /** Whom it is for, as `CN=…`. */
  readonly subject: string;
  /** Who signed it. */
  readonly issuer: string;
  /** The names it is for, as `DNS:…, IP Address:…`. */
  readonly altNames: string;
  /** From when it is valid. */
  readonly validFrom: Date;
  /** Until when it is valid. */
  readonly validTo: Date;
  /** Its SHA-256, as `AB:CD:…`. */
  readonly fingerprint256: string;
  /** The certificate itself (DER). */
  readonly raw: Uint8Array;
}

/** What was agreed on. Deno's own TLS tells only `alpn`; `node:tls` tells all. */
export interface TlsInfo {
  /** Which side this is. */
  readonly side: "client" | "server";
  /** The protocol that was chosen (ALPN). */
  readonly alpn: string | undefined;
  /** `TLSv1.3` or `TLSv1.2`. */
  readonly version: string | undefined;
  /** The cipher suite. */
  readonly cipher: string | undefined;
  /** The name the client asked for. */
  readonly serverName: string | undefined;
  /** The peer's certificate, which has been verified. */
  readonly peerCertificate: PeerCertificate | undefined;
}

/** Milliseconds for a handshake where none are given. */
export const HANDSHAKE_TIMEOUT: number = 10_000;
