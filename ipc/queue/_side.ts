import { lockWord } from "../memory/lock_word.ts";

/**
 * Takes the lock of one side of a queue.
 *
 * @throws {Deno.errors.Busy} If this agent has it: code of an item's own uses the queue that it travels through.
 */
export function lockSide(words: Int32Array, word: number, me: number, what: string): void {
  if (words[word]! >>> 2 === me) {
    throw new Deno.errors.Busy(
      `Cannot ${what}: this worker is in the middle of doing so; a class's own encode or decode must not use the queue it travels through`,
    );
  }
  lockWord(words, word, me);
}
