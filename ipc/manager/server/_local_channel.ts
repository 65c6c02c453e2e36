import type { Connection } from "../../pipe/connection.ts";
import { PyException } from "../../../persist/types/mod.ts";
import {
  type LocalCall,
  LocalKind,
  type LocalReply,
  type LocalRequest,
  Note,
} from "../local/door.ts";
import { methodOf } from "../local/methods.ts";
import { asPython } from "../python_errors.ts";
import type { Reply } from "../wire.ts";
import { Call, Client } from "./client.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Kept } from "./objects.ts";
import { CANCELLED, MAX_IN_FLIGHT } from "./socket_side.ts";

/** Most values of a message of several results. */
const MOST_RESULTS = 1024;

/** What serves the channels. */
export interface Side {
  /** A channel has something to say. Resolves when it has nothing more. */
  wake(channel: Channel): Promise<void>;
  /** A client has asked for the end. */
  shutDown(): void;
}

/** One agent. */
export class Channel {
  readonly connection: Connection<LocalRequest, LocalReply>;
  readonly #dispatcher: Dispatcher;
  readonly #side: Side;
  readonly #client: Client;
  readonly #calls = new Map<number, Call>();
  /** Functions of the client that are being called. */
  readonly #called = new Map<number, PromiseWithResolvers<unknown>>();
  /** Answers that wait for room in the ring. */
  #sending = 0;
  #next = 0;
  /** Results of these turns, as one message. */
  #results: LocalReply = [Note.results];
  #asleep: PromiseWithResolvers<void> | undefined;

  constructor(
    connection: Connection<LocalRequest, LocalReply>,
    dispatcher: Dispatcher,
    side: Side,
  ) {
    this.connection = connection;
    this.#dispatcher = dispatcher;
    this.#side = side;
    this.#client = new Client({
      local: true,
      callBack: {
        call: (id, args) => this.#callBack(id, args),
        forget: (id, arrived) => this.#post([Note.forget, id, arrived]),
      },
    });
    this.#post([Note.hello]);
  }

  close(): void {
    this.connection.close();
  }

  /** Serves the agent to its end. */
  async serve(): Promise<void> {
    try {
      while (!this.connection.closed) {
        await this.connection.poll();
        await this.#side.wake(this);
      }
    } catch {
      // Closed here, or the agent sent what cannot be read: the channel ends, nothing else.
    } finally {
      this.connection.close();
      const gone = new Deno.errors.ConnectionAborted("The client of the manager is gone");
      for (const called of this.#called.values()) called.reject(gone);
      const { table } = this.#dispatcher;
      this.#client.end(table);
      // The agent's proxies are gone with it.
      table.sweep();
    }
  }

  /** Resolves at the next {@linkcode sleep}. */
  fallAsleep(): Promise<void> {
    this.#asleep = Promise.withResolvers<void>();
    return this.#asleep.promise;
  }

  /** It has nothing more to say for now. */
  sleep(): void {
    this.#asleep?.resolve();
    this.#asleep = undefined;
  }

  /** How many requests, and functions that were called, are not answered yet. */
  get pending(): number {
    return this.#calls.size + this.#called.size;
  }

  /** Answers some requests. Whether there were any; `undefined` at the end of the channel. */
  take(most: number): boolean | undefined {
    let found = false;
    try {
      for (let i = 0; i < most; i++) {
        const message = this.connection.tryRecv();
        if (message === undefined) break;
        found = true;
        this.#answer(message);
      }
      this.#flush();
      return found;
    } catch {
      this.connection.close();
      return undefined;
    }
  }

  #answer(message: LocalRequest): void {
    const number = message[0];
    if (number === Note.requests) {
      for (let at = 1; at < message.length;) {
        const count = message[at + 3] as number;
        const args = message.slice(at + 4, at + 4 + count);
        this.#call(
          message[at] as number,
          message[at + 1] as number | null,
          message[at + 2] as number,
          args,
        );
        at += 4 + count;
      }
    } else if (number < 0) this.#note(message);
    else {
      const [, object, method, args, kwargs] = message as LocalCall;
      this.#call(number, object, method, args, kwargs);
    }
  }

  #call(
    number: number,
    object: number | null,
    code: number | string,
    args: readonly unknown[],
    kwargs?: Readonly<Record<string, unknown>>,
  ): void {
    if (this.#calls.size + this.#sending >= MAX_IN_FLIGHT) {
      const result = `${MAX_IN_FLIGHT} requests of this client wait already`;
      this.#send(number, { kind: "#TRACEBACK", result });
      return;
    }
    const method = methodOf(code);
    const ident = object === null ? null : this.#dispatcher.table.identOf(object);
    const call = new Call(this.#client);
    const reply = this.#dispatcher.answer(call, { ident, method, args, kwargs });
    if (!(reply instanceof Promise)) {
      this.#send(number, reply);
      if (ident === null && method === "shutdown") {
        this.#flush();
        this.#side.shutDown();
      }
      return;
    }
    this.#calls.set(number, call);
    reply.then((reply) => {
      this.#calls.delete(number);
      this.#send(number, reply);
      this.#flush();
    });
  }

  #note(message: LocalRequest): void {
    const [note, first, second, third] = message as [number, ...unknown[]];
    if (note === Note.cancel) this.#calls.get(first as number)?.cancel(CANCELLED());
    else if (note === Note.released) this.#dispatcher.table.check(first as string);
    else if (note === Note.result) {
      const called = this.#called.get(first as number);
      this.#called.delete(first as number);
      if (second === true) called?.resolve(third);
      else called?.reject(third);
    }
  }

  #send(number: number, { kind, result }: Reply): void {
    if (this.connection.closed) return;
    if (kind === "#RETURN" && (typeof result !== "object" || result === null)) {
      this.#results.push(number, result);
      if (this.#results.length > MOST_RESULTS) this.#flush();
    } else if (kind === "#RETURN") this.#post([number, LocalKind.result, result]);
    else if (kind === "#PROXY") this.#sendProxy(number, result as Kept);
    else if (kind === "#ERROR") this.#post([number, LocalKind.error, result]);
    else this.#post([number, LocalKind.trouble, result]);
  }

  /** Sends the results that were kept until now. */
  #flush(): void {
    const results = this.#results;
    if (results.length === 1) return;
    this.#results = [Note.results];
    if (results.length === 3) this.#post([results[1] as number, LocalKind.result, results[2]]);
    else this.#post(results);
  }

  /** The proxy for a new object, which is pinned until it is on its way. */
  #sendProxy(number: number, kept: Kept): void {
    this.#post([number, LocalKind.result, this.#dispatcher.reference(kept)]);
    this.#dispatcher.table.unpin(kept.ident);
  }

  /** Sends now, or when there is room. */
  #post(reply: LocalReply): void {
    try {
      if (this.#sending === 0 && this.connection.trySend(reply)) return;
    } catch (error) {
      this.#failed(reply, error);
      return;
    }
    this.#sending++;
    this.connection.send(reply).catch((error) => this.#failed(reply, error))
      .finally(() => this.#sending--);
  }

  /** What cannot be sent is answered nevertheless; an error at least as what Python would have. */
  #failed(reply: LocalReply, error: unknown): void {
    if (this.connection.closed || error instanceof Deno.errors.BrokenPipe) return;
    const [number, kind, result] = reply;
    if (number === Note.call) {
      const called = this.#called.get(kind as number);
      this.#called.delete(kind as number);
      called?.reject(error);
    } else if (number === Note.results) {
      // One by one, so that those fail that cannot be sent.
      for (let i = 1; i < reply.length; i += 2) {
        this.#post([reply[i] as number, LocalKind.result, reply[i + 1]]);
      }
    } else if (kind === LocalKind.error && !(result instanceof PyException)) {
      this.#post([number, kind, asPython(result)]);
    } else {
      const text = error instanceof Error ? error.message : String(error);
      this.#post([number, LocalKind.unsendable, text]);
    }
  }

  async #callBack(id: number, args: readonly unknown[]): Promise<unknown> {
    if (this.#client.gone !== undefined) throw this.#client.gone;
    const number = ++this.#next;
    const called = Promise.withResolvers<unknown>();
    this.#called.set(number, called);
    try {
      this.#post([Note.call, number, id, args]);
      return await called.promise;
    } finally {
      this.#called.delete(number);
    }
  }
}
