/** Where results are kept. A run changes them only if it is told to, so that trying a benchmark leaves the repository as it was. */

/** Whether this run was given `--save`. */
export const SAVE: boolean = Deno.args.includes("--save");

/** Writes `bench/results/<name>` if this run was given `--save`. */
export async function saveResults(name: string, text: string): Promise<void> {
  if (SAVE) await Deno.writeTextFile(new URL(`./results/${name}`, import.meta.url), text);
  else console.log(`\nNothing was saved: --save writes these results to bench/results/${name}`);
}

/** Writes `bench/results/<name>`, numbers with four digits, as {@linkcode saveResults} does. */
export function saveJson(name: string, results: object): Promise<void> {
  const rounded = (_key: string, value: unknown) =>
    typeof value === "number" ? Number(value.toPrecision(4)) : value;
  return saveResults(name, JSON.stringify(results, rounded, 1) + "\n");
}

/** Where and when figures were measured. */
export interface About {
  readonly date: string;
  readonly commit: string;
  readonly deno: string;
  readonly cpu: string;
  readonly cores: number;
  readonly load: number;
}

/** This machine, now. */
export async function about(): Promise<About> {
  const git = await new Deno.Command("git", { args: ["rev-parse", "--short", "HEAD"] }).output();
  const cpus = await Deno.readTextFile("/proc/cpuinfo").catch(() => "");
  return {
    date: new Date().toISOString().slice(0, 10),
    commit: new TextDecoder().decode(git.stdout).trim(),
    deno: Deno.version.deno,
    cpu: /model name\s*: (.*)/.exec(cpus)?.[1] ?? Deno.build.arch,
    cores: navigator.hardwareConcurrency,
    load: Number(Deno.loadavg()[0]!.toFixed(1)),
  };
}
