/**
 * The server of a manager: it keeps objects and does with them what clients ask for.
 *
 * @module
 */
import type { Registry } from "../../persist/pickle/mod.ts";
import { PyException, tuple } from "../../persist/types/mod.ts";
import {
  type AuthKey,
  type Connection,
  type ListenAddress,
  Listener,
} from "../../net/connection/mod.ts";
import { type Factory, makeCustom, type RegisterOptions } from "./custom_type.ts";
import { type Kept, type Made, madeOf, ObjectTable } from "./_object_table.ts";
import { BUILTIN_TYPES, type Caller, type Owner } from "./referents/mod.ts";
import {
  asList,
  messageOptions,
  PIPELINED,
  ProxyReference,
  type Reply,
  type Request,
  Token,
  unpackRequest,
} from "./wire.ts";

/** A type that a server can make objects of. */
export interface ManagedType extends RegisterOptions {
  /** Makes an object, from what the client gives. It may answer later. */
  factory: Factory;
}

/** Options of a {@linkcode ManagerServer}. */
export interface ManagerServerOptions {
  /** The key of both sides. Whoever has it may do all that the types allow. */
  authKey: AuthKey;
  /**
   * Types beside those of CPython's `SyncManager`, by their names; a built-in one of the same name is replaced.
   *
   * @default {{}}
   */
  types?: Readonly<Record<string, ManagedType>>;
  /**
   * Whether the built-in types may be made: `list`, `dict`, `Queue` and the rest.
   *
   * @default {true}
   */
  builtinTypes?: boolean;
  /**
   * Classes that may be in messages beside built-in ones.
   *
   * @default {the registry of the package}
   */
  registry?: Registry;
  /**
   * Most bytes of a message.
   *
   * @default {67108864}
   */
  maxBytes?: number;
  /**
   * Most connections at once; more are closed at once.
   *
   * @default {10000}
   */
  maxConnections?: number;
  /**
   * Whether a peer may use HMAC-MD5, which is all that CPython knows up to 3.11.
   *
   * @default {true}
   */
  allowMd5?: boolean;
}

/** Most requests of one channel that may wait for their answers; more are refused. */
const MAX_IN_FLIGHT = 16_384;
/** Where the error of a call comes from that its client has cancelled. */
const MODULE = "ferry";

/** What a connection is for the server. */
class Client implements Owner {
  readonly leave: Set<() => void> = new Set();
  /** Calls that wait for something. */
  readonly waiting = new Set<Call>();
  /** References that go with the connection; those of CPython's clients are given back one by one. */
  readonly #references: Map<string, number> | undefined;
  #gone: Error | undefined;

  /** @param counts Whether the references that it takes go with its connection. */
  constructor(counts: boolean) {
    this.#references = counts ? new Map() : undefined;
  }

  /** Why its calls end, once it is gone. */
  get gone(): Error | undefined {
    return this.#gone;
  }

  /** Notes that it has taken a reference, or given one back. */
  count(ident: string, change: 1 | -1): void {
    const count = (this.#references?.get(ident) ?? 0) + change;
    if (count <= 0) this.#references?.delete(ident);
    else this.#references?.set(ident, count);
  }

  /** Its connection has ended. */
  end(table: ObjectTable): void {
    if (this.#gone !== undefined) return;
    this.#gone = new Deno.errors.ConnectionAborted("The client of the manager is gone");
    for (const call of this.waiting) call.cancel(this.#gone);
    for (const leave of this.leave) leave();
    this.leave.clear();
    for (const [ident, count] of this.#references ?? []) {
      for (let i = 0; i < count; i++) table.decref(ident);
    }
  }
}

/** A request that is being answered. */
class Call implements Caller {
  readonly owner: Client;
  #cancel: AbortController | undefined;

  constructor(owner: Client) {
    this.owner = owner;
  }

  /** Made when something waits, which most calls do not. */
  get signal(): AbortSignal {
    if (this.#cancel === undefined) {
      this.#cancel = new AbortController();
      this.owner.waiting.add(this);
      if (this.owner.gone !== undefined) this.#cancel.abort(this.owner.gone);
    }
    return this.#cancel.signal;
  }

  /** Ends its wait, if it waits. */
  cancel(reason: Error): void {
    this.#cancel?.abort(reason);
  }

  /** It is answered. */
  end(): void {
    this.owner.waiting.delete(this);
  }
}

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
  readonly #listener: Listener;
  readonly #table = new ObjectTable();
  readonly #types: Readonly<Record<string, ManagedType>>;
  readonly #builtins: boolean;
  readonly #maxConnections: number;
  readonly #connections = new Set<Connection>();
  readonly #done: Promise<void>;
  /** The address as tokens have it. */
  readonly #token: unknown;
  /** Objects to which objects here refer by proxies. */
  readonly #local = new Set<string>();

  /** Where it listens: what `Manager.connect` takes. */
  readonly address: ListenAddress;

  /**
   * Listens.
   *
   * @param address Host and port, or the path of a Unix socket; port 0 lets the system choose.
   * @param options Key, types, limits.
   * @throws {TypeError} If there is no key, or a type is none.
   * @throws {Deno.errors.AddrInUse} If something listens there already.
   */
  constructor(address: ListenAddress, options: ManagerServerOptions) {
    const { authKey, types = {}, builtinTypes = true, registry, maxConnections = 10_000 } =
      options ??
        {} as ManagerServerOptions;
    if (authKey === undefined) {
      throw new TypeError("Cannot start a manager's server: needed an authKey, received none");
    }
    for (const [typeId, { factory, as }] of Object.entries(types)) {
      if (typeof factory !== "function") {
        throw new TypeError(
          `Cannot register the type ${JSON.stringify(typeId)}: needed { factory }, a function`,
        );
      }
      if (as !== undefined && !BUILTIN_TYPES.has(as)) {
        throw new TypeError(
          `Cannot register the type ${JSON.stringify(typeId)}: as must be one of ${
            [...BUILTIN_TYPES.keys()].join(", ")
          }, received ${JSON.stringify(as)}`,
        );
      }
    }
    this.#types = types;
    this.#builtins = builtinTypes;
    this.#maxConnections = maxConnections;
    const { dump, load } = messageOptions(registry);
    this.#listener = new Listener(address, {
      authKey,
      dump,
      // Floats stay floats on their way from one client to another.
      load: { ...load, mode: "exact" },
      ...(options.maxBytes === undefined ? {} : { maxBytes: options.maxBytes }),
      ...(options.allowMd5 === undefined ? {} : { allowMd5: options.allowMd5 }),
    });
    const bound = this.#listener.address;
    if ("path" in bound && bound.path !== null) {
      this.address = { path: bound.path };
      this.#token = bound.path;
    } else {
      const { hostname, port } = bound as Deno.NetAddr;
      this.address = { hostname, port };
      this.#token = tuple(hostname, port);
    }
    this.#done = this.#serve();
  }

  /** How many objects it keeps. */
  get objectCount(): number {
    return this.#table.size;
  }

  /** How many connections there are. */
  get connectionCount(): number {
    return this.#connections.size;
  }

  /**
   * Ends it: closes all connections. Objects that nobody else refers to are gone.
   *
   * @returns When all is closed.
   */
  async shutdown(): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await this.#done;
  }

  /** Resolves when it has ended, by `shutdown()` here or by a client. */
  get finished(): Promise<void> {
    return this.#done;
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.shutdown();
  }

  async #serve(): Promise<void> {
    const running = new Set<Promise<void>>();
    for await (const connection of this.#listener) {
      if (this.#connections.size >= this.#maxConnections) {
        connection.close();
        continue;
      }
      this.#connections.add(connection);
      const serving = this.#serveOne(connection).catch(() => {
        // What a connection fails with, or a message that is none, ends that connection only.
      }).finally(() => {
        connection.close();
        this.#connections.delete(connection);
        running.delete(serving);
      });
      running.add(serving);
    }
    await Promise.all(running);
  }

  async #serveOne(connection: Connection): Promise<void> {
    const request = unpackRequest(await connection.recv());
    const { ident, method, args } = request;
    if (ident === null && method === "accept_connection") {
      const pipelined = args[0] === PIPELINED;
      const answer = pipelined ? PIPELINED : null;
      await connection.send(tuple("#RETURN", answer));
      await (pipelined ? this.#serveMany(connection) : this.#serveChannel(connection));
      return;
    }
    const client = new Client(false);
    try {
      await this.#send(connection, [], await this.#answer(new Call(client), request));
      await connection.flush();
      if (ident === null && method === "shutdown") void this.shutdown();
    } finally {
      client.end(this.#table);
    }
  }

  /** A channel of CPython's: one request after another. */
  async #serveChannel(connection: Connection): Promise<void> {
    const client = new Client(false);
    try {
      let next = connection.recv();
      for (;;) {
        const request = unpackRequest(await next);
        // Asked for before the answer, so that the end of the connection shows while a request waits.
        next = connection.recv();
        next.catch(() => client.end(this.#table));
        await this.#send(connection, [], await this.#answer(new Call(client), request));
      }
    } finally {
      client.end(this.#table);
    }
  }

  /** A channel of ours: requests with numbers, answered as they are done. */
  async #serveMany(connection: Connection): Promise<void> {
    const client = new Client(true);
    const calls = new Map<unknown, Call>();
    try {
      for (;;) {
        const [number, ...message] = asList(await connection.recv());
        const request = unpackRequest(message);
        if (request.ident === null && request.method === "cancel") {
          calls.get(request.args[0])?.cancel(new PyException("Cancelled", [], MODULE));
          continue;
        }
        if (calls.size >= MAX_IN_FLIGHT) {
          const result = `${MAX_IN_FLIGHT} requests of this client wait already`;
          await this.#send(connection, [number], { kind: "#TRACEBACK", result });
          continue;
        }
        const call = new Call(client);
        calls.set(number, call);
        const sent = this.#answer(call, request).then((reply) =>
          this.#send(connection, [number], reply)
        );
        sent.catch(() => connection.close()).finally(() => calls.delete(number));
        if (request.ident === null && request.method === "shutdown") {
          await sent;
          await connection.flush();
          void this.shutdown();
        }
      }
    } finally {
      client.end(this.#table);
    }
  }

  async #send(
    connection: Connection,
    before: readonly unknown[],
    { kind, result }: Reply,
  ): Promise<void> {
    try {
      await connection.send(tuple(...before, kind, result));
    } catch (error) {
      if (connection.closed || error instanceof Deno.errors.BrokenPipe) throw error;
      // The result cannot be pickled.
      const text = error instanceof Error ? error.message : String(error);
      await connection.send(tuple(...before, "#UNSERIALIZABLE", text));
    }
  }

  /** What a request comes to. */
  async #answer(call: Call, request: Request): Promise<Reply> {
    const { ident } = request;
    try {
      if (ident === null) {
        return { kind: "#RETURN", result: await this.#control(call.owner, request) };
      }
      const kept = this.#table.find(ident);
      if (kept === undefined) throw new PyException("KeyError", [ident]);
      return await this.#call(call, kept, request);
    } catch (error) {
      return { kind: "#TRACEBACK", result: traceback(error) };
    } finally {
      call.end();
    }
  }

  async #call(call: Call, kept: Kept, { method, args, kwargs }: Request): Promise<Reply> {
    if (!kept.exposed.includes(method)) {
      if (method === "#GETVALUE") return { kind: "#RETURN", result: kept.value() };
      if (method === "__str__" || method === "__repr__") {
        return { kind: "#RETURN", result: kept.repr() };
      }
      throw new PyException("AttributeError", [
        `method '${method}' of a '${kept.typeId}' is not in exposed=${kept.exposed.join(", ")}`,
      ]);
    }
    let result: unknown;
    try {
      result = await kept.call(method, call, args.map((arg) => this.#own(arg)), kwargs);
    } catch (error) {
      return { kind: "#ERROR", result: asPython(error) };
    }
    const typeId = Object.hasOwn(kept.proxies, method) ? kept.proxies[method] : undefined;
    if (typeId === undefined) return { kind: "#RETURN", result: result ?? null };
    const made = this.#table.add(await this.#make(typeId, [result], {}));
    call.owner.count(made.ident, 1);
    const token = new Token(typeId, this.#token, made.ident);
    return { kind: "#PROXY", result: tuple(tuple(...made.exposed), token) };
  }

  /** An argument that is a proxy of this server's own stays a proxy, and its object is kept from going away. */
  #own(arg: unknown): unknown {
    const kept = this.#referent(arg);
    if (kept !== undefined && !this.#local.has(kept.ident)) {
      this.#local.add(kept.ident);
      this.#table.incref(kept.ident);
    }
    return arg;
  }

  /** The object of this server that a proxy stands for. */
  #referent(arg: unknown): Kept | undefined {
    if (!(arg instanceof ProxyReference)) return undefined;
    return sameAddress(arg.token.address, this.#token)
      ? this.#table.find(arg.token.ident)
      : undefined;
  }

  async #control(client: Client, { method, args, kwargs }: Request): Promise<unknown> {
    switch (method) {
      case "dummy":
      case "shutdown":
        return null;
      case "create": {
        const [typeId, ...rest] = args;
        const made = await this.#make(String(typeId), rest, kwargs);
        const { ident, exposed } = this.#table.add(made);
        client.count(ident, 1);
        return tuple(ident, tuple(...exposed));
      }
      case "incref":
        if (!this.#table.incref(String(args[0]))) throw new PyException("KeyError", [args[0]]);
        client.count(String(args[0]), 1);
        return null;
      case "decref":
        if (!this.#table.decref(String(args[0]))) throw new PyException("KeyError", [args[0]]);
        client.count(String(args[0]), -1);
        return null;
      case "get_methods": {
        const token = args[0];
        const kept = token instanceof Token ? this.#table.find(token.ident) : undefined;
        if (kept === undefined) throw new PyException("KeyError", [String(token)]);
        return tuple(...kept.exposed);
      }
      case "number_of_objects":
        return this.#table.size;
      case "debug_info":
        return [...this.#table.describe()].join("\n");
      default:
        throw new PyException("AttributeError", [`${method} unrecognized`]);
    }
  }

  async #make(
    typeId: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>>,
  ): Promise<Made> {
    // A condition needs the lock itself.
    const own = (arg: unknown) =>
      typeId === "Condition" ? this.#referent(arg)?.object ?? arg : this.#own(arg);
    const given = args.map(own);
    const named = Object.fromEntries(Object.entries(kwargs).map(([name, arg]) => [name, own(arg)]));
    const custom = Object.hasOwn(this.#types, typeId) ? this.#types[typeId] : undefined;
    if (custom !== undefined) return await makeCustom(typeId, custom.factory, custom, given, named);
    const type = this.#builtins || typeId === "Iterator" ? BUILTIN_TYPES.get(typeId) : undefined;
    if (type === undefined) throw new PyException("KeyError", [typeId]);
    return madeOf(typeId, type, type.make(given, named));
  }
}

function sameAddress(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.every((part, i) => part === b[i]);
  return a === b;
}

/** An error that Python knows. */
function asPython(error: unknown): unknown {
  if (error instanceof PyException) return error;
  if (!(error instanceof Error)) return new PyException("RuntimeError", [String(error)]);
  if (error.constructor === TypeError) return new PyException("TypeError", [error.message]);
  if (error instanceof RangeError) return new PyException("ValueError", [error.message]);
  return new PyException("RuntimeError", [`${error.name}: ${error.message}`]);
}

/** What was wrong, in the order of Python's tracebacks: the error comes last. */
function traceback(error: unknown): string {
  if (error instanceof PyException) return `${error.name}: ${error.message}`;
  if (!(error instanceof Error)) return String(error);
  const frames = (error.stack ?? "").split("\n").filter((line) => line.startsWith("    at "));
  return ["Traceback (most recent call first):", ...frames, `${error.name}: ${error.message}`]
    .join("\n");
}
