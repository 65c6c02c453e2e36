// Seeded randomness: a failing run prints its seed, FERRY_SEED=n repeats it.

/** A generator of numbers in [0, 1) (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let t = state;
    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
  };
}

/** The seed of this run. */
export const SEED: number = Number(Deno.env.get("FERRY_SEED") ?? Date.now() % 1_000_000_007);

/** A small number of rounds, or many under FERRY_STRESS=1. */
export const rounds = (few: number, many: number): number =>
  Deno.env.get("FERRY_STRESS") === "1" ? many : few;
