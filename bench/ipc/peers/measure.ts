/** Rounds that alternate between contenders, and what comes out of them. */
import { median } from "../../median.ts";

/** Does something `n` times; the seconds it took. */
export type Measure = (n: number) => Promise<number> | number;

/** A measure of something that blocks, which does it `n` times. */
export function timed(run: (n: number) => void): Measure {
  return (n) => {
    const start = performance.now();
    run(n);
    return (performance.now() - start) / 1000;
  };
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  /** "rate": how many times as many a second (more is better); "time": how many times as long (less is better). */
  readonly kind: "rate" | "time";
  /** Bytes moved by one operation, for rows that are about throughput. */
  readonly bytes?: number;
  /** Most operations of one round. */
  readonly most?: number;
  /** Ours first. */
  readonly contenders: Readonly<Record<string, Measure>>;
  /** Ratio of ours to a contender that is to be reached. */
  readonly targets?: Readonly<Record<string, number>>;
}

/** What a row came to. */
export interface Result {
  readonly name: string;
  readonly kind: "rate" | "time";
  readonly bytes?: number;
  /** Median microseconds of one operation, by contender. */
  readonly microseconds: Record<string, number>;
  /** Median of the rounds' ratios of ours to each other contender. */
  readonly ratios: Record<string, number>;
  readonly targets: Readonly<Record<string, number>>;
  /** All rounds, in microseconds. */
  readonly rounds: Record<string, number[]>;
}

/** How long one round of one contender is to take. */
const ROUND_SECONDS = 0.06;
/** Rounds before those that count: several processes have to compile what they run. */
const UNCOUNTED = 2;

/** Measures one row: each round runs every contender once. */
export async function measure(row: Row, rounds: number): Promise<Result> {
  const names = Object.keys(row.contenders);
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = await calibrate(row.contenders[name]!, row.most);
  const found: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = -UNCOUNTED; round < rounds; round++) {
    for (const name of names) {
      const n = counts[name]!;
      const microseconds = await row.contenders[name]!(n) / n * 1e6;
      if (round >= 0) found[name]!.push(microseconds);
    }
  }
  const [ours, ...others] = names as [string, ...string[]];
  const ratios = others.map((name) => {
    const each = found[name]!.map((theirs, round) => {
      const mine = found[ours]![round]!;
      return row.kind === "rate" ? theirs / mine : mine / theirs;
    });
    return [name, median(each)] as const;
  });
  return {
    name: row.name,
    kind: row.kind,
    ...(row.bytes === undefined ? {} : { bytes: row.bytes }),
    microseconds: Object.fromEntries(names.map((name) => [name, median(found[name]!)])),
    ratios: Object.fromEntries(ratios),
    targets: row.targets ?? {},
    rounds: found,
  };
}

/** How often to do it for a round of the right length. It is compiled and warm afterwards. */
async function calibrate(run: Measure, most = 5_000_000): Promise<number> {
  let n = Math.min(4, most);
  for (;;) {
    let seconds = await run(n);
    // One that was held up by other work on the machine must not make all rounds short.
    for (let again = 0; again < 2 && n < most; again++) seconds = Math.min(seconds, await run(n));
    if (n >= most || seconds > ROUND_SECONDS / 2) {
      return Math.max(2, Math.min(most, Math.round(n * ROUND_SECONDS / seconds / 2) * 2));
    }
    n = Math.min(most, n * Math.max(2, Math.min(10, Math.floor(ROUND_SECONDS / seconds))));
  }
}

/** Whether a target is reached. */
export function reached(kind: Row["kind"], ratio: number, target: number): boolean {
  return kind === "rate" ? ratio >= target : ratio <= target;
}
