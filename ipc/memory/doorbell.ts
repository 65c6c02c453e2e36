/**
 * Waiting for any of several objects with one word.
 *
 * `Atomics.wait` sleeps on a single word, so whoever waits for several objects sleeps on the program-wide doorbell
 * instead and looks at its objects each time it rings. Those who make something ready ring it only while somebody
 * listens, and only on paths where they wake a sleeper anyway, so it costs nothing otherwise.
 *
 * Roles: any agent rings and listens. A thread that blocks sleeps on the word itself ({@linkcode DoorbellAttempt});
 * everything that awaits in one agent shares one pending `Atomics.waitAsync` ({@linkcode onRing}).
 *
 * | word of the arena header | holds |
 * |---|---|
 * | DOORBELL | a counter, added to by every ring |
 * | LISTENERS | threads that sleep on it, and agents in which something awaits it |
 *
 * Memory that other programs share has a bell of its own, in its header, which is awaited with its own wait queues
 * (`wait/queues.ts`). A thread cannot block for bells of several memories.
 *
 * Ordering: who listens counts itself in LISTENERS, reads DOORBELL, then looks at its objects, then sleeps while DOORBELL
 * is what it was. Who makes something ready changes the object first and then reads LISTENERS. All accesses are
 * sequentially consistent: one of the two sees the other. A ring wakes all who sleep, so none can swallow another's.
 */
import { agent, existingAgent } from "./agent.ts";
import { type Arena, H_DOORBELL, H_LISTENERS } from "./arena.ts";
import { notify as wake, waitQueuesOf } from "../wait/queues.ts";
import { type Attempt, holdProgram, type PENDING, reapNext, releaseProgram } from "../wait/wait.ts";

/**
 * Something may have become ready.
 *
 * @param arena Where it lives, if that is not this program's memory for sure.
 */
export function ringDoorbell(arena?: Arena): void {
  const header = (arena ?? existingAgent()?.arena)?.header;
  if (header === undefined || Atomics.load(header, H_LISTENERS) === 0) return;
  Atomics.add(header, H_DOORBELL, 1);
  wake(header, H_DOORBELL);
}

/** Ends when `look` finds something. `look` must leave a mark that makes the object's waker ring. */
export class DoorbellAttempt<T> implements Attempt<T> {
  readonly words: Int32Array = agent().arena.header;
  readonly index: number = H_DOORBELL;
  readonly sleepers: number = H_LISTENERS;
  expected: number = 0;
  readonly #look: () => T | typeof PENDING;

  /** @param look Says what is ready. */
  constructor(look: () => T | typeof PENDING) {
    this.#look = look;
  }

  attempt(): T | typeof PENDING {
    this.expected = Atomics.load(this.words, this.index);
    return this.#look();
  }
}

/** As many as a listener needs to look and to go. */
const MICROTASKS = 16;

/** What {@linkcode onRing} returns. */
export type EndOfListening = () => Promise<void> | undefined;

/** The bells that this agent listens to. */
const bells = new WeakMap<Arena, Bell>();

/**
 * Has a function called after each ring, until the function that is returned is called. The program is kept alive until
 * then. Look at the objects after this, and again at each call.
 *
 * @returns Ends it. Where a thread of the runtime's slept, a promise tells when nothing is left of that: the memory must
 * stay until then.
 */
export function onRing(notify: () => void, arena: Arena = agent().arena): EndOfListening {
  let bell = bells.get(arena);
  if (bell === undefined) bells.set(arena, bell = new Bell(arena.header));
  return bell.listen(notify);
}

/** One bell, as this agent hears it. */
class Bell {
  readonly #header: Int32Array<SharedArrayBuffer>;
  /** Who is to be told of rings, and how often it has asked to be. */
  readonly #listeners = new Map<() => void, number>();
  /** What it sleeps on. It may sleep on after the last listener has gone: the next one finds it there. */
  #sleep: Promise<unknown> | undefined;
  #listening = false;

  constructor(header: Int32Array<SharedArrayBuffer>) {
    this.#header = header;
  }

  listen(notify: () => void): EndOfListening {
    const listeners = this.#listeners;
    if (listeners.size === 0) {
      Atomics.add(this.#header, H_LISTENERS, 1);
      holdProgram();
    }
    listeners.set(notify, (listeners.get(notify) ?? 0) + 1);
    if (!this.#listening) this.#hear();
    return () => {
      const left = listeners.get(notify)! - 1;
      if (left > 0) listeners.set(notify, left);
      else listeners.delete(notify);
      if (listeners.size > 0) return;
      Atomics.sub(this.#header, H_LISTENERS, 1);
      releaseProgram();
      if (this.#sleep === undefined) return;
      // A thread of the runtime's sleeps there: it is woken, so that nothing is left of it.
      return waitQueuesOf(this.#header)?.cancel(this.#header, H_DOORBELL, this.#sleep);
    };
  }

  async #hear(): Promise<void> {
    this.#listening = true;
    const header = this.#header;
    const apart = waitQueuesOf(header) !== undefined;
    let seen = Atomics.load(header, H_DOORBELL);
    for (let sleep = this.#fallAsleep(seen);;) {
      await sleep;
      this.#sleep = undefined;
      if (this.#listeners.size === 0) break;
      // First this: what becomes ready while they look rings again.
      seen = Atomics.load(header, H_DOORBELL);
      if (!apart) sleep = this.#fallAsleep(seen);
      for (const notify of [...this.#listeners.keys()]) notify();
      if (!apart) continue;
      // Most have found what they wait for, and go: then no thread of the runtime's need be woken.
      for (let i = 0; i < MICROTASKS; i++) await undefined;
      if (this.#listeners.size === 0) break;
      sleep = this.#fallAsleep(seen);
    }
    this.#listening = false;
  }

  /** @param seen How often it had rung when the listeners were about to look. */
  #fallAsleep(seen: number): Promise<unknown> | undefined {
    const header = this.#header;
    const queues = waitQueuesOf(header);
    const pause = queues === undefined ? reapNext() : queues.reap(false);
    if (queues !== undefined) {
      return this.#sleep = queues.waitAsync(header, H_DOORBELL, seen, pause);
    }
    const sleep = pause === Infinity
      ? Atomics.waitAsync(header, H_DOORBELL, seen)
      : Atomics.waitAsync(header, H_DOORBELL, seen, pause);
    return sleep.async ? sleep.value : undefined;
  }
}
