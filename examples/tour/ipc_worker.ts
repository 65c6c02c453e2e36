/** What each worker of the chapter on ipc runs. */
import {
  type Lock,
  type Queue,
  QueueShutDownError,
  type SharedArray,
  type SharedMap,
  type SharedValue,
} from "@ferry/std/ipc";
import { wordsOf } from "./words.ts";

/** Takes batches of lines until there are no more; adds what it counted to the shared counters. */
export function countBatches(
  batches: Queue<string[]>,
  counts: SharedArray<"uint32">,
  lock: Lock,
  linesDone: SharedValue<"int32">,
  places: Map<string, number>,
): void {
  // The numbers themselves, in place: as fast as any typed array. The lock says whose turn it is.
  const { view } = counts;
  for (;;) {
    let batch: string[];
    try {
      batch = batches.getSync();
    } catch (error) {
      if (error instanceof QueueShutDownError) return;
      throw error;
    }
    const words = batch.flatMap((line) => wordsOf(line));
    using _held = lock.acquireSync();
    for (const word of words) view[places.get(word)!]!++;
    linesDone.add(batch.length);
  }
}

/** Counts the words of some lines. */
export function countWords(lines: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of lines) {
    for (const word of wordsOf(line)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}

/** Counts the words of some lines in a map that other workers change at the same time. */
export function addWords(lines: string[], counts: SharedMap<string, number>): void {
  // First here: each word is then looked up in the shared map once.
  for (const [word, more] of countWords(lines)) counts.update(word, (count = 0) => count + more);
}
