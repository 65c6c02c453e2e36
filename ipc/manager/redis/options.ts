import { checkOptions, type RulesOf } from "../../../persist/options.ts";
import type { InetAddress } from "../../../net/errors.ts";
import type { TlsClientOptions } from "../../../net/tls/mod.ts";
import type { Registry } from "../../../persist/pickle/mod.ts";

/** Options of `Manager.connect` to Redis or Valkey. */
export interface ConnectRedisOptions {
  /**
   * What all keys begin with. Programs with different ones do not see each other's objects.
   *
   * @default {"ferry"}
   */
  prefix?: string | undefined;
  /**
   * Milliseconds without a sign of this program after which what it holds goes to others: locks, semaphores, items of queues.
   * A sign is sent three times in that time. At least 100.
   *
   * @default {10000}
   */
  lease?: number | undefined;
  /**
   * Milliseconds that calls wait for a server that is away, before they end in a `ServerAwayError`.
   *
   * @default {10000}
   */
  patience?: number | undefined;
  /**
   * Milliseconds for connecting.
   *
   * @default {30000}
   */
  timeout?: number | undefined;
  /** Gives up connecting. */
  signal?: AbortSignal | undefined;
  /**
   * How TLS is spoken, with a URL that begins with `rediss:` or `valkeys:`.
   *
   * @default {the system's authorities, and no certificate of this side's}
   */
  tls?: Pick<TlsClientOptions, "ca" | "cert" | "key" | "serverName"> | undefined;
  /**
   * Classes that may be in values beside built-in ones.
   *
   * @default {the registry of the package}
   */
  registry?: Registry | undefined;
}

const RULES: RulesOf<ConnectRedisOptions> = {
  prefix: "any",
  lease: "any",
  patience: "any",
  timeout: "any",
  signal: "signal",
  tls: "object",
  registry: "object",
};

const TLS_RULES: RulesOf<NonNullable<ConnectRedisOptions["tls"]>> = {
  ca: "any",
  cert: "string",
  key: "string",
  serverName: "string",
};

/** Shortest lease, in milliseconds. */
const MIN_LEASE = 100;
const DEFAULT_PORT = 6379;
/** The protocols of URLs, and what Redis's client calls them. */
const PROTOCOLS: Readonly<Record<string, string>> = {
  "redis:": "redis:",
  "rediss:": "rediss:",
  "valkey:": "redis:",
  "valkeys:": "rediss:",
};

/** Options that were checked. */
export type CheckedOptions =
  & {
    [K in "prefix" | "lease" | "patience" | "timeout"]-?: Exclude<
      ConnectRedisOptions[K],
      undefined
    >;
  }
  & Pick<ConnectRedisOptions, "signal" | "registry" | "tls">;

/** Whether an address is a URL. */
export function isUrl(address: unknown): address is string | URL {
  return typeof address === "string" || address instanceof URL;
}

/**
 * A URL as Redis's client takes it.
 *
 * @throws {TypeError} If it is none of Redis or Valkey.
 */
export function redisUrl(address: string | URL): string {
  const url = URL.canParse(String(address)) ? new URL(address) : undefined;
  const protocol = PROTOCOLS[url?.protocol ?? ""];
  if (url === undefined || protocol === undefined) {
    throw new TypeError(
      `Cannot connect to a manager: needed { hostname, port }, { path } or a URL such as redis://127.0.0.1:6379, received ${
        JSON.stringify(url === undefined ? String(address) : url.protocol)
      }`,
    );
  }
  if (!/^\/?\d*$/.test(url.pathname)) {
    throw new TypeError(
      `Cannot connect to a manager: the path of a Redis URL needs to be the number of a database, received "${url.pathname}"`,
    );
  }
  return protocol + url.href.slice(url.protocol.length);
}

/**
 * Fills in what was not given.
 *
 * @throws {RangeError} If a time is none.
 */
export function checkedOptions(options: ConnectRedisOptions): CheckedOptions {
  checkOptions("Cannot connect to a manager", options, RULES);
  if (options.tls !== undefined) {
    checkOptions("Cannot connect to a manager", options.tls, TLS_RULES);
  }
  const {
    prefix = "ferry",
    lease = 10_000,
    patience = 10_000,
    timeout = 30_000,
    signal,
    registry,
    tls,
  } = options;
  if (typeof prefix !== "string" || prefix === "") {
    throw new TypeError(
      `Cannot connect to a manager: needed a prefix of one character or more, received ${prefix}`,
    );
  }
  const times = { lease: [lease, MIN_LEASE], patience: [patience, 0], timeout: [timeout, 0] };
  for (const [name, [time, least]] of Object.entries(times)) {
    if (typeof time === "number" && time >= least!) continue;
    throw new RangeError(
      `Cannot connect to a manager: ${name} must be milliseconds of ${least} or more, received ${time}`,
    );
  }
  return {
    prefix,
    // Longer than a timer takes is for ever.
    lease: Math.min(lease, 2 ** 31 - 1),
    patience: Math.min(patience, 2 ** 31 - 1),
    timeout,
    ...(signal === undefined ? {} : { signal }),
    ...(registry === undefined ? {} : { registry }),
    ...(tls === undefined ? {} : { tls }),
  };
}

/** The server of a URL. */
export function addressOf(url: URL): InetAddress {
  const hostname = url.hostname.replace(/^\[|\]$/g, "") || "localhost";
  return { hostname, port: Number(url.port || DEFAULT_PORT) };
}
