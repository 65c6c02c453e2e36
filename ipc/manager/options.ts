/**
 * What managers are started and connected with.
 *
 * @module
 */
import type { AuthKey, ListenAddress } from "../../net/connection/mod.ts";
import { TLS_SERVER_RULES } from "../../net/tls/options.ts";
import type { TlsClientOptions, TlsServerOptions } from "../../net/tls/mod.ts";
import type { RulesOf } from "../../persist/options.ts";
import type { Registry } from "../../persist/pickle/mod.ts";

/** Options of `Manager.connect`. */
export interface ConnectManagerOptions {
  /** The key of both sides. */
  authKey: AuthKey;
  /**
   * Classes that may be in messages beside built-in ones.
   *
   * @default {the registry of the package}
   */
  registry?: Registry | undefined;
  /**
   * Most bytes of a message.
   *
   * @default {67108864}
   */
  maxBytes?: number | undefined;
  /**
   * Milliseconds for connecting.
   *
   * @default {30000}
   */
  timeout?: number | undefined;
  /** Gives up connecting. */
  signal?: AbortSignal | undefined;
  /**
   * Whether the server may use HMAC-MD5, which is all that CPython knows up to 3.11.
   *
   * @default {true}
   */
  allowMd5?: boolean | undefined;
  /**
   * Speaks TLS, with a server of ours that does. CPython's managers know no TLS.
   *
   * @default {false}
   */
  tls?: boolean | TlsClientOptions | undefined;
}

/** What the options of `Manager.connect` may be. */
export const CONNECT_RULES: RulesOf<ConnectManagerOptions> = {
  authKey: "any",
  registry: "object",
  maxBytes: "bytes",
  timeout: "milliseconds",
  signal: "signal",
  allowMd5: "boolean",
  tls: "any",
};

/** Options of `Manager.start`. */
export interface StartManagerOptions {
  /**
   * Where the server listens, for other programs; `null` if it is for agents of this program only, which needs no
   * `--allow-net`.
   *
   * @default {{ hostname: "127.0.0.1", port: 0 }}
   */
  address?: ListenAddress | null | undefined;
  /**
   * The key of both sides.
   *
   * @default {32 random bytes, which `authKey` shows}
   */
  authKey?: AuthKey;
  /**
   * Speaks TLS with other programs: certificate and key, both as PEM, and whether clients need certificates.
   *
   * @default {undefined}
   */
  tls?: Omit<TlsServerOptions, "sni"> | undefined;
  /**
   * Types beside the built-in ones: a module, and the name under which it exports an object as the `types` of a
   * `ManagerServer`. Their objects are made in the server's process.
   *
   * @default {undefined}
   */
  types?: {
    /** The module: a `URL`, or an absolute specifier such as `import.meta.resolve("./types.ts")`. */
    module: URL | string;
    /**
     * The name that it exports them under.
     *
     * @default {"types"}
     */
    export?: string | undefined;
  } | undefined;
  /**
   * What clients of sockets may have a managed pool run: a module, and the name under which it exports an object as the
   * `functions` of a `ManagerServer`. Agents of this program need none.
   *
   * @default {undefined}
   */
  functions?: {
    /** The module: a `URL`, or an absolute specifier. */
    module: URL | string;
    /**
     * The name that it exports them under.
     *
     * @default {"functions"}
     */
    export?: string | undefined;
  } | undefined;
  /**
   * Whether the built-in types may be made.
   *
   * @default {true}
   */
  builtinTypes?: boolean | undefined;
}

/** What the options of `Manager.start` may be. */
export const START_RULES: RulesOf<StartManagerOptions> = {
  address: "any",
  authKey: "any",
  tls: "object",
  types: "object",
  functions: "object",
  builtinTypes: "boolean",
};

/** What `types` and `functions` are found by. */
export const EXPORT_RULES: RulesOf<NonNullable<StartManagerOptions["types"]>> = {
  module: "any",
  export: "string",
};

const { sni: _ofThisAgent, ...START_TLS } = TLS_SERVER_RULES;

/** What `tls` may be; `sni` is a function, which cannot go to the server's process. */
export const START_TLS_RULES: RulesOf<Omit<TlsServerOptions, "sni">> = START_TLS;

/** By which name others find an object. */
export interface NamedOptions {
  /**
   * A name. Whoever makes an object by a name that is known receives a proxy of that object, and what it gave for a new one is
   * not used. Such an object stays until `remove(name)` or the end of the server. Servers of CPython have no names.
   *
   * @default {undefined}
   */
  name?: string | undefined;
}

/** What it may be; the manager checks the name. */
export const NAMED_RULES: RulesOf<NamedOptions> = { name: "any" };
