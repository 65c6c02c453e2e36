/**
 * Names to addresses and back, as the system resolves them.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import { GaiError, type InetAddress } from "../errors.ts";
import { type Family, inetPton } from "./inet.ts";
import { getServByName, getServByPort } from "./services.ts";

/** Options of {@linkcode getAddrInfo}. */
export interface AddrInfoOptions {
  /**
   * Only addresses of this family.
   *
   * @default {both, in the system's order}
   */
  family?: Family | undefined;
  /** Gives up; the call rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

const ADDR_RULES: RulesOf<AddrInfoOptions> = { family: ["ipv4", "ipv6"], signal: "signal" };

/** One address of a host. */
export interface AddrInfo extends InetAddress {
  /** Its family. */
  readonly family: Family;
}

/**
 * The addresses of a host, as `socket.getaddrinfo`: what the system's resolver says, `/etc/hosts` included.
 *
 * @param hostname A name or an address.
 * @param service A port, or the name of a service.
 * @param options `family` and `signal`.
 * @returns The addresses, at least one, in the system's order.
 * @throws {GaiError} If the name does not resolve.
 * @throws {Deno.errors.NotFound} If the service is not known.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example This machine
 * ```ts
 * import { getAddrInfo } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * const [first] = await getAddrInfo("localhost", "http", { family: "ipv4" });
 * assertEquals(first, { family: "ipv4", hostname: "127.0.0.1", port: 80 });
 * ```
 */
export async function getAddrInfo(
  hostname: string,
  service: number | string,
  options: AddrInfoOptions = {},
): Promise<AddrInfo[]> {
  checkOptions("Cannot resolve a host", options, ADDR_RULES);
  const { family, signal } = options;
  signal?.throwIfAborted();
  const port = typeof service === "number" ? service : getServByName(service);
  const { lookup } = await import("node:dns/promises");
  let found: { address: string; family: number }[];
  try {
    found = await lookup(hostname, {
      all: true,
      verbatim: true,
      family: family === undefined ? 0 : family === "ipv4" ? 4 : 6,
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw unresolved(hostname, port, error);
  }
  signal?.throwIfAborted();
  return found.map((each) => ({
    family: each.family === 4 ? "ipv4" : "ipv6",
    hostname: each.address,
    port,
  }));
}

/** Options of {@linkcode getNameInfo}. */
export interface NameInfoOptions {
  /**
   * Leaves the address as it is: NI_NUMERICHOST.
   *
   * @default {false}
   */
  numericHost?: boolean | undefined;
  /**
   * Leaves the port as it is: NI_NUMERICSERV.
   *
   * @default {false}
   */
  numericService?: boolean | undefined;
}

const NAME_RULES: RulesOf<NameInfoOptions> = { numericHost: "boolean", numericService: "boolean" };

/**
 * The names of an address and its port, as `socket.getnameinfo`.
 *
 * @param address The address; its `hostname` is no name.
 * @param options What to leave as it is.
 * @returns The host and the service: their names, or the numbers where there are none.
 * @throws {SyntaxError} If `hostname` is no address.
 * @throws {TypeError} If an option does not exist, or is of another type.
 *
 * @example Numbers only
 * ```ts
 * import { getNameInfo } from "@ferry/std/net/address";
 * import { assertEquals } from "@std/assert";
 *
 * const address = { hostname: "127.0.0.1", port: 22 };
 * assertEquals(await getNameInfo(address, { numericHost: true }), {
 *   hostname: "127.0.0.1",
 *   service: "ssh",
 * });
 * ```
 */
export async function getNameInfo(
  address: InetAddress,
  options: NameInfoOptions = {},
): Promise<{ hostname: string; service: string }> {
  checkOptions("Cannot find the name of an address", options, NAME_RULES);
  const { hostname, port } = address;
  inetPton(hostname.includes(":") ? "ipv6" : "ipv4", hostname);
  const names = { hostname, service: options.numericService ? String(port) : serviceOf(port) };
  if (options.numericHost) return names;
  const { lookupService } = await import("node:dns/promises");
  try {
    return { ...names, hostname: (await lookupService(hostname, port)).hostname };
  } catch {
    return names; // Without a name the address is one, as for getnameinfo(3).
  }
}

function serviceOf(port: number): string {
  try {
    return getServByPort(port);
  } catch {
    return String(port);
  }
}

function unresolved(hostname: string, port: number, cause: unknown): GaiError {
  const { code } = cause as { code?: unknown };
  return new GaiError({
    op: "resolve",
    peer: { hostname, port },
    code: typeof code === "string" ? code : "ENOTFOUND",
    cause,
  });
}

/**
 * Whether one listener on `"::"` serves IPv4 too, as `socket.has_dualstack_ipv6`: it is tried out.
 *
 * @returns Whether it does; also `false` where there is no IPv6.
 *
 * @example Where to listen for everybody
 * ```ts
 * import { hasDualstackIPv6 } from "@ferry/std/net/address";
 * import { assert } from "@std/assert";
 *
 * const hostname = await hasDualstackIPv6() ? "::" : "0.0.0.0";
 * assert(hostname.length > 1);
 * ```
 */
export async function hasDualstackIPv6(): Promise<boolean> {
  let listener: Deno.TcpListener;
  try {
    listener = Deno.listen({ hostname: "::", port: 0 });
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  }
  try {
    const { port } = listener.addr;
    (await Deno.connect({ hostname: "127.0.0.1", port })).close();
    (await listener.accept()).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) throw error;
    return false;
  } finally {
    listener.close();
  }
}
