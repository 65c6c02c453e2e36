/** Runs attacks, and tells which cost too much. */
import { type Cost, LimitedReader } from "../../_support/limited.ts";
import { Random } from "../../_support/random.ts";
import { marshalAttack } from "./_marshal.ts";
import { type Attack, PickleAttacks } from "./_pickle.ts";

/** What one input of up to 100 KB may cost: processor time in milliseconds, memory of the whole process in mebibytes. */
const MOST = { milliseconds: 1000, mebibytes: 256 };

/** How many inputs a child reads before another takes its place. */
const TURNS = 400;

/** What was run. */
export interface Summary {
  readonly inputs: number;
  readonly faults: readonly string[];
  readonly slowest: number;
  readonly largest: number;
  /** How often each outcome came. */
  readonly outcomes: Readonly<Record<string, number>>;
}

function faultOf({ outcome, milliseconds, mebibytes }: Cost): string | undefined {
  if (outcome !== "value" && !/^Un\w+$/.test(outcome)) return outcome;
  if (milliseconds > MOST.milliseconds) return `took ${milliseconds} ms`;
  if (mebibytes > MOST.mebibytes) return `took ${mebibytes.toFixed()} MiB`;
}

/** Reads attacks until `more` says no. The seed alone decides what they are. */
export async function run(seed: number, more: (inputs: number) => boolean): Promise<Summary> {
  const random = new Random(seed);
  const pickles = new PickleAttacks(random);
  const faults: string[] = [];
  const outcomes: Record<string, number> = {};
  let inputs = 0;
  let slowest = 0;
  let largest = 0;
  await using reader = new LimitedReader();
  for (; more(inputs); inputs++) {
    const attack = random.below(4) === 0 ? marshalAttack(random) : pickles.next();
    if (reader.reads >= TURNS) await reader.close();
    let cost = await reader.read(attack.job, attack.bytes);
    // Garbage of earlier inputs, or a busy machine, may be to blame: a child of its own tells.
    for (let again = 0; again < 2 && faultOf(cost) !== undefined; again++) {
      await reader.close();
      cost = await reader.read(attack.job, attack.bytes);
    }
    slowest = Math.max(slowest, cost.milliseconds);
    largest = Math.max(largest, cost.mebibytes);
    outcomes[cost.outcome] = (outcomes[cost.outcome] ?? 0) + 1;
    const fault = faultOf(cost);
    if (fault !== undefined) faults.push(report(fault, inputs, attack));
  }
  return { inputs, faults, slowest, largest, outcomes };
}

function report(fault: string, index: number, { job, bytes, recipe }: Attack): string {
  const hex = bytes.subarray(0, 300).toHex();
  return `input ${index}: ${fault}\n  ${recipe}\n  ${
    JSON.stringify(job)
  }\n  ${bytes.length} bytes: ${hex}`;
}
