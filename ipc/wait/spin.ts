/**
 * Spinning before sleeping.
 *
 * To be woken takes 10 to 30 µs, longer than many a peer takes to answer. So a thread that is about to sleep reads the
 * word again for a while first: 256 to 4096 times, about 3 to 40 µs. That helps only while the peer has a processor of
 * its own. After five spins in a row without success, threads go straight to sleep for 64 waits, and for twice as many
 * after the next five, up to 4096: on a busy machine spinning costs next to nothing.
 */
const FIRST_SPINS = 256;
const MOST_SPINS = 4096;
const FAILURES_IN_A_ROW = 5;
const FIRST_BACKOFF = 64;
const LONGEST_BACKOFF = 4096;

/** How often to read the word at the next spin. */
let spins = FIRST_SPINS;
/** Spins in a row without success. */
let failures = 0;
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
      failures = 0;
      nextBackoff = FIRST_BACKOFF;
      return true;
    }
  }
  spins = Math.min(MOST_SPINS, spins * 2);
  if (++failures === FAILURES_IN_A_ROW) {
    spins = FIRST_SPINS;
    failures = 0;
    backoff = nextBackoff;
    nextBackoff = Math.min(LONGEST_BACKOFF, nextBackoff * 2);
  }
  return false;
}
