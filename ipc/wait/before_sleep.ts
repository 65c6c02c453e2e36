/**
 * What a thread does before it sleeps.
 *
 * It *spins*. To be woken takes 10 to 30 µs, longer than many a peer takes to answer. So it reads the word again for a
 * while first: 256 to 4096 times, about 3 to 40 µs. That helps only while the peer has a processor of its own, so spinning
 * must pay: each read of a spin without success is a loss, each success gains what a wake-up would have cost. Once the
 * losses exceed 7680 reads, as after the first five spins in vain, the thread goes straight to sleep for 64 waits, and for
 * twice as many each time after that, up to 4096: on a busy machine spinning costs next to nothing.
 *
 * It *reaps* dead agents (`reaper/reaper.ts`), and does so now and then while it sleeps. So what a killed worker held is
 * reclaimed even if the thread that killed it blocks, or is busy with something else. The reaper is a higher room; it
 * installs itself here.
 *
 * It *records* that it is counted as a sleeper. If it is killed in its sleep, its reaper finds the counting word by that
 * record and counts it off again (`reaper/reclaim.ts`). The record is two words of the agent's entry in the table
 * (`memory/agent.ts`): the line of the memory that counts, 64 bytes each, and the index of the counting word from there;
 * the second one is 0 while the thread is not counted.
 */
import { countSleeper, discountSleeper } from "../kill_safe.ts";
import { waitQueuesOf } from "./queues.ts";

const FIRST_SPINS = 256;
const MOST_SPINS = 4096;
/** Reads that may be lost until spinning stops for a while. */
const MOST_LOSS = 7680;
/** What a success gains, in reads: about 15 µs. */
const GAIN = 1024;
const FIRST_BACKOFF = 64;
const LONGEST_BACKOFF = 4096;

/** How often to read the word at the next spin. */
let spins = FIRST_SPINS;
/** Reads without success that no success has paid for. */
let loss = 0;
/** Waits to come without a spin; all of them where there is one processor. */
let backoff = navigator.hardwareConcurrency > 1 ? 0 : Infinity;
let nextBackoff = FIRST_BACKOFF;

/** Whether a word changes while it is spun on. */
export function changesSoon(words: Int32Array, index: number, expected: number): boolean {
  if (backoff > 0) {
    backoff--;
    return false;
  }
  for (let i = 0; i < spins; i++) {
    if (Atomics.load(words, index) !== expected) {
      loss = Math.max(0, loss - GAIN);
      if (loss === 0) nextBackoff = FIRST_BACKOFF;
      return true;
    }
  }
  loss += spins;
  spins = Math.min(MOST_SPINS, spins * 2);
  if (loss > MOST_LOSS) {
    spins = FIRST_SPINS;
    loss = 0;
    backoff = nextBackoff;
    nextBackoff = Math.min(LONGEST_BACKOFF, nextBackoff * 2);
  }
  return false;
}

/**
 * Reaps dead agents.
 *
 * @param holdingLocks Whether the caller may hold a lock of this package: then only locks are reclaimed.
 * @returns Milliseconds after which to reap again; 0 if something was reaped just now, `Infinity` if there is nothing to do.
 */
export type ReapHook = (holdingLocks: boolean) => number;

let hook: ReapHook = () => Infinity;

/** Installs the reaper. */
export function setReapHook(reap: ReapHook): void {
  hook = reap;
}

/** Reaps dead agents; see {@linkcode ReapHook}. */
export function reapNext(holdingLocks: boolean = false): number {
  return hook(holdingLocks);
}

/**
 * Reaps dead agents after an attempt has failed. Whether there were any: then the attempt is worth another try.
 *
 * @param words What the attempt is about, which may be memory that other programs share.
 */
export function reapNow(words?: Int32Array): boolean {
  const queues = words === undefined ? undefined : waitQueuesOf(words);
  return queues === undefined ? hook(false) !== Infinity : queues.reap(false) === 0;
}

let record: Int32Array | undefined;
let at = 0;

/** Installs the record of this thread. */
export function setSleepRecord(words: Int32Array, index: number): void {
  record = words;
  at = index;
}

/** Counts this thread as a sleeper, and records it. */
export function beginSleep(words: Int32Array, sleepers: number): void {
  countSleeper(words, sleepers, words.byteOffset / 64, record!, at);
}

/** Undoes {@linkcode beginSleep}. */
export function endSleep(words: Int32Array, sleepers: number): void {
  discountSleeper(words, sleepers, record!, at);
}
