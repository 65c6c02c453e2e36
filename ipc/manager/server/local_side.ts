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
import { waitAnySync } from "../../wait_any.ts";
import { QueueShutDownError } from "../../errors.ts";
import { type Door, makeDoor } from "../local/door.ts";
import "../local/classes.ts";
import { serveHere } from "../local/handles.ts";
import { Channel } from "./_local_channel.ts";
import type { Dispatcher } from "./dispatcher.ts";

/** Most messages of one agent before the next one's turn. */
const TURN = 32;
/** Longest time, in milliseconds, without a turn of the event loop. */
const SLICE = 1;
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
