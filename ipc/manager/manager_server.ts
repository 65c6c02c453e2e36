/**
 * The server of a manager: it keeps objects and does with them what clients ask for.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../persist/options.ts";
import type { Registry } from "../../persist/pickle/mod.ts";
import type { TlsServerOptions } from "../../net/tls/mod.ts";
import type { AuthKey, ListenAddress } from "../../net/connection/mod.ts";
import { Dispatcher, type ManagedType } from "./server/dispatcher.ts";
import type { PoolTask } from "../pool/options.ts";
import type { Door } from "./local/door.ts";
import { LocalSide } from "./server/local_side.ts";
import { SocketSide } from "./server/socket_side.ts";
import { messageOptions } from "./wire.ts";

export type { ManagedType };

/** Lets agents of this program in. */
export let openDoor: (server: ManagerServer) => Door;
/** Starts a server; without an address it is for agents of this program only. */
export let startServer: (
  address: ListenAddress | undefined,
  options: ManagerServerOptions,
) => ManagerServer;

/** Options of a {@linkcode ManagerServer}. */
export interface ManagerServerOptions {
  /** The key of both sides. Whoever has it may do all that the types allow. */
  authKey: AuthKey;
  /**
   * Types beside those of CPython's `SyncManager`, by their names; a built-in one of the same name is replaced.
   *
   * @default {{}}
   */
  types?: Readonly<Record<string, ManagedType>> | undefined;
  /**
   * Whether the built-in types may be made: `list`, `dict`, `Queue` and the rest.
   *
   * @default {true}
   */
  builtinTypes?: boolean | undefined;
  /**
   * What clients of sockets may have a managed pool run, by its name, for CPython's `"module.function"`: functions that use
   * nothing from around them, or exports of modules. Functions of their own are refused.
   *
   * @default {{}}
   */
  functions?: Readonly<Record<string, PoolTask>> | undefined;
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
   * Most connections at once; more are closed at once.
   *
   * @default {10000}
   */
  maxConnections?: number | undefined;
  /**
   * Whether a peer may use HMAC-MD5, which is all that CPython knows up to 3.11.
   *
   * @default {true}
   */
  allowMd5?: boolean | undefined;
  /**
   * Speaks TLS. CPython's managers know none: with it, only ends of ours connect.
   *
   * @default {undefined}
   */
  tls?: TlsServerOptions | undefined;
}

const RULES: RulesOf<ManagerServerOptions> = {
  authKey: "any",
  types: "object",
  builtinTypes: "boolean",
  functions: "object",
  registry: "object",
  maxBytes: "bytes",
  maxConnections: "number",
  allowMd5: "boolean",
  tls: "object",
};

/**
 * Serves objects to clients of Ferry and of CPython's `multiprocessing.managers`, 3.8 to 3.13: to the latter it is a
 * `SyncManager`'s server. It runs in this agent, as `manager.get_server().serve_forever()` does in Python, and its objects
 * live here.
 *
 * A method that waits (`get` of a queue, `acquire` of a lock) keeps only its caller waiting. When a connection ends, the
 * locks and semaphores acquired through it are released, and its waits end.
 *
 * @example A dict for whoever has the key
 * ```ts
 * import { Manager, ManagerServer } from "@ferry/std/ipc/manager";
 * import { assertEquals } from "@std/assert";
 *
 * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
 * // In Python: m = SyncManager(("127.0.0.1", port), b"secret"); m.connect(); d = m.dict()
 * await using manager = await Manager.connect(server.address, { authKey: "secret" });
 * const dict = await manager.dict<string, number>([["a", 1]]);
 * await dict.set("b", 2);
 * assertEquals(await dict.copy(), new Map([["a", 1], ["b", 2]]));
 * ```
 */
export class ManagerServer implements AsyncDisposable {
  readonly #dispatcher: Dispatcher;
  readonly #sockets: SocketSide | undefined;
  readonly #done: Promise<void>;
  #local: LocalSide | undefined;

  static {
    openDoor = (server) => server.#openDoor();
    startServer = (address, options) => new ManagerServer(address as ListenAddress, options);
  }

  /**
   * Listens.
   *
   * @example Make one
   * ```ts
   * import { ManagerServer } from "@ferry/std/ipc/manager";
   *
   * await using server = new ManagerServer({ port: 0 }, { authKey: "secret" });
   * ```
   *
   * @param address Host and port, or the path of a Unix socket; port 0 lets the system choose.
   * @param options Key, types, limits.
   * @throws {TypeError} If there is no key, or a type is none.
   * @throws {Deno.errors.AddrInUse} If something listens there already.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(address: ListenAddress, options: ManagerServerOptions) {
    const attempted = "Cannot start a manager's server";
    if (options !== undefined) checkOptions(attempted, options, RULES);
    const { authKey, types = {}, builtinTypes = true, registry, maxConnections = 10_000 } =
      options ?? {} as ManagerServerOptions;
    if (authKey === undefined) {
      throw new TypeError(`${attempted}: needed an authKey, received none`);
    }
    const dispatcher = this.#dispatcher = new Dispatcher(types, builtinTypes, options.functions);
    // Absent: for agents of this program only.
    if (address as ListenAddress | undefined === undefined) {
      this.#done = Promise.resolve();
      return;
    }
    dispatcher.authKey = authKey;
    const { dump, load } = messageOptions(registry, (reference) => dispatcher.adopt(reference));
    this.#sockets = new SocketSide(
      address,
      {
        authKey,
        dump,
        // Floats stay floats on their way from one client to another.
        load: { ...load, mode: "exact" },
        maxConnections,
        ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
        ...(options.tls === undefined ? {} : { tls: options.tls }),
        ...(options.allowMd5 === undefined ? {} : { allowMd5: options.allowMd5 }),
      },
      dispatcher,
      () => void this.shutdown(),
    );
    this.#done = this.#sockets.done;
  }

  /** Where it listens: what `Manager.connect` takes. */
  get address(): ListenAddress {
    return this.#sockets!.address;
  }

  /** How many objects it keeps. */
  get objectCount(): number {
    return this.#dispatcher.table.size;
  }

  /** How many connections there are. */
  get connectionCount(): number {
    return this.#sockets?.size ?? 0;
  }

  /**
   * Ends it: closes all connections. Objects that nobody else refers to are gone.
   *
   * @returns When all is closed.
   */
  async shutdown(): Promise<void> {
    this.#sockets?.close();
    this.#local?.close();
    await this.finished;
    this.#dispatcher.table.clear();
  }

  /** Resolves when it has ended, by `shutdown()` here or by a client. */
  get finished(): Promise<void> {
    return Promise.all([this.#done, this.#local?.done]).then(() => {});
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  #openDoor(): Door {
    this.#local ??= new LocalSide(
      this.#dispatcher,
      () => void this.shutdown(),
      () => this.connectionCount > 0,
    );
    return this.#local.door;
  }
}
