/**
 * A client's session on Redis: the lease that it renews, and what it does once.
 *
 * Changes carry a slot and a number. The server keeps the last reply of each slot, so that a change which is sent again after
 * the connection broke is done once. Slots are used again, by one change at a time: as many are kept as were ever under way
 * together.
 *
 *            open                 every third of the lease                    close
 *   TURN ─────────────▶ entered ────────────BEAT───────────▶ entered ─────────────────▶ LEAVE
 *     ▲                    │
 *     └──── a new id ──────┘  the lease went by without a BEAT: what was held is lost for this client, whatever the server does
 *
 * What a session held that is no more known to the server when its client comes back, is lost.
 */
import { Buffer } from "node:buffer";
import {
  type Argument,
  RedisConnection,
  type RedisTlsOptions,
  type Reply,
} from "../../../persist/redis/connection.ts";
import type { Script } from "../../../persist/redis/script.ts";
import { ServerAwayError } from "../errors.ts";
import { managerError, SessionGoneError } from "./failures.ts";
import { BEAT, COUNT, LEAVE, TURN } from "./lua.ts";

/** Most arguments of a call, and most bytes of them. */
const MAX_ITEMS = 1_000_000;
const MAX_BYTES = 512 * 1024 * 1024 - 1024;

/** Beats in a lease. */
const BEATS = 3;

/** Where, and how. */
export interface SessionOptions {
  /** The server. */
  readonly url: string;
  /** What all keys begin with. */
  readonly prefix: string;
  /** Milliseconds without a sign after which a client is dead. */
  readonly lease: number;
  /** Milliseconds that calls wait for a server that is away. */
  readonly patience: number;
  /** How TLS is spoken. */
  readonly tls?: RedisTlsOptions | undefined;
}

/** An object of the server's. */
export interface Target {
  /** Its name. */
  readonly name: string;
  /** The name of its type. */
  readonly kind: string;
}

const NOTHING: Target = { name: "", kind: "" };

/** A client's session. */
export class Session {
  readonly #connection: RedisConnection;
  readonly #options: SessionOptions;
  readonly #lapsed = new Set<() => void>();
  readonly #died = new Set<() => void>();
  readonly #beaten = new Set<() => void>();
  readonly #freeSlots: number[] = [];
  readonly #under = new Set<Promise<unknown>>();
  #slots = 0;
  #number = 0;
  #id: string = newId();
  #former = "";
  #entering: Promise<void> | undefined;
  #entered = false;
  /** Counts how often the server had forgotten this client. */
  #deaths = 0;
  #leaseEnd = 0;
  #steadySince: number | undefined;
  #wasLost = false;
  #beating = false;
  #beats: ReturnType<typeof setInterval> | undefined;
  #end: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#connection = new RedisConnection(options.url, {
      patience: options.patience,
      error: managerError,
      tls: options.tls,
    });
    this.#connection.onLost(() => {
      this.#steadySince = undefined;
      this.#wasLost = true;
    });
  }

  /** Connects, once, and begins the session. */
  async open(signal: AbortSignal): Promise<void> {
    const abort = () => this.#connection.destroy();
    signal.addEventListener("abort", abort, { once: true });
    try {
      signal.throwIfAborted();
      await this.#connection.connect(0);
      await this.#enter();
    } catch (error) {
      this.#connection.destroy();
      clearTimeout(this.#end);
      throw error;
    } finally {
      signal.removeEventListener("abort", abort);
    }
    // The dead of before this client came.
    void this.#beat();
    this.#beats = setInterval(() => void this.#beat(), this.#options.lease / BEATS);
  }

  /** Names the session for as long as what is held now is held. */
  get id(): string {
    return this.#id;
  }

  /** The lease in milliseconds. */
  get lease(): number {
    return this.#options.lease;
  }

  /** What all keys begin with, and a colon. */
  get prefix(): string {
    return `${this.#options.prefix}:`;
  }

  /** Whether the server can be reached, as far as is known. */
  get isReady(): boolean {
    return this.#connection.isReady;
  }

  /** Whether it was closed. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Calls back when all that is held counts as lost. */
  onLapse(callback: () => void): void {
    this.#lapsed.add(callback);
  }

  /** Calls back when the server had given this client up, and knows it again. */
  onDeath(callback: () => void): void {
    this.#died.add(callback);
  }

  /** Calls back at each beat. */
  onBeat(callback: () => void): void {
    this.#beaten.add(callback);
  }

  /** Another connection to the same server. */
  another(): RedisConnection {
    return this.#connection.another();
  }

  /** Runs a script that changes nothing. */
  async read(
    what: string,
    script: Script,
    target: Target,
    args: readonly Argument[] = [],
  ): Promise<Reply> {
    this.#check();
    return await this.#connection.run(what, true, script, [], this.#args("", "0", target, args));
  }

  /** How many objects there are. */
  async count(): Promise<number> {
    return await this.read("count managed objects", COUNT, NOTHING) as number;
  }

  /** Runs a script that changes something; once, however often the connection breaks. */
  async change(
    what: string,
    script: Script,
    target: Target,
    args: readonly Argument[] = [],
  ): Promise<Reply> {
    this.#check();
    checkSize(what, args);
    const slot = this.#freeSlots.pop() ?? this.#slots++;
    const number = ++this.#number;
    const changing = this.#change(what, script, target, args, String(slot), String(number));
    this.#under.add(changing);
    try {
      return await changing;
    } finally {
      this.#under.delete(changing);
      this.#freeSlots.push(slot);
    }
  }

  async #change(
    what: string,
    script: Script,
    target: Target,
    args: readonly Argument[],
    slot: string,
    number: string,
  ): Promise<Reply> {
    let attempts = 0;
    let used = "";
    const deaths = this.#deaths;
    for (;;) {
      try {
        return await this.#connection.run(what, true, script, [], () => {
          attempts++;
          used = this.#id;
          return this.#args(slot, number, target, args);
        });
      } catch (error) {
        if (error instanceof ServerAwayError && attempts > 0) {
          throw new ServerAwayError(
            `${error.message}; whether it was done is not known`,
            true,
            error.cause,
          );
        }
        if (!(error instanceof SessionGoneError)) throw error;
        if (used === this.#id) this.#forgotten();
        await this.#enter();
        // An attempt before this one may have been done, and with the session went what would tell.
        if (attempts > 1 && deaths !== this.#deaths) {
          throw new ServerAwayError(
            `Cannot ${what}: the connection broke, and whether it was done is not known`,
            true,
          );
        }
      }
    }
  }

  #args(slot: string, number: string, { name, kind }: Target, args: readonly Argument[]) {
    return [this.prefix, this.#id, slot, number, name, kind, ...args];
  }

  #check(): void {
    if (this.#closed) throw new Deno.errors.BadResource("The manager's connection is closed");
  }

  /** Begins the session of the present id. All who need it wait together. */
  #enter(): Promise<void> {
    if (this.#entered) return Promise.resolve();
    return this.#entering ??= this.#turn().finally(() => this.#entering = undefined);
  }

  async #turn(): Promise<void> {
    let sent = 0;
    const target = { name: this.#former, kind: "" };
    const args = [String(this.#options.lease)];
    const reply = await this.#connection.run("begin a session", true, TURN, [], () => {
      sent = performance.now();
      return this.#args("", "0", target, args);
    });
    const dead = reply === 0 && this.#former !== "";
    this.#entered = true;
    this.#former = "";
    this.#renewed(sent);
    if (!dead) return;
    this.#deaths++;
    for (const callback of this.#died) callback();
  }

  #renewed(sent: number): void {
    this.#steadySince ??= performance.now();
    this.#leaseEnd = sent + this.#options.lease;
    clearTimeout(this.#end);
    if (this.#closed) return;
    this.#end = setTimeout(() => {
      if (performance.now() >= this.#leaseEnd) this.#forgotten();
    }, this.#leaseEnd - performance.now() + 1);
  }

  async #beat(): Promise<void> {
    if (this.#beating || this.#closed) return;
    this.#beating = true;
    try {
      if (performance.now() >= this.#leaseEnd) this.#forgotten();
      if (!this.#entered) return await this.#enter();
      const id = this.#id;
      let sent = 0;
      const reply = await this.#connection.run("renew a lease", true, BEAT, [], () => {
        sent = performance.now();
        const steady = Math.floor(sent - (this.#steadySince ?? sent));
        const lease = String(this.#options.lease);
        return this.#args("", "0", NOTHING, [lease, String(steady), this.#wasLost ? "0" : "1"]);
      });
      if (id !== this.#id) return;
      if (reply === 1) this.#renewed(sent);
      else {
        this.#forgotten();
        await this.#enter();
      }
    } catch {
      // The next beat tries again; the lease ends by its timer.
    } finally {
      this.#beating = false;
      for (const callback of this.#beaten) callback();
    }
  }

  /** All that is held counts as lost: the next thing done is to go on under another id. */
  #forgotten(): void {
    if (!this.#entered) return;
    this.#entered = false;
    this.#former = this.#id;
    this.#id = newId();
    clearTimeout(this.#end);
    for (const callback of this.#lapsed) callback();
  }

  /** Ends the session: others have what it held. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearInterval(this.#beats);
    clearTimeout(this.#end);
    try {
      if (this.#connection.isReady) {
        await Promise.allSettled(this.#under);
        const args = this.#args("", "0", NOTHING, []);
        if (this.#connection.isReady) {
          await this.#connection.run("end a session", false, LEAVE, [], args);
        }
      }
    } catch {
      // It ends with its lease.
    } finally {
      await this.#connection.close();
    }
  }
}

/** Redis closes the connection of who sends more. */
function checkSize(what: string, args: readonly Argument[]): void {
  if (args.length > MAX_ITEMS) {
    throw new RangeError(
      `Cannot ${what}: at most ${MAX_ITEMS} keys, values and items go at once, received ${args.length}`,
    );
  }
  let bytes = 0;
  for (const arg of args) bytes += arg.length;
  if (bytes > MAX_BYTES) {
    throw new RangeError(
      `Cannot ${what}: at most ${MAX_BYTES} bytes go at once, received ${bytes}`,
    );
  }
}

function newId(): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(12))).toString("base64url");
}
