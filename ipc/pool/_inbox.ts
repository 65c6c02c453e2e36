/**
 * How a pool hears of results: in the event loop while there is something to hear, or in a thread that blocks.
 */
import { QueueEmptyError } from "../errors.ts";
import { arrival } from "../queue/arrival.ts";
import { Queue } from "../queue/queue.ts";
import { Outcome, type ResultMessage } from "./_messages.ts";

/** Milliseconds that a thread blocks between two looks at the workers and the limits in time. */
const BLOCKS_FOR = 20;

/** Results that are handled at once. */
const BATCH = 256;

/** What is done with what is heard. */
export interface InboxEvents {
  /** What workers have put. */
  received(messages: readonly ResultMessage[]): void;
  /**
   * A result that does not decode has come, `inARow` of them by now.
   *
   * @returns Whether to go on.
   */
  undecodable(error: unknown, inARow: number): boolean;
  /** Whether tasks wait, or are under way. */
  busy(): boolean;
  /** Some may have been heard: others can be given out. */
  advance(): void;
  /** The event loop may not turn: whatever it would tell is to be looked for. */
  lookAround(): void;
}

/** See the head of this file. */
export class Inbox {
  /** What workers put results into. */
  readonly queue: Queue<ResultMessage> = new Queue<ResultMessage>();
  readonly #on: InboxEvents;
  /** Who waits for something else than a task. */
  readonly #watchers = new Set<() => void>();
  /** Results in a row that could not be decoded. */
  #failures = 0;
  /** Whether the event loop listens. */
  #hearing = false;
  #heard: Promise<void> | undefined;

  constructor(on: InboxEvents) {
    this.#on = on;
  }

  /** Nothing is to be heard any more: gives the queue back. */
  close(): void {
    this.queue.close();
  }

  /** All results that are there. */
  drain(): void {
    if (this.queue.disposed) return;
    for (let more = true; more;) more = this.#receive(() => this.queue.tryGetMany()) > 0;
  }

  /** Receives results, and returns how many. */
  #receive(get: () => ResultMessage[]): number {
    let messages: ResultMessage[];
    try {
      messages = get();
    } catch (error) {
      if (error instanceof QueueEmptyError) throw error;
      return this.#on.undecodable(error, ++this.#failures) ? 1 : 0;
    }
    this.#failures = 0;
    this.#on.received(messages);
    return messages.length;
  }

  /** Listens in the event loop as long as there is something to hear. */
  hear(): void {
    if (this.#hearing) return;
    this.#hearing = true;
    this.#heard = this.#hearAll();
  }

  async #hearAll(): Promise<void> {
    try {
      while (this.#on.busy() || this.#watchers.size > 0) {
        // Not taken here: this goes on in a later turn, and a thread that blocks may want them before.
        await arrival(this.queue);
        this.#receive(() => this.queue.tryGetMany(BATCH));
        this.#on.advance();
        this.#look();
      }
    } finally {
      this.#hearing = false;
    }
  }

  /** Settles when the event loop listens no more; `undefined` if it does not. */
  get heard(): Promise<void> | undefined {
    return this.#hearing ? this.#heard : undefined;
  }

  /** Waits until something is so, which is looked at whenever a worker has said something. */
  async until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    if (condition()) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const watcher = () => {
      if (condition()) resolve();
    };
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    this.#watchers.add(watcher);
    try {
      this.hear();
      await promise;
    } finally {
      signal.removeEventListener("abort", abort);
      this.#watchers.delete(watcher);
      this.nudge();
    }
  }

  #look(): void {
    for (const watcher of this.#watchers) watcher();
  }

  /** Lets the event loop look around, if it listens. */
  nudge(): void {
    if (this.#hearing && !this.queue.disposed) this.queue.tryPut([0, Outcome.nudge, undefined, 0]);
  }

  /** Blocks the thread until something is so; `false` if the time is up first. */
  blockUntil(condition: () => boolean, deadline: number): boolean {
    while (!condition()) {
      if (this.#receive(() => this.queue.tryGetMany(BATCH)) === 0) {
        const now = performance.now();
        if (now >= deadline) return false;
        const timeout = Math.min(BLOCKS_FOR, deadline - now);
        try {
          this.#receive(() => this.queue.getManySync(BATCH, { timeout }));
        } catch (error) {
          if (!(error instanceof QueueEmptyError)) throw error;
          this.#on.lookAround();
        }
      }
      this.#on.advance();
      this.#look();
    }
    return true;
  }
}
