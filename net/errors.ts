/**
 * What goes wrong on a network, by class, with the operation and both addresses.
 *
 * Each class is a subclass of the `Deno.errors` class of the same trouble, so both
 * `catch (e) { if (e instanceof Deno.errors.ConnectionReset)` and `instanceof ConnectionResetError` work, and each is
 * `instanceof` {@linkcode NetError}, which catches all of them.
 *
 * | class | `Deno.errors` | when |
 * |---|---|---|
 * | {@linkcode ConnectionRefusedError} | `ConnectionRefused` | nobody listens there |
 * | {@linkcode ConnectionResetError} | `ConnectionReset` | the peer broke the connection off |
 * | {@linkcode ConnectionAbortedError} | `ConnectionAborted` | it was broken off on this side |
 * | {@linkcode BrokenPipeError} | `BrokenPipe` | written to a connection that the peer no longer reads |
 * | {@linkcode AddressInUseError} | `AddrInUse` | another socket listens there |
 * | {@linkcode AddressNotAvailableError} | `AddrNotAvailable` | no address of this machine |
 * | {@linkcode NotConnectedError} | `NotConnected` | not connected, or no longer |
 * | {@linkcode TimeoutError} | `TimedOut` | a deadline passed; nothing that arrived is lost |
 * | {@linkcode ClosedError} | `BadResource` | closed on this side |
 * | {@linkcode BusyError} | `Busy` | another call of the same kind is pending |
 * | {@linkcode IncompleteReadError} | `UnexpectedEof` | the peer finished in the middle; `partial` has what came |
 * | {@linkcode LimitOverrunError} | `InvalidData` | more bytes than a limit allows |
 * | {@linkcode ProtocolError} | `InvalidData` | bytes that the protocol does not allow |
 * | {@linkcode TlsError} | `InvalidData` | a handshake or certificate failed |
 * | {@linkcode GaiError} | - | a host name that does not resolve |
 *
 * A missing permission stays `Deno.errors.NotCapable`, an abort stays the signal's reason.
 *
 * @module
 */

/** An address of the Internet protocols. */
export interface InetAddress {
  /** A host name, or an IPv4 or IPv6 address without brackets. */
  readonly hostname: string;
  /** The port; 0 lets the system choose when listening. */
  readonly port: number;
}

/** The address of a Unix socket. */
export interface UnixAddress {
  /** Its path; one that starts with `"\0"` is abstract (Linux); `null` for a socket that is bound to none. */
  readonly path: string | null;
}

/** Where a socket is. `Deno.Addr` is one too. */
export type Address = InetAddress | UnixAddress;

/**
 * Writes an address as people do.
 *
 * @param address The address.
 * @returns `127.0.0.1:80`, `[::1]:80`, `unix:/run/a.sock`, `unix:@abstract`, `unix:(unnamed)`.
 *
 * @example IPv6 in brackets
 * ```ts
 * import { formatAddress } from "@ferry/std/net/errors";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatAddress({ hostname: "::1", port: 80 }), "[::1]:80");
 * assertEquals(formatAddress({ path: "/run/a.sock" }), "unix:/run/a.sock");
 * ```
 */
export function formatAddress(address: Address): string {
  if ("path" in address) {
    if (!address.path) return "unix:(unnamed)";
    return `unix:${address.path.replace(/^\0/, "@")}`;
  }
  const { hostname, port } = address as InetAddress;
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

/** What every error of this area tells besides its message. */
export interface NetErrorFields {
  /** What was attempted: `connect`, `listen`, `accept`, `read`, `write`, `handshake` … */
  readonly op: string;
  /** The address on this side, if it was known. */
  readonly local: Address | undefined;
  /** The address of the peer, if it was known. */
  readonly peer: Address | undefined;
  /** The system's name for the error, such as `ECONNRESET`, where there is one. */
  readonly code: string | undefined;
}

/** What an error of this area is made of. */
export interface NetErrorInit {
  /** What was attempted: `connect`, `listen`, `accept`, `read`, `write`, `handshake` … */
  op: string;
  /** The address on this side. */
  local?: Address | undefined;
  /** The address of the peer. */
  peer?: Address | undefined;
  /** The system's name for the error. */
  code?: string | undefined;
  /** What went wrong, for the message. */
  reason?: string | undefined;
  /** The error that led to this one. */
  cause?: unknown;
}

/** Operations in the words of a message, and the side whose address belongs there. */
const PHRASES: Record<string, [phrase: string, side: "peer" | "local"]> = {
  connect: ["connect to", "peer"],
  read: ["read from", "peer"],
  write: ["write to", "peer"],
  handshake: ["complete the TLS handshake with", "peer"],
  startTls: ["start TLS with", "peer"],
  listen: ["listen on", "local"],
  accept: ["accept on", "local"],
  receive: ["receive on", "local"],
  send: ["send to", "peer"],
  resolve: ["resolve", "peer"],
};

/** `Cannot read from 10.0.0.1:5000 (local 10.0.0.2:80): the peer reset the connection`. */
function describe(init: NetErrorInit, otherwise: string): string {
  const [phrase, side] = PHRASES[init.op] ?? [init.op, "peer"];
  const address = init[side];
  const about = side === "peer" && init.local ? ` (local ${formatAddress(init.local)})` : "";
  const where = address ? ` ${formatAddress(address)}${about}` : init.op in PHRASES ? " it" : "";
  return `Cannot ${phrase}${where}: ${init.reason ?? otherwise}`;
}

const family = new WeakSet<object>();

/** Makes an error one of the family. */
function enlist(error: Error, init: NetErrorInit, code: string | undefined): void {
  family.add(error);
  const { op, local, peer } = init;
  Object.assign(error, { op, local, peer, code: init.code ?? code });
}

/** Keeps `cause` absent where there is none. */
function options(init: NetErrorInit): ErrorOptions | undefined {
  return init.cause === undefined ? undefined : { cause: init.cause };
}

/** The declaration that all classes below share: an error, and what it tells. */
interface NetErrorBase extends NetErrorFields, Error {}

/**
 * Anything that went wrong on the network. Every error of this area is `instanceof` this class, also those that extend a
 * class of `Deno.errors`; an error that has no class of its own, such as too many open files, is just this.
 *
 * @example Catches them all
 * ```ts
 * import { ConnectionRefusedError, NetError } from "@ferry/std/net/errors";
 * import { assert } from "@std/assert";
 *
 * const error = new ConnectionRefusedError({ op: "connect", peer: { hostname: "::1", port: 9 } });
 * assert(error instanceof NetError && error instanceof Deno.errors.ConnectionRefused);
 * ```
 */
export class NetError extends Error implements NetErrorFields {
  /** The class's name. */
  override readonly name: string = "NetError";
  /** What was attempted. */
  declare readonly op: string;
  /** The address on this side, if it was known. */
  declare readonly local: Address | undefined;
  /** The address of the peer, if it was known. */
  declare readonly peer: Address | undefined;
  /** The system's name for the error. */
  declare readonly code: string | undefined;

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "the system refused"), options(init));
    enlist(this, init, undefined);
  }

  /**
   * Whether a value is an error of this area.
   *
   * @param value Any value.
   * @returns Whether it is.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== NetError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && family.has(value);
  }
}

/**
 * Nobody listens at the address.
 *
 * @example Tries until the server is there
 * ```ts
 * import { ConnectionRefusedError, openConnection } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
 * const address = { hostname: "127.0.0.1", port: listener.addr.port };
 * listener.close();
 * await assertRejects(() => openConnection(address), ConnectionRefusedError, "nobody listens there");
 * ```
 */
export class ConnectionRefusedError extends Deno.errors.ConnectionRefused {
  /** The class's name. */
  override readonly name: string = "ConnectionRefusedError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "nobody listens there"), options(init));
    enlist(this, init, "ECONNREFUSED");
  }
}
/** What a {@linkcode ConnectionRefusedError} tells besides its message. */
export interface ConnectionRefusedError extends NetErrorFields {}

/**
 * The peer broke the connection off; bytes under way may be lost.
 *
 * @example Tells a peer that broke off from one that finished
 * ```ts
 * import { ConnectionResetError, NetError } from "@ferry/std/net/errors";
 * import { assert } from "@std/assert";
 *
 * const error = new ConnectionResetError({ op: "read", peer: { hostname: "10.0.0.1", port: 80 } });
 * assert(error instanceof NetError && error instanceof Deno.errors.ConnectionReset);
 * ```
 */
export class ConnectionResetError extends Deno.errors.ConnectionReset {
  /** The class's name. */
  override readonly name: string = "ConnectionResetError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "the peer reset the connection"), options(init));
    enlist(this, init, "ECONNRESET");
  }
}
/** What a {@linkcode ConnectionResetError} tells besides its message. */
export interface ConnectionResetError extends NetErrorFields {}

/**
 * The connection was broken off on this side.
 *
 * @example What waits when this side breaks off
 * ```ts
 * import { ConnectionAbortedError, socketPair } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * const receiving = a.recv();
 * a.abort();
 * await assertRejects(() => receiving, ConnectionAbortedError);
 * b.close();
 * ```
 */
export class ConnectionAbortedError extends Deno.errors.ConnectionAborted {
  /** The class's name. */
  override readonly name: string = "ConnectionAbortedError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "the connection was aborted on this side"), options(init));
    enlist(this, init, "ECONNABORTED");
  }
}
/** What a {@linkcode ConnectionAbortedError} tells besides its message. */
export interface ConnectionAbortedError extends NetErrorFields {}

/**
 * The peer no longer reads, or this side has finished writing.
 *
 * @example Writing after the end
 * ```ts
 * import { BrokenPipeError, socketPair } from "@ferry/std/net";
 * import { assertThrows } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * await a.shutdown("write");
 * assertThrows(() => a.writer.write("more"), BrokenPipeError);
 * a.close();
 * b.close();
 * ```
 */
export class BrokenPipeError extends Deno.errors.BrokenPipe {
  /** The class's name. */
  override readonly name: string = "BrokenPipeError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "the peer no longer reads"), options(init));
    enlist(this, init, "EPIPE");
  }
}
/** What a {@linkcode BrokenPipeError} tells besides its message. */
export interface BrokenPipeError extends NetErrorFields {}

/**
 * Another socket listens at the address.
 *
 * @example The port is taken
 * ```ts
 * import { AddressInUseError, startServer } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * await using server = await startServer(() => {}, { port: 0 });
 * const { port } = server.address as Deno.NetAddr;
 * await assertRejects(() => startServer(() => {}, { port }), AddressInUseError);
 * ```
 */
export class AddressInUseError extends Deno.errors.AddrInUse {
  /** The class's name. */
  override readonly name: string = "AddressInUseError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "another socket listens there"), options(init));
    enlist(this, init, "EADDRINUSE");
  }
}
/** What a {@linkcode AddressInUseError} tells besides its message. */
export interface AddressInUseError extends NetErrorFields {}

/**
 * The address is none of this machine.
 *
 * @example An address of somebody else
 * ```ts
 * import { AddressNotAvailableError, createServer } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * // An address for documentation: no machine has it.
 * const address = { hostname: "192.0.2.1", port: 0 };
 * await assertRejects(() => createServer(address), AddressNotAvailableError);
 * ```
 */
export class AddressNotAvailableError extends Deno.errors.AddrNotAvailable {
  /** The class's name. */
  override readonly name: string = "AddressNotAvailableError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "this machine has no such address"), options(init));
    enlist(this, init, "EADDRNOTAVAIL");
  }
}
/** What a {@linkcode AddressNotAvailableError} tells besides its message. */
export interface AddressNotAvailableError extends NetErrorFields {}

/**
 * There is no connection, or no longer.
 *
 * @example What it tells
 * ```ts
 * import { NotConnectedError } from "@ferry/std/net/errors";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new NotConnectedError({ op: "shutdown" });
 * assertEquals([error.message, error.code], ["Cannot shutdown: there is no connection", "ENOTCONN"]);
 * ```
 */
export class NotConnectedError extends Deno.errors.NotConnected {
  /** The class's name. */
  override readonly name: string = "NotConnectedError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "there is no connection"), options(init));
    enlist(this, init, "ENOTCONN");
  }
}
/** What a {@linkcode NotConnectedError} tells besides its message. */
export interface NotConnectedError extends NetErrorFields {}

/**
 * It was closed on this side.
 *
 * @example Who waits is told of a close
 * ```ts
 * import { ClosedError, createServer } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * const listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * const accepting = listener.accept();
 * listener.close();
 * await assertRejects(() => accepting, ClosedError);
 * ```
 */
export class ClosedError extends Deno.errors.BadResource {
  /** The class's name. */
  override readonly name: string = "ClosedError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "it is closed on this side"), options(init));
    enlist(this, init, "EBADF");
  }
}
/** What a {@linkcode ClosedError} tells besides its message. */
export interface ClosedError extends NetErrorFields {}

/**
 * Another call of the same kind is pending; it goes on undisturbed.
 *
 * @example Two calls that read
 * ```ts
 * import { BusyError, socketPair } from "@ferry/std/net";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * const first = a.reader.readLine();
 * await assertRejects(() => a.reader.readLine(), BusyError);
 * await b.sendAll("for the first\n");
 * assertEquals(new TextDecoder().decode((await first)!), "for the first");
 * a.close();
 * b.close();
 * ```
 */
export class BusyError extends Deno.errors.Busy {
  /** The class's name. */
  override readonly name: string = "BusyError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "another call is pending"), options(init));
    enlist(this, init, "EBUSY");
  }
}
/** What a {@linkcode BusyError} tells besides its message. */
export interface BusyError extends NetErrorFields {}

/**
 * The peer sent what the protocol does not allow.
 *
 * @example A varint of eleven bytes
 * ```ts
 * import { ProtocolError, StreamReader, VarintPrefixed } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * const reader = StreamReader.from(new Uint8Array(11).fill(0xff));
 * await assertRejects(() => reader.readFrame(new VarintPrefixed()), ProtocolError);
 * ```
 */
export class ProtocolError extends Deno.errors.InvalidData {
  /** The class's name. */
  override readonly name: string = "ProtocolError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "the bytes received are not what the protocol allows"), options(init));
    enlist(this, init, "EPROTO");
  }
}
/** What a {@linkcode ProtocolError} tells besides its message. */
export interface ProtocolError extends NetErrorFields {}

/**
 * A TLS handshake failed, or a certificate was not accepted.
 *
 * @example Something that speaks no TLS
 * ```ts
 * import { openConnection, startServer, TlsError } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * await using server = await startServer(({ writer }) => writer.write("hello\n"), { port: 0 });
 * await assertRejects(() => openConnection(server.address, { tls: true }), TlsError);
 * ```
 */
export class TlsError extends Deno.errors.InvalidData {
  /** The class's name. */
  override readonly name: string = "TlsError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super(describe(init, "TLS refused"), options(init));
    enlist(this, init, "EPROTO");
  }
}
/** What a {@linkcode TlsError} tells besides its message. */
export interface TlsError extends NetErrorFields {}

/**
 * A host name does not resolve. `code` is `ENOTFOUND`, `EAI_AGAIN` …
 *
 * @example A name that does not exist
 * ```ts
 * import { GaiError, openConnection } from "@ferry/std/net";
 * import { assertRejects } from "@std/assert";
 *
 * const address = { hostname: "no-such-host.invalid", port: 80 };
 * await assertRejects(() => openConnection(address), GaiError);
 * ```
 */
export class GaiError extends NetError {
  /** The class's name. */
  override readonly name: string = "GaiError";

  /**
   * Makes the error.
   *
   * @param init What it tells.
   */
  constructor(init: NetErrorInit) {
    super({ code: "ENOTFOUND", reason: "the host name does not resolve", ...init });
  }
}

/**
 * A deadline passed first. What had arrived is kept and comes with the next call.
 *
 * @example The next call has what came too late
 * ```ts
 * import { socketPair, TimeoutError } from "@ferry/std/net";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [a, b] = socketPair();
 * await b.sendAll("half a li");
 * await assertRejects(() => a.reader.readLine({ timeout: 1 }), TimeoutError);
 * await b.sendAll("ne\n");
 * assertEquals(new TextDecoder().decode((await a.reader.readLine())!), "half a line");
 * a.close();
 * b.close();
 * ```
 */
export class TimeoutError extends Deno.errors.TimedOut {
  /** The class's name. */
  override readonly name: string = "TimeoutError";
  /** The milliseconds that were given. */
  readonly timeout: number;

  /**
   * Makes the error.
   *
   * @param init What it tells.
   * @param timeout The milliseconds that were given.
   */
  constructor(init: NetErrorInit, timeout: number) {
    super(describe(init, `not possible within ${timeout} ms`), options(init));
    enlist(this, init, "ETIMEDOUT");
    this.timeout = timeout;
  }
}
/** What a {@linkcode TimeoutError} tells besides its message. */
export interface TimeoutError extends NetErrorFields {}

/**
 * The peer finished before all that was asked for had arrived.
 *
 * @example What there was
 * ```ts
 * import { IncompleteReadError, StreamReader } from "@ferry/std/net";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const reader = StreamReader.from(new Uint8Array([1, 2, 3]));
 * const error = await assertRejects(() => reader.readExactly(4), IncompleteReadError);
 * assertEquals([error.partial, error.expected], [new Uint8Array([1, 2, 3]), 4]);
 * ```
 */
export class IncompleteReadError extends Deno.errors.UnexpectedEof {
  /** The class's name. */
  override readonly name: string = "IncompleteReadError";
  /** What had arrived. It is no longer in the reader. */
  readonly partial: Uint8Array;
  /** How many bytes were asked for; `undefined` when reading up to a separator. */
  readonly expected: number | undefined;

  /**
   * Makes the error.
   *
   * @param init What it tells.
   * @param partial What had arrived.
   * @param expected How many bytes were asked for; nothing when reading up to a separator.
   */
  constructor(init: NetErrorInit, partial: Uint8Array, expected?: number) {
    const wanted = expected === undefined ? "the separator" : `${expected} bytes`;
    super(
      describe(init, `${wanted} needed, the stream ended after ${partial.length} bytes`),
      options(init),
    );
    enlist(this, init, undefined);
    this.partial = partial;
    this.expected = expected;
  }
}
/** What an {@linkcode IncompleteReadError} tells besides its message. */
export interface IncompleteReadError extends NetErrorFields {}

/**
 * The peer sent more than a limit allows. The bytes are left where they are.
 *
 * @example A line that is too long is left out
 * ```ts
 * import { LimitOverrunError, StreamReader } from "@ferry/std/net";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const reader = StreamReader.from(new TextEncoder().encode("much too long\nshort\n"));
 * await assertRejects(() => reader.readLine({ limit: 8 }), LimitOverrunError);
 * await reader.skipLine();
 * assertEquals(new TextDecoder().decode((await reader.readLine({ limit: 8 }))!), "short");
 * ```
 */
export class LimitOverrunError extends Deno.errors.InvalidData {
  /** The class's name. */
  override readonly name: string = "LimitOverrunError";
  /** The limit in bytes. */
  readonly limit: number;
  /** Bytes, from the next one to be read, that certainly hold no separator; or the length a frame announced. */
  readonly consumed: number;

  /**
   * Makes the error.
   *
   * @param init What it tells; `reason` says how to go on.
   * @param consumed Bytes that were looked at, or announced.
   * @param limit The limit in bytes.
   */
  constructor(init: NetErrorInit, consumed: number, limit: number) {
    super(
      describe(init, `at most ${limit} bytes allowed, received ${consumed} or more`),
      options(init),
    );
    enlist(this, init, "EMSGSIZE");
    this.limit = limit;
    this.consumed = consumed;
  }
}
/** What a {@linkcode LimitOverrunError} tells besides its message. */
export interface LimitOverrunError extends NetErrorFields {}

type Made = new (init: NetErrorInit) => NetErrorBase;

/** By the runtime's class. Its own errors first, the most frequent on top. */
const BY_CLASS: [new (...args: never[]) => Error, Made][] = [
  [Deno.errors.ConnectionReset, ConnectionResetError],
  [Deno.errors.BrokenPipe, BrokenPipeError],
  [Deno.errors.ConnectionRefused, ConnectionRefusedError],
  [Deno.errors.BadResource, ClosedError],
  [Deno.errors.Interrupted, ClosedError],
  [Deno.errors.Busy, BusyError],
  [Deno.errors.ConnectionAborted, ConnectionAbortedError],
  [Deno.errors.AddrInUse, AddressInUseError],
  [Deno.errors.AddrNotAvailable, AddressNotAvailableError],
  [Deno.errors.NotConnected, NotConnectedError],
];

/** By the system's name, for what node's modules and plain errors carry. */
const BY_CODE: Record<string, Made> = {
  ECONNRESET: ConnectionResetError,
  EPIPE: BrokenPipeError,
  ECONNREFUSED: ConnectionRefusedError,
  EBADF: ClosedError,
  EBUSY: BusyError,
  ECONNABORTED: ConnectionAbortedError,
  EADDRINUSE: AddressInUseError,
  EADDRNOTAVAIL: AddressNotAvailableError,
  ENOTCONN: NotConnectedError,
  ENOTFOUND: GaiError,
  EAI_AGAIN: GaiError,
  EAI_NODATA: GaiError,
};

/** Not trouble of the network: a permission, an abort, a mistake of the caller. */
function isForeign(error: unknown): boolean {
  return !(error instanceof Error) || error instanceof DOMException ||
    error instanceof Deno.errors.NotCapable || error instanceof Deno.errors.PermissionDenied ||
    error instanceof TypeError || error instanceof RangeError;
}

/**
 * Turns an error of the runtime into one of this area, with the operation and the addresses.
 *
 * @param error What was thrown.
 * @param init What was attempted and where.
 * @returns The error of this area, with `error` as its `cause`; `error` itself if it is one already, or if it is not about
 * the network (a missing permission, an abort, a TypeError).
 *
 * @example Adds the addresses
 * ```ts
 * import { ConnectionResetError, toNetError } from "@ferry/std/net/errors";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const peer = { hostname: "10.0.0.1", port: 5000 };
 * const error = toNetError(new Deno.errors.ConnectionReset("reset"), { op: "read", peer });
 * assert(error instanceof ConnectionResetError);
 * assertEquals(error.message, "Cannot read from 10.0.0.1:5000: the peer reset the connection");
 * ```
 */
export function toNetError(error: unknown, init: NetErrorInit): Error {
  if (error instanceof NetError) return error;
  if (isForeign(error)) return error as Error;
  const { code, message } = error as Error & { code?: unknown };
  const name = typeof code === "string" ? code : undefined;
  const full: NetErrorInit = { ...init, cause: error, code: name };
  for (const [from, to] of BY_CLASS) if (error instanceof from) return new to(full);
  if (name !== undefined && Object.hasOwn(BY_CODE, name)) return new BY_CODE[name]!(full);
  if (/failed to lookup address|getaddrinfo/i.test(message)) return new GaiError(full);
  if (error instanceof Deno.errors.UnexpectedEof) {
    const reason = "the peer finished without the closing message of TLS";
    return new ConnectionResetError({ ...full, reason, code: "ECONNRESET" });
  }
  if (error instanceof Deno.errors.InvalidData) return new TlsError({ ...full, reason: message });
  return new NetError({ ...full, reason: message });
}
