/**
 * Those who wait for messages, and the one read that serves them.
 *
 * One read is under way at a time, and only while somebody waits or watches: what nobody asks for stays with the system,
 * and the peer is slowed down. A waiter that gives up takes nothing along; the read goes on and the next one has its bytes.
 */
import {
  IncompleteReadError,
  LimitOverrunError,
  type NetErrorInit,
  ProtocolError,
  TimeoutError,
  toNetError,
} from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { HEADER } from "./_header.ts";
import { Inbox, INCOMPLETE, MALFORMED } from "./_inbox.ts";
import type { ReceiveOptions } from "./options.ts";

/** What somebody wants of the next message. */
export interface Wanted<T> {
  /** Most bytes that it may have. */
  readonly limit: number;
  /** Whether `decode` gives out the bytes themselves, which must stay valid then. */
  readonly keeps: boolean;
  decode(bytes: Uint8Array<ArrayBuffer>): T;
}

const RESOLVED = Promise.resolve();

/** No message is there. */
export const NOTHING: unique symbol = Symbol("nothing");

/** Reads some bytes to the start of an array; `null` at the end. */
export type Read = (room: Uint8Array) => Promise<number | null>;

interface Waiter {
  readonly wanted: Wanted<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** Disarms its signal and its timeout, where it has one. */
  release: (() => void) | undefined;
}

/** The receiving half of a connection. */
export class Receiver {
  readonly #read: Read;
  readonly #where: NetErrorInit;
  readonly #maxBytes: number;
  readonly #waiting = new Set<Waiter>();
  readonly #watchers = new Set<() => void>();
  #inbox: Inbox = new Inbox();
  #end: { readonly error: unknown; readonly clean: boolean } | undefined;
  #reading = false;
  /** Somebody who does not wait has asked in vain: one read is made, so that the next time there may be something. */
  #asked = false;

  constructor(read: Read, where: NetErrorInit, maxBytes: number) {
    this.#read = read;
    this.#where = where;
    this.#maxBytes = maxBytes;
  }

  /** Whether the peer has closed the connection behind a complete message. */
  isEnd(error: unknown): boolean {
    return this.#end?.clean === true && this.#end.error === error;
  }

  /** Whether receiving would not wait: a message is there, or an error is. */
  get ready(): boolean {
    const { announced } = this.#inbox;
    return this.#end !== undefined || announced === MALFORMED || announced > this.#maxBytes ||
      this.#inbox.peek(this.#maxBytes) !== undefined;
  }

  /** The next message, if it is there and nobody is before us. */
  tryReceive<T>(wanted: Wanted<T>): T | typeof NOTHING {
    if (this.#waiting.size > 0) return NOTHING;
    const result = this.#take(wanted);
    if (result === NOTHING && !this.#reading) {
      this.#asked = true;
      this.#pump();
    }
    return result;
  }

  /** The next message that nobody before us takes. */
  receive<T>(wanted: Wanted<T>, options: ReceiveOptions | undefined): Promise<T> {
    try {
      options?.signal?.throwIfAborted();
      if (this.#waiting.size === 0) {
        const result = this.#take(wanted);
        if (result !== NOTHING) return Promise.resolve(result);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    return new Promise((resolve, reject) => {
      this.#enter(
        { wanted, resolve: resolve as Waiter["resolve"], reject, release: undefined },
        options,
      );
    });
  }

  /** Takes back the memory of the message that was received last. */
  release(bytes: Uint8Array): boolean {
    return this.#inbox.release(bytes);
  }

  /** Waits until receiving would not; `false` if the time was over first. */
  poll(options: ReceiveOptions | undefined): Promise<boolean> {
    if (options?.signal?.aborted) return Promise.reject(options.signal.reason);
    if (this.ready) return Promise.resolve(true);
    return new Promise((resolve, reject) => {
      const stop = this.watch(() => {
        if (!this.ready) return;
        leave();
        resolve(true);
      });
      const leave = this.#limit(options, (error) => {
        stop();
        error instanceof TimeoutError ? resolve(false) : reject(error);
      }, stop);
    });
  }

  /** Calls back whenever something may have become ready, until it is stopped. */
  watch(notify: () => void): () => void {
    // Each watch is its own, though the function be the same.
    const watcher = () => notify();
    this.#watchers.add(watcher);
    this.#pump();
    return () => void this.#watchers.delete(watcher);
  }

  /** Nothing more can be received, also not what has arrived. */
  close(failure: { readonly error: unknown }): void {
    this.#end = {
      get error() {
        return failure.error;
      },
      clean: false,
    };
    this.#inbox = new Inbox();
    this.#serve();
  }

  #take<T>(wanted: Wanted<T>): T | typeof NOTHING {
    const inbox = this.#inbox;
    if (wanted.keeps) {
      const bytes = inbox.take(wanted.limit);
      if (bytes !== undefined) return wanted.decode(bytes);
    } else {
      const bytes = inbox.peek(wanted.limit);
      if (bytes !== undefined) {
        try {
          return wanted.decode(bytes);
        } finally {
          inbox.drop(bytes.length);
        }
      }
    }
    const { announced } = inbox;
    if (announced > wanted.limit) {
      throw new LimitOverrunError(
        { ...this.#where, reason: tooLong(announced, wanted.limit) },
        announced,
        wanted.limit,
      );
    }
    if (announced === MALFORMED) {
      const reason = "the next four bytes are no header of multiprocessing.connection";
      throw new ProtocolError({ ...this.#where, reason });
    }
    if (this.#end !== undefined) throw this.#end.error;
    return NOTHING;
  }

  /** Gets in line, for a limited time. */
  #enter(waiter: Waiter, options: ReceiveOptions | undefined): void {
    this.#waiting.add(waiter);
    if (options !== undefined) {
      waiter.release = this.#limit(options, (error) => {
        this.#waiting.delete(waiter);
        waiter.reject(error);
      }, nothing);
    }
    this.#pump();
  }

  /** Arms a signal and a timeout; what is returned disarms them and calls `leave`. */
  #limit(
    options: ReceiveOptions | undefined,
    giveUp: (error: unknown) => void,
    leave: () => void,
  ): () => void {
    const { signal, timeout = Infinity } = options ?? {};
    if (signal === undefined && timeout === Infinity) return leave;
    const abort = () => {
      deadline?.[Symbol.dispose]();
      giveUp(signal!.reason);
    };
    const deadline = timeout === Infinity ? undefined : new Deadline(() => {
      signal?.removeEventListener("abort", abort);
      giveUp(new TimeoutError(this.#where, timeout));
    });
    // Also 0 ms are a turn of the event loop: what has arrived by now is read.
    deadline?.arm(Math.max(timeout, 0));
    signal?.addEventListener("abort", abort, { once: true });
    return () => {
      deadline?.[Symbol.dispose]();
      signal?.removeEventListener("abort", abort);
      leave();
    };
  }

  // Callbacks that are made once: an async function makes new ones for every read.
  #start: (() => void) | undefined;
  #onRead: ((count: number | null) => void) | undefined;
  #onFailed: ((cause: unknown) => void) | undefined;

  /**
   * Begins a read, if none is under way: after this turn of the program. What it has sent goes out first then, and the peer
   * works on it while this side gets ready to wait.
   */
  #pump(): void {
    if (this.#reading) return;
    this.#reading = true;
    RESOLVED.then(this.#start ??= () => this.#readOnce());
  }

  /** Reads again if somebody wants more. */
  #readOnce(): void {
    if (this.#end !== undefined || !this.#wanted) {
      this.#reading = false;
      return;
    }
    this.#asked = false;
    let reading: Promise<number | null>;
    try {
      reading = this.#read(this.#inbox.room(this.#firstLimit));
    } catch (cause) {
      reading = Promise.reject(cause);
    }
    reading.then(
      this.#onRead ??= (count) => this.#received(count),
      this.#onFailed ??= (cause) => {
        this.#end ??= { error: toNetError(cause, this.#where), clean: false };
        this.#reading = false;
        this.#serve();
      },
    );
  }

  #received(count: number | null): void {
    if (this.#end === undefined) {
      if (count === null) this.#end = this.#endOfStream();
      else this.#inbox.received(count);
    }
    this.#serve();
    this.#readOnce();
  }

  /** The most bytes that who is first in line allows. */
  get #firstLimit(): number {
    for (const { wanted } of this.#waiting) return wanted.limit;
    return this.#maxBytes;
  }

  get #wanted(): boolean {
    return this.#waiting.size > 0 || this.#asked || (this.#watchers.size > 0 && !this.ready);
  }

  #serve(): void {
    for (const waiter of this.#waiting) if (!this.#settle(waiter)) break;
    if (this.#watchers.size === 0 || !this.ready) return;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /** Settles the call of a waiter if a message is there; returns whether it did. */
  #settle(waiter: Waiter): boolean {
    try {
      const result = this.#take(waiter.wanted);
      if (result === NOTHING) return false;
      waiter.resolve(result);
    } catch (error) {
      waiter.reject(error);
    }
    this.#waiting.delete(waiter);
    waiter.release?.();
    return true;
  }

  #endOfStream(): { error: unknown; clean: boolean } {
    const partial = this.#inbox.partial.slice();
    const { announced } = this.#inbox;
    const clean = partial.length === 0 && announced === INCOMPLETE;
    const expected = announced < 0 ? HEADER : announced;
    const reason = clean
      ? "the peer has closed the connection"
      : "the peer closed the connection within a message";
    return { error: new IncompleteReadError({ ...this.#where, reason }, partial, expected), clean };
  }
}

function nothing(): void {}

function tooLong(announced: number, limit: number): string {
  return `the next message has ${announced} bytes, and at most ${limit} are allowed; ` +
    "it is left where it is (see `maxLength` and `maxBytes`)";
}
