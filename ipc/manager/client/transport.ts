import type { Address } from "../../../net/errors.ts";
import { connect, type Connection, type ConnectOptions } from "../../../net/connection/mod.ts";
import { tuple } from "../../../persist/types/mod.ts";
import { asList, packRequest, PIPELINED, type Reply, type Request, unpackReply } from "../wire.ts";

/** Options of a request that may wait. */
export interface SendOptions {
  /** Gives up. */
  readonly signal?: AbortSignal | undefined;
  /** A channel of CPython's that the request must go through. */
  readonly channel?: Connection | undefined;
}

/** The way to a server. */
export interface Transport {
  /** Whether a request that waits can be cancelled. */
  readonly cancels: boolean;
  /** Sends a request and gives the reply. */
  send(request: Request, options?: SendOptions): Promise<Reply>;
  /** A channel for requests that belong together, if the server knows its callers by their channels. */
  lease(): Promise<Connection | undefined>;
  /** Gives a channel back. */
  giveBack(channel: Connection): void;
  /** Closes all connections; requests that are not answered are rejected. */
  close(): void;
}

/** Channels to CPython that are kept open while nobody uses them. */
const MAX_IDLE = 4;

/** Opens the way to a server: of ours, or of CPython. */
export async function openTransport(
  address: Address,
  options: ConnectOptions,
): Promise<Transport> {
  const connection = await connect(address, options);
  try {
    const reply = await exchange(connection, {
      ident: null,
      method: "accept_connection",
      args: [PIPELINED],
      kwargs: {},
    });
    if (reply.result === PIPELINED) return new PipelinedTransport(connection);
    return new SerialTransport(() => connect(address, options), connection);
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
class PipelinedTransport implements Transport {
  readonly #connection: Connection;
  readonly #waiting = new Map<number, PromiseWithResolvers<Reply>>();
  #next = 0;
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
      const { ident, method, args, kwargs } = request;
      const sent = this.#connection.send(tuple(number, ident, method, tuple(...args), kwargs));
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

  close(): void {
    this.#fail(new Deno.errors.BadResource("The manager's connection is closed"));
    this.#connection.close();
  }

  #post(number: number, method: string, ...args: unknown[]): void {
    this.#connection.send(tuple(number, null, method, tuple(...args), {})).catch(() => {
      // The receiver says so to all who wait.
    });
  }

  async #receive(): Promise<void> {
    try {
      for (;;) {
        const [number, kind, result] = asList(await this.#connection.recv());
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
  }
}

/** To a server of CPython: a channel for each request that is being answered, as each of its threads has one. */
class SerialTransport implements Transport {
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
    if (this.#closed) throw new Deno.errors.BadResource("The manager's connection is closed");
  }
}
