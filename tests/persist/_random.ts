/** A small generator of random numbers that a seed repeats (mulberry32). */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** 0 to 1, 1 excluded. */
  next(): number {
    this.#state = this.#state + 0x6d2b79f5 >>> 0;
    let t = this.#state;
    t = Math.imul(t ^ t >>> 15, t | 1);
    t ^= t + Math.imul(t ^ t >>> 7, t | 61);
    return ((t ^ t >>> 14) >>> 0) / 4294967296;
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

/** The seed of this run: given by FERRY_SEED to repeat one, and always printed. */
export function seedOf(name: string): number {
  const seed = Number(Deno.env.get("FERRY_SEED") ?? crypto.getRandomValues(new Uint32Array(1))[0]);
  console.log(`${name}: FERRY_SEED=${seed}`);
  return seed;
}
