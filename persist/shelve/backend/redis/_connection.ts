/**
 * A connection to Redis that comes back. While it is lost, commands wait for it, up to `busyTimeout`. A command that had been
 * sent may have been done or not: reading is tried again, a write ends in a `ShelfConnectionError`.
 */
import { createClient, RESP_TYPES } from "@redis/client";
import { Buffer } from "node:buffer";
import { ShelfBusyError, ShelfClosedError, ShelfConnectionError } from "../../errors.ts";
import { Backoff } from "../../retry.ts";
import { redisError } from "./_errors.ts";
import type { Script } from "./_scripts.ts";

/** Milliseconds between two attempts to connect, at most: at first, and later. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 250;
/** The shortest time in which a server has to answer, in milliseconds. */
const SHORTEST_SILENCE = 1000;

/** What a command is made of. Strings are sent in one piece with their neighbours, buffers one by one. */
export type Argument = string | Buffer;

/** What Redis answers. */
export type Reply = Buffer | number | null | readonly Reply[];

export class RedisConnection {
  readonly #url: string;
  readonly #busyTimeout: number;
  readonly #client: ReturnType<typeof connectionTo>;
  readonly #closed = new AbortController();
  #connecting: Promise<void> | undefined;

  constructor(url: string, busyTimeout: number) {
    this.#url = url;
    this.#busyTimeout = busyTimeout;
    this.#client = connectionTo(url, busyTimeout);
    // Each command learns of the error that concerns it.
    this.#client.on("error", () => {});
  }

  /** Connects, for as long as it may take. All who wait do that together. */
  connect(): Promise<void> {
    if (this.#client.isReady) return Promise.resolve();
    return this.#connecting ??= this.#connect().finally(() => this.#connecting = undefined);
  }

  async #connect(): Promise<void> {
    const what = `reach ${withoutPassword(this.#url)}`;
    const deadline = performance.now() + this.#busyTimeout;
    for (let bound = FIRST_PAUSE;; bound = Math.min(LONGEST_PAUSE, bound * 2)) {
      try {
        await this.#client.connect();
        return;
      } catch (cause) {
        const error = redisError(what, cause);
        // A reply such as "wrong password" stays the same.
        if (!(error instanceof ShelfConnectionError)) throw error;
        if (performance.now() >= deadline) {
          throw new ShelfConnectionError(`${error.message} (for ${this.#busyTimeout} ms)`, {
            cause,
          });
        }
      }
      await pause(Math.random() * bound, this.#closed.signal);
      if (this.#closed.signal.aborted) throw new ShelfClosedError(`Cannot ${what}: it was closed`);
    }
  }

  /** Calls back when the connection is lost. */
  onLost(callback: () => void): void {
    this.#client.on("terminated", callback);
  }

  /** Runs a command that changes nothing: it is sent again if the connection breaks. */
  read(what: string, args: readonly Argument[]): Promise<Reply> {
    return this.#try(what, true, () => this.#send(args));
  }

  /** Runs a command that changes something. */
  write(what: string, args: readonly Argument[]): Promise<Reply> {
    return this.#try(what, false, () => this.#send(args));
  }

  /** Runs a script. The server knows it by its hash, until it is started again. */
  async run(
    what: string,
    reads: boolean,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<Reply> {
    const rest = [String(keys.length), ...keys, ...args];
    return await this.#try(what, reads, async () => {
      try {
        return await this.#send(["EVALSHA", await script.sha1(), ...rest]);
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith("NOSCRIPT")) throw error;
        return await this.#send(["EVAL", script.text, ...rest]);
      }
    });
  }

  #send(args: readonly Argument[]): Promise<Reply> {
    if (!this.#client.isReady) return this.connect().then(() => this.#client.sendCommand(args));
    return this.#client.sendCommand<Reply>(args);
  }

  /** As a rule the first attempt succeeds, and nothing but its own promise is waited for. */
  #try<R>(what: string, again: boolean, operation: () => Promise<R>): Promise<R> {
    return operation().catch((cause) => this.#again(what, again, operation, cause));
  }

  async #again<R>(
    what: string,
    again: boolean,
    operation: () => Promise<R>,
    cause: unknown,
  ): Promise<R> {
    const backoff = new Backoff(what, this.#busyTimeout);
    while (true) {
      const error = redisError(what, cause);
      const retry = error instanceof ShelfBusyError ||
        again && error instanceof ShelfConnectionError;
      if (!retry || this.#closed.signal.aborted) throw error;
      try {
        await backoff.pause();
      } catch {
        throw error;
      }
      try {
        return await operation();
      } catch (next) {
        cause = next;
      }
    }
  }

  /** Listens on a channel, until the connection is lost. */
  async subscribe(channel: string, listener: () => void): Promise<void> {
    await this.#try("watch", true, async () => {
      await this.connect();
      await this.#client.subscribe(channel, listener);
    });
  }

  /** Another connection to the same server. */
  another(): RedisConnection {
    return new RedisConnection(this.#url, this.#busyTimeout);
  }

  /** Waits for what has been sent, and closes. */
  async close(): Promise<void> {
    this.#closed.abort();
    try {
      if (this.#client.isReady) await this.#client.close();
    } catch {
      // It broke in the meantime.
    } finally {
      this.destroy();
    }
  }

  /** Closes at once. */
  destroy(): void {
    this.#closed.abort();
    this.#client.destroy();
  }
}

function connectionTo(url: string, busyTimeout: number) {
  const silence = Math.max(SHORTEST_SILENCE, Math.min(busyTimeout, 0x7fffffff));
  return createClient({
    url,
    RESP: 2,
    // A server that is silent for longer than that is gone; one that is idle answers the pings.
    pingInterval: silence / 2,
    // Its own attempts to connect again cannot be stopped: this module makes them instead.
    socket: { reconnectStrategy: false, connectTimeout: silence, socketTimeout: silence },
    disableClientInfo: true,
    maintNotifications: "disabled",
    // A timer for each command would end only those that were not sent yet; `socketTimeout` ends these as well.
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer }, timeout: 0 },
  });
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
