/**
 * Agents of this program: requests come through rings of shared memory.
 *
 * One loop serves all agents that have something to say, in turns. When none has, it blocks its thread for a moment before it
 * sleeps in the event loop: whoever asks one thing after another has the next request ready sooner, and a blocked thread is
 * woken faster than an event loop. At least every millisecond the event loop turns, which has sockets, timers and the objects'
 * own code to serve.
 *
 * @module
 */
import type { Connection } from "../../pipe/connection.ts";
import { waitAnySync } from "../../wait_any.ts";
import { QueueShutDownError } from "../../errors.ts";
import { PyException } from "../../../persist/types/mod.ts";
import {
  type Door,
  type LocalCall,
  LocalKind,
  type LocalReply,
  type LocalRequest,
  makeDoor,
  Note,
} from "../local/door.ts";
import "../local/classes.ts";
import { methodOf } from "../local/methods.ts";
import { serveHere } from "../local/handles.ts";
import type { Reply } from "../wire.ts";
import { Call, Client } from "./client.ts";
import { asPython } from "../python_errors.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Kept } from "./objects.ts";
import { CANCELLED, MAX_IN_FLIGHT } from "./socket_side.ts";

/** Most messages of one agent before the next one's turn. */
const TURN = 32;
/** Longest time, in milliseconds, without a turn of the event loop. */
const SLICE = 1;
/** Most values of a message of several results. */
const MOST_RESULTS = 1024;
/** How long to block, in milliseconds, when nobody else needs this thread. */
const BLOCK = 1;
/** How long to block while answers are pending or other programs are connected. */
const SHORT_BLOCK = 0.1;
/** After so many blocks in vain in a row, there is none for a while. */
const FAILURES_IN_A_ROW = 5;
const BACKOFF = 16;
/** Microtasks that an answer needs at most to come out of what settled it. */
const HOPS = 12;

/** Serves the agents of this program. */
export class LocalSide {
  readonly door: Door = makeDoor();
  readonly #dispatcher: Dispatcher;
  readonly #shutDown: () => void;
  readonly #channels = new Set<Channel>();
  /** Channels with something to say, or that had a moment ago. */
  readonly #awake = new Set<Channel>();
  #pumping = false;
  #failures = 0;
  #backoff = 0;

  /** Resolves when it has ended. */
  readonly done: Promise<void>;

  readonly #isBusy: () => boolean;

  /**
   * @param shutDown Called when a client asks for it.
   * @param isBusy Whether other programs are connected.
   */
  constructor(dispatcher: Dispatcher, shutDown: () => void, isBusy: () => boolean) {
    this.#isBusy = isBusy;
    this.#dispatcher = dispatcher;
    this.#shutDown = shutDown;
    dispatcher.door = this.door;
    serveHere(this.door.queue, dispatcher);
    this.door.alive.acquireSync();
    this.done = this.#run();
  }

  /** Ends it: closes all channels. */
  close(): void {
    if (!this.door.queue.isShutDown) this.door.queue.shutdown();
    for (const channel of this.#channels) channel.close();
  }

  async #run(): Promise<void> {
    const running = new Set<Promise<void>>();
    try {
      for (;;) {
        const channel = new Channel(await this.door.queue.get(), this.#dispatcher, this);
        if (this.door.queue.isShutDown) channel.close();
        this.#channels.add(channel);
        const serving = channel.serve().finally(() => {
          this.#channels.delete(channel);
          this.#awake.delete(channel);
          running.delete(serving);
        });
        running.add(serving);
      }
    } catch (error) {
      if (!(error instanceof QueueShutDownError)) throw error;
    } finally {
      this.close();
      await Promise.all(running);
      this.door.alive.release();
    }
  }

  /** A client has asked for the end. */
  shutDown(): void {
    this.#shutDown();
  }

  /** A channel has something to say. Resolves when it has nothing more. */
  wake(channel: Channel): Promise<void> {
    const asleep = channel.fallAsleep();
    this.#awake.add(channel);
    if (!this.#pumping) void this.#pump();
    return asleep;
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    let until = performance.now() + SLICE;
    while (this.#awake.size > 0) {
      const found = this.#takeTurns();
      // What was done may have settled answers that were pending.
      if (this.#pending > 0) { for (let i = 0; i < HOPS; i++) await null; }
      if (performance.now() > until) {
        await turn();
        until = performance.now() + SLICE;
      } else if (!found && !this.#block()) {
        for (const channel of this.#awake) channel.sleep();
        this.#awake.clear();
      }
    }
    this.#pumping = false;
  }

  /** Lets each channel say something. Whether any had something to say. */
  #takeTurns(): boolean {
    let found = false;
    for (const channel of this.#awake) {
      const took = channel.take(TURN);
      if (took === undefined) {
        this.#awake.delete(channel);
        channel.sleep();
      } else found = took || found;
    }
    return found;
  }

  /** Blocks the thread until a channel has something to say, not for long. Whether one has. */
  #block(): boolean {
    if (this.#awake.size === 0) return false;
    if (this.#backoff > 0) {
      this.#backoff--;
      return false;
    }
    const timeout = this.#pending > 0 || this.#isBusy() ? SHORT_BLOCK : BLOCK;
    const woken = this.#wait(timeout);
    if (woken) this.#failures = 0;
    else if (++this.#failures === FAILURES_IN_A_ROW) {
      // Where that is so often, other threads need the processor more.
      this.#failures = 0;
      this.#backoff = BACKOFF;
    }
    return woken;
  }

  #wait(timeout: number): boolean {
    const [first] = this.#awake;
    try {
      if (this.#awake.size === 1) return first!.connection.pollSync({ timeout });
      const connections = Array.from(this.#awake, ({ connection }) => connection);
      return waitAnySync(connections, { timeout }).length > 0;
    } catch {
      // One was closed here: its turn shows that.
      return true;
    }
  }

  /** How many answers are pending, of all channels. */
  get #pending(): number {
    let pending = 0;
    for (const channel of this.#channels) pending += channel.pending;
    return pending;
  }
}

/** Lets the event loop turn. */
function turn(): Promise<void> {
  // At first use: a static import of it takes long on the main thread.
  const { setImmediate } = process.getBuiltinModule("node:timers");
  return new Promise((resolve) => setImmediate(resolve));
}

/** One agent. */
class Channel {
  readonly connection: Connection<LocalRequest, LocalReply>;
  readonly #dispatcher: Dispatcher;
  readonly #side: LocalSide;
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
    side: LocalSide,
  ) {
    this.connection = connection;
    this.#dispatcher = dispatcher;
    this.#side = side;
    this.#client = new Client({
      local: true,
      callBack: {
        call: (id, args) => this.#callBack(id, args),
        forget: (id) => this.#post([Note.forget, id]),
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
