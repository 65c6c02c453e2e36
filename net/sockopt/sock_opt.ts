/**
 * One option of a socket, as the kernel has it: `getsockopt` and `setsockopt`.
 *
 * @module
 */
import { NetError } from "../errors.ts";
import { descriptorOf } from "./_descriptor.ts";
import { errno, type Libc, withLibc } from "./_libc.ts";
import type { SocketOwner } from "./owner.ts";

const SOL_SOCKET = 1;
const IPPROTO_TCP = 6;

/** Options that have a name here. */
export type NamedOption =
  | "SO_REUSEADDR"
  | "SO_TYPE"
  | "SO_ERROR"
  | "SO_BROADCAST"
  | "SO_SNDBUF"
  | "SO_RCVBUF"
  | "SO_KEEPALIVE"
  | "SO_PRIORITY"
  | "SO_LINGER"
  | "SO_REUSEPORT"
  | "SO_ACCEPTCONN"
  | "SO_MARK"
  | "TCP_NODELAY"
  | "TCP_MAXSEG"
  | "TCP_CORK"
  | "TCP_KEEPIDLE"
  | "TCP_KEEPINTVL"
  | "TCP_KEEPCNT"
  | "TCP_DEFER_ACCEPT"
  | "TCP_QUICKACK"
  | "TCP_CONGESTION"
  | "TCP_USER_TIMEOUT"
  | "TCP_FASTOPEN";

/** Level and number of options on Linux (x86-64 and ARM64). */
const NUMBERS: Readonly<Record<NamedOption, readonly [level: number, number: number]>> = {
  SO_REUSEADDR: [SOL_SOCKET, 2],
  SO_TYPE: [SOL_SOCKET, 3],
  SO_ERROR: [SOL_SOCKET, 4],
  SO_BROADCAST: [SOL_SOCKET, 6],
  SO_SNDBUF: [SOL_SOCKET, 7],
  SO_RCVBUF: [SOL_SOCKET, 8],
  SO_KEEPALIVE: [SOL_SOCKET, 9],
  SO_PRIORITY: [SOL_SOCKET, 12],
  SO_LINGER: [SOL_SOCKET, 13],
  SO_REUSEPORT: [SOL_SOCKET, 15],
  SO_ACCEPTCONN: [SOL_SOCKET, 30],
  SO_MARK: [SOL_SOCKET, 36],
  TCP_NODELAY: [IPPROTO_TCP, 1],
  TCP_MAXSEG: [IPPROTO_TCP, 2],
  TCP_CORK: [IPPROTO_TCP, 3],
  TCP_KEEPIDLE: [IPPROTO_TCP, 4],
  TCP_KEEPINTVL: [IPPROTO_TCP, 5],
  TCP_KEEPCNT: [IPPROTO_TCP, 6],
  TCP_DEFER_ACCEPT: [IPPROTO_TCP, 9],
  TCP_QUICKACK: [IPPROTO_TCP, 12],
  TCP_CONGESTION: [IPPROTO_TCP, 13],
  TCP_USER_TIMEOUT: [IPPROTO_TCP, 18],
  TCP_FASTOPEN: [IPPROTO_TCP, 23],
};

/** The name of an option, or its level and number as `<sys/socket.h>` has them. */
export type SockOptName = NamedOption | readonly [level: number, number: number];

function numbersOf(name: SockOptName, op: string): readonly [number, number] {
  const pair = typeof name === "string"
    ? Object.hasOwn(NUMBERS, name) ? NUMBERS[name] : undefined
    : name;
  if (pair?.length === 2 && pair.every(Number.isInteger)) return pair;
  throw new TypeError(
    `Cannot ${op}: the name of an option or [level, number] is needed, received ${String(name)}`,
  );
}

/** A socket that was found, and the calls for it. */
export class OpenSocket {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #op: string;

  /** Finds the socket of an object. */
  constructor(libc: Libc, owner: SocketOwner, op: string) {
    this.#libc = libc;
    this.#op = op;
    this.#fd = descriptorOf(libc, owner, op);
  }

  /** Sets an option. */
  set(name: SockOptName, value: Uint8Array<ArrayBuffer>): void {
    const [level, number] = numbersOf(name, this.#op);
    if (this.#libc.setsockopt(this.#fd, level, number, value, value.length) !== 0) this.#fail(name);
  }

  /** Reads an option. */
  get(name: SockOptName, length: number): Uint8Array<ArrayBuffer> {
    const [level, number] = numbersOf(name, this.#op);
    const value = new Uint8Array(length);
    const size = new Uint32Array([length]);
    if (this.#libc.getsockopt(this.#fd, level, number, value, size) !== 0) this.#fail(name);
    return value.subarray(0, size[0]);
  }

  #fail(name: SockOptName): never {
    const code = errno(this.#libc);
    const reason = `the kernel refused ${String(name)} with ${code}`;
    throw new NetError({ op: this.#op, reason, code });
  }
}

/**
 * Finds the socket of an object and works with it.
 *
 * @param op What is attempted, for errors.
 */
export function withSocket<T>(owner: SocketOwner, op: string, work: (s: OpenSocket) => T): T {
  return withLibc(op, (libc) => work(new OpenSocket(libc, owner, op)));
}

/** The bytes of a C `int`, or of several. */
export function ints(...values: number[]): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new Int32Array(values).buffer);
}

/**
 * Reads an option of a socket from the kernel, as Python's `socket.getsockopt`. Linux, with `--allow-ffi`.
 *
 * @param owner Whose socket: a connection, listener or endpoint.
 * @param name The option.
 * @returns Its value, a C `int`.
 * @throws {NetError} If the socket is closed, or the kernel refuses.
 * @throws {Deno.errors.NotSupported} If this is not Linux, or it is no TCP or UDP socket.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 *
 * @example What the kernel says
 * ```ts
 * import { createServer } from "@ferry/std/net";
 * import { getSockOpt } from "@ferry/std/net/sockopt";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * assertEquals(getSockOpt(listener, "SO_ACCEPTCONN"), 1);
 * ```
 */
export function getSockOpt(owner: SocketOwner, name: SockOptName): number;
/**
 * Reads an option that is no `int`, such as a struct or a name.
 *
 * @param owner Whose socket.
 * @param name The option.
 * @param length The most bytes it may have.
 * @returns Its bytes.
 */
export function getSockOpt(
  owner: SocketOwner,
  name: SockOptName,
  length: number,
): Uint8Array<ArrayBuffer>;
/** Reads an option. */
export function getSockOpt(
  owner: SocketOwner,
  name: SockOptName,
  length?: number,
): number | Uint8Array<ArrayBuffer> {
  return withSocket(owner, "getSockOpt", (socket) => {
    const bytes = socket.get(name, length ?? 4);
    return length === undefined ? new Int32Array(bytes.buffer)[0]! : bytes;
  });
}

/**
 * Sets an option of a socket in the kernel, as Python's `socket.setsockopt`. Linux, with `--allow-ffi`.
 *
 * @param owner Whose socket: a connection, listener or endpoint.
 * @param name The option.
 * @param value Its value: a C `int`, or the bytes of a struct or a name.
 * @throws {NetError} If the socket is closed, or the kernel refuses: `code` is `EINVAL`, `EPERM` …
 * @throws {Deno.errors.NotSupported} If this is not Linux, or it is no TCP or UDP socket.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 *
 * @example The largest segment that is sent
 * ```ts
 * import { createServer } from "@ferry/std/net";
 * import { getSockOpt, setSockOpt } from "@ferry/std/net/sockopt";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * setSockOpt(listener, "TCP_DEFER_ACCEPT", 1);
 * assertEquals(getSockOpt(listener, "TCP_DEFER_ACCEPT"), 1);
 * ```
 */
export function setSockOpt(
  owner: SocketOwner,
  name: SockOptName,
  value: number | Uint8Array<ArrayBuffer>,
): void {
  const bytes = typeof value === "number" ? ints(value) : value;
  withSocket(owner, "setSockOpt", (socket) => socket.set(name, bytes));
}
