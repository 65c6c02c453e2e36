/**
 * The system's wait queues, by address: `futex(2)` of Linux. They are not those of `Atomics.wait`, and reach every process that
 * has mapped the same memory.
 *
 * A wait that does not block the thread blocks another one, of the runtime's. So it is queued a moment after it was called for,
 * and cannot be taken back: {@linkcode SharedWaitQueues.cancel} wakes its word until it has ended. A waiter that was woken
 * looks again, so to wake too many is harmless; and none sleeps for longer than a second, so to wake too few is soon made good.
 *
 * The runtime has some thirty such threads for a whole program, and reads files on them, too. So no more than eight waits of one
 * thread sleep there at a time; the others look again every ten milliseconds.
 *
 * Source: U. Drepper, "Futexes Are Tricky", 2011.
 */
import type { WaitQueues } from "../../../wait/queues.ts";
import type { Libc } from "./libc.ts";

const FUTEX = Deno.build.arch === "aarch64" ? 98n : 202n;
const WAIT = 0;
const WAKE = 1;
const EVERYBODY = 0x7fffffff;

/** Most waits of this thread that sleep on threads of the runtime's. */
const MOST_ASLEEP = 8;
/** Milliseconds after which the others look again. */
const LOOK_AGAIN = 10;
let asleep = 0;

/** The wait queues of one mapping. */
export class SharedWaitQueues implements WaitQueues {
  readonly #libc: Libc;
  readonly #address: number;
  readonly #time = new BigInt64Array(2);
  readonly reap: (holdingLocks: boolean) => number;

  /**
   * @param address Where the mapping begins.
   * @param reap See {@linkcode WaitQueues.reap}.
   */
  constructor(libc: Libc, address: number, reap: (holdingLocks: boolean) => number) {
    this.#libc = libc;
    this.#address = address;
    this.reap = reap;
  }

  wait(words: Int32Array, index: number, expected: number, milliseconds: number): void {
    setTime(this.#time, milliseconds);
    this.#libc.futex(FUTEX, this.#of(words, index), WAIT, expected, this.#time, 0n, 0);
  }

  async waitAsync(
    words: Int32Array,
    index: number,
    expected: number,
    milliseconds: number,
  ): Promise<void> {
    if (asleep >= MOST_ASLEEP) {
      await new Promise((resolve) => setTimeout(resolve, Math.min(milliseconds, LOOK_AGAIN)));
      return;
    }
    const time = setTime(new BigInt64Array(2), milliseconds);
    asleep++;
    try {
      await this.#libc.futexAside(FUTEX, this.#of(words, index), WAIT, expected, time, 0n, 0);
    } finally {
      asleep--;
    }
  }

  async cancel(words: Int32Array, index: number, wait: Promise<unknown>): Promise<void> {
    let ended = false;
    wait.then(() => ended = true);
    for (;;) {
      this.notify(words, index, EVERYBODY);
      let timer: ReturnType<typeof setTimeout>;
      await Promise.race([wait, new Promise((resolve) => timer = setTimeout(resolve, 1))]);
      clearTimeout(timer!);
      if (ended) return;
    }
  }

  notify(words: Int32Array, index: number, count: number): void {
    const most = Math.min(count, EVERYBODY);
    this.#libc.futex(FUTEX, this.#of(words, index), WAKE, most, null, 0n, 0);
  }

  #of(words: Int32Array, index: number): bigint {
    return BigInt(this.#address + words.byteOffset + index * 4);
  }
}

/** Writes milliseconds as seconds and nanoseconds. */
function setTime(
  time: BigInt64Array<ArrayBuffer>,
  milliseconds: number,
): BigInt64Array<ArrayBuffer> {
  const whole = Math.floor(milliseconds / 1000);
  time[0] = BigInt(whole);
  time[1] = BigInt(Math.floor((milliseconds - whole * 1000) * 1e6));
  return time;
}
