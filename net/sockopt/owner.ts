/**
 * What has a socket.
 *
 * @module
 */
import type { Address } from "../errors.ts";

/** Whatever has a TCP or UDP socket and tells its address: connections, sockets, listeners, servers, endpoints, Deno's own. */
export type SocketOwner =
  | { readonly localAddress: Address | undefined; readonly remoteAddress: Address | undefined }
  | { readonly localAddr: Deno.Addr; readonly remoteAddr: Deno.Addr }
  | { readonly address: Address }
  | { readonly addr: Deno.Addr };
