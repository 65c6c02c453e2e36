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
import { table } from "./measure.ts";
import { startRows } from "./starts.ts";

const option = (name: string): string | undefined =>
  Deno.args.find((arg) => arg.startsWith(`--${name}=`))?.slice(name.length + 3);
const rounds = Number(option("rounds") ?? 25);
const only = option("only");
const against = option("against");

/** The checkouts to measure, by the name they have in the table. */
const checkouts: Record<string, URL> = { here: new URL("../../", import.meta.url) };
if (against !== undefined) checkouts.there = pathToFileURL(`${Deno.realPathSync(against)}/`);

if (only !== "import") {
  await table("Start until the first message", await startRows(checkouts), rounds);
}
if (only !== "start") {
  await table("A program that only imports", await importRows(checkouts), rounds);
}
