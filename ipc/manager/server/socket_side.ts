/**
 * The sockets of a server: CPython's protocol, and the pipelined one between ends of ours.
 *
 * @module
 */
import { PyException, tuple } from "../../../persist/types/mod.ts";
import { type Connection, type ListenAddress, Listener } from "../../../net/connection/mod.ts";
import type { ListenerOptions } from "../../../net/connection/mod.ts";
import {
  asList,
  CALL,
  FORGET,
  PIPELINED,
  type Reply,
  type Request,
  unpackRequest,
} from "../wire.ts";
import { Call, Client } from "./client.ts";
import { asPython } from "../python_errors.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** Most requests of one channel that may wait for their answers; more are refused. */
export const MAX_IN_FLIGHT = 16_384;

/** Where the error of a call comes from that its client has cancelled. */
export const CANCELLED = (): PyException => new PyException("Cancelled", [], "ferry");

/** Listens, and answers whoever has the key. */
export class SocketSide {
  readonly #listener: Listener;
  readonly #dispatcher: Dispatcher;
  readonly #maxConnections: number;
  readonly #connections = new Set<Connection>();
  readonly #shutDown: () => void;

  /** Where it listens. */
  readonly address: ListenAddress;
  /** Resolves when all is closed. */
  readonly done: Promise<void>;

  /**
   * @param address Where to listen.
   * @param options Key, limits, how messages are pickled.
   * @param shutDown Called when a client asks for it.
   */
  constructor(
    address: ListenAddress,
    options: ListenerOptions & { maxConnections: number },
    dispatcher: Dispatcher,
    shutDown: () => void,
  ) {
    const { maxConnections, ...listening } = options;
    this.#dispatcher = dispatcher;
    this.#maxConnections = maxConnections;
    this.#shutDown = shutDown;
    this.#listener = new Listener(address, listening);
    const bound = this.#listener.address;
    if ("path" in bound && bound.path !== null) {
      this.address = { path: bound.path };
      dispatcher.token = bound.path;
    } else {
      const { hostname, port } = bound as Deno.NetAddr;
      this.address = { hostname, port };
      dispatcher.token = tuple(hostname, port);
    }
    this.done = this.#serve();
  }

  /** How many connections there are. */
  get size(): number {
    return this.#connections.size;
  }

  /** Ends it: closes all connections. */
  close(): void {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
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
      await (pipelined
        ? new Channel(connection, this.#dispatcher, this.#shutDown).serve()
        : this.#serveInTurn(connection));
      return;
    }
    const client = new Client({});
    try {
      await send(connection, [], await this.#dispatcher.answer(new Call(client), request));
      await connection.flush();
      if (ident === null && method === "shutdown") this.#shutDown();
    } finally {
      client.end(this.#dispatcher.table);
    }
  }

  /** A channel of CPython's: one request after another. */
  async #serveInTurn(connection: Connection): Promise<void> {
    const { table } = this.#dispatcher;
    const client = new Client({});
    try {
      let next = connection.recv();
      for (;;) {
        const request = unpackRequest(await next);
        // Asked for before the answer, so that the end of the connection shows while a request waits.
        next = connection.recv();
        next.catch(() => client.end(table));
        await send(connection, [], await this.#dispatcher.answer(new Call(client), request));
      }
    } finally {
      client.end(table);
    }
  }
}

/** A channel of ours: requests with numbers, answered as they are done, and functions called the other way. */
class Channel {
  readonly #connection: Connection;
  readonly #dispatcher: Dispatcher;
  readonly #shutDown: () => void;
  readonly #calls = new Map<unknown, Call>();
  /** Functions of the client that are being called. */
  readonly #called = new Map<unknown, PromiseWithResolvers<unknown>>();
  readonly #client: Client;
  /** Answers that are being written. */
  #sending = 0;
  #next = 0;

  constructor(connection: Connection, dispatcher: Dispatcher, shutDown: () => void) {
    this.#connection = connection;
    this.#dispatcher = dispatcher;
    this.#shutDown = shutDown;
    this.#client = new Client({
      counts: true,
      callBack: {
        call: (id, args) => this.#callBack(id, args),
        forget: (id, arrived) =>
          void connection.send(tuple(0, FORGET, tuple(id, arrived))).catch(() => {}),
      },
    });
  }

  async serve(): Promise<void> {
    try {
      for (;;) {
        const [number, ...message] = asList(await this.#connection.recv());
        await this.#take(number, unpackRequest(message));
      }
    } finally {
      const gone = new Deno.errors.ConnectionAborted("The client of the manager is gone");
      for (const called of this.#called.values()) called.reject(gone);
      this.#client.end(this.#dispatcher.table);
    }
  }

  async #take(number: unknown, request: Request): Promise<void> {
    const { ident, method, args } = request;
    if (ident === null && method === "cancel") {
      this.#calls.get(args[0])?.cancel(CANCELLED());
      return;
    }
    if (ident === null && method === "result") {
      const [ok, value] = args;
      const called = this.#called.get(number);
      if (ok === true) called?.resolve(value);
      else called?.reject(value);
      return;
    }
    if (this.#calls.size + this.#sending >= MAX_IN_FLIGHT) {
      const result = `${MAX_IN_FLIGHT} requests of this client wait already`;
      await send(this.#connection, [number], { kind: "#TRACEBACK", result });
      return;
    }
    const call = new Call(this.#client);
    const reply = this.#dispatcher.answer(call, request);
    if (!(reply instanceof Promise)) {
      // Not awaited: what follows is read while it is written.
      this.#sending++;
      const sent = send(this.#connection, [number], reply).finally(() => this.#sending--);
      sent.catch(() => this.#connection.close());
      if (ident === null && method === "shutdown") {
        await sent;
        await this.#connection.flush();
        this.#shutDown();
      }
      return;
    }
    this.#calls.set(number, call);
    reply.then((reply) => send(this.#connection, [number], reply))
      .catch(() => this.#connection.close())
      .finally(() => this.#calls.delete(number));
  }

  async #callBack(id: number, args: readonly unknown[]): Promise<unknown> {
    if (this.#client.gone !== undefined) throw this.#client.gone;
    const number = ++this.#next;
    const called = Promise.withResolvers<unknown>();
    this.#called.set(number, called);
    try {
      await this.#connection.send(tuple(number, CALL, tuple(id, tuple(...args))));
      return await called.promise;
    } finally {
      this.#called.delete(number);
    }
  }
}

async function send(
  connection: Connection,
  before: readonly unknown[],
  { kind, result }: Reply,
): Promise<void> {
  try {
    await connection.send(tuple(...before, kind, kind === "#ERROR" ? asPython(result) : result));
  } catch (error) {
    if (connection.closed || error instanceof Deno.errors.BrokenPipe) throw error;
    // The result cannot be pickled.
    const text = error instanceof Error ? error.message : String(error);
    await connection.send(tuple(...before, "#UNSERIALIZABLE", text));
  }
}
