/**
 * What arrives: one read of the source at a time, and the one call that waits for what it brings.
 *
 * ```
 *   source --read--> landing or slab --take--> the call that waits
 *             ^                                    |
 *             +------------- more needed ----------+
 * ```
 * A read that is under way outlives a call that gives up: what it brings is kept for the next one.
 */
import { BusyError, IncompleteReadError, LimitOverrunError, TimeoutError } from "../errors.ts";
import { Deadline } from "../time/mod.ts";
import { freeLanding, LANDING, takeLanding } from "./_landing.ts";
import type { Link } from "./_link.ts";
import type { Settings } from "./_settings.ts";
import { Slab } from "./_slab.ts";
import type { WaitOptions } from "./options.ts";

/** What a call says that needs more bytes; how many goes into `wanted`. */
export const MORE: unique symbol = Symbol("more");

/** Milliseconds a stream that is asked to finish waits for bytes that are already on their way through the kernel. */
const LAST_CALL = 20;

/** Shared by all readers that have no bytes yet: silent connections are many. Nothing is ever put into it. */
const NO_SLAB = new Slab();

/** A call that waits for bytes. */
export abstract class Call<T> {
  resolve: ((value: T) => void) | undefined;
  reject: ((error: unknown) => void) | undefined;
  /** Milliseconds, if they are limited. */
  timeout: number | undefined;
  signal: AbortSignal | undefined;

  /** Takes what it waits for, if it is there. Asked again whenever something has happened. */
  abstract take(intake: Intake): T | typeof MORE;
}

export class Intake {
  readonly link: Link;
  readonly settings: Settings;
  /** What has arrived and was not read. */
  slab: Slab = NO_SLAB;
  /** Bytes in all that are worth another look: a hint for the next read. */
  wanted: number = 0;
  /** Whether a call waits, or nobody may. */
  busy: boolean = false;
  /** Whether the source is being read from. */
  pending: boolean = false;
  /** Why reading failed. */
  failure: Error | undefined;
  /** Whether the source belongs to a connection, which is closed one day. */
  readonly #lasting: boolean;

  #calls = 0;
  #call: Call<unknown> | undefined;
  #ended = false;
  #held = false;
  #landing: Uint8Array<ArrayBuffer> | undefined;
  #finishing: "no" | "soon" | "now" = "no";
  #last: Deadline | undefined;
  #deadline: Deadline | undefined;
  #watchers: Set<() => void> | undefined;
  // Callbacks are made once, when one is needed.
  #onAbort: (() => void) | undefined;
  #onRead: ((count: number | null) => void) | undefined;
  #onFailed: ((cause: unknown) => void) | undefined;
  #onDirect: ((count: number | null) => number | null) | undefined;
  #onDirectFailed: ((cause: unknown) => null) | undefined;

  constructor(link: Link, lasting: boolean, settings: Settings) {
    this.link = link;
    this.#lasting = lasting;
    this.settings = settings;
    link.reader = this;
  }

  /** Whether everything was read and no more will come. */
  get atEof(): boolean {
    return this.slab.length === 0 && this.over;
  }

  /** Whether no more will come. */
  get over(): boolean {
    return this.#ended || this.#finishing === "now" && this.slab.length === 0;
  }

  get waiting(): boolean {
    return this.busy && !this.#held;
  }

  /** The number of the message of which a part is there and the rest is waited for; 0 if there is none. */
  get pendingMessage(): number {
    return this.busy && this.slab.length > 0 ? this.#calls : 0;
  }

  /** Lets a call take what it waits for, now or once it is there. */
  wait<T>(call: Call<T>, options: WaitOptions | undefined): Promise<T> {
    if (this.busy) return Promise.reject(this.busyError());
    const signal = options?.signal;
    const timeout = options?.timeout ?? this.settings.readTimeout;
    try {
      const out = call.take(this);
      if (out !== MORE) return Promise.resolve(out);
      if (this.failure) throw this.failure;
      signal?.throwIfAborted();
      if (Number.isNaN(timeout)) throw noTimeout(timeout);
      if (timeout <= 0) {
        // Asking again and again comes to something: what arrives meanwhile is there the next time.
        if (!this.pending) this.#pull(this.wanted);
        throw this.#late(timeout);
      }
    } catch (error) {
      return Promise.reject(error);
    }
    this.busy = true;
    this.#calls++;
    this.#call = call as Call<unknown>;
    return new Promise<T>((resolve, reject) => {
      call.resolve = resolve;
      call.reject = reject;
      if (timeout !== Infinity) this.#arm(call.timeout = timeout);
      if (signal !== undefined) {
        call.signal = signal;
        signal.addEventListener("abort", this.#onAbort ??= () => this.#advance());
      }
      this.#more();
    });
  }

  /** Says how many bytes in all are worth another look. */
  need(count: number): typeof MORE {
    this.wanted = count;
    return MORE;
  }

  /** Sees to it that something will happen. What was written in this turn goes out first: the peer may be waiting for it. */
  #more(): void {
    if (!this.pending && !this.link.scheduled) this.#pull(this.wanted);
    if (this.#finishing === "soon" && this.slab.length === 0) this.#callLast();
  }

  /** What was written in this turn has been handed to the system. */
  wrote(): void {
    if (this.#call !== undefined && !this.pending) this.#pull(this.wanted);
  }

  /** Something has happened: the call that waits looks again. */
  #advance(late = false): void {
    const call = this.#call;
    if (call === undefined) return;
    try {
      const out = call.take(this);
      if (out === MORE) {
        if (this.failure) throw this.failure;
        call.signal?.throwIfAborted();
        if (late) throw this.#late(call.timeout!);
        this.#more();
        return;
      }
      this.#leave(call);
      call.resolve!(out);
    } catch (error) {
      this.#leave(call);
      call.reject!(error);
    }
  }

  #leave(call: Call<unknown>): void {
    this.busy = false;
    this.#call = undefined;
    call.signal?.removeEventListener("abort", this.#onAbort!);
    if (call.timeout === undefined) return;
    // A connection is closed one day, and frees the place of its deadline; another source may not be.
    if (this.#lasting) this.#deadline!.disarm();
    else this.#deadline![Symbol.dispose]();
  }

  #arm(timeout: number): void {
    this.#deadline ??= new Deadline(() => this.#advance(true));
    this.#deadline.arm(timeout);
  }

  /** Reads from the source once. What comes is kept, whoever still waits for it. */
  #pull(wanted: number): void {
    this.pending = true;
    let reading: Promise<number | null>;
    try {
      reading = this.link.raw.read(this.#room(wanted));
    } catch (cause) {
      reading = Promise.reject(cause);
    }
    reading.then(
      this.#onRead ??= (count) => this.#received(count),
      this.#onFailed ??= (cause) => this.#failed(cause),
    );
  }

  #room(wanted: number): Uint8Array {
    if (this.slab !== NO_SLAB) return this.slab.room(wanted);
    // What is no connection may hold on to the memory that it was given.
    if (this.#lasting && wanted <= LANDING) return this.#landing = takeLanding();
    return this.#ownSlab().room(wanted);
  }

  #ownSlab(): Slab {
    return this.slab === NO_SLAB ? this.slab = new Slab() : this.slab;
  }

  #received(count: number | null): void {
    this.pending = false;
    if (count === null) this.#ended = true;
    else this.link.received += count;
    if (this.#landing !== undefined) this.#land(this.#landing, count ?? 0);
    else if (count !== null) this.slab.filled(count);
    this.notify();
  }

  #failed(cause: unknown): void {
    this.pending = false;
    if (this.#landing !== undefined) this.#land(this.#landing, 0);
    if (this.#finishing !== "no" && this.link.closed && !this.link.reason) this.#ended = true;
    else this.failure = this.link.error(cause, "read");
    this.notify();
  }

  #land(landing: Uint8Array<ArrayBuffer>, count: number): void {
    this.#landing = undefined;
    if (count > 0) this.#ownSlab().append(landing.subarray(0, count));
    freeLanding(landing);
  }

  /** Whether a call may read into the user's own memory: nothing is there, and nothing can end its wait but the source. */
  direct(options: WaitOptions | undefined): boolean {
    return !this.busy && !this.pending && !this.over && !this.failure && !options?.signal &&
      this.#finishing === "no" && !this.#watchers?.size &&
      (options?.timeout ?? this.settings.readTimeout) === Infinity;
  }

  /** Reads into the user's own memory. */
  readDirect(into: Uint8Array): Promise<number | null> {
    this.busy = this.pending = true;
    let reading: Promise<number | null>;
    try {
      reading = this.link.raw.read(into);
    } catch (cause) {
      reading = Promise.reject(cause);
    }
    return reading.then(
      this.#onDirect ??= (count) => this.#directRead(count),
      this.#onDirectFailed ??= (cause) => this.#directFailed(cause),
    );
  }

  #directRead(count: number | null): number | null {
    this.busy = this.pending = false;
    if (count === null) this.#ended = true;
    else this.link.received += count;
    this.notify();
    return count;
  }

  #directFailed(cause: unknown): null {
    this.busy = this.pending = false;
    this.failure = this.link.error(cause, "read");
    this.notify();
    if (this.#finishing === "no") throw this.failure;
    return null;
  }

  /** Adds bytes behind those that have arrived. */
  append(chunk: Uint8Array): void {
    if (this.pending) throw this.busyError();
    if (chunk.length > 0) this.#ownSlab().append(chunk);
    this.notify();
  }

  /** Puts bytes back in front. */
  prepend(chunk: Uint8Array): void {
    if (this.busy) throw this.busyError();
    if (chunk.length === 0) return;
    this.#ownSlab().prepend(chunk, this.pending && this.#landing === undefined);
    this.notify();
  }

  /** Keeps everybody from reading, until what is returned is called. */
  hold(): () => void {
    if (this.busy) throw this.busyError();
    this.busy = this.#held = true;
    return () => {
      this.busy = this.#held = false;
      this.notify();
    };
  }

  /** Ends the stream where it is idle, now or when it next is. */
  finish(): void {
    if (this.#finishing !== "no" || this.link.closed) return;
    this.#finishing = "soon";
    if (this.waiting && this.slab.length === 0) this.#callLast();
  }

  /** Gives bytes that are already on their way a moment, then ends the wait for a message. */
  #callLast(): void {
    this.#last ??= new Deadline(() => {
      if (!this.waiting || this.slab.length > 0) return;
      this.#finishing = "now";
      if (this.#call) this.notify();
      // A read into the user's own buffer can only be ended with the connection.
      else this.link.close();
    });
    if (!this.#last.armed) this.#last.arm(LAST_CALL);
  }

  /** Called when the connection was closed. */
  linkClosed(): void {
    this.#deadline?.[Symbol.dispose]();
    this.#last?.[Symbol.dispose]();
  }

  /** Whether a call would not wait; if not, a read begins. */
  ready(): boolean {
    if (this.slab.length > 0 || this.over || this.failure !== undefined) return true;
    if (!this.pending) this.#pull(1);
    return false;
  }

  /** Calls back whenever something has happened, until it is stopped. */
  watch(notify: () => void): () => void {
    const watchers = this.#watchers ??= new Set();
    // Each watch has a function of its own: the same one may be given twice.
    const own = () => notify();
    watchers.add(own);
    return () => void watchers.delete(own);
  }

  notify(): void {
    this.#advance();
    if (this.#watchers) { for (const each of this.#watchers) each(); }
  }

  busyError(): BusyError {
    return new BusyError({ ...this.link.init("read"), reason: "another call is reading" });
  }

  #late(timeout: number): TimeoutError {
    return new TimeoutError(this.link.init("read"), timeout);
  }

  /** The stream has ended too early: what there is of it goes along. */
  incomplete(expected?: number): Error {
    if (this.failure) return this.failure;
    const partial = this.slab.take(this.slab.length);
    return new IncompleteReadError(this.link.init("read"), partial, expected);
  }

  overrun(limit: number, what: "line" | "separator" | "end"): LimitOverrunError {
    const hint = what === "line" ? "drop the line with skipLine() or give" : "give";
    const before = what === "line" ? "the line is longer" : `the ${what} does not come sooner`;
    const reason = `${before} than the limit of ${limit} bytes; ${hint} a larger { limit }`;
    return new LimitOverrunError({ ...this.link.init("read"), reason }, limit + 1, limit);
  }
}

function noTimeout(timeout: number): RangeError {
  return new RangeError(`Cannot read: a timeout in milliseconds is needed, received ${timeout}`);
}
