/**
 * A connection as the runtime gives it: bytes in, bytes out, two addresses.
 *
 * @module
 */
import type { Address } from "../errors.ts";

/** What is needed of a connection. `Deno.Conn` and its kin are such. */
export interface RawConn {
  /** The address on this side. */
  readonly localAddr: Address | Deno.Addr;
  /** The address of the peer. */
  readonly remoteAddr: Address | Deno.Addr;
  /** Reads at least one byte into a buffer; `null` at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Writes at least one byte of a buffer. */
  write(from: Uint8Array): Promise<number>;
  /** Finishes writing: the peer reads an end, this side goes on reading. */
  closeWrite(): Promise<void>;
  /** Closes both directions at once. */
  close(): void;
  /** Says the protocol's own goodbye, where it has one; `close` follows. */
  finish?(): Promise<void>;
  /** Lets the connection keep the program alive. */
  ref?(): void;
  /** Lets the program end while the connection is open. */
  unref?(): void;
}

/** What is needed of a listener. `Deno.Listener` is one. */
export interface RawListener {
  /** Where it listens. */
  readonly addr: Address | Deno.Addr;
  /** The next connection. */
  accept(): Promise<RawConn>;
  /** Stops listening; a pending `accept` rejects. */
  close(): void;
  /** Lets the listener keep the program alive. */
  ref?(): void;
  /** Lets the program end while it listens. */
  unref?(): void;
}

/**
 * The addresses of a connection, for an error.
 *
 * @param conn The connection.
 * @returns Both addresses, as far as they are known.
 */
export function addressesOf(conn: Partial<RawConn>): { local?: Address; peer?: Address } {
  const out: { local?: Address; peer?: Address } = {};
  try {
    if (conn.localAddr) out.local = plainAddress(conn.localAddr);
    if (conn.remoteAddr) out.peer = plainAddress(conn.remoteAddr);
  } catch {
    // A connection that is closed may no longer know.
  }
  return out;
}

/**
 * An address without the name of its transport.
 *
 * @param address The address, as the runtime gives it.
 * @returns `{ hostname, port }` or `{ path }`.
 */
export function plainAddress(address: Address | Deno.Addr): Address {
  if ("path" in address) return { path: address.path };
  const { hostname, port } = address as Deno.NetAddr;
  return { hostname, port };
}
