/** Repeatable numbers (Marsaglia, "Xorshift RNGs", 2003), 0 to 2^31 - 1. */
export function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state & 0x7fffffff;
  };
}

/** Repeatable choices. */
export class Random {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = random(seed);
  }

  /** 0 to 1, 1 excluded. */
  next(): number {
    return this.#next() / 2 ** 31;
  }

  /** 0 to n, n excluded. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** One of several. */
  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)]!;
  }
}

/** Repeatable numbers, 0 to 1, 1 excluded. */
export function fractions(seed: number): () => number {
  const numbers = new Random(seed);
  return () => numbers.next();
}

/** One of several, by such a number. */
export function pick<T>(next: () => number, items: readonly T[]): T {
  return items[Math.floor(next() * items.length)]!;
}

/**
 * The seed of a test, printed, so that a failure can be replayed.
 *
 * It follows from the test's name, so that two runs do the same. `FERRY_SEED=n` is n instead, `FERRY_SEED=random` a new
 * one, and so is `$FERRY_STRESS` alone.
 */
export function seedFor(test: string): number {
  const seed = seedOf(test, Deno.env.get("FERRY_SEED"));
  console.log(`${test}: FERRY_SEED=${seed}`);
  return seed;
}

function seedOf(test: string, given: string | undefined): number {
  if (given === "random" || (given === undefined && Deno.env.has("FERRY_STRESS"))) {
    return Math.floor(Math.random() * 2 ** 31);
  }
  if (given === undefined) return hash(test);
  const seed = Number(given);
  if (!Number.isSafeInteger(seed)) {
    throw new TypeError(`FERRY_SEED must be an integer or "random", received ${given}`);
  }
  return seed;
}

/** FNV-1a of the UTF-16 units, 0 to 2^31 - 1. */
function hash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 1;
}

/** How much longer than usual the random tests run: `$FERRY_STRESS` asks for it. */
export const EFFORT: number = Deno.env.has("FERRY_STRESS") ? 30 : 1;

/** How many rounds a random test makes: few, or many where `$FERRY_STRESS` asks for it. */
export function rounds(few: number, many: number): number {
  return Deno.env.has("FERRY_STRESS") ? many : few;
}
