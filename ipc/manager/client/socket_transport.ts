/**
 * The way to a server through sockets: of ours, or of CPython.
 *
 * @module
 */
import type { Address } from "../../../net/errors.ts";
import { connect, type Connection, type ConnectOptions } from "../../../net/connection/mod.ts";
import type { Registry } from "../../../persist/pickle/mod.ts";
import { Global, tuple } from "../../../persist/types/mod.ts";
import { asPython } from "../python_errors.ts";
import {
  asList,
  CALL,
  FORGET,
  messageOptions,
  packRequest,
  PIPELINED,
  type Reply,
  type Request,
  Token,
  unpackReply,
} from "../wire.ts";
import { GivenFunctions } from "./functions.ts";
import { makeProxy, registerProxyWriters } from "./make_proxy.ts";
import { resultOf } from "./replies.ts";
import type { SendOptions, Transport } from "./transport.ts";

/** What a socket transport is opened with. */
export interface SocketTransportOptions extends Omit<ConnectOptions, "dump" | "load"> {
  /** Classes that may be in messages beside built-in ones. */
  readonly registry?: Registry;
}

/** The connections of a transport. */
type Channels = Omit<Transport, "local" | "adopt">;

/** To a server in another program. */
export class SocketTransport implements Transport {
  readonly address: Address;
  readonly options: SocketTransportOptions;
  readonly #connectOptions: ConnectOptions;
  #channels: Promise<Channels> | undefined;
  #opened: Channels | undefined;
  #closed = false;
  #cancels: boolean;

  readonly local = undefined;

  /**
   * @param cancels Whether the server is one of ours, as far as that is known.
   */
  constructor(address: Address, options: SocketTransportOptions, cancels = true) {
    this.address = address;
    this.options = options;
    this.#cancels = cancels;
    const { dump, load, registry } = messageOptions(options.registry);
    registerProxyWriters(registry);
    registry.register("multiprocessing.managers", "RebuildProxy", {
      load: ([type, token, , kwargs]) => this.#rebuild(type, token, kwargs),
    });
    this.#connectOptions = { ...options, dump, load };
  }

  get cancels(): boolean {
    return this.#opened?.cancels ?? this.#cancels;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /**
   * Connects, if that was not done before.
   *
   * @throws {Deno.errors.BadResource} If it was closed.
   */
  async open(): Promise<Channels> {
    if (this.#closed) throw closedError();
    this.#channels ??= open(this.address, this.#connectOptions);
    let channels: Channels;
    try {
      channels = await this.#channels;
    } catch (error) {
      // The next one tries again.
      this.#channels = undefined;
      throw error;
    }
    this.#opened = channels;
    if (!this.#closed) return channels;
    channels.close();
    throw closedError();
  }

  async send(request: Request, options?: SendOptions): Promise<Reply> {
    return await (this.#opened ?? await this.open()).send(request, options);
  }

  async lease(): Promise<Connection | undefined> {
    return await (this.#opened ?? await this.open()).lease();
  }

  giveBack(channel: Connection): void {
    this.#opened?.giveBack(channel);
  }

  takeBack(given: (...args: never[]) => unknown): void {
    this.#opened?.takeBack(given);
  }

  close(): void {
    this.#closed = true;
    this.#opened?.close();
  }

  /** The proxy for an object that this client has made: the server counts it already. */
  adopt({ result }: Reply): unknown {
    const [exposed, token] = asList(result);
    if (!(token instanceof Token)) throw new TypeError("Cannot read a reply: needed a Token");
    return this.proxy(token, { exposed: asList(exposed).map(String) });
  }

  /** A proxy for an object; see {@linkcode makeProxy}. */
  proxy(
    token: Token,
    what: { exposed: readonly string[]; proxyType?: string; counted?: Promise<unknown> },
    released?: () => void,
  ): unknown {
    const { counted } = what;
    const args = [token.ident];
    return makeProxy({
      transport: this,
      token,
      exposed: what.exposed,
      // Without `this` proxy, or it would never be collected.
      release: async () => {
        try {
          await counted?.catch(() => {});
          if (this.#closed) return;
          const request = { ident: null, method: "decref", args, kwargs: undefined };
          await this.send(request).then(undefined, (error) => {
            if (!this.#closed) throw error;
          });
        } finally {
          released?.();
        }
      },
      ...(counted === undefined ? {} : { counted }),
    }, what.proxyType);
  }

  /** A proxy for an object that others have made: the server has to count it, too. */
  proxyOf(
    token: Token,
    what: { exposed: readonly string[]; proxyType: string },
    released?: () => void,
  ): unknown {
    const request = { ident: null, method: "incref", args: [token.ident], kwargs: undefined };
    const counted = this.send(request).then((reply) => {
      resultOf(`refer to a managed ${token.typeId}`, reply);
    });
    // Whoever uses the proxy is told.
    counted.catch(() => {});
    return this.proxy(token, { ...what, counted }, released);
  }

  /** A proxy that came in a message. */
  #rebuild(type: unknown, token: unknown, kwargs: unknown): unknown {
    if (!(type instanceof Global) || !(token instanceof Token)) {
      throw new TypeError("Cannot read a proxy: needed its class and a Token");
    }
    const exposed = (kwargs as { exposed?: unknown } | undefined)?.exposed;
    const what = {
      exposed: exposed === undefined ? [] : asList(exposed).map(String),
      proxyType: type.qualname,
    };
    const address = addressOf(token.address);
    if (address === undefined || isSame(address, this.address)) return this.proxyOf(token, what);
    // Of another server, which has the same key: a pickle has none.
    return proxyElsewhere(address, this.options, true, token, what);
  }
}

/** Transports for proxies of servers that nothing here has connected to, with how many proxies use each. */
const elsewhere = new Map<string, { transport: SocketTransport; proxies: number }>();

/** A proxy of an object of a server somewhere. Its connection ends with the last proxy that uses it. */
export function proxyElsewhere(
  address: Address,
  options: SocketTransportOptions,
  cancels: boolean,
  token: Token,
  what: { exposed: readonly string[]; proxyType: string },
): unknown {
  const key = JSON.stringify([address, String(options.authKey)]);
  let found = elsewhere.get(key);
  if (found === undefined || found.transport.closed) {
    found = { transport: new SocketTransport(address, options, cancels), proxies: 0 };
    elsewhere.set(key, found);
  }
  const used = found;
  used.proxies++;
  return used.transport.proxyOf(token, what, () => {
    if (--used.proxies > 0) return;
    used.transport.close();
    if (elsewhere.get(key) === used) elsewhere.delete(key);
  });
}

/** The address in a token. */
export function addressOf(token: unknown): Address | undefined {
  if (typeof token === "string") return { path: token } as Address;
  if (!Array.isArray(token)) return undefined;
  const [hostname, port] = token;
  return { hostname: String(hostname), port: Number(port) } as Address;
}

const ANY_HOST = /^(127\.|0\.0\.0\.0$|localhost$|::1?$|\[::1?\]$)/;

/** Whether two addresses are of one server: it may know itself by another name than its clients. */
function isSame(a: Address, b: Address): boolean {
  if ("path" in a || "path" in b) {
    return (a as { path?: unknown }).path === (b as { path?: unknown }).path;
  }
  return a.port === b.port &&
    (a.hostname === b.hostname || ANY_HOST.test(a.hostname) || ANY_HOST.test(b.hostname));
}

function closedError(): Error {
  return new Deno.errors.BadResource("The manager's connection is closed");
}

/** Channels to CPython that are kept open while nobody uses them. */
const MAX_IDLE = 4;

/** Opens the way to a server: of ours, or of CPython. */
async function open(address: Address, options: ConnectOptions): Promise<Channels> {
  const connection = await connect(address, options);
  try {
    const reply = await exchange(connection, {
      ident: null,
      method: "accept_connection",
      args: [PIPELINED],
      kwargs: {},
    });
    if (reply.result === PIPELINED) return new PipelinedChannels(connection);
    return new SerialChannels(() => connect(address, options), connection);
  } catch (error) {
    connection.close();
    throw error;
  }
}

async function exchange(connection: Connection, request: Request): Promise<Reply> {
  await connection.send(packRequest(request));
  return unpackReply(await connection.recv());
}

/** To a server of ours: one connection, any number of requests at once. */
class PipelinedChannels implements Channels {
  readonly #connection: Connection;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  readonly #functions = new GivenFunctions();
  #next = 1;
  #failure: { error: unknown } | undefined;

  readonly cancels = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    void this.#receive();
  }

  async send(request: Request, { signal }: SendOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure.error;
    const number = this.#next++;
    const waiting = Promise.withResolvers<Reply>();
    this.#waiting.set(number, waiting);
    // An answer that is on its way when the caller gives up counts: nothing that was taken is lost.
    const cancel = () => this.#post(this.#next++, "cancel", number);
    signal?.addEventListener("abort", cancel, { once: true });
    try {
      const { ident, method, args, kwargs = {} } = request;
      const given = Object.entries(kwargs).map(([name, arg]) => [name, this.#prepare(arg)]);
      const message = tuple(
        number,
        ident,
        method,
        tuple(...args.map((arg) => this.#prepare(arg))),
        Object.fromEntries(given),
      );
      const sent = this.#connection.send(message);
      sent.catch((error) => {
        this.#waiting.delete(number);
        waiting.reject(error);
      });
      return await waiting.promise;
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  lease(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  giveBack(): void {}

  takeBack(given: (...args: never[]) => unknown): void {
    this.#functions.take(given);
  }

  close(): void {
    this.#fail(closedError());
    this.#connection.close();
  }

  #post(number: number, method: string, ...args: unknown[]): void {
    this.#connection.send(tuple(number, null, method, tuple(...args), {})).catch(() => {
      // The receiver says so to all who wait.
    });
  }

  /** Functions stay here. */
  #prepare(arg: unknown): unknown {
    return typeof arg === "function" ? this.#functions.give(arg as () => unknown) : arg;
  }

  /** Runs a function that the server calls. */
  async #run(call: number, [id, args]: readonly unknown[]): Promise<void> {
    let answer: readonly unknown[];
    try {
      answer = [true, await this.#functions.call(id as number, asList(args))];
    } catch (error) {
      answer = [false, asPython(error)];
    }
    const message = (answer: readonly unknown[]) =>
      this.#connection.send(tuple(call, null, "result", tuple(...answer), {}));
    await message(answer).catch((error) => {
      if (!this.#connection.closed) return message([false, asPython(error)]);
    }).catch(() => {
      // The receiver says so to all who wait.
    });
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const [number, kind, result] = asList(await this.#connection.recv());
        if (kind === CALL) {
          void this.#run(number as number, asList(result));
          continue;
        }
        if (kind === FORGET) {
          this.#functions.forget(result as number);
          continue;
        }
        const waiting = this.#waiting.get(number as number);
        this.#waiting.delete(number as number);
        waiting?.resolve({ kind: String(kind), result });
      }
    } catch (error) {
      this.#fail(error);
      this.#connection.close();
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure.error);
    this.#waiting.clear();
    this.#functions.clear();
  }
}

/** To a server of CPython: a channel for each request that is being answered, as each of its threads has one. */
class SerialChannels implements Channels {
  readonly #connect: () => Promise<Connection>;
  readonly #idle: Connection[];
  readonly #busy = new Set<Connection>();
  #closed = false;

  readonly cancels = false;

  constructor(connect: () => Promise<Connection>, first: Connection) {
    this.#connect = connect;
    this.#idle = [first];
  }

  async send(request: Request, { signal, channel }: SendOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    const { args, kwargs = {} } = request;
    if ([...args, ...Object.values(kwargs)].some((arg) => typeof arg === "function")) {
      throw new Deno.errors.NotSupported(
        `Cannot call ${request.method}: a server of CPython cannot call functions of its clients back`,
      );
    }
    if (request.ident === null) return await this.#control(request);
    if (channel !== undefined) return await exchange(channel, request);
    const own = await this.lease();
    try {
      return await exchange(own, request);
    } catch (error) {
      // What the next answer on it belongs to is not known.
      own.close();
      throw error;
    } finally {
      this.giveBack(own);
    }
  }

  async lease(): Promise<Connection> {
    this.#check();
    let channel = this.#idle.pop();
    if (channel === undefined) {
      channel = await this.#open();
      const args = [`ferry-${Deno.pid}`];
      await exchange(channel, { ident: null, method: "accept_connection", args, kwargs: {} });
    }
    this.#busy.add(channel);
    return channel;
  }

  takeBack(): void {}

  giveBack(channel: Connection): void {
    this.#busy.delete(channel);
    if (channel.closed) return;
    if (this.#closed || this.#idle.length >= MAX_IDLE) channel.close();
    else this.#idle.push(channel);
  }

  close(): void {
    this.#closed = true;
    for (const channel of [...this.#idle, ...this.#busy]) channel.close();
    this.#idle.length = 0;
    this.#busy.clear();
  }

  async #control(request: Request): Promise<Reply> {
    using connection = await this.#open();
    return await exchange(connection, request);
  }

  async #open(): Promise<Connection> {
    this.#check();
    const connection = await this.#connect();
    if (!this.#closed) return connection;
    connection.close();
    this.#check();
    return connection;
  }

  #check(): void {
    if (this.#closed) throw closedError();
  }
}
