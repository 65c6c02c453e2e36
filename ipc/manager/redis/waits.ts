import type { Session } from "./session.ts";
import { Wakeups } from "./wakeups.ts";

/** Milliseconds that an answer has to come once nobody wants to wait any more; then it is dealt with when it comes. */
const GRACE = 250;

/** Longest time that a timer takes; longer waits are without limit for all that can be told. */
const MAX_TIMER = 2 ** 31 - 1;

/** A wait. */
export interface Wait<T> {
  /** The object that has to change. */
  readonly name: string;
  /** Tries it; `undefined` if it has to wait. */
  readonly attempt: () => Promise<T | undefined>;
  /** Milliseconds, 0 for one try, `undefined` without limit. */
  readonly timeout: number | undefined;
  /** Gives up. */
  readonly signal: AbortSignal | undefined;
  /** Waits with the same turn try one after another, in the order in which they came. */
  readonly turn?: string;
  /** Gives back what an attempt has taken that nobody waits for any more. */
  readonly giveBack?: (taken: T) => Promise<unknown>;
}

/** What a wait ends by, beside success. */
interface Stop extends Disposable {
  /** Settles when the time is over or the signal aborts; never without either. */
  readonly promise: Promise<void>;
  readonly stopped: boolean;
}

function stopOf(timeout: number | undefined, signal: AbortSignal | undefined): Stop {
  const { promise, resolve } = Promise.withResolvers<void>();
  let stopped = false;
  const stop = () => {
    stopped = true;
    resolve();
  };
  const timer = timeout === undefined || timeout > MAX_TIMER
    ? undefined
    : setTimeout(stop, timeout);
  signal?.addEventListener("abort", stop, { once: true });
  return {
    promise,
    get stopped() {
      return stopped;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
    },
  };
}

/** The waits of a client. */
export class Waits {
  readonly #session: Session;
  readonly #wakeups: Wakeups;
  readonly #turns = new Map<string, Promise<void>>();
  /** What is given back meanwhile. */
  readonly #behind = new Set<Promise<unknown>>();

  constructor(session: Session) {
    this.#session = session;
    this.#wakeups = new Wakeups(session);
  }

  /**
   * Waits.
   *
   * @returns What the attempt gave, `undefined` if the time was over.
   */
  async for<T>(wait: Wait<T>): Promise<T | undefined> {
    wait.signal?.throwIfAborted();
    if (wait.timeout === 0) return await wait.attempt();
    using stop = stopOf(wait.timeout, wait.signal);
    const { turn } = wait;
    // Only those who have to wait wait in turn: what can be had at once is asked for by all at once.
    const before = turn === undefined ? undefined : this.#turns.get(turn);
    if (before === undefined) {
      const first = await this.#attempt(wait, stop);
      if (first !== undefined) return first;
      if (stop.stopped) return this.#over(wait);
    }
    if (turn === undefined) return await this.#loop(wait, stop);
    return await this.#inTurn(wait, stop, turn);
  }

  async #inTurn<T>(wait: Wait<T>, stop: Stop, turn: string): Promise<T | undefined> {
    const before = this.#turns.get(turn);
    const { promise: mine, resolve } = Promise.withResolvers<void>();
    this.#turns.set(turn, mine);
    try {
      if (before !== undefined) await Promise.race([before, stop.promise]);
      if (stop.stopped) return this.#over(wait);
      return await this.#loop(wait, stop);
    } finally {
      // Whoever gave up before its turn came hands the turn on when it comes.
      void (before ?? Promise.resolve()).then(() => {
        resolve();
        if (this.#turns.get(turn) === mine) this.#turns.delete(turn);
      });
    }
  }

  /** Ends all waits, once what nobody waited for is given back. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#behind);
    this.#wakeups.close();
  }

  async #loop<T>(wait: Wait<T>, stop: Stop): Promise<T | undefined> {
    const listening = this.#wakeups.listen(wait.name);
    const bell = await Promise.race([listening, stop.promise]);
    if (bell === undefined) {
      void listening.then((late) => late[Symbol.dispose]());
      return this.#over(wait);
    }
    using _listening = bell;
    for (;;) {
      const { rung } = bell;
      const taken = await this.#attempt(wait, stop);
      if (taken !== undefined) return taken;
      await Promise.race([rung, stop.promise]);
      if (stop.stopped) return this.#over(wait);
    }
  }

  /** One try. What it takes after the wait was given up is the wait's result if it comes soon, and goes back if not. */
  async #attempt<T>(wait: Wait<T>, stop: Stop): Promise<T | undefined> {
    const attempt = wait.attempt();
    const first = await Promise.race([attempt, stop.promise as Promise<undefined>]);
    if (first !== undefined || !stop.stopped) return first;
    if (this.#session.isReady) {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const grace = new Promise<typeof LATE>((resolve) => timer = setTimeout(resolve, GRACE, LATE));
      const late = await Promise.race([attempt, grace]).finally(() => clearTimeout(timer));
      if (late !== LATE) return late as T | undefined;
    }
    const behind: Promise<unknown> = attempt
      .then((taken) => taken === undefined ? undefined : wait.giveBack?.(taken))
      .catch(() => {
        // It was not taken, or goes back with the lease.
      })
      .finally(() => this.#behind.delete(behind));
    this.#behind.add(behind);
    return undefined;
  }

  #over<T>({ signal }: Wait<T>): undefined {
    signal?.throwIfAborted();
    return undefined;
  }
}

const LATE: unique symbol = Symbol("late");
