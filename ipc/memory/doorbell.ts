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
 * Ordering: who listens counts itself in LISTENERS, reads DOORBELL, then looks at its objects, then sleeps while DOORBELL
 * is what it was. Who makes something ready changes the object first and then reads LISTENERS. All accesses are
 * sequentially consistent: one of the two sees the other. A ring wakes all who sleep, so none can swallow another's.
 */
import { agent, existingAgent } from "./agent.ts";
import { H_DOORBELL, H_LISTENERS } from "./arena.ts";
import { type Attempt, holdProgram, type PENDING, reapNext, releaseProgram } from "../wait/wait.ts";

/** Something may have become ready. */
export function ringDoorbell(): void {
  const header = existingAgent()?.arena.header;
  if (header === undefined || Atomics.load(header, H_LISTENERS) === 0) return;
  Atomics.add(header, H_DOORBELL, 1);
  Atomics.notify(header, H_DOORBELL);
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

/** Who is to be told of rings in this agent, and how often it has asked to be. */
const listeners = new Map<() => void, number>();
/** Whether {@linkcode listen} runs. It may sleep on after the last listener has gone: the next one finds it there. */
let listening = false;

/**
 * Has a function called after each ring, until the function that is returned is called. The program is kept alive until
 * then. Look at the objects after this, and again at each call.
 */
export function onRing(notify: () => void): () => void {
  const { header } = agent().arena;
  if (listeners.size === 0) {
    Atomics.add(header, H_LISTENERS, 1);
    holdProgram();
  }
  listeners.set(notify, (listeners.get(notify) ?? 0) + 1);
  if (!listening) listen(header);
  return () => {
    const left = listeners.get(notify)! - 1;
    if (left > 0) listeners.set(notify, left);
    else listeners.delete(notify);
    if (listeners.size > 0) return;
    Atomics.sub(header, H_LISTENERS, 1);
    releaseProgram();
  };
}

async function listen(header: Int32Array<SharedArrayBuffer>): Promise<void> {
  listening = true;
  for (let sleep = fallAsleep(header);;) {
    if (sleep.async) await sleep.value;
    if (listeners.size === 0) break;
    // First this: what becomes ready while they look rings again.
    sleep = fallAsleep(header);
    for (const notify of [...listeners.keys()]) notify();
  }
  listening = false;
}

function fallAsleep(header: Int32Array<SharedArrayBuffer>): WaitAsyncResult {
  const pause = reapNext();
  const seen = Atomics.load(header, H_DOORBELL);
  return pause === Infinity
    ? Atomics.waitAsync(header, H_DOORBELL, seen)
    : Atomics.waitAsync(header, H_DOORBELL, seen, pause);
}

type WaitAsyncResult = ReturnType<typeof Atomics.waitAsync>;
