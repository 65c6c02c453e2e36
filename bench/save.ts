/** Where results are kept. A run changes them only if it is told to, so that trying a benchmark leaves the repository as it was. */

/** Whether this run was given `--save`. */
export const SAVE: boolean = Deno.args.includes("--save");

/** Writes `bench/results/<name>` if this run was given `--save`. */
export async function saveResults(name: string, text: string): Promise<void> {
  if (SAVE) await Deno.writeTextFile(new URL(`./results/${name}`, import.meta.url), text);
  else console.log(`\nNothing was saved: --save writes these results to bench/results/${name}`);
}
