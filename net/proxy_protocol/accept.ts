/**
 * Servers behind a balancer: the header is read, and the connection has the client's address.
 *
 * @module
 */
import type { RulesOf } from "../../persist/options.ts";
import { type Address, ProtocolError, TimeoutError, toNetError } from "../errors.ts";
import { addressesOf, plainAddress, type RawConn } from "../native/raw_conn.ts";
import { Deadline } from "../time/mod.ts";
import { parseProxyHeader, type ProxyHeader } from "./header.ts";

/** How a server behind a balancer finds its clients. */
export interface ProxyProtocolOptions {
  /**
   * Whether a connection without a header is refused or taken as it is. `"accept"` is for protocols in which the client
   * speaks first: nothing can be told before its first bytes.
   */
  mode: "require" | "accept";
  /**
   * Addresses of the balancers: IP addresses, or networks as `10.0.0.0/8`; `"unix"` for Unix sockets. A header from anybody
   * else is not believed: with `"require"` the connection is refused, with `"accept"` the bytes are the client's own.
   */
  trusted: readonly string[];
  /**
   * Milliseconds for the header.
   *
   * @default {10000}
   */
  timeout?: number | undefined;
}

/** What {@linkcode ProxyProtocolOptions} may be. */
export const PROXY_RULES: RulesOf<ProxyProtocolOptions> = {
  mode: ["require", "accept"],
  trusted: "array",
  timeout: "milliseconds",
};

/** A connection after its header: the client's addresses, and the bytes that came with the header. */
export interface Proxied {
  /** The connection to use from now on. */
  conn: RawConn;
  /** Bytes that came behind the header, or in the place of one. */
  rest: Uint8Array;
  /** The header, if there was one. */
  header: ProxyHeader | undefined;
}

const headers = new WeakMap<object, ProxyHeader>();

/**
 * The PROXY header with which a connection came to a server.
 *
 * @param connection The connection, as the handler receives it.
 * @returns The header, if there was one.
 *
 * @example The values that a balancer adds
 * ```ts
 * import { proxyHeaderOf, startServer } from "@ferry/std/net";
 *
 * await using server = await startServer((connection) => {
 *   const alpn = proxyHeaderOf(connection)?.values.get(0x01);
 *   connection.writer.write(alpn ?? "none");
 * }, { port: 0, proxyProtocol: { mode: "require", trusted: ["10.0.0.0/8"] } });
 * ```
 */
export function proxyHeaderOf(connection: object): ProxyHeader | undefined {
  return headers.get(connection);
}

/**
 * Notes the header of a connection.
 *
 * @param connection The connection.
 * @param header Its header.
 */
export function noteHeader(connection: object, header: ProxyHeader): void {
  headers.set(connection, header);
}

/**
 * Reads the header of a new connection.
 *
 * @param raw The connection.
 * @param options Who is believed.
 * @returns The connection with the client's addresses, and the bytes that were read too much.
 * @throws {ProtocolError} If a header is required and there is none, or it is damaged. The connection is closed.
 * @throws {TimeoutError} If it does not come in time. The connection is closed.
 */
export async function acceptProxied(raw: RawConn, options: ProxyProtocolOptions): Promise<Proxied> {
  const { mode, trusted, timeout = 10_000 } = options;
  const init = { op: "read", ...addressesOf(raw) };
  const nothing = { conn: raw, rest: new Uint8Array(0), header: undefined };
  if (!isTrusted(plainAddress(raw.remoteAddr), trusted)) {
    if (mode === "accept") return nothing;
    raw.close();
    throw new ProtocolError({ ...init, reason: "the peer is not one of the trusted balancers" });
  }
  let late = false;
  using timer = new Deadline(() => {
    late = true;
    raw.close();
  });
  try {
    timer.arm(timeout);
    const buffer = new Uint8Array(4096);
    let end = 0;
    for (let needed: number | ProxyHeader | undefined = 1; typeof needed === "number";) {
      const count = await raw.read(buffer.subarray(end));
      if (count === null) throw new ProtocolError({ ...init, reason: "no PROXY header: the end" });
      end += count;
      needed = parseProxyHeader(buffer.subarray(0, end));
      if (typeof needed === "object") {
        const conn = withAddresses(raw, needed);
        return { conn, rest: buffer.subarray(needed.length, end), header: needed };
      }
    }
    if (mode === "accept") return { ...nothing, rest: buffer.subarray(0, end) };
    throw new ProtocolError({ ...init, reason: "no PROXY header: it begins differently" });
  } catch (error) {
    if (late) throw new TimeoutError({ ...init, reason: "no PROXY header in time" }, timeout);
    raw.close();
    throw toNetError(error, init);
  }
}

/** The same connection with the addresses of the header. */
function withAddresses(raw: RawConn, header: ProxyHeader): RawConn {
  return {
    localAddr: header.destination ?? raw.localAddr,
    remoteAddr: header.source ?? raw.remoteAddr,
    read: (into) => raw.read(into),
    write: (from) => raw.write(from),
    closeWrite: () => raw.closeWrite(),
    close: () => raw.close(),
    ref: () => raw.ref?.(),
    unref: () => raw.unref?.(),
  };
}

/**
 * Whether an address is in a list.
 *
 * @param address The address.
 * @param trusted IP addresses, networks, or `"unix"`.
 * @returns Whether it is.
 * @throws {TypeError} If the list holds something else.
 * @throws {RangeError} If a network's prefix is too long.
 *
 * @example A network
 * ```ts
 * import { isTrusted } from "@ferry/std/net/proxy-protocol";
 * import { assert } from "@std/assert";
 *
 * assert(isTrusted({ hostname: "10.1.2.3", port: 80 }, ["10.0.0.0/8", "unix"]));
 * ```
 */
export function isTrusted(address: Address, trusted: readonly string[]): boolean {
  if ("path" in address) return trusted.includes("unix");
  const bits = toBits(address.hostname);
  return trusted.some((each) => {
    if (each === "unix") return false;
    const [network, length] = each.split("/");
    const own = toBits(network!);
    const most = own.length;
    const count = length === undefined ? most : Number(length);
    if (!Number.isInteger(count) || count < 0 || count > most) {
      throw new RangeError(`Cannot trust ${each}: a prefix from 0 to ${most} is needed`);
    }
    return own.length === bits.length && own.slice(0, count) === bits.slice(0, count);
  });
}

/** An IP address as a string of bits; an IPv4 address in IPv6's clothes as IPv4. */
function toBits(text: string): string {
  const four = /^(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)$/i.exec(text);
  if (four) {
    return four[1]!.split(".").map((part) => Number(part).toString(2).padStart(8, "0")).join("");
  }
  if (!URL.canParse(`http://[${text}]/`)) {
    throw new TypeError(`Cannot trust ${text}: an IP address, a network or "unix" is needed`);
  }
  const canonical = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [left, right] = canonical.split("::").map((half) => half ? half.split(":") : []);
  const gap = 8 - left!.length - (right?.length ?? 0);
  const groups = right ? [...left!, ...Array<string>(gap).fill("0"), ...right] : left!;
  return groups.map((group) => parseInt(group, 16).toString(2).padStart(16, "0")).join("");
}
