/**
 * Does what clients ask for, whichever way they have come.
 *
 * @module
 */
import { checkOptions, type RulesOf } from "../../../persist/options.ts";
import { PyException, tuple } from "../../../persist/types/mod.ts";
import type { AuthKey } from "../../../net/connection/mod.ts";
import type { PoolTask } from "../../pool/options.ts";
import type { Door } from "../local/door.ts";
import { Callback, Token } from "../wire.ts";
import { type Home, ProxyReference, type Reply, type Request } from "../wire.ts";
import { traceback } from "../python_errors.ts";
import type { Call, Client } from "./client.ts";
import { type Factory, makeCustom, type RegisterOptions } from "./custom_type.ts";
import { type Kept, type Made, madeOf, ObjectTable } from "./objects.ts";
import { BUILTIN_TYPES } from "./referents/mod.ts";

/** A type that a server can make objects of. */
export interface ManagedType extends RegisterOptions {
  /** Makes an object, from what the client gives. It may answer later. */
  factory: Factory;
}

const TYPE_RULES: RulesOf<ManagedType> = {
  factory: "any",
  exposed: "array",
  methodToTypeId: "object",
  as: "any",
};

/** The reply to a request that has failed in the object's method; the error is as it was thrown. */
const ERROR = "#ERROR";

/** Types of what methods give, which nobody makes otherwise. */
const RESULTS: ReadonlySet<string> = new Set(["AsyncResult", "Iterator"]);

/** Makes objects, calls their methods, counts who refers to them. */
export class Dispatcher implements Home {
  readonly table: ObjectTable = new ObjectTable();
  /** The address as tokens have it. */
  token: unknown = null;
  /** How agents of this program come here; absent where they cannot. */
  door: Door | undefined;
  /** The key of its sockets: what another server that a proxy is of may have, too. */
  authKey: AuthKey | undefined;
  /** Objects that have a name; it holds one pin of each. */
  readonly #names = new Map<string, Kept>();
  readonly #types: Readonly<Record<string, ManagedType>>;
  readonly #builtins: boolean;
  readonly #functions: Readonly<Record<string, PoolTask>>;

  /**
   * @param types Types beside the built-in ones.
   * @param builtins Whether the built-in ones may be made.
   * @param functions What clients may have pools run.
   */
  constructor(
    types: Readonly<Record<string, ManagedType>>,
    builtins: boolean,
    functions: Readonly<Record<string, PoolTask>> = {},
  ) {
    for (const [typeId, type] of Object.entries(types)) {
      checkOptions(`Cannot register the type ${JSON.stringify(typeId)}`, type, TYPE_RULES);
      const { factory, as } = type;
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
    this.#builtins = builtins;
    this.#functions = functions;
  }

  /** What a request comes to: at once, unless something waits. */
  answer(call: Call, request: Request): Reply | Promise<Reply> {
    let reply: Reply | Promise<Reply>;
    try {
      reply = request.ident === null
        ? this.#control(call.owner, request)
        : this.#call(call, request);
    } catch (error) {
      reply = { kind: "#TRACEBACK", result: traceback(error) };
    }
    // What is answered at once has not waited.
    return reply instanceof Promise ? this.#finish(call, reply) : reply;
  }

  /** A proxy for an object of this server's, which does not keep it. */
  reference({ ident, typeId, proxyType, exposed }: Kept): ProxyReference {
    const token = new Token(typeId, this.token, ident);
    const methods = proxyType === "AutoProxy" ? [...exposed] : undefined;
    const reference = new ProxyReference(token, proxyType, methods);
    reference.home = this;
    return reference;
  }

  /** A reference that has come through a socket. */
  adopt(reference: ProxyReference): ProxyReference {
    if (sameAddress(reference.token.address, this.token)) return this.own(reference);
    reference.authKey = this.authKey;
    return reference;
  }

  /** A reference that has come to its own server: the object stays as long as it does. */
  own(reference: ProxyReference): ProxyReference {
    reference.home = this;
    this.table.track(reference);
    return reference;
  }

  async #finish(call: Call, reply: Promise<Reply>): Promise<Reply> {
    try {
      return await reply;
    } catch (error) {
      return { kind: "#TRACEBACK", result: traceback(error) };
    } finally {
      call.end();
    }
  }

  #call(call: Call, { ident, method, args, kwargs }: Request): Reply | Promise<Reply> {
    const kept = this.table.find(ident!);
    if (kept === undefined) throw new PyException("KeyError", [ident]);
    if (!kept.exposed.has(method)) return this.#fallback(kept, method);
    let result: unknown;
    try {
      const { owner } = call;
      result = kept.call(
        method,
        call,
        this.#arrived(owner, args),
        this.#arrivedByName(owner, kwargs),
      );
    } catch (error) {
      return { kind: ERROR, result: error };
    }
    const typeId = Object.hasOwn(kept.proxies, method) ? kept.proxies[method] : undefined;
    if (!(result instanceof Promise)) {
      if (typeId === undefined) return { kind: "#RETURN", result: result ?? null };
      return this.#proxyOf(call.owner, typeId, result);
    }
    return result.then(
      (value) =>
        typeId === undefined
          ? { kind: "#RETURN", result: value ?? null }
          : this.#proxyOf(call.owner, typeId, value),
      (error) => ({ kind: ERROR, result: error }),
    );
  }

  /** What can be asked of every object. */
  #fallback(kept: Kept, method: string): Reply {
    if (method === "#GETVALUE") return { kind: "#RETURN", result: kept.value() };
    if (method === "__str__" || method === "__repr__") {
      return { kind: "#RETURN", result: kept.repr() };
    }
    throw new PyException("AttributeError", [
      `method '${method}' of a '${kept.typeId}' is not in exposed=${[...kept.exposed].join(", ")}`,
    ]);
  }

  /** What a method gave stays here; the client has a proxy. */
  #proxyOf(client: Client, typeId: string, object: unknown): Reply | Promise<Reply> {
    const made = this.#make(client, typeId, [object], {});
    if (made instanceof Promise) return made.then((made) => this.#proxyFor(client, made));
    return this.#proxyFor(client, made);
  }

  #proxyFor(client: Client, made: Made): Reply {
    const kept = this.table.add(made);
    if (client.local) return { kind: "#PROXY", result: kept };
    this.#countNew(client, kept);
    const token = new Token(kept.typeId, this.token, kept.ident);
    return { kind: "#PROXY", result: tuple(tuple(...kept.exposed), token) };
  }

  /** Counts the reference of a client of another program to a new object. */
  #countNew(client: Client, { ident }: Kept): void {
    this.table.incref(ident);
    client.count(ident, 1);
    this.table.unpin(ident);
  }

  #control(client: Client, { method, args, kwargs }: Request): Reply | Promise<Reply> {
    switch (method) {
      case "create":
      case "create_named": {
        const name = method === "create" ? undefined : String(args[0]);
        const [typeId, ...rest] = name === undefined ? args : args.slice(1);
        if (typeId === "AsyncResult") throw new PyException("KeyError", [typeId]);
        const known = name === undefined ? undefined : this.#known(client, name, String(typeId));
        if (known !== undefined) return known;
        const given = this.#arrived(client, rest);
        const made = this.#make(client, String(typeId), given, this.#arrivedByName(client, kwargs));
        const created = (made: Made): Reply => {
          // While an object was made that takes time, another client may have been faster.
          const now = name === undefined ? undefined : this.#known(client, name, String(typeId));
          if (now !== undefined) {
            made.end?.();
            return now;
          }
          const kept = this.table.add(made);
          if (name !== undefined) {
            this.table.pin(kept.ident);
            this.#names.set(name, kept);
          }
          return this.#created(client, kept);
        };
        return made instanceof Promise ? made.then(created) : created(made);
      }
      default:
        return { kind: "#RETURN", result: this.#administer(client, method, args) };
    }
  }

  #created(client: Client, kept: Kept): Reply {
    if (client.local) return { kind: "#PROXY", result: kept };
    this.#countNew(client, kept);
    return { kind: "#RETURN", result: tuple(kept.ident, tuple(...kept.exposed)) };
  }

  /** The object of a name, which must be of a type; of another the type. */
  #known(client: Client, name: string, typeId: string): Reply | undefined {
    const kept = this.#names.get(name);
    if (kept === undefined) return undefined;
    if (kept.typeId !== typeId) return { kind: "#RETURN", result: kept.typeId };
    this.table.pin(kept.ident);
    return this.#created(client, kept);
  }

  #administer(client: Client, method: string, args: readonly unknown[]): unknown {
    const ident = String(args[0]);
    switch (method) {
      case "dummy":
      case "shutdown":
        return null;
      case "incref":
        if (!this.table.incref(ident)) throw new PyException("KeyError", [args[0]]);
        client.count(ident, 1);
        return null;
      case "decref":
        client.count(ident, -1);
        if (!this.table.decref(ident)) throw new PyException("KeyError", [args[0]]);
        return null;
      case "get_methods": {
        const token = args[0];
        const kept = token instanceof Token ? this.table.find(token.ident) : undefined;
        if (kept === undefined) throw new PyException("KeyError", [String(token)]);
        return tuple(...kept.exposed);
      }
      case "remove": {
        const kept = this.#names.get(ident);
        if (kept === undefined) return false;
        this.#names.delete(ident);
        this.table.unpin(kept.ident);
        return true;
      }
      case "number_of_objects":
        return this.table.size;
      case "debug_info":
        return [...this.table.describe()].join("\n");
      default:
        throw new PyException("AttributeError", [`${method} unrecognized`]);
    }
  }

  #make(
    client: Client,
    typeId: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
  ): Made | Promise<Made> {
    const custom = Object.hasOwn(this.#types, typeId) ? this.#types[typeId] : undefined;
    if (custom !== undefined) {
      return makeCustom(typeId, custom.factory, custom, args, kwargs ?? {});
    }
    const type = this.#builtins || RESULTS.has(typeId) ? BUILTIN_TYPES.get(typeId) : undefined;
    if (type === undefined) throw new PyException("KeyError", [typeId]);
    // A condition needs the lock itself.
    if (type.takesObjects === true) {
      args = args.map((arg) => this.#objectOf(arg));
      kwargs = kwargs && Object.fromEntries(
        Object.entries(kwargs).map(([name, arg]) => [name, this.#objectOf(arg)]),
      );
    }
    const context = { functions: this.#functions, local: client.local };
    return madeOf(typeId, type, type.make(args, kwargs ?? {}, context));
  }

  /** The object that an argument stands for, if it is one of this server's. */
  #objectOf(arg: unknown): unknown {
    if (!(arg instanceof ProxyReference) || arg.home !== this) return arg;
    return this.table.find(arg.token.ident)?.object ?? arg;
  }

  /** Arguments as they have arrived: functions can be called. */
  #arrived(client: Client, args: readonly unknown[]): readonly unknown[] {
    for (let i = 0; i < args.length; i++) {
      if (args[i] instanceof Callback) return args.map((arg) => functionOf(client, arg));
    }
    return args;
  }

  #arrivedByName(
    client: Client,
    kwargs: Readonly<Record<string, unknown>> | undefined,
  ): Readonly<Record<string, unknown>> | undefined {
    if (kwargs === undefined || !Object.values(kwargs).some((arg) => arg instanceof Callback)) {
      return kwargs;
    }
    const made: Record<string, unknown> = {};
    for (const [name, arg] of Object.entries(kwargs)) made[name] = functionOf(client, arg);
    return made;
  }
}

function functionOf(client: Client, arg: unknown): unknown {
  return arg instanceof Callback ? client.functionOf(arg.id) : arg;
}

function sameAddress(a: unknown, b: unknown): boolean {
  if (a === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.every((part, i) => part === b[i]);
  return a === b;
}
