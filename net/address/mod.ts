/**
 * Addresses: text and bytes, names and ports.
 *
 * | Python's `socket` | here |
 * |---|---|
 * | `getaddrinfo(host, port)` | {@linkcode getAddrInfo} |
 * | `getnameinfo(address, flags)` | {@linkcode getNameInfo} |
 * | `getservbyname`, `getservbyport` | {@linkcode getServByName}, {@linkcode getServByPort} |
 * | `inet_pton`, `inet_ntop` | {@linkcode inetPton}, {@linkcode inetNtop} |
 * | `has_dualstack_ipv6()` | {@linkcode hasDualstackIPv6} |
 * | `IPv6Address(x).ipv4_mapped` | {@linkcode isMapped}, {@linkcode unmap} |
 * | (none) | {@linkcode formatAddress} |
 *
 * @example A client that came over IPv6, or seemed to
 * ```ts
 * import { formatAddress, unmap } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * const peer = { hostname: "::ffff:192.0.2.7", port: 5000 };
 * assertEquals(formatAddress(peer), "[::ffff:192.0.2.7]:5000");
 * assertEquals(formatAddress({ ...peer, hostname: unmap(peer.hostname) }), "192.0.2.7:5000");
 * ```
 *
 * `getAddrInfo`, `getNameInfo` and `hasDualstackIPv6` need `--allow-net`; the others need no permission.
 *
 * @module
 */
export { formatAddress } from "../errors.ts";
export { type Family, inetNtop, inetPton, isMapped, unmap } from "./inet.ts";
export {
  type AddrInfo,
  type AddrInfoOptions,
  getAddrInfo,
  getNameInfo,
  hasDualstackIPv6,
  type NameInfoOptions,
} from "./resolve.ts";
export { getServByName, getServByPort } from "./services.ts";
