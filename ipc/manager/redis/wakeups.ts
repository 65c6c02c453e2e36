/**
 * Who waits for an object to change. Scripts publish on a channel of the object when they have changed it; one connection
 * listens for all that wait here. What is published while that connection is lost is made up for: once it is back, and at
 * each beat of the session, everybody looks for themselves.
 */
import type { RedisConnection } from "../../../persist/redis/connection.ts";
import type { Session } from "./session.ts";

/** Channels that are listened on while nobody waits, for the next who does. */
const MAX_IDLE = 64;
/** Milliseconds until a connection that could not be made is tried again. */
const PAUSE = 250;

/** The bell of an object. */
class Bell {
  /** How many wait. */
  users = 0;
  /** Settles when the server listens for it, or cannot be asked. */
  ready: Promise<void> | undefined;
  #rung = Promise.withResolvers<void>();

  /** Settles when something changes after now. */
  get rung(): Promise<void> {
    return this.#rung.promise;
  }

  ring(): void {
    this.#rung.resolve();
    this.#rung = Promise.withResolvers();
  }
}

/** The bells of all objects for which somebody waits. */
export class Wakeups {
  readonly #session: Session;
  /** In the order of their last use. */
  readonly #bells = new Map<string, Bell>();
  #connection: RedisConnection | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(session: Session) {
    this.#session = session;
    session.onBeat(() => this.ringAll());
  }

  /** Waits for changes of an object until disposed of. Those after it has resolved are seen. */
  async listen(name: string): Promise<{ readonly rung: Promise<void> } & Disposable> {
    const bell = this.#bells.get(name) ?? new Bell();
    this.#bells.delete(name);
    this.#bells.set(name, bell);
    bell.users++;
    bell.ready ??= this.#subscribe(name, bell);
    await bell.ready;
    return {
      get rung() {
        return bell.rung;
      },
      [Symbol.dispose]: () => {
        bell.users--;
        this.#prune();
      },
    };
  }

  /** Everybody looks for themselves. */
  ringAll(): void {
    for (const bell of this.#bells.values()) bell.ring();
  }

  /** Ends everything. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#again);
    this.#connection?.destroy();
    this.ringAll();
  }

  async #subscribe(name: string, bell: Bell): Promise<void> {
    if (this.#closed) return;
    const connection = this.#connection ??= this.#connect();
    try {
      await connection.subscribe(`${this.#session.prefix}wake:${name}`, () => bell.ring());
    } catch {
      bell.ready = undefined;
      this.#later();
    }
  }

  #connect(): RedisConnection {
    const connection = this.#session.another();
    connection.onLost(() => {
      if (this.#connection !== connection) return;
      // Its subscriptions are those of another connection: a new one begins without any.
      connection.destroy();
      this.#connection = undefined;
      for (const bell of this.#bells.values()) bell.ready = undefined;
      this.#later();
    });
    return connection;
  }

  /** Listens again for all who wait, and has them look. */
  #later(): void {
    if (this.#closed || this.#again !== undefined) return;
    this.#again = setTimeout(async () => {
      this.#again = undefined;
      await Promise.all(
        this.#bells.entries().filter(([, bell]) => bell.users > 0).map(([name, bell]) =>
          bell.ready ??= this.#subscribe(name, bell)
        ),
      );
      this.ringAll();
    }, Math.random() * PAUSE);
  }

  #prune(): void {
    const idle = [...this.#bells].filter(([, bell]) => bell.users === 0);
    for (const [name] of idle.slice(0, Math.max(0, idle.length - MAX_IDLE))) {
      this.#bells.delete(name);
      void this.#connection?.unsubscribe(`${this.#session.prefix}wake:${name}`);
    }
  }
}
