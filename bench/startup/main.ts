/**
 * What it costs to start a process, and to import the package, beside the least that the runtime takes for either.
 *
 * Rounds alternate in one run; a ratio is the median of the rounds' ratios. Starts are measured under `deno run`, where
 * workers use the engine's code cache.
 *
 * `deno task bench:startup [--rounds=25] [--against=folder] [--only=start|import]`; the folder is another checkout of this
 * package, which is measured in the same rounds.
 */
import { pathToFileURL } from "node:url";
import { importRows } from "./imports.ts";
import { startRows } from "./starts.ts";

const option = (name: string): string | undefined =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const rounds = Number(option("rounds") ?? 25);
const only = option("only");
const against = option("against");

/** The checkouts to measure, by the name they have in the table. */
const checkouts: Record<string, URL> = { here: new URL("../../", import.meta.url) };
if (against !== undefined) checkouts.there = pathToFileURL(`${Deno.realPathSync(against)}/`);

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

/** One contender: does the thing once, and gives the milliseconds it took. */
export type Contender = () => Promise<number>;

/** Measures contenders in alternation; the first one is the base of the ratios. */
async function table(title: string, contenders: Record<string, Contender>): Promise<void> {
  const names = Object.keys(contenders);
  const found = Object.fromEntries(names.map((name) => [name, [] as number[]]));
  for (let round = -3; round < rounds; round++) {
    // The order turns, so that nobody always runs after the same neighbour.
    for (let i = 0; i < names.length; i++) {
      const name = names[(i + round + 3) % names.length]!;
      const took = await contenders[name]!();
      if (round >= 0) found[name]!.push(took);
    }
  }
  console.log(`\n${title}, ${rounds} rounds`);
  const base = found[names[0]!]!;
  const here = (name: string) => found[name.replace("there", "here")]!;
  for (const name of names) {
    const ratio = (to: number[]) => median(found[name]!.map((ms, i) => ms / to[i]!)).toFixed(2);
    const times = median(found[name]!).toFixed(1).padStart(7);
    const least = Math.min(...found[name]!).toFixed(1).padStart(7);
    const beside = name.includes("there") ? `  ${ratio(here(name))} x here` : "";
    console.log(`${name.padEnd(34)} ${times} ms  least ${least}  ${ratio(base)} x${beside}`);
  }
}

if (only !== "import") await table("Start until the first message", await startRows(checkouts));
if (only !== "start") await table("A program that only imports", importRows(checkouts));
