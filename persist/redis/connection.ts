/**
 * A connection to Redis that comes back. While it is lost, commands wait for it, up to `patience`. A command that had been
 * sent may have been done or not: what may be done twice is tried again, all else ends in the error for `"lost"`.
 */
import { createClient, RESP_TYPES } from "@redis/client";
import { Buffer } from "node:buffer";
import { type Failure, failureOf, type MakeError } from "./failure.ts";
import type { Script } from "./script.ts";

/** Milliseconds between two attempts to connect, at most: at first, and later. */
const FIRST_PAUSE = 20;
const LONGEST_PAUSE = 250;
/** Milliseconds between two attempts of a command, at most. */
const LONGEST_BACKOFF = 64;
/** The shortest time in which a server has to answer, in milliseconds. */
const SHORTEST_SILENCE = 1000;

/** What a command is made of. Strings are sent in one piece with their neighbours, buffers one by one. */
export type Argument = string | Buffer;

/** What Redis answers. */
export type Reply = Buffer | number | null | readonly Reply[];

/** Options of {@linkcode RedisConnection}. */
export interface RedisConnectionOptions {
  /** How long commands wait for a server that is away, in milliseconds. */
  readonly patience: number;
  /** Makes the errors. */
  readonly error: MakeError;
  /** How TLS is spoken, with a URL that begins with `rediss:`. */
  readonly tls?: RedisTlsOptions | undefined;
}

/** How TLS is spoken. */
export interface RedisTlsOptions {
  /** Certificates (PEM) of authorities that are trusted besides the system's. */
  readonly ca?: string | readonly string[] | undefined;
  /** This side's certificate. */
  readonly cert?: string | undefined;
  /** The key of `cert`. */
  readonly key?: string | undefined;
  /** The name that the server's certificate must be for. */
  readonly serverName?: string | undefined;
}

/** A connection to Redis. */
export class RedisConnection {
  readonly #url: string;
  readonly #options: RedisConnectionOptions;
  readonly #client: ReturnType<typeof connectionTo>;
  readonly #closed = new AbortController();
  /** The errors that this connection has made, and why. */
  readonly #made = new WeakMap<Error, Failure>();
  #connecting: Promise<void> | undefined;

  /**
   * Connects later.
   *
   * @param url Where the server is.
   * @param options Patience and errors.
   */
  constructor(url: string, options: RedisConnectionOptions) {
    this.#url = url;
    this.#options = options;
    this.#client = connectionTo(url, options);
    // Each command learns of the error that concerns it.
    this.#client.on("error", () => {});
  }

  /** Whether it is connected, as far as is known. */
  get isReady(): boolean {
    return this.#client.isReady;
  }

  /**
   * Connects. All who wait do that together.
   *
   * @param patience How long to try, in milliseconds.
   */
  connect(patience: number = this.#options.patience): Promise<void> {
    if (this.#client.isReady) return Promise.resolve();
    return this.#connecting ??= this.#connect(patience)
      .finally(() => this.#connecting = undefined);
  }

  async #connect(patience: number): Promise<void> {
    const what = `reach ${withoutPassword(this.#url)}`;
    const deadline = performance.now() + patience;
    for (let bound = FIRST_PAUSE;; bound = Math.min(LONGEST_PAUSE, bound * 2)) {
      if (this.#closed.signal.aborted) throw this.#error("closed", `Cannot ${what}: it was closed`);
      try {
        await this.#client.connect();
        return;
      } catch (cause) {
        const failure = failureOf(cause);
        const message = `Cannot ${what}: ${messageOf(cause)}`;
        // What is not permitted will not be later either.
        if (cause instanceof Deno.errors.NotCapable) {
          const error = new Deno.errors.NotCapable(message, { cause });
          this.#made.set(error, "denied");
          throw error;
        }
        // A reply such as "wrong password" stays the same; a server that reads its data answers later.
        if (failure !== "lost" && failure !== "busy") {
          throw this.#error(failure, message, cause);
        }
        if (performance.now() >= deadline) {
          throw this.#error("lost", `${message} (for ${patience} ms)`, cause);
        }
      }
      await pause(Math.random() * bound, this.#closed.signal);
    }
  }

  /**
   * Calls back when the connection is lost.
   *
   * @param callback What to call.
   */
  onLost(callback: () => void): void {
    this.#client.on("terminated", callback);
  }

  /**
   * Runs a command that may be done twice: it is sent again if the connection breaks.
   *
   * @param what What is attempted, for errors.
   * @param args The command.
   */
  read(what: string, args: readonly Argument[]): Promise<Reply> {
    return this.#try(what, true, () => this.#send(args));
  }

  /**
   * Runs a command that must not be done twice.
   *
   * @param what What is attempted, for errors.
   * @param args The command.
   */
  write(what: string, args: readonly Argument[]): Promise<Reply> {
    return this.#try(what, false, () => this.#send(args));
  }

  /**
   * Runs a script. The server knows it by its hash, until it is started again.
   *
   * @param what What is attempted, for errors.
   * @param again Whether it may be done twice.
   * @param script The script.
   * @param keys Its keys.
   * @param args Its arguments; a function makes them anew for each attempt.
   */
  async run(
    what: string,
    again: boolean,
    script: Script,
    keys: readonly string[],
    args: readonly Argument[] | (() => readonly Argument[]),
  ): Promise<Reply> {
    return await this.#try(what, again, async () => {
      const sha1 = await script.sha1();
      const rest = [String(keys.length), ...keys, ...typeof args === "function" ? args() : args];
      try {
        return await this.#send(["EVALSHA", sha1, ...rest]);
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

  /** Pauses double from 1 ms on and are drawn at random below that bound, so that callers do not try in step. */
  async #again<R>(
    what: string,
    again: boolean,
    operation: () => Promise<R>,
    cause: unknown,
  ): Promise<R> {
    const start = performance.now();
    for (let attempt = 1;; attempt++) {
      // What connecting has thrown is an error already.
      const known = cause instanceof Error ? this.#made.get(cause) : undefined;
      const failure = known ?? failureOf(cause);
      const retry = failure === "busy" || again && failure === "lost";
      const left = this.#options.patience - (performance.now() - start);
      if (!retry || left <= 0 || this.#closed.signal.aborted) {
        if (known !== undefined) throw cause;
        throw this.#error(failure, `Cannot ${what}: ${messageOf(cause)}`, cause);
      }
      const bound = Math.min(LONGEST_BACKOFF, 2 ** attempt, left);
      await pause(Math.random() * bound, this.#closed.signal);
      try {
        return await operation();
      } catch (next) {
        cause = next;
      }
    }
  }

  #error(failure: Failure, message: string, cause?: unknown): Error {
    const error = this.#options.error(failure, message, cause);
    this.#made.set(error, failure);
    return error;
  }

  /**
   * Listens on a channel, until the connection is lost.
   *
   * @param channel The channel.
   * @param listener What to call.
   */
  async subscribe(channel: string, listener: () => void): Promise<void> {
    await this.#try("watch", true, async () => {
      await this.connect();
      await this.#client.subscribe(channel, listener);
    });
  }

  /**
   * Listens no more.
   *
   * @param channel The channel.
   */
  async unsubscribe(channel: string): Promise<void> {
    // Without a connection there is nothing to end.
    if (this.#client.isReady) await this.#client.unsubscribe(channel).catch(() => {});
  }

  /** Another connection to the same server. */
  another(): RedisConnection {
    return new RedisConnection(this.#url, this.#options);
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

function connectionTo(url: string, { patience, tls = {} }: RedisConnectionOptions) {
  const { ca, cert, key, serverName } = tls;
  const secure = {
    ...(ca === undefined ? {} : { ca: [ca].flat() as string[] }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
  const silence = Math.max(SHORTEST_SILENCE, Math.min(patience, 0x7fffffff));
  return createClient({
    url,
    RESP: 2,
    // A server that is silent for longer than that is gone; one that is idle answers the pings.
    pingInterval: silence / 2,
    // Its own attempts to connect again cannot be stopped: this module makes them instead.
    socket: {
      ...secure,
      reconnectStrategy: false,
      connectTimeout: silence,
      socketTimeout: silence,
    },
    disableClientInfo: true,
    maintNotifications: "disabled",
    // A timer for each command would end only those that were not sent yet; `socketTimeout` ends these as well.
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer }, timeout: 0 },
  });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function withoutPassword(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  const timer = setTimeout(done, ms);
  signal.addEventListener("abort", done, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal.removeEventListener("abort", done);
  });
}
