/**
 * Where this thread notes that it is counted as a sleeper.
 *
 * If it is killed in its sleep, its reaper finds the counting word here and counts it off again (`reaper/reclaim.ts`).
 * The record is two words of the agent's entry in the table (`memory/agent.ts`): the line of the memory that counts, 64
 * bytes each, and the index of the counting word from there; the second one is 0 while the thread is not counted.
 */
import { countSleeper, discountSleeper } from "../kill_safe.ts";

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
