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

/** The seed to use: `$FERRY_SEED` to replay, else a new one. It is printed, so that a failure can be replayed. */
export function seedFor(test: string): number {
  const given = Deno.env.get("FERRY_SEED");
  const seed = given === undefined ? (Math.random() * 2 ** 31) | 0 : Number(given);
  console.log(`${test}: FERRY_SEED=${seed}`);
  return seed;
}

/** How much longer than usual the random tests run: `$FERRY_STRESS` asks for it. */
export const EFFORT: number = Deno.env.has("FERRY_STRESS") ? 30 : 1;

/** How many rounds a random test makes: few, or many where `$FERRY_STRESS` asks for it. */
export function rounds(few: number, many: number): number {
  return Deno.env.has("FERRY_STRESS") ? many : few;
}
