/**
 * Finding the file descriptor of a socket, which Deno does not show: among all that this process has open, by the addresses
 * on both sides. Those of a TCP connection belong to no other.
 */
import { inetNtop, inetPton, unmap } from "../address/inet.ts";
import {
  type Address,
  formatAddress,
  type InetAddress,
  NetError,
  type NetErrorInit,
} from "../errors.ts";
import { plainAddress } from "../native/raw_conn.ts";
import type { Libc } from "./_libc.ts";
import type { SocketOwner } from "./owner.ts";

const AF_INET = 2;
const AF_INET6 = 10;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const SOCK_STREAM = 1;
const SOCK_DGRAM = 2;
/** A `sockaddr_in6` has 28 bytes. */
const SOCKADDR = 28;
/** Where the name begins in a `dirent` of 64-bit Linux: behind inode, offset, length and type. */
const D_NAME = 19;

/** The addresses of an object, and what kind of socket it has. */
interface Wanted {
  readonly local: Address | undefined;
  readonly peer: Address | undefined;
  readonly type: number;
}

/** What an object says of its socket. */
function wantedOf(owner: SocketOwner): Wanted {
  const { localAddress, remoteAddress, localAddr, remoteAddr, address, addr } = owner as {
    [name: string]: Address | Deno.Addr | undefined;
  };
  const local = localAddress ?? localAddr ?? address ?? addr;
  const peer = remoteAddress ?? remoteAddr;
  const datagrams = ["receive", "recvFrom"].some((name) => name in owner);
  return {
    local: local && plainAddress(local),
    peer: peer && plainAddress(peer),
    type: datagrams ? SOCK_DGRAM : SOCK_STREAM,
  };
}

/**
 * The descriptor of an object's socket.
 *
 * @param op What is attempted, for errors: "setSocketOptions".
 * @throws {TypeError} If the object has no address.
 * @throws {Deno.errors.NotSupported} If it is no socket of the Internet protocols.
 * @throws {NetError} If no open socket has these addresses, or more than one has.
 */
export function descriptorOf(libc: Libc, owner: SocketOwner, op: string): number {
  const { local, peer, type } = wantedOf(owner);
  if (local === undefined) {
    throw new TypeError(
      `Cannot ${op}: a connection, listener or endpoint is needed, received an object without an address`,
    );
  }
  if ("path" in local) {
    const shown = local.path === null ? "no address" : formatAddress(local);
    throw new Deno.errors.NotSupported(
      `Cannot ${op}: a TCP or UDP socket is needed, this one has ${shown}`,
    );
  }
  const [here, there] = [textOf(local), peer && !("path" in peer) ? textOf(peer) : undefined];
  const found = openDescriptors(libc).filter((fd) =>
    nameOf(libc.getsockname, fd) === here && nameOf(libc.getpeername, fd) === there &&
    typeOf(libc, fd) === type
  );
  if (found.length === 1) return found[0]!;
  const init: NetErrorInit = { op, local, peer };
  const reason = found.length === 0
    ? "no open socket of this process has these addresses; is it closed, or did a balancer name the peer?"
    : `${found.length} sockets of this process share this address`;
  throw new NetError({ ...init, reason });
}

/** All descriptors of this process. */
function openDescriptors(libc: Libc): number[] {
  const folder = libc.opendir(new TextEncoder().encode("/proc/self/fd\0"));
  if (folder === null) return [];
  const out: number[] = [];
  for (let entry; (entry = libc.readdir(folder)) !== null;) {
    const fd = Number(new Deno.UnsafePointerView(entry).getCString(D_NAME));
    // "." and ".." are no numbers.
    if (Number.isInteger(fd)) out.push(fd);
  }
  libc.closedir(folder);
  return out;
}

/** `127.0.0.1:80` of a socket; `undefined` if it has none, or is none. */
function nameOf(call: Libc["getsockname"], fd: number): string | undefined {
  const bytes = new Uint8Array(SOCKADDR);
  if (call(fd, bytes, new Uint32Array([SOCKADDR])) !== 0) return undefined;
  const view = new DataView(bytes.buffer);
  const family = view.getUint16(0, true);
  if (family !== AF_INET && family !== AF_INET6) return undefined;
  const host = family === AF_INET ? bytes.slice(4, 8) : bytes.slice(8, 24);
  return `${unmap(inetNtop(host))} ${view.getUint16(2)}`;
}

/** The same of an address, in the same words. */
function textOf({ hostname, port }: InetAddress): string {
  const plain = unmap(hostname.replace(/%.*$/, ""));
  const text = plain.includes(":") ? inetNtop(inetPton("ipv6", plain)) : plain;
  return `${text} ${port}`;
}

function typeOf(libc: Libc, fd: number): number {
  const value = new Int32Array(1);
  libc.getsockopt(
    fd,
    SOL_SOCKET,
    SO_TYPE,
    new Uint8Array(value.buffer),
    new Uint32Array([4]),
  );
  return value[0]!;
}
