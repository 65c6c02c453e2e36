/** Times as a histogram: buckets of a twelfth of their size, from a microsecond to a day. */

/** A summary of times, all in milliseconds. Percentiles are exact to a twelfth of their size. */
export interface Times {
  /** How many were counted. */
  readonly count: number;
  /** Their mean, 0 if there is none. */
  readonly mean: number;
  /** The smallest. */
  readonly min: number;
  /** The largest. */
  readonly max: number;
  /** What half of them do not exceed. */
  readonly p50: number;
  /** What 90 % of them do not exceed. */
  readonly p90: number;
  /** What 99 % of them do not exceed. */
  readonly p99: number;
}

/** Buckets for each doubling. */
const STEPS = 8;
const SMALLEST = 0.001;
const BUCKETS = STEPS * 37;

/** Counts times. */
export class Histogram {
  readonly #counts = new Float64Array(BUCKETS);
  #count = 0;
  #sum = 0;
  #min = Infinity;
  #max = 0;

  /** Counts a time, in milliseconds. */
  add(time: number): void {
    this.#count++;
    this.#sum += time;
    if (time < this.#min) this.#min = time;
    if (time > this.#max) this.#max = time;
    const bucket = time <= SMALLEST ? 0 : Math.ceil(Math.log2(time / SMALLEST) * STEPS);
    this.#counts[Math.min(bucket, BUCKETS - 1)]! += 1;
  }

  /** The time that a part of all do not exceed. */
  #percentile(part: number): number {
    let left = Math.ceil(this.#count * part);
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      left -= this.#counts[bucket]!;
      if (left <= 0) {
        const upper = SMALLEST * 2 ** (bucket / STEPS);
        return Math.min(this.#max, Math.max(this.#min, upper));
      }
    }
    return this.#max;
  }

  /** What was counted so far. */
  summary(): Times {
    if (this.#count === 0) return { count: 0, mean: 0, min: 0, max: 0, p50: 0, p90: 0, p99: 0 };
    return {
      count: this.#count,
      mean: this.#sum / this.#count,
      min: this.#min,
      max: this.#max,
      p50: this.#percentile(0.5),
      p90: this.#percentile(0.9),
      p99: this.#percentile(0.99),
    };
  }
}
