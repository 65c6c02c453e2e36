/**
 * Making connections: Deno's own, with a deadline, options and errors that say where.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { type Address, type InetAddress, TimeoutError, toNetError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { checkPeer, pathError } from "./check_address.ts";
import { requireNet } from "./permission.ts";
import type { RawConn } from "./raw_conn.ts";
import type { SocketOptions } from "./socket_options.ts";

/** How a connection is made. */
export interface DialOptions extends SocketOptions {
  /** Gives up when aborted. */
  signal?: AbortSignal | undefined;
  /**
   * Milliseconds for name resolution and all attempts together.
   *
   * @default {30000}
   */
  timeout?: number | undefined;
  /**
   * Milliseconds after which the next address of a host is tried beside the ones before it (RFC 8305).
   *
   * @default {250}
   */
  attemptDelay?: number | undefined;
  /**
   * Throws an AggregateError with the error of each address of the host, instead of one error.
   *
   * @default {false}
   */
  allErrors?: boolean | undefined;
  /** The address of this side. Goes through `node:net`, which is slower. */
  localAddress?: { hostname?: string; port?: number } | undefined;
}

/** What the options of sockets may be. */
export const SOCKET_RULES: RulesOf<SocketOptions> = { noDelay: "boolean", keepAlive: "boolean" };

/** What {@linkcode DialOptions} may be. */
export const DIAL_RULES: RulesOf<DialOptions> = {
  ...SOCKET_RULES,
  signal: "signal",
  timeout: "milliseconds",
  attemptDelay: "milliseconds",
  allErrors: "boolean",
  localAddress: "object",
};

const LOCAL_RULES: RulesOf<NonNullable<DialOptions["localAddress"]>> = {
  hostname: "string",
  port: "number",
};

/** Checks the options within `localAddress`. */
export function checkLocalAddress(attempt: string, { localAddress }: DialOptions): void {
  if (localAddress !== undefined) checkOptions(attempt, localAddress, LOCAL_RULES);
}

/** Milliseconds to connect where none are given. */
export const DIAL_TIMEOUT = 30_000;

/**
 * Connects.
 *
 * @param address Where to.
 * @param options How.
 * @returns The connection.
 * @throws {TypeError} If the address is none.
 * @throws {RangeError} If the port is none.
 * @throws {NetError} If it cannot be made, with the address and the cause.
 * @throws {TimeoutError} If the timeout passes first.
 * @throws {AggregateError} If `allErrors` is set and no address of the host can be reached.
 */
export async function dial(address: Address, options: DialOptions = {}): Promise<RawConn> {
  const { signal, timeout = DIAL_TIMEOUT } = options;
  checkPeer(address);
  signal?.throwIfAborted();
  const clock = new AbortController();
  using timer = new Deadline(() => clock.abort());
  timer.arm(timeout);
  const both = signal ? AbortSignal.any([signal, clock.signal]) : clock.signal;
  try {
    const conn = await attempt(address, options, both);
    // What arrives after an abort is closed again: nobody else knows of it.
    if (both.aborted) {
      conn.close();
      both.throwIfAborted();
    }
    return conn;
  } catch (error) {
    signal?.throwIfAborted();
    const init = { op: "connect", peer: address };
    if (clock.signal.aborted) throw new TimeoutError({ ...init, cause: error }, timeout);
    if (error instanceof AggregateError) throw error;
    throw toNetError(error, init);
  }
}

async function attempt(
  address: Address,
  options: DialOptions,
  signal: AbortSignal,
): Promise<RawConn> {
  if ("path" in address) {
    if (address.path === null) {
      throw new TypeError("Cannot connect: the Unix address has no path");
    }
    const { path } = address;
    try {
      return await Deno.connect({ transport: "unix", path });
    } catch (error) {
      throw pathError("connect", path, error);
    }
  }
  const { hostname, port } = address;
  if (options.localAddress) {
    await requireNet(hostname, port);
    const { dialFrom } = await import("./node_conn.ts");
    const conn = await dialFrom(address, options.localAddress, signal);
    setOptions(conn, options);
    return conn;
  }
  if (options.allErrors) await requireNet(hostname, port);
  const conn = options.allErrors
    ? await race(await resolve(hostname), port, options.attemptDelay ?? 250, signal)
    : await Deno.connect({
      hostname,
      port,
      signal,
      autoSelectFamilyAttemptDelay: options.attemptDelay ?? 250,
    });
  setOptions(conn, options);
  return conn;
}

/**
 * Sets the options of a TCP connection.
 *
 * @param conn The connection.
 * @param options What to set.
 */
export function setOptions(
  conn: Pick<Deno.TcpConn, "setNoDelay" | "setKeepAlive">,
  options: SocketOptions,
): void {
  try {
    if (options.noDelay ?? true) conn.setNoDelay(true);
    if (options.keepAlive) conn.setKeepAlive(true);
  } catch (error) {
    // The peer may be gone already: the first read says so.
    if (error instanceof TypeError) throw error;
  }
}

/** All addresses of a host, families interleaved as RFC 8305 has it. */
async function resolve(hostname: string): Promise<string[]> {
  const { lookup } = await import("node:dns/promises");
  const found = await lookup(hostname, { all: true, verbatim: true });
  const first = found[0]?.family;
  const left = found.filter(({ family }) => family === first);
  const right = found.filter(({ family }) => family !== first);
  const out: string[] = [];
  for (let i = 0; i < found.length; i++) {
    if (left[i]) out.push(left[i]!.address);
    if (right[i]) out.push(right[i]!.address);
  }
  return out;
}

/** Tries the addresses one after the other, each with a head start over the next; the first connection wins. */
async function race(
  hosts: string[],
  port: number,
  delay: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const won = new AbortController();
  const both = AbortSignal.any([signal, won.signal]);
  const errors: Error[] = [];
  let winner: Deno.TcpConn | undefined;
  const tries: Promise<void>[] = [];
  for (const hostname of hosts) {
    const one = Deno.connect({ hostname, port, signal: both }).then((conn) => {
      if (winner || signal.aborted) return conn.close();
      winner = conn;
      won.abort();
    }, (error) => {
      if (!both.aborted) {
        errors.push(toNetError(error, { op: "connect", peer: { hostname, port } }));
      }
    });
    tries.push(one);
    const headStart = Promise.withResolvers<void>();
    using timer = new Deadline(headStart.resolve);
    timer.arm(delay);
    await Promise.race([one, headStart.promise]);
    if (both.aborted) break;
  }
  await Promise.all(tries);
  if (winner && !signal.aborted) return winner;
  signal.throwIfAborted();
  const text = errors.map(({ message }) => message).join("; ");
  throw new AggregateError(errors, `Cannot connect: no address could be reached: ${text}`);
}

/**
 * Whether an address is one of the Internet protocols.
 *
 * @param address Any address.
 * @returns Whether it has a host name.
 */
export function isInet(address: Address): address is InetAddress {
  return !("path" in address);
}
