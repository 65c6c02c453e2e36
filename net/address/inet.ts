/**
 * IP addresses as bytes and as text.
 *
 * @module
 */
import { formatIPv4, parseIPv4 } from "./_ipv4.ts";
import { formatIPv6, isMappedBytes, parseIPv6 } from "./_ipv6.ts";

/** The family of an address. */
export type Family = "ipv4" | "ipv6";

/**
 * Turns the text of an address into bytes, as `socket.inet_pton`: only the full forms, no zone.
 *
 * @param family `"ipv4"` or `"ipv6"`.
 * @param text The address.
 * @returns 4 or 16 bytes, in network order.
 * @throws {SyntaxError} If the text is no such address.
 *
 * @example Both families
 * ```ts
 * import { inetPton } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inetPton("ipv4", "127.0.0.1"), new Uint8Array([127, 0, 0, 1]));
 * assertEquals(inetPton("ipv6", "::1")[15], 1);
 * ```
 */
export function inetPton(family: Family, text: string): Uint8Array<ArrayBuffer> {
  const bytes = family === "ipv4" ? parseIPv4(text) : parseIPv6(text);
  if (bytes !== undefined) return bytes;
  const name = family === "ipv4" ? "IPv4" : "IPv6";
  throw new SyntaxError(`Cannot parse an address: ${name} is needed, received "${text}"`);
}

/**
 * Turns the bytes of an address into text, as `socket.inet_ntop`: IPv6 in its canonical form (RFC 5952).
 *
 * @param bytes 4 bytes of IPv4 or 16 of IPv6, in network order.
 * @returns The address.
 * @throws {RangeError} If there are not 4 or 16 bytes.
 *
 * @example Canonical
 * ```ts
 * import { inetNtop, inetPton } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(inetNtop(inetPton("ipv6", "2001:DB8:0:0:1:0:0:1")), "2001:db8::1:0:0:1");
 * ```
 */
export function inetNtop(bytes: Uint8Array): string {
  if (bytes.length === 4) return formatIPv4(bytes);
  if (bytes.length === 16) return formatIPv6(bytes);
  throw new RangeError(
    `Cannot write an address: 4 or 16 bytes are needed, received ${bytes.length}`,
  );
}

/**
 * Whether an IPv6 address is an IPv4 address in disguise: what a listener on `"::"` shows of a client that uses IPv4.
 *
 * @param hostname An address.
 * @returns Whether it is in `::ffff:0:0/96`.
 *
 * @example Usage
 * ```ts
 * import { isMapped } from "@ferry/std/net/address";
 * import { assert, assertFalse } from "@std/assert";
 *
 * assert(isMapped("::ffff:127.0.0.1"));
 * assertFalse(isMapped("::1") || isMapped("127.0.0.1"));
 * ```
 */
export function isMapped(hostname: string): boolean {
  const bytes = parseIPv6(hostname);
  return bytes !== undefined && isMappedBytes(bytes);
}

/**
 * Gives the IPv4 address that an IPv6 address stands for; every other text stays as it is.
 *
 * @param hostname An address, or a name.
 * @returns The IPv4 address, or `hostname`.
 *
 * @example Usage
 * ```ts
 * import { unmap } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(unmap("::ffff:127.0.0.1"), "127.0.0.1");
 * assertEquals(unmap("::1"), "::1");
 * ```
 */
export function unmap(hostname: string): string {
  const bytes = parseIPv6(hostname);
  return bytes !== undefined && isMappedBytes(bytes) ? formatIPv4(bytes.subarray(12)) : hostname;
}
