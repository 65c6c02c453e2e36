/**
 * Well-known ports and their names.
 *
 * @module
 */

/** Names of IANA's registry that programs ask for; both transports where nothing else is said. */
const SERVICES: readonly (readonly [name: string, port: number, transport?: "tcp" | "udp"])[] = [
  ["echo", 7],
  ["discard", 9],
  ["daytime", 13],
  ["ftp-data", 20, "tcp"],
  ["ftp", 21, "tcp"],
  ["ssh", 22, "tcp"],
  ["telnet", 23, "tcp"],
  ["smtp", 25, "tcp"],
  ["time", 37],
  ["whois", 43, "tcp"],
  ["domain", 53],
  ["bootps", 67, "udp"],
  ["bootpc", 68, "udp"],
  ["tftp", 69, "udp"],
  ["gopher", 70, "tcp"],
  ["finger", 79, "tcp"],
  ["http", 80, "tcp"],
  ["kerberos", 88],
  ["pop3", 110, "tcp"],
  ["sunrpc", 111],
  ["ident", 113, "tcp"],
  ["nntp", 119, "tcp"],
  ["ntp", 123, "udp"],
  ["imap2", 143, "tcp"],
  ["snmp", 161],
  ["bgp", 179, "tcp"],
  ["irc", 194],
  ["ldap", 389],
  ["https", 443],
  ["submissions", 465, "tcp"],
  ["syslog", 514, "udp"],
  ["submission", 587, "tcp"],
  ["ldaps", 636],
  ["rsync", 873, "tcp"],
  ["imaps", 993, "tcp"],
  ["pop3s", 995, "tcp"],
  ["socks", 1080, "tcp"],
  ["openvpn", 1194],
  ["mysql", 3306, "tcp"],
  ["sip", 5060],
  ["postgresql", 5432, "tcp"],
  ["amqp", 5672],
  ["redis", 6379, "tcp"],
  ["http-alt", 8080],
];

/**
 * The port of a service, as `socket.getservbyname`. From a table of its own, so that every system gives the same.
 *
 * @param name The service, such as `"https"`.
 * @param transport Over what.
 * @returns The port.
 * @throws {Deno.errors.NotFound} If the table has no such service.
 *
 * @example Usage
 * ```ts
 * import { getServByName } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getServByName("https"), 443);
 * ```
 */
export function getServByName(name: string, transport: "tcp" | "udp" = "tcp"): number {
  const found = SERVICES.find((each) => each[0] === name && (each[2] ?? transport) === transport);
  if (found !== undefined) return found[1];
  throw new Deno.errors.NotFound(`Cannot find the port of "${name}" over ${transport}`);
}

/**
 * The service of a port, as `socket.getservbyport`.
 *
 * @param port The port.
 * @param transport Over what.
 * @returns The name.
 * @throws {Deno.errors.NotFound} If the table has no service there.
 *
 * @example Usage
 * ```ts
 * import { getServByPort } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(getServByPort(22), "ssh");
 * ```
 */
export function getServByPort(port: number, transport: "tcp" | "udp" = "tcp"): string {
  const found = SERVICES.find((each) => each[1] === port && (each[2] ?? transport) === transport);
  if (found !== undefined) return found[0];
  throw new Deno.errors.NotFound(`Cannot find the service of port ${port} over ${transport}`);
}
