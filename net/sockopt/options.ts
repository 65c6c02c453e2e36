/**
 * The options of a socket that Deno has no call for, by name.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import type { SocketOwner } from "./owner.ts";
import { ints, type OpenSocket, type SockOptName, withSocket } from "./sock_opt.ts";

/** Options of a socket. */
export interface KernelOptions {
  /** Sends small writes at once (TCP_NODELAY). */
  noDelay?: boolean | undefined;
  /** Asks a silent peer whether it is alive (SO_KEEPALIVE). */
  keepAlive?: boolean | undefined;
  /** Milliseconds of silence before the first question, rounded up to seconds (TCP_KEEPIDLE). */
  keepIdle?: number | undefined;
  /** Milliseconds between two questions, rounded up to seconds (TCP_KEEPINTVL). */
  keepInterval?: number | undefined;
  /** Questions without an answer before the connection is given up (TCP_KEEPCNT). */
  keepCount?: number | undefined;
  /** Milliseconds that sent bytes may be without an answer before the connection is given up; 0 is the kernel's own (TCP_USER_TIMEOUT). */
  userTimeout?: number | undefined;
  /**
   * Milliseconds, rounded up to seconds, that the kernel tries to send the rest after a close, `null` for its own (SO_LINGER).
   * Deno finishes writing before it closes: 0 does not make a reset of it.
   */
  linger?: number | null | undefined;
  /** Bytes that the kernel keeps to be sent (SO_SNDBUF). Linux doubles what is set, and says so when it is read. */
  sendBuffer?: number | undefined;
  /** Bytes that the kernel keeps to be received (SO_RCVBUF). Linux doubles what is set, and says so when it is read. */
  receiveBuffer?: number | undefined;
  /** Lets an address be bound that was in use a moment ago (SO_REUSEADDR); Deno sets it for listeners. */
  reuseAddress?: boolean | undefined;
}

/** What the kernel says of a socket, as {@linkcode KernelOptions} has it. What only TCP has is `undefined` for UDP. */
export type KernelOptionValues =
  & { readonly [K in SharedOption]: Exclude<KernelOptions[K], undefined> }
  & { readonly [K in Exclude<keyof KernelOptions, SharedOption>]-?: KernelOptions[K] };

/** Options that every socket has. */
export type SharedOption = "keepAlive" | "linger" | "sendBuffer" | "receiveBuffer" | "reuseAddress";

/** Their values are checked as they are turned into the kernel's. */
const RULES: RulesOf<KernelOptions> = {
  noDelay: "any",
  keepAlive: "any",
  keepIdle: "any",
  keepInterval: "any",
  keepCount: "any",
  userTimeout: "any",
  linger: "any",
  sendBuffer: "any",
  receiveBuffer: "any",
  reuseAddress: "any",
};

type Kind = "flag" | "count" | "ms" | "seconds";

const PLAIN: readonly [keyof KernelOptions, SockOptName & string, Kind][] = [
  ["noDelay", "TCP_NODELAY", "flag"],
  ["keepAlive", "SO_KEEPALIVE", "flag"],
  ["keepIdle", "TCP_KEEPIDLE", "seconds"],
  ["keepInterval", "TCP_KEEPINTVL", "seconds"],
  ["keepCount", "TCP_KEEPCNT", "count"],
  ["userTimeout", "TCP_USER_TIMEOUT", "ms"],
  ["sendBuffer", "SO_SNDBUF", "count"],
  ["receiveBuffer", "SO_RCVBUF", "count"],
  ["reuseAddress", "SO_REUSEADDR", "flag"],
];

/**
 * Sets options of a socket in the kernel. Linux, with `--allow-ffi`.
 *
 * Deno shows no file descriptors: the socket is looked for among those of this process by its addresses, and `setsockopt` of
 * the C library is called. That takes a few milliseconds. Sockets that a listener accepts have its options: set them on the
 * listener, once.
 *
 * @param owner Whose socket: a connection, listener or endpoint.
 * @param options What to set.
 * @throws {TypeError} If an option is of the wrong type. Nothing is set.
 * @throws {RangeError} If a number is negative or too large. Nothing is set.
 * @throws {NetError} If the socket is closed, or the kernel refuses: `code` is `EINVAL`, `EPERM` …
 * @throws {Deno.errors.NotSupported} If this is not Linux, or it is no TCP or UDP socket.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example A peer that vanished is noticed after a minute
 * ```ts
 * import { createServer, openConnection } from "@ferry/std/net";
 * import { getSocketOptions, setSocketOptions } from "@ferry/std/net/sockopt";
 * import { assertEquals } from "@std/assert";
 *
 * using listener = await createServer({ hostname: "127.0.0.1", port: 0 });
 * setSocketOptions(listener, {
 *   keepAlive: true,
 *   keepIdle: 30_000,
 *   keepInterval: 10_000,
 *   keepCount: 3,
 *   userTimeout: 60_000,
 * });
 * await using client = await openConnection(listener.address);
 * await using accepted = await listener.accept();
 * assertEquals(getSocketOptions(accepted).keepIdle, 30_000);
 * ```
 */
export function setSocketOptions(owner: SocketOwner, options: KernelOptions): void {
  checkOptions("Cannot set options of a socket", options, RULES);
  const list: [SockOptName, Uint8Array<ArrayBuffer>][] = [];
  for (const [name, option, kind] of PLAIN) {
    const value = options[name];
    if (value !== undefined) list.push([option, ints(toKernel(name, value, kind))]);
  }
  const { linger } = options;
  if (linger !== undefined) {
    const seconds = linger === null ? 0 : toKernel("linger", linger, "seconds");
    list.push(["SO_LINGER", ints(Number(linger !== null), seconds)]);
  }
  withSocket(owner, "setSocketOptions", (socket) => {
    for (const [option, value] of list) socket.set(option, value);
  });
}

/**
 * Reads options of a socket from the kernel. Linux, with `--allow-ffi`.
 *
 * @param owner Whose socket: a connection, listener or endpoint.
 * @returns What the kernel says.
 * @throws {NetError} If the socket is closed.
 * @throws {Deno.errors.NotSupported} If this is not Linux, or it is no TCP or UDP socket.
 * @throws {Deno.errors.NotCapable} If `--allow-ffi` is missing.
 *
 * @example What connections of this package have
 * ```ts
 * import { openConnection, startServer } from "@ferry/std/net";
 * import { getSocketOptions } from "@ferry/std/net/sockopt";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = await startServer(({ reader }) => reader.read(), { port: 0 });
 * await using client = await openConnection(server.address, { keepAlive: true });
 * const { noDelay, keepAlive } = getSocketOptions(client);
 * assertEquals([noDelay, keepAlive], [true, true]);
 * ```
 */
export function getSocketOptions(owner: SocketOwner): KernelOptionValues {
  return withSocket(owner, "getSocketOptions", (socket) => {
    const stream = read(socket, "SO_TYPE")[0] === 1;
    const out: { [name: string]: boolean | number | null | undefined } = {};
    for (const [name, option, kind] of PLAIN) {
      const known = stream || option.startsWith("SO_");
      out[name] = known ? fromKernel(read(socket, option)[0]!, kind) : undefined;
    }
    const [on, seconds] = read(socket, "SO_LINGER", 2);
    out.linger = on ? seconds! * 1000 : null;
    return out as unknown as KernelOptionValues;
  });
}

function read(socket: OpenSocket, option: SockOptName, count = 1): Int32Array {
  return new Int32Array(socket.get(option, 4 * count).buffer);
}

function fromKernel(value: number, kind: Kind): boolean | number {
  if (kind === "flag") return value !== 0;
  return kind === "seconds" ? value * 1000 : value;
}

function toKernel(name: string, value: unknown, kind: Kind): number {
  const wanted = kind === "flag" ? "boolean" : "number";
  const received = value === null ? "null" : typeof value;
  if (received !== wanted) {
    throw new TypeError(`Cannot set ${name}: a ${wanted} is needed, received ${received}`);
  }
  if (kind === "flag") return Number(value);
  const number = kind === "seconds" ? Math.ceil(Number(value) / 1000) : Number(value);
  if (Number.isInteger(number) && number >= 0 && number < 2 ** 31) return number;
  throw new RangeError(
    `Cannot set ${name}: a whole number from 0 to ${2 ** 31 - 1} is needed, received ${value}`,
  );
}
