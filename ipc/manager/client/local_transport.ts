/**
 * The way of an agent to a server in the same program: one pipe of shared memory, for calls that wait and for calls that
 * block the thread. Both kinds of calls go through the same rings, so that what was called first is done first.
 *
 * While calls are pending a task polls the ring. A call that blocks takes every message out itself until its own answer has
 * come: the answers of others settle their promises, and functions that the server calls back are run.
 *
 * @module
 */
import { TimeoutError } from "../../errors.ts";
import type { Connection } from "../../pipe/connection.ts";
import { Pipe } from "../../pipe/pipe.ts";
import type { Queue } from "../../queue/queue.ts";
import { isTuple } from "../../../persist/types/mod.ts";
import {
  type Door,
  isDead,
  LocalKind,
  type LocalReply,
  type LocalRequest,
  Note,
} from "../local/door.ts";
import { codeOf } from "../local/methods.ts";
import { TupleBox } from "../local/tuple_box.ts";
import type { Kind, Reply, Request } from "../wire.ts";
import { GivenFunctions } from "./functions.ts";
import type { LocalWay, Read, SendOptions, Transport } from "./transport.ts";

/** How long the server has to open the door, in milliseconds, before it is asked whether it lives. */
const DOOR_SLICE = 250;

/** How long to block, in milliseconds, for an answer that is awaited. */
const BLOCK = 0.05;
const FAILURES_IN_A_ROW = 3;
const BACKOFF = 64;

/** Most values of a message of several requests. */
const MOST_COLLECTED = 1024;

const KINDS: readonly Kind[] = [];
(KINDS as Kind[])[LocalKind.result] = "#RETURN";
(KINDS as Kind[])[LocalKind.error] = "#ERROR";
(KINDS as Kind[])[LocalKind.trouble] = "#TRACEBACK";
(KINDS as Kind[])[LocalKind.unsendable] = "#UNSERIALIZABLE";

interface Waiting {
  readonly method: string;
  readonly read: Read<unknown>;
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

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
  readonly #waiting = new Map<number, Waiting>();
  /** Proxies of this agent, by their objects, with what keeps each object. */
  readonly #references = new Map<string, { count: number; anchor: Disposable | undefined }>();
  readonly #functions = new GivenFunctions();
  #connection: Connection<LocalReply, LocalRequest> | undefined;
  #greeted = false;
  #next = 0;
  /** Requests of this turn, as one message. */
  #collected: [number, ...unknown[]] = [Note.requests];
  #listening = false;
  #failures = 0;
  #backoff = 0;
  #blocking = false;
  #failure: { error: unknown } | undefined;

  constructor(door: Door) {
    this.door = door;
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
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#failure !== undefined) throw this.#failure.error;
      const number = this.#next++;
      this.#waiting.set(number, { method, read, resolve: resolve as Waiting["resolve"], reject });
      if (kwargs === undefined && arePrimitive(args)) {
        this.#collect(number, object, method, args);
        return;
      }
      this.#flush();
      try {
        this.#send(this.#message(number, object, method, args, kwargs), number);
      } catch (error) {
        this.#waiting.delete(number);
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
        const waiting = this.#waiting.get(number);
        this.#waiting.delete(number);
        waiting?.reject(error);
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
    const number = this.#next++;
    const connection = this.#open();
    try {
      connection.sendSync(this.#message(number, object, method, args, kwargs));
    } catch (error) {
      throw this.#sendError(error);
    }
    this.#blocking = true;
    try {
      for (;;) {
        const reply = this.#receiveSync(connection);
        if (reply[0] === number) {
          return read({ kind: KINDS[reply[1] as number]!, result: reply[2] }, method);
        }
        if (reply[0] !== Note.results) this.#take(reply);
        else {
          const at = this.#takeResults(reply, number);
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
    const number = this.#next;
    const object = ident === null ? null : Number.parseInt(ident, 16);
    const reply = this.request(object, method, args, kwargs, whole);
    if (signal === undefined) return await reply;
    // An answer that is on its way when the caller gives up counts: nothing that was taken is lost.
    const cancel = () => this.#note([Note.cancel, number]);
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
    const held = this.#references.get(ident);
    if (held === undefined) this.#references.set(ident, { count: 1, anchor });
    else held.count++;
  }

  /** What keeps an object that this agent has a proxy of. */
  anchorOf(ident: string): Disposable | undefined {
    return this.#references.get(ident)?.anchor;
  }

  /** One proxy less. */
  release(ident: string): void {
    const held = this.#references.get(ident);
    if (held === undefined || --held.count > 0) return;
    this.#references.delete(ident);
    held.anchor?.[Symbol.dispose]();
    if (this.#failure === undefined) this.#note([Note.released, ident]);
  }

  close(): void {
    const error = new Deno.errors.BadResource("The manager's connection is closed");
    this.#fail(error);
    // Whoever has ended first.
    this.#failure = { error };
  }

  /** The pipe to the server; the first call puts its other end at the door. */
  #open(): Connection<LocalReply, LocalRequest> {
    if (this.#failure !== undefined) throw this.#failure.error;
    if (this.#connection !== undefined) return this.#connection;
    const [here, there] = new Pipe<LocalRequest, LocalReply>();
    try {
      if (!this.door.queue.tryPut(there)) throw gone();
    } catch {
      here.close();
      there.close();
      this.#fail(gone());
      throw this.#failure!.error;
    }
    return this.#connection = here;
  }

  #message(
    number: number,
    object: number | null,
    method: string,
    args: readonly unknown[],
    kwargs: Readonly<Record<string, unknown>> | undefined,
  ): LocalRequest {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i];
      if (typeof arg === "function" || (typeof arg === "object" && needsPreparing(arg))) {
        args = args.map((arg) => this.#prepare(arg));
        break;
      }
    }
    const code = codeOf(method);
    if (kwargs === undefined) return [number, object, code, args];
    const named: Record<string, unknown> = {};
    for (const [name, arg] of Object.entries(kwargs)) named[name] = this.#prepare(arg);
    return [number, object, code, args, named];
  }

  /** Functions stay here; tuples, which are arrays with a mark, need something to bear it. */
  #prepare(arg: unknown): unknown {
    if (isTuple(arg)) return new TupleBox(arg);
    if (arg instanceof Map && needsPreparing(arg)) {
      return new Map([...arg].map(([key, value]) => [this.#prepare(key), value]));
    }
    return typeof arg === "function" ? this.#functions.give(arg as () => unknown) : arg;
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
      const waiting = this.#waiting.get(number);
      this.#waiting.delete(number);
      waiting?.reject(this.#sendError(error));
    });
  }

  /** What a message cannot be sent for: itself, or the end of the server. */
  #sendError(error: unknown): unknown {
    if (error instanceof Deno.errors.BrokenPipe) this.#fail(error);
    return this.#failure?.error ?? error;
  }

  #note(note: LocalRequest): void {
    if (this.#connection === undefined || this.#failure !== undefined) return;
    this.#flush();
    this.#send(note, -1);
  }

  /** Takes messages until nothing is awaited any more. */
  async #listen(): Promise<void> {
    this.#listening = true;
    try {
      for (;;) {
        // What else is called in this turn goes out first.
        await null;
        if (this.#waiting.size === 0 && this.#functions.size === 0) return;
        const connection = this.#connection!;
        const reply = connection.tryRecv();
        if (reply !== undefined) {
          this.#take(reply);
          this.#drain(connection);
        } else if (!this.#greeted) {
          if (!await connection.poll({ timeout: DOOR_SLICE }) && isDead(this.door)) throw gone();
        } else if (!this.#block(connection)) await connection.poll();
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

  /**
   * Blocks the thread until an answer is there, for no longer than it takes to sleep and be woken. Whether one is. After a few
   * times in vain it is left for a while.
   */
  #block(connection: Connection<LocalReply, LocalRequest>): boolean {
    if (this.#backoff > 0) {
      this.#backoff--;
      return false;
    }
    if (connection.pollSync({ timeout: BLOCK })) {
      this.#failures = 0;
      return true;
    }
    if (++this.#failures === FAILURES_IN_A_ROW) {
      this.#failures = 0;
      this.#backoff = BACKOFF;
    }
    return false;
  }

  #receiveSync(connection: Connection<LocalReply, LocalRequest>): LocalReply {
    try {
      for (;;) {
        if (this.#greeted) return connection.recvSync();
        try {
          return connection.recvSync({ timeout: DOOR_SLICE });
        } catch (error) {
          if (!(error instanceof TimeoutError)) throw error;
          if (isDead(this.door)) throw gone();
        }
      }
    } catch (error) {
      this.#fail(error);
      throw this.#failure!.error;
    }
  }

  #take(reply: LocalReply): void {
    const number = reply[0];
    if (number === Note.results) this.#takeResults(reply, -1);
    else if (number < 0) this.#takeNote(reply);
    else this.#settle(number, reply[1] as number, reply[2]);
  }

  /** Takes several results but that of a call that blocks: gives where that is, -1 if it is not among them. */
  #takeResults(reply: LocalReply, own: number): number {
    let found = -1;
    for (let i = 1; i < reply.length; i += 2) {
      const number = reply[i] as number;
      if (number === own) found = i;
      else this.#settle(number, LocalKind.result, reply[i + 1]);
    }
    return found;
  }

  #settle(number: number, kind: number, result: unknown): void {
    const waiting = this.#waiting.get(number);
    if (waiting === undefined) return;
    this.#waiting.delete(number);
    try {
      waiting.resolve(waiting.read({ kind: KINDS[kind]!, result }, waiting.method));
    } catch (error) {
      waiting.reject(error);
    }
  }

  #takeNote([note, first, second, third]: [number, ...unknown[]]): void {
    if (note === Note.hello) this.#greeted = true;
    else if (note === Note.forget) this.#functions.forget(first as number);
    else if (note === Note.call) {
      this.#run(first as number, second as number, third as unknown[]);
    }
  }

  /** Runs a function that the server calls. */
  #run(call: number, id: number, args: readonly unknown[]): void {
    const answer = (ok: boolean, value: unknown) => {
      try {
        this.#note([Note.result, call, ok, this.#prepare(value)]);
      } catch (error) {
        if (this.#failure === undefined) this.#note([Note.result, call, false, error]);
      }
    };
    let result: unknown;
    try {
      result = this.#functions.call(id, args);
    } catch (error) {
      answer(false, error);
      return;
    }
    if (!(result instanceof Promise)) answer(true, result);
    else if (this.#blocking) {
      result.catch(() => {});
      answer(
        false,
        new Deno.errors.Busy(
          "Cannot await a function that was called back: its thread is blocked by a call of the manager",
        ),
      );
    } else result.then((value) => answer(true, value), (error) => answer(false, error));
  }

  #fail(error: unknown): void {
    this.#collected = [Note.requests];
    if (this.#failure === undefined) {
      const known = error instanceof Deno.errors.BadResource ||
        error instanceof Deno.errors.ConnectionAborted;
      this.#failure = { error: known ? error : gone(error) };
    }
    if (transports.get(this.door.queue) === this) transports.delete(this.door.queue);
    for (const waiting of this.#waiting.values()) waiting.reject(this.#failure.error);
    this.#waiting.clear();
    this.#functions.clear();
    for (const { anchor } of this.#references.values()) anchor?.[Symbol.dispose]();
    this.#references.clear();
    this.#connection?.close();
  }
}

/** Whether nothing in a list can change until it is sent. */
function arePrimitive(args: readonly unknown[]): boolean {
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (typeof arg === "function" || (typeof arg === "object" && arg !== null)) return false;
  }
  return true;
}

/** Whether something is a tuple, or has tuples for keys. */
function needsPreparing(arg: object | null): boolean {
  if (arg instanceof Map) return arg.keys().some(isTuple);
  return isTuple(arg);
}

function gone(cause?: unknown): Error {
  return new Deno.errors.ConnectionAborted(
    "The manager's server has ended",
    cause === undefined ? undefined : { cause },
  );
}
