/**
 * What managers say to each other: the requests and replies of CPython's `multiprocessing.managers`, which are pickles in the
 * frames of `multiprocessing.connection`.
 *
 *   connection for one request:   (None, "create", (typeid, ...args), kwargs)   ->  ("#RETURN", (ident, exposed))
 *   channel, after                (None, "accept_connection", (name,), {})      ->  ("#RETURN", None)
 *   requests one after another:   (ident, method, args, kwargs)                 ->  (kind, result)
 *
 * A server of ours answers `accept_connection` with {@linkcode PIPELINED} if the name begins with it. Then both sides put a
 * number before each message, and replies come in any order:
 *
 *   (number, ident, method, args, kwargs)                                       ->  (number, kind, result)
 *
 * A function among the arguments is a {@linkcode Callback}, and is called by messages the other way:
 *
 *   (call, None, "result", (ok, value), {})                                     <-  (call, "#CALL", (id, args))
 *                                                                               <-  (0, "#FORGET", (id, arrivals))
 *
 * @module
 */
import { Global, PyException, PyObject } from "../../persist/types/mod.ts";
import type { AuthKey } from "../../net/connection/mod.ts";
import { Task } from "./task.ts";
import type { Door } from "./local/door.ts";
import { isTuple, Registry, tuple } from "../../persist/pickle/mod.ts";
import type { DumpOptions, LoadOptions } from "../../persist/pickle/mod.ts";

/** What a client of ours calls itself, and a server of ours answers. */
export const PIPELINED = "ferry-1";

/** What a reply may be. */
export type Kind = "#RETURN" | "#ERROR" | "#TRACEBACK" | "#UNSERIALIZABLE" | "#PROXY";

/** What a server of ours says beside replies: it calls a function, or will not do so any more. */
export const CALL = "#CALL";
export const FORGET = "#FORGET";

/** A request, as (ident, method, args, kwargs). */
export interface Request {
  readonly ident: string | null;
  readonly method: string;
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>> | undefined;
}

/** A reply. */
export interface Reply {
  readonly kind: string;
  readonly result: unknown;
}

/** Names an object of a server: CPython's `Token`. */
export class Token {
  /** The name of its type. */
  typeId: string;
  /** Where its server is: host and port as a tuple, or a path. */
  address: unknown;
  /** Its number in the server. */
  ident: string;

  constructor(typeId = "", address: unknown = null, ident = "") {
    this.typeId = typeId;
    this.address = address;
    this.ident = ident;
  }
}

/** A server in this agent, as references to its objects know it. */
export interface Home {
  /** The address as tokens have it; `null` if it does not listen. */
  readonly token: unknown;
  /** How agents of this program come to it. */
  readonly door: Door | undefined;
  /** Its objects. */
  readonly table: { anchorOf(ident: string): object | undefined };
  /** Keeps the object of a reference that has come. */
  own(reference: ProxyReference): ProxyReference;
}

/** A proxy on its way: what of it is sent. */
export class ProxyReference {
  readonly token: Token;
  /** The Python class of the proxy: `"ListProxy"`, or `"AutoProxy"` with the methods. */
  readonly proxyType: string;
  readonly exposed: readonly string[] | undefined;
  /** The server that it has come to. */
  home: Home | undefined = undefined;
  /** If it is of another server: the key that this one has, which is all that is known of the other's. */
  authKey: AuthKey | undefined = undefined;

  constructor(token: Token, proxyType: string, exposed: readonly string[] | undefined) {
    this.token = token;
    this.proxyType = proxyType;
    this.exposed = exposed;
  }
}

/** A function that stays where it is, and is called back. */
export class Callback {
  /** Its number at the client. */
  readonly id: number;

  constructor(id: number) {
    this.id = id;
  }
}

const MODULE = "multiprocessing.managers";

/** Python's classes of proxies, which stand for themselves in pickles. */
const PROXY_TYPES = [
  "AutoProxy",
  "AcquirerProxy",
  "ArrayProxy",
  "BarrierProxy",
  "BaseListProxy",
  "BaseProxy",
  "ConditionProxy",
  "DictProxy",
  "EventProxy",
  "IteratorProxy",
  "ListProxy",
  "NamespaceProxy",
  "PoolProxy",
  "ValueProxy",
];

/** Errors of the modules behind managers' types, which are no builtins. */
const ERRORS = [
  // A wait that the caller has cancelled, between ends of ours.
  ["ferry", "Cancelled"],
  ["_queue", "Empty"],
  ["queue", "Empty"],
  ["queue", "Full"],
  ["queue", "ShutDown"],
  ["threading", "BrokenBarrierError"],
  ["threading", "ThreadError"],
  ["multiprocessing.managers", "RemoteError"],
  ["multiprocessing.context", "ProcessError"],
  ["multiprocessing.context", "TimeoutError"],
] as const;

/**
 * How the messages of a manager are pickled and read: nothing is made but built-in types, what the caller's registry has,
 * tokens, proxies, and errors.
 *
 * @param parent The caller's registry.
 * @param arrived Is told of proxies that have come.
 */
export function messageOptions(
  parent: Registry | undefined,
  arrived: (reference: ProxyReference) => ProxyReference = (reference) => reference,
): { dump: DumpOptions; load: LoadOptions; registry: Registry } {
  const registry = new Registry(parent);
  registry.register<Token>(MODULE, "Token", {
    type: Token,
    load: () => new Token(),
    setState(token, state) {
      const [typeId, address, ident] = asList(state);
      if (typeof typeId !== "string" || typeof ident !== "string") {
        throw new TypeError("Cannot read a Token: its type and number must be strings");
      }
      Object.assign(token, { typeId, address, ident });
    },
    dump: ({ typeId, address, ident }) => ({
      isNew: true,
      state: tuple(typeId, address, ident),
    }),
  });
  for (const name of PROXY_TYPES) {
    registry.register(MODULE, name, { value: new Global(MODULE, name) });
  }
  registry.register<ProxyReference>(MODULE, "RebuildProxy", {
    type: ProxyReference,
    load([type, token, , kwargs]) {
      if (!(type instanceof Global) || !(token instanceof Token)) {
        throw new TypeError("Cannot read a proxy: needed its class and a Token");
      }
      const exposed = (kwargs as { exposed?: unknown } | undefined)?.exposed;
      return arrived(
        new ProxyReference(
          token,
          type.qualname,
          exposed === undefined ? undefined : asList(exposed).map(String),
        ),
      );
    },
    dump: ({ token, proxyType, exposed }) => ({
      args: [
        new Global(MODULE, proxyType),
        token,
        "pickle",
        exposed === undefined ? {} : { exposed: tuple(...exposed) },
      ],
    }),
  });
  // Between ends of ours only.
  registry.register<Callback>("ferry", "Callback", {
    type: Callback,
    load([id]) {
      if (typeof id === "number") return new Callback(id);
      throw new TypeError("Cannot read a function: needed its number");
    },
    dump: ({ id }) => ({ args: [id] }),
  });
  // Refused by every server, in words of its own.
  registry.register<Task>("ferry", "Task", {
    type: Task,
    load: () => new Task({ module: "", name: "" }),
    dump: () => ({ args: [] }),
  });
  // What the views of a dict are sent as.
  registry.register("builtins", "list", { load: ([items = []]) => [...asList(items)] });
  for (const [module, name] of ERRORS) {
    registry.register(module, name, { load: (args) => new PyException(name, args, module) });
  }
  return { dump: { protocol: 4, registry }, load: { registry, unknown: "opaque" }, registry };
}

/** The items of a tuple or list. */
export function asList(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`Cannot read a message: needed a tuple, received ${kindOf(value)}`);
}

/** A request as it is pickled. */
export function packRequest({ ident, method, args, kwargs }: Request): unknown {
  return tuple(ident, method, tuple(...args), kwargs ?? {});
}

/** A request that was read. */
export function unpackRequest(message: unknown): Request {
  const [ident, method, args, kwargs] = asList(message);
  if (ident !== null && typeof ident !== "string") {
    // CPython sends its server an ignored first item with some requests.
    return unpackRequest(tuple(null, method, args, kwargs));
  }
  if (typeof method !== "string") {
    throw new TypeError(
      `Cannot read a request: needed a method's name, received ${kindOf(method)}`,
    );
  }
  return { ident, method, args: asList(args), kwargs: keywords(kwargs) };
}

function keywords(value: unknown): Record<string, unknown> {
  if (value instanceof Map) return Object.fromEntries(value) as Record<string, unknown>;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new TypeError(`Cannot read a request: needed keyword arguments, received ${kindOf(value)}`);
}

/** A reply that was read. */
export function unpackReply(message: unknown): Reply {
  const [kind, result] = asList(message);
  if (typeof kind !== "string") {
    throw new TypeError(`Cannot read a reply: needed its kind, received ${kindOf(kind)}`);
  }
  return { kind, result };
}

function kindOf(value: unknown): string {
  if (value instanceof PyObject) return "an object of a class that is not registered";
  return value === null ? "None" : Array.isArray(value) ? "a list" : typeof value;
}

export { isTuple, tuple };
