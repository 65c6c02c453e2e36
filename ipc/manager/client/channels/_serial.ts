import type { Connection } from "../../../../net/connection/mod.ts";
import type { Reply, Request } from "../../wire.ts";
import { closedError } from "../proxying_transport.ts";
import type { SendOptions, Transport } from "../transport.ts";
import { exchange } from "./_exchange.ts";

/** Channels to CPython that are kept open while nobody uses them. */
const MAX_IDLE = 4;

/** To a server of CPython: a channel for each request that is being answered, as each of its threads has one. */
export class SerialChannels implements Omit<Transport, "local" | "adopt"> {
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
