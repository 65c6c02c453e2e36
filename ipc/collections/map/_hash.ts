/**
 * The hash of a key, which nobody can predict: the keys of a map often come from outside, and whoever can choose many with
 * one hash can make each access look at all of them.
 *
 * Source: J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012; the variant for words of 32 bits,
 * HalfSipHash, with one round for each word and three at the end. Keys come as whole words with zeros behind them, so the
 * key's length, with its kind, is a word of its own and comes first.
 */

/** Hashes the first `length` words of `words`, after `head`, under a key of two words. */
export function hashWords(
  head: number,
  words: Int32Array,
  length: number,
  key0: number,
  key1: number,
): number {
  let v0 = key0;
  let v1 = key1;
  let v2 = 0x6c796765 ^ key0;
  let v3 = 0x74656462 ^ key1;
  let word = head;
  for (let i = 0;; i++) {
    v3 ^= word;
    v0 = v0 + v1 | 0;
    v1 = (v1 << 5 | v1 >>> 27) ^ v0;
    v0 = v0 << 16 | v0 >>> 16;
    v2 = v2 + v3 | 0;
    v3 = (v3 << 8 | v3 >>> 24) ^ v2;
    v0 = v0 + v3 | 0;
    v3 = (v3 << 7 | v3 >>> 25) ^ v0;
    v2 = v2 + v1 | 0;
    v1 = (v1 << 13 | v1 >>> 19) ^ v2;
    v2 = v2 << 16 | v2 >>> 16;
    v0 ^= word;
    if (i === length) break;
    word = words[i]!;
  }
  v2 ^= 0xff;
  for (let i = 0; i < 3; i++) {
    v0 = v0 + v1 | 0;
    v1 = (v1 << 5 | v1 >>> 27) ^ v0;
    v0 = v0 << 16 | v0 >>> 16;
    v2 = v2 + v3 | 0;
    v3 = (v3 << 8 | v3 >>> 24) ^ v2;
    v0 = v0 + v3 | 0;
    v3 = (v3 << 7 | v3 >>> 25) ^ v0;
    v2 = v2 + v1 | 0;
    v1 = (v1 << 13 | v1 >>> 19) ^ v2;
    v2 = v2 << 16 | v2 >>> 16;
  }
  return v1 ^ v3;
}
