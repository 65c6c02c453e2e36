/**
 * The calls of an agent to a server in the same program, those that wait and those that block the thread. Both kinds go through
 * the same pipe, so that what was called first is done first.
 *
 * While calls are pending a task polls the ring. A call that blocks takes every message out itself until its own answer has
 * come: the answers of others settle their promises, and functions that the server calls back are run.
 *
 * @module
 */
import type { Connection } from "../../../pipe/connection.ts";
import type { Queue } from "../../../queue/queue.ts";
import {
  type Door,
  LocalKind,
  type LocalReply,
  type LocalRequest,
  Note,
} from "../../local/door.ts";
import { codeOf } from "../../local/methods.ts";
import type { Reply, Request } from "../../wire.ts";
import { Awaited, kindOf } from "./_awaited.ts";
import { arePrimitive, prepared, requestOf } from "./_request.ts";
import { gone, LocalRing } from "./_ring.ts";
import { References } from "./_references.ts";
import { runGiven } from "./_run_given.ts";
import { GivenFunctions } from "../functions.ts";
import type { LocalWay, Read, SendOptions, Transport } from "../transport.ts";

/** The number of the call that blocks the thread; there is one at a time. */
const BLOCKING = 0;

/** Most values of a message of several requests. */
const MOST_COLLECTED = 1024;

const whole: Read<Reply> = (reply) => reply;

/** The transports of this agent, one for each server. */
const transports = new Map<Queue<Connection<LocalRequest, LocalReply>>, LocalTransport>();

/** This agent's way to the server behind a door. */
export function transportTo(door: Door): LocalTransport {
  const known = transports.get(door.queue);
  if (known !== undefined && !known.closed) return known;
  const made = new LocalTransport(door);
  transports.set(door.queue, made);
  return made;
}

/** To a server in another agent of this program. */
export class LocalTransport implements Transport, LocalWay {
  readonly door: Door;
  readonly cancels = true;
  readonly local: LocalWay = this;
  readonly #waiting = new Awaited(BLOCKING + 1);
  readonly #references = new References();
  readonly #functions = new GivenFunctions();
  readonly #ring: LocalRing;
  /** Requests of this turn, as one message. */
  #collected: [number, ...unknown[]] = [Note.requests];
  #listening = false;
  #blocking = false;
  #failure: { error: unknown } | undefined;

  constructor(door: Door) {
    this.door = door;
    this.#ring = new LocalRing(door);
  }

  /** Whether it was closed, or the server has ended. */
  get closed(): boolean {
    return this.#failure !== undefined;
  }

  /** Calls a method. */
  request<T>(
    object: number | null,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
    read: Read<T>,
    proxy?: object,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure.error;
      const number = this.#waiting.add({
        method,
        read,
        proxy,
        resolve: resolve as (value: unknown) => void,
        reject,
      });
      if (kwargs === undefined && arePrimitive(args)) {
        this.#collect(number, object, method, args);
        return;
      }
      this.#flush();
      try {
        this.#send(requestOf(number, object, method, args, kwargs, this.#functions), number);
      } catch (error) {
        this.#waiting.take(number);
        throw error;
      }
      if (!this.#listening) void this.#listen();
    });
  }

  /** Keeps a request until this turn ends, or something else is sent. */
  #collect(
    number: number,
    object: number | null,
    method: string,
    args: readonly unknown[],
  ): void {
    const collected = this.#collected;
    if (collected.length === 1) queueMicrotask(() => this.#flush());
    collected.push(number, object, codeOf(method), args.length);
    for (let i = 0; i < args.length; i++) collected.push(args[i]);
    if (collected.length > MOST_COLLECTED) this.#flush();
  }

  /** Sends the requests that were collected. */
  #flush(): void {
    const collected = this.#collected;
    if (collected.length === 1) return;
    this.#collected = [Note.requests];
    try {
      const connection = this.#open();
      if (!connection.trySend(collected)) {
        connection.send(collected).catch((error) => this.#apart(collected, error));
      }
    } catch (error) {
      this.#apart(collected, error);
    }
    if (!this.#listening) void this.#listen();
  }

  /** Requests that could not be sent together are sent one by one, so that those fail that cannot be sent. */
  #apart(collected: LocalRequest, error: unknown): void {
    if (error instanceof Deno.errors.BrokenPipe) this.#fail(error);
    if (this.#failure !== undefined) return;
    for (let at = 1; at < collected.length;) {
      const [number, object, method, count] = collected.slice(at, at + 4) as [
        number,
        null,
        string,
        number,
      ];
      at += 4 + count;
      try {
        this.#send([number, object, method, collected.slice(at - count, at)], number);
      } catch (error) {
        this.#waiting.reject(number, error);
      }
    }
  }

  /** Calls a method, blocking the thread until it has answered. */
  requestSync<T>(
    object: number | null,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
    read: Read<T>,
  ): T {
    if (this.#blocking) {
      throw new Deno.errors.Busy(
        `Cannot call ${method} while blocking: a function that the manager calls back is run by a call that blocks`,
      );
    }
    this.#flush();
    const connection = this.#open();
    try {
      connection.sendSync(requestOf(BLOCKING, object, method, args, kwargs, this.#functions));
    } catch (error) {
      throw this.#sendError(error);
    }
    this.#blocking = true;
    try {
      for (;;) {
        const reply = this.#receiveSync();
        if (reply[0] === BLOCKING) {
          return read({ kind: kindOf(reply[1] as number), result: reply[2] }, method);
        }
        if (reply[0] !== Note.results) this.#take(reply);
        else {
          const at = this.#takeResults(reply, BLOCKING);
          if (at > 0) return read({ kind: "#RETURN", result: reply[at + 1] }, method);
        }
      }
    } finally {
      this.#blocking = false;
    }
  }

  async send(request: Request, { signal }: SendOptions = {}): Promise<Reply> {
    signal?.throwIfAborted();
    const { ident, method, args, kwargs } = request;
    const number = this.#waiting.next;
    const object = ident === null ? null : Number.parseInt(ident, 16);
    const reply = this.request(object, method, args, kwargs, whole);
    if (signal === undefined) return await reply;
    const call = this.#waiting.at(number);
    // An answer that is on its way when the caller gives up counts: nothing that was taken is lost.
    const cancel = () => {
      // Once it is answered, its number may be another call's.
      if (this.#waiting.at(number) === call) this.#note([Note.cancel, number]);
    };
    signal.addEventListener("abort", cancel, { once: true });
    try {
      return await reply;
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }

  adopt({ result }: Reply): unknown {
    return result;
  }

  takeBack(given: (...args: never[]) => unknown): void {
    this.#functions.take(given);
  }

  lease(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  giveBack(): void {}

  /** One more proxy of an object. */
  hold(ident: string, anchor: Disposable | undefined): void {
    this.#references.hold(ident, anchor);
  }

  anchorOf(ident: string): Disposable | undefined {
    return this.#references.anchorOf(ident);
  }

  /** One proxy less. */
  release(ident: string): void {
    const isLast = this.#references.release(ident);
    if (isLast && this.#failure === undefined) this.#note([Note.released, ident]);
  }

  close(): void {
    const error = new Deno.errors.BadResource("The manager's connection is closed");
    this.#fail(error);
    // Whoever has ended first.
    this.#failure = { error };
  }

  /** Sends now, or when there is room. */
  #send(message: LocalRequest, number: number): void {
    const connection = this.#open();
    try {
      if (connection.trySend(message)) return;
    } catch (error) {
      throw this.#sendError(error);
    }
    connection.send(message).catch((error) => {
      this.#waiting.reject(number, this.#sendError(error));
    });
  }

  /** What a message cannot be sent for: itself, or the end of the server. */
  #sendError(error: unknown): unknown {
    if (error instanceof Deno.errors.BrokenPipe) this.#fail(error);
    return this.#failure?.error ?? error;
  }

  /** Tells the server something that has no answer. */
  #note(note: LocalRequest): void {
    if (this.#ring.opened === undefined || this.#failure !== undefined) return;
    this.#flush();
    try {
      this.#send(note, -1);
    } catch {
      // A server that has ended need not know. Whoever waits for it has been told.
    }
  }

  /** Takes messages until nothing is awaited any more. */
  async #listen(): Promise<void> {
    this.#listening = true;
    try {
      for (;;) {
        // What else is called in this turn goes out first.
        await null;
        if (this.#waiting.size === 0 && this.#functions.size === 0) return;
        const connection = this.#ring.opened!;
        const reply = connection.tryRecv();
        if (reply === undefined) await this.#ring.arrival();
        else {
          this.#take(reply);
          this.#drain(connection);
        }
      }
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#listening = false;
    }
  }

  #drain(connection: Connection<LocalReply, LocalRequest>): void {
    for (let reply = connection.tryRecv(); reply !== undefined; reply = connection.tryRecv()) {
      this.#take(reply);
    }
  }

  /** The pipe to the server. */
  #open(): Connection<LocalReply, LocalRequest> {
    if (this.#failure !== undefined) throw this.#failure.error;
    try {
      return this.#ring.open();
    } catch (error) {
      this.#fail(error);
      throw this.#failure!.error;
    }
  }

  #receiveSync(): LocalReply {
    try {
      return this.#ring.receiveSync();
    } catch (error) {
      this.#fail(error);
      throw this.#failure!.error;
    }
  }

  #take(reply: LocalReply): void {
    const number = reply[0];
    if (number === Note.results) this.#takeResults(reply, -1);
    else if (number < 0) this.#takeNote(reply);
    else this.#waiting.settle(number, reply[1] as number, reply[2]);
  }

  /** Takes several results but that of a call that blocks: gives where that is, -1 if it is not among them. */
  #takeResults(reply: LocalReply, own: number): number {
    let found = -1;
    for (let i = 1; i < reply.length; i += 2) {
      const number = reply[i] as number;
      if (number === own) found = i;
      else this.#waiting.settle(number, LocalKind.result, reply[i + 1]);
    }
    return found;
  }

  #takeNote([note, first, second, third]: [number, ...unknown[]]): void {
    if (note === Note.hello) this.#ring.greeted = true;
    else if (note === Note.forget) {
      this.#functions.forget(first as number, second as number);
    } else if (note === Note.call) {
      this.#run(first as number, second as number, third as unknown[]);
    }
  }

  /** Runs a function that the server calls. */
  #run(call: number, id: number, args: readonly unknown[]): void {
    const answer = (ok: boolean, value: unknown) => {
      try {
        this.#note([Note.result, call, ok, prepared(value, this.#functions)]);
      } catch (error) {
        if (this.#failure === undefined) this.#note([Note.result, call, false, error]);
      }
    };
    runGiven(() => this.#functions.call(id, args), this.#blocking, answer);
  }

  #fail(error: unknown): void {
    this.#collected = [Note.requests];
    if (this.#failure === undefined) {
      const known = error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.ConnectionAborted;
      this.#failure = { error: known ? error : gone(error) };
    }
    if (transports.get(this.door.queue) === this) transports.delete(this.door.queue);
    this.#waiting.rejectAll(this.#failure.error);
    this.#functions.clear();
    this.#references.clear();
    this.#ring.close();
  }
}
