/**
 * Deadlines by the thousand on one timer.
 *
 * A deadline that moves with every read costs one addition: it stays where it is in the heap and is looked at again when
 * its old time comes. The timer keeps the program alive only while a deadline is armed that was not made with `ref: false`.
 *
 * @module
 */

import { checkOptions, type RulesOf } from "../../persist/options.ts";

const RULES: RulesOf<{ ref?: boolean }> = { ref: "boolean" };

/** A place in the heap. It counts only while `deadline.queued` is its own time. */
interface Entry {
  readonly at: number;
  readonly deadline: Deadline;
}

const heap: Entry[] = [];
/** Deadlines that have an entry; the timer goes with the last one. */
let live = 0;
/** Armed deadlines that keep the program alive. */
let holding = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let timerAt = Infinity;
/** The longest time a timer of the runtime takes; a longer one would fire at once. */
const LONGEST = 2 ** 31 - 1;
/** Entries from which on it is worth looking for those that do not count any more. */
const MANY = 1024;
/** Fires what is due; set by the class, whose fields it needs. */
let expire: (now: number) => void;

/**
 * One deadline, armed and disarmed as often as needed.
 *
 * @example Fires unless it is disarmed
 * ```ts
 * import { Deadline } from "@ferry/std/net/time";
 * import { assert } from "@std/assert";
 *
 * const { promise, resolve } = Promise.withResolvers<void>();
 * using deadline = new Deadline(resolve);
 * deadline.arm(5);
 * await promise;
 * assert(!deadline.armed);
 * ```
 */
export class Deadline implements Disposable {
  readonly #fire: () => void;
  readonly #ref: boolean;
  #at = Infinity;
  #queued = Infinity;

  /**
   * Makes a deadline that is not armed.
   *
   * @example Make one
   * ```ts
   * import { Deadline } from "@ferry/std/net/time";
   *
   * const { promise, resolve } = Promise.withResolvers<void>();
   * using deadline = new Deadline(resolve);
   * ```
   *
   * @param fire Called once each time the deadline passes.
   * @param options `ref: false` lets the program end while it is armed.
   * @throws {TypeError} If an option does not exist, or is of another type.
   */
  constructor(fire: () => void, options?: { ref?: boolean }) {
    if (options !== undefined) checkOptions("Cannot make a deadline", options, RULES);
    this.#fire = fire;
    this.#ref = options?.ref ?? true;
  }

  /** Whether it will fire. */
  get armed(): boolean {
    return this.#at !== Infinity;
  }

  /**
   * Sets the deadline, in the place of the one that was set.
   *
   * @param ms Milliseconds from now, as many as you like; `Infinity` disarms.
   * @throws {RangeError} If it is not a number.
   */
  arm(ms: number): void {
    if (ms === Infinity) return this.disarm();
    if (!(ms < Infinity)) {
      throw new RangeError(`Cannot set a time limit: milliseconds are needed, received ${ms}`);
    }
    const held = this.#at !== Infinity;
    this.#at = performance.now() + ms;
    if (this.#at < this.#queued) this.#enqueue();
    if (this.#ref && !held && holding++ === 0 && timer !== undefined) Deno.refTimer(timer);
  }

  /** Takes the deadline back. Its place in the heap stays for the next one. */
  disarm(): void {
    if (this.#at === Infinity) return;
    this.#at = Infinity;
    if (this.#ref && --holding === 0 && timer !== undefined) Deno.unrefTimer(timer);
  }

  /** Disarms it and frees its place. */
  [Symbol.dispose](): void {
    this.disarm();
    if (this.#queued === Infinity) return;
    this.#queued = Infinity;
    if (--live === 0) stop();
    else if (heap.length >= MANY && heap.length > 2 * live) Deadline.#sweep();
  }

  /** Throws out entries that do not count: each would stay, with its closure, until its time. */
  static #sweep(): void {
    const left = heap.filter(({ at, deadline }) => deadline.#queued === at);
    heap.length = 0;
    // An array in order is a heap.
    for (const entry of left.sort((a, b) => a.at - b.at)) heap.push(entry);
  }

  #enqueue(): void {
    if (this.#queued === Infinity) live++;
    this.#queued = this.#at;
    push({ at: this.#at, deadline: this });
    if (this.#at < timerAt) start(this.#at);
  }

  static {
    expire = (now) => {
      while (heap.length > 0 && heap[0]!.at <= now) {
        const { at, deadline } = pop();
        if (deadline.#queued !== at) continue;
        deadline.#queued = Infinity;
        live--;
        if (deadline.#at <= now) {
          deadline.disarm();
          deadline.#fire();
        } else if (deadline.#at !== Infinity && deadline.#queued === Infinity) deadline.#enqueue();
      }
    };
  }
}

function start(at: number): void {
  clearTimeout(timer);
  timerAt = at;
  timer = setTimeout(tick, Math.min(LONGEST, Math.max(1, Math.ceil(at - performance.now()))));
  if (holding === 0) Deno.unrefTimer(timer);
}

function stop(): void {
  clearTimeout(timer);
  timer = undefined;
  timerAt = Infinity;
  heap.length = 0;
}

function tick(): void {
  // Nothing that a deadline does while it fires may start a timer of its own here: the one below is for all.
  timerAt = -Infinity;
  try {
    expire(performance.now());
  } finally {
    if (live === 0) stop();
    else start(heap[0]!.at);
  }
}

function push(entry: Entry): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (heap[parent]!.at <= entry.at) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = entry;
}

function pop(): Entry {
  const top = heap[0]!;
  const last = heap.pop()!;
  const { length } = heap;
  if (length === 0) return top;
  let at = 0;
  for (let child = 1; child < length; child = 2 * at + 1) {
    if (child + 1 < length && heap[child + 1]!.at < heap[child]!.at) child++;
    if (heap[child]!.at >= last.at) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return top;
}
